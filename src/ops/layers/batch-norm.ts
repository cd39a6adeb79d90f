import { checkTensors } from "../../arguments.js";
import { noGrad } from "../../autograd/grad-mode.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { numel } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Optional, optionalTensors } from "../arguments/optional-tensors.js";
import { div, mul, sub } from "../elementwise/elementwise.js";
import { mean } from "../reduce/reduce.js";
import { reshape, to } from "../shape/views.js";
import { binary_ } from "../write/in-place.js";
import {
  centered,
  checkPerChannel,
  needsFloats,
  perChannel,
  scaled,
  stretched,
} from "./composed-normalization.js";
import {
  type Affine,
  movable,
  normalizedBatch,
  normalizedBy,
  normalizedGroups,
  ofOneDtype,
  unaffine,
} from "./fused-normalization.js";
import type { EpsOptions } from "./normalization.js";

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

/** running = (1 - momentum) · running + momentum · value, in place. */
function move(running: Tensor | null, value: Tensor, momentum: number | Tensor): void {
  if (running === null) return;
  const moved = mul(reshape(value, running.shape), momentum);
  binary_("mul", running, typeof momentum === "number" ? 1 - momentum : sub(1, momentum));
  binary_("add", running, moved);
}

/**
 * `x` with every channel normalized to mean 0 and variance 1, then · weight + bias (Ioffe and Szegedy, 2015).
 * In training the statistics are those of the batch, over all dims but dim 1, and the running ones, where
 * given, are moved in place (the variance as its unbiased estimate); otherwise the running ones are used.
 * Shapes: x [N, C, …]; runningMean, runningVar, weight, bias [C]. Without weight and bias, which are null by
 * default, nothing follows the normalisation. PyTorch: `F.batch_norm`.
 * @throws ValueError `ONE_VALUE_PER_CHANNEL` in training.
 * @throws ShapeError for less than 2 dims, and for statistics, weights or biases that are not [C]; ValueError
 * without running statistics outside of training.
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
  for (const [name, given] of Object.entries({
    runningMean,
    runningVar,
    weight: affine.weight,
    bias: affine.bias,
  }))
    checkPerChannel("batchNorm", name, given, x);
  if (training) return inTraining(x, affine, { runningMean, runningVar, momentum, eps, count: null });
  if (!runningMean || !runningVar)
    throw new ValueError("batchNorm: without training, runningMean and runningVar are needed: one is null");
  const { weight: w, bias: b } = affine;
  const composed = () => {
    const distances = sub(x, perChannel(runningMean, x.ndim)!);
    const variance = perChannel(runningVar, x.ndim)!;
    return scaled({ distances, variance }, eps, perChannel(w, x.ndim), perChannel(b, x.ndim));
  };
  const differentiated = runningMean.requiresGrad || runningVar.requiresGrad;
  if (differentiated || x.numel === 0 || !ofOneDtype(x, runningMean, runningVar, w, b)) return composed();
  return normalizedBy(x, affine, eps, { mean: runningMean, variance: runningVar }, composed);
}

/** @internal What `inTraining` moves, and how. */
export interface BatchStatistics {
  runningMean: Tensor | null;
  runningVar: Tensor | null;
  /** The number of batches so far, an int32. It is incremented. */
  count: Tensor | null;
  /** Null: the average over all batches, the n-th of which has weight 1/n. */
  momentum: number | Tensor | null;
  eps: number;
}

/** @internal `batchNorm` in training, of checked arguments. */
export function inTraining(x: Tensor, affine: Affine, statistics: BatchStatistics): Tensor {
  const { runningMean, runningVar, count, momentum, eps } = statistics;
  const n = x.shape[1] === 0 ? 0 : x.numel / x.shape[1];
  if (n === 1)
    throw new ValueError(
      `batchNorm: in training a channel has more than one value: ${formatShape(x.shape)}`,
      "ONE_VALUE_PER_CHANNEL",
    );
  const { weight, bias } = affine;
  const composed = () => {
    const dims = [...x.shape.keys()].filter((d) => d !== 1);
    return scaled(centered(x, dims), eps, perChannel(weight, x.ndim), perChannel(bias, x.ndim));
  };
  if (x.numel === 0) {
    // As in PyTorch, the batch is counted, and the statistics stay.
    if (count !== null) noGrad(() => binary_("add", count, 1));
    return composed();
  }
  const fused = ofOneDtype(x, weight, bias);
  const within =
    (momentum === null || typeof momentum === "number") && movable(x, runningMean) && movable(x, runningVar);
  const running = within
    ? { mean: runningMean, variance: runningVar, count, momentum }
    : { mean: null, variance: null, count, momentum: 0 };
  const batch = normalizedBatch(x, fused ? affine : unaffine, eps, running, composed);
  if (!within)
    noGrad(() => {
      const rate = momentum ?? div(1, to(count!, x.dtype));
      move(runningMean, batch.mean, rate);
      move(runningVar, mul(batch.variance, n / (n - 1)), rate);
    });
  return fused ? batch.y : stretched(batch.y, perChannel(weight, x.ndim), perChannel(bias, x.ndim));
}

/**
 * `x` with every channel of every instance normalized to mean 0 and variance 1, then · weight + bias (Ulyanov
 * et al., 2016). Running statistics, where given, move to the average over the instances.
 * Shapes: x [N, C, …]; runningMean, runningVar, weight, bias [C]. All of these are null by default. PyTorch:
 * `F.instance_norm`.
 * @throws ValueError `ONE_VALUE_PER_CHANNEL` when an instance has one value per channel.
 * @throws ShapeError for less than 2 dims, and for statistics, weights or biases that are not [C].
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
  const { runningMean: movedMean, runningVar: movedVar } = given;
  const { weight: w, bias: b } = given;
  const composed = () => {
    const dims = [...x.shape.keys()].slice(2);
    return scaled(centered(x, dims), eps, perChannel(w, x.ndim), perChannel(b, x.ndim));
  };
  if (x.numel === 0) return composed();
  const fused = ofOneDtype(x, w, b);
  const [samples, channels] = x.shape;
  const sizes = [samples, channels, 1, count] as const;
  const affine = fused ? given : unaffine;
  const instances = normalizedGroups("instanceNorm", x, sizes, affine, { eps }, composed);
  noGrad(() => {
    const average = (statistic: Tensor) => mean(reshape(statistic, [samples, channels]), 0);
    if (movedMean !== null) move(movedMean, average(instances.mean!), momentum);
    if (movedVar !== null) move(movedVar, mul(average(instances.variance), count / (count - 1)), momentum);
  });
  return fused ? instances.y : stretched(instances.y, perChannel(w, x.ndim), perChannel(b, x.ndim));
}
