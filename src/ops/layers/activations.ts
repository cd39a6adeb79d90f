import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions, dimOf, type OrNamed } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Generator } from "../../random.js";
import { resolveDim } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { fillRandom } from "../create/create.js";
import { abs, add, compare, div, integer, mul, sub, unary, where } from "../elementwise/elementwise.js";
import { narrow, reshape } from "../shape/views.js";

/*
 * Activations composed of other operations. `where` selects the pieces, so at a kink the gradient is that of
 * the selected piece. NaN, for which every comparison is false, reaches the piece that returns NaN.
 */

/** Options of `hardtanh`, under PyTorch's names. */
export interface HardtanhOptions {
  /** Default -1. */
  minVal?: number;
  /** Default 1. */
  maxVal?: number;
}

/**
 * x limited to [minVal, maxVal]; the gradient at both ends is 0, unlike that of `clamp`. Shape of `x`.
 * PyTorch: `F.hardtanh`.
 * @example nn.functional.hardtanh(tensor([-2, 0.5, 3])) // [-1, 0.5, 1]
 * @throws ValueError if `minVal` is above `maxVal`.
 * @forms nn.functional.hardtanh()
 */
export function hardtanh(x: Tensor, options: HardtanhOptions = {}): Tensor {
  checkTensors("hardtanh", x);
  checkOptions("hardtanh", options, ["minVal", "maxVal"]);
  const { minVal = -1, maxVal = 1 } = options;
  if (minVal > maxVal)
    throw new ValueError(`hardtanh: minVal is at most maxVal: ${quoted(minVal)} and ${quoted(maxVal)}`);
  // For integers, the limits are integers.
  const [low, high] = isFloating(x.dtype) ? [minVal, maxVal] : [Math.trunc(minVal), Math.trunc(maxVal)];
  return where(compare.le(x, low), low, where(compare.ge(x, high), high, x));
}

/**
 * min(max(x, 0), 6); the gradient at both ends is 0. Shape of `x`. PyTorch: `F.relu6`.
 * @forms nn.functional.relu6()
 */
export function relu6(x: Tensor): Tensor {
  checkTensors("relu6", x);
  return hardtanh(x, { minVal: 0, maxVal: 6 });
}

/**
 * x / 6 + 1/2, limited to [0, 1]. Shape of `x`. PyTorch: `F.hardsigmoid`.
 * @forms nn.functional.hardsigmoid()
 */
export function hardsigmoid(x: Tensor): Tensor {
  checkTensors("hardsigmoid", x);
  // Outside the limits, and for NaN, the gradient is 0.
  const inside = integer.bitwiseAnd(compare.gt(x, -3), compare.lt(x, 3));
  const between = where(inside, x, unary.clamp(x.detach(), { min: -3, max: 3 }));
  return add(div(between, 6), 0.5);
}

/**
 * x · hardsigmoid(x). Shape of `x`. PyTorch: `F.hardswish`.
 * @forms nn.functional.hardswish()
 */
export function hardswish(x: Tensor): Tensor {
  checkTensors("hardswish", x);
  const [below, above] = [compare.le(x, -3), compare.ge(x, 3)];
  // an infinite x must not enter a product or its gradient
  const between = where(below, 0, where(above, 0, x));
  return where(below, mul(x, 0), where(above, x, mul(between, add(div(between, 6), 0.5))));
}

/**
 * x where |x| > lambd, else 0. `lambd` is 0.5 by default. Shape of `x`. PyTorch: `F.hardshrink`.
 * @forms nn.functional.hardshrink()
 */
export function hardshrink(x: Tensor, options: { lambd?: number } = {}): Tensor {
  checkTensors("hardshrink", x);
  checkOptions("hardshrink", options, ["lambd"]);
  return where(compare.le(abs(x), options.lambd ?? 0.5), 0, x);
}

/**
 * x moved towards 0 by `lambd`, but not beyond 0. `lambd` is 0.5 by default. Shape of `x`. PyTorch:
 * `F.softshrink`.
 * @example nn.functional.softshrink(tensor([-2, 0.1, 2])) // [-1.5, 0, 1.5]
 * @throws ValueError for a negative `lambd`.
 * @forms nn.functional.softshrink()
 */
export function softshrink(x: Tensor, options: { lambd?: number } = {}): Tensor {
  checkTensors("softshrink", x);
  checkOptions("softshrink", options, ["lambd"]);
  const { lambd = 0.5 } = options;
  if (!(lambd >= 0)) throw new ValueError(`softshrink: lambd is a number >= 0: ${quoted(lambd)}`);
  const moved = where(compare.gt(x, 0), sub(x, lambd), add(x, lambd));
  return where(compare.le(abs(x), lambd), 0, moved);
}

/**
 * x - tanh(x). Shape of `x`. PyTorch: `F.tanhshrink`.
 * @forms nn.functional.tanhshrink()
 */
export function tanhshrink(x: Tensor): Tensor {
  checkTensors("tanhshrink", x);
  return sub(x, unary.tanh(x));
}

/**
 * x / (1 + |x|). Shape of `x`. PyTorch: `F.softsign`.
 * @forms nn.functional.softsign()
 */
export function softsign(x: Tensor): Tensor {
  checkTensors("softsign", x);
  return div(x, add(abs(x), 1));
}

/**
 * x where x > threshold, else `value`. Shape of `x`. PyTorch: `F.threshold`.
 * @example nn.functional.threshold(tensor([1, 2, 3]), 1.5, 0) // [0, 2, 3]
 * @forms nn.functional.threshold()
 */
export function threshold(x: Tensor, threshold: number, value: number): Tensor {
  checkTensors("threshold", x);
  return where(compare.le(x, threshold), value, x);
}

/**
 * x where x > 0, else alpha · (e^(x / alpha) - 1) (Barron, 2017). `alpha` is 1 by default. Shape of `x`.
 * PyTorch: `F.celu`.
 * @throws ValueError for an `alpha` of 0.
 * @forms nn.functional.celu()
 */
export function celu(x: Tensor, options: { alpha?: number } = {}): Tensor {
  checkTensors("celu", x);
  checkOptions("celu", options, ["alpha"]);
  const { alpha = 1 } = options;
  if (alpha === 0) throw new ValueError("celu: alpha is a number other than 0: 0");
  const negative = compare.le(x, 0);
  // Excludes positive elements: their exponential may be infinite, and their gradient would be 0 · Infinity.
  const curve = mul(unary.expm1(div(where(negative, x, 0), alpha)), alpha);
  return where(negative, curve, x);
}

/**
 * x · tanh(softplus(x)) (Misra, 2019). Shape of `x`. PyTorch: `F.mish`.
 * @forms nn.functional.mish()
 */
export function mish(x: Tensor): Tensor {
  checkTensors("mish", x);
  return mul(x, unary.tanh(unary.softplus(x)));
}

/**
 * x · Φ(x), where Φ is the normal distribution function; `approximate: "tanh"` computes the cheaper form.
 * Default `"none"`. Shape of `x`. PyTorch: `F.gelu`.
 * @throws ValueError for another word.
 * @forms nn.functional.gelu()
 */
export function gelu(x: Tensor, options: { approximate?: "none" | "tanh" } = {}): Tensor {
  checkTensors("gelu", x);
  checkOptions("gelu", options, ["approximate"]);
  const { approximate = "none" } = options;
  if (approximate !== "none" && approximate !== "tanh")
    throw new ValueError(`gelu: approximate is "none" or "tanh": ${String(approximate)}`);
  return approximate === "tanh" ? unary.geluTanh(x) : unary.gelu(x);
}

/**
 * The first half of `x` along `dim`, multiplied by the sigmoid of the second half (Dauphin et al., 2017). The
 * dim is -1 by default. Shape of `x`, with half the size along `dim`. PyTorch: `F.glu`.
 * @example nn.functional.glu(tensor([1, 2, 0, 0])) // [0.5, 1]
 * @throws ShapeError for a scalar, and for an odd size along `dim`.
 * @forms nn.functional.glu()
 */
export function glu(x: Tensor, dim: OrNamed<number> = -1): Tensor {
  checkTensors("glu", x);
  if (x.ndim === 0) throw new ShapeError("glu: x has at least one dim: []");
  const d = resolveDim("glu", dimOf("glu", dim), x.ndim);
  const size = x.shape[d];
  if (size % 2 !== 0) throw new ShapeError(`glu: the size along dim ${d} is even: ${formatShape(x.shape)}`);
  return mul(narrow(x, d, 0, size / 2), unary.sigmoid(narrow(x, d, size / 2, size / 2)));
}

/**
 * x where x > 0, else weight · x (He et al., 2015). Shapes: x [N, C, …]; weight one value, or [C] for one per
 * channel. PyTorch: `F.prelu`.
 * @throws DTypeError unless `x` and `weight` are floats of one dtype; ShapeError for another number of
 * weights than one or one for each channel.
 * @forms nn.functional.prelu()
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkTensors("prelu", x, weight);
  if (x.dtype !== weight.dtype || !isFloating(x.dtype))
    throw new DTypeError(`prelu: x and weight are floats of one dtype: ${x.dtype} and ${weight.dtype}`);
  if (weight.ndim > 1)
    throw new ShapeError(`prelu: the weight has at most one dim: ${formatShape(weight.shape)}`);
  const channels = x.ndim < 2 ? 1 : x.shape[1];
  if (weight.numel !== 1 && weight.numel !== channels)
    throw new ShapeError(
      `prelu: one weight, or one per channel: ${formatShape(weight.shape)} for ${formatShape(x.shape)}`,
    );
  // With one value per channel, the values lie along dim 1 of x.
  const slope = reshape(weight, x.ndim < 2 ? [] : [weight.numel, ...new Array<number>(x.ndim - 2).fill(1)]);
  const positive = compare.gt(x, 0);
  return where(positive, x, mul(where(positive, 0, x), slope));
}

export interface RreluOptions {
  /** Smallest slope. Default 1/8. */
  lower?: number;
  /** Largest slope. Default 1/3. */
  upper?: number;
  /** Draws a slope for each element; otherwise the slope is (lower + upper) / 2. Default false. */
  training?: boolean;
  generator?: Generator;
}

/**
 * x where x > 0, else x times a random slope (Xu et al., 2015). Shape of `x`. PyTorch: `F.rrelu`.
 * @throws ValueError if `lower` is above `upper`; DTypeError for integers.
 * @forms nn.functional.rrelu()
 */
export function rrelu(x: Tensor, options: RreluOptions = {}): Tensor {
  checkTensors("rrelu", x);
  checkOptions("rrelu", options, ["lower", "upper", "training", "generator"]);
  const { lower = 1 / 8, upper = 1 / 3, training = false, generator } = options;
  if (!(lower <= upper))
    throw new ValueError(`rrelu: lower is at most upper: ${quoted(lower)} and ${quoted(upper)}`);
  if (!isFloating(x.dtype)) throw new DTypeError(`rrelu: a float tensor is needed: ${x.dtype}`);
  if (!training) return unary.leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
  const slopes = empty(x.shape, x.dtype);
  fillRandom(slopes, "uniform", lower, upper, generator);
  return where(compare.le(x, 0), mul(x, slopes), x);
}
