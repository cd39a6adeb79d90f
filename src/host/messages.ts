/** Lines for the user that are no errors. */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

/** Warns of something that the program should change. Node prints it once, with its code. */
export function warn(text: string, code: string): void {
  process.emitWarning(text, { type: "SimdgradWarning", code });
}

/** Prints a line once per process; the Workers that the process starts do not print it again. */
export function tellOnce(line: string): void {
  if (getEnvironmentData("simdgrad told")) return;
  setEnvironmentData("simdgrad told", true);
  process.stderr.write(`${line}\n`);
}
