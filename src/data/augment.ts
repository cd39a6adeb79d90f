/**
 * Random changes of images, with torchvision's names. They are drawn again for each sample at each fetch.
 * They are composed of ops, so a compiled step draws and applies them on its native thread. Without their own
 * generator or seed, they follow `manualSeed` and the `seed` of `fit`.
 */

import { formatShape, ShapeError, ValueError } from "../errors.js";
import { arange, rand, tensor } from "../ops/create/create.js";
import { add, binary, compare, div, mul, sub, unary, where } from "../ops/elementwise/elementwise.js";
import { gather } from "../ops/index/indexing.js";
import { expand, reshape, to } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { Generator } from "../random.js";
import { numel } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** A transform that a `TransformedDataset` applies to the inputs of a batch: [B, …] → [B, …]. */
export interface Transform {
  /** Returns the changed inputs of a batch. */
  (x: Tensor): Tensor;
  /** The source of its random numbers. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/** The random numbers of a transform. */
export interface AugmentOptions {
  /** The source of the random numbers. Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
  /** Seed of a separate generator. Default: none, the random numbers are those of `generator`. */
  seed?: number;
}

/** Options of `randomShift`. */
export interface RandomShiftOptions extends AugmentOptions {
  /** Value of the pixels outside the image. Default 0: after normalisation, the mean. */
  fill?: number;
}

/** Options of `randomCrop`. */
export interface RandomCropOptions extends RandomShiftOptions {
  /** Pixels of `fill` around the image before it is cropped. Default 0. */
  padding?: number;
}

/**
 * Cuts a window of `size` (a side, or height and width) out of each image, anywhere in it (torchvision's
 * `RandomCrop`). Shapes: [B, …, H, W] → [B, …, h, w]. The transform throws ShapeError `CROP_TOO_LARGE` for
 * images that are smaller than the window.
 */
export function randomCrop(
  size: number | readonly [number, number],
  options: RandomCropOptions = {},
): Transform {
  const op = "randomCrop";
  checkOptions(op, options, ["padding", "fill", "generator", "seed"]);
  const [height, width] = twoOf(op, "size", size);
  for (const side of [height, width]) checkCount(op, "size", side, 1);
  const { padding = 0, fill = 0 } = options;
  checkCount(op, "padding", padding, 0);
  checkFill(op, fill);
  const generator = generatorOf(op, options);
  return drawing(generator, (x) => {
    const [h, w] = imageSize(op, x);
    const room = [h + 2 * padding - height, w + 2 * padding - width];
    if (room[0] < 0 || room[1] < 0)
      throw new ShapeError(
        `${op}: the window is larger than the image: ${formatShape([height, width])} from ${formatShape([h, w])} with padding ${padding}`,
        "CROP_TOO_LARGE",
      );
    const top = sub(randomIntegers(x.shape[0], room[0] + 1, generator), padding);
    const left = sub(randomIntegers(x.shape[0], room[1] + 1, generator), padding);
    return pixelsAt(x, add(top, arange(height)), add(left, arange(width)), fill);
  });
}

/**
 * Shifts each image by up to `pixels` (one number, or one for each direction: down, across). [B, …, H, W]
 * keeps its shape.
 * @example data.randomShift(2)(ones([5, 1, 28, 28])).shape // [5, 1, 28, 28]
 * @throws ShapeError for images without height and width.
 */
export function randomShift(
  pixels: number | readonly [number, number],
  options: RandomShiftOptions = {},
): Transform {
  const op = "randomShift";
  checkOptions(op, options, ["fill", "generator", "seed"]);
  const [down, across] = twoOf(op, "pixels", pixels);
  for (const most of [down, across]) checkCount(op, "pixels", most, 0);
  const { fill = 0 } = options;
  checkFill(op, fill);
  const generator = generatorOf(op, options);
  return drawing(generator, (x) => {
    const [h, w] = imageSize(op, x);
    const top = sub(randomIntegers(x.shape[0], 2 * down + 1, generator), down);
    const left = sub(randomIntegers(x.shape[0], 2 * across + 1, generator), across);
    return pixelsAt(x, add(top, arange(h)), add(left, arange(w)), fill);
  });
}

/**
 * Mirrors each image, left to right, with probability `p` (torchvision's `RandomHorizontalFlip`). [B, …, H,
 * W] keeps its shape. Default 0.5.
 * @example data.randomHorizontalFlip(1)(tensor([[[1, 2, 3]]])) // [[[3, 2, 1]]]
 * @throws ShapeError for images without height and width.
 */
export function randomHorizontalFlip(p = 0.5, options: AugmentOptions = {}): Transform {
  const op = "randomHorizontalFlip";
  checkOptions(op, options, ["generator", "seed"]);
  if (typeof p !== "number" || !(p >= 0 && p <= 1))
    throw new ValueError(`${op}: p is a probability from 0 to 1: ${quoted(p)}`, "INVALID_OPTION");
  const generator = generatorOf(op, options);
  return drawing(generator, (x) => {
    const [h, w] = imageSize(op, x);
    const flips = compare.lt(rand([x.shape[0], 1], { generator }), p);
    const columns = where(flips, sub(w - 1, arange(w)), arange(w));
    const rows = expand(reshape(arange(h), [1, h]), [x.shape[0], h]);
    return pixelsAt(x, rows, columns, 0);
  });
}

/**
 * (x − mean) / std with one mean and one deviation for each channel (torchvision's `Normalize`). Shapes: x
 * [B, C, …]. The transform throws ShapeError for images with another number of channels.
 * @example data.normalize([0.5], [0.25])(ones([2, 1, 4, 4])).shape // [2, 1, 4, 4]
 * @throws ValueError `INVALID_NORMALIZATION` for means and deviations that are not arrays, not finite, or
 * deviations that are not above 0; ShapeError for an x with another number of channels.
 */
export function normalize(mean: readonly number[], std: readonly number[]): Transform {
  for (const [name, given] of [
    ["mean", mean],
    ["std", std],
  ] as const)
    if (!Array.isArray(given))
      throw new ValueError(
        `normalize: ${name} is an array, a number for each channel: ${quoted(given)}`,
        "INVALID_NORMALIZATION",
      );
  if (mean.length === 0 || mean.length !== std.length)
    throw new ShapeError(`normalize: as many deviations as means: ${std.length} and ${mean.length}`);
  if (![...mean, ...std].every(Number.isFinite) || std.some((value) => value <= 0))
    throw new ValueError(
      `normalize: means are finite and deviations above 0: ${quoted(mean)} and ${quoted(std)}`,
      "INVALID_NORMALIZATION",
    );
  return (x) => {
    if (x.shape[1] !== mean.length)
      throw new ShapeError(`normalize: x is [B, ${mean.length}, …]: ${formatShape(x.shape)}`);
    const shape = [mean.length, ...x.shape.slice(2).map(() => 1)];
    return div(sub(x, reshape(tensor([...mean]), shape)), reshape(tensor([...std]), shape));
  };
}

/**
 * Gathers images from rows [B, h] and columns [B, w] of other images; positions outside get `fill`. Positions
 * are floats with integer values.
 */
function pixelsAt(x: Tensor, rows: Tensor, columns: Tensor, fill: number): Tensor {
  const [h, w] = x.shape.slice(-2);
  const count = x.shape[0];
  const channels = numel(x.shape.slice(1, -2));
  const [height, width] = [rows.shape[1], columns.shape[1]];
  const down = reshape(rows, [count, height, 1]);
  const across = reshape(columns, [count, 1, width]);
  const at = add(mul(clamped(down, h), w), clamped(across, w));
  const index = expand(reshape(to(at, "int32"), [count, 1, height * width]), [
    count,
    channels,
    height * width,
  ]);
  const picked = gather(reshape(x, [count, channels, h * w]), 2, index);
  const inside = mul(within(down, h), within(across, w));
  const pixels = where(
    reshape(inside, [count, 1, height, width]),
    reshape(picked, [count, channels, height, width]),
    fill,
  );
  return reshape(pixels, [...x.shape.slice(0, -2), height, width]);
}

const clamped = (position: Tensor, size: number) => unary.clamp(position, { min: 0, max: size - 1 });

const within = (position: Tensor, size: number) =>
  mul(compare.ge(position, 0), compare.le(position, size - 1));

/** float32 [count, 1]: uniform integers from 0 to `n` - 1. */
function randomIntegers(count: number, n: number, generator: Generator | undefined): Tensor {
  return binary.minimum(unary.floor(mul(rand([count, 1], { generator }), n)), n - 1);
}

function imageSize(op: string, x: Tensor): [height: number, width: number] {
  const [h, w] = x.shape.slice(-2);
  if (x.ndim < 3 || h === 0 || w === 0)
    throw new ShapeError(
      `${op}: images are [B, …, height, width], with pixels in them: ${formatShape(x.shape)}`,
    );
  return [h, w];
}

/** Attaches to a transform the generator of its random numbers. */
function drawing(generator: Generator | undefined, transform: (x: Tensor) => Tensor): Transform {
  return generator === undefined ? transform : Object.assign(transform, { generator });
}

function generatorOf(op: string, { generator, seed }: AugmentOptions): Generator | undefined {
  if (generator !== undefined && seed !== undefined)
    throw new ValueError(`${op}: a generator or a seed, not both: seed ${quoted(seed)}`, "INVALID_OPTION");
  return seed === undefined ? generator : new Generator(seed);
}

/** One number for both directions, or one for each. */
function twoOf(
  op: string,
  name: string,
  given: number | readonly [number, number],
): readonly [number, number] {
  if (typeof given === "number") return [given, given];
  if (Array.isArray(given) && given.length === 2) return [given[0], given[1]];
  throw new ValueError(`${op}: ${name} is a number or two of them: ${quoted(given)}`, "INVALID_OPTION");
}

function checkCount(op: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > 2 ** 20)
    throw new ValueError(
      `${op}: ${name} is an integer from ${least} to 2^20: ${quoted(value)}`,
      "INVALID_OPTION",
    );
}

function checkFill(op: string, fill: number): void {
  if (!Number.isFinite(fill))
    throw new ValueError(`${op}: fill is finite: ${String(fill)}`, "INVALID_OPTION");
}
