/** A range of memory: what a busy thread claims, what a kernel call accesses, what a tensor covers. */
import type { Data } from "./dtype.js";

/** `A`: the type that stands for the array. */
export interface Region<A = Data> {
  readonly array: A;
  /** In elements. */
  readonly offset: number;
  /** In elements, from the first to the last. */
  readonly length: number;
}

/** The position of its first byte in the buffer of the array, and the position after its last byte. */
export function bytesOf({ array, offset, length }: Region): [begin: number, end: number] {
  const { byteOffset, BYTES_PER_ELEMENT } = array;
  return [byteOffset + offset * BYTES_PER_ELEMENT, byteOffset + (offset + length) * BYTES_PER_ELEMENT];
}

/** Whether two regions have a byte in common. */
export function overlap(a: Region, b: Region): boolean {
  if (a.array.buffer !== b.array.buffer) return false;
  const [begin, end] = bytesOf(a);
  const [from, to] = bytesOf(b);
  return begin < to && from < end;
}
