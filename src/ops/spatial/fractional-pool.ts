import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Generator } from "../../random.js";
import { numel } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { arange, fillRandom, full, tensor } from "../create/create.js";
import { add, mul, sub, unary } from "../elementwise/elementwise.js";
import { gather } from "../index/indexing.js";
import { argmax } from "../reduce/reduce.js";
import { cat } from "../shape/join.js";
import { expand, reshape, select, squeeze, to, unsqueeze } from "../shape/views.js";
import { checkNotEmpty, type Sizes, sizesOf } from "./spatial.js";

export interface FractionalMaxPoolOptions {
  /** Sizes of the result. Give either these or `outputRatio`. */
  outputSize?: Sizes | null;
  /** Sizes of the result as fractions of those of x, between 0 and 1. */
  outputRatio?: Sizes | null;
  /** Whether to return `[values, indices]`. Default false. */
  returnIndices?: boolean;
  /**
   * Random numbers for the window positions, between 0 and 1: [N, C, 2] for width and height, [N, C, 3] for
   * depth, height and width. Default: drawn.
   */
  randomSamples?: Tensor | null;
  generator?: Generator;
}

/** @internal */
export const fractionalMaxPoolOptions: readonly (keyof FractionalMaxPoolOptions)[] = [
  ...(["outputSize", "outputRatio", "returnIndices", "randomSamples", "generator"] as const),
];

/** The values, or with `returnIndices` the values and their positions in the plane. */
export type Pooled<O> = O extends { returnIndices: true } ? [Tensor, Tensor] : Tensor;

/**
 * The largest element of each of `outputSize` windows that begin at random places of an image (Graham, 2014):
 * `fractionalMaxPool2d(x, 3, [4, 4])` or `{ outputRatio: 0.5 }`. Shapes: x [N, C, H, W] or [C, H, W] → [N, C,
 * H', W'] or [C, H', W']. PyTorch: `F.fractional_max_pool2d`.
 * @throws ShapeError for other numbers of dims, and more windows than fit.
 * @forms nn.functional.fractionalMaxPool2d()
 */
export function fractionalMaxPool2d<O extends FractionalMaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): Pooled<O>;
export function fractionalMaxPool2d<O extends FractionalMaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  outputSize: Sizes | null | undefined,
  options?: O,
): Pooled<O>;
export function fractionalMaxPool2d(
  x: Tensor,
  kernelSize: Sizes,
  outputSize?: Sizes | null | FractionalMaxPoolOptions,
  options?: FractionalMaxPoolOptions,
): Tensor | [Tensor, Tensor] {
  checkTensors("fractionalMaxPool2d", x);
  return fractionalMaxPool("fractionalMaxPool2d", 2, x, kernelSize, outputSize, options);
}

/**
 * As `fractionalMaxPool2d`, for volumes: [N, C, D, H, W] or [C, D, H, W]. PyTorch: `F.fractional_max_pool3d`.
 * @example nn.functional.fractionalMaxPool3d(ones([1, 8, 8, 8]), 2, [3, 3, 3]).shape // [1, 3, 3, 3]
 * @throws ShapeError for other numbers of dims, and more windows than fit; DTypeError for integers.
 * @forms nn.functional.fractionalMaxPool3d()
 */
export function fractionalMaxPool3d<O extends FractionalMaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  options?: O,
): Pooled<O>;
export function fractionalMaxPool3d<O extends FractionalMaxPoolOptions = object>(
  x: Tensor,
  kernelSize: Sizes,
  outputSize: Sizes | null | undefined,
  options?: O,
): Pooled<O>;
export function fractionalMaxPool3d(
  x: Tensor,
  kernelSize: Sizes,
  outputSize?: Sizes | null | FractionalMaxPoolOptions,
  options?: FractionalMaxPoolOptions,
): Tensor | [Tensor, Tensor] {
  checkTensors("fractionalMaxPool3d", x);
  return fractionalMaxPool("fractionalMaxPool3d", 3, x, kernelSize, outputSize, options);
}

function fractionalMaxPool(
  op: string,
  axes: number,
  x: Tensor,
  kernelSize: Sizes,
  outputSize: Sizes | null | undefined | FractionalMaxPoolOptions,
  named: FractionalMaxPoolOptions = {},
): Tensor | [Tensor, Tensor] {
  const byPosition = typeof outputSize === "number" || Array.isArray(outputSize);
  const first = byPosition ? { outputSize: outputSize as Sizes } : (outputSize ?? {});
  for (const given of [first, named]) checkOptions(op, given, fractionalMaxPoolOptions);
  const options: FractionalMaxPoolOptions = { ...(first as FractionalMaxPoolOptions), ...named };
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}`);
  if (x.ndim !== axes + 1 && x.ndim !== axes + 2)
    throw new ShapeError(
      `${op}: x has ${axes + 1} dims, or ${axes + 2} with a batch: ${formatShape(x.shape)}`,
    );
  checkNotEmpty(op, x, axes);
  const kernel = sizesOf(op, "kernelSize", kernelSize, axes, 1);
  const sizes = x.shape.slice(-axes);
  const counts = countsOf(op, axes, x, options);
  if (sizes.some((size, i) => counts[i] + kernel[i] - 1 > size))
    throw new ShapeError(
      `${op}: the windows begin at different places: ${formatShape(counts)} of ${formatShape(kernel)} for x ${formatShape(x.shape)}`,
    );
  const lead = x.shape.slice(0, -axes);
  const planes = numel(lead);
  const samples = samplesOf(op, axes, x, options);
  const starts = sizes.map((size, axis) => {
    const sample = select(samples, 1, axes === 2 ? 1 - axis : axis);
    return startsOf(unsqueeze(sample, 1), counts[axis], size - kernel[axis]);
  });
  const inWindows = placesOf(starts, kernel, sizes);
  const flat = reshape(x, [planes, numel(sizes)]);
  const [windows, each] = [numel(counts), numel(kernel)];
  const seen = reshape(gather(flat.detach(), 1, inWindows), [planes, windows, each]);
  const which = argmax(seen, 2, { keepdim: true });
  const index = squeeze(gather(reshape(inWindows, [planes, windows, each]), 2, which), 2);
  const shape = [...lead, ...counts];
  const values = reshape(gather(flat, 1, index), shape);
  return options.returnIndices ? [values, reshape(index, shape)] : values;
}

function countsOf(op: string, axes: number, x: Tensor, options: FractionalMaxPoolOptions): number[] {
  const { outputSize, outputRatio } = options;
  if ((outputSize == null) === (outputRatio == null))
    throw new ValueError(
      `${op}: either outputSize or outputRatio is given: ${outputSize == null ? "none" : "both"}`,
    );
  if (outputSize != null) return sizesOf(op, "outputSize", outputSize, axes, 1);
  const ratios = typeof outputRatio === "number" ? new Array<number>(axes).fill(outputRatio) : outputRatio!;
  if (!Array.isArray(ratios) || ratios.length !== axes || !ratios.every((r) => r > 0 && r < 1))
    throw new ValueError(`${op}: outputRatio is between 0 and 1, or ${axes} of them: ${quoted(outputRatio)}`);
  const sizes = x.shape.slice(-axes).map((size, i) => Math.floor(size * ratios[i]));
  return sizesOf(op, "outputSize", sizes, axes, 1);
}

/** [planes, axes]: given, or drawn. */
function samplesOf(op: string, axes: number, x: Tensor, options: FractionalMaxPoolOptions): Tensor {
  const lead = x.shape.slice(0, -axes);
  const { randomSamples } = options;
  if (randomSamples == null) {
    const drawn = empty([numel(lead), axes], x.dtype);
    fillRandom(drawn, "uniform", 0, 1, options.generator);
    return drawn;
  }
  if (randomSamples.dtype !== x.dtype || randomSamples.numel !== numel(lead) * axes)
    throw new ShapeError(
      `${op}: randomSamples is [N, C, ${axes}] of the dtype of x: ${randomSamples.dtype} ${formatShape(randomSamples.shape)} for ${x.dtype} ${formatShape(x.shape)}`,
    );
  return reshape(randomSamples.detach(), [numel(lead), axes]);
}

/**
 * The start positions of `count` windows in an axis, of which the last starts at `room`: [planes, count], for
 * samples [planes, 1].
 */
function startsOf(sample: Tensor, count: number, room: number): Tensor {
  const [planes] = sample.shape;
  const last = full([planes, 1], room, { dtype: "int32" });
  if (count === 1) return last;
  const step = room / (count - 1);
  const moved = add(sample, arange(count - 1, { dtype: sample.dtype }));
  const begin = sub(unary.trunc(mul(moved, step)), unary.trunc(mul(sample, step)));
  return cat([to(begin, "int32"), last], 1);
}

/** Positions in the plane of all elements of all windows: [planes, windows · elements of one]. */
function placesOf(starts: readonly Tensor[], kernel: readonly number[], sizes: readonly number[]): Tensor {
  const axes = sizes.length;
  const [planes] = starts[0].shape;
  const counts = starts.map((start) => start.shape[1]);
  const shape = [planes, ...counts, ...kernel];
  const parts = starts.map((start, axis) => {
    const step = numel(sizes.slice(axis + 1));
    const along = (place: number, size: number) => shape.map((_, d) => (d === place ? size : 1));
    const begin = reshape(start, [planes, ...along(axis + 1, counts[axis]).slice(1)]);
    const offset = tensor([...Array(kernel[axis]).keys()], {
      shape: along(axes + axis + 1, kernel[axis]),
      dtype: "int32",
    });
    return mul(add(begin, offset), step);
  });
  const all = parts.reduce((a, b) => add(a, b));
  return reshape(expand(all, shape), [planes, numel(counts) * numel(kernel)]);
}
