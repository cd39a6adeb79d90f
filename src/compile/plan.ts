/**
 * The second of the three stages of `compile`: turns the calls of a trace into the calls of a program. It
 * drops calls whose results are never used, and places memory that only the program uses in one arena, by
 * lifetime.
 */
import type { Data, DType } from "../dtype.js";
import { arrayTypes } from "../dtype.js";
import { accessAt, type KernelCall } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import { typeOf } from "./arrays.js";
import { CallOrder } from "./call-order.js";
import { type Chain, type Chained, chained } from "./chains.js";
import { elideCopies } from "./elide-copies.js";
import { fuseUpdates } from "./fuse.js";
import { inPlace } from "./in-place.js";
import type { Placeholders } from "./placeholder.js";
import { type Life, place } from "./placement.js";
import type { Trace, TracedCall } from "./trace.js";

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
export function writtenSlots({ name, args }: Call): Slot[] {
  const found: Slot[] = [];
  const { places } = rowOf(name);
  for (let i = 0; i < places.length; i++) {
    const slot = args[places[i].at] as Slot | null;
    if (slot !== null && accessAt(places[i], args) !== "read") found.push(slot);
  }
  return found;
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
  const slots = new Slots(trace.memory);
  for (const [i, array] of [...trace.inputs, ...outputs].entries()) slots.bind(array, "parameter", i);
  const inputSlots = trace.inputs.map((array) => slots.of(array));
  const outputSlots = outputs.map((array) => slots.of(array));
  for (const [array, local] of locals) slots.bind(array, "local", local);
  const mayShare = (array: Data) => !fixed.has(array) && !outOfOrder.has(array) && !locals.has(array);
  const sharing = inPlace(trace, calls, mayShare);
  const lives = livesOf(calls, chains, slots, trace.memory, sharing);
  const planned = calls.map((call) => slots.inPlaceOfArrays(call));
  return {
    calls: planned,
    chains,
    slots: slots.all,
    inputs: inputSlots,
    outputs: outputSlots,
    arenaBytes: placeSlots(lives),
  };
}

/** The slots of the arrays of a trace. */
class Slots {
  /** In the order in which they were bound. */
  readonly all: Slot[] = [];
  readonly #ofPlaceholders: (Slot | undefined)[];
  readonly #ofUser = new Map<Data, Slot>();

  constructor(private readonly memory: Placeholders) {
    this.#ofPlaceholders = new Array<undefined>(memory.count).fill(undefined);
  }

  bind(array: Data, kind: Slot["kind"], place = 0): Slot {
    const form = this.memory.get(array);
    const { dtype, length } = form ?? { dtype: typeOf(array), length: array.length };
    const slot = new Slot(kind, dtype, length, form === undefined ? array : null, place);
    if (form === undefined) this.#ofUser.set(array, slot);
    else this.#ofPlaceholders[form.index] = slot;
    this.all.push(slot);
    return slot;
  }

  /** The slot of an array. It is in the arena, or the user's memory, if it was not bound yet. */
  of(array: Data): Slot {
    const index = this.memory.indexOf(array);
    const slot = index >= 0 ? this.#ofPlaceholders[index] : this.#ofUser.get(array);
    return slot ?? this.bind(array, index >= 0 ? "arena" : "external");
  }

  /** The call with slots as its arguments. No other code has the list of the arguments, so it is changed. */
  inPlaceOfArrays({ name, args, place }: TracedCall): Call {
    const planned = args as unknown[];
    const { places } = rowOf(name);
    for (let i = 0; i < places.length; i++) {
      const array = planned[places[i].at] as Data | null;
      if (array !== null) planned[places[i].at] = this.of(array);
    }
    return { name, args: planned, place };
  }
}

/**
 * Drops dead calls. A call is live if it writes memory that is visible outside, or that a later live call
 * reads. A call that reports bad labels or indices is live even if its numbers are never read.
 */
function dropDeadCalls(order: CallOrder, trace: Trace, outputs: ReadonlySet<Data>): void {
  const { memory } = trace;
  /** By index of the placeholder: 1 if it is read later, or outside. */
  const needed = new Uint8Array(memory.count);
  for (const array of [...outputs, ...trace.inputs]) needed[memory.indexOf(array)] = 1;
  const inOrder = order.inOrder();
  for (let i = inOrder.length - 1; i >= 0; i--) {
    const { name, args } = inOrder[i].call;
    const { places, reports } = rowOf(name);
    let counts = reports !== undefined;
    for (let j = 0; j < places.length && !counts; j++) {
      const array = args[places[j].at] as Data | null;
      if (array === null || accessAt(places[j], args) === "read") continue;
      const index = memory.indexOf(array);
      counts = index < 0 || needed[index] === 1;
    }
    if (!counts) order.remove(inOrder[i]);
    else
      for (let j = 0; j < places.length; j++) {
        const array = args[places[j].at] as Data | null;
        const access = accessAt(places[j], args);
        if (array === null || (access !== "read" && access !== "update")) continue;
        const index = memory.indexOf(array);
        if (index >= 0) needed[index] = 1;
      }
  }
}

const unchained = (order: CallOrder): Chained => ({
  ...{ calls: order.inOrder().map(({ call }) => call), chains: [] },
  ...{ locals: new Map(), outOfOrder: new Set() },
});

/** For each call, when it runs. The calls of a chain run together, so they count as one step of time. */
function stepsOf(calls: number, chains: readonly Chain[]): Int32Array {
  const steps = Int32Array.from({ length: calls }, (_, i) => i);
  for (const { first, count } of chains) steps.fill(first, first, first + count);
  return steps;
}

/** A lifetime, and the slots that share its memory, one after the other. */
interface SharedLife extends Life {
  readonly slots: Slot[];
  last: number;
}

/** The lifetimes of the slots in the arena, in the order in which they begin. Binds what is not bound yet. */
function livesOf(
  calls: readonly TracedCall[],
  chains: readonly Chain[],
  slots: Slots,
  memory: Placeholders,
  sharing: ReadonlyMap<Data, Data>,
): SharedLife[] {
  const steps = stepsOf(calls.length, chains);
  const lives: SharedLife[] = [];
  /** By index of the placeholder. */
  const ofPlaceholders = new Array<SharedLife | null>(memory.count).fill(null);
  for (let i = 0; i < calls.length; i++) {
    const { name, args } = calls[i];
    const { places } = rowOf(name);
    for (let j = 0; j < places.length; j++) {
      const array = args[places[j].at] as Data | null;
      if (array === null) continue;
      const slot = slots.of(array);
      if (slot.kind !== "arena") continue;
      const index = memory.indexOf(array);
      let life = ofPlaceholders[index];
      if (life === null) {
        // An output computed in place of an operand extends the operand's lifetime.
        const operand = sharing.get(array);
        life = operand === undefined ? null : ofPlaceholders[memory.indexOf(operand)];
        if (life === null) {
          life = { slots: [], first: steps[i], last: steps[i], bytes: bytesOf(slot) };
          lives.push(life);
        }
        life.slots.push(slot);
        ofPlaceholders[index] = life;
      }
      life.last = steps[i];
    }
  }
  return lives;
}

/** Places the slots of these lifetimes in the arena; returns the size of the arena. */
function placeSlots(lives: readonly SharedLife[]): number {
  const { places, bytes } = place(lives);
  for (let i = 0; i < lives.length; i++) {
    const { slots } = lives[i];
    for (let j = 0; j < slots.length; j++) slots[j].place = places[i];
  }
  return bytes;
}

function bytesOf({ dtype, length }: Slot): number {
  const bytes = Math.max(1, length) * arrayTypes[dtype].BYTES_PER_ELEMENT;
  return Math.ceil(bytes / alignment) * alignment;
}
