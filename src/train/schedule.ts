import type { Schedule } from "../compile/index.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Scheduler } from "../optim/schedulers.js";
import { sharedArray } from "../tensor/storage.js";

/**
 * The learning rates of future steps, for a program that makes many steps without JavaScript. It steps a
 * scheduler ahead, records the learning rates, and restores the scheduler.
 */
export class LookAhead implements Schedule {
  readonly tables;
  readonly owners: ReadonlySet<object>;

  /** Null if the scheduler cannot be restored. `length`: number of steps in an epoch. */
  static of(scheduler: unknown, optimizer: Optimizer<any>, length: number | undefined): LookAhead | null {
    return scheduler instanceof Scheduler && length !== undefined
      ? new LookAhead(scheduler, optimizer, length)
      : null;
  }

  private constructor(
    private readonly scheduler: Scheduler,
    optimizer: Optimizer<any>,
    length: number,
  ) {
    this.owners = new Set(optimizer.paramGroups);
    this.tables = optimizer.hyperparameters.map((array) => ({
      array,
      table: sharedArray(array instanceof Float32Array ? "float32" : "float64", length * array.length),
    }));
  }

  ahead(position: number, most: number, holds: () => boolean): number {
    const { scheduler } = this;
    const state = scheduler.stateDict();
    let steps = 0;
    do {
      for (const { array, table } of this.tables) table.set(array, (position + steps) * array.length);
      scheduler.step();
      steps++;
    } while (steps < most && holds());
    scheduler.loadStateDict(state);
    return steps;
  }

  moved(steps: number): void {
    for (let step = 0; step < steps; step++) this.scheduler.step();
  }
}
