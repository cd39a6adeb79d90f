import { checkTensors } from "../../arguments.js";
import { noGrad } from "../../autograd/grad-mode.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import { numel, type Shape, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { add, mul, sub, unary } from "../elementwise/elementwise.js";
import { mean } from "../reduce/reduce.js";
import { reshape } from "../shape/views.js";
import { binary_ } from "../write/in-place.js";

type MaybeTensor = Tensor | null | undefined;

/** Weight and bias may also be given by name. */
export interface EpsOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

export interface BatchNormOptions extends EpsOptions {
  runningMean?: Tensor | null;
  runningVar?: Tensor | null;
  /** Normalizes with the statistics of the batch and updates the running statistics. Default false. */
  training?: boolean;
  /** Update rate of running statistics: (1 - momentum) · old + momentum · new. Default 0.1. */
  momentum?: number | Tensor;
}

export interface InstanceNormOptions extends EpsOptions {
  runningMean?: Tensor | null;
  runningVar?: Tensor | null;
  /** Normalizes with the statistics of each instance; otherwise with the running ones. Default true. */
  useInputStats?: boolean;
  /** As in `batchNorm`. Default 0.1. */
  momentum?: number;
}

function needsFloats(op: string, x: Tensor): void {
  if (!isFloating(x.dtype))
    throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}; use to("float32")`);
}

/** A tensor with one value per channel, or nothing. */
function checkPerChannel(op: string, name: string, given: MaybeTensor, x: Tensor): void {
  if (given && (given.ndim !== 1 || given.shape[0] !== x.shape[1]))
    throw new ShapeError(
      `${op}: ${name} has one value per channel: ${formatShape(given.shape)} for x ${formatShape(x.shape)}`,
    );
}

/** x - mean and the biased variance over `dims`, kept with size 1. */
function centered(
  x: Tensor,
  dims: readonly number[],
): { average: Tensor; distances: Tensor; variance: Tensor } {
  const average = mean(x, dims, { keepdim: true });
  const distances = sub(x, average);
  return { average, distances, variance: mean(unary.square(distances), dims, { keepdim: true }) };
}

/** distances / √(variance + eps) · weight + bias; weight and bias broadcast. */
function scaled(
  distances: Tensor,
  variance: Tensor,
  eps: number,
  weight: MaybeTensor,
  bias: MaybeTensor,
): Tensor {
  const y = mul(distances, unary.rsqrt(add(variance, eps)));
  const stretched = weight ? mul(y, weight) : y;
  return bias ? add(stretched, bias) : stretched;
}

/** Reshapes [C] so that it broadcasts with [N, C, …]. */
const perChannel = (x: MaybeTensor, rank: number): MaybeTensor =>
  x && reshape(x, [x.numel, ...new Array<number>(rank - 2).fill(1)]);

/** running = (1 - momentum) · running + momentum · value, in place. */
function move(running: MaybeTensor, value: Tensor, momentum: number | Tensor): void {
  if (!running) return;
  const moved = mul(reshape(value, running.shape), momentum);
  binary_("mul", running, restOf(momentum));
  binary_("add", running, moved);
}

const restOf = (momentum: number | Tensor) =>
  typeof momentum === "number" ? 1 - momentum : sub(1, momentum);

/**
 * `x` with every channel normalized to mean 0 and variance 1, then · weight + bias (Ioffe and Szegedy, 2015).
 * In training the statistics are those of the batch, over all dims but dim 1, and the running ones, where
 * given, are moved in place (the variance as its unbiased estimate); otherwise the running ones are used.
 * Shapes: x [N, C, …]; runningMean, runningVar, weight, bias [C]. PyTorch: `F.batch_norm`.
 * @throws ValueError `ONE_VALUE_PER_CHANNEL` in training.
 * @forms nn.functional.batchNorm()
 */
export function batchNorm(
  x: Tensor,
  mean: Optional<BatchNormOptions> = null,
  variance: Optional<BatchNormOptions> = null,
  weight: Optional<BatchNormOptions> = null,
  bias: Optional<BatchNormOptions> = null,
  options: BatchNormOptions = {},
): Tensor {
  checkTensors("batchNorm", x);
  const positions = { runningMean: mean, runningVar: variance, weight, bias };
  const affine = optionalTensors("batchNorm", positions, options, ["training", "momentum", "eps"]);
  const { training = false, momentum = 0.1, eps = 1e-5, runningMean, runningVar } = affine;
  needsFloats("batchNorm", x);
  // As in PyTorch, an empty vector has no channels.
  if (x.ndim === 1 && x.numel === 0) return reshape(batchNorm(reshape(x, [0, 0]), affine), [0]);
  if (x.ndim < 2) throw new ShapeError(`batchNorm: x is [N, C, ...]: ${formatShape(x.shape)}`);
  const channels = x.shape[1];
  for (const [name, given] of Object.entries({
    runningMean,
    runningVar,
    weight: affine.weight,
    bias: affine.bias,
  }))
    checkPerChannel("batchNorm", name, given, x);
  const [w, b] = [perChannel(affine.weight, x.ndim), perChannel(affine.bias, x.ndim)];
  if (!training) {
    if (!runningMean || !runningVar)
      throw new ValueError("batchNorm: without training, runningMean and runningVar are needed: one is null");
    const average = perChannel(runningMean, x.ndim)!;
    return scaled(sub(x, average), perChannel(runningVar, x.ndim)!, eps, w, b);
  }
  const count = channels === 0 ? 0 : x.numel / channels;
  if (count === 1)
    throw new ValueError(
      `batchNorm: in training a channel has more than one value: ${formatShape(x.shape)}`,
      "ONE_VALUE_PER_CHANNEL",
    );
  const dims = [...x.shape.keys()].filter((d) => d !== 1);
  const batch = centered(x, dims);
  noGrad(() => {
    move(runningMean, batch.average.detach(), momentum);
    if (runningVar) move(runningVar, mul(batch.variance.detach(), count / (count - 1)), momentum);
  });
  return scaled(batch.distances, batch.variance, eps, w, b);
}

/**
 * `x` with every channel of every instance normalized to mean 0 and variance 1, then · weight + bias (Ulyanov
 * et al., 2016). Running statistics, where given, move to the average over the instances.
 * Shapes: x [N, C, …]; runningMean, runningVar, weight, bias [C]. PyTorch: `F.instance_norm`.
 * @throws ValueError `ONE_VALUE_PER_CHANNEL` when an instance has one value per channel.
 * @forms nn.functional.instanceNorm()
 */
export function instanceNorm(
  x: Tensor,
  runningMean: Optional<InstanceNormOptions> = null,
  runningVar: Optional<InstanceNormOptions> = null,
  weight: Optional<InstanceNormOptions> = null,
  bias: Optional<InstanceNormOptions> = null,
  options: InstanceNormOptions = {},
): Tensor {
  checkTensors("instanceNorm", x);
  const positions = { runningMean, runningVar, weight, bias };
  const given = optionalTensors("instanceNorm", positions, options, ["useInputStats", "momentum", "eps"]);
  const { useInputStats = true, momentum = 0.1, eps = 1e-5 } = given;
  if (!useInputStats)
    return batchNorm(x, given.runningMean, given.runningVar, given.weight, given.bias, { eps });
  needsFloats("instanceNorm", x);
  if (x.ndim < 2) throw new ShapeError(`instanceNorm: x is [N, C, ...]: ${formatShape(x.shape)}`);
  for (const name of ["runningMean", "runningVar", "weight", "bias"] as const)
    checkPerChannel("instanceNorm", name, given[name], x);
  const count = numel(x.shape.slice(2));
  if (count === 1)
    throw new ValueError(
      `instanceNorm: a channel of an instance has more than one value: ${formatShape(x.shape)}`,
      "ONE_VALUE_PER_CHANNEL",
    );
  const dims = [...x.shape.keys()].slice(2);
  const { average, distances, variance } = centered(x, dims);
  noGrad(() => {
    move(given.runningMean, mean(average.detach(), 0), momentum);
    if (given.runningVar)
      move(given.runningVar, mul(mean(variance.detach(), 0), count / (count - 1)), momentum);
  });
  return scaled(distances, variance, eps, perChannel(given.weight, x.ndim), perChannel(given.bias, x.ndim));
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

/**
 * `x` normalized to mean 0 and variance 1 over its last dims, which are `normalizedShape`, then · weight +
 * bias (Ba et al., 2016). Shapes: x [..., …normalizedShape]; weight, bias `normalizedShape`. PyTorch:
 * `F.layer_norm`.
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
  const { distances, variance } = centered(x, dims);
  return scaled(distances, variance, eps, affine.weight, affine.bias);
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
 * and Sennrich, 2019). `eps` default: the distance from 1 to the next number of the dtype. PyTorch:
 * `F.rms_norm`.
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
  const squares = mean(unary.square(x), dims, { keepdim: true });
  return scaled(x, squares, eps ?? epsilons[x.dtype], affine.weight, null);
}

/**
 * `x` with each of `numGroups` groups of channels of an instance normalized to mean 0 and variance 1, then ·
 * weight + bias per channel (Wu and He, 2018). Shapes: x [N, C, …]; weight, bias [C]. PyTorch:
 * `F.group_norm`.
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
  const { distances, variance } = centered(reshape(x, [n, numGroups, count]), [2]);
  const y = reshape(scaled(distances, variance, eps, null, null), x.shape);
  const stretched = affine.weight ? mul(y, perChannel(affine.weight, x.ndim)!) : y;
  return affine.bias ? add(stretched, perChannel(affine.bias, x.ndim)!) : stretched;
}
