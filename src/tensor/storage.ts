import { allocator } from "../allocator.js";
import { CACHE_LINE, onCacheLine } from "../cache-lines.js";
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { DTypeError, SimdgradError } from "../errors.js";
import { quoted } from "../quote.js";
import { tracing } from "../tracing.js";
import { checkRoom, outOfMemory } from "./room.js";

/** What structured cloning refuses, with its description as the message: the memory of a tensor is not sent as it is. */
const notCloned = Symbol(
  "a tensor as it is: send x.toTransferable(), of which Tensor.from(…) makes a tensor again",
);

/**
 * The memory behind one tensor and all its views. Each change in place adds one to `version`, so that backward can
 * tell when a tensor that it saved was overwritten. A storage may share its typed array with unrelated storages:
 * small ones are carved out of slabs.
 */
export abstract class Storage {
  /** Makes `structuredClone` and `postMessage` throw: a clone would be a whole slab without methods, or share memory in silence. */
  protected readonly notCloned = notCloned;
  version = 0;
  /** @throws SimdgradError `DETACHED` when JavaScript has taken the memory away. */
  abstract readonly array: Data;

  constructor(
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

  /** Whether both lie, at least partly, in the same memory, or share a version: one without elements does so with itself. */
  overlaps(other: Storage): boolean {
    if (this === other) return true;
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

/** Memory that nobody can take away: shared memory, which JavaScript neither detaches nor transfers, and the stand-ins of a trace. */
export class PinnedStorage extends Storage {
  constructor(
    readonly array: Data,
    offset: number,
    length: number,
    longLived = false,
  ) {
    super(offset, length, longLived);
  }
}

/** Memory on an ArrayBuffer of its own, or of the user's, all of it: another owner may transfer, detach or shrink it. */
export class DetachableStorage extends Storage {
  /** Where it ends in its buffer, in bytes. */
  private readonly end: number;

  constructor(private readonly memory: Data) {
    super(0, memory.length);
    this.end = memory.byteOffset + memory.byteLength;
  }

  /** Asks the buffer: what V8 compiles for `length` of a typed array was seen to answer from before it was detached (Node 20). */
  get array(): Data {
    if (this.memory.buffer.byteLength < this.end) throw detached(this.memory.length, this.length);
    return this.memory;
  }
}

/** @internal All of an array: of the user, of a loader, or a stand-in of the trace that is running. */
export const storageOn = (array: Data): Storage =>
  tracing?.made(array) || array.buffer instanceof SharedArrayBuffer
    ? new PinnedStorage(array, 0, array.length)
    : new DetachableStorage(array);

/** @internal The error of everything that meets memory which is gone. */
export function detached(length: number, needed: number): SimdgradError {
  return new SimdgradError(
    "DETACHED",
    `tensor: its memory was taken away: ${length} of ${needed} elements are left; its ArrayBuffer was transferred, detached or made smaller: send x.toTransferable(), which is a copy`,
  );
}

/**
 * Short-lived memory. V8 collects it; nothing is ever freed by hand.
 *
 * - Typed arrays of up to 64 bytes live on V8's own heap and are moved out, slowly, when native code asks for their
 *   address; and each typed array costs an ArrayBuffer. So small tensors are carved out of slabs. There are two size
 *   classes, since one tensor that is kept alive keeps its slab: a million kept losses must not pin the activations
 *   that were made beside them. Slabs are shared memory: who transfers the buffer of one tensor would take its neighbours along.
 *   They are smaller than what malloc asks the operating system for (128 KB), each time anew.
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
  { upTo: 4 << 10, slabBytes: 64 << 10, alignment: CACHE_LINE, slabs: new Map() },
];

/** Memory for `length` elements; its values are whatever was there before. */
export function allocate(dtype: DType, length: number): Storage {
  const ArrayType = arrayTypes[dtype];
  if (ArrayType === undefined)
    throw new DTypeError(
      `dtype: one of ${Object.keys(arrayTypes).join(", ")} is needed: ${quoted(dtype)}`,
      "UNKNOWN_DTYPE",
    );
  checkRoom("tensor", dtype, length);
  if (tracing !== null) return new PinnedStorage(tracing.memory(dtype, length), 0, length);
  const itemBytes = ArrayType.BYTES_PER_ELEMENT;
  for (const { upTo, slabBytes, alignment, slabs } of sizeClasses) {
    if (length * itemBytes > upTo) continue;
    let slab = slabs.get(ArrayType);
    if (slab === undefined || slab.next + length > slab.array.length) {
      slab = { array: sharedArray(dtype, slabBytes / itemBytes), next: 0 };
      slabs.set(ArrayType, slab);
    }
    const step = alignment / itemBytes;
    const offset = slab.next;
    slab.next += Math.max(1, Math.ceil(length / step)) * step;
    return new PinnedStorage(slab.array, offset, length);
  }
  return new DetachableStorage(uninitialized(dtype, length));
}

/** A typed array whose elements are not cleared. */
function uninitialized(dtype: DType, length: number): Data {
  try {
    return onCacheLine(dtype, length, allocator.uncleared);
  } catch (cause) {
    throw outOfMemory("tensor", dtype, length, cause);
  }
}

const longLivedSlabBytes = 256 << 10;
const longLivedSlabs = new Map<string, Slab>();

/**
 * A zeroed array on shared memory: JavaScript can neither detach nor transfer it, so native threads may work on it.
 * @throws SimdgradError `OUT_OF_MEMORY`.
 */
export function sharedArray(dtype: DType, length: number): Data {
  checkRoom("tensor", dtype, length);
  try {
    return onCacheLine(dtype, length, allocator.shared);
  } catch (cause) {
    throw outOfMemory("tensor", dtype, length, cause);
  }
}

/**
 * Long-lived, zeroed, shared memory of one kind (`parameter`, `gradient`, a state of an optimizer). Consecutive small requests
 * of a kind are neighbours in a slab, so that an optimizer updates them with one kernel call. Each entry starts on a
 * cache line, and the gaps between entries are always zero.
 */
export function longLived(kind: string, dtype: DType, length: number): Storage {
  checkRoom("tensor", dtype, length);
  const ArrayType = arrayTypes[dtype];
  const step = CACHE_LINE / ArrayType.BYTES_PER_ELEMENT;
  const padded = Math.max(1, Math.ceil(length / step)) * step;
  const perSlab = longLivedSlabBytes / ArrayType.BYTES_PER_ELEMENT;
  if (padded > perSlab) return new PinnedStorage(sharedArray(dtype, padded), 0, length, true);
  const key = `${kind} ${dtype}`;
  let slab = longLivedSlabs.get(key);
  if (slab === undefined || slab.next + padded > slab.array.length) {
    slab = { array: sharedArray(dtype, perSlab), next: 0 };
    longLivedSlabs.set(key, slab);
  }
  const offset = slab.next;
  slab.next += padded;
  return new PinnedStorage(slab.array, offset, length, true);
}
