/** A stretch of memory: what busy threads claim, what a kernel call touches, what a tensor reaches. */
import type { Data } from "./dtype.js";

/** `A`: what stands for the array. */
export interface Region<A = Data> {
  readonly array: A;
  /** In elements. */
  readonly offset: number;
  /** In elements, from the first to the last. */
  readonly length: number;
}

/** Its first byte in the buffer of the array, and the one behind its last. */
export function bytesOf({ array, offset, length }: Region): [begin: number, end: number] {
  const { byteOffset, BYTES_PER_ELEMENT } = array;
  return [byteOffset + offset * BYTES_PER_ELEMENT, byteOffset + (offset + length) * BYTES_PER_ELEMENT];
}

/** Whether they have a byte in common. */
export function overlap(a: Region, b: Region): boolean {
  if (a.array.buffer !== b.array.buffer) return false;
  const [begin, end] = bytesOf(a);
  const [from, to] = bytesOf(b);
  return begin < to && from < end;
}
