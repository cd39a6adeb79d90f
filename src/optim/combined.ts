/** Schedules that combine other schedules of the same optimizer, as in PyTorch. */
import { ValueError } from "../errors.js";
import { checkOptionNames } from "../options.js";
import { listOf, positive, readState, record } from "../saved-state.js";
import { checkKinds } from "./range.js";
import { initialLr, type Scheduled, Scheduler, type SchedulerState } from "./scheduler.js";

abstract class Combined extends Scheduler {
  constructor(
    optimizer: Scheduled,
    readonly schedulers: readonly Scheduler[],
  ) {
    super(optimizer);
    const name = new.target.name;
    if (!Array.isArray(schedulers) || schedulers.length === 0)
      throw new ValueError(`${name}: at least one scheduler is needed: ${String(schedulers)}`);
    for (const scheduler of schedulers) {
      if (!(scheduler instanceof Scheduler))
        throw new ValueError(
          `${name}: schedulers are those of lrScheduler whose step() takes no metric: ${String(scheduler)}`,
        );
      if (scheduler.optimizer !== optimizer)
        throw new ValueError(`${name}: all schedulers are of one optimizer: they differ`);
    }
  }

  override stateDict(): SchedulerState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  override *parts(): Generator<Scheduler> {
    yield this;
    for (const scheduler of this.schedulers) yield* scheduler.parts();
  }

  override take(state: SchedulerState): void {
    const fields = { schedulers: listOf(record, this.schedulers.length) };
    const { schedulers } = readState(this.constructor.name, state, fields);
    for (const [i, scheduler] of this.schedulers.entries())
      scheduler.take(schedulers[i] as unknown as SchedulerState);
    super.take(state);
  }
}

/**
 * One schedule after the other: number i + 1 begins at step milestones[i] (PyTorch's `SequentialLR`).
 * Warm-up:
 *
 *     const schedules = [new LinearLR(optimizer), new CosineAnnealingLR(optimizer, { tMax: 95 })];
 *     new SequentialLR(optimizer, schedules, { milestones: [5] });
 *
 * @throws ValueError unless there is one milestone less than schedules, and the milestones are counts of
 * steps.
 */
export class SequentialLR extends Combined {
  readonly milestones: readonly number[];
  constructor(
    optimizer: Scheduled,
    schedulers: readonly Scheduler[],
    options: { milestones: readonly number[] },
  ) {
    super(optimizer, schedulers);
    checkOptionNames("SequentialLR", options, ["milestones"]);
    const { milestones = [] } = options ?? {};
    checkKinds("SequentialLR", { milestones: [milestones, listOf(positive)] });
    this.milestones = [...milestones];
    if (this.milestones.length !== schedulers.length - 1)
      throw new ValueError(
        `SequentialLR: there is one milestone fewer than schedulers: ${this.milestones.length} for ${schedulers.length}`,
      );
    this.restart();
  }

  override restart(): void {
    this.lastEpoch = 0;
    // Undoes what the constructors of the later schedulers did: they take effect at their milestones.
    for (const group of this.optimizer.paramGroups) group.lr = initialLr(group);
    this.schedulers[0].restart();
  }

  override step(): void {
    this.lastEpoch++;
    const current = this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    if (current > 0 && this.milestones[current - 1] === this.lastEpoch) this.schedulers[current].restart();
    else this.schedulers[current].step();
  }

  protected next(lr: number): number {
    return lr;
  }
}

/**
 * Applies all schedules in each step, each to the result of the one before (PyTorch's `ChainedScheduler`).
 * The optimizer is by default that of the first schedule.
 *
 *     new ChainedScheduler([new ConstantLR(optimizer), new ExponentialLR(optimizer, { gamma: 0.9 })])
 *
 * @throws ValueError without a schedule.
 */
export class ChainedScheduler extends Combined {
  constructor(schedulers: readonly Scheduler[], optimizer: Scheduled = optimizerOf(schedulers)) {
    super(optimizer, schedulers);
  }

  override restart(): void {
    this.lastEpoch = 0;
    for (const [i, group] of this.optimizer.paramGroups.entries()) group.lr = this.baseLrs[i];
    for (const scheduler of this.schedulers) scheduler.restart();
  }

  override step(): void {
    this.lastEpoch++;
    for (const scheduler of this.schedulers) scheduler.step();
  }

  protected next(lr: number): number {
    return lr;
  }
}

function optimizerOf(schedulers: readonly Scheduler[]): Scheduled {
  const [first] = Array.isArray(schedulers) ? schedulers : [];
  if (!(first instanceof Scheduler))
    throw new ValueError(`ChainedScheduler: at least one scheduler is needed: ${String(schedulers)}`);
  return first.optimizer;
}
