/**
 * The second of the three stages of `compile`: turns the calls of a trace into the calls of a program. It
 * drops calls whose results are never used, and places memory that only the program uses in one arena, by
 * lifetime.
 */
import type { Data, DType } from "../dtype.js";
import { arrayTypes } from "../dtype.js";
import { type KernelCall, usesOf } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { isArray, typeOf } from "./arrays.js";
import { CallOrder } from "./call-order.js";
import { type Chain, type Chained, chained } from "./chains.js";
import { elideCopies } from "./elide-copies.js";
import { fuseUpdates } from "./fuse.js";
import { inPlace } from "./in-place.js";
import { type Life, place } from "./placement.js";
import type { Trace } from "./trace.js";

/** The place of an array of a program. */
export class Slot {
  constructor(
    /**
     * external: memory of the user; arena: a place in the arena; parameter: bound at each replay (inputs,
     * then outputs); local: only one chain uses it.
     */
    readonly kind: "external" | "arena" | "parameter" | "local",
    readonly dtype: DType,
    /** In elements. */
    readonly length: number,
    /** external: the array. */
    readonly array: Data | null,
    /** arena: the first byte; parameter and local: its number. */
    public place: number,
  ) {}
}

export const isSlot = (arg: unknown): arg is Slot => arg instanceof Slot;

/** A kernel call whose array arguments are slots. */
export interface Call extends KernelCall {
  readonly place: string;
}

export interface Plan {
  readonly calls: readonly Call[];
  /** In order; most calls are in none. */
  readonly chains: readonly Chain[];
  readonly slots: readonly Slot[];
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly arenaBytes: number;
}

/** Arenas, and the slots in them, begin on cache lines. */
const alignment = 64;

/** The slots that a planned call writes. */
export function writtenSlots(call: Call): Slot[] {
  return usesOf<Slot>(call).flatMap(({ array, access }) => (access === "read" ? [] : [array]));
}

/**
 * `outputs`: placeholders whose values are returned to the caller. `needed`: whether the gradient in this
 * memory is read after the program has run. `inChains`: whether the backend runs chains.
 */
export function plan(
  trace: Trace,
  outputs: readonly Data[],
  needed: (gradient: Data, offset: number) => boolean,
  inChains: boolean,
): Plan {
  const kept = new Set(outputs);
  const order = new CallOrder(trace);
  elideCopies(order, trace, kept);
  fuseUpdates(order, needed);
  dropDeadCalls(order, trace, kept);
  const fixed = new Set([...outputs, ...trace.inputs]);
  const { calls, chains, locals, outOfOrder } = inChains ? chained(order, trace, fixed) : unchained(order);
  const slots = new Map<Data, Slot>();
  const bind = (array: Data, kind: Slot["kind"], place = 0) => {
    const made = trace.memory.get(array);
    const dtype = made?.dtype ?? typeOf(array);
    const length = made?.length ?? array.length;
    slots.set(array, new Slot(kind, dtype, length, made === undefined ? array : null, place));
    return slots.get(array)!;
  };
  const inputSlots = trace.inputs.map((array, i) => bind(array, "parameter", i));
  const outputSlots = outputs.map((array, i) => bind(array, "parameter", inputSlots.length + i));
  const lives = new Map<Slot, SharedLife>();
  for (const [array, local] of locals) bind(array, "local", local);
  const sharing = inPlace(trace, calls, new Set([...fixed, ...outOfOrder, ...locals.keys()]));
  // The calls of a chain run together, so they count as one step of time.
  const steps = stepsOf(calls.length, chains);
  for (const [at, call] of calls.entries())
    for (const { array } of call.uses) {
      const i = steps[at];
      const slot = slots.get(array) ?? bind(array, trace.memory.has(array) ? "arena" : "external");
      if (slot.kind !== "arena") continue;
      // An output computed in place of an operand extends the operand's lifetime.
      const operand = sharing.get(array);
      const life = lives.get(slot) ?? (operand && lives.get(slots.get(operand)!));
      if (life === undefined) lives.set(slot, { slots: [slot], first: i, last: i, bytes: bytesOf(slot) });
      else {
        life.last = i;
        if (!life.slots.includes(slot)) life.slots.push(slot);
        lives.set(slot, life);
      }
    }
  return {
    calls: calls.map(({ name, args, place }) => ({
      name,
      args: args.map((arg) => (isArray(arg) && arg !== null ? slots.get(arg)! : arg)),
      place,
    })),
    chains,
    slots: [...slots.values()],
    inputs: inputSlots,
    outputs: outputSlots,
    arenaBytes: placeSlots([...new Set(lives.values())]),
  };
}

/**
 * Drops dead calls. A call is live if it writes memory that is visible outside, or that a later live call
 * reads. A call that reports bad labels or indices is live even if its numbers are never read.
 */
function dropDeadCalls(order: CallOrder, trace: Trace, outputs: ReadonlySet<Data>): void {
  const needed = new Set<Data>([...outputs, ...trace.inputs]);
  for (const ordered of order.inOrder().reverse()) {
    const { name, uses } = ordered.call;
    const counts =
      rowOf(name).reports !== undefined ||
      uses.some(({ array, access }) => access !== "read" && (!trace.memory.has(array) || needed.has(array)));
    if (!counts) order.remove(ordered);
    else
      for (const { array, access } of uses) if (access === "read" || access === "update") needed.add(array);
  }
}

const unchained = (order: CallOrder): Chained => ({
  ...{ calls: order.inOrder().map(({ call }) => call), chains: [] },
  ...{ locals: new Map(), outOfOrder: new Set() },
});

/** For each call, when it runs. */
function stepsOf(calls: number, chains: readonly Chain[]): number[] {
  const steps = Array.from({ length: calls }, (_, i) => i);
  for (const { first, count } of chains) steps.fill(first, first, first + count);
  return steps;
}

/** A lifetime, and the slots that share its memory, one after the other. */
interface SharedLife extends Life {
  readonly slots: Slot[];
  last: number;
}

/** Places the slots of these lifetimes in the arena; returns the size of the arena. */
function placeSlots(lives: readonly SharedLife[]): number {
  const { places, bytes } = place(lives);
  for (const [i, { slots }] of lives.entries()) for (const slot of slots) slot.place = places[i];
  return bytes;
}

function bytesOf({ dtype, length }: Slot): number {
  const bytes = Math.max(1, length) * arrayTypes[dtype].BYTES_PER_ELEMENT;
  return Math.ceil(bytes / alignment) * alignment;
}
