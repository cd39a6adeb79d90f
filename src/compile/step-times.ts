/** Times of the kernel calls of a step, over several steps that are made for their own sake. */

import { argument } from "../kernels/calls.js";
import { leastMilliseconds, limitsOf, nameOf, stepsOf } from "./explain.js";
import { Generators } from "./generators.js";
import type { Recording } from "./recording.js";
import type { Stepper } from "./stepper.js";

/** A kernel call, or a chain. Times are medians over the steps. */
export interface KernelTime {
  readonly kernel: string;
  readonly shape: string;
  readonly place: string;
  readonly calls: number;
  readonly milliseconds: number;
  readonly flops: number;
  readonly bytes: number;
  /** The least time that the machine needs for it; null if its limits were not measured. */
  readonly least: number | null;
}

export class StepTimes {
  #recording: Recording | null = null;
  /** By step and call. */
  readonly #nanoseconds: Float64Array[] = [];

  get steps(): number {
    return this.#nanoseconds.length;
  }

  /**
   * Makes one step with the bits of any other, and times its calls. Returns false, with nothing done, if
   * there is no recording for these arguments, if it is not the one of the first such step, or if a call
   * failed: the step then has not changed anything.
   */
  step(stepper: Stepper, args: readonly unknown[]): boolean {
    const recording = stepper.recordings.all.find((one) => one.fits(args));
    if (recording === undefined || (this.#recording !== null && recording !== this.#recording)) return false;
    const { calls } = recording.program.plan;
    const nanoseconds = new Float64Array(calls.length);
    const generators = new Generators([recording.program.plan]);
    const states = generators.states();
    try {
      recording.profile(args, nanoseconds);
    } catch {
      generators.restore(states);
      return false;
    }
    this.#recording = recording;
    this.#nanoseconds.push(nanoseconds);
    return true;
  }

  /** The median times by call, in order. `limits`: whether to measure those of the machine. */
  read(limits: boolean): { rows: KernelTime[]; limits: { flops: number; bytes: number } | null } {
    if (this.#recording === null) return { rows: [], limits: null };
    const { plan } = this.#recording.program;
    const rows = stepsOf(plan).map(({ row, first, count }): KernelTime => {
      const times = this.#nanoseconds.map((step) =>
        step.subarray(first, first + count).reduce((a, b) => a + b, 0),
      );
      return {
        ...{ kernel: nameOf(row), shape: row.shape, place: row.place, calls: 1 },
        ...{ milliseconds: median(times) / 1e6, flops: row.flops, bytes: row.bytes },
        least: limits ? leastMilliseconds(plan.calls[first], row) : null,
      };
    });
    const reduced = plan.calls.find((call) => argument(call, "bfloat16") === 1);
    return { rows, limits: limits ? limitsOf(reduced ?? plan.calls[0]) : null };
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
