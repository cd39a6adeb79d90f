/** The last of the three stages of `compile`: runs a plan on the kernels in use. */
import { checkFree } from "../busy.js";
import { arrayTypes, type Data } from "../dtype.js";
import { SimdgradError, ValueError } from "../errors.js";
import { NO_SCRATCH } from "../kernels/addon.js";
import { inUse, k } from "../kernels/backend.js";
import { regionsOf } from "../kernels/calls.js";
import { collectiveError, keep } from "../kernels/collective.js";
import { rowOf } from "../kernels/schema.js";
import { detached } from "../tensor/storage.js";
import { type Moving, NativeProgram } from "./native-program.js";
import { type Call, isSlot, type Plan, type Slot } from "./plan.js";
import type { Failure, Memory } from "./replay.js";
import { type Copies, isShared, ThreadPlan } from "./thread-plan.js";

/** A program in the form that a native thread runs. */
export interface ThreadProgram {
  readonly native: NativeProgram;
  readonly plan: ThreadPlan;
}

export class Program {
  #native: NativeProgram | undefined;
  /** For calls while a thread is using the arena of the first program. */
  #second: NativeProgram | undefined;
  #threaded: ThreadProgram | null | undefined;
  #table: TableProgram | undefined;
  /** Whether a thread is using the arena. */
  onThread = false;
  /** Whether MPI may write to its memory at any time. */
  #kept = false;
  /** Slots on memory that JavaScript can detach between two replays. */
  readonly #detachable: Slot[];

  constructor(readonly plan: Plan) {
    this.#detachable = plan.slots.filter(({ array }) => array !== null && !isShared(array));
  }

  /**
   * Checks that no memory was detached.
   * @throws SimdgradError `DETACHED`: JavaScript kernels would read undefined.
   */
  checkThere(): void {
    for (const { array, length } of this.#detachable)
      if (array!.buffer.byteLength < array!.byteOffset + length * array!.BYTES_PER_ELEMENT)
        throw detached(array!.length, length);
  }

  /** The native form, for calls; null if a call has no C++, or if the backend does not replay programs. */
  get native(): NativeProgram | null {
    if (inUse.replay === null) return null;
    if (this.onThread) this.#second ??= new NativeProgram(this.plan);
    else this.#native ??= new NativeProgram(this.plan, [], this.#threaded?.native);
    const native = this.onThread ? this.#second! : this.#native!;
    return native.handle === null ? null : native;
  }

  /**
   * The form for a native thread, in the same arena; null if no thread can run the program. `copies` and
   * `moving` must be the same each time.
   */
  threaded(copies: Copies, moving: (plan: Plan) => readonly Moving[]): ThreadProgram | null {
    if (inUse.replay?.programs.startJob === undefined) return null;
    if (this.#threaded === undefined) this.#threaded = this.#makeThreaded(copies, moving);
    return this.#threaded;
  }

  #makeThreaded(copies: Copies, moving: (plan: Plan) => readonly Moving[]): ThreadProgram | null {
    const plan = ThreadPlan.of(this.plan, copies);
    if (plan === null) return null;
    const moves = moving(plan.plan);
    if (plan.copied.length === 0 && moves.length === 0)
      return this.native === null ? null : { native: this.native, plan };
    const native = new NativeProgram(plan.plan, moves, this.#native);
    return native.handle === null ? null : { native, plan };
  }

  /**
   * Runs every call once. `parameters`: inputs, then outputs.
   * @throws ValueError for a bad label or index; the calls before it have run.
   */
  replay(parameters: readonly Memory[]): void {
    this.checkThere();
    const failure = (this.native ?? this.table).replay(parameters);
    if (failure !== null) throw this.complaint(failure, parameters);
  }

  /** Like `replay`, and adds the time of each call to nanoseconds[call]. */
  profile(parameters: readonly Memory[], nanoseconds: Float64Array): void {
    this.checkThere();
    const { native } = this;
    const failure =
      native === null ? this.table.replay(parameters, nanoseconds) : native.profile(parameters, nanoseconds);
    if (failure !== null) throw this.complaint(failure, parameters);
  }

  get table(): TableProgram {
    this.#table ??= new TableProgram(this.plan);
    return this.#table;
  }

  /** Releases the program, which is not replayed again. */
  release(): void {
    if (this.#kept) return;
    for (const native of [this.#native, this.#second, this.#threaded?.native]) native?.release();
  }

  /**
   * Checks that no thread is using memory that a call accesses: a native program does not check it itself.
   * @throws SimdgradError `TENSOR_IN_USE`.
   */
  checkFree(): void {
    for (const call of this.plan.calls)
      for (const { array: slot, access, ...where } of regionsOf<Slot>(call))
        if (slot.array !== null) checkFree(call.name, { ...where, array: slot.array }, access);
  }

  /** The error for a failure of a replay with these parameters. */
  complaint({ call, status }: Failure, parameters: readonly Memory[]): SimdgradError {
    const { name, place } = this.plan.calls[call];
    const at = place === "" ? "" : `${place}: `;
    if (status === NO_SCRATCH)
      return new SimdgradError("OUT_OF_MEMORY", `${at}${name}: there is no memory for intermediate results`);
    const what = rowOf(name).reports;
    if (what === "rank") {
      this.#kept = true;
      keep({ program: this, parameters });
      return collectiveError(`${at}${name}`, status);
    }
    if (what === "loss") return new SimdgradError("NAN_LOSS", "compile: the loss is not finite");
    const code = what === "label" ? "LABEL_OUT_OF_RANGE" : "INDEX_OUT_OF_RANGE";
    return new ValueError(`${at}${name}: ${what ?? "index"} out of range at position ${status}`, code);
  }
}

/** Runs the calls one after the other through the table of kernels: for any backend and any dtype. */
class TableProgram {
  readonly #calls: { name: Call["name"]; args: unknown[] }[];
  readonly #uses: { args: unknown[]; at: number; offset: number; parameter: number }[] = [];

  constructor(plan: Plan) {
    const arena = new ArrayBuffer(plan.arenaBytes);
    const arrays = new Map<Slot, Data | null>();
    for (const slot of plan.slots) {
      const ArrayType = arrayTypes[slot.dtype];
      if (slot.kind === "arena") arrays.set(slot, new ArrayType(arena, slot.place, slot.length));
      // One call after the other, a local exists as a whole.
      else arrays.set(slot, slot.kind === "local" ? new ArrayType(slot.length) : slot.array);
    }
    this.#calls = plan.calls.map(({ name, args: planned }) => {
      const args = planned.map((arg) => (isSlot(arg) ? arrays.get(arg) : arg));
      for (const [at, arg] of planned.entries())
        if (isSlot(arg) && arg.kind === "parameter")
          this.#uses.push({ args, at, offset: planned[at + 1] as number, parameter: arg.place });
      return { name, args };
    });
  }

  replay(parameters: readonly Memory[], nanoseconds?: Float64Array): Failure | null {
    for (const { args, at, offset, parameter } of this.#uses) {
      args[at] = parameters[parameter].array;
      args[at + 1] = parameters[parameter].offset + offset;
    }
    const table = k as unknown as Record<string, (...args: unknown[]) => number>;
    let call = 0;
    try {
      for (; call < this.#calls.length; call++) {
        const { name, args } = this.#calls[call];
        const before = nanoseconds === undefined ? 0 : performance.now();
        const status = table[name](...args);
        if (nanoseconds !== undefined) nanoseconds[call] += 1e6 * (performance.now() - before);
        if (status !== -1) return { call, status };
      }
      return null;
    } finally {
      // After a failure, MPI may still write to memory of the program: see Program::failed.
      for (const { name, args } of this.#calls.slice(call + 1))
        if (name === "exchangeWait") table[name](...args);
    }
  }
}
