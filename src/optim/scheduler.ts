import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { count, finite, listOf, mismatch, readState, record } from "../saved-state.js";
import { tracing } from "../tracing.js";

/**
 * The fields of a group that a scheduler sets. Momentum is `momentum` (SGD, RMSprop) or the first of `betas`
 * (Adam).
 */
export interface ScheduledGroup {
  /** The learning rate. */
  lr: number;
  /** Momentum: some schedules cycle it. Absent if the optimizer has none. */
  momentum?: number;
  /** Betas: some schedules cycle the first one. Absent if the optimizer has none. */
  betas?: readonly [number, number];
}

/** The part of an optimizer that a scheduler uses. */
export interface Scheduled {
  /** The groups whose learning rates change. */
  readonly paramGroups: readonly ScheduledGroup[];
}

/** What `stateDict()` of a scheduler returns; plain JSON. */
export interface SchedulerState {
  /** Calls of `step` so far. */
  lastEpoch: number;
  /** The learning rate of each group at the beginning. */
  baseLrs: number[];
  /** The current learning rates. */
  lastLr: number[];
  /** The states of the schedulers that this one combines. Absent if it combines none. */
  schedulers?: SchedulerState[];
}

/** Learning rates of groups before any scheduler changed them (PyTorch's `initial_lr`). */
const initialLrs = new WeakMap<ScheduledGroup, number>();

/** The initial learning rate of a group. The first call records the current one. */
export function initialLr(group: ScheduledGroup): number {
  const known = initialLrs.get(group) ?? group.lr;
  initialLrs.set(group, known);
  return known;
}

/** Sets the initial learning rate of a group. */
export function beginWith(group: ScheduledGroup, lr: number): void {
  group.lr = lr;
  initialLrs.set(group, lr);
}

/**
 * Sets the learning rate of every group as a function of the number of `step()` calls (PyTorch's
 * `LRScheduler`). Each rate is computed from the last one, so that the factors of several schedulers
 * multiply.
 * @throws ValueError `NOT_AN_OPTIMIZER` if the first argument has no parameter groups.
 */
export abstract class Scheduler {
  /** Initial learning rates, before the first scheduler of the optimizer. */
  protected baseLrs: number[];
  /** Number of `step()` calls so far. */
  lastEpoch = 0;

  constructor(readonly optimizer: Scheduled) {
    checkOptimizer(new.target.name, optimizer);
    this.baseLrs = optimizer.paramGroups.map(initialLr);
  }

  /** First learning rate of group `i`; `lr` is the rate without this scheduler. */
  protected first(lr: number, _i: number): number {
    return lr;
  }

  /** Learning rate of group `i` in step `lastEpoch` (1 or more); `lr` is the rate before that step. */
  protected abstract next(lr: number, i: number): number;

  /** Sets other fields of the groups, as functions of `lastEpoch`. */
  protected setOthers(): void {}

  /**
   * @internal Sets the learning rate of each group from its current value, for constructors of schedules that
   * start at another rate.
   */
  protected begin(): void {
    this.#set((lr, i) => this.first(lr, i));
  }

  /** @internal Restarts this schedule, after the schedule before it has ended. */
  restart(): void {
    this.lastEpoch = 0;
    this.#set((_, i) => this.first(this.baseLrs[i], i));
  }

  /** Call it after each epoch, or after each step: you choose the unit. */
  step(): void {
    if (tracing !== null) tracing.refuse("a scheduler is stepped", "step it outside");
    this.lastEpoch++;
    this.#set((lr, i) => this.next(lr, i));
  }

  /** The current learning rates. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** The progress of the schedule without its options: construct the new scheduler with the same options. */
  stateDict(): SchedulerState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs], lastLr: this.getLastLr() };
  }

  /**
   * Continues from the result of `stateDict()`, with the learning rates saved there.
   * @throws SimdgradError `STATE_DICT_MISMATCH`, and errors of the optimizer about a rate or momentum.
   * Changes nothing then.
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

  /** @internal This scheduler and the schedulers that it combines. */
  *parts(): Generator<Scheduler> {
    yield this;
  }

  /** @internal `loadStateDict` without restoring the old state after an error. */
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

/**
 * @throws ValueError if the first argument has no parameter groups, for example options instead of an
 * optimizer.
 */
export function checkOptimizer(op: string, optimizer: unknown): void {
  if (Array.isArray((optimizer as Partial<Scheduled> | null | undefined)?.paramGroups)) return;
  const keys = record.holds(optimizer) ? Object.keys(optimizer).slice(0, 5) : [];
  const given = keys.length > 0 ? `{ ${keys.join(", ")} }` : quoted(optimizer);
  throw new ValueError(
    `${op}: the optimizer comes first: ${given}; new ${op}(optimizer, { … })`,
    "NOT_AN_OPTIMIZER",
  );
}

/**
 * One value for each group, from a single value or a list. @throws ValueError if the list has another length.
 */
export function perGroup<T>(op: string, name: string, value: T | readonly T[], optimizer: Scheduled): T[] {
  const { length } = optimizer.paramGroups;
  if (!Array.isArray(value)) return new Array<T>(length).fill(value as T);
  if (value.length !== length)
    throw new ValueError(`${op}: ${name} has one value for each group: ${value.length} for ${length}`);
  return [...value];
}
