/**
 * The calls of a plan in order, indexed by the memory that they access. The passes of the planner change the
 * order through it: each question costs as much as there are calls on the memory in question, and not as much
 * as there are calls in the plan.
 */
import type { Data } from "../dtype.js";
import { regionsOf, type Touched } from "../kernels/calls.js";
import type { Region } from "../region.js";
import { meet } from "./arrays.js";
import type { Trace, TracedCall } from "./trace.js";

/** A call at its position in the order. */
export class OrderedCall {
  readonly regions: readonly Touched[];

  constructor(
    readonly call: TracedCall,
    public position: number,
  ) {
    this.regions = regionsOf(call);
  }
}

export class CallOrder {
  /** Null where a call was removed. */
  readonly #inOrder: (OrderedCall | null)[];
  /** By memory: a placeholder, or the buffer that arrays of the user may share. */
  readonly #users = new Map<object, Set<OrderedCall>>();

  constructor(private readonly trace: Trace) {
    const inOrder = trace.calls.map((call, i) => new OrderedCall(call, i));
    for (const ordered of inOrder) this.#enter(ordered);
    this.#inOrder = inOrder;
  }

  /** A copy of the list: the order may change while a pass walks through it. */
  inOrder(): OrderedCall[] {
    return this.#inOrder.filter((ordered) => ordered !== null);
  }

  /** The calls that have the placeholder as an argument, in order, even if they access no element of it. */
  usersOf(placeholder: Data): OrderedCall[] {
    return [...this.#users.get(placeholder)!].sort((a, b) => a.position - b.position);
  }

  /** The calls that access an element of the region, in order. */
  users(region: Region): OrderedCall[] {
    const found = [...(this.#users.get(this.#memoryOf(region.array)) ?? [])].filter(({ regions }) =>
      regions.some((other) => meet(other, region, this.trace)),
    );
    return found.sort((a, b) => a.position - b.position);
  }

  /** Whether one of the two writes memory that the other accesses. */
  conflict(a: readonly Touched[], b: readonly Touched[]): boolean {
    return a.some((x) =>
      b.some((y) => (x.access === "write" || y.access === "write") && meet(x, y, this.trace)),
    );
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
        for (const other of this.#users.get(this.#memoryOf(region.array))!) {
          if (other.position <= begin.position || other.position >= later.position) continue;
          if (found.has(other) || !this.conflict([region], other.regions)) continue;
          found.add(other);
          open.push(other);
        }
    return [...found].sort((a, b) => a.position - b.position);
  }

  /** Puts `call` in the place of an ordered one. */
  replace(old: OrderedCall, call: TracedCall): void {
    const ordered = new OrderedCall(call, old.position);
    this.#leave(old);
    this.#inOrder[old.position] = ordered;
    this.#enter(ordered);
  }

  remove(ordered: OrderedCall): void {
    this.#leave(ordered);
    this.#inOrder[ordered.position] = null;
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

  #enter(ordered: OrderedCall): void {
    for (const { array } of ordered.regions) {
      const memory = this.#memoryOf(array);
      const users = this.#users.get(memory);
      if (users === undefined) this.#users.set(memory, new Set([ordered]));
      else users.add(ordered);
    }
  }

  #leave(ordered: OrderedCall): void {
    for (const { array } of ordered.regions) this.#users.get(this.#memoryOf(array))!.delete(ordered);
  }

  #memoryOf(array: Data): object {
    return this.trace.memory.has(array) ? array : array.buffer;
  }
}
