/** What convolution and pooling ask of their arguments: dims of images, sizes along each of their axes. */

import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import type { Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { reshape } from "../shape/views.js";

/** One number for all spatial axes, or one for each. */
export type Sizes = number | readonly number[];

/** @internal One integer >= `least` for each of `axes`. */
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
 * @internal Images of one or two axes as [samples, channels, h, w], a row being an image of height 1, volumes
 *   of three as
 * [samples, channels, d, h, w]; and the way back for a result: what was not there before (the batch, the
 * height) goes again.
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

/** @internal `[w]` as `[missing, w]`; of a volume, height and width. */
export function twoAxes<T>(values: readonly T[], missing: T): [T, T] {
  return values.length === 1 ? [missing, values[0]] : (values.slice(-2) as [T, T]);
}

/** @internal The images of a batch may be none, but each has something in it. */
export function checkNotEmpty(op: string, x: Tensor, axes: number): void {
  const sizes: Shape = x.shape.slice(-axes - 1);
  if (sizes.includes(0)) throw new ShapeError(`${op}: only the batch may be empty: ${formatShape(x.shape)}`);
}
