/**
 * The hooks that `compile` needs in the rest of the library. While a function is being traced nothing is
 * computed: memory is a placeholder, kernel calls are recorded, and reads and writes of JavaScript state are
 * reported to `tracing`. Outside a trace `tracing` is null.
 */
import type { Data, DType } from "./dtype.js";

export interface Tracing {
  /** A placeholder for `length` elements of memory: it has an identity and no values. */
  memory(dtype: DType, length: number): Data;
  /** Whether `array` is a placeholder of this trace. */
  made(array: Data): boolean;
  /**
   * Records that `owner[name]` was read. The recording is valid only while it is still `value`; if `again` is
   * given, while `again` still returns `value`.
   */
  read(owner: object, name: string, value: unknown, again?: () => unknown): void;
  /** Records that `owner[name]`, whose value is `before`, is about to be set. Each replay sets it too. */
  write(owner: object, name: string, before: unknown): void;
  /**
   * The same for a value that is restored when the trace ends: an autograd graph must not outlive its trace.
   */
  borrow(owner: object, name: string, before: unknown): void;
  /** Tensors whose accumulated gradient memory was read: a later backward must not reuse that memory. */
  readonly gradientsRead: Set<object>;
  /** Records that a kernel writes to this memory: its version increases by one now and after each replay. */
  changed(storage: { version: number }): void;
  /** Throws an error, because this operation cannot be replayed. `instead` says what to do. */
  refuse(what: string, instead: string): never;
}

/** The running trace. */
export let tracing: Tracing | null = null;

/** Runs `fn` inside a trace, or (null) outside the running one: with real memory and real kernels. */
export function withTracing<T>(next: Tracing | null, fn: () => T): T {
  const before = tracing;
  tracing = next;
  try {
    return fn();
  } finally {
    tracing = before;
  }
}

/**
 * Counts how often a tensor in use got new memory (`Module.to`). Recordings made before such a move refer to
 * the former memory.
 */
export let moves = 0;

export function memoryMoved(): void {
  if (tracing !== null) tracing.refuse("a parameter is cast", "cast the module outside");
  moves++;
}

let placeNow: () => string = () => "";

/** `nn` sets the function that tells which module is running. */
export function setPlace(place: () => string): void {
  placeNow = place;
}

/** The module whose `forward` is running, as errors write it: `Sequential[2].Linear`; "" outside a module. */
export function place(): string {
  return placeNow();
}
