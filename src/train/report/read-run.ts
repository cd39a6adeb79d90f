/** Reads the data of a run from its page. */
import { FileError } from "../../errors.js";
import { readBytesSync } from "../../io/read.js";
import { quotedPath } from "../../quote.js";
import { count, finite, type Kind, listOf, oneOf, orNull, readFields, record } from "../../saved-state.js";
import { DATA_ID } from "./page/frame.js";
import { type EpochRow, FORMAT, type RunData } from "./run-data.js";

const text: Kind<string> = { words: "text", holds: (x): x is string => typeof x === "string" };
const num: Kind<number | string> = {
  words: "a number",
  holds: (x): x is number | string =>
    finite.holds(x) || ["NaN", "Infinity", "-Infinity"].includes(x as string),
};
const fact: Kind<[string, string]> = {
  words: "a name and a value",
  holds: (x): x is [string, string] => Array.isArray(x) && x.length === 2 && x.every(text.holds),
};

const fields = {
  ...{ version: text, title: text, state: oneOf("running", "completed", "stopped", "failed"), message: text },
  ...{ started: text, written: text, seconds: num, epoch: count, epochs: count, step: count, steps: num },
  ...{ loss: num, accuracy: orNull(num), parameters: count, trained: count },
  ...{ model: record, data: listOf(fact), settings: listOf(fact), machine: listOf(fact) },
  ...{ curves: record, epochRows: listOf(record), norms: record, classified: record },
};
const columns = listOf(num);
const maybe = listOf(orNull(num));
const curveFields = {
  ...{
    step: columns,
    epoch: columns,
    seconds: columns,
    loss: columns,
    accuracy: maybe,
    lr: columns,
    rate: columns,
  },
};
const epochFields = {
  ...{ epoch: count, step: count, seconds: num, loss: num, accuracy: orNull(num), lr: num },
  ...{ validationLoss: orNull(num), validationAccuracy: orNull(num) },
};

/** What pages about several runs need of each. */
export type ComparedRun = Pick<
  RunData,
  | "version"
  | "title"
  | "state"
  | "message"
  | "started"
  | "seconds"
  | "epoch"
  | "epochs"
  | "step"
  | "steps"
  | "loss"
  | "accuracy"
  | "parameters"
  | "data"
  | "settings"
  | "machine"
  | "curves"
  | "epochRows"
> & {
  readonly file: string;
  readonly modelName: string;
  readonly norms: { readonly step: readonly number[]; readonly total: readonly (number | string)[] } | null;
  /** On the data of the classification after the last step; null if there was none. */
  readonly classified: {
    readonly source: string;
    readonly loss: number | string;
    readonly accuracy: number | string;
  } | null;
};

/**
 * The run that the page at `path` is about.
 * @throws FileError `NOT_A_REPORT` for another file, `NEWER_FORMAT`, or those of reading a file.
 */
export function readRun(path: string): ComparedRun {
  const fail = (code: string, what: string) => new FileError(`run: ${what}: ${quotedPath(path)}`, code, path);
  const page = new TextDecoder().decode(readBytesSync("run", path));
  const start = `<script type="application/json" id="${DATA_ID}">`;
  const from = page.lastIndexOf(start);
  const to = page.indexOf("</script>", from);
  if (from < 0 || to < 0)
    throw fail("NOT_A_REPORT", "the file is no report of a run, as fit and simdgrad train write one");
  let data: Record<string, unknown>;
  try {
    data = JSON.parse(page.slice(from + start.length, to));
  } catch {
    throw fail("NOT_A_REPORT", "the data of the report are damaged");
  }
  if (data?.["kind"] === "simdgrad sweep" || data?.["kind"] === "simdgrad comparison")
    throw fail("NOT_A_REPORT", "the page is about several runs; reports of single runs can be compared");
  if (data?.["kind"] !== "simdgrad run") throw fail("NOT_A_REPORT", "the file is no report of a run");
  if ((data["format"] as number) > FORMAT)
    throw fail(
      "NEWER_FORMAT",
      `a later version of simdgrad wrote it (format ${Number(data["format"])}, this one reads up to ${FORMAT})`,
    );
  const damaged = (what: string) => fail("NOT_A_REPORT", `the data of the report are damaged: ${what}`);
  const read = readFields(data, fields, damaged);
  const curves = readFields(read.curves, curveFields, damaged) as unknown as RunData["curves"];
  if (Object.values(curves).some((values) => values.length !== curves.step.length))
    throw damaged("curves of different lengths");
  const epochRows = read.epochRows.map((row) =>
    readFields(row, epochFields, damaged),
  ) as unknown as EpochRow[];
  const norms =
    "missing" in read.norms ? null : readFields(read.norms, { step: columns, total: columns }, damaged);
  const classified =
    "missing" in read.classified
      ? null
      : readFields(read.classified, { source: text, loss: num, accuracy: num }, damaged);
  const { name } = readFields(read.model, { name: text }, damaged);
  return { ...read, curves, epochRows, norms, classified, modelName: name, file: path } as ComparedRun;
}
