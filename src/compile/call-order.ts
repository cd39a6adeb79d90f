/**
 * The calls of a plan in order, indexed by the memory that they access. The passes of the planner change the
 * order through it: each question costs as much as there are calls on the memory in question, and not as much
 * as there are calls in the plan.
 */
import type { Data } from "../dtype.js";
import { regionsOf, type Touched } from "../kernels/calls.js";
import { rowOf } from "../kernels/schema.js";
import type { Region } from "../region.js";
import { meet } from "./arrays.js";
import type { Trace, TracedCall } from "./trace.js";

/** A call at its position in the order; -1 once it is removed. */
export class OrderedCall {
  #regions: readonly Touched[] | null = null;

  constructor(
    readonly call: TracedCall,
    public position: number,
    /** Its index in the trace, or that of the call that it replaces. */
    readonly index: number,
  ) {}

  get regions(): readonly Touched[] {
    this.#regions ??= regionsOf(this.call);
    return this.#regions;
  }
}

export class CallOrder {
  /** By index in the trace. */
  readonly #calls: OrderedCall[];
  /** By position; null where a call was removed. */
  readonly #inOrder: (OrderedCall | null)[];
  readonly #index: MemoryIndex;

  constructor(private readonly trace: Trace) {
    this.#calls = trace.calls.map((call, i) => new OrderedCall(call, i, i));
    this.#inOrder = this.#calls.slice();
    this.#index = new MemoryIndex(trace);
  }

  /** A copy of the list: the order may change while a pass walks through it. */
  inOrder(): OrderedCall[] {
    return this.#inOrder.filter((ordered) => ordered !== null);
  }

  /** The calls that have the placeholder as an argument, in order, even if they access no element of it. */
  usersOf(placeholder: Data): OrderedCall[] {
    return this.#usersOf(placeholder, ({ call }) => call.args.includes(placeholder));
  }

  /** The calls that access an element of the region, in order. */
  users(region: Region): OrderedCall[] {
    return this.#usersOf(region.array, ({ regions }) =>
      regions.some((other) => meet(other, region, this.trace)),
    );
  }

  /** The same, of the calls at the positions from `from` to before `to`. */
  usersBetween(region: Region, from: number, to: number): OrderedCall[] {
    return this.#usersOf(
      region.array,
      ({ position, regions }) =>
        position >= from && position < to && regions.some((other) => meet(other, region, this.trace)),
    );
  }

  #usersOf(array: Data, uses: (ordered: OrderedCall) => boolean): OrderedCall[] {
    const found: OrderedCall[] = [];
    let inOrder = true;
    this.#index.each(array, (index) => {
      const ordered = this.#calls[index];
      if (ordered.position < 0 || !uses(ordered)) return;
      if (found.length > 0 && found[found.length - 1].position > ordered.position) inOrder = false;
      found.push(ordered);
    });
    return inOrder ? found : found.sort((a, b) => a.position - b.position);
  }

  /** Whether one of the two writes memory that the other accesses. */
  conflict(a: readonly Touched[], b: readonly Touched[]): boolean {
    for (let i = 0; i < a.length; i++)
      for (let j = 0; j < b.length; j++) if (this.conflictOf(a[i], b[j])) return true;
    return false;
  }

  /** The same of two accesses. */
  conflictOf(a: Touched, b: Touched): boolean {
    return (a.access === "write" || b.access === "write") && meet(a, b, this.trace);
  }

  /**
   * The calls after `begin` and before `end` that must run before `end`, in order: those that it depends on,
   * directly or indirectly.
   */
  between(begin: OrderedCall, end: OrderedCall): OrderedCall[] {
    const found = new Set<OrderedCall>();
    const open = [end];
    for (let later = open.pop(); later !== undefined; later = open.pop())
      for (const region of later.regions)
        this.#index.each(region.array, (index) => {
          const other = this.#calls[index];
          if (other.position <= begin.position || other.position >= later.position) return;
          if (found.has(other) || !this.conflict([region], other.regions)) return;
          found.add(other);
          open.push(other);
        });
    return [...found].sort((a, b) => a.position - b.position);
  }

  /** Puts `call` in the place of an ordered one. */
  replace(old: OrderedCall, call: TracedCall): void {
    const { position, index } = old;
    const ordered = new OrderedCall(call, position, index);
    old.position = -1;
    this.#calls[index] = ordered;
    this.#inOrder[position] = ordered;
    this.#index.add(call, index);
  }

  remove(ordered: OrderedCall): void {
    this.#inOrder[ordered.position] = null;
    ordered.position = -1;
  }

  /** Moves `first`, which are between the two in this order, directly before `begin`; removes `end`. */
  moveAndRemove(first: readonly OrderedCall[], begin: OrderedCall, end: OrderedCall): void {
    const from = begin.position;
    const moved = new Set(first);
    const stay = this.#inOrder
      .slice(from, end.position)
      .filter((other) => other === null || !moved.has(other));
    this.remove(end);
    for (const [i, other] of [...first, ...stay].entries()) {
      this.#inOrder[from + i] = other;
      if (other !== null) other.position = from + i;
    }
  }
}

/**
 * Which calls of a trace have an array on some memory: a placeholder, or the buffer that arrays of the user
 * may share. It is two arrays of numbers, because there are several entries for each call.
 */
class MemoryIndex {
  readonly #trace: Trace;
  /** Buffers of the user are numbered after the placeholders. */
  readonly #buffers = new Map<object, number>();
  /** For each memory, where its entries begin; they end where those of the next one begin. */
  readonly #starts: Int32Array;
  readonly #entries: Int32Array;
  /** Entries of calls that have replaced others. */
  readonly #added = new Map<number, Set<number>>();

  constructor(trace: Trace) {
    this.#trace = trace;
    const { calls } = trace;
    /** Pairs of a memory and the index of a call. */
    const pairs: number[] = [];
    for (let i = 0; i < calls.length; i++) {
      const { name, args } = calls[i];
      const { places } = rowOf(name);
      for (let j = 0; j < places.length; j++) {
        const array = args[places[j].at] as Data | null;
        if (array !== null) pairs.push(this.#numberOf(array), i);
      }
    }
    const starts = new Int32Array(trace.memory.count + this.#buffers.size + 1);
    for (let p = 0; p < pairs.length; p += 2) starts[pairs[p] + 1]++;
    for (let n = 1; n < starts.length; n++) starts[n] += starts[n - 1];
    const entries = new Int32Array(pairs.length / 2);
    const next = starts.slice();
    for (let p = 0; p < pairs.length; p += 2) entries[next[pairs[p]]++] = pairs[p + 1];
    this.#starts = starts;
    this.#entries = entries;
  }

  /** Calls `visit` with the index of each call that has an array on this memory, and perhaps with others. */
  each(array: Data, visit: (index: number) => void): void {
    const number = this.#numberOf(array);
    const [starts, entries] = [this.#starts, this.#entries];
    let last = -1;
    for (let e = starts[number]; e < starts[number + 1]; e++) {
      if (entries[e] !== last) visit(entries[e]);
      last = entries[e];
    }
    this.#added.get(number)?.forEach(visit);
  }

  /** Adds the arrays of a call that replaces the one at `index`. */
  add(call: TracedCall, index: number): void {
    for (const { array } of call.uses) {
      const number = this.#numberOf(array);
      const [from, to] = [this.#starts[number], this.#starts[number + 1]];
      if (this.#entries.subarray(from, to).includes(index)) continue;
      const added = this.#added.get(number);
      if (added === undefined) this.#added.set(number, new Set([index]));
      else added.add(index);
    }
  }

  #numberOf(array: Data): number {
    const { memory } = this.#trace;
    const index = memory.indexOf(array);
    if (index >= 0) return index;
    let number = this.#buffers.get(array.buffer);
    if (number === undefined) {
      number = memory.count + this.#buffers.size;
      this.#buffers.set(array.buffer, number);
    }
    return number;
  }
}
