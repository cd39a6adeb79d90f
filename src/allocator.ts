/**
 * Where tensors get their memory: the backend in use allocates it, because its kernels must be able to reach
 * it.
 */

import { sharedMemory, uncleared } from "./host/memory.js";

export interface Allocator {
  /** New memory for one tensor, not cleared. */
  uncleared(bytes: number): Uint8Array;
  /** New, cleared memory on a SharedArrayBuffer, which JavaScript can neither detach nor transfer. */
  shared(bytes: number): Uint8Array;
}

/** Memory that JavaScript allocates. */
export const ordinary: Allocator = {
  uncleared,
  shared: (bytes) => new Uint8Array(sharedMemory(bytes)),
};

/** The allocator in use. */
export let allocator = ordinary;

export function allocateFrom(other: Allocator): void {
  allocator = other;
}
