import type { Schedule } from "../compile/index.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Scheduler } from "../optim/schedulers.js";
import { sharedArray } from "../tensor/storage.js";

/**
 * The learning rates of the steps to come, for a program that makes them without asking: a scheduler is stepped ahead, what it sets is noted,
 * and it is put back.
 */
export class LookAhead {
  readonly schedules: readonly Schedule[];

  /** Null for a scheduler that cannot be put back. `length`: steps of an epoch. */
  static of(scheduler: unknown, optimizer: Optimizer<any>, length: number | undefined): LookAhead | null {
    return scheduler instanceof Scheduler && length !== undefined
      ? new LookAhead(scheduler, optimizer, length)
      : null;
  }

  private constructor(
    private readonly scheduler: Scheduler,
    optimizer: Optimizer<any>,
    private readonly length: number,
  ) {
    this.schedules = optimizer.hyperparameters.map((array) => ({
      array,
      table: sharedArray(array instanceof Float32Array ? "float32" : "float64", length * array.length),
    }));
  }

  /** Fills the tables for the steps from `position` to the end of the epoch, and returns what to call when some of them were made. */
  look(position: number): (steps: number) => void {
    const { scheduler } = this;
    const state = scheduler.stateDict();
    for (let step = position; step < this.length; step++) {
      for (const { array, table } of this.schedules) table.set(array, step * array.length);
      scheduler.step();
    }
    scheduler.loadStateDict(state);
    return (steps) => {
      for (let step = 0; step < steps; step++) scheduler.step();
    };
  }
}
