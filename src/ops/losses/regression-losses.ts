/** Elementwise losses of numbers and of distributions. All are composed of differentiable ops. */
import { checkOperands, checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { broadcastShapes, sameShape } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { tracing } from "../../tracing.js";
import { abs, add, compare, div, exp, log, mul, sub, unary, where } from "../elementwise/elementwise.js";
import { sum } from "../reduce/reduce.js";
import { unsqueeze } from "../shape/views.js";
import { checkReduction, type Reduction } from "./cross-entropy.js";
import {
  checkPair,
  type LossOptions,
  l1Loss,
  lossOptions,
  reduced,
  type WeightedLossOptions,
} from "./losses.js";

export interface SmoothL1LossOptions extends LossOptions {
  /** The distance at which the parabola becomes a line. With 0, the loss is `l1Loss`. Default 1. */
  beta?: number;
}

export const smoothL1LossOptions = [
  ...lossOptions,
  "beta",
] as const satisfies readonly (keyof SmoothL1LossOptions)[];

/**
 * ½d² / beta where d < beta, else d - ½beta, with d = |input - target|. Input and target have one shape.
 * PyTorch: `F.smooth_l1_loss`.
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype;
 * ValueError for a negative `beta`.
 * @forms nn.functional.smoothL1Loss()
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  checkTensors("smoothL1Loss", input, target);
  checkOptions("smoothL1Loss", options, smoothL1LossOptions);
  checkPair("smoothL1Loss", input, target, options);
  const { beta = 1, reduction } = options;
  if (!(beta >= 0)) throw new ValueError(`smoothL1Loss: beta is a number >= 0: ${String(beta)}`);
  if (beta === 0) return l1Loss(input, target, { reduction });
  const difference = sub(input, target);
  const distance = abs(difference);
  const near = compare.lt(distance, beta);
  const parabola = mul(squareWhere(near, difference), 0.5 / beta);
  return reduced(where(near, parabola, sub(distance, 0.5 * beta)), reduction);
}

/** The square within the limit, and 0 elsewhere: an infinite square would have a gradient of 0 · Infinity. */
const squareWhere = (near: Tensor, x: Tensor) => unary.square(where(near, x, 0));

export interface HuberLossOptions extends WeightedLossOptions {
  /** The distance at which the parabola becomes a line. Default 1. */
  delta?: number;
}

export const huberLossOptions = [
  ...(["reduction", "weight", "delta"] as const),
] as const satisfies readonly (keyof HuberLossOptions)[];

/**
 * ½d² where d <= delta, else delta · (d - ½delta), with d = |input - target|. A weighted mean is divided by
 * the number of elements, as PyTorch divides this one. Input and target have one shape. PyTorch:
 * `F.huber_loss`.
 * @throws ShapeError for different shapes; DTypeError unless input and target are floats of one dtype;
 * ValueError for a `delta` of 0 or less.
 * @forms nn.functional.huberLoss()
 */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  checkTensors("huberLoss", input, target);
  checkOptions("huberLoss", options, huberLossOptions);
  checkPair("huberLoss", input, target, options);
  const { delta = 1, weight, reduction } = options;
  if (!(delta > 0)) throw new ValueError(`huberLoss: delta is a number > 0: ${String(delta)}`);
  if (weight && !sameShape(weight.shape, input.shape))
    throw new ShapeError(
      `huberLoss: input and weight have the same shape: ${formatShape(input.shape)} and ${formatShape(weight.shape)}`,
    );
  const difference = sub(input, target);
  const distance = abs(difference);
  const line = mul(sub(distance, 0.5 * delta), delta);
  const near = compare.le(distance, delta);
  const losses = where(near, mul(squareWhere(near, difference), 0.5), line);
  return reduced(weight ? mul(losses, weight) : losses, reduction);
}

export interface KLDivOptions {
  /**
   * As for other losses, or `batchmean`: the sum divided by the size of dim 0, which is the divergence as
   * defined. Default `mean`.
   */
  reduction?: Reduction | "batchmean";
  /** Whether the target is given as log-probabilities. Default false. */
  logTarget?: boolean;
}

export const klDivOptions = ["reduction", "logTarget"] as const satisfies readonly (keyof KLDivOptions)[];

/**
 * target · (ln target - input), where `input` holds log-probabilities; 0 where the target is 0. Shapes
 * broadcast. `mean` divides by all elements; the Kullback-Leibler divergence of distributions is what
 * `batchmean` gives. PyTorch: `F.kl_div`.
 * @throws ShapeError for shapes that do not broadcast; ValueError for another `reduction`.
 * @forms nn.functional.klDiv()
 */
export function klDiv(input: Tensor, target: Tensor, options: KLDivOptions = {}): Tensor {
  checkTensors("klDiv", input, target);
  checkOptions("klDiv", options, klDivOptions);
  const { reduction = "mean", logTarget = false } = options;
  if (reduction !== "batchmean") checkReduction("klDiv", reduction);
  broadcastShapes("klDiv", input.shape, target.shape);
  const losses = logTarget
    ? mul(exp(target), sub(target, input))
    : sub(timesItsLog(target), mul(target, input));
  if (reduction !== "batchmean") return reduced(losses, reduction);
  return input.ndim === 0 ? sum(losses) : div(sum(losses), input.shape[0]);
}

/** t ln t, and its limit 0 for t = 0. */
function timesItsLog(t: Tensor): Tensor {
  const zero = compare.eq(t, 0);
  return where(zero, 0, mul(t, log(where(zero, 1, t))));
}

export interface PoissonNLLLossOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate. Default true. */
  logInput?: boolean;
  /** Adds Stirling's approximation of ln(target!) for targets above 1. Default false. */
  full?: boolean;
  /** Added to the rate before its logarithm is taken, with `logInput: false`. Default 1e-8. */
  eps?: number;
}

export const poissonNllLossOptions = [
  ...(["reduction", "logInput", "full", "eps"] as const),
] as const satisfies readonly (keyof PoissonNLLLossOptions)[];

/**
 * The negative log-likelihood of the target under a Poisson distribution: e^input - target · input. Shapes
 * broadcast. PyTorch: `F.poisson_nll_loss`.
 * @throws ShapeError for shapes that do not broadcast; ValueError for another `reduction`.
 * @forms nn.functional.poissonNllLoss()
 */
export function poissonNllLoss(input: Tensor, target: Tensor, options: PoissonNLLLossOptions = {}): Tensor {
  checkTensors("poissonNllLoss", input, target);
  checkOptions("poissonNllLoss", options, poissonNllLossOptions);
  const { logInput = true, full = false, eps = 1e-8, reduction = "mean" } = options;
  checkReduction("poissonNllLoss", reduction);
  broadcastShapes("poissonNllLoss", input.shape, target.shape);
  const losses = logInput
    ? sub(exp(input), mul(target, input))
    : sub(input, mul(target, log(add(input, eps))));
  return reduced(full ? add(losses, stirling(target)) : losses, reduction);
}

/** ln(t!) ≈ t ln t - t + ½ ln(2πt) above 1, else 0. */
function stirling(target: Tensor): Tensor {
  const large = compare.gt(target, 1);
  const t = where(large, target, 1);
  const factorial = add(sub(mul(t, log(t)), t), mul(log(mul(t, 2 * Math.PI)), 0.5));
  return where(large, factorial, 0);
}

export interface GaussianNLLLossOptions extends LossOptions {
  /** Adds the constant ½ ln 2π. Default false. */
  full?: boolean;
  /** Smaller variances are replaced by this value; gradients pass unchanged. Default 1e-6. */
  eps?: number;
}

export const gaussianNllLossOptions = [
  ...lossOptions,
  "full",
  "eps",
] as const satisfies readonly (keyof GaussianNLLLossOptions)[];

/**
 * The negative log-likelihood of the target under a normal distribution: ½ (ln var + (input - target)² /
 * var). `variance`: the shape of the input, or without its last dim, or with 1 in one dim; or one number for
 * all. PyTorch: `F.gaussian_nll_loss`.
 * @throws ShapeError for a variance of another shape; ValueError for negative variances.
 * @forms nn.functional.gaussianNllLoss()
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor | number,
  options: GaussianNLLLossOptions = {},
): Tensor {
  checkTensors("gaussianNllLoss", input, target);
  checkOptions("gaussianNllLoss", options, gaussianNllLossOptions);
  const { full = false, eps = 1e-6, reduction = "mean" } = options;
  checkReduction("gaussianNllLoss", reduction);
  checkOperands("gaussianNllLoss", variance);
  const v = varianceLike(input, variance);
  // In a trace there are no values to check.
  if (tracing === null && compare.lt(v, 0).any().item())
    throw new ValueError("gaussianNllLoss: variances are not negative");
  const lifted = add(v, sub(unary.clamp(v, { min: eps }), v).detach());
  const losses = mul(add(log(lifted), div(unary.square(sub(input, target)), lifted)), 0.5);
  return reduced(full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}

/** The variance in a shape that broadcasts to the shape of the input, by PyTorch's rules. */
function varianceLike(input: Tensor, variance: Tensor | number): Tensor {
  if (!(variance instanceof Tensor)) return add(mul(input.detach(), 0), Number(variance));
  const { shape } = variance;
  if (sameShape(shape, input.shape)) return variance;
  if (input.ndim > 0 && sameShape(shape, input.shape.slice(0, -1))) return unsqueeze(variance, -1);
  const different = input.shape.map((size, d) => (size === shape[d] ? 0 : size));
  const oneDim = different.reduce((total, size, d) => total + (size > 0 ? shape[d] : 0), 0) === 1;
  if (shape.length === input.ndim && oneDim) return variance;
  throw new ShapeError(
    `gaussianNllLoss: the variance has the shape of the input, but for one dim: ${formatShape(shape)} for ${formatShape(input.shape)}`,
  );
}
