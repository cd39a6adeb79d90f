/**
 * What `compile` asks of the rest of the library. While a function is being traced nothing is computed: memory is a stand-in,
 * kernels are noted, and state of JavaScript that the function reads or writes is told to `tracing`. Outside a trace it is null.
 */
import type { Data, DType } from "./dtype.js";

export interface Tracing {
  /** A stand-in for `length` elements of memory: it has an identity and no values. */
  memory(dtype: DType, length: number): Data;
  /** Whether `array` is such a stand-in. */
  made(array: Data): boolean;
  /** `owner[name]` was read: a recording is good only as long as it, or what `again` answers, is still `value`. */
  read(owner: object, name: string, value: unknown, again?: () => unknown): void;
  /** `owner[name]`, now `before`, is about to be set: each replay sets it too. */
  write(owner: object, name: string, before: unknown): void;
  /** `owner[name]`, now `before`, is about to be set for as long as the trace runs: graphs do not leave it. */
  borrow(owner: object, name: string, before: unknown): void;
  /** Tensors whose gradient, in the memory that is kept for it, was read: a later backward leaves that memory alone. */
  readonly gradientsRead: Set<object>;
  /** A kernel writes to this memory: its version is one more, now and after each replay. */
  changed(storage: { version: number }): void;
  /** Throws: what cannot be replayed must not be recorded. `instead` says what to do. */
  refuse(what: string, instead: string): never;
}

/** The trace that is running. */
export let tracing: Tracing | null = null;

/** Runs `fn` inside a trace, or (null) outside of the one that is running: with real memory and real kernels. */
export function withTracing<T>(next: Tracing | null, fn: () => T): T {
  const before = tracing;
  tracing = next;
  try {
    return fn();
  } finally {
    tracing = before;
  }
}

/** How often memory has been put behind a tensor that is already in use (`Module.to`): recordings from before have the former. */
export let moves = 0;

export function memoryMoved(): void {
  if (tracing !== null) tracing.refuse("a parameter is cast", "cast the module outside");
  moves++;
}

let placeNow: () => string = () => "";

/** `nn` tells how to ask which module is running. */
export function setPlace(place: () => string): void {
  placeNow = place;
}

/** The module whose `forward` is running, as errors write it: `Sequential[2].Linear`; "" outside. */
export function place(): string {
  return placeNow();
}
