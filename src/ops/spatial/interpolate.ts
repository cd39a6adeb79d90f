import { checkTensors } from "../../arguments.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { checkHeap, checkRoom } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { add, mul } from "../elementwise/elementwise.js";
import { indexSelect } from "../index/indexing.js";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./pool.js";
import { cubicTaps, linearTaps, nearestTaps, type Resampled, smoothTaps, type Tap } from "./resampling.js";
import { type Sizes, sizesOf } from "./spatial.js";

export type InterpolateMode =
  | "nearest"
  | "nearest-exact"
  | "linear"
  | "bilinear"
  | "bicubic"
  | "trilinear"
  | "area";

export interface InterpolateOptions {
  /** Sizes of the result, one for all axes or one for each. Give either this or `scaleFactor`. */
  size?: Sizes | null;
  /** Factor of the length of an axis: ⌊length · scaleFactor⌋. */
  scaleFactor?: Sizes | null;
  /** Default `nearest`. */
  mode?: InterpolateMode;
  /**
   * Whether the centres of the corner elements keep their positions, instead of the outer corners; for linear
   * and cubic modes. Default false.
   */
  alignCorners?: boolean | null;
  /**
   * Whether positions are computed from the two sizes, as with `size`, instead of from the factor. Default
   * false.
   */
  recomputeScaleFactor?: boolean | null;
  /** Whether an image is smoothed when it is made smaller; for `bilinear` and `bicubic`. Default false. */
  antialias?: boolean;
}

/** @internal */
export const interpolateOptions = [
  ...(["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor", "antialias"] as const),
] as const satisfies readonly (keyof InterpolateOptions)[];

/** The number of axes that a mode requires; modes that are not listed accept any number. */
const axesOf: Partial<Record<InterpolateMode, number>> = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };
export const interpolationModes = [
  "nearest",
  "nearest-exact",
  "linear",
  "bilinear",
  "bicubic",
  "trilinear",
  "area",
];
const means = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];

/**
 * Rows, images or volumes resampled to other sizes: `interpolate(x, [64, 64])`,
 * `interpolate(x, { scaleFactor: 2, mode: "bilinear" })`.
 * Shapes: x [N, C, L], [N, C, H, W] or [N, C, D, H, W] → the same with other lengths. PyTorch:
 * `F.interpolate`.
 * @throws ShapeError for numbers of dims that the mode is not for.
 * @throws ValueError for another `mode`, and for options that the mode does not have; DTypeError for
 * integers, except in the modes `nearest` and `nearest-exact`.
 * @forms nn.functional.interpolate()
 */
export function interpolate(
  x: Tensor,
  size?: Sizes | null | InterpolateOptions,
  options: InterpolateOptions = {},
): Tensor {
  checkTensors("interpolate", x);
  return interpolated("interpolate", x, size, options);
}

/**
 * `interpolate` under its former name. Shapes as there. PyTorch: `F.upsample`.
 * @example nn.functional.upsample(tensor([[[1, 2]]]), 4) // [[[1, 1, 2, 2]]]
 * @throws ShapeError, ValueError and DTypeError as `interpolate`.
 * @forms nn.functional.upsample()
 */
export function upsample(
  x: Tensor,
  size?: Sizes | null | InterpolateOptions,
  options: InterpolateOptions = {},
): Tensor {
  checkTensors("upsample", x);
  return interpolated("upsample", x, size, options);
}

/** The size of a result whose mode is known. */
export type UpsampleSize = Pick<InterpolateOptions, "size" | "scaleFactor">;

/**
 * `interpolate` in mode `nearest`. Shapes as there. Without `size`, `scaleFactor` is needed. PyTorch:
 * `F.upsample_nearest`.
 * @example nn.functional.upsampleNearest(tensor([[[1, 2]]]), 4) // [[[1, 1, 2, 2]]]
 * @throws ShapeError and ValueError as `interpolate`.
 * @forms nn.functional.upsampleNearest()
 */
export function upsampleNearest(
  x: Tensor,
  size?: Sizes | null | UpsampleSize,
  options: UpsampleSize = {},
): Tensor {
  checkTensors("upsampleNearest", x);
  return interpolated("upsampleNearest", x, size, options, { mode: "nearest" });
}

/**
 * `interpolate` in mode `bilinear` with `alignCorners`.
 * Shapes: [N, C, H, W] → [N, C, H', W']. Without `size`, `scaleFactor` is needed. PyTorch:
 * `F.upsample_bilinear`.
 * @example nn.functional.upsampleBilinear(tensor([[[[1, 2]]]]), [1, 3]) // [[[[1, 1.5, 2]]]]
 * @throws ShapeError, ValueError and DTypeError as `interpolate`.
 * @forms nn.functional.upsampleBilinear()
 */
export function upsampleBilinear(
  x: Tensor,
  size?: Sizes | null | UpsampleSize,
  options: UpsampleSize = {},
): Tensor {
  checkTensors("upsampleBilinear", x);
  return interpolated("upsampleBilinear", x, size, options, { mode: "bilinear", alignCorners: true });
}

function interpolated(
  op: string,
  x: Tensor,
  given: Sizes | null | undefined | InterpolateOptions,
  options: InterpolateOptions,
  fixed?: InterpolateOptions,
): Tensor {
  const known = fixed === undefined ? interpolateOptions : interpolateOptions.slice(0, 2);
  const byPosition = typeof given === "number" || Array.isArray(given);
  const named = byPosition ? { size: given as Sizes } : ((given ?? {}) as InterpolateOptions);
  checkOptions(op, named, known);
  checkOptions(op, options, known);
  const all = { ...named, ...options, ...fixed };
  const { mode = "nearest", alignCorners, antialias = false } = all;
  const axes = x.ndim - 2;
  if (!interpolationModes.includes(mode))
    throw new ValueError(`${op}: mode is one of ${interpolationModes.join(", ")}: ${quoted(mode)}`);
  if (axes < 1 || axes > 3)
    throw new ShapeError(`${op}: x is [N, C, L], [N, C, H, W] or [N, C, D, H, W]: ${formatShape(x.shape)}`);
  if ((axesOf[mode] ?? axes) !== axes)
    throw new ShapeError(`${op}: mode ${mode} is for ${axesOf[mode]! + 2} dims: x ${formatShape(x.shape)}`);
  if (alignCorners != null && axesOf[mode] === undefined)
    throw new ValueError(`${op}: alignCorners is an option of linear and cubic modes: ${mode}`);
  if (antialias && mode !== "bilinear" && mode !== "bicubic")
    throw new ValueError(`${op}: antialias is an option of bilinear and bicubic modes: ${mode}`);
  if (!isFloating(x.dtype) && !mode.startsWith("nearest"))
    throw new DTypeError(`${op}: a float tensor is needed in mode ${mode}: ${x.dtype}; use to("float32")`);
  const lengths = lengthsOf(op, x, axes, all);
  if (mode === "area")
    return means[axes - 1](
      x,
      lengths.map(({ out }) => out),
    );
  return lengths.reduce((y, length, axis) => {
    const how = { ...length, alignCorners: alignCorners ?? false };
    return resampled(y, axis + 2, tapsOf(how, mode, antialias, x.dtype));
  }, x);
}

/** The resampling of each axis. */
function lengthsOf(
  op: string,
  x: Tensor,
  axes: number,
  options: InterpolateOptions,
): Omit<Resampled, "alignCorners">[] {
  const { size, scaleFactor, recomputeScaleFactor } = options;
  const sizes = x.shape.slice(2);
  if ((size == null) === (scaleFactor == null))
    throw new ValueError(`${op}: either size or scaleFactor is given: ${size == null ? "none" : "both"}`);
  if (size != null && recomputeScaleFactor)
    throw new ValueError(`${op}: recomputeScaleFactor goes with scaleFactor: size ${quoted(size)}`);
  if (sizes.includes(0))
    throw new ShapeError(`${op}: only batch and channels may be empty: ${formatShape(x.shape)}`);
  if (size != null)
    return checked(
      op,
      sizesOf(op, "size", size, axes, 1).map((out, i) => ({ size: sizes[i], out, scale: undefined })),
    );
  const factors = typeof scaleFactor === "number" ? new Array<number>(axes).fill(scaleFactor) : scaleFactor!;
  if (!Array.isArray(factors) || factors.length !== axes || !factors.every((f) => f > 0 && f < Infinity))
    throw new ValueError(
      `${op}: scaleFactor is a number > 0, or ${axes} of them: ${quoted(scaleFactor)}`,
      "INVALID_SIZE",
    );
  const found = sizes.map((length, i) => {
    const out = Math.floor(length * factors[i]);
    if (out < 1)
      throw new ShapeError(
        `${op}: the result has elements: ${formatShape(x.shape)} by ${formatShape(factors)}`,
      );
    return { size: length, out, scale: recomputeScaleFactor ? undefined : factors[i] };
  });
  return checked(op, found);
}

/** Checks the memory of the result and of each axis: an element of an axis needs a few JavaScript numbers. */
function checked<Axis extends { out: number }>(op: string, axes: Axis[]): Axis[] {
  checkRoom(
    op,
    "float32",
    axes.reduce((n, { out }) => n * out, 1),
  );
  for (const { out } of axes) checkHeap(op, [out, 8]);
  return axes;
}

function tapsOf(axis: Resampled, mode: InterpolateMode, antialias: boolean, dtype: DType): Tap[] {
  if (mode.startsWith("nearest")) return nearestTaps(axis, mode === "nearest-exact", dtype !== "float64");
  const kind = mode === "bicubic" ? "cubic" : "linear";
  if (antialias) return smoothTaps(axis, kind);
  return kind === "cubic" ? cubicTaps(axis) : linearTaps(axis);
}

/** Along `dim`, the weighted sum of the elements that are read. */
function resampled(x: Tensor, dim: number, taps: readonly Tap[]): Tensor {
  const shape = x.shape.map((_, d) => (d === dim ? taps[0].places.length : 1));
  const parts = taps.map(({ places, weights }) => {
    const read = indexSelect(x, dim, tensor([...places], { dtype: "int32" }));
    return weights === undefined ? read : mul(read, tensor([...weights], { shape, dtype: x.dtype }));
  });
  return parts.reduce((a, b) => add(a, b));
}
