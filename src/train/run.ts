/** What `fit` does: epochs of steps, compiled where that is possible. */

import { batchesLeft, EventLoopTurns, type Feed, isNotCapturable, nextOf, Runner } from "../compile/index.js";
import { DataLoader } from "../data/dataloader.js";
import { SimdgradError, ValueError } from "../errors.js";
import type { Path } from "../io/index.js";
import { pathOf } from "../io/read.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Scheduler } from "../optim/schedulers.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { defaultGenerator } from "../random.js";

import type { Tensor } from "../tensor/tensor.js";
import { type Batch, type BatchSource, batchesOf, checkBatch, type TrainingData } from "./batches.js";
import { checkResumable, loadCheckpoint, type Standing, saveCheckpoint, type Trained } from "./checkpoint.js";
import { type Evaluation, evaluate } from "./evaluate.js";
import { checkLoss, checkModel, checkOptimizer, checkScheduler, outputOf } from "./given.js";
import { whatToTry } from "./not-finite.js";
import { Resumed } from "./resumed.js";
import { LookAhead } from "./schedule.js";
import { type Loss, measureOf, Score } from "./score.js";
import { checkRegistered } from "./unregistered.js";

export interface FitOptions {
  optimizer: Optimizer<any>;
  /** A module or a function; its value is a mean over the batch. Default: cross-entropy. */
  loss?: Loss;
  scheduler?: Pick<Scheduler, "step">;
  /** When `scheduler.step()` is called: after each epoch (default, as in PyTorch's examples) or after each step. */
  schedulerUnit?: "epoch" | "step";
  /** Default 1. */
  epochs?: number;
  /** For a data set; a loader has its own. Default 32. */
  batchSize?: number;
  /** For a data set: a new order every epoch. Default true. */
  shuffle?: boolean;
  /** Makes the run repeatable: order of a data set, and dropout (the generator of `manualSeed` is set from it). */
  seed?: number;
  /** Evaluated at the end of each epoch. */
  validation?: TrainingData;
  /** A file that is replaced every so many steps, and at the end of each epoch: the whole state of the run. */
  checkpoint?: Path;
  /** Steps between two checkpoints: what a run that is killed has to make again at most. Default 500. */
  checkpointEvery?: number;
  /** Goes on from `checkpoint`, to the bits of a run that was never interrupted; from the beginning while there is none. Default false. */
  resume?: boolean;
  /** Stops within one step; the run ends with `signal.reason`, as it does in Node's own functions. */
  signal?: AbortSignal;
  /**
   * Whether steps over a data set or a DataLoader are compiled: they run on a native thread, the event loop stays free, and `forward` and
   * `loss` are called only while they are traced. Default true. A model that cannot be compiled, because it reads values or draws random
   * numbers of JavaScript, is trained eagerly, with a warning.
   */
  compile?: boolean;
  /** Stores the gradients of compiled steps, to be read between them: `keepGrads` of `compile`. Default false. */
  keepGrads?: boolean;
  /** Least number of milliseconds between two `progress` events; 0 for one a step. Default 100. */
  reportEvery?: number;
}

const fitOptions: readonly (keyof FitOptions)[] = [
  ...(["optimizer", "loss", "scheduler", "schedulerUnit", "epochs", "batchSize", "shuffle"] as const),
  ...(["seed", "validation", "signal", "reportEvery", "compile", "keepGrads"] as const),
  ...(["checkpoint", "checkpointEvery", "resume"] as const),
];

export interface FitProgress {
  /** `progress` within an epoch, `epoch` at its end. */
  type: "progress" | "epoch";
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Optimizer steps so far, over all epochs. */
  step: number;
  /** Of the whole run; NaN when the length of the source is not known. */
  steps: number;
  /** Mean over the samples of this epoch so far, each measured just before the step it was used in. */
  loss: number;
  /** Likewise; null when targets are neither classes nor decisions, as in `Evaluation`. */
  accuracy: number | null;
  /** Since the event before; at the end of an epoch, over the whole epoch. The consumer's own time does not count. */
  imagesPerSecond: number;
  /** Where the run went on from a checkpoint; null when it began at the beginning. */
  resumed: Resumed | null;
  /** Learning rate of the first group, for the step that comes next. */
  lr: number;
  /** At the end of an epoch, when asked for. */
  validation?: Evaluation;
}

/** What the run came to. */
export interface FitResult {
  /** Finished ones. */
  epochs: number;
  steps: number;
  /** As in events. */
  resumed: Resumed | null;
  /** Of the last epoch, as in its last event. */
  loss: number;
  accuracy: number | null;
  validation?: Evaluation;
  /** Spent training and validating. */
  seconds: number;
  /** False after a `break`. */
  completed: boolean;
}

/** Seconds spent between `start` and `stop`. */
class Stopwatch {
  seconds = 0;
  #since = 0;
  start(): void {
    this.#since = performance.now();
  }
  stop(): void {
    this.seconds += (performance.now() - this.#since) / 1000;
  }
}

export class Run {
  readonly #options;
  readonly #batches: BatchSource;
  readonly #loss;
  readonly #turns = new EventLoopTurns();
  readonly #watch = new Stopwatch();
  readonly #score: Score;
  readonly #lookAhead: LookAhead | null;
  #runner: Runner | null;
  #epoch = 0;
  #finished = 0;
  #step = 0;
  #resumed: Resumed | null = null;
  #validation?: Evaluation;

  constructor(
    readonly model: Module,
    train: TrainingData,
    options: FitOptions,
  ) {
    const {
      epochs = 1,
      batchSize = 32,
      shuffle = true,
      reportEvery = 100,
      schedulerUnit = "epoch",
    } = options ?? {};
    checkModel("fit", model);
    checkOptimizer(options);
    checkScheduler(options.scheduler);
    checkOptions("fit", options, fitOptions);
    const own = new Set<unknown>(model.parameters());
    if (!options.optimizer.paramGroups.some(({ params }) => params.some((p: unknown) => own.has(p))))
      throw new ValueError(
        "fit: the optimizer has none of the model's parameters: is it that of another model?",
        "WRONG_OPTIMIZER",
      );
    if (!Number.isInteger(epochs) || epochs < 1)
      throw new ValueError(`fit: epochs is an integer >= 1: ${quoted(epochs)}`);
    if (!(reportEvery >= 0))
      throw new ValueError(`fit: reportEvery is a number >= 0: ${quoted(reportEvery)}`);
    if (schedulerUnit !== "epoch" && schedulerUnit !== "step")
      throw new ValueError(`fit: schedulerUnit is epoch or step: ${String(schedulerUnit)}`);
    const { signal, validation, seed } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new ValueError(`fit: signal is an AbortSignal: ${typeof signal}`);
    if (validation !== undefined) batchesOf("fit: validation", validation, { batchSize, shuffle: false });
    if (options.compile !== undefined && typeof options.compile !== "boolean")
      throw new ValueError(`fit: compile is true or false: ${String(options.compile)}`);
    if (options.keepGrads !== undefined && typeof options.keepGrads !== "boolean")
      throw new ValueError(`fit: keepGrads is true or false: ${String(options.keepGrads)}`);
    this.#options = { ...options, epochs, reportEvery, schedulerUnit };
    const { loss, threshold } = measureOf("fit", options.loss);
    this.#loss = loss;
    this.#score = new Score(threshold);
    this.#batches = batchesOf("fit", train, { batchSize, shuffle, seed });
    const { optimizer, scheduler, checkpoint, checkpointEvery: every = 1 } = options;
    if (!Number.isInteger(every) || every < 1)
      throw new ValueError(`fit: checkpointEvery is an integer >= 1: ${quoted(every)}`);
    if (checkpoint !== undefined) checkResumable(checkpoint, this.#trained);
    else if (options.resume) throw new ValueError("fit: resume needs checkpoint: the file to go on from");
    this.#lookAhead =
      schedulerUnit === "step" ? LookAhead.of(scheduler, optimizer, this.#batches.length) : null;
    this.#runner =
      options.compile === false
        ? null
        : new Runner((x, y) => this.#compiledStep(x, y), this.#lookAhead?.schedules, options.keepGrads);
  }

  async *events(): AsyncGenerator<FitProgress, void, undefined> {
    const { epochs, seed, signal, validation } = this.#options;
    signal?.throwIfAborted();
    const standing = this.#options.resume ? loadCheckpoint(this.#options.checkpoint!, this.#trained) : null;
    if (standing === null && seed !== undefined) seedDropout(seed);
    if (standing !== null) this.#resume(standing);
    const first = standing === null ? 1 : standing.epoch;
    this.#finished = first - 1;
    this.#watch.start();
    let failed = false;
    const modes = this.model.modules().map((module) => [module, module.training] as const);
    try {
      for (this.#epoch = first; this.#epoch <= epochs; this.#epoch++) {
        const before = this.#watch.seconds;
        this.#score.reset(this.#epoch === first ? standing?.score : undefined);
        const samples = this.#score.samples;
        yield* this.#train();
        if (this.#options.schedulerUnit === "epoch") this.#options.scheduler?.step();
        this.#finished++;
        this.#save(this.#epoch + 1, [], this.#finished < epochs);
        if (validation !== undefined)
          this.#validation = await evaluate(this.model, validation, { loss: this.#options.loss, signal });
        this.#watch.stop();
        const seconds = this.#watch.seconds - before - (this.#validation?.seconds ?? 0);
        yield {
          ...this.event("epoch", (this.#score.samples - samples) / seconds),
          validation: this.#validation,
        };
        this.#watch.start();
      }
    } catch (error) {
      failed = !signal?.aborted;
      throw error;
    } finally {
      for (const [module, training] of modes) module.training = training;
      // Stopped by `break` or a signal: nothing has to be made again.
      if (!failed && this.#finished < epochs && this.#step > (this.#resumed?.step ?? 0)) {
        if (this.#finished === this.#epoch) this.#save(this.#epoch + 1, [], false);
        else this.#save(this.#epoch, this.#score.sums, false);
      }
    }
  }

  /** One epoch. */
  async *#train(): AsyncGenerator<FitProgress, void, undefined> {
    const { signal, reportEvery } = this.#options;
    const from = { seconds: this.#watch.seconds, samples: this.#score.samples };
    let reported = performance.now();
    for await (const _ of this.#steps(() => reported + reportEvery - performance.now())) {
      if (this.#untilCheckpoint === this.#checkpointEvery) this.#save(this.#epoch, this.#score.sums, true);
      if (performance.now() - reported >= reportEvery) {
        this.#watch.stop();
        const rate = (this.#score.samples - from.samples) / (this.#watch.seconds - from.seconds);
        from.seconds = this.#watch.seconds;
        from.samples = this.#score.samples;
        yield this.event("progress", rate);
        this.#watch.start();
        reported = performance.now();
      }
    }
    signal?.throwIfAborted();
    if (this.#score.samples === 0)
      throw new ValueError(
        `fit: no batches in epoch ${this.#epoch}; a source is iterated over once for each epoch`,
        "EMPTY_DATASET",
      );
  }

  /** The steps of an epoch, one or more at a time: as many as fit into the milliseconds that are left. */
  async *#steps(left: () => number): AsyncGenerator<void, void, undefined> {
    const feed = this.#runner !== null && this.#batches instanceof DataLoader ? this.#batches.feed() : null;
    if (feed === null) {
      yield* this.#eagerSteps(this.#batches);
      return;
    }
    try {
      yield* this.#compiledSteps(this.#runner!, feed, left);
    } catch (error) {
      if (!isNotCapturable(error)) throw error;
      this.#runner = null;
      process.emitWarning(
        `fit: the training step cannot be compiled and runs eagerly, on the main thread: ${(error as Error).message}; fit(…, { compile: false }) says that this is meant`,
        { type: "SimdgradWarning", code: "NOT_COMPILED" },
      );
      yield* this.#eagerSteps(batchesLeft(feed));
    }
    feed.finish();
  }

  async *#eagerSteps(
    batches: Iterable<unknown> | AsyncIterable<unknown>,
  ): AsyncGenerator<void, void, undefined> {
    for await (const batch of batches) {
      this.#options.signal?.throwIfAborted();
      const [x, y] = checkBatch("fit", batch as Batch);
      this.#trainStep(x, y);
      yield;
      if (this.#turns.due) await this.#turns.take();
    }
  }

  async *#compiledSteps(
    runner: Runner,
    feed: Feed,
    left: () => number,
  ): AsyncGenerator<void, void, undefined> {
    const { signal, schedulerUnit, scheduler, reportEvery } = this.#options;
    const ahead = this.#lookAhead;
    const perStep = schedulerUnit === "step" && scheduler !== undefined;
    const single = reportEvery === 0 || (perStep && ahead === null);
    while (feed.position < feed.length) {
      signal?.throwIfAborted();
      this.#trainingMode();
      const most = single ? 1 : this.#untilCheckpoint;
      const moved = ahead?.look(feed.position);
      const { steps, failure } = await runner.run(feed, { steps: most, signal, milliseconds: left() });
      this.#step += steps;
      if (moved !== undefined) moved(steps);
      else if (perStep && steps > 0) scheduler.step();
      // The step that failed has changed nothing yet: made eagerly, it says what is wrong.
      if (failure !== null) {
        this.#trainStep(...checkBatch("fit", feed.fetch(nextOf(feed)) as unknown as Batch));
        throw failure;
      }
      yield;
    }
  }

  /** What `#trainStep` does, as a program. */
  #compiledStep(x: Tensor, y: Tensor): void {
    const { optimizer } = this.#options;
    checkBatch("fit", [x, y]);
    optimizer.zeroGrad();
    const output = outputOf("fit", this.model, x);
    checkRegistered(this.model, optimizer, output);
    const loss = checkLoss(this.#loss(output, y));
    this.#score.tally(loss, output, y);
    loss.backward();
    optimizer.step();
  }

  /** Between two events a consumer may have put the model into eval mode. */
  #trainingMode(): void {
    if (!this.model.training || this.#step === 0) this.model.train();
  }

  #trainStep(x: Tensor, y: Tensor): void {
    const { model } = this;
    const { optimizer, schedulerUnit, scheduler } = this.#options;
    this.#trainingMode();
    optimizer.zeroGrad();
    const output = outputOf("fit", model, x);
    if (this.#step === 0) checkRegistered(model, optimizer, output);
    const loss = checkLoss(this.#loss(output, y));
    const value = loss.item();
    if (!Number.isFinite(value))
      throw new SimdgradError(
        "NAN_LOSS",
        `fit: the loss is ${value}: epoch ${this.#epoch}, step ${this.#step + 1}, learning rate ${this.#lr}; ${whatToTry(x, y, output)}`,
      );
    loss.backward();
    optimizer.step();
    if (schedulerUnit === "step") scheduler?.step();
    this.#step++;
    this.#score.add(value, output, y);
  }

  /** Steps to the next multiple of the interval. */
  get #untilCheckpoint(): number {
    if (this.#options.checkpoint === undefined) return Number.POSITIVE_INFINITY;
    return this.#checkpointEvery - (this.#step % this.#checkpointEvery);
  }

  /** Steps to the next checkpoint, which may be that at the end of an epoch. */
  get #untilSaved(): number {
    const perEpoch = this.#batches.length!;
    return Math.min(this.#untilCheckpoint, perEpoch - (this.#step % perEpoch));
  }

  get #checkpointEvery(): number {
    return this.#options.checkpointEvery ?? 500;
  }

  get #trained(): Trained {
    const { optimizer, scheduler } = this.#options;
    return { model: this.model, optimizer, scheduler, loader: this.#batches };
  }

  /** `epoch`: the one to go on with. `goesOn`: this run makes more steps. */
  #save(epoch: number, score: readonly number[], goesOn: boolean): void {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const ahead = goesOn ? this.#untilSaved : 0;
    saveCheckpoint(checkpoint, this.#trained, { epoch, step: this.#step, score, ahead });
  }

  #resume({ epoch, step, ahead }: Standing): void {
    const { epochs, checkpoint } = this.#options;
    this.#step = step;
    this.#resumed = new Resumed(pathOf(checkpoint!), epoch, epochs, step, this.#stepsInAll, ahead);
  }

  /** Of the whole run. */
  get #stepsInAll(): number {
    return this.#options.epochs * (this.#batches.length ?? Number.NaN);
  }

  get #lr(): number {
    return this.#options.optimizer.paramGroups[0]?.lr ?? Number.NaN;
  }

  event(type: FitProgress["type"], imagesPerSecond: number): FitProgress {
    const { epochs } = this.#options;
    const { loss, accuracy, samples } = this.#score;
    const underWay = this.#runner?.underWay ?? 0;
    // That of the last step: an epoch has begun with its first one.
    const begun = samples > 0 || underWay > 0;
    return {
      ...{
        type,
        epoch: begun ? this.#epoch : Math.max(1, this.#finished),
        epochs,
        step: this.#step + underWay,
        steps: this.#stepsInAll,
      },
      ...{ loss, accuracy, imagesPerSecond, resumed: this.#resumed, lr: this.#lr },
    };
  }

  result(): FitResult {
    const { loss, accuracy } = this.#score;
    return {
      ...{ epochs: this.#finished, steps: this.#step, resumed: this.#resumed, loss, accuracy },
      validation: this.#validation,
      seconds: this.#watch.seconds,
      completed: this.#finished === this.#options.epochs,
    };
  }
}

/**
 * Dropout draws from the generator of `manualSeed`. The upper half of its 64-bit counter sets these numbers apart from
 * those that `manualSeed(seed)` gives to initialisation.
 */
function seedDropout(seed: number): void {
  defaultGenerator.manualSeed(seed).state[3] = 1 << 30;
}
