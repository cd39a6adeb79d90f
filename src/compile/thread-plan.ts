/** The memory that a native thread works on: JavaScript cannot detach it while the thread runs. */
import type { Data } from "../dtype.js";
import { isShared as isSharedMemory, sharedMemory } from "../host/memory.js";
import { regionsOf } from "../kernels/calls.js";
import type { Region } from "../region.js";
import { drawnFrom } from "./generators.js";
import { isSlot, type Plan, Slot, writtenSlots } from "./plan.js";

export const isShared = (array: Data) => isSharedMemory(array.buffer);

/**
 * Copies on shared memory, one per array. They hold arrays that a thread only reads but that JavaScript could
 * detach, and the states of random generators, from which other code draws while the thread runs. All
 * programs of one step use the same copy of an array.
 */
export class Copies {
  readonly #made = new WeakMap<Data, Data>();

  of(array: Data): Data {
    let copy = this.#made.get(array);
    if (copy === undefined) {
      copy = Reflect.construct(array.constructor, [sharedMemory(array.byteLength)]) as Data;
      this.#made.set(array, copy);
    }
    return copy;
  }
}

/** A plan on memory that a thread may work on. */
export class ThreadPlan {
  /** The plan with copies in place of some arrays. */
  readonly plan: Plan;
  /** The regions that are read in place. */
  readonly read: readonly Region[];
  /** The arrays that have a copy, which must be refreshed before each job. */
  readonly copied: readonly Data[];

  /** The plan for a thread, or null if it writes to memory that JavaScript could detach. */
  static of(plan: Plan, copies: Copies): ThreadPlan | null {
    const generators = drawnFrom(plan);
    const mayBeWritten = (slot: Slot) => slot.array === null || isShared(slot.array) || generators.has(slot);
    return plan.calls.flatMap(writtenSlots).every(mayBeWritten)
      ? new ThreadPlan(plan, generators, copies)
      : null;
  }

  private constructor(plan: Plan, generators: ReadonlySet<Slot>, copies: Copies) {
    const swapped = new Map<Slot, Slot>();
    for (const slot of plan.slots)
      if (slot.array !== null && (!isShared(slot.array) || generators.has(slot)))
        swapped.set(slot, new Slot("external", slot.dtype, slot.length, copies.of(slot.array), 0));
    const swap = (arg: unknown) => (isSlot(arg) ? (swapped.get(arg) ?? arg) : arg);
    this.copied = [...swapped.keys()].map(({ array }) => array!);
    this.read = readIn(plan).filter(({ array }) => isShared(array));
    this.plan = {
      ...plan,
      slots: plan.slots.map(swap) as Slot[],
      calls: plan.calls.map((call) => ({ ...call, args: call.args.map(swap) })),
    };
  }
}

/** The user's memory that a plan reads; each region occurs once. */
function readIn({ calls }: Plan): Region[] {
  const found = new Map<Data, Map<number, Region>>();
  for (const call of calls)
    for (const { array: slot, offset, length, access } of regionsOf<Slot>(call)) {
      if (slot.array === null || access === "write") continue;
      const regions = found.get(slot.array) ?? new Map<number, Region>();
      const longest = Math.max(length, regions.get(offset)?.length ?? 0);
      found.set(slot.array, regions.set(offset, { array: slot.array, offset, length: longest }));
    }
  return [...found.values()].flatMap((regions) => [...regions.values()]);
}
