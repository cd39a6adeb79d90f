/**
 * How much memory one request may ask for. Operating systems grant more than there is and end the process when it is used; V8 ends
 * the process when an array of JavaScript outgrows its heap. Neither can be caught, so both are refused before.
 */
import { constants } from "node:buffer";
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { arrayTypes, type DType } from "../dtype.js";
import { ShapeError, SimdgradError } from "../errors.js";

/** Requests below it are never looked at: to ask the operating system takes microseconds. */
const WORTH_ASKING = 256 << 20;

/** What the machine has, what the control group of the process allows, or the largest buffer of this Node (4 GiB in Node 20). */
function mostBytes(): number {
  // Without a limit the control group answers 0 or a number beyond every machine.
  const allowed = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  return Math.min(totalmem(), allowed, constants.MAX_LENGTH);
}

/** @internal @throws SimdgradError `OUT_OF_MEMORY`, of the same form wherever memory ends. */
export function outOfMemory(op: string, dtype: DType, length: number, cause?: unknown): SimdgradError {
  const bytes = length * arrayTypes[dtype].BYTES_PER_ELEMENT;
  return new SimdgradError(
    "OUT_OF_MEMORY",
    `${op}: no memory for so many elements: ${length} of ${dtype}, which are ${bytes} bytes; one tensor may have ${mostBytes()} bytes here`,
    { cause },
  );
}

/**
 * @internal A number of elements that memory can be made for: the check that every allocation goes through, before it changes any state.
 * @throws ShapeError `INVALID_SHAPE` for what is no number of elements; SimdgradError `OUT_OF_MEMORY` for more than the machine has.
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

/** @internal Zeroed numbers outside of tensors: what a function collects before it knows how many there are. */
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

/** What a tensor that is a view takes in V8's heap, with its shape and strides. */
const VIEW_BYTES = 400;

/**
 * @internal Whether a list of so many tensors fits in the heap of V8.
 * @throws SimdgradError `OUT_OF_MEMORY`.
 */
export function checkList(op: string, count: number): void {
  if (count < 10_000) return;
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  if (count * VIEW_BYTES * 2 < limit - used) return;
  throw new SimdgradError(
    "OUT_OF_MEMORY",
    `${op}: JavaScript has no memory for a list of so many tensors: ${count}, which take ${count * VIEW_BYTES} bytes`,
  );
}

/** Longer arrays of JavaScript are dictionaries: ten times the memory, until V8 gives up. */
const LONGEST_ARRAY = 1 << 25;

/**
 * @internal Whether nested arrays of JavaScript of this shape fit in the heap of V8: 8 bytes a number, and about 64 for each array.
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
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  // An array that turns out to hold fractions is copied: twice the memory for a moment.
  if (shape.every((size) => size <= LONGEST_ARRAY) && bytes * 2 < limit - used) return;
  throw new SimdgradError(
    "OUT_OF_MEMORY",
    `${op}: JavaScript has no memory for arrays of so many numbers: [${shape.join(", ")}], which are ${elements} elements and at least ${bytes} bytes${instead}`,
  );
}
