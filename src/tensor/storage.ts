import { allocator } from "../allocator.js";
import { CACHE_LINE, onCacheLine } from "../cache-lines.js";
import { arrayTypes, type Data, type DType } from "../dtype.js";
import { DTypeError, SimdgradError } from "../errors.js";
import { isShared } from "../host/memory.js";
import { quoted } from "../quote.js";
import { tracing } from "../tracing.js";
import { allocatingInside, current, isInside, REUSED_FROM, takeWaiting } from "./reuse.js";
import { checkRoom, outOfMemory } from "./room.js";

/**
 * A value that structured cloning refuses, with this description as the message: a tensor's memory cannot be
 * sent directly.
 */
const notCloned = Symbol(
  "a tensor as it is: send x.toTransferable(), of which Tensor.from(…) makes a tensor again",
);

/**
 * The memory of a tensor and of all its views. Each in-place change increments `version`, so that backward
 * detects when a saved tensor was overwritten. A storage may share its typed array with unrelated storages:
 * small ones are parts of a slab.
 */
export abstract class Storage {
  /**
   * Makes `structuredClone` and `postMessage` throw: a clone would copy a whole slab, lose the methods, or
   * share memory silently.
   */
  protected readonly notCloned = notCloned;
  version = 0;
  /** @throws SimdgradError `DETACHED` if the ArrayBuffer was transferred, detached or made shorter. */
  abstract readonly array: Data;

  constructor(
    /** First element that belongs to this storage. */
    readonly offset: number,
    readonly length: number,
    /** Whether it comes from `longLived`: the gaps between such storages in a slab are zero. */
    readonly longLived = false,
  ) {}

  /** Records that values in it were overwritten. */
  changed(): void {
    if (tracing !== null) tracing.changed(this);
    this.version++;
  }

  /** Whether the two storages overlap in memory or are the same one (which matters if it has no elements). */
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

/**
 * Memory that cannot be detached: shared memory, which JavaScript can neither detach nor transfer, and the
 * placeholders of a trace.
 */
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

/** Memory on its own ArrayBuffer or on the user's: other code may transfer, detach or shrink that buffer. */
export class DetachableStorage extends Storage {
  /** Byte offset in the buffer at which the storage ends. */
  private end: number;
  /** See `inside` in reuse.ts. */
  inside = false;

  constructor(private readonly memory: Data) {
    super(0, memory.length);
    this.end = memory.byteOffset + memory.byteLength;
  }

  /**
   * Reads the length of the buffer: in Node 20, optimised code for `length` of a typed array may return the
   * value from before the detach.
   */
  get array(): Data {
    if (this.memory.buffer.byteLength < this.end) throw detached(this.memory.length, this.length);
    return this.memory;
  }

  /** Gives the memory away: every later access to this storage throws. */
  surrender(): Data {
    this.end = Number.POSITIVE_INFINITY;
    return this.memory;
  }
}

/** @internal A storage on a whole array: the user's, a loader's, or a placeholder of the running trace. */
export const storageOn = (array: Data): Storage =>
  tracing?.made(array) || isShared(array.buffer)
    ? new PinnedStorage(array, 0, array.length)
    : new DetachableStorage(array);

/** @internal The error for every access to detached memory. */
export function detached(length: number, needed: number): SimdgradError {
  return new SimdgradError(
    "DETACHED",
    `tensor: its memory is detached: ${length} of ${needed} elements are left; its ArrayBuffer was transferred, detached or made smaller: send x.toTransferable(), which is a copy`,
  );
}

/**
 * Short-lived memory. V8's garbage collector frees it.
 *
 * - Typed arrays of up to 64 bytes live on V8's own heap and are moved out, slowly, when native code asks for
 *   their address; and each typed array costs an ArrayBuffer. So small tensors are parts of slabs. There are
 *   two size classes, because a live tensor keeps its slab alive: a million kept losses must not keep the
 *   activations that were allocated beside them. Slabs are shared memory, which cannot be transferred:
 *   transferring one tensor's buffer would detach its neighbours. Slabs are smaller than the blocks that
 *   malloc requests from the operating system each time (128 KB).
 * - Larger tensors have their own arrays, which are not zeroed: `new Float32Array(n)` would clear pages that
 *   a kernel is about to write.
 */
interface SizeClass {
  upTo: number;
  slabBytes: number;
  /** Alignment of entries in a slab: 16 bytes for scalars, a cache line for larger entries. */
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

/** Memory for `length` elements, not initialised. */
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
  const bytes = length * itemBytes;
  if ((current === null && !allocatingInside) || bytes < REUSED_FROM)
    return new DetachableStorage(uninitialized(dtype, length));
  const storage = new DetachableStorage(reused(dtype, length) ?? uninitialized(dtype, length));
  storage.inside = isInside();
  current?.born(storage);
  return storage;
}

/** Memory that backward released. */
function reused(dtype: DType, length: number): Data | null {
  const ArrayType = arrayTypes[dtype];
  const found = takeWaiting(length * ArrayType.BYTES_PER_ELEMENT);
  if (found === null || found.constructor === ArrayType) return found;
  return new ArrayType(found.buffer as ArrayBuffer, found.byteOffset, length);
}

/** A typed array that is not initialised. */
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
 * A zeroed array on shared memory: JavaScript can neither detach nor transfer it, so native threads may work
 * on it.
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
 * Long-lived, zeroed, shared memory of one kind (`parameter`, `gradient`, an optimizer's state). Consecutive
 * small requests of a kind are neighbours in a slab, so that an optimizer updates them with one kernel call.
 * Each entry starts on a cache line, and the gaps between entries are always zero.
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
