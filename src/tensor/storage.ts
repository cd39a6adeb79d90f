import { CACHE_LINE, onCacheLine } from "../cache-lines.js";
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { DTypeError, SimdgradError } from "../errors.js";
import { tracing } from "../tracing.js";

/**
 * The memory behind one tensor and all its views. Each change in place adds one to `version`, so that backward can
 * tell when a tensor that it saved was overwritten. A storage may share its typed array with unrelated storages:
 * small ones are carved out of slabs.
 */
export class Storage {
  version = 0;
  constructor(
    readonly array: Data,
    /** First element that belongs to this storage. */
    readonly offset: number,
    readonly length: number,
    /** Whether it comes from `longLived`: what lies between two such storages in one slab is zero. */
    readonly longLived = false,
  ) {}

  /** Says that values in it were overwritten. */
  changed(): void {
    if (tracing !== null) tracing.changed(this);
    this.version++;
  }

  /** Whether both lie, at least partly, in the same memory. */
  overlaps(other: Storage): boolean {
    if (this.array.buffer !== other.array.buffer) return false;
    const range = (s: Storage) => {
      const start = s.array.byteOffset + s.offset * s.array.BYTES_PER_ELEMENT;
      return [start, start + s.length * s.array.BYTES_PER_ELEMENT];
    };
    const [start, end] = range(this);
    const [otherStart, otherEnd] = range(other);
    return start < otherEnd && otherStart < end;
  }
}

/**
 * Short-lived memory. V8 collects it; nothing is ever freed by hand.
 *
 * - Typed arrays of up to 64 bytes live on V8's own heap and are moved out, slowly, when native code asks for their
 *   address; and each typed array costs an ArrayBuffer. So small tensors are carved out of slabs. There are two size
 *   classes, since one tensor that is kept alive keeps its slab: a million kept losses must not pin the activations
 *   that were made beside them.
 * - Larger ones are arrays of their own, not zeroed: `new Float32Array(n)` would clear pages that the kernel is about
 *   to write.
 */
interface SizeClass {
  upTo: number;
  slabBytes: number;
  /** Entries start at multiples of this: 16 bytes are enough for a scalar, larger entries start on cache lines. */
  alignment: number;
  slabs: Map<unknown, Slab>;
}

interface Slab {
  array: Data;
  next: number;
}

const sizeClasses: readonly SizeClass[] = [
  { upTo: 64, slabBytes: 8 << 10, alignment: 16, slabs: new Map() },
  { upTo: 4 << 10, slabBytes: 128 << 10, alignment: CACHE_LINE, slabs: new Map() },
];

/** Memory for `length` elements; its values are whatever was there before. */
export function allocate(dtype: DType, length: number): Storage {
  const ArrayType = arrayTypes[dtype];
  if (ArrayType === undefined)
    throw new DTypeError(
      `dtype: one of ${Object.keys(arrayTypes).join(", ")} is needed: ${String(dtype)}`,
      "UNKNOWN_DTYPE",
    );
  if (tracing !== null) return new Storage(tracing.memory(dtype, length), 0, length);
  const itemBytes = ArrayType.BYTES_PER_ELEMENT;
  for (const { upTo, slabBytes, alignment, slabs } of sizeClasses) {
    if (length * itemBytes > upTo) continue;
    let slab = slabs.get(ArrayType);
    if (slab === undefined || slab.next + length > slab.array.length) {
      slab = { array: onCacheLine(dtype, slabBytes / itemBytes, (bytes) => new Uint8Array(bytes)), next: 0 };
      slabs.set(ArrayType, slab);
    }
    const step = alignment / itemBytes;
    const offset = slab.next;
    slab.next += Math.max(1, Math.ceil(length / step)) * step;
    return new Storage(slab.array, offset, length);
  }
  return new Storage(uninitialized(dtype, length), 0, length);
}

/** A typed array whose elements are not cleared; `Buffer.allocUnsafeSlow` is Node's only door to such memory. */
function uninitialized(dtype: DType, length: number): Data {
  try {
    return onCacheLine(dtype, length, Buffer.allocUnsafeSlow);
  } catch (cause) {
    throw new SimdgradError(
      "OUT_OF_MEMORY",
      `tensor: no memory for so many elements: ${length} of ${dtype}`,
      { cause },
    );
  }
}

const longLivedSlabBytes = 256 << 10;
const longLivedSlabs = new Map<string, Slab>();
/** Where the entries of long-lived slabs begin, in their order, and where the next one will. */
const entriesOf = new WeakMap<Data, number[]>();

/** A zeroed array on shared memory: JavaScript can neither detach nor transfer it, so native threads may work on it. */
export function sharedArray(dtype: DType, length: number): Data {
  return onCacheLine(dtype, length, (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)));
}

/**
 * Long-lived, zeroed, shared memory of one kind (`parameter`, `gradient`, a state of an optimizer). Consecutive small requests
 * of a kind are neighbours in a slab, so that an optimizer updates them with one kernel call. Each entry starts on a
 * cache line, and the gaps between entries are always zero.
 */
export function longLived(kind: string, dtype: DType, length: number): Storage {
  const ArrayType = arrayTypes[dtype];
  const step = CACHE_LINE / ArrayType.BYTES_PER_ELEMENT;
  const padded = Math.max(1, Math.ceil(length / step)) * step;
  const perSlab = longLivedSlabBytes / ArrayType.BYTES_PER_ELEMENT;
  if (padded > perSlab) return new Storage(sharedArray(dtype, padded), 0, length, true);
  const key = `${kind} ${dtype}`;
  let slab = longLivedSlabs.get(key);
  if (slab === undefined || slab.next + padded > slab.array.length) {
    slab = { array: sharedArray(dtype, perSlab), next: 0 };
    longLivedSlabs.set(key, slab);
    entriesOf.set(slab.array, [0]);
  }
  const offset = slab.next;
  slab.next += padded;
  entriesOf.get(slab.array)!.push(slab.next);
  return new Storage(slab.array, offset, length, true);
}

/** The memory that the tensor at `offset` of `array` shares with nothing but its views: an entry of a slab, or all of an array that is none. */
export function entryAt(array: Data, offset: number): { array: Data; offset: number; length: number } {
  const begins = entriesOf.get(array) ?? [0];
  const next = begins.findIndex((begin) => begin > offset);
  const begin = next < 0 ? begins[begins.length - 1] : begins[next - 1];
  return { array, offset: begin, length: (next < 0 ? array.length : begins[next]) - begin };
}
