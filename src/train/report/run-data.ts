/** What a report knows of a run: plain JSON, which its page contains. */

/** A line of a table with two columns. */
export type Fact = readonly [name: string, value: string];

/** A number of a run; texts stand for those that JSON does not have. */
export type Num = number | "NaN" | "Infinity" | "-Infinity";

export type State = "running" | "completed" | "stopped" | "failed";

export interface ModuleRow {
  /** Path in the model, "" for the model itself. */
  readonly path: string;
  readonly kind: string;
  /** What is in its parentheses when it is printed. */
  readonly text: string;
  /** Shape of its output in the first step; null if it was not called, or returned no tensor. */
  readonly output: readonly number[] | null;
  /** Its own parameters, without those of modules below it. */
  readonly parameters: number;
  readonly trained: number;
}

/** The curves, a list for each quantity. */
export interface Curves {
  readonly step: Num[];
  readonly epoch: Num[];
  readonly seconds: Num[];
  readonly loss: Num[];
  readonly accuracy: (Num | null)[];
  readonly lr: Num[];
  /** Samples per second. */
  readonly rate: Num[];
}

export interface EpochRow {
  readonly epoch: number;
  readonly step: number;
  readonly seconds: Num;
  readonly loss: Num;
  readonly accuracy: Num | null;
  readonly validationLoss: Num | null;
  readonly validationAccuracy: Num | null;
  readonly lr: Num;
}

/** Norms of the gradients of some steps. */
export interface Norms {
  /** Paths of the parameters. */
  readonly names: string[];
  readonly step: number[];
  /** Of all parameters together. */
  readonly total: Num[];
  /** By parameter, for each of these steps; null if it had no gradient. */
  readonly each: (Num | null)[][];
}

export interface Histogram {
  /** From the lower end of the first bin to the upper end of the last. */
  readonly low: Num;
  readonly high: Num;
  readonly counts: readonly number[];
}

export interface WeightRow {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: Num;
  readonly std: Num;
  readonly min: Num;
  readonly max: Num;
  readonly notFinite: number;
  /** Before the first step and now, in the same bins. */
  readonly before: Histogram | null;
  readonly now: Histogram;
}

export interface WrongSample {
  readonly index: number;
  readonly loss: Num;
  readonly target: number;
  readonly predicted: number;
  /** Probability that the model gave to the class it chose. */
  readonly confidence: Num;
  /** A PNG in base64; null if the sample is no picture. */
  readonly png: string | null;
  readonly width: number;
  readonly height: number;
  /** The first values of a sample that is no picture. */
  readonly values: Num[];
}

export interface Classified {
  /** Which data: "the validation data". */
  readonly source: string;
  readonly samples: number;
  /** Number of samples of the data; null if it is not known. */
  readonly of: number | null;
  readonly loss: Num;
  readonly accuracy: Num;
  readonly classes: readonly string[];
  /** `counts[target][predicted]`; null for many classes. */
  readonly counts: readonly (readonly number[])[] | null;
  /** The matrix as a PNG in base64, for many classes. */
  readonly png: string | null;
  /** Samples by class, and how many of them are right. */
  readonly byClass: readonly (readonly [samples: number, right: number])[];
  /** The most frequent confusions. */
  readonly pairs: readonly { target: number; predicted: number; count: number }[];
  readonly wrong: readonly WrongSample[];
}

export interface KernelRow {
  readonly kernel: string;
  readonly shape: string;
  readonly place: string;
  readonly calls: number;
  readonly milliseconds: Num;
  readonly flops: Num;
  readonly bytes: Num;
  /** Share of the machine's limit, 0 to 1; null if it is not known. */
  readonly ofLimit: Num | null;
}

export interface KernelTimes {
  /** Number of steps that were timed; times are medians. */
  readonly steps: number;
  readonly milliseconds: Num;
  /** By kernel, and the single calls that take longest. */
  readonly kernels: readonly KernelRow[];
  readonly calls: readonly KernelRow[];
  /** What the machine reached when it was measured; null if it was not. */
  readonly limits: { readonly flops: Num; readonly bytes: Num } | null;
}

/** A part of a report, or why it is missing. */
export type Part<T> = T | { readonly missing: string };

export const isMissing = <T extends object>(part: Part<T>): part is { readonly missing: string } =>
  "missing" in part;

export interface RunData {
  readonly kind: "simdgrad run";
  /** Of this format. */
  readonly format: number;
  readonly version: string;
  readonly title: string;
  readonly state: State;
  /** What ended the run, in a sentence; "" while it goes on and after its last epoch. */
  readonly message: string;
  /** Dates of ISO 8601. */
  readonly started: string;
  readonly written: string;
  /** Of training and validation, without the report. */
  readonly seconds: Num;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: Num;
  readonly loss: Num;
  readonly accuracy: Num | null;
  readonly resumed: string | null;
  readonly model: { readonly name: string; readonly rows: readonly ModuleRow[]; readonly more: number };
  readonly parameters: number;
  readonly trained: number;
  readonly data: readonly Fact[];
  readonly settings: readonly Fact[];
  readonly machine: readonly Fact[];
  readonly curves: Curves;
  readonly epochRows: readonly EpochRow[];
  readonly norms: Part<Norms>;
  readonly weights: { readonly rows: readonly WeightRow[]; readonly more: number; readonly sampled: boolean };
  readonly classified: Part<Classified>;
  readonly kernels: Part<KernelTimes>;
  readonly reproduce: { readonly command: string; readonly code: string; readonly notes: readonly string[] };
}

export const FORMAT = 1;

/** A number for JSON, with six digits, which are enough for any chart. */
export function num(x: number): Num {
  return Number.isFinite(x) ? Number(x.toPrecision(6)) : (String(x) as Num);
}

export const numOrNull = (x: number | null | undefined): Num | null =>
  x === null || x === undefined ? null : num(x);

/** The number again. */
export const value = (x: Num | null): number => (x === null ? Number.NaN : Number(x));
