/** Argument checks of convolution and pooling: dims of images, and sizes along each axis. */

import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { reshape } from "../shape/views.js";

/** One number for all spatial axes, or one for each. */
export type Sizes = number | readonly number[];

/** @internal One integer >= `least` per axis. */
export function sizesOf(op: string, name: string, value: Sizes, axes: number, least: number): number[] {
  const all: readonly number[] = typeof value === "number" ? Array<number>(axes).fill(value) : value;
  const given = Array.isArray(all) && all.length === 1 ? Array<number>(axes).fill(all[0]) : all;
  if (
    !Array.isArray(given) ||
    given.length !== axes ||
    !given.every((n) => Number.isSafeInteger(n) && n >= least)
  )
    throw new ValueError(
      `${op}: ${name} is an integer >= ${least}${axes === 1 ? "" : `, or ${axes} of them`}: ${quoted(value)}`,
      "INVALID_SIZE",
    );
  return given;
}

/**
 * @internal Converts rows and images to [samples, channels, h, w], where a row is an image of height 1, and
 * volumes to [samples, channels, d, h, w]. Also returns the way back for a result, which removes the added
 * dims (the batch, the height).
 */
export function asImages(
  op: string,
  x: Tensor,
  axes: number,
  weight?: Tensor,
): { images: Tensor; back: (y: Tensor) => Tensor } {
  const batched = x.ndim === axes + 2;
  if (!batched && x.ndim !== axes + 1)
    throw new ShapeError(
      `${op}: x has ${axes + 1} dims, or ${axes + 2} with a batch: ${formatShape(x.shape)}${weight === undefined ? "" : ` for weight ${formatShape(weight.shape)}`}`,
    );
  const [samples, ...rest] = batched ? x.shape : [1, ...x.shape];
  const [channels, ...sizes] = rest;
  const shape = [samples, channels, ...(axes === 1 ? [1] : []), ...sizes];
  const back = (y: Tensor) => {
    const image = [y.shape[1], ...y.shape.slice(-axes)];
    return y.ndim === x.ndim ? y : reshape(y, batched ? [y.shape[0], ...image] : image);
  };
  return { images: shape.length === x.ndim ? x : reshape(x, shape), back };
}

/** @internal Converts `[w]` to `[missing, w]`; for a volume, returns height and width. */
export function twoAxes<T>(values: readonly T[], missing: T): [T, T] {
  return values.length === 1 ? [missing, values[0]] : (values.slice(-2) as [T, T]);
}

/** @internal A batch may contain no images, but no image may be empty. */
export function checkNotEmpty(op: string, x: Tensor, axes: number): void {
  const sizes: Shape = x.shape.slice(-axes - 1);
  if (sizes.includes(0)) throw new ShapeError(`${op}: only the batch may be empty: ${formatShape(x.shape)}`);
}
