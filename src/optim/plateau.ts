import { ValueError } from "../errors.js";
import { checkOptionNames } from "../options.js";
import { quoted } from "../quote.js";
import {
  count,
  finite,
  listOf,
  notNegative,
  number,
  oneOf,
  oneOrMore,
  orNull,
  readState,
} from "../saved-state.js";
import { checkKinds } from "./range.js";
import { checkOptimizer, perGroup, type Scheduled } from "./scheduler.js";

/** Options of `ReduceLROnPlateau`. */
export interface PlateauOptions {
  /** Whether the metric should fall (default) or rise. */
  mode?: "min" | "max";
  /** The factor of the learning rates, below 1. Default 0.1. */
  factor?: number;
  /** Number of steps without improvement that are tolerated. Default 10. */
  patience?: number;
  /** The smallest change that counts as an improvement. Default 1e-4. */
  threshold?: number;
  /** Whether the threshold is relative to the best metric (default) or absolute. */
  thresholdMode?: "rel" | "abs";
  /** Number of steps after a reduction in which steps without improvement are not counted. Default 0. */
  cooldown?: number;
  /** Smallest learning rate, for all groups or for each. Default 0. */
  minLr?: number | readonly number[];
  /** Smaller reductions are skipped. Default 1e-8. */
  eps?: number;
}

/** What `ReduceLROnPlateau.stateDict()` returns; plain JSON. */
export interface PlateauState {
  /** The best metric so far. */
  best: number;
  /** Consecutive steps without improvement. */
  numBadEpochs: number;
  /** Steps that are left of the cooldown. */
  cooldownCounter: number;
  /** Calls of `step` so far. */
  lastEpoch: number;
  /** The learning rate of each group. */
  lastLr: number[];
}

const plateauOptions: readonly (keyof PlateauOptions)[] = [
  ...(["mode", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minLr", "eps"] as const),
];

/**
 * Reduces the learning rate when a metric no longer improves: `step(metric)` after each epoch (PyTorch's
 * `ReduceLROnPlateau`).
 * @throws ValueError for a `factor` of 1 or more, and for other options out of range; `NOT_AN_OPTIMIZER`.
 */
export class ReduceLROnPlateau {
  readonly #options: Required<PlateauOptions>;
  readonly #minLrs: readonly number[];
  /** The best metric so far. */
  best: number;
  /** Number of consecutive steps without improvement. */
  numBadEpochs = 0;
  cooldownCounter = 0;
  /** Number of `step()` calls so far. */
  lastEpoch = 0;

  constructor(
    private readonly optimizer: Scheduled,
    options: PlateauOptions = {},
  ) {
    checkOptimizer("ReduceLROnPlateau", optimizer);
    checkOptionNames("ReduceLROnPlateau", options, plateauOptions);
    const { mode = "min", factor = 0.1, thresholdMode = "rel", minLr = 0 } = options;
    const { patience = 10, threshold = 1e-4, cooldown = 0, eps = 1e-8 } = options;
    if (!(notNegative.holds(factor) && factor < 1))
      throw new ValueError(`ReduceLROnPlateau: factor is below 1: ${quoted(factor)}`);
    checkKinds("ReduceLROnPlateau", {
      ...{ mode: [mode, oneOf("min", "max")], thresholdMode: [thresholdMode, oneOf("rel", "abs")] },
      ...{ patience: [patience, count], threshold: [threshold, notNegative], cooldown: [cooldown, count] },
      ...{ minLr: [minLr, oneOrMore(notNegative)], eps: [eps, notNegative] },
    });
    this.#options = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps };
    this.#minLrs = perGroup("ReduceLROnPlateau", "minLr", minLr, optimizer);
    this.best = this.#worst;
  }

  #improves(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    const wanted =
      thresholdMode === "rel" ? this.best * (1 + sign * threshold) : this.best + sign * threshold;
    return mode === "min" ? metric < wanted : metric > wanted;
  }

  /** Call it with the metric of an epoch. */
  step(metric: number): void {
    if (typeof metric !== "number")
      throw new ValueError(
        `ReduceLROnPlateau: step takes the metric of the epoch, a number: ${String(metric)}`,
      );
    const { patience, cooldown } = this.#options;
    this.lastEpoch++;
    if (this.#improves(metric)) {
      this.best = metric;
      this.numBadEpochs = 0;
    } else this.numBadEpochs++;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs <= patience) return;
    this.#reduce();
    this.cooldownCounter = cooldown;
    this.numBadEpochs = 0;
  }

  #reduce(): void {
    const { factor, eps } = this.#options;
    for (const [i, group] of this.optimizer.paramGroups.entries()) {
      const lr = Math.max(group.lr * factor, this.#minLrs[i]);
      if (group.lr - lr > eps) group.lr = lr;
    }
  }

  /** The current learning rates. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  stateDict(): PlateauState {
    const { best, numBadEpochs, cooldownCounter, lastEpoch } = this;
    return { best, numBadEpochs, cooldownCounter, lastEpoch, lastLr: this.getLastLr() };
  }

  /**
   * Continues from the result of `stateDict()`, with the learning rates saved there. `best` may be null,
   * because JSON writes null for the value before the first step.
   * @throws SimdgradError `STATE_DICT_MISMATCH`, and errors of the optimizer about a rate. Changes nothing
   * then.
   */
  loadStateDict(state: PlateauState): void {
    const { paramGroups } = this.optimizer;
    const { best, lastLr, ...counts } = readState("ReduceLROnPlateau", state, {
      ...{ best: orNull(number), numBadEpochs: count, cooldownCounter: count, lastEpoch: count },
      lastLr: listOf(finite, paramGroups.length),
    });
    const before = this.getLastLr();
    try {
      for (const [i, group] of paramGroups.entries()) group.lr = lastLr[i];
    } catch (error) {
      for (const [i, group] of paramGroups.entries()) group.lr = before[i];
      throw error;
    }
    Object.assign(this, counts, { best: best ?? this.#worst });
  }

  get #worst(): number {
    return this.#options.mode === "min" ? Infinity : -Infinity;
  }
}
