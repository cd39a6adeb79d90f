/** One training step: with a batch that JavaScript has fetched, and the same as a function to compile. */
import { SimdgradError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { type Batch, checkBatch } from "./batches.js";
import type { ResolvedOptions } from "./fit-options.js";
import { checkLoss, outputOf } from "./given.js";
import { whatToTry } from "./not-finite.js";
import { type Loss, type Measure, measureOf, Score } from "./score.js";
import { checkRegistered } from "./unregistered.js";

export class TrainingStep {
  readonly score: Score;
  readonly #loss: Measure["loss"];

  constructor(
    private readonly model: Module,
    private readonly options: ResolvedOptions,
  ) {
    const { loss, threshold } = measureOf("fit", options.loss as Loss);
    this.#loss = loss;
    this.score = new Score(threshold);
  }

  /** The step as a function to compile. */
  compiled(x: unknown, y: unknown): void {
    const batch = checkBatch("fit", [x, y] as unknown as Batch);
    const { optimizer } = this.options;
    optimizer.zeroGrad();
    const output = outputOf("fit", this.model, batch[0]);
    checkRegistered(this.model, optimizer, output);
    const loss = checkLoss(this.#loss(output, batch[1]));
    this.score.tally(loss, output, batch[1]);
    loss.backward();
    optimizer.step();
  }

  /**
   * Makes the step number `before` + 1; `place` describes it in errors.
   * @throws SimdgradError `NAN_LOSS`, before the step changes anything.
   */
  eagerly(batch: unknown, before: number, place: () => string): void {
    const [x, y] = checkBatch("fit", batch as Batch);
    const { optimizer } = this.options;
    this.trainingMode(before);
    optimizer.zeroGrad();
    const output = outputOf("fit", this.model, x);
    if (before === 0) checkRegistered(this.model, optimizer, output);
    const loss = checkLoss(this.#loss(output, y));
    const value = loss.item();
    if (!Number.isFinite(value))
      throw new SimdgradError(
        "NAN_LOSS",
        `fit: the loss is ${value}: ${place()}; ${whatToTry(x, y, output)}`,
      );
    loss.backward();
    optimizer.step();
    this.score.add(value, output, y);
  }

  /** Sets training mode again: between two events a consumer may have set the model to eval mode. */
  trainingMode(before: number): void {
    if (!this.model.training || before === 0) this.model.train();
  }
}
