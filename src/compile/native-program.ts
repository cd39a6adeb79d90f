/** A plan in the form that the backend replays: flat arrays of numbers, and the call that replays them. */
import type { Data, DType } from "../dtype.js";
import type { Program as Handle, Job, ProgramSpec } from "../kernels/addon.js";
import { inUse } from "../kernels/backend.js";
import type { Replay } from "../kernels/backend-value.js";
import { costOfCalls } from "./cost.js";
import type { Plan, Slot } from "./plan.js";
import type { Failure, Memory } from "./replay.js";

/** The codes in ProgramSpec. */
const kinds = { external: 0, arena: 1, parameter: 2, local: 3 } as const;
const types: Record<DType, number> = { float32: 1, float64: 2, int32: 3, uint8: 4, bool: 4 };

/** Maximum number of inputs and outputs of a native program. */
const mostParameters = 64;

/** A slot of a job that begins `step` elements further in `array` with each step. */
export interface Moving {
  readonly slot: Slot;
  readonly array: Data;
  readonly step: number;
}

export class NativeProgram {
  readonly #replay: Replay;
  readonly #arguments: unknown[];
  /** Null if a call has no C++ kernel: such a plan runs through the table of kernels. */
  readonly handle: Handle | null;

  /**
   * Uses the arena of `lender`, if one is given. Two programs that share an arena cannot run at the same
   * time.
   */
  constructor(plan: Plan, moving: readonly Moving[] = [], lender?: NativeProgram | null) {
    const replay = inUse.replay!;
    const { programs } = replay;
    this.#replay = replay;
    const spec = specOf(plan, programs, moving);
    const handle = spec === null ? null : programs.createProgram(spec, lender?.handle);
    const runs = handle?.unsupported.length === 0 && isWorthCopies(handle, plan);
    if (handle !== null && !runs) programs.releaseProgram(handle);
    this.handle = runs ? handle : null;
    const count = plan.inputs.length + plan.outputs.length;
    this.#arguments = [this.handle, ...new Array<null>(count).fill(null)];
  }

  replay(parameters: readonly Memory[]): Failure | null {
    const args = this.#arguments;
    const { programs, block } = this.#replay;
    for (let i = 0; i < parameters.length; i++) {
      args[i + 1] = parameters[i].array;
      block[i] = parameters[i].offset;
    }
    const call = Reflect.apply(programs.replay, null, args) as number;
    // Drops the references to the caller's inputs and outputs: they must not stay alive until the next
    // replay.
    args.fill(null, 1);
    return call < 0 ? null : { call, status: block[0] };
  }

  /**
   * Frees the memory now, or when its job has ended. Without it, a loop in which the event loop never turns
   * would never free the memory.
   */
  release(): void {
    if (this.handle !== null) this.#replay.programs.releaseProgram(this.handle);
  }

  /** Like `replay`, and adds the time of each call to nanoseconds[call]. */
  profile(parameters: readonly Memory[], nanoseconds: Float64Array): Failure | null {
    const { programs, block } = this.#replay;
    for (const [i, { offset }] of parameters.entries()) block[i] = offset;
    const arrays = parameters.map(({ array }) => array);
    const call = programs.profile(this.handle!, nanoseconds, ...arrays);
    return call < 0 ? null : { call, status: block[0] };
  }
}

/**
 * Whether a replay copies at most twice the bytes that its calls need. A lookup in a large table needs only a
 * few rows of it, and in such a program a call alone may not copy the table.
 */
const isWorthCopies = ({ copied = 0 }: Handle, { calls }: Plan): boolean =>
  copied === 0 || copied <= 2 * costOfCalls(calls).bytes;

/** One program that a job replays in each step. An input that moves is not a parameter. */
export interface Part {
  readonly native: NativeProgram;
  readonly parameters: readonly (Memory | null)[];
}

/**
 * Runs `times` steps, from step `from`, on a native thread. Each step runs the parts in order. Outputs are on
 * shared memory and hold the values of the last step. `finished[0]` counts the steps that were made.
 */
export function startJob(parts: readonly Part[], from: number, times: number, finished: Int32Array): Job {
  const stages = parts.map(({ native, parameters }) => ({
    program: native.handle!,
    params: parameters.map((memory) => memory?.array ?? null),
    offsets: parameters.map((memory) => memory?.offset ?? 0),
  }));
  return inUse.replay!.programs.startJob!(stages, from, times, finished);
}

/** The numbers that stand for kernels and ops in a ProgramSpec. */
interface Codes {
  readonly kernels: ReadonlyMap<string, number>;
  readonly ops: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const known = new WeakMap<Replay["programs"], Codes>();

function codesOf(addon: Replay["programs"]): Codes {
  const found = known.get(addon);
  if (found !== undefined) return found;
  const numbered = (names: readonly string[]) => new Map(names.map((name, i) => [name, i]));
  const ops = Object.entries(addon.ops).map(([kernel, names]) => [kernel, numbered(names)] as const);
  const codes = { kernels: numbered(addon.kernelNames), ops: new Map(ops) };
  known.set(addon, codes);
  return codes;
}

/** Null if a kernel or an op of the plan has no C++. */
function specOf(plan: Plan, addon: Replay["programs"], moving: readonly Moving[]): ProgramSpec | null {
  if (plan.inputs.length + plan.outputs.length > mostParameters) return null;
  const { calls } = plan;
  const places = new Map<unknown, number>();
  for (let i = 0; i < plan.slots.length; i++) places.set(plan.slots[i], i);
  const kernels = new Int32Array(calls.length);
  const numberCounts = new Int32Array(calls.length);
  const arrayCounts = new Int32Array(calls.length);
  const numbers: number[] = [];
  const refs: number[] = [];
  const advances: number[] = [];
  const codes = codesOf(addon);
  const steps = new Map<unknown, number>(moving.map(({ slot, step }) => [slot, step]));
  for (let c = 0; c < calls.length; c++) {
    const { name, args } = calls[c];
    const kernel = codes.kernels.get(name);
    if (kernel === undefined) return null;
    kernels[c] = kernel;
    const [numbersBefore, refsBefore] = [numbers.length, refs.length];
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (typeof arg === "number") {
        // The argument after an array is its offset.
        const step = steps.size > 0 && i > 0 ? steps.get(args[i - 1]) : undefined;
        if (step !== undefined) advances.push(numbers.length, step);
        numbers.push(arg);
      } else if (typeof arg === "string") {
        const code = codes.ops.get(name)?.get(arg);
        if (code === undefined) return null;
        numbers.push(code);
      } else if (Array.isArray(arg)) {
        numbers.push(arg.length);
        for (let j = 0; j < arg.length; j++) numbers.push(arg[j]);
      } else refs.push(arg === null ? -1 : places.get(arg)!);
    }
    numberCounts[c] = numbers.length - numbersBefore;
    arrayCounts[c] = refs.length - refsBefore;
  }
  return {
    ...{ kernels, numberCounts, arrayCounts },
    numbers: new Float64Array(numbers),
    refs: new Int32Array(refs),
    ...describe(plan.slots, moving),
    arenaBytes: plan.arenaBytes,
    advances: Int32Array.from(advances),
    chains: Int32Array.from(plan.chains.flatMap(({ first, count }) => [first, count])),
  };
}

type SlotColumns = Pick<ProgramSpec, "slotKinds" | "slotTypes" | "slotPlaces" | "slotLengths" | "externals">;

function describe(slots: readonly Slot[], moving: readonly Moving[]): SlotColumns {
  const externals: Data[] = [];
  const count = slots.length;
  const [slotKinds, slotTypes] = [new Int32Array(count), new Int32Array(count)];
  const [slotPlaces, slotLengths] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    // The program holds the whole array of a slot that moves, so that slot is not a parameter.
    const moved = moving.find(({ slot }) => slot === slots[i])?.array;
    const array = moved ?? slots[i].array;
    slotKinds[i] = moved === undefined ? kinds[slots[i].kind] : kinds.external;
    slotTypes[i] = types[slots[i].dtype];
    slotPlaces[i] = array === null ? slots[i].place : externals.push(array) - 1;
    slotLengths[i] = moved?.length ?? slots[i].length;
  }
  return { slotKinds, slotTypes, slotPlaces, slotLengths, externals };
}
