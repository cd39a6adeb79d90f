/**
 * Memory that backward uses again. A gradient inside backward is dead once the rule that needed it has run,
 * and V8 would notice only at its next collection: by then a network has touched twenty times the memory that
 * its gradients need at once, and each new page costs a page fault.
 *
 * Only memory that no other code can hold is reused. That is memory of two kinds: what rules of the library
 * allocated during this backward, and what operations allocated `inside` for their own rules. Whatever
 * backward gives to other code (hooks, rules of an autograd.Function, results) is left to V8, and so is all
 * memory of a graph that stays.
 */
import type { Data } from "../dtype.js";

/** What this module needs to know of a storage. */
interface Reusable {
  /** Whether an operation allocated it for its own rule. */
  inside: boolean;
  /** Returns the memory; any later access to the storage throws. */
  surrender(): Data;
}

/** Smaller tensors cost no page faults: malloc keeps their memory. */
export const REUSED_FROM = 32 << 10;

/** Memory that waits for its next use, by its size in bytes; the last one is the warmest in the caches. */
const waiting = new Map<number, { array: Data; round: number }[]>();
/** Number of backwards so far. */
let round = 0;

/** Waiting memory of this size, or null. */
export function takeWaiting(bytes: number): Data | null {
  return waiting.get(bytes)?.pop()?.array ?? null;
}

/** Set by tests: called with memory that no tensor may read from now on. */
export const onRelease: { call: ((array: Data) => void) | null } = { call: null };

function putBack(array: Data): void {
  onRelease.call?.(array);
  const { byteLength } = array;
  const there = waiting.get(byteLength);
  if (there === undefined) waiting.set(byteLength, [{ array, round }]);
  else there.push({ array, round });
}

/** Drops memory that the last two backwards did not use. */
function dropUnused(): void {
  for (const [bytes, there] of waiting) {
    // Memory is taken from the end, so what has waited longest is at the start.
    const kept = there.filter((entry) => entry.round >= round - 1);
    if (kept.length === 0) waiting.delete(bytes);
    else if (kept.length < there.length) waiting.set(bytes, kept);
  }
}

/** After so many milliseconds without a backward, all waiting memory is dropped. */
const IDLE = 1000;
let idle: NodeJS.Timeout | null = null;

function dropWhenIdle(): void {
  if (waiting.size === 0) return;
  if (idle !== null) idle.refresh();
  else {
    idle = setTimeout(() => waiting.clear(), IDLE);
    idle.unref();
  }
}

interface OnStorage {
  readonly storage: object;
}

/** The memory allocated during one backward, and how many of the engine's gradients are on each. */
export class Lifetimes {
  readonly #holders = new Map<object, number>();
  /** Allocated since the last rule ended. */
  #fresh: (object & Reusable)[] = [];

  born(storage: object & Reusable): void {
    this.#holders.set(storage, 0);
    this.#fresh.push(storage);
  }

  /** The rule that reads this memory is about to run for the last time. */
  adopt(storage: object & Reusable): void {
    this.born(storage);
  }

  /** The engine keeps this gradient for a node. */
  hold({ storage }: OnStorage): void {
    const holders = this.#holders.get(storage);
    if (holders !== undefined) this.#holders.set(storage, holders + 1);
  }

  /** A gradient that was held has reached its node. */
  drop({ storage }: OnStorage): void {
    const holders = this.#holders.get(storage);
    if (holders === undefined) return;
    this.#holders.set(storage, holders - 1);
    if (holders === 1) this.#fresh.push(storage as object & Reusable);
  }

  /** Whether the engine holds the only tensor on this memory. */
  isAlone({ storage }: OnStorage): boolean {
    return this.#holders.get(storage) === 1;
  }

  /** Other code may hold this memory from now on. */
  expose({ storage }: OnStorage): void {
    this.#holders.delete(storage);
  }

  /** A rule has ended, and the engine holds what it returned. All else that it allocated is dead. */
  endRule(): void {
    for (const storage of this.#fresh)
      if (this.#holders.get(storage) === 0) {
        this.#holders.delete(storage);
        putBack(storage.surrender());
      }
    this.#fresh = [];
  }
}

/** Whether what is allocated now belongs to the node that saves it. */
export let allocatingInside = false;

/** Whether there has been such an allocation: without one, no node has to be searched. */
export let allocatedInside = false;

/** What a storage allocated now is: see `inside`. */
export function isInside(): boolean {
  if (allocatingInside) allocatedInside = true;
  return allocatingInside;
}

/**
 * Runs code of an operation that allocates memory for its own rule. One node saves what it returns (in its
 * list of saved tensors), and nothing else holds it: the operation does not return it, and no other node
 * saves it. Backward reuses it as soon as the rule has run.
 */
export function inside<T>(make: () => T): T {
  const before = allocatingInside;
  allocatingInside = true;
  try {
    return make();
  } finally {
    allocatingInside = before;
  }
}

/** Those of the running backward. Null outside, and where memory must not be reused. */
export let current: Lifetimes | null = null;

/** Runs code that may keep any tensor that it makes, and those that it gets. */
export function exposing<T>(given: readonly (OnStorage | null)[], fn: () => T): T {
  if (current === null) return fn();
  for (const x of given) if (x !== null) current.expose(x);
  return withLifetimes(null, fn);
}

/** Runs a backward with these lifetimes; without any, memory is not reused. */
export function withLifetimes<T>(lifetimes: Lifetimes | null, fn: () => T): T {
  const before = current;
  current = lifetimes;
  if (lifetimes !== null) round++;
  try {
    return fn();
  } finally {
    current = before;
    if (lifetimes !== null) {
      dropUnused();
      dropWhenIdle();
    }
  }
}
