/** Where tensors get their memory from: the backend in use, whose kernels must reach it. */

export interface Allocator {
  /** Memory of its own for one tensor, not cleared. */
  uncleared(bytes: number): Uint8Array;
  /** Cleared memory on a SharedArrayBuffer, which JavaScript can neither detach nor transfer. */
  shared(bytes: number): Uint8Array;
}

/** Memory of JavaScript. `Buffer.allocUnsafeSlow` is Node's only door to memory that is not cleared. */
export const ordinary: Allocator = {
  uncleared: Buffer.allocUnsafeSlow,
  shared: (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)),
};

/** The one in use. */
export let allocator = ordinary;

export function allocateFrom(other: Allocator): void {
  allocator = other;
}
