import { noGrad } from "../autograd/grad-mode.js";
import { SimdgradError, ValueError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";

import type { Tensor } from "../tensor/tensor.js";
import type { FitProgress } from "./fit-progress.js";

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions {
  /** Number of epochs without improvement after which training stops. Default 5. */
  patience?: number;
  /** An improvement must exceed the best value by more than this. Default 0. */
  minDelta?: number;
  /** Whether small values are better (a loss) or large ones (an accuracy). Default "min". */
  mode?: "min" | "max";
}

/**
 * Stops a run that no longer improves, and keeps the best weights:
 *
 *     const stopping = new train.EarlyStopping({ patience: 3 })
 *     for await (const event of fit(model, data, { optimizer, epochs: 100, validation }))
 *       if (stopping.step(event, model)) break
 *     stopping.restore(model)
 *
 * Only events at the end of an epoch count. The value is the loss (`mode: "max"`: the accuracy) of the
 * validation, or of the training if there is no validation.
 */
export class EarlyStopping {
  readonly patience: number;
  readonly minDelta: number;
  readonly mode: "min" | "max";
  #best: number | null = null;
  #bestStep = 0;
  #steps = 0;
  #weights: Record<string, Tensor> | null = null;

  constructor(options: EarlyStoppingOptions = {}) {
    checkOptions("EarlyStopping", options, ["patience", "minDelta", "mode"]);
    const { patience = 5, minDelta = 0, mode = "min" } = options;
    if (!Number.isInteger(patience) || patience < 1)
      throw new ValueError(
        `EarlyStopping: patience is an integer >= 1: ${quoted(patience)}`,
        "INVALID_OPTION",
      );
    if (!(minDelta >= 0 && Number.isFinite(minDelta)))
      throw new ValueError(`EarlyStopping: minDelta is a number >= 0: ${String(minDelta)}`, "INVALID_OPTION");
    if (mode !== "min" && mode !== "max")
      throw new ValueError(`EarlyStopping: mode is min or max: ${String(mode)}`, "INVALID_OPTION");
    this.patience = patience;
    this.minDelta = minDelta;
    this.mode = mode;
  }

  /** The best value so far; null before the first value. */
  get best(): number | null {
    return this.#best;
  }

  /** The number of the best value, counted from 1; 0 before the first value. */
  get bestStep(): number {
    return this.#bestStep;
  }

  /** Whether the last `patience` values were not an improvement. */
  get stopped(): boolean {
    return this.#steps - this.#bestStep >= this.patience;
  }

  /**
   * Takes the value of an epoch, or an event of `fit`; events within an epoch change nothing. NaN is never an
   * improvement. If a model is given, the weights of the best epoch are copied. Returns whether to stop.
   */
  step(value: number | FitProgress, model?: Module): boolean {
    if (typeof value !== "number" && value.type !== "epoch") return this.stopped;
    const measured = typeof value === "number" ? value : this.#of(value);
    this.#steps++;
    if (this.#improves(measured)) {
      this.#best = measured;
      this.#bestStep = this.#steps;
      if (model !== undefined)
        this.#weights = noGrad(() =>
          Object.fromEntries(Object.entries(model.stateDict()).map(([name, x]) => [name, x.clone()])),
        );
    }
    return this.stopped;
  }

  /**
   * Loads the best weights into the model.
   * @throws SimdgradError `NO_BEST_WEIGHTS` if `step` never got a model.
   */
  restore(model: Module): void {
    if (this.#weights === null)
      throw new SimdgradError(
        "NO_BEST_WEIGHTS",
        "EarlyStopping.restore: no weights were kept: step(value, model) keeps those of the best epoch",
      );
    model.loadStateDict(this.#weights);
  }

  #of(event: FitProgress): number {
    const { loss, accuracy } = event.validation ?? event;
    if (this.mode === "min") return loss;
    if (accuracy !== null) return accuracy;
    throw new ValueError(
      'EarlyStopping: mode "max" looks at the accuracy: there is none',
      "NOT_CLASSIFICATION",
    );
  }

  #improves(value: number): boolean {
    if (Number.isNaN(value)) return false;
    if (this.#best === null) return true;
    return this.mode === "min" ? value < this.#best - this.minDelta : value > this.#best + this.minDelta;
  }
}
