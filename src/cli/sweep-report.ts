/** The output of a sweep: a table, best first, and the lines of a CSV file. */
import { duration, percent } from "./terminal.js";

/** The varied hyperparameters. */
export interface Combination {
  width: number;
  depth: number;
  lr: number;
  batch: number;
  activation: string;
  optimizer: string;
}

export interface SweepRun extends Combination {
  parameters: number;
  /** On the validation images after the last epoch; null for a run that failed. */
  accuracy: number | null;
  loss: number | null;
  /** In the last epoch. */
  trainLoss: number | null;
  trainAccuracy: number | null;
  seconds: number;
  /** The error code of a run without numbers: `NAN_LOSS`. */
  failure: string | null;
  /** After each epoch, on the validation images. */
  history: { epoch: number; loss: number; accuracy: number }[];
}

/** Best accuracy first; for equal accuracies, the lower loss first; failed runs last. */
export function ranked(runs: readonly SweepRun[]): SweepRun[] {
  const accuracy = (run: SweepRun) => run.accuracy ?? -1;
  const loss = (run: SweepRun) => run.loss ?? Number.POSITIVE_INFINITY;
  return [...runs].sort((a, b) => accuracy(b) - accuracy(a) || loss(a) - loss(b) || 0);
}

const four = (x: number | null) => (x === null ? "-" : x.toFixed(4));
const share = (x: number | null) => (x === null ? "-" : percent(x));

const columns: readonly [name: string, text: (run: SweepRun) => string, left?: boolean][] = [
  ["width", (run) => String(run.width)],
  ["depth", (run) => String(run.depth)],
  ["lr", (run) => String(run.lr)],
  ["batch", (run) => String(run.batch)],
  ["activation", (run) => run.activation, true],
  ["optimizer", (run) => run.optimizer, true],
  ["accuracy", (run) => (run.failure === null ? share(run.accuracy) : run.failure)],
  ["loss", (run) => four(run.loss)],
  ["train", (run) => share(run.trainAccuracy)],
  ["time", (run) => duration(run.seconds)],
];

/** A table with aligned columns: names, then the runs in the given order. */
export function tableLines(runs: readonly SweepRun[]): string[] {
  const cells = [columns.map(([name]) => name), ...runs.map((run) => columns.map(([, text]) => text(run)))];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  return cells.map((row) =>
    row
      .map((text, c) => (columns[c][2] ? text.padEnd(widths[c]) : text.padStart(widths[c])))
      .join("  ")
      .trimEnd(),
  );
}

/** `width 128, depth 2, lr 0.001, batch 64, relu, adam`. */
export function describeCombination({ width, depth, lr, batch, activation, optimizer }: Combination): string {
  return `width ${width}, depth ${depth}, lr ${lr}, batch ${batch}, ${activation}, ${optimizer}`;
}

const csvFields = [
  ...(["width", "depth", "lr", "batch", "activation", "optimizer", "parameters"] as const),
  ...(["accuracy", "loss", "trainLoss", "trainAccuracy", "seconds", "failure"] as const),
];

/** One line per run, numbers at full precision. No value needs quotes. */
export function csvText(runs: readonly SweepRun[]): string {
  const lines = runs.map((run) => csvFields.map((field) => run[field] ?? "").join(","));
  return [csvFields.join(","), ...lines].map((line) => `${line}\n`).join("");
}
