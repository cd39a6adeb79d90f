import { checkTensors } from "../../arguments.js";
import { ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { exactly } from "../arguments/integers-as-float64.js";
import { type Sizes, sizesOf } from "./spatial.js";
import { largestOf } from "./window-maxima.js";
import { averages } from "./window-means.js";
import { adaptiveWindows, slidingWindows, type Window } from "./windows.js";

export interface MaxPoolOptions {
  /** Step from one window to the next. Default: the kernel size, so that windows do not overlap. */
  stride?: Sizes;
  /**
   * Number of positions on both sides of each axis that count as -Infinity; at most half of the extent of the
   * kernel. Default 0.
   */
  padding?: Sizes;
  /** Step from one element of a window to the next. Default 1. */
  dilation?: Sizes;
  /** Whether the last window may extend beyond the end. Default false. */
  ceilMode?: boolean;
  /** Whether to return `[values, indices]`. Default false. */
  returnIndices?: boolean;
}

export interface AvgPoolOptions {
  /** Step from one window to the next. Default: the kernel size, so that windows do not overlap. */
  stride?: Sizes;
  /** Zeros on both sides of each axis; at most half of the kernel. Default 0. */
  padding?: Sizes;
  /** Whether the last window may extend beyond the end. Default false. */
  ceilMode?: boolean;
  /** Whether the mean includes the zeros of the padding. Default true. */
  countIncludePad?: boolean;
}

export interface AvgPool2dOptions extends AvgPoolOptions {
  /** The divisor of the sums, instead of the size of their window. */
  divisorOverride?: number | null;
}

export interface AdaptiveMaxPoolOptions {
  /** Whether to return `[values, indices]`. Default false. */
  returnIndices?: boolean;
}

/** Sizes of an output; null keeps the size of the input. */
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

/** The values, or with `returnIndices` the values and their positions in the plane. */
export type MaxPooled<O> = O extends { returnIndices: true } ? [Tensor, Tensor] : Tensor;

/**
 * The largest element of each window of rows. If an element of a window is NaN, the result is NaN. Shapes: x
 * [N, C, L] or [C, L] → [N, C, L'] or [C, L']; indices (`int32`) likewise. PyTorch: `F.max_pool1d`.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded row.
 * @forms nn.functional.maxPool1d()
 */
export function maxPool1d<O extends MaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): MaxPooled<O> {
  checkTensors("maxPool1d", x);
  return maxPool("maxPool1d", 1, x, kernelSize, options) as MaxPooled<O>;
}

/**
 * The largest element of each window of images. If an element of a window is NaN, the result is NaN. Shapes:
 * x [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W']; indices (`int32`, row · W + column) likewise.
 * PyTorch: `F.max_pool2d`.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded image.
 * @forms nn.functional.maxPool2d()
 */
export function maxPool2d<O extends MaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): MaxPooled<O> {
  checkTensors("maxPool2d", x);
  return maxPool("maxPool2d", 2, x, kernelSize, options) as MaxPooled<O>;
}

/**
 * The largest element of each window of volumes. If an element of a window is NaN, the result is NaN. Shapes:
 * x [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W']; indices (`int32`, (slice · H +
 * row) · W + column) likewise. PyTorch: `F.max_pool3d`.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded volume.
 * @forms nn.functional.maxPool3d()
 */
export function maxPool3d<O extends MaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): MaxPooled<O> {
  checkTensors("maxPool3d", x);
  return maxPool("maxPool3d", 3, x, kernelSize, options) as MaxPooled<O>;
}

/** @internal For 1, 2 or 3 axes. */
export function maxPool(
  op: string,
  axes: number,
  x: Tensor,
  kernelSize: Sizes,
  options: MaxPoolOptions = {},
): Tensor | [Tensor, Tensor] {
  checkOptions(op, options, maxPoolOptions);
  const dilation = sizesOf(op, "dilation", options.dilation ?? 1, axes, 1);
  const sliding = slidingWindows(op, x, axes, kernelSize, { ...options, dilation });
  return largestOf(op, x, axes, sliding, dilation, options.returnIndices ?? false);
}

/**
 * The largest element of each of `outputSize` windows that together cover rows. Shapes: [N, C, L] or [C, L] →
 * [N, C, L'] or [C, L']. PyTorch: `F.adaptive_max_pool1d`.
 * @forms nn.functional.adaptiveMaxPool1d()
 */
export function adaptiveMaxPool1d<O extends AdaptiveMaxPoolOptions = object>(
  x: Tensor,
  outputSize: AdaptiveSizes,
  options?: O,
): MaxPooled<O> {
  checkTensors("adaptiveMaxPool1d", x);
  return adaptiveMaxPool("adaptiveMaxPool1d", 1, x, outputSize, options) as MaxPooled<O>;
}

/**
 * The largest element of each of `outputSize` windows that together cover images. Shapes: [N, C, H, W] or [C,
 * H, W] → [N, C, H', W'] or [C, H', W']. PyTorch: `F.adaptive_max_pool2d`.
 * @forms nn.functional.adaptiveMaxPool2d()
 */
export function adaptiveMaxPool2d<O extends AdaptiveMaxPoolOptions = object>(
  x: Tensor,
  outputSize: AdaptiveSizes,
  options?: O,
): MaxPooled<O> {
  checkTensors("adaptiveMaxPool2d", x);
  return adaptiveMaxPool("adaptiveMaxPool2d", 2, x, outputSize, options) as MaxPooled<O>;
}

/**
 * The largest element of each of `outputSize` windows that together cover volumes. Shapes: [N, C, D, H, W] or
 * [C, D, H, W] → [N, C, D', H', W'] or [C, D', H', W']. PyTorch: `F.adaptive_max_pool3d`.
 * @forms nn.functional.adaptiveMaxPool3d()
 */
export function adaptiveMaxPool3d<O extends AdaptiveMaxPoolOptions = object>(
  x: Tensor,
  outputSize: AdaptiveSizes,
  options?: O,
): MaxPooled<O> {
  checkTensors("adaptiveMaxPool3d", x);
  return adaptiveMaxPool("adaptiveMaxPool3d", 3, x, outputSize, options) as MaxPooled<O>;
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
  return largestOf(op, x, axes, windows, Array<number>(axes).fill(1), options.returnIndices ?? false);
}

/**
 * The mean of each window of rows. Shapes: x [N, C, L] or [C, L] → [N, C, L'] or [C, L']. PyTorch:
 * `F.avg_pool1d`.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded row.
 * @forms nn.functional.avgPool1d()
 */
export function avgPool1d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  checkTensors("avgPool1d", x);
  checkOptions("avgPool1d", options, avgPoolOptions);
  return avgPool("avgPool1d", 1, x, kernelSize, options);
}

/**
 * The mean of each window of images. Shapes: x [N, C, H, W] or [C, H, W] → [N, C, H', W'] or [C, H', W'].
 * PyTorch: `F.avg_pool2d`.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded image.
 * @forms nn.functional.avgPool2d()
 */
export function avgPool2d(x: Tensor, kernelSize: Sizes, options: AvgPool2dOptions = {}): Tensor {
  checkTensors("avgPool2d", x);
  checkOptions("avgPool2d", options, avgPool2dOptions);
  return avgPool("avgPool2d", 2, x, kernelSize, options);
}

/**
 * The mean of each window of volumes. Shapes: x [N, C, D, H, W] or [C, D, H, W] → [N, C, D', H', W'] or [C,
 * D', H', W']. PyTorch: `F.avg_pool3d`.
 * @throws ShapeError for other numbers of dims, and windows larger than the padded volume.
 * @forms nn.functional.avgPool3d()
 */
export function avgPool3d(x: Tensor, kernelSize: Sizes, options: AvgPool2dOptions = {}): Tensor {
  checkTensors("avgPool3d", x);
  checkOptions("avgPool3d", options, avgPool2dOptions);
  return avgPool("avgPool3d", 3, x, kernelSize, options);
}

/** @internal For 1, 2 or 3 axes; the options are already checked. */
export function avgPool(
  op: string,
  axes: number,
  x: Tensor,
  kernelSize: Sizes,
  options: AvgPool2dOptions,
): Tensor {
  return exactly([x], (values) => meansOf(op, axes, values, kernelSize, options));
}

function meansOf(op: string, axes: number, x: Tensor, kernelSize: Sizes, options: AvgPool2dOptions): Tensor {
  const { countIncludePad = true, divisorOverride } = options;
  if (divisorOverride === 0)
    throw new ValueError(`${op}: divisorOverride is not 0: ${quoted(divisorOverride)}`);
  const windows = slidingWindows(op, x, axes, kernelSize, options);
  const lengthOf = ({ begin, end, size }: Window) => (countIncludePad ? size : end - begin);
  const sizeOf = (window: readonly Window[]) => window.reduce((n, axis) => n * lengthOf(axis), 1);
  return averages(op, x, axes, windows, (window) => divisorOverride ?? sizeOf(window));
}

/**
 * The mean of each of `outputSize` windows that together cover rows. Shapes: [N, C, L] or [C, L] → [N, C, L']
 * or [C, L']. PyTorch: `F.adaptive_avg_pool1d`.
 * @forms nn.functional.adaptiveAvgPool1d()
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: AdaptiveSizes): Tensor {
  checkTensors("adaptiveAvgPool1d", x);
  return adaptiveAvgPool("adaptiveAvgPool1d", 1, x, outputSize);
}

/**
 * The mean of each of `outputSize` windows that together cover images. Shapes: [N, C, H, W] or [C, H, W] →
 * [N, C, H', W'] or [C, H', W']. PyTorch: `F.adaptive_avg_pool2d`.
 * @forms nn.functional.adaptiveAvgPool2d()
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSizes): Tensor {
  checkTensors("adaptiveAvgPool2d", x);
  return adaptiveAvgPool("adaptiveAvgPool2d", 2, x, outputSize);
}

/**
 * The mean of each of `outputSize` windows that together cover volumes. Shapes: [N, C, D, H, W] or [C, D, H,
 * W] → [N, C, D', H', W'] or [C, D', H', W']. PyTorch: `F.adaptive_avg_pool3d`.
 * @forms nn.functional.adaptiveAvgPool3d()
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: AdaptiveSizes): Tensor {
  checkTensors("adaptiveAvgPool3d", x);
  return adaptiveAvgPool("adaptiveAvgPool3d", 3, x, outputSize);
}

function adaptiveAvgPool(op: string, axes: number, x: Tensor, outputSize: AdaptiveSizes): Tensor {
  const windows = adaptiveWindows(op, x, axes, outputSize);
  return averages(op, x, axes, windows, (window) => window.reduce((n, axis) => n * axis.size, 1));
}
