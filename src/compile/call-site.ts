import { codeFolder } from "../package-root.js";

/** ` at file:line:column` of the user code that is calling the library now; "" if it cannot be determined. */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  const line = stack
    .split("\n")
    .slice(1)
    .find((frame) => /:\d+:\d+\)?$/.test(frame) && !frame.includes(codeFolder) && !frame.includes("node:"));
  const site = line?.match(/(?:\()?((?:file:\/\/)?\/?[^()\s]+:\d+:\d+)\)?$/)?.[1];
  return site === undefined ? "" : ` at ${site.replace("file://", "")}`;
}
