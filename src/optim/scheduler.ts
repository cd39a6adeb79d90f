import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { count, finite, listOf, mismatch, readState, record } from "../saved-state.js";
import { tracing } from "../tracing.js";

/** What a scheduler sets of a group. Momentum is `momentum` (SGD, RMSprop) or the first of `betas` (Adam). */
export interface ScheduledGroup {
  lr: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** What a scheduler needs of an optimizer. */
export interface Scheduled {
  readonly paramGroups: readonly ScheduledGroup[];
}

export interface SchedulerState {
  lastEpoch: number;
  baseLrs: number[];
  /** The learning rates now in force. */
  lastLr: number[];
  /** Of the schedulers that this one is made of. */
  schedulers?: SchedulerState[];
}

/** Learning rates of groups before any scheduler changed them (PyTorch's `initial_lr`). */
const initialLrs = new WeakMap<ScheduledGroup, number>();

/** The learning rate with which a group began; that of now is noted when nothing is. */
export function initialLr(group: ScheduledGroup): number {
  const known = initialLrs.get(group) ?? group.lr;
  initialLrs.set(group, known);
  return known;
}

/** Makes a group begin with another learning rate. */
export function beginWith(group: ScheduledGroup, lr: number): void {
  group.lr = lr;
  initialLrs.set(group, lr);
}

/**
 * Sets the learning rate of every group as a function of the number of `step()` calls (PyTorch's
 * `LRScheduler`). Each rate is made from the last one, so that several schedulers of one optimizer multiply.
 */
export abstract class Scheduler {
  /** Learning rates at the beginning: before the first scheduler of the optimizer. */
  protected baseLrs: number[];
  /** Number of `step()` calls so far. */
  lastEpoch = 0;

  constructor(readonly optimizer: Scheduled) {
    checkOptimizer(new.target.name, optimizer);
    this.baseLrs = optimizer.paramGroups.map(initialLr);
  }

  /** Learning rate of group `i` at the beginning, when it is `lr` without this scheduler. */
  protected first(lr: number, _i: number): number {
    return lr;
  }

  /** Learning rate of group `i`, which was `lr`, in step `lastEpoch` (1 or more). */
  protected abstract next(lr: number, i: number): number;

  /** Sets what else the scheduler sets of its groups: a function of `lastEpoch`. */
  protected setOthers(): void {}

  /**
   * @internal The learning rate of each group, from what it is now: the constructors of schedules that do not
   * begin with it.
   */
  protected begin(): void {
    this.#set((lr, i) => this.first(lr, i));
  }

  /** @internal Back to the beginning: another schedule has ended and hands over. */
  restart(): void {
    this.lastEpoch = 0;
    this.#set((_, i) => this.first(this.baseLrs[i], i));
  }

  /** Call after each epoch (or each step: the unit is yours). */
  step(): void {
    if (tracing !== null) tracing.refuse("a scheduler is stepped", "step it outside");
    this.lastEpoch++;
    this.#set((lr, i) => this.next(lr, i));
  }

  /** The learning rates now in force. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** How far it is, not its options: make the new one with the same. */
  stateDict(): SchedulerState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs], lastLr: this.getLastLr() };
  }

  /**
   * Goes on from `stateDict()`, with the learning rates of then.
   * @throws SimdgradError `STATE_DICT_MISMATCH`, and what the optimizer says to a rate or momentum; nothing
   * is changed then.
   */
  loadStateDict(state: SchedulerState): void {
    const putBack = [...this.parts()].map((part) => part.#remember());
    try {
      this.take(state);
    } catch (error) {
      for (const restore of putBack) restore();
      throw error;
    }
  }

  /** @internal This scheduler and those that it is made of. */
  *parts(): Generator<Scheduler> {
    yield this;
  }

  /** @internal `loadStateDict` without the way back. */
  take(state: SchedulerState): void {
    const { name } = this.constructor;
    const groups = this.optimizer.paramGroups.length;
    const fields = { lastEpoch: count, baseLrs: listOf(finite), lastLr: listOf(finite) };
    const { lastEpoch, baseLrs, lastLr } = readState(name, state, fields);
    for (const { length } of [baseLrs, lastLr])
      if (length !== groups) throw mismatch(name, `${length} groups for ${groups}`);
    this.lastEpoch = lastEpoch;
    this.baseLrs = baseLrs;
    this.#set((_, i) => lastLr[i]);
  }

  #remember(): () => void {
    const { lastEpoch, baseLrs } = this;
    const groups = this.optimizer.paramGroups.map((group) => {
      const { lr, momentum, betas } = group;
      return () => {
        group.lr = lr;
        if (momentum !== undefined) group.momentum = momentum;
        if (betas !== undefined) group.betas = betas;
      };
    });
    return () => {
      this.lastEpoch = lastEpoch;
      this.baseLrs = baseLrs;
      for (const restore of groups) restore();
    };
  }

  #set(lrOf: (lr: number, i: number) => number): void {
    for (const [i, group] of this.optimizer.paramGroups.entries()) group.lr = lrOf(group.lr, i);
    this.setOthers();
  }
}

/** @throws ValueError for anything without groups of parameters: the options, where the optimizer belongs. */
export function checkOptimizer(op: string, optimizer: unknown): void {
  if (Array.isArray((optimizer as Partial<Scheduled> | null | undefined)?.paramGroups)) return;
  const keys = record.holds(optimizer) ? Object.keys(optimizer).slice(0, 5) : [];
  const given = keys.length > 0 ? `{ ${keys.join(", ")} }` : quoted(optimizer);
  throw new ValueError(
    `${op}: the optimizer comes first: ${given}; new ${op}(optimizer, { … })`,
    "NOT_AN_OPTIMIZER",
  );
}

/** One value for each group, from one for all or a list. @throws ValueError for a list of another length. */
export function perGroup<T>(op: string, name: string, value: T | readonly T[], optimizer: Scheduled): T[] {
  const { length } = optimizer.paramGroups;
  if (!Array.isArray(value)) return new Array<T>(length).fill(value as T);
  if (value.length !== length)
    throw new ValueError(`${op}: ${name} has one value for each group: ${value.length} for ${length}`);
  return [...value];
}
