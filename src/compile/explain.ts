/** Describes a compiled function in text and numbers: the calls of its plans, their cost, and their times. */
import { formatShape } from "../errors.js";
import { argument, type Cost, valuesOf } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { costOfCalls } from "./cost.js";
import { type Limits, limits } from "./limits.js";
import type { Call, Plan } from "./plan.js";
import type { Recording } from "./recording.js";

/** One kernel call of a profile, or several elementwise calls that run together. */
export interface ProfileRow {
  /** `chain`: elementwise calls that run together, block by block. */
  readonly kernel: string;
  /** The op of a kernel family: `relu`, `sum`; those of a chain: `mul tanh add`; "" for other kernels. */
  readonly op: string;
  /** The sizes that the kernel takes: `[64, 784]`, `64 x 10 x 784`. */
  readonly shape: string;
  /** The module whose forward made the call: `Sequential[2].Linear`; "" outside a module. */
  readonly place: string;
  /** Time of the call. */
  readonly milliseconds: number;
  /** Floating-point operations and bytes that the task requires: see src/kernels/calls.ts. */
  readonly flops: number;
  /** Bytes that the call reads and writes. */
  readonly bytes: number;
  /**
   * Share of what the machine could do in this time (limits.ts), in operations or in bytes, whichever is
   * larger.
   */
  readonly ofLimit: number;
}

/** The times of one call of a compiled function; `String(profile)` is a table, slowest kernel call first. */
export interface Profile<Result = unknown> {
  /** One row for each kernel call, in the order of the calls. */
  readonly rows: readonly ProfileRow[];
  /** Time of all calls. */
  readonly milliseconds: number;
  /** What the function returned. */
  readonly result: Result;
  /** A table, slowest kernel call first. */
  toString(): string;
}

/** The calls of every recording, with totals. */
export function explain(recordings: readonly Recording[]): string {
  if (recordings.length === 0) return "compile: nothing is recorded yet: the first call records";
  return recordings.map(explained).join("\n\n");
}

function explained(recording: Recording): string {
  const { plan } = recording.program;
  const rows = stepsOf(plan).map(({ row }) => row);
  const total = (name: keyof Cost) => rows.reduce((sum, row) => sum + row[name], 0);
  const lines = table(
    ["", "kernel", "sizes", "module", "flops", "bytes"],
    rows.map((row, i) => [String(i), nameOf(row), row.shape, row.place, si(row.flops), si(row.bytes)]),
  );
  const where = recording.program.native === null ? "the table of kernels" : "one native call";
  return [
    `(${recording.form}) as ${where}: ${rows.length} kernel calls, ${si(total("flops"))}flop, ${si(total("bytes"))}B moved, arena of ${si(plan.arenaBytes)}B`,
    ...lines,
  ].join("\n");
}

/** Makes one replay and times each call. */
export function profile<Result>(recording: Recording, args: readonly unknown[]): Profile<Result> {
  const { plan } = recording.program;
  const nanoseconds = new Float64Array(plan.calls.length);
  const result = recording.profile(args, nanoseconds) as Result;
  const rows = stepsOf(plan).map(({ row, first, count }) => {
    const least = leastMilliseconds(plan.calls[first], row);
    const milliseconds = nanoseconds.subarray(first, first + count).reduce((sum, ns) => sum + ns, 0) / 1e6;
    return { ...row, milliseconds, ofLimit: milliseconds === 0 ? 0 : least / milliseconds };
  });
  const milliseconds = rows.reduce((sum, row) => sum + row.milliseconds, 0);
  return { rows, milliseconds, result, toString: () => printed(rows, milliseconds) };
}

/** The limits of the machine for the products of a call. */
export const limitsOf = (call: Call): Limits => limits(argument(call, "bfloat16") === 1);

/** The least time in which the machine can do what a call requires. */
export function leastMilliseconds(call: Call, cost: Cost): number {
  const { flops, bytes } = limitsOf(call);
  return 1000 * Math.max(cost.flops / flops, cost.bytes / bytes);
}

function printed(rows: readonly ProfileRow[], milliseconds: number): string {
  const rate = (amount: number, row: ProfileRow) =>
    amount === 0 || row.milliseconds === 0 ? "" : (amount / row.milliseconds / 1e6).toFixed(1);
  const lines = [...rows]
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .map((row) => [
      ...[nameOf(row), row.shape, row.place, (1000 * row.milliseconds).toFixed(1)],
      milliseconds === 0 ? "" : ((100 * row.milliseconds) / milliseconds).toFixed(1),
      ...[rate(row.flops, row), rate(row.bytes, row), (100 * row.ofLimit).toFixed(0)],
    ]);
  const title = `${rows.length} kernel calls in ${milliseconds.toFixed(3)} ms`;
  return [
    title,
    ...table(["kernel", "sizes", "module", "us", "%", "GFLOP/s", "GB/s", "% of limit"], lines),
  ].join("\n");
}

export const nameOf = ({ kernel, op }: Described) => (op === "" ? kernel : `${kernel} ${op}`);

type Described = Omit<ProfileRow, "milliseconds" | "ofLimit">;

/** What runs at once: a call, or the calls of a chain. */
interface Step {
  readonly row: Described;
  readonly first: number;
  readonly count: number;
}

export function stepsOf({ calls, chains }: Plan): Step[] {
  const steps: Step[] = [];
  const sizes = new Map(chains.map(({ first, count }) => [first, count]));
  for (let first = 0; first < calls.length; ) {
    const count = sizes.get(first) ?? 1;
    steps.push({ row: described(calls.slice(first, first + count)), first, count });
    first += count;
  }
  return steps;
}

/** A call, or a chain as one row: `chain mul tanh add`. */
function described(calls: readonly Call[]): Described {
  const opOf = ({ args: [op] }: Call) => (typeof op === "string" ? op : "");
  const [call] = calls;
  const names =
    calls.length === 1
      ? { kernel: call.name, op: opOf(call) }
      : { kernel: "chain", op: calls.map((link) => opOf(link) || link.name).join(" ") };
  return { ...names, shape: sizesOf(call), place: call.place, ...costOfCalls(calls) };
}

/** `[64, 784]` or `64 x 10 x 784`; a matmul with a batch of one is printed without the batch. */
function sizesOf(call: Call): string {
  const values = valuesOf(call);
  const sizes = rowOf(call.name).sizes.map(({ name }) => ({ name, value: values[name] }));
  if (sizes[0].name === "shape") return formatShape(sizes[0].value);
  const printed = sizes.filter(({ name, value }) => name !== "batch" || value !== 1);
  return printed.map(({ value }) => value).join(" x ");
}

/** `1.5 M`, with a space, so that a unit can follow. */
function si(value: number): string {
  const prefixes = ["", "k", "M", "G", "T"];
  const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 ? scaled : scaled.toPrecision(3)} ${prefixes[power]}`;
}

/** A table with aligned columns: text to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, c) => Math.max(...all.map((row) => row[c].length)));
  const numeric = head.map((_, c) => rows.every((row) => /^[\d. kMGT]*$/.test(row[c])));
  return all.map((row) =>
    row
      .map((cell, c) => (numeric[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join("  ")
      .trimEnd(),
  );
}
