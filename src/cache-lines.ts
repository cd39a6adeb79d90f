/**
 * Memory that begins on a cache line. Loading a vector that straddles two lines takes twice the time, and
 * memory that `malloc` gives V8 begins 16 bytes after a line. Only native code sees addresses. Without it
 * memory begins anywhere, and alignment does not matter.
 */
import { arrayTypes, type Data, type DType } from "./dtype.js";

export const CACHE_LINE = 64;

/** Bytes between the start of the cache line and the first element of an array. */
export type BehindLine = (array: Uint8Array) => number;

let behindLine: BehindLine | null = null;

export function seeAddresses(how: BehindLine): void {
  behindLine = how;
}

/** Asking for the address takes 0.6 µs, which is what misalignment costs in a pass over this many bytes. */
const WORTH_ASKING = 32 << 10;

/**
 * A typed array over memory that `make` allocates with the given size in bytes. Small arrays are not aligned.
 */
export function onCacheLine(dtype: DType, length: number, make: (bytes: number) => Uint8Array): Data {
  const ArrayType = arrayTypes[dtype];
  const bytes = length * ArrayType.BYTES_PER_ELEMENT;
  if (behindLine === null || bytes < WORTH_ASKING) {
    const memory = make(bytes);
    return new ArrayType(memory.buffer as ArrayBuffer, memory.byteOffset, length);
  }
  const memory = make(bytes + CACHE_LINE);
  const behind = behindLine(memory);
  const skip = behind === 0 ? 0 : CACHE_LINE - behind;
  return new ArrayType(memory.buffer as ArrayBuffer, memory.byteOffset + skip, length);
}
