import { differentiable } from "../autograd/graph.js";
import { isFloating } from "../dtype.js";
import { DTypeError, ValueError } from "../errors.js";
import { k } from "../kernels/backend.js";
import { checkOptions } from "../options.js";
import type { Shape } from "../shape.js";
import { empty, type Tensor } from "../tensor/tensor.js";
import { tensor } from "./create.js";
import { exactly } from "./exactly.js";
import { gather } from "./indexing.js";
import { asImages, type Sizes, sizesOf, twoAxes } from "./spatial.js";
import { dense, reshape } from "./views.js";
import { type Axis, adaptiveWindows, slidingWindows, windowTensor } from "./windows.js";

export interface MaxPoolOptions {
  /** Step from one window to the next. Default: the kernel size, so that windows do not overlap. */
  stride?: Sizes;
  /** Places on both sides of each axis that count as -Infinity; at most half of what a kernel reaches over. Default 0. */
  padding?: Sizes;
  /** Step from one element of a window to the next. Default 1. */
  dilation?: Sizes;
  /** Whether a last window may go beyond the end. Default false. */
  ceilMode?: boolean;
  /** Whether to return `[values, indices]`. Default false. */
  returnIndices?: boolean;
}

export interface AvgPoolOptions {
  /** Step from one window to the next. Default: the kernel size, so that windows do not overlap. */
  stride?: Sizes;
  /** Zeros on both sides of each axis; at most half of the kernel. Default 0. */
  padding?: Sizes;
  /** Whether a last window may go beyond the end. Default false. */
  ceilMode?: boolean;
  /** Whether zeros of the padding are counted in the mean. Default true. */
  countIncludePad?: boolean;
}

export interface AvgPool2dOptions extends AvgPoolOptions {
  /** What sums are divided by instead of the size of their window. */
  divisorOverride?: number | null;
}

export interface AdaptiveMaxPoolOptions {
  /** Whether to return `[values, indices]`. Default false. */
  returnIndices?: boolean;
}

/** Sizes of an output, of which null keeps that of the input. */
export type AdaptiveSizes = number | null | readonly (number | null)[];

/** @internal */
export const maxPoolOptions: readonly (keyof MaxPoolOptions)[] = [
  ...(["stride", "padding", "dilation", "ceilMode", "returnIndices"] as const),
];
/** @internal */
export const avgPoolOptions: readonly (keyof AvgPoolOptions)[] = [
  ...(["stride", "padding", "ceilMode", "countIncludePad"] as const),
];
/** @internal */
export const avgPool2dOptions: readonly (keyof AvgPool2dOptions)[] = [...avgPoolOptions, "divisorOverride"];

/** Values alone, or with `returnIndices` values and where in their plane they are. */
type MaxPooled<O> = O extends { returnIndices: true } ? [Tensor, Tensor] : Tensor;

/**
 * Largest of each window: `F.max_pool1d`. NaN wins.
 * Shapes: x [N, C, L] or [C, L] → [N, C, L'] or [C, L']; indices (`int32`) likewise.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded row.
 */
export function maxPool1d<O extends MaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): MaxPooled<O> {
  return maxPool("maxPool1d", 1, x, kernelSize, options) as MaxPooled<O>;
}

/**
 * Largest of each window: `F.max_pool2d`. NaN wins.
 * Shapes: x [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W']; indices (`int32`, row · W + column) likewise.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded image.
 */
export function maxPool2d<O extends MaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): MaxPooled<O> {
  return maxPool("maxPool2d", 2, x, kernelSize, options) as MaxPooled<O>;
}

function maxPool(
  op: string,
  axes: number,
  x: Tensor,
  kernelSize: Sizes,
  options: MaxPoolOptions = {},
): Tensor | [Tensor, Tensor] {
  checkOptions(op, options, maxPoolOptions);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, axes, 1);
  const sliding = slidingWindows(op, x, axes, kernelSize, { ...options, dilation });
  return largest(op, x, axes, sliding, dilation, options.returnIndices ?? false);
}

/** Largest of each of `outputSize` windows that cover x: `F.adaptive_max_pool1d`. Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L']. */
export function adaptiveMaxPool1d<O extends AdaptiveMaxPoolOptions = object>(
  x: Tensor,
  outputSize: AdaptiveSizes,
  options?: O,
): MaxPooled<O> {
  return adaptiveMaxPool("adaptiveMaxPool1d", 1, x, outputSize, options) as MaxPooled<O>;
}

/** Largest of each of `outputSize` windows that cover x: `F.adaptive_max_pool2d`. Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W']. */
export function adaptiveMaxPool2d<O extends AdaptiveMaxPoolOptions = object>(
  x: Tensor,
  outputSize: AdaptiveSizes,
  options?: O,
): MaxPooled<O> {
  return adaptiveMaxPool("adaptiveMaxPool2d", 2, x, outputSize, options) as MaxPooled<O>;
}

function adaptiveMaxPool(
  op: string,
  axes: number,
  x: Tensor,
  outputSize: AdaptiveSizes,
  options: AdaptiveMaxPoolOptions = {},
): Tensor | [Tensor, Tensor] {
  checkOptions(op, options, ["returnIndices"]);
  const windows = adaptiveWindows(op, x, axes, outputSize);
  return largest(op, x, axes, windows, Array<number>(axes).fill(1), options.returnIndices ?? false);
}

function largest(
  op: string,
  x: Tensor,
  axes: number,
  windows: readonly Axis[],
  dilation: readonly number[],
  returnIndices: boolean,
): Tensor | [Tensor, Tensor] {
  const { images, back } = asImages(op, x, axes);
  const [samples, channels, h, w] = images.shape;
  const planes = samples * channels;
  const [rows, columns] = twoAxes(windows, oneWindow);
  const [oh, ow] = [rows.length, columns.length];
  const from = dense(images);
  const out = empty([samples, channels, oh, ow], x.dtype);
  const index = empty(out.shape, "int32");
  const at = windowTensor(rows, columns);
  k.maxPool2d(
    ...([planes, h, w, oh, ow, ...twoAxes(dilation, 1)] as const),
    ...([at.storage.array as Int32Array, at.offset, from.storage.array, from.offset] as const),
    ...([out.storage.array, out.offset, index.storage.array as Int32Array, index.offset] as const),
  );
  const flat = reshape(index, [planes, oh * ow]);
  const values = differentiable(op, [images], out, (g) => [scattered(g, flat, images.shape)], {
    saves: [index],
  });
  return returnIndices ? [back(values), back(index)] : back(values);
}

/** The adjoint of taking the largest: `g` at the positions that were taken, and zeros. `index` [planes, places]. */
function scattered(g: Tensor, index: Tensor, shape: Shape): Tensor {
  const [planes, places] = index.shape;
  const from = dense(g);
  const out = empty(shape, g.dtype);
  const [h, w] = shape.slice(-2);
  k.maxPool2dGrad(
    ...([planes, h * w, places, index.storage.array as Int32Array, index.offset] as const),
    ...([from.storage.array, from.offset, out.storage.array, out.offset] as const),
  );
  return differentiable("maxPoolGrad", [g], out, (gg) => [
    reshape(gather(reshape(gg, [planes, h * w]), 1, index), g.shape),
  ]);
}

/** Of an axis that rows do not have. */
const oneWindow: Axis = [{ begin: 0, end: 1, size: 1 }];

/**
 * Mean of each window: `F.avg_pool1d`. Shapes: x [N, C, L] or [C, L] → [N, C, L'] or [C, L'].
 * @throws ShapeError for other numbers of dims, and windows larger than the padded row.
 */
export function avgPool1d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  checkOptions("avgPool1d", options, avgPoolOptions);
  return avgPool("avgPool1d", 1, x, kernelSize, options);
}

/**
 * Mean of each window: `F.avg_pool2d`. Shapes: x [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * @throws ShapeError for other numbers of dims, and windows larger than the padded image.
 */
export function avgPool2d(x: Tensor, kernelSize: Sizes, options: AvgPool2dOptions = {}): Tensor {
  checkOptions("avgPool2d", options, avgPool2dOptions);
  return avgPool("avgPool2d", 2, x, kernelSize, options);
}

function avgPool(op: string, axes: number, x: Tensor, kernelSize: Sizes, options: AvgPool2dOptions): Tensor {
  return exactly([x], (values) => meansOf(op, axes, values, kernelSize, options));
}

function meansOf(op: string, axes: number, x: Tensor, kernelSize: Sizes, options: AvgPool2dOptions): Tensor {
  const { countIncludePad = true, divisorOverride } = options;
  if (divisorOverride === 0) throw new ValueError(`${op}: divisorOverride is not 0: ${divisorOverride}`);
  const windows = slidingWindows(op, x, axes, kernelSize, options);
  const lengthOf = ({ begin, end, size }: Axis[number]) => (countIncludePad ? size : end - begin);
  return averages(op, x, axes, windows, (row, column) => divisorOverride ?? lengthOf(row) * lengthOf(column));
}

/** Mean of each of `outputSize` windows that cover x: `F.adaptive_avg_pool1d`. Shapes: [N, C, L] or [C, L] → [N, C, L'] or [C, L']. */
export function adaptiveAvgPool1d(x: Tensor, outputSize: AdaptiveSizes): Tensor {
  return adaptiveAvgPool("adaptiveAvgPool1d", 1, x, outputSize);
}

/** Mean of each of `outputSize` windows that cover x: `F.adaptive_avg_pool2d`. Shapes: [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W']. */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSizes): Tensor {
  return adaptiveAvgPool("adaptiveAvgPool2d", 2, x, outputSize);
}

function adaptiveAvgPool(op: string, axes: number, x: Tensor, outputSize: AdaptiveSizes): Tensor {
  const windows = adaptiveWindows(op, x, axes, outputSize);
  return averages(op, x, axes, windows, (row, column) => row.size * column.size);
}

/** `divisor` says what the sum over a window is divided by. */
function averages(
  op: string,
  x: Tensor,
  axes: number,
  windows: readonly Axis[],
  divisor: (row: Axis[number], column: Axis[number]) => number,
): Tensor {
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}`);
  const { images, back } = asImages(op, x, axes);
  const [rows, columns] = twoAxes(windows, oneWindow);
  const at = windowTensor(rows, columns);
  // The sum of an empty window is 0, whatever it is divided by.
  const each = rows.flatMap((row) => columns.map((column) => divisor(row, column) || 1));
  const divisors = tensor(each, { shape: [rows.length, columns.length], dtype: x.dtype });
  return back(averaged(images, at, divisors));
}

/** Sums over windows of x [N, C, H, W], divided. */
function averaged(x: Tensor, windows: Tensor, divisors: Tensor): Tensor {
  const out = empty([...x.shape.slice(0, 2), ...divisors.shape], x.dtype);
  average("avgPool2d", x.shape, windows, divisors, x, out);
  return differentiable("avgPool", [x], out, (g) => [shared(g, windows, divisors, x.shape)]);
}

/** The adjoint of `averaged`. */
function shared(g: Tensor, windows: Tensor, divisors: Tensor, shape: Shape): Tensor {
  const out = empty(shape, g.dtype);
  average("avgPool2dGrad", shape, windows, divisors, g, out);
  return differentiable("avgPoolGrad", [g], out, (gg) => [averaged(gg, windows, divisors)]);
}

function average(
  kernel: "avgPool2d" | "avgPool2dGrad",
  [samples, channels, h, w]: Shape,
  windows: Tensor,
  divisors: Tensor,
  x: Tensor,
  out: Tensor,
): void {
  const from = dense(x);
  k[kernel](
    ...([samples * channels, h, w, divisors.shape[0], divisors.shape[1]] as const),
    ...([windows.storage.array as Int32Array, windows.offset] as const),
    ...([divisors.storage.array, divisors.offset] as const),
    ...([from.storage.array, from.offset, out.storage.array, out.offset] as const),
  );
}
