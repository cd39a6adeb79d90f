/** Parameters of a group, and the joint update of parameters that are adjacent in memory. */
import type { DType } from "../dtype.js";
import { run as kernels } from "../kernels/run.js";
import { dense } from "../ops/shape/views.js";
import type { Storage } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import type { GroupMemory } from "./group-tensors.js";
import type { StateTensors } from "./state-tensors.js";

/** One parameter, its position in the state and its number of steps. */
export interface Slot {
  readonly param: Tensor;
  /** Buffers of the algorithm, in the order of `stateNames`. */
  state: readonly Storage[];
  /** Dtype of the buffers. */
  dtype: DType;
  readonly steps: Float64Array;
  readonly index: number;
  /** State of an `update` in Tensor operations; null for an optimizer that is a kernel. */
  readonly own: StateTensors | null;
  /** The elements that are updated and have a state; null for all. */
  part: Part | null;
}

/** Elements of a parameter: from … to - 1. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** An array and an offset into it. */
export interface Place<A = Float32Array | Float64Array> {
  readonly array: A;
  readonly offset: number;
}

/** What one kernel call of an optimizer reads and writes: `n` elements of each, and the hyperparameters. */
export interface Run {
  n: number;
  readonly p: Place;
  readonly g: Place;
  readonly state: readonly Place[];
  readonly step: Place<Float64Array>;
  readonly hyper: Place<Float64Array>;
}

/**
 * Encodes which parameters have made as many steps as the previous one. `runs` depends only on this and on
 * addresses in memory.
 */
export function stepPattern(active: readonly Slot[]): string {
  let pattern = "";
  for (let i = 1; i < active.length; i++) pattern += samePace(active, i) ? "=" : "|";
  return pattern;
}

/** Whether this parameter has made as many steps as the previous one. */
function samePace(active: readonly Slot[], i: number): boolean {
  if (i === 0) return true;
  const [a, b] = [active[i - 1], active[i]];
  return a.steps[a.index] === b.steps[b.index];
}

/** Counts one more step for each parameter: one kernel call if all parameters of the group take part. */
export function countSteps(active: readonly Slot[], memory: GroupMemory<any> | null = null): void {
  for (let i = 0, next: number; i < active.length; i = next) {
    const { steps, index } = active[i];
    next = i + 1;
    while (next < active.length && active[next].index === index + next - i) next++;
    kernels.increment(next - i, { array: steps, offset: index });
    memory?.counted(next - i, index);
  }
}

/** Sizes of long-lived storages are rounded up to this many bytes. */
const cacheLine = 64;

/**
 * Parameters that are adjacent in memory form one run if their gradients and states are adjacent in the same
 * way. A small model is then updated by one kernel call. The gaps between long-lived storages are zero, and
 * no update rule changes zeros with zero gradients.
 */
export function runs(slots: readonly Slot[], hyper: Float64Array): Run[] {
  const out: { run: Run; last: readonly Storage[]; slot: Slot }[] = [];
  for (const slot of slots) {
    const { param, state, steps, index } = slot;
    const gradient = dense(param.gradient!);
    const here = [param.storage, gradient.storage, ...state];
    const { from, to } = slot.part ?? { from: 0, to: param.numel };
    const n = to - from;
    if (slot.part !== null && n === 0) continue;
    const whole =
      slot.part === null &&
      param.numel === param.storage.length &&
      gradient.numel === gradient.storage.length;
    const previous = out.at(-1);
    const step = previous === undefined ? 0 : here[0].offset - previous.last[0].offset;
    const adjoining =
      previous !== undefined &&
      previous.slot.part === null &&
      whole &&
      step >= previous.slot.param.numel &&
      step < previous.slot.param.numel + cacheLine / param.array.BYTES_PER_ELEMENT &&
      steps[index] === previous.slot.steps[previous.slot.index] &&
      here.every(
        (storage, i) =>
          storage.longLived &&
          previous.last[i].longLived &&
          storage.array === previous.last[i].array &&
          storage.offset - previous.last[i].offset === step,
      );
    if (adjoining) {
      previous.run.n = here[0].offset - previous.run.p.offset + n;
      previous.last = here;
      previous.slot = slot;
    } else {
      const run: Run = {
        n,
        p: { array: param.array as Place["array"], offset: param.offset + from },
        g: { array: gradient.array as Place["array"], offset: gradient.offset + from },
        state: state as readonly unknown[] as readonly Place[],
        step: { array: steps, offset: index },
        hyper: { array: hyper, offset: 0 },
      };
      out.push({ run, last: here, slot });
    }
  }
  return out.map(({ run }) => run);
}

/** What the runs of a parameter depend on. */
interface Seen {
  readonly slot: Slot;
  readonly param: Storage;
  /** Null if it is not contiguous: it is copied in each step. */
  readonly gradient: Tensor | null;
  readonly memory: Storage;
  readonly state: readonly Storage[];
  readonly samePace: boolean;
}

/** The runs of the last eager step, which the next one uses again if nothing has changed for them. */
export class LastRuns {
  #seen: readonly Seen[] = [];
  #runs: readonly Run[] = [];

  /** The runs of these parameters, whose hyperparameters are in `hyper`. */
  of(active: readonly Slot[], hyper: Float64Array): readonly Run[] {
    if (this.#areOf(active)) return this.#runs;
    this.#runs = runs(active, hyper);
    this.#seen = active.map((slot, i) => ({
      slot,
      param: slot.param.storage,
      gradient: slot.param.gradient!.isContiguous ? slot.param.gradient : null,
      memory: slot.param.gradient!.storage,
      state: slot.state,
      samePace: samePace(active, i),
    }));
    return this.#runs;
  }

  #areOf(active: readonly Slot[]): boolean {
    if (active.length !== this.#seen.length) return false;
    for (let i = 0; i < active.length; i++) {
      const { param, state } = active[i];
      const seen = this.#seen[i];
      if (active[i] !== seen.slot || param.storage !== seen.param || state !== seen.state) return false;
      const gradient = param.gradient!;
      if (gradient !== seen.gradient || gradient.storage !== seen.memory) return false;
      if (samePace(active, i) !== seen.samePace) return false;
      // Reading the arrays throws for memory that was transferred away.
      if (param.array.length === 0 || gradient.array.length === 0) return false;
    }
    return true;
  }
}
