import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Generator } from "../../random.js";
import type { Shape } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { fillRandom, zeros } from "../create/create.js";
import { add, compare, mul, where } from "../elementwise/elementwise.js";
import { squeeze, unsqueeze } from "../shape/views.js";
import { seluAlpha, seluScale } from "./selu.js";

/*
 * Variants of dropout: they drop whole channels, or use values that preserve mean and variance.
 */

export interface ChannelDropoutOptions {
  /** Probability of being dropped. Default 0.5. */
  p?: number;
  /** Whether to drop. Default true, and false for `alphaDropout` and `featureAlphaDropout`. */
  training?: boolean;
  generator?: Generator;
}

/** The options with their defaults; throws for invalid options. */
function checked(op: string, x: Tensor, options: ChannelDropoutOptions, training: boolean) {
  checkOptions(op, options, ["p", "training", "generator"]);
  const all = { p: 0.5, training, ...options };
  if (!(all.p >= 0 && all.p <= 1)) throw new ValueError(`${op}: p is between 0 and 1: ${String(all.p)}`);
  if (all.training && !isFloating(x.dtype))
    throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}`);
  return all;
}

/** 0 with probability `p`, else 1 / (1 - p). */
function maskOf(shape: Shape, x: Tensor, p: number, generator?: Generator): Tensor {
  if (p === 1) return zeros(shape, { dtype: x.dtype });
  const mask = empty(shape, x.dtype);
  fillRandom(mask, "dropout", p, 0, generator);
  return mask;
}

/** One value per channel: the first two dims of the shape, and 1 for the others. */
function channelShape(op: string, x: Tensor): Shape {
  if (x.ndim < 2) throw new ShapeError(`${op}: x has at least 2 dims, [N, C, ...]: ${formatShape(x.shape)}`);
  return x.shape.map((size, d) => (d < 2 ? size : 1));
}

function dropChannels(op: string, x: Tensor, options: ChannelDropoutOptions): Tensor {
  const { p, training, generator } = checked(op, x, options, true);
  return training && p > 0 ? mul(x, maskOf(channelShape(op, x), x, p, generator)) : x;
}

/**
 * `x` with each channel set to 0 with probability `p` and the others scaled by 1/(1-p) (Tompson et al.,
 * 2015).
 * Shapes: [N, C, L] or [C, L]. PyTorch: `F.dropout1d`.
 * @throws ShapeError unless there are 2 or 3 dims; ValueError for a `p` that is not between 0 and 1.
 * @forms nn.functional.dropout1d()
 */
export function dropout1d(x: Tensor, options: ChannelDropoutOptions = {}): Tensor {
  checkTensors("dropout1d", x);
  if (x.ndim !== 2 && x.ndim !== 3)
    throw new ShapeError(`dropout1d: x is [N, C, L] or [C, L]: ${formatShape(x.shape)}`);
  if (x.ndim === 3) return dropChannels("dropout1d", x, options);
  return squeeze(dropChannels("dropout1d", unsqueeze(x, 0), options), 0);
}

/**
 * As `dropout1d`, for images [N, C, H, W]; a tensor of three dims is [N, C, L]. PyTorch: `F.dropout2d`.
 * @example nn.functional.dropout2d(ones([1, 2, 3, 3]), { training: false }).shape // [1, 2, 3, 3]
 * @throws ShapeError for less than 2 dims; ValueError for a `p` that is not between 0 and 1.
 * @forms nn.functional.dropout2d()
 */
export function dropout2d(x: Tensor, options: ChannelDropoutOptions = {}): Tensor {
  checkTensors("dropout2d", x);
  return dropChannels("dropout2d", x, options);
}

/**
 * As `dropout1d`, for volumes [N, C, D, H, W] or [C, D, H, W]. PyTorch: `F.dropout3d`.
 * @example nn.functional.dropout3d(ones([1, 2, 3, 3, 3]), { training: false }).shape // [1, 2, 3, 3, 3]
 * @throws ShapeError for less than 2 dims; ValueError for a `p` that is not between 0 and 1.
 * @forms nn.functional.dropout3d()
 */
export function dropout3d(x: Tensor, options: ChannelDropoutOptions = {}): Tensor {
  checkTensors("dropout3d", x);
  if (x.ndim !== 4) return dropChannels("dropout3d", x, options);
  return squeeze(dropChannels("dropout3d", unsqueeze(x, 0), options), 0);
}

/** The limit of SELU for large negative x: the value that dropped elements get. */
const floor = -seluScale * seluAlpha;

function dropToFloor(op: string, x: Tensor, whole: boolean, options: ChannelDropoutOptions): Tensor {
  const { p, training, generator } = checked(op, x, options, false);
  if (!training || p === 0) return x;
  const shape = whole ? channelShape(op, x) : x.shape;
  if (p === 1) return mul(x, 0);
  const kept = compare.ne(maskOf(shape, x, p, generator), 0);
  const scale = 1 / Math.sqrt((1 - p) * (1 + p * floor * floor));
  return add(mul(where(kept, x, floor), scale), -scale * floor * p);
}

/**
 * `x` with dropped elements set to the smallest value of SELU, then scaled and shifted so that mean 0 and
 * variance 1 are kept (Klambauer et al., 2017). Shape of `x`. PyTorch: `F.alpha_dropout`.
 * @example nn.functional.alphaDropout(tensor([1, 2]), { training: false }) // [1, 2]
 * @throws ValueError for a `p` that is not between 0 and 1.
 * @forms nn.functional.alphaDropout()
 */
export function alphaDropout(x: Tensor, options: ChannelDropoutOptions = {}): Tensor {
  checkTensors("alphaDropout", x);
  return dropToFloor("alphaDropout", x, false, options);
}

/**
 * As `alphaDropout`, but whole channels are dropped. Shapes: [N, C, …]. PyTorch: `F.feature_alpha_dropout`.
 * @example nn.functional.featureAlphaDropout(ones([1, 2, 3]), { training: false }).shape // [1, 2, 3]
 * @throws ShapeError for less than 2 dims in training; ValueError for a `p` that is not between 0 and 1.
 * @forms nn.functional.featureAlphaDropout()
 */
export function featureAlphaDropout(x: Tensor, options: ChannelDropoutOptions = {}): Tensor {
  checkTensors("featureAlphaDropout", x);
  return dropToFloor("featureAlphaDropout", x, true, options);
}
