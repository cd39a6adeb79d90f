import { cosTurns } from "../elementary.js";
import { SimdgradError, ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { tracing } from "../tracing.js";

/** What a scheduler needs of an optimizer. */
interface Scheduled {
  readonly paramGroups: readonly { lr: number }[];
}

export interface SchedulerState {
  lastEpoch: number;
  baseLrs: number[];
}

/** Sets the learning rate of every group as a function of the number of `step()` calls. */
export abstract class Scheduler {
  /** Learning rates at construction. */
  protected baseLrs: number[];
  /** Number of `step()` calls so far. */
  lastEpoch = 0;

  constructor(protected readonly optimizer: Scheduled) {
    this.baseLrs = optimizer.paramGroups.map((group) => group.lr);
  }

  /** Learning rate after `epoch` steps, for a group that began with `base`. */
  protected abstract lrAt(epoch: number, base: number): number;

  /** Call after each epoch (or each step: the unit is yours). */
  step(): void {
    if (tracing !== null) tracing.refuse("a scheduler is stepped", "step it outside");
    this.lastEpoch++;
    this.#apply();
  }

  /** The learning rates now in force. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  stateDict(): SchedulerState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs] };
  }

  loadStateDict(state: SchedulerState): void {
    if (!Number.isInteger(state?.lastEpoch) || state.baseLrs?.length !== this.baseLrs.length)
      throw new SimdgradError(
        "STATE_DICT_MISMATCH",
        `loadStateDict: the state does not fit ${this.constructor.name}: ${state?.baseLrs?.length} groups for ${this.baseLrs.length}`,
      );
    this.lastEpoch = state.lastEpoch;
    this.baseLrs = [...state.baseLrs];
    this.#apply();
  }

  #apply(): void {
    for (const [i, group] of this.optimizer.paramGroups.entries())
      group.lr = this.lrAt(this.lastEpoch, this.baseLrs[i] ?? group.lr);
  }
}

/** lr · gamma^⌊epoch / stepSize⌋ (PyTorch's `StepLR`). Default gamma 0.1. */
export class StepLR extends Scheduler {
  readonly stepSize: number;
  readonly gamma: number;
  constructor(optimizer: Scheduled, options: { stepSize: number; gamma?: number }) {
    super(optimizer);
    checkOptions("StepLR", options, ["stepSize", "gamma"]);
    checkPositive("StepLR", "stepSize", options.stepSize);
    this.stepSize = options.stepSize;
    this.gamma = options.gamma ?? 0.1;
  }
  protected lrAt(epoch: number, base: number): number {
    let lr = base;
    for (let i = Math.floor(epoch / this.stepSize); i > 0; i--) lr *= this.gamma;
    return lr;
  }
}

/** From lr to etaMin along half a cosine in tMax steps (Loshchilov and Hutter, 2017; PyTorch's `CosineAnnealingLR`). */
export class CosineAnnealingLR extends Scheduler {
  readonly tMax: number;
  readonly etaMin: number;
  constructor(optimizer: Scheduled, options: { tMax: number; etaMin?: number }) {
    super(optimizer);
    checkOptions("CosineAnnealingLR", options, ["tMax", "etaMin"]);
    checkPositive("CosineAnnealingLR", "tMax", options.tMax);
    this.tMax = options.tMax;
    this.etaMin = options.etaMin ?? 0;
  }
  protected lrAt(epoch: number, base: number): number {
    // cos(π epoch / tMax), half a turn over tMax; our own cosine, since engines differ in theirs.
    return this.etaMin + ((base - this.etaMin) * (1 + cosTurns(epoch / (2 * this.tMax)))) / 2;
  }
}

function checkPositive(op: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new ValueError(`${op}: ${name} is an integer >= 1: ${String(value)}`);
}
