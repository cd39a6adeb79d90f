/** The memory of the host: how to allocate it, and how much there may be. */
import { constants } from "node:buffer";
import { endianness, totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";

/** New memory that is not cleared. In Node only `Buffer.allocUnsafeSlow` returns such memory. */
export const uncleared: (bytes: number) => Uint8Array = Buffer.allocUnsafeSlow;

/** New, cleared memory that JavaScript can neither detach nor transfer, and that threads may share. */
export const sharedMemory = (bytes: number): ArrayBufferLike => new SharedArrayBuffer(bytes);

export const isShared = (memory: ArrayBufferLike): boolean => memory instanceof SharedArrayBuffer;

export const isLittleEndian = (): boolean => endianness() === "LE";

/**
 * The most bytes of one request: the least of the machine's memory, the limit of the process's control group
 * and the largest buffer of this Node (4 GiB in Node 20).
 */
export function mostBytes(): number {
  // Without a limit the control group reports 0 or a number larger than the memory of any machine.
  const allowed = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  return Math.min(totalmem(), allowed, constants.MAX_LENGTH);
}

/** The bytes that are left in the heap of JavaScript's objects. */
export function heapLeft(): number {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  return limit - used;
}
