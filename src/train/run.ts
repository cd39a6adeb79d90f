/** The work of `fit`: epochs of steps, with events, validation and checkpoints between them. */

import { Epoch, Stepper } from "../compile/index.js";
import { ValueError } from "../errors.js";
import { warn } from "../host/messages.js";
import { pathOf } from "../io/read.js";
import type { Module } from "../nn/module.js";
import { defaultGenerator } from "../random.js";
import { type BatchSource, batchesOf, type TrainingData } from "./batches.js";
import { checkResumable, type Standing, type Trained } from "./checkpoint.js";
import { type Evaluation, Evaluator } from "./evaluate.js";
import { type FitOptions, type ResolvedOptions, resolveOptions } from "./fit-options.js";
import type { FitProgress, FitResult } from "./fit-progress.js";
import type { MakeStep, Observer } from "./observer.js";
import { Ranks, type Stretch, type Wish } from "./ranks.js";
import { type Observed, type OpenReport, prepareReport } from "./reporting.js";
import { Resumed } from "./resumed.js";
import { LookAhead } from "./schedule.js";
import { Stopwatch } from "./stopwatch.js";
import { TrainingStep } from "./training-step.js";

export class Run {
  readonly #options: ResolvedOptions;
  readonly #batches: BatchSource;
  readonly #trainingStep: TrainingStep;
  readonly #watch = new Stopwatch();
  readonly #ranks = new Ranks();
  readonly #lookAhead: LookAhead | null;
  /** Null if steps are not compiled. */
  #stepper: Stepper | null;
  #evaluator: Evaluator | null = null;
  #epoch = 0;
  #finished = 0;
  #step = 0;
  #resumed: Resumed | null = null;
  #validation?: Evaluation;
  readonly #openReport: OpenReport | null;
  #observer: Observer | null = null;
  /** Whether this rank, or another one, has stopped the run between two stretches. */
  #stopped = false;

  constructor(
    readonly model: Module,
    private readonly train: TrainingData,
    options: FitOptions,
  ) {
    this.#options = resolveOptions(model, options);
    this.#openReport = options.report === undefined ? null : prepareReport(options.report);
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
    let failure: unknown;
    try {
      yield* this.#events();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await this.#observer?.end(this.event("progress", 0), this.#score.samples, this.result(), failure);
    }
  }

  async *#events(): AsyncGenerator<FitProgress, void, undefined> {
    const { epochs, signal, validation } = this.#options;
    signal?.throwIfAborted();
    const standing = await this.#begin();
    if (standing !== null) this.#resume(standing);
    const first = standing === null ? 1 : standing.epoch;
    this.#finished = first - 1;
    this.#watch.start();
    let failed = false;
    const modes = this.model.modules().map((module) => [module, module.training] as const);
    try {
      this.#observer = this.#openReport?.(this.#observed) ?? null;
      for (this.#epoch = first; this.#epoch <= epochs; this.#epoch++) {
        const before = this.#watch.seconds;
        this.#score.reset(this.#epoch === first ? standing?.score : undefined);
        const samples = this.#score.samples;
        this.#observer?.epoch(this.event("progress", 0), samples);
        yield* this.#train();
        if (this.#stopped) return;
        if (this.#options.schedulerUnit === "epoch") this.#options.scheduler?.step();
        this.#finished++;
        await this.#save(this.#epoch + 1, [], this.#finished < epochs);
        if (validation !== undefined) this.#validation = await this.#evaluate(validation);
        this.#watch.stop();
        const seconds = this.#watch.seconds - before - (this.#validation?.seconds ?? 0);
        const event = {
          ...this.event("epoch", (this.#score.samples - samples) / seconds),
          validation: this.#validation,
        };
        this.#observer?.look(event, this.#score.samples, this.#watch.seconds);
        yield event;
        this.#watch.start();
      }
    } catch (error) {
      failed = !signal?.aborted;
      throw error;
    } finally {
      for (const [module, training] of modes) module.training = training;
      const stopped = !failed && this.#finished < epochs;
      if (stopped && !this.#stopped) await this.#ranks.leave();
      // Stopped by `break` or a signal: no step has to be repeated.
      if (stopped && this.#step > (this.#resumed?.step ?? 0)) {
        if (this.#finished === this.#epoch) await this.#save(this.#epoch + 1, [], false);
        else await this.#save(this.#epoch, this.#score.sums, false);
      }
      if (!failed) await this.#ranks.unite(this.#options.optimizer);
    }
  }

  /** Joins other ranks, if there are any, and restores the checkpoint. */
  async #begin(): Promise<Standing | null> {
    const { batchSize, epochs, seed, checkpoint, checkpointEvery, resume, shards } = this.#options;
    const { schedulerUnit, validation, optimizer, shardOptimizer } = this.#options;
    const ranks = this.#ranks;
    await ranks.join({
      trained: this.#trained,
      samples: this.#batches.length,
      settings: [
        ...[batchSize, shards, epochs, seed, schedulerUnit],
        ...[checkpointEvery, checkpoint !== undefined, validation !== undefined],
        ...[this.#openReport !== null, shardOptimizer ?? false],
      ],
    });
    const standing = await ranks.begin(resume ? checkpoint : undefined, this.#trained, shards, () => {
      if (seed !== undefined) seedDropout(seed);
    });
    const { sharding } = ranks;
    if (sharding === null) return standing;
    const { batchSize: samples = Number.POSITIVE_INFINITY } = this.#batches as { batchSize?: number };
    if (samples < sharding.shards)
      throw new ValueError(
        `fit: a batch has a sample for each shard: batchSize ${samples}, ${sharding.shards} shards`,
        "INVALID_SHARDS",
      );
    this.#trainingStep.shardInto(sharding);
    if (shardOptimizer) ranks.divide(optimizer);
    return standing;
  }

  /** Trains one epoch. */
  async *#train(): AsyncGenerator<FitProgress, void, undefined> {
    const { signal, reportEvery } = this.#options;
    const score = this.#score;
    const from = { seconds: this.#watch.seconds, samples: score.samples };
    let reported = performance.now();
    let epoch: Epoch | null = null;
    try {
      for (;;) {
        const next = this.#observer?.next ?? Number.POSITIVE_INFINITY;
        const left = Math.min(reported + reportEvery, next) - performance.now();
        const probe = this.#observer?.probe((batch) => this.#one(batch)) ?? null;
        const stretch = await this.#ranks.next(this.#wish(left, probe !== null));
        this.#stopped = stretch === null;
        if (stretch === null) {
          signal?.throwIfAborted();
          return;
        }
        // The order of the epoch is drawn here.
        epoch ??= new Epoch(this.#batches, this.#steps());
        const steps = await this.#stretch(epoch, stretch, probe);
        if (steps === 0) {
          stretch.signal?.throwIfAborted();
          break;
        }
        const due = performance.now() - reported >= reportEvery;
        const report = await this.#ranks.reached(score, steps, due);
        if (this.#untilCheckpoint === this.#options.checkpointEvery)
          await this.#save(this.#epoch, score.sums, true);
        this.#look();
        if (!report) continue;
        this.#watch.stop();
        const rate = (score.samples - from.samples) / (this.#watch.seconds - from.seconds);
        from.seconds = this.#watch.seconds;
        from.samples = score.samples;
        yield this.event("progress", rate);
        this.#watch.start();
        reported = performance.now();
      }
      epoch.finish();
    } finally {
      await epoch?.close();
    }
    if (score.samples === 0)
      throw new ValueError(
        `fit: no batches in epoch ${this.#epoch}; a source is iterated over once for each epoch`,
        "EMPTY_DATASET",
      );
  }

  /** What this rank wants of the next stretch, with so many milliseconds left until it reports. */
  #wish(milliseconds: number, probes: boolean): Wish {
    const { signal, reportEvery } = this.#options;
    const single = reportEvery === 0 || (this.#perStep && this.#lookAhead === null);
    return { steps: single ? 1 : this.#untilCheckpoint, milliseconds, signal, probes };
  }

  /** Makes the next steps of an epoch, at least one if there are any. Returns how many. */
  async #stretch(epoch: Epoch, stretch: Stretch, probe: MakeStep | null): Promise<number> {
    this.#trainingStep.trainingMode(this.#step);
    // All ranks make the step that one of them looks at eagerly: they exchange gradients in it.
    if (stretch.probes) return epoch.single(probe ?? ((batch) => this.#one(batch)));
    const { steps, failure } = await epoch.next(stretch);
    if (failure === null) return steps;
    // The failed step has not changed anything yet. Made again eagerly, it throws an error that says what is
    // wrong.
    epoch.goOnHere();
    await epoch.next({ steps: 1 });
    throw failure;
  }

  /** How an epoch makes its steps. */
  #steps() {
    return {
      stepper: this.#stepper,
      one: (batch: unknown) => this.#one(batch),
      made: (steps: number) => {
        // A stepper that looks ahead has stepped the scheduler itself.
        if (this.#lookAhead === null) for (let step = 0; step < steps; step++) this.#counted();
        else this.#step += steps;
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

  /** Makes one step with a batch that JavaScript has fetched. */
  #one(batch: unknown): void {
    const place = () => `epoch ${this.#epoch}, step ${this.#step + 1}, learning rate ${this.#lr}`;
    this.#trainingStep.eagerly(batch, this.#step, place);
    this.#counted();
  }

  #counted(): void {
    if (this.#perStep) this.#options.scheduler!.step();
    this.#step++;
  }

  /** Lets the observer look at the run, if it is time to: that is no time of the run. */
  #look(): void {
    const observer = this.#observer;
    if (observer === null || !observer.ready()) return;
    this.#watch.stop();
    observer.look(this.event("progress", 0), this.#score.samples, this.#watch.seconds);
    this.#watch.start();
  }

  get #observed(): Observed {
    return {
      ...{ model: this.model, train: this.train, options: this.#options },
      batchSize: (this.#batches as { batchSize?: number }).batchSize,
      stepper: () => this.#stepper,
      counted: () => this.#counted(),
    };
  }

  #evaluate(validation: TrainingData): Promise<Evaluation> {
    const { loss } = this.#options;
    const signal = this.#ranks.own(this.#options.signal);
    this.#evaluator ??= new Evaluator(this.model, validation, { loss, signal }, this.#ranks);
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
  async #save(epoch: number, score: readonly number[], goesOn: boolean): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const ahead = goesOn ? this.#untilSaved : 0;
    await this.#ranks.save(checkpoint, this.#trained, { epoch, step: this.#step, score, ahead });
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
