/**
 * Where tensors get their memory: the backend in use allocates it, because its kernels must be able to reach
 * it.
 */

export interface Allocator {
  /** New memory for one tensor, not cleared. */
  uncleared(bytes: number): Uint8Array;
  /** New, cleared memory on a SharedArrayBuffer, which JavaScript can neither detach nor transfer. */
  shared(bytes: number): Uint8Array;
}

/**
 * Memory that JavaScript allocates. In Node only `Buffer.allocUnsafeSlow` returns memory that is not cleared.
 */
export const ordinary: Allocator = {
  uncleared: Buffer.allocUnsafeSlow,
  shared: (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)),
};

/** The allocator in use. */
export let allocator = ordinary;

export function allocateFrom(other: Allocator): void {
  allocator = other;
}
