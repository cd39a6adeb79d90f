/** Samples as pictures. */
import { dense } from "../../ops/shape/views.js";
import { numel } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { png } from "./png.js";

export interface Picture {
  readonly png: string;
  readonly width: number;
  readonly height: number;
}

/** Sides of a picture that a page shows. */
const LEAST = 4;
const MOST = 512;

interface Planes {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/** `[height, width]`, `[1, height, width]` or `[3, height, width]`; null for any other shape. */
function planesOf(shape: readonly number[]): Planes | null {
  const [height, width] = shape.slice(-2);
  const channels = shape.length === 3 ? shape[0] : 1;
  const fits = (side: number) => side >= LEAST && side <= MOST;
  if (![2, 3].includes(shape.length) || !fits(height) || !fits(width)) return null;
  return channels === 1 || channels === 3 ? { channels, height, width } : null;
}

/**
 * The sample as a picture, from its smallest value (black) to its largest (white); null if it has no such
 * shape. `shape`: that of the picture, if it is not the sample's own.
 */
export function pictureOf(x: Tensor, shape: readonly number[] = x.shape): Picture | null {
  const planes = planesOf(shape);
  if (planes === null || numel(shape) !== x.numel) return null;
  const { data } = dense(x.detach());
  const { channels, height, width } = planes;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint8Array(channels * height * width);
  for (let pixel = 0; pixel < height * width; pixel++)
    for (let c = 0; c < channels; c++)
      pixels[pixel * channels + c] = Math.round((data[c * height * width + pixel] - low) * scale);
  return { png: png(width, height, channels, pixels), width, height };
}

/** Side of the largest picture of a matrix. */
const LARGEST_MATRIX = 1000;

/** Counts as a picture: the darker, the larger the share of its row. Null for more than 1000 classes. */
export function matrixPicture(
  classes: number,
  counts: (row: number, column: number) => number,
): string | null {
  if (classes > LARGEST_MATRIX) return null;
  const pixels = new Uint8Array(4 * classes * classes);
  for (let row = 0; row < classes; row++) {
    let sum = 0;
    for (let column = 0; column < classes; column++) sum += counts(row, column);
    for (let column = 0; column < classes; column++) {
      const count = counts(row, column);
      if (count === 0) continue;
      // A single confusion among many samples stays visible.
      const opacity = Math.round(255 * Math.max(0.25, Math.sqrt(count / sum)));
      const color = row === column ? [42, 120, 214] : [214, 90, 40];
      pixels.set([...color, opacity], 4 * (row * classes + column));
    }
  }
  return png(classes, classes, 4, pixels);
}
