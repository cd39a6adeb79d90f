/**
 * Limits the memory of one request. An operating system grants more memory than exists and kills the process
 * that uses it; V8 ends the process if a JavaScript array outgrows the heap. Neither can be caught, so such
 * requests throw before anything is allocated.
 */
import { arrayTypes, type DType } from "../dtype.js";
import { ShapeError, SimdgradError } from "../errors.js";
import { heapLeft, mostBytes } from "../host/memory.js";

/** Smaller requests are not checked: asking the operating system takes microseconds. */
const WORTH_ASKING = 256 << 20;

/** @internal @throws SimdgradError `OUT_OF_MEMORY`, with the same message for every allocation. */
export function outOfMemory(op: string, dtype: DType, length: number, cause?: unknown): SimdgradError {
  const bytes = length * arrayTypes[dtype].BYTES_PER_ELEMENT;
  return new SimdgradError(
    "OUT_OF_MEMORY",
    `${op}: not enough memory: ${length} elements of ${dtype} take ${bytes} bytes; a tensor may take ${mostBytes()} bytes here`,
    { cause },
  );
}

/**
 * @internal Checks that memory for this number of elements can be allocated. Every allocation calls it before
 * it changes any state.
 * @throws ShapeError `INVALID_SHAPE` if `length` is not a number of elements; SimdgradError `OUT_OF_MEMORY`
 * if it is too large.
 */
export function checkRoom(op: string, dtype: DType, length: number): void {
  if (length * 8 <= WORTH_ASKING && length >= 0 && Math.floor(length) === length) return;
  if (!(Number.isInteger(length) && length >= 0))
    throw new ShapeError(
      `${op}: a number of elements is an integer >= 0: ${String(length)}`,
      "INVALID_SHAPE",
    );
  const bytes = length * arrayTypes[dtype].BYTES_PER_ELEMENT;
  if (!Number.isSafeInteger(bytes) || (bytes > WORTH_ASKING && bytes > mostBytes()))
    throw outOfMemory(op, dtype, length);
}

/** @internal A zeroed typed array that is not a tensor, for results whose number is not yet known. */
export function roomFor<D extends "float64" | "int32">(
  op: string,
  dtype: D,
  length: number,
): InstanceType<(typeof arrayTypes)[D]> {
  checkRoom(op, dtype, length);
  try {
    return new arrayTypes[dtype](length) as InstanceType<(typeof arrayTypes)[D]>;
  } catch (cause) {
    throw outOfMemory(op, dtype, length, cause);
  }
}

/** Bytes that a view, with its shape and strides, takes in V8's heap. */
const VIEW_BYTES = 400;

/**
 * @internal Checks that a list of `count` tensors fits in V8's heap.
 * @throws SimdgradError `OUT_OF_MEMORY`.
 */
export function checkList(op: string, count: number): void {
  if (count < 10_000) return;
  if (count * VIEW_BYTES * 2 < heapLeft()) return;
  throw new SimdgradError(
    "OUT_OF_MEMORY",
    `${op}: not enough memory in JavaScript's heap: a list of ${count} tensors takes ${count * VIEW_BYTES} bytes`,
  );
}

/** V8 stores longer JavaScript arrays as dictionaries, which take ten times the memory. */
const LONGEST_ARRAY = 1 << 25;

/**
 * @internal Checks that nested JavaScript arrays of this shape fit in V8's heap: 8 bytes for each number and
 * about 64 for each array.
 * @throws SimdgradError `OUT_OF_MEMORY`.
 */
export function checkHeap(op: string, shape: readonly number[], instead = ""): void {
  let arrays = 1;
  let elements = 1;
  for (const size of shape) {
    arrays = elements;
    elements *= size;
  }
  const bytes = 8 * elements + 64 * arrays;
  if (bytes < 8 << 20) return;
  // V8 copies an array of integers when the first fraction is stored: twice the memory for a moment.
  if (shape.every((size) => size <= LONGEST_ARRAY) && bytes * 2 < heapLeft()) return;
  throw new SimdgradError(
    "OUT_OF_MEMORY",
    `${op}: not enough memory in JavaScript's heap: arrays of shape [${shape.join(", ")}] have ${elements} elements and take at least ${bytes} bytes${instead}`,
  );
}
