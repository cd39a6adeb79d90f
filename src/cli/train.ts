import * as distributed from "../distributed/index.js";
import { backend, type FitProgress, fit, nn as layers, manualSeed, type nn, optim, train } from "../index.js";
import { type BackendFlags, backendFacts, chooseBackend, describeBackend } from "./engine.js";
import { Exit, UsageError } from "./failure.js";
import { type Images, loadImages } from "./images.js";
import type { Interruption } from "./interruption.js";
import { type Activation, type Architecture, buildNetwork, describeNetwork, saveNetwork } from "./network.js";
import { noView, type ProgressView, progressView } from "./progress.js";
import { commandWithSeed } from "./repeat.js";
import { checkApart, checkWritable } from "./targets.js";
import { colors, counted, duration, percent, print, printJson } from "./terminal.js";

export const optimizers = ["adam", "adamw", "sgd"] as const;
export const schedules = ["cosine", "step", "none"] as const;

export interface TrainFlags extends BackendFlags {
  data?: string;
  split?: string;
  hidden: number[];
  activation: Activation;
  dropout: number;
  epochs: number;
  batch: number;
  shards?: number;
  shardOptimizer?: boolean;
  lr: number;
  optimizer: (typeof optimizers)[number];
  momentum?: number;
  weightDecay?: number;
  labelSmoothing: number;
  schedule: (typeof schedules)[number];
  seed: number;
  eager?: boolean;
  checkpoint?: string;
  checkpointEvery: number;
  resume?: boolean;
  report?: string;
  out: string;
  json?: boolean;
}

export async function trainCommand(flags: TrainFlags, interruption: Interruption): Promise<void> {
  if (flags.momentum !== undefined && flags.optimizer !== "sgd")
    throw new UsageError(`--momentum: only --optimizer sgd has it: ${flags.optimizer}`);
  if (flags.resume && flags.checkpoint === undefined)
    throw new UsageError("--resume: needs --checkpoint <file>: the file to go on from");
  if (flags.shards !== undefined && flags.shards > flags.batch)
    throw new UsageError(`--shards: at most --batch, ${flags.batch}: ${flags.shards}`);
  chooseBackend(flags);
  await distributed.init();
  // Of several ranks the first writes the files, prints and tests the model.
  const first = distributed.rank === 0;
  if (first) checkWritable("--out", flags.out);
  if (first && flags.checkpoint !== undefined) checkWritable("--checkpoint", flags.checkpoint);
  if (first && flags.report !== undefined) checkWritable("--report", flags.report);
  checkApart("--checkpoint", flags.checkpoint, "--out", flags.out);
  checkApart("--report", flags.report, "--out", flags.out);
  checkApart("--report", flags.report, "--checkpoint", flags.checkpoint);
  const images = await loadImages({ dir: flags.data, split: flags.split });

  const { input, classes, mean, std } = { ...images, input: images.size };
  const { hidden, activation, dropout } = flags;
  const architecture: Architecture = { input, hidden, classes, activation, dropout, mean, std };
  manualSeed(flags.seed);
  const model = buildNetwork(architecture);
  const parameters = model.parameters().reduce((n, p) => n + p.numel, 0);
  if (first && !flags.json) {
    print(`${describeNetwork(architecture)}: ${counted(parameters, "parameter")}`);
    print(`${counted(images.train.length, "training image")}, ${counted(images.test.length, "test image")}`);
    print(`backend: ${describeBackend()}${backend.name === "js" ? ` (${backend.reason})` : ""}`);
    if (distributed.library !== null) print(`${distributed.worldSize} processes over ${distributed.library}`);
  }

  interruption.begin();
  const { run, history } = await runTraining(
    flags,
    images,
    model,
    interruption,
    describeNetwork(architecture),
  );
  if (!first) return endOther(interruption);
  const { step, epoch } = run.progress;
  const training = { ...recipe(flags), steps: step, finished: interruption.by === undefined };
  if (interruption.by !== undefined && step === 0)
    throw stopped(interruption, "before the first step; nothing was saved");
  saveNetwork(flags.out, model, architecture, training);
  // The others may end from here on: a process that a signal ends ends all.
  await distributed.barrier();
  const { seconds } = await run.catch(() => ({ seconds: Number.NaN }));
  if (interruption.by !== undefined) {
    const where = `at epoch ${epoch} of ${flags.epochs}, step ${step}`;
    if (flags.json) printJson({ interrupted: { by: interruption.by, epoch, step }, out: flags.out, history });
    const resume = flags.checkpoint === undefined ? "" : `; --resume goes on from ${flags.checkpoint}`;
    throw stopped(interruption, `${where}; the model so far is in ${flags.out}${resume}`);
  }

  // The test images are used once, after the last epoch, so they influence no choice.
  const loss = new layers.CrossEntropyLoss();
  const test = await train
    .evaluate(model, images.test, { loss, signal: interruption.signal })
    .catch((error: unknown) => {
      if (interruption.by === undefined) throw error;
      throw stopped(interruption, `during the test; the trained model is in ${flags.out}`);
    });
  if (flags.json)
    printJson({
      ...{ command: "train", testAccuracy: test.accuracy, testLoss: test.loss, seconds, steps: step },
      ...(flags.resume ? { resumed: run.progress.resumed } : {}),
      ...{ parameters, classes, ...recipe(flags), ...backendFacts(), out: flags.out, history },
    });
  else {
    const accuracy = colors.bold(`test accuracy ${percent(test.accuracy ?? 0)}`);
    print(`${accuracy}, trained in ${duration(seconds)} on ${describeBackend()}`);
    print(`saved ${flags.out}`);
    if (flags.report !== undefined) print(`saved ${flags.report}`);
  }
}

/** The end of a process that is not the first: the model is the first one's. */
async function endOther(interruption: Interruption): Promise<void> {
  await distributed.barrier();
  if (interruption.by !== undefined) throw new Exit(interruption.exitCode);
}

/** The settings of a run that are worth keeping. */
function recipe(flags: TrainFlags): Record<string, unknown> {
  const { epochs, batch, lr, optimizer, momentum, weightDecay, labelSmoothing, schedule, seed } = flags;
  const { shards } = flags;
  return {
    epochs,
    batch,
    ...(shards === undefined ? {} : { shards }),
    lr,
    optimizer,
    momentum,
    weightDecay,
    labelSmoothing,
    schedule,
    seed,
  };
}

async function runTraining(
  flags: TrainFlags,
  { train: images, test, size }: Images,
  model: nn.Sequential,
  interruption: Interruption,
  title: string,
): Promise<{ run: train.Fit; history: object[] }> {
  const optimizer = makeOptimizer(flags, model);
  const run = fit(model, images, {
    loss: new layers.CrossEntropyLoss({ labelSmoothing: flags.labelSmoothing }),
    optimizer,
    scheduler: makeScheduler(flags, optimizer, Math.ceil(images.length / flags.batch)),
    schedulerUnit: "step",
    epochs: flags.epochs,
    batchSize: flags.batch,
    ...(flags.shards === undefined ? {} : { shards: flags.shards }),
    shardOptimizer: flags.shardOptimizer,
    seed: flags.seed,
    compile: !flags.eager,
    checkpoint: flags.checkpoint,
    checkpointEvery: flags.checkpointEvery,
    resume: flags.resume,
    signal: interruption.signal,
    ...(flags.report === undefined
      ? {}
      : { report: { path: flags.report, title, test, image: size, command: commandWithSeed(flags) } }),
  });
  const history: object[] = [];
  const stream = flags.json ? process.stderr : process.stdout;
  const view: ProgressView = distributed.rank > 0 ? noView : progressView(stream, flags.json === true);
  const restore = () => view.stop();
  process.on("exit", restore); // a second Ctrl-C must not leave the cursor hidden
  try {
    let first = true;
    const begin = () => {
      if (first && flags.resume && !flags.json && distributed.rank === 0)
        print(
          run.progress.resumed?.toString() ??
            `no checkpoint in ${flags.checkpoint} yet: trains from the beginning`,
        );
      first = false;
    };
    for await (const event of run) {
      begin();
      view.update(event);
      if (event.type === "epoch") history.push(historyEntry(event));
    }
    begin(); // a finished run has no events
  } catch (error) {
    if (interruption.by === undefined) throw error;
  } finally {
    view.stop();
    process.off("exit", restore);
  }
  // A signal may reach one process of several: all stop.
  const completed = await run.then(
    (result) => result.completed,
    () => false,
  );
  if (!completed) interruption.elsewhere();
  return { run, history };
}

function historyEntry({ epoch, step, loss, accuracy, imagesPerSecond }: FitProgress): object {
  return { epoch, step, loss, accuracy, imagesPerSecond };
}

export function makeOptimizer(
  flags: Pick<TrainFlags, "optimizer" | "lr" | "momentum" | "weightDecay">,
  model: nn.Module,
): optim.Optimizer<{ lr: number }> {
  const { lr, weightDecay, momentum = 0.9 } = flags;
  const decay = weightDecay === undefined ? {} : { weightDecay };
  const parameters = model.parameters();
  const make = {
    adam: () => new optim.Adam(parameters, { lr, ...decay }),
    adamw: () => new optim.AdamW(parameters, { lr, ...decay }),
    sgd: () => new optim.SGD(parameters, { lr, momentum, ...decay }),
  };
  return make[flags.optimizer]() as unknown as optim.Optimizer<{ lr: number }>;
}

/**
 * The scheduler steps once per training step: cosine to 0 over the whole run, or a tenth of the rate after
 * each third of it.
 */
function makeScheduler(flags: TrainFlags, optimizer: optim.Optimizer<{ lr: number }>, perEpoch: number) {
  const steps = flags.epochs * perEpoch;
  const { CosineAnnealingLR, StepLR } = optim.lrScheduler;
  const make = {
    cosine: () => new CosineAnnealingLR(optimizer, { tMax: steps }),
    step: () => new StepLR(optimizer, { stepSize: Math.ceil(steps / 3) }),
    none: () => undefined,
  };
  return make[flags.schedule]();
}

function stopped(interruption: Interruption, where: string): Exit {
  interruption.say(where);
  return new Exit(interruption.exitCode);
}
