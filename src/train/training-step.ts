/** One training step: with a batch that JavaScript has fetched, and the same as a function to compile. */
import type { Shard, ShardedResult, Sharding } from "../distributed/sharded.js";
import { SimdgradError } from "../errors.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Batch, checkBatch } from "./batches.js";
import type { ResolvedOptions } from "./fit-options.js";
import { checkLoss, outputOf } from "./given.js";
import { whatToTry } from "./not-finite.js";
import { type Loss, type Measure, measureOf, Score } from "./score.js";
import { type Scores, ShardedScore } from "./sharded-score.js";
import { checkRegistered } from "./unregistered.js";

/** The outcome of forward for a batch, or for a shard of it. */
interface Forward {
  readonly output: Tensor;
  readonly target: Tensor;
  readonly loss: Tensor;
}

/** A step up to backward: its loss, and what is left to do if that is finite. */
interface Half {
  readonly x: Tensor;
  readonly loss: Tensor;
  /** The outcome by shard, or of the whole batch. */
  readonly parts: readonly (Forward & { readonly shard: number })[];
  backward(): void;
  /** After the optimizer's step. */
  finish(): void;
}

export class TrainingStep {
  readonly #measure: Measure;
  #score: Scores;
  #sharding: Sharding | null = null;
  /** Takes the mean loss of all shards, which stops a program if it is not finite. */
  readonly #guard = new Score();

  constructor(
    private readonly model: Module,
    private readonly options: ResolvedOptions,
  ) {
    this.#measure = measureOf("fit", options.loss as Loss);
    this.#score = new Score(this.#measure.threshold);
  }

  get score(): Scores {
    return this.#score;
  }

  /** Cuts all batches into shards. Called before the first step. */
  shardInto(sharding: Sharding): void {
    this.#sharding = sharding;
    this.#score = new ShardedScore(sharding.shards, this.#measure.threshold);
  }

  /** The step as a function to compile. */
  compiled(x: unknown, y: unknown): void {
    const { loss, parts, backward, finish } = this.#forward([x, y], true);
    if (this.#sharding !== null) this.#guard.tally(loss, loss.reshape([1]), loss.reshape([1]));
    for (const { shard, loss, output, target } of parts) this.#score.part(shard).tally(loss, output, target);
    backward();
    this.options.optimizer.step();
    finish();
  }

  /**
   * Makes the step number `before` + 1; `place` describes it in errors.
   * @throws SimdgradError `NAN_LOSS`, before the step changes anything.
   */
  eagerly(batch: unknown, before: number, place: () => string): void {
    this.trainingMode(before);
    const { x, loss, parts, backward, finish } = this.#forward(batch, before === 0);
    const value = loss.item();
    if (!Number.isFinite(value)) {
      const part = parts.find((part) => !Number.isFinite(part.loss.item())) ?? parts[0];
      const advice = part === undefined ? "" : `; ${whatToTry(x, part.target, part.output)}`;
      throw new SimdgradError("NAN_LOSS", `fit: the loss is ${value}: ${place()}${advice}`);
    }
    backward();
    this.options.optimizer.step();
    finish();
    for (const { shard, loss, output, target } of parts)
      this.#score.part(shard).add(loss.item(), output, target);
  }

  /** Sets training mode again: between two events a consumer may have set the model to eval mode. */
  trainingMode(before: number): void {
    if (!this.model.training || before === 0) this.model.train();
  }

  #forward(given: unknown, check: boolean): Half {
    const batch = checkBatch("fit", given as Batch);
    const { optimizer } = this.options;
    optimizer.zeroGrad();
    const forward = ([x, target]: readonly Tensor[]): Forward => {
      const output = outputOf("fit", this.model, x);
      if (check) checkRegistered(this.model, optimizer, output);
      return { output, target, loss: checkLoss(this.#measure.loss(output, target)) };
    };
    const [x] = batch;
    if (this.#sharding === null) {
      const whole = { shard: 0, ...forward(batch) };
      return { x, loss: whole.loss, parts: [whole], backward: () => whole.loss.backward(), finish() {} };
    }
    const parts: (Forward & { shard: number })[] = [];
    const params = optimizer.paramGroups.flatMap((group) => group.params);
    const lossOf = (part: readonly Tensor[], { index, samples }: Shard) => {
      const made = forward(part);
      if (samples > 0) parts.push({ shard: index, ...made });
      return made.loss;
    };
    const result: ShardedResult = this.#sharding.backward(this.model, params, batch, lossOf);
    return { x, loss: result.loss, parts, backward: result.apply, finish: result.gather };
  }
}
