import { writeFileSync } from "node:fs";
import { data, fit, nn as layers, manualSeed, type SimdgradError, type Tensor } from "../index.js";
import { type BackendFlags, backendFacts, chooseBackend, describeBackend } from "./engine.js";
import { describeFailure, Exit, UsageError } from "./failure.js";
import { type Images, loadImages } from "./images.js";
import type { Interruption } from "./interruption.js";
import { type Activation, buildNetwork } from "./network.js";
import { SweepPage } from "./sweep-page.js";
import {
  type Combination,
  csvText,
  describeCombination,
  ranked,
  type SweepRun,
  tableLines,
} from "./sweep-report.js";
import { checkApart, checkWritable } from "./targets.js";
import { colors, count, counted, duration, percent, print, printJson } from "./terminal.js";
import { makeOptimizer, type optimizers } from "./train.js";

type OptimizerName = (typeof optimizers)[number];

export interface SweepFlags extends BackendFlags {
  data?: string;
  split?: string;
  width: number[];
  depth: number[];
  lr: number[];
  batch: number[];
  activation: Activation[];
  optimizer: OptimizerName[];
  epochs: number;
  samples?: number;
  validation: number;
  seed: number;
  csv?: string;
  plot?: string;
  report?: string;
  json?: boolean;
}

type Choice = Combination & { activation: Activation; optimizer: OptimizerName };

/** Images of one kind with their labels. */
type Part = data.TensorDataset<[Tensor, Tensor]>;

/** More runs would be a mistake in the flags, because a grid grows with each list. */
const MOST_RUNS = 10_000;

/**
 * Trains a network for every combination of the lists and ranks the runs. It does not use the test images,
 * because they must not influence the choice of the winner.
 */
export async function sweepCommand(flags: SweepFlags, interruption: Interruption): Promise<void> {
  const choices = grid(flags);
  if (choices.length > MOST_RUNS)
    throw new UsageError(`at most ${count(MOST_RUNS)} combinations: ${count(choices.length)}`);
  chooseBackend(flags);
  if (flags.csv !== undefined) checkWritable("--csv", flags.csv);
  if (flags.plot !== undefined) {
    checkWritable("--plot", flags.plot);
    await (await import("../plot/index.js")).checkDrawable(flags.plot, "--plot");
  }
  if (flags.report !== undefined) checkWritable("--report", flags.report);
  checkApart("--csv", flags.csv, "--plot", flags.plot);
  checkApart("--report", flags.report, "--csv", flags.csv);
  checkApart("--report", flags.report, "--plot", flags.plot);
  const images = await loadImages({ dir: flags.data, split: flags.split });
  const [train, validation] = divide(images.train, flags);
  if (!flags.json) {
    print(
      `${counted(choices.length, "combination")}, ${counted(flags.epochs, "epoch")} each on ${describeBackend()}`,
    );
    print(`${counted(train.length, "training image")}, ${counted(validation.length, "validation image")}`);
  }
  const page =
    flags.report === undefined ? null : await SweepPage.open(flags, choices.length, train, validation);
  interruption.begin();
  const runs: SweepRun[] = [];
  page?.write(runs, true);
  for (const [i, choice] of choices.entries()) {
    const run = await trainOne(choice, flags, images, train, validation, interruption);
    if (run === null) break;
    runs.push(run);
    page?.write(ranked(runs), true);
    if (!flags.json) print(progressLine(run, i + 1, choices.length));
  }
  report(ranked(runs), choices.length, flags, interruption);
  await drawCurves(ranked(runs), flags);
  page?.write(ranked(runs), false);
  if (page !== null && !flags.json) print(`saved ${flags.report}`);
  if (interruption.by !== undefined) {
    interruption.say(`after ${runs.length} of ${counted(choices.length, "combination")}`);
    throw new Exit(interruption.exitCode);
  }
}

/** Every combination; the last list changes fastest. */
function grid({ width, depth, lr, batch, activation, optimizer }: SweepFlags): Choice[] {
  const lists: Record<string, readonly unknown[]> = { width, depth, lr, batch, activation, optimizer };
  return Object.entries(lists).reduce<object[]>(
    (made, [name, values]) => made.flatMap((before) => values.map((value) => ({ ...before, [name]: value }))),
    [{}],
  ) as Choice[];
}

/**
 * Divides the training images, or some of them, at random: one part trains the runs, the other ranks them.
 */
function divide({ tensors, scale, shift, length }: Part, flags: SweepFlags): [train: Part, validation: Part] {
  const { samples = length, seed } = flags;
  if (samples > length)
    throw new UsageError(`--samples: at most ${counted(length, "training image")}: ${samples}`);
  const all = new data.TensorDataset(...tensors);
  const [some] = data.randomSplit(all, [samples, length - samples], { seed });
  const held = Math.round(samples * flags.validation);
  if (held < 1 || held >= samples)
    throw new UsageError(`--validation: leaves no images: ${flags.validation} of ${samples}`);
  const parts = data.randomSplit(some, [samples - held, held], { seed: seed + 1 });
  return parts.map(({ indices }) => {
    const chosen = indices.map((i) => some.indices[i]);
    return new data.TensorDataset(...(all.batch(chosen) as [Tensor, Tensor]), { scale, shift });
  }) as [Part, Part];
}

/** Null when the run was interrupted. */
async function trainOne(
  choice: Choice,
  flags: SweepFlags,
  { classes, mean, std, size }: Images,
  train: Part,
  validation: Part,
  interruption: Interruption,
): Promise<SweepRun | null> {
  const { width, depth, lr, batch, activation, optimizer } = choice;
  const { epochs, seed } = flags;
  manualSeed(seed);
  const hidden = new Array<number>(depth).fill(width);
  const model = buildNetwork({ input: size, hidden, classes, activation, dropout: 0, mean, std });
  const run = fit(model, train, {
    loss: new layers.CrossEntropyLoss(),
    optimizer: makeOptimizer({ optimizer, lr }, model),
    epochs,
    batchSize: batch,
    seed,
    validation,
    signal: interruption.signal,
  });
  const parameters = model.parameters().reduce((n, p) => n + p.numel, 0);
  const history: SweepRun["history"] = [];
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const failed = { accuracy: null, loss: null, trainLoss: null, trainAccuracy: null };
  try {
    for await (const { type, epoch, validation: measured } of run)
      if (type === "epoch") history.push({ epoch, loss: measured!.loss, accuracy: measured!.accuracy! });
  } catch (error) {
    if (interruption.by !== undefined) return null;
    // A learning rate that is too large for one combination is a result, so the other combinations still run.
    if ((error as SimdgradError | undefined)?.code !== "NAN_LOSS") throw error;
    return {
      ...choice,
      parameters,
      ...failed,
      seconds: seconds(),
      failure: describeFailure(error).code,
      history,
    };
  }
  const { loss: trainLoss, accuracy: trainAccuracy } = await run;
  const { loss, accuracy } = history.at(-1)!;
  return {
    ...choice,
    parameters,
    accuracy,
    loss,
    trainLoss,
    trainAccuracy,
    seconds: seconds(),
    failure: null,
    history,
  };
}

function progressLine(run: SweepRun, number: number, of: number): string {
  const result = run.accuracy === null ? run.failure! : `accuracy ${percent(run.accuracy)}`;
  const place = `${String(number).padStart(String(of).length)}/${of}`;
  return `${colors.bold(place)}  ${describeCombination(run)}: ${result}, ${duration(run.seconds)}`;
}

function report(runs: SweepRun[], combinations: number, flags: SweepFlags, { by }: Interruption): void {
  if (flags.csv !== undefined) writeFileSync(flags.csv, csvText(runs));
  if (flags.json) {
    const { epochs, seed } = flags;
    const interrupted = by === undefined ? {} : { interrupted: { by, after: runs.length } };
    printJson({ command: "sweep", combinations, epochs, seed, ...backendFacts(), ...interrupted, runs });
    return;
  }
  if (runs.length === 0) return;
  const [names, ...lines] = tableLines(runs);
  print();
  print(colors.bold(names));
  for (const line of lines) print(line);
  if (flags.csv !== undefined) print(`saved ${flags.csv}`);
}

/** More curves could not be told apart by colour and dash. */
const MOST_CURVES = 8;

/**
 * The validation losses of the best runs. Plots need an optional peer dependency, so the plotting code is
 * loaded only when a plot is requested.
 */
async function drawCurves(runs: readonly SweepRun[], { plot: path, json }: SweepFlags): Promise<void> {
  const best = runs.filter(({ history }) => history.length > 0).slice(0, MOST_CURVES);
  if (path === undefined || best.length === 0) return;
  const plot = await import("../plot/index.js");
  const series = best.map((run) => [describeCombination(run), run.history.map(({ loss }) => loss)] as const);
  await plot.curves(path, Object.fromEntries(series), {
    title: best.length < runs.length ? `The best ${best.length} of ${runs.length} runs` : "All runs",
    start: 1,
    xLabel: "epoch",
    yLabel: "validation loss (cross-entropy)",
  });
  if (!json) print(`saved ${path}`);
}
