/** The windows of pooling, axis by axis: they depend only on sizes. */
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { numel } from "../../shape.js";
import { checkHeap, checkRoom, roomFor } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { checkNotEmpty, type Sizes, sizesOf } from "./spatial.js";

/** The position of a window in an axis, and its number of elements including the padding. */
export interface Window {
  readonly begin: number;
  readonly end: number;
  readonly size: number;
}

export type Axis = readonly Window[];

export interface SlidingOptions {
  readonly stride?: Sizes;
  readonly padding?: Sizes;
  readonly dilation?: Sizes;
  readonly ceilMode?: boolean;
}

/** @internal Windows of `kernelSize` over the last `axes` dims of x. */
export function slidingWindows(
  op: string,
  x: Tensor,
  axes: number,
  kernelSize: Sizes,
  options: SlidingOptions,
): Axis[] {
  checkImages(op, x, axes);
  const kernel = sizesOf(op, "kernelSize", kernelSize, axes, 1);
  // In PyTorch's functions an empty list means the default.
  const none = Array.isArray(options.stride) && options.stride.length === 0;
  const stride = sizesOf(op, "stride", none ? kernel : (options.stride ?? kernel), axes, 1);
  const padding = sizesOf(op, "padding", options.padding ?? 0, axes, 0);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, axes, 1);
  const reach = kernel.map((n, i) => dilation[i] * (n - 1) + 1);
  if (padding.some((n, i) => 2 * n > kernel[i]))
    throw new ValueError(
      `${op}: padding is at most half of the kernel: ${formatShape(padding)} for ${formatShape(kernel)}`,
    );
  const sizes = x.shape.slice(-axes);
  return sizes.map((size, i) => {
    const [step, pad] = [stride[i], padding[i]];
    const count = countOf(size + 2 * pad - reach[i], step, size + pad, options.ceilMode ?? false);
    if (count < 1)
      throw new ShapeError(
        `${op}: the window is not larger than the padded image: ${formatShape(reach)} for x ${formatShape(x.shape)}, padding ${formatShape(padding)}`,
      );
    checkCount(op, count);
    return Array.from({ length: count }, (_, o) => {
      const start = o * step - pad;
      const begin = start < 0 ? start + Math.ceil(-start / dilation[i]) * dilation[i] : start;
      const stop = Math.min(start + reach[i], size + pad);
      const end = Math.min(stop, size);
      return { begin: Math.min(begin, end), end, size: stop - start };
    });
  });
}

/**
 * `room`: how far the first window can move; `limit`: windows must begin before this, relative to the start
 * of the first window.
 */
function countOf(room: number, step: number, limit: number, ceil: boolean): number {
  if (!ceil) return Math.floor(room / step) + 1;
  const count = Math.ceil(room / step) + 1;
  return (count - 1) * step >= limit ? count - 1 : count;
}

/**
 * @internal The requested number of windows that cover the axis, with sizes as equal as possible, and an
 * overlap of at most one element.
 */
export function adaptiveWindows(
  op: string,
  x: Tensor,
  axes: number,
  outputSize: number | null | readonly (number | null)[],
): Axis[] {
  checkImages(op, x, axes);
  const given = Array.isArray(outputSize)
    ? outputSize
    : Array<number | null>(axes).fill(outputSize as number);
  const sizes = x.shape.slice(-axes);
  const known = given.map((n: number | null, i: number) => n ?? sizes[i]);
  const counts = sizesOf(op, "outputSize", known, axes, 0);
  // The size of the result is checked before the memory for the list of windows.
  checkRoom(op, x.dtype, (numel(x.shape) / numel(sizes)) * numel(counts));
  for (const count of counts) checkCount(op, count);
  return sizes.map((size, i) =>
    Array.from({ length: counts[i] }, (_, o) => {
      const begin = Math.floor((o * size) / counts[i]);
      const end = Math.ceil(((o + 1) * size) / counts[i]);
      return { begin, end, size: end - begin };
    }),
  );
}

/**
 * A window is an object. @throws SimdgradError `OUT_OF_MEMORY` for more windows than fit in the JavaScript
 * heap.
 */
function checkCount(op: string, count: number): void {
  checkHeap(op, [count, 8]);
}

function checkImages(op: string, x: Tensor, axes: number): void {
  if (x.ndim !== axes + 1 && x.ndim !== axes + 2)
    throw new ShapeError(
      `${op}: x has ${axes + 1} dims, or ${axes + 2} with a batch: ${formatShape(x.shape)}`,
    );
  checkNotEmpty(op, x, axes);
}

/** @internal The window of an axis that rows do not have. */
export const oneWindow: Axis = [{ begin: 0, end: 1, size: 1 }];

/** @internal A separate window for every element of an axis. */
export const oneByOne = (size: number): Axis =>
  Array.from({ length: size }, (_, i) => ({ begin: i, end: i + 1, size: 1 }));

/** @internal Windows in the form that kernels take: of rows, then of columns. */
export function windowTensor(rows: Axis, columns: Axis): Tensor {
  const places = roomFor("pool", "int32", 2 * (rows.length + columns.length));
  let at = 0;
  for (const axis of [rows, columns])
    for (const { begin, end } of axis) {
      places[at++] = begin;
      places[at++] = end;
    }
  return tensor(places);
}
