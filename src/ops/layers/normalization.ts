import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import { numel, type Shape, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { unary } from "../elementwise/elementwise.js";
import { mean } from "../reduce/reduce.js";
import { reshape } from "../shape/views.js";
import {
  centered,
  checkPerChannel,
  type MaybeTensor,
  needsFloats,
  perChannel,
  scaled,
  stretched,
} from "./composed-normalization.js";
import { type Affine, normalizedGroups, ofOneDtype, unaffine } from "./fused-normalization.js";

/** Weight and bias may also be given by name. */
export interface EpsOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/** `normalizedShape` as a list of sizes, and the trailing dims of `shape` that have these sizes. */
function lastDims(op: string, shape: Shape, normalizedShape: number | Shape, given: MaybeTensor[]): number[] {
  const sizes = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
  if (!Array.isArray(sizes) || sizes.length === 0)
    throw new ShapeError(`${op}: normalizedShape has at least one size: ${quoted(normalizedShape)}`);
  const lead = shape.length - sizes.length;
  if (lead < 0 || !sameShape(shape.slice(lead), sizes))
    throw new ShapeError(`${op}: x ends in ${formatShape(sizes)}: ${formatShape(shape)}`);
  for (const x of given)
    if (x && !sameShape(x.shape, sizes))
      throw new ShapeError(
        `${op}: weight and bias have the normalized shape ${formatShape(sizes)}: ${formatShape(x.shape)}`,
      );
  return sizes.map((_, i) => lead + i);
}

/** `x` with its last dims, `dims`, normalized together. */
function rows(
  op: string,
  x: Tensor,
  dims: readonly number[],
  affine: Affine,
  options: { eps: number; centered?: boolean },
  composed: () => Tensor,
): Tensor {
  if (x.numel === 0) return composed();
  const length = numel(dims.map((d) => x.shape[d]));
  const sizes = [x.numel / length, 1, length, 1] as const;
  if (ofOneDtype(x, affine.weight, affine.bias))
    return normalizedGroups(op, x, sizes, affine, options, composed).y;
  const { y } = normalizedGroups(op, x, sizes, unaffine, options, composed);
  return stretched(y, affine.weight, affine.bias);
}

/**
 * `x` normalized to mean 0 and variance 1 over its last dims, which are `normalizedShape`, then · weight +
 * bias (Ba et al., 2016). Shapes: x [..., …normalizedShape]; weight, bias `normalizedShape`. Without weight
 * and bias, which are null by default, nothing follows the normalisation. PyTorch: `F.layer_norm`.
 * @throws ShapeError for an `x` that does not end in these sizes, and for weights of another shape;
 * DTypeError for integers.
 * @forms nn.functional.layerNorm()
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight: Optional<EpsOptions> = null,
  bias: Optional<EpsOptions> = null,
  options: EpsOptions = {},
): Tensor {
  checkTensors("layerNorm", x);
  const { eps = 1e-5, ...affine } = optionalTensors("layerNorm", { weight, bias }, options, ["eps"]);
  needsFloats("layerNorm", x);
  const dims = lastDims("layerNorm", x.shape, normalizedShape, [affine.weight, affine.bias]);
  const composed = () => scaled(centered(x, dims), eps, affine.weight, affine.bias);
  return rows("layerNorm", x, dims, affine, { eps }, composed);
}

export interface RmsNormOptions {
  weight?: Tensor | null;
  /** Added to the mean of squares. Default null: the distance from 1 to the next number of the dtype. */
  eps?: number | null;
}

/** Distance from 1 to the next float. */
const epsilons: Readonly<Record<string, number>> = { float32: 2 ** -23, float64: Number.EPSILON };

/**
 * x / √(mean(x²) + eps) with the mean over the last dims, which are `normalizedShape`, then · weight (Zhang
 * and Sennrich, 2019). `eps` default: the distance from 1 to the next number of the dtype. Without a weight,
 * which is null by default, nothing follows the normalisation. PyTorch: `F.rms_norm`.
 * @throws ShapeError for an `x` that does not end in these sizes, and for weights of another shape;
 * DTypeError for integers.
 * @forms nn.functional.rmsNorm()
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight: Optional<RmsNormOptions> = null,
  options: RmsNormOptions = {},
): Tensor {
  checkTensors("rmsNorm", x);
  const { eps, ...affine } = optionalTensors("rmsNorm", { weight }, options, ["eps"]);
  needsFloats("rmsNorm", x);
  const dims = lastDims("rmsNorm", x.shape, normalizedShape, [affine.weight]);
  const added = eps ?? epsilons[x.dtype];
  const composed = () => {
    const variance = mean(unary.square(x), dims, { keepdim: true });
    return scaled({ distances: x, variance }, added, affine.weight, null);
  };
  return rows("rmsNorm", x, dims, { ...affine, bias: null }, { eps: added, centered: false }, composed);
}

/**
 * `x` with each of `numGroups` groups of channels of an instance normalized to mean 0 and variance 1, then ·
 * weight + bias per channel (Wu and He, 2018). Shapes: x [N, C, …]; weight, bias [C]. Without weight and
 * bias, which are null by default, nothing follows the normalisation. PyTorch: `F.group_norm`.
 * @throws ShapeError for less than 2 dims, groups that do not divide the channels, and weights that are not
 * [C]; ValueError for `numGroups` below 1, and `ONE_VALUE_PER_CHANNEL` for groups of one value; DTypeError
 * for integers.
 * @forms nn.functional.groupNorm()
 */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  weight: Optional<EpsOptions> = null,
  bias: Optional<EpsOptions> = null,
  options: EpsOptions = {},
): Tensor {
  checkTensors("groupNorm", x);
  const { eps = 1e-5, ...affine } = optionalTensors("groupNorm", { weight, bias }, options, ["eps"]);
  needsFloats("groupNorm", x);
  if (x.ndim < 2) throw new ShapeError(`groupNorm: x is [N, C, ...]: ${formatShape(x.shape)}`);
  const [n, channels, ...rest] = x.shape;
  if (!Number.isInteger(numGroups) || numGroups < 1)
    throw new ValueError(`groupNorm: numGroups is an integer >= 1: ${String(numGroups)}`);
  if (channels % numGroups !== 0)
    throw new ShapeError(
      `groupNorm: numGroups divides the number of channels: ${numGroups} for x ${formatShape(x.shape)}`,
    );
  checkPerChannel("groupNorm", "weight", affine.weight, x);
  checkPerChannel("groupNorm", "bias", affine.bias, x);
  const count = (channels / numGroups) * numel(rest);
  if (n * count === 1)
    throw new ValueError(
      `groupNorm: a group has more than one value: ${formatShape(x.shape)}`,
      "ONE_VALUE_PER_CHANNEL",
    );
  const withAffine = (y: Tensor) =>
    stretched(y, perChannel(affine.weight, x.ndim), perChannel(affine.bias, x.ndim));
  const composed = () => {
    const y = scaled(centered(reshape(x, [n, numGroups, count]), [2]), eps, null, null);
    return withAffine(reshape(y, x.shape));
  };
  if (x.numel === 0) return composed();
  const fused = ofOneDtype(x, affine.weight, affine.bias);
  const sizes = [n, numGroups, channels / numGroups, numel(rest)] as const;
  const { y } = normalizedGroups("groupNorm", x, sizes, fused ? affine : unaffine, { eps }, composed);
  return fused ? y : withAffine(y);
}
