/** How long the kernels of a training step take, measured in steps of the run. */
import type { Stepper } from "../../compile/index.js";
import { type KernelTime, StepTimes } from "../../compile/step-times.js";
import type { MakeStep } from "../observer.js";
import { type KernelRow, type KernelTimes, num, numOrNull } from "./run-data.js";

/** Calls that are listed by themselves. */
const MOST_CALLS = 40;

export class TimedSteps {
  readonly #times = new StepTimes();

  get steps(): number {
    return this.#times.steps;
  }

  /**
   * Makes a step call by call; `one` makes it if the stepper has no recording for the batch. `made`: called
   * after a step that `one` has not made.
   */
  step(stepper: Stepper, batch: unknown, one: MakeStep, made: () => void): void {
    if (this.#times.step(stepper, batch as readonly unknown[])) made();
    else one(batch);
  }

  /** `limits`: whether to compare with the limits of the machine, whose measurement takes milliseconds. */
  read(limits: boolean): KernelTimes {
    const { rows, limits: measured } = this.#times.read(limits);
    const milliseconds = rows.reduce((sum, row) => sum + row.milliseconds, 0);
    const byTime = (all: KernelTime[]) => all.sort((a, b) => b.milliseconds - a.milliseconds);
    return {
      steps: this.#times.steps,
      milliseconds: num(milliseconds),
      kernels: byTime(byKernel(rows)).map(rowOf),
      calls: byTime([...rows])
        .slice(0, MOST_CALLS)
        .map(rowOf),
      limits: measured && { flops: num(measured.flops), bytes: num(measured.bytes) },
    };
  }
}

function rowOf(time: KernelTime): KernelRow {
  const { kernel, shape, place, calls, milliseconds, flops, bytes, least } = time;
  return {
    ...{ kernel, shape, place, calls, milliseconds: num(milliseconds) },
    ...{ flops: num(flops), bytes: num(bytes) },
    ofLimit: numOrNull(least === null || milliseconds === 0 ? null : least / milliseconds),
  };
}

/** Sums over all calls of a kernel. */
function byKernel(rows: readonly KernelTime[]): KernelTime[] {
  const sums = new Map<string, KernelTime>();
  for (const row of rows) {
    const before = sums.get(row.kernel);
    sums.set(row.kernel, {
      ...{ kernel: row.kernel, shape: "", place: "" },
      calls: (before?.calls ?? 0) + row.calls,
      milliseconds: (before?.milliseconds ?? 0) + row.milliseconds,
      flops: (before?.flops ?? 0) + row.flops,
      bytes: (before?.bytes ?? 0) + row.bytes,
      least: row.least === null ? null : (before?.least ?? 0) + row.least,
    });
  }
  return [...sums.values()];
}
