/** The work of `fit`: epochs of steps, with events, validation and checkpoints between them. */

import { Epoch, Stepper } from "../compile/index.js";
import { ValueError } from "../errors.js";
import { warn } from "../host/messages.js";
import { pathOf } from "../io/read.js";
import type { Module } from "../nn/module.js";
import { defaultGenerator } from "../random.js";
import { type BatchSource, batchesOf, type TrainingData } from "./batches.js";
import { checkResumable, loadCheckpoint, type Standing, saveCheckpoint, type Trained } from "./checkpoint.js";
import { type Evaluation, Evaluator } from "./evaluate.js";
import { type FitOptions, type ResolvedOptions, resolveOptions } from "./fit-options.js";
import type { FitProgress, FitResult } from "./fit-progress.js";
import { Resumed } from "./resumed.js";
import { LookAhead } from "./schedule.js";
import { Stopwatch } from "./stopwatch.js";
import { TrainingStep } from "./training-step.js";

export class Run {
  readonly #options: ResolvedOptions;
  readonly #batches: BatchSource;
  readonly #trainingStep: TrainingStep;
  readonly #watch = new Stopwatch();
  readonly #lookAhead: LookAhead | null;
  /** Null if steps are not compiled. */
  #stepper: Stepper | null;
  #evaluator: Evaluator | null = null;
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
    this.#options = resolveOptions(model, options);
    const { optimizer, scheduler, checkpoint, batchSize, shuffle, seed, keepGrads } = this.#options;
    const step = new TrainingStep(model, this.#options);
    this.#trainingStep = step;
    this.#batches = batchesOf("fit", train, { batchSize, shuffle, seed });
    if (checkpoint !== undefined) checkResumable(checkpoint, this.#trained);
    this.#lookAhead = this.#perStep ? LookAhead.of(scheduler, optimizer, this.#batches.length) : null;
    this.#stepper =
      options.compile === false
        ? null
        : new Stepper((x, y) => step.compiled(x, y), { schedule: this.#lookAhead, keepGrads });
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
        if (validation !== undefined) this.#validation = await this.#evaluate(validation);
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
      // Stopped by `break` or a signal: no step has to be repeated.
      if (!failed && this.#finished < epochs && this.#step > (this.#resumed?.step ?? 0)) {
        if (this.#finished === this.#epoch) this.#save(this.#epoch + 1, [], false);
        else this.#save(this.#epoch, this.#score.sums, false);
      }
    }
  }

  /** Trains one epoch. */
  async *#train(): AsyncGenerator<FitProgress, void, undefined> {
    const { signal, reportEvery } = this.#options;
    const score = this.#score;
    const from = { seconds: this.#watch.seconds, samples: score.samples };
    let reported = performance.now();
    const epoch = new Epoch(this.#batches, this.#steps());
    try {
      for (;;) {
        signal?.throwIfAborted();
        const left = reported + reportEvery - performance.now();
        if (!(await this.#stretch(epoch, left))) break;
        if (this.#untilCheckpoint === this.#options.checkpointEvery)
          this.#save(this.#epoch, score.sums, true);
        if (performance.now() - reported < reportEvery) continue;
        this.#watch.stop();
        const rate = (score.samples - from.samples) / (this.#watch.seconds - from.seconds);
        from.seconds = this.#watch.seconds;
        from.samples = score.samples;
        yield this.event("progress", rate);
        this.#watch.start();
        reported = performance.now();
      }
      signal?.throwIfAborted();
      epoch.finish();
    } finally {
      await epoch.close();
    }
    if (score.samples === 0)
      throw new ValueError(
        `fit: no batches in epoch ${this.#epoch}; a source is iterated over once for each epoch`,
        "EMPTY_DATASET",
      );
  }

  /**
   * Makes the next steps of an epoch: as many as fit in the milliseconds that are left, and at least one.
   * Returns false if there are none.
   */
  async #stretch(epoch: Epoch, left: number): Promise<boolean> {
    const { signal, reportEvery } = this.#options;
    const single = reportEvery === 0 || (this.#perStep && this.#lookAhead === null);
    const limits = { steps: single ? 1 : this.#untilCheckpoint, signal, milliseconds: left };
    this.#trainingStep.trainingMode(this.#step);
    const { steps, failure } = await epoch.next(limits);
    if (failure === null) return steps > 0;
    // The failed step has not changed anything yet. Made again eagerly, it throws an error that says what is
    // wrong.
    epoch.goOnHere();
    await epoch.next({ steps: 1 });
    throw failure;
  }

  /** How an epoch makes its steps. */
  #steps() {
    const { scheduler } = this.#options;
    const perStep = this.#perStep ? scheduler : undefined;
    return {
      stepper: this.#stepper,
      one: (batch: unknown) => {
        const place = () => `epoch ${this.#epoch}, step ${this.#step + 1}, learning rate ${this.#lr}`;
        this.#trainingStep.eagerly(batch, this.#step, place);
        perStep?.step();
        this.#step++;
      },
      made: (steps: number) => {
        this.#step += steps;
        if (this.#lookAhead === null) for (let step = 0; step < steps; step++) perStep?.step();
      },
      refused: (error: Error) => {
        this.#stepper = null;
        warn(
          `fit: the training step cannot be compiled and runs eagerly, on the main thread: ${error.message}; fit(…, { compile: false }) says that this is meant`,
          "NOT_COMPILED",
        );
      },
    };
  }

  #evaluate(validation: TrainingData): Promise<Evaluation> {
    const { loss, signal } = this.#options;
    this.#evaluator ??= new Evaluator(this.model, validation, { loss, signal });
    return this.#evaluator.evaluate();
  }

  get #score() {
    return this.#trainingStep.score;
  }

  /** Whether the scheduler steps after each step. */
  get #perStep(): boolean {
    return this.#options.schedulerUnit === "step" && this.#options.scheduler !== undefined;
  }

  /** Number of steps to the next multiple of the interval. */
  get #untilCheckpoint(): number {
    if (this.#options.checkpoint === undefined) return Number.POSITIVE_INFINITY;
    const { checkpointEvery } = this.#options;
    return checkpointEvery - (this.#step % checkpointEvery);
  }

  /** Number of steps to the next checkpoint, which may be the one at the end of an epoch. */
  get #untilSaved(): number {
    const perEpoch = this.#batches.length!;
    return Math.min(this.#untilCheckpoint, perEpoch - (this.#step % perEpoch));
  }

  get #trained(): Trained {
    const { optimizer, scheduler } = this.#options;
    return { model: this.model, optimizer, scheduler, loader: this.#batches };
  }

  /** `epoch`: the epoch in which to resume. `goesOn`: whether this run makes more steps. */
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

  /** Number of steps of the whole run. */
  get #stepsInAll(): number {
    return this.#options.epochs * (this.#batches.length ?? Number.NaN);
  }

  get #lr(): number {
    return this.#options.optimizer.paramGroups[0]?.lr ?? Number.NaN;
  }

  event(type: FitProgress["type"], imagesPerSecond: number): FitProgress {
    const { epochs } = this.#options;
    const { loss, accuracy, samples } = this.#score;
    const underWay = this.#stepper?.underWay ?? 0;
    // The epoch of the last step: an epoch begins with its first step.
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
 * Dropout uses the generator of `manualSeed`. The upper half of its 64-bit counter separates these numbers
 * from those that initialisation gets after `manualSeed(seed)`.
 */
function seedDropout(seed: number): void {
  defaultGenerator.manualSeed(seed).state[3] = 1 << 30;
}
