/** A plan as the addon takes it: flat arrays of numbers, and the call that replays them. */
import type { Data, DType } from "../dtype.js";
import { nativeAddon } from "../kernels/backend.js";
import type { Addon, Program as Handle, ProgramSpec } from "../kernels/native.js";
import { isArray, isSlot, type Plan, type Slot } from "./plan.js";
import type { Failure, Memory } from "./program.js";

/** Codes of ProgramSpec. */
const kinds = { external: 0, arena: 1, parameter: 2 } as const;
const types: Record<DType, number> = { float32: 1, float64: 2, int32: 3, uint8: 4, bool: 4 };

/** Inputs and outputs that a native program takes at most. */
const mostParameters = 64;

export class NativeProgram {
  readonly #addon: Addon;
  readonly #block: Float64Array;
  readonly #arguments: unknown[];
  /** Null when a call has no C++: such a plan runs through the table of kernels. */
  readonly handle: Handle | null;

  constructor(plan: Plan) {
    const { addon, block } = nativeAddon();
    this.#addon = addon;
    this.#block = block;
    const spec = specOf(plan, addon);
    const handle = spec === null ? null : addon.createProgram(spec);
    this.handle = handle !== null && handle.unsupported.length === 0 ? handle : null;
    const count = plan.inputs.length + plan.outputs.length;
    this.#arguments = [this.handle, ...new Array<null>(count).fill(null)];
  }

  replay(parameters: readonly Memory[]): Failure | null {
    const args = this.#arguments;
    for (let i = 0; i < parameters.length; i++) {
      args[i + 1] = parameters[i].array;
      this.#block[i] = parameters[i].offset;
    }
    const call = Reflect.apply(this.#addon.replay, null, args) as number;
    // Inputs and outputs are the caller's: not kept alive until the next replay.
    args.fill(null, 1);
    return call < 0 ? null : { call, status: this.#block[0] };
  }

  /** As `replay`, adding the time of each call to nanoseconds[call]. */
  profile(parameters: readonly Memory[], nanoseconds: Float64Array): Failure | null {
    for (const [i, { offset }] of parameters.entries()) this.#block[i] = offset;
    const arrays = parameters.map(({ array }) => array);
    const call = this.#addon.profile(this.handle!, nanoseconds, ...arrays);
    return call < 0 ? null : { call, status: this.#block[0] };
  }
}

/** Null when a kernel or an op of the plan has no C++. */
function specOf(plan: Plan, addon: Addon): ProgramSpec | null {
  if (plan.inputs.length + plan.outputs.length > mostParameters) return null;
  const places = new Map(plan.slots.map((slot, i) => [slot, i]));
  const kernels: number[] = [];
  const numberCounts: number[] = [];
  const arrayCounts: number[] = [];
  const numbers: number[] = [];
  const refs: number[] = [];
  for (const { name, args } of plan.calls) {
    const kernel = addon.kernelNames.indexOf(name);
    if (kernel < 0) return null;
    kernels.push(kernel);
    const before = [numbers.length, refs.length];
    for (const arg of args) {
      if (typeof arg === "number") numbers.push(arg);
      else if (typeof arg === "string") {
        const code = addon.ops[name]?.indexOf(arg) ?? -1;
        if (code < 0) return null;
        numbers.push(code);
      } else if (isArray(arg)) refs.push(isSlot(arg) ? places.get(arg)! : -1);
      else numbers.push((arg as number[]).length, ...(arg as number[]));
    }
    numberCounts.push(numbers.length - before[0]);
    arrayCounts.push(refs.length - before[1]);
  }
  const externals: Data[] = [];
  const placeOf = (slot: Slot) => (slot.array === null ? slot.place : externals.push(slot.array) - 1);
  return {
    kernels: Int32Array.from(kernels),
    numberCounts: Int32Array.from(numberCounts),
    arrayCounts: Int32Array.from(arrayCounts),
    numbers: Float64Array.from(numbers),
    refs: Int32Array.from(refs),
    slotKinds: Int32Array.from(plan.slots, ({ kind }) => kinds[kind]),
    slotTypes: Int32Array.from(plan.slots, ({ dtype }) => types[dtype]),
    slotPlaces: Float64Array.from(plan.slots, placeOf),
    slotLengths: Float64Array.from(plan.slots, ({ length }) => length),
    externals,
    arenaBytes: plan.arenaBytes,
    advances: new Int32Array(0),
  };
}
