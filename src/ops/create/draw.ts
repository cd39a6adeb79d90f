/** Random numbers from other distributions, computed from the two that kernels draw: uniform and normal. */

import { checkNumbers, checkOperands, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { isOptions } from "../../recognize.js";
import { broadcastShapes, checkShape, type Shape } from "../../shape.js";
import { empty, Tensor } from "../../tensor/tensor.js";
import { tracing } from "../../tracing.js";
import { add, compare, div, eq, log, mul, neg, unary, where } from "../elementwise/elementwise.js";
import { argmax } from "../reduce/reduce.js";
import { cat } from "../shape/join.js";
import { denseCopy, expand, to, unsqueeze } from "../shape/views.js";
import { copy_, writable } from "../write/in-place.js";
import {
  fillRandom,
  type GeneratorOptions,
  generatorOptions,
  type RandomOptions,
  rand,
  randn,
  tensor,
  zerosLike,
} from "./create.js";

const known = ["dtype", "requiresGrad", "generator"];

function uniform(shape: Shape, dtype: DType, options: GeneratorOptions | undefined): Tensor {
  const out = empty([...shape], dtype);
  fillRandom(out, "uniform", 0, 1, options?.generator);
  return out;
}

/**
 * A tensor of the shape and dtype of `x` with random numbers from the uniform distribution on [0, 1).
 * PyTorch: `torch.rand_like`.
 * @example randLike(tensor([3, 4])).shape // [2]
 * @forms randLike()
 */
export function randLike(x: Tensor, options?: RandomOptions): Tensor {
  checkTensors("randLike", x);
  checkOptions("randLike", options, known);
  return rand(x.shape, { dtype: x.dtype, ...options });
}

/**
 * A tensor of the shape and dtype of `x` with random numbers from the normal distribution with mean 0 and
 * variance 1. PyTorch: `torch.randn_like`.
 * @example randnLike(tensor([3, 4])).shape // [2]
 * @forms randnLike()
 */
export function randnLike(x: Tensor, options?: RandomOptions): Tensor {
  checkTensors("randnLike", x);
  checkOptions("randnLike", options, known);
  return randn(x.shape, { dtype: x.dtype, ...options });
}

/**
 * The range of integers that each dtype represents; for floats, the range in which every integer is
 * representable.
 */
const wholeRanges: Record<DType, readonly [number, number]> = {
  float32: [-(2 ** 24), 2 ** 24],
  float64: [-(2 ** 53), 2 ** 53],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  bool: [0, 1],
};

/**
 * Uniform integers from low to high - 1. They consist of two digits of 24 bits, each from one uniform number,
 * so that ranges up to 2^48 are evenly distributed.
 */
function integers(
  op: string,
  low: number,
  high: number,
  shape: Shape,
  dtype: DType,
  options?: GeneratorOptions,
): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low)
    throw new ValueError(`${op}: integers with low < high are needed: ${quoted(low)} and ${quoted(high)}`);
  const [least, most] = wholeRanges[dtype];
  if (low < least || high - 1 > most)
    throw new ValueError(
      `${op}: ${dtype} holds ${least} to ${most}: ${quoted(low)} to ${high - 1}`,
      "VALUE_OUT_OF_RANGE",
    );
  const range = high - low;
  const fine = div(uniform(shape, "float64", options), 16777216);
  const u = add(uniform(shape, "float64", options), fine);
  return to(add(unary.floor(mul(u, range)), low), dtype);
}

/**
 * A tensor of random integers from `low` (default 0) to `high` - 1, all equally likely:
 * `randint(high, shape)` or `randint(low, high, shape)`. Default dtype `int32`. PyTorch: `torch.randint`.
 * @throws ValueError unless `low` < `high` are integers; `VALUE_OUT_OF_RANGE` if the dtype does not hold
 * them.
 * @forms randint()
 */
export function randint(...args: [...(number | Shape)[], RandomOptions] | (number | Shape)[]): Tensor {
  const given = [...args];
  const last = given.at(-1);
  const options =
    typeof last === "object" && !Array.isArray(last) ? (given.pop() as RandomOptions) : undefined;
  checkOptions("randint", options, known);
  const shape = given.pop() as Shape;
  checkShape("randint", shape);
  const [low, high] = (given.length === 1 ? [0, given[0]] : given) as [number, number];
  const out = integers("randint", low, high, shape, options?.dtype ?? "int32", options);
  if (options?.requiresGrad) out.requiresGrad = true;
  return out;
}

/** The numbers, and the options after them. */
function boundsOf<Options extends GeneratorOptions>(
  op: string,
  args: readonly unknown[],
  known: readonly string[],
): { options: Options | undefined; bounds: number[] } {
  // As everywhere in JavaScript, a trailing undefined counts as a missing argument.
  const given = args.slice(0, args.findLastIndex((v) => v !== undefined) + 1);
  const options = isOptions(given.at(-1)) ? (given.pop() as Options) : undefined;
  checkOptions(op, options, known);
  if (given.length > 2)
    throw new ValueError(`${op}: low and high, and options come last: ${quoted(given[2])}`);
  return { options, bounds: given as number[] };
}

/**
 * A tensor of the shape and dtype of `x` with random integers: `randintLike(x, high)` or
 * `randintLike(x, low, high)`. PyTorch: `torch.randint_like`.
 * @throws ValueError unless `low` < `high` are integers; `VALUE_OUT_OF_RANGE` if the dtype does not hold
 * them.
 * @forms randintLike()
 */
export function randintLike(x: Tensor, ...args: [...number[], RandomOptions] | number[]): Tensor {
  checkTensors("randintLike", x);
  const { options, bounds } = boundsOf<RandomOptions>("randintLike", args, known);
  const [low, high] = bounds.length === 1 ? [0, bounds[0]] : bounds;
  const out = integers("randintLike", low, high, x.shape, options?.dtype ?? x.dtype, options);
  if (options?.requiresGrad) out.requiresGrad = true;
  return out;
}

/**
 * Random numbers from normal distributions whose `mean` and `std` are tensors (which broadcast) or numbers:
 * `normal(mean, std)`, or `normal(0, 1, [2, 3])` for two numbers. `std` is 1 by default; the shape is that of
 * the tensors, and needed where there is none. PyTorch: `torch.normal`.
 * @throws ShapeError without a shape for two numbers, and for tensors that do not broadcast; ValueError for a
 * negative `std`.
 * @forms normal()
 */
export function normal(
  mean: Tensor | number,
  std: Tensor | number = 1,
  shape?: Shape | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const own = shape !== undefined && !Array.isArray(shape) ? (shape as RandomOptions) : options;
  checkOptions("normal", own, known);
  for (const v of [mean, std])
    if (typeof v !== "number" && !(v instanceof Tensor))
      throw new DTypeError(`normal: mean and std are tensors or numbers: ${typeof v}`, "NOT_A_TENSOR");
  const shapes = [mean, std].map((v) => (typeof v === "number" ? [] : v.shape));
  const target = Array.isArray(shape) ? (shape as Shape) : broadcastShapes("normal", shapes[0], shapes[1]);
  if (typeof mean === "number" && typeof std === "number" && !Array.isArray(shape))
    throw new ShapeError(
      `normal: the shape is needed where mean and std are numbers: ${quoted(mean)} and ${quoted(std)}`,
    );
  if (typeof std === "number" && !(std >= 0))
    throw new ValueError(`normal: the standard deviation is >= 0: ${quoted(std)}`);
  const dtype = own?.dtype ?? [mean, std].flatMap((v) => (typeof v === "number" ? [] : [v.dtype]))[0];
  const plain = (v: Tensor | number) => (typeof v === "number" ? v : v.detach());
  const out = add(mul(randn(target, { dtype, generator: own?.generator }), plain(std)), plain(mean));
  if (own?.requiresGrad) out.requiresGrad = true;
  return out;
}

/**
 * A tensor of the shape and dtype of `p` whose elements are 1 with the probability in `p`, else 0. Its
 * gradient is 0. PyTorch: `torch.bernoulli`.
 * @example bernoulli(tensor([0, 1, 1])) // [0, 1, 1]
 * @throws DTypeError for integers; ValueError for probabilities outside [0, 1].
 * @forms bernoulli(), x.bernoulli()
 */
export function bernoulli(p: Tensor, options?: GeneratorOptions): Tensor {
  checkTensors("bernoulli", p);
  checkOptions("bernoulli", options, generatorOptions);
  if (!isFloating(p.dtype)) throw new DTypeError(`bernoulli: probabilities are floats: ${p.dtype}`);
  // The values of a traced tensor are not known.
  if (tracing === null) {
    const wrong = Array.from(denseCopy(p.detach()).data).find((v) => !(v >= 0 && v <= 1));
    if (wrong !== undefined) throw new ValueError(`bernoulli: probabilities are between 0 and 1: ${wrong}`);
  }
  const out = to(compare.lt(uniform(p.shape, p.dtype, options), p.detach()), p.dtype);
  return differentiable("bernoulli", [p], out, (g) => [zerosLike(g)]);
}

/** Fills `x` with the float64 values that `draw` returns for its shape; integers are rounded down. */
function filled(
  op: string,
  x: Tensor,
  options: GeneratorOptions | undefined,
  draw: (u: Tensor) => Tensor,
): Tensor {
  checkOptions(op, options, generatorOptions);
  writable(op, x);
  return copy_(x, draw(uniform(x.shape, "float64", options)));
}

function needsFloat(op: string, x: Tensor): void {
  if (!isFloating(x.dtype)) throw new DTypeError(`${op}: random numbers are floats: ${x.dtype}`);
}

/**
 * Overwrites `x` with 1 with probability `p` (a number or a tensor), else 0. PyTorch: `Tensor.bernoulli_`.
 * @forms x.bernoulli_()
 */
export function bernoulli_(x: Tensor, p: Tensor | number = 0.5, options?: GeneratorOptions): Tensor {
  checkTensors("bernoulli_", x);
  checkOperands("bernoulli_", p);
  if (!(p instanceof Tensor) && !(p >= 0 && p <= 1))
    throw new ValueError(`bernoulli_: p is between 0 and 1: ${quoted(p)}`);
  const chance = p instanceof Tensor ? p.detach() : Number(p);
  return filled("bernoulli_", x, options, (u) => compare.lt(u, chance));
}

/** ln(1 - u) for u in [0, 1): finite. */
const logRest = (u: Tensor) => unary.log1p(neg(u));

function positive(op: string, name: string, value: number): void {
  if (typeof value !== "number" || !(value > 0))
    throw new ValueError(`${op}: ${name} is above 0: ${quoted(value)}`);
}

/**
 * Overwrites `x` with random numbers from the exponential distribution, whose density is lambda · e^(-lambda
 * x). PyTorch: `Tensor.exponential_`.
 * @forms x.exponential_()
 */
export function exponential_(x: Tensor, lambda = 1, options?: GeneratorOptions): Tensor {
  checkTensors("exponential_", x);
  needsFloat("exponential_", x);
  positive("exponential_", "lambda", lambda);
  return filled("exponential_", x, options, (u) => div(logRest(u), -lambda));
}

/**
 * Overwrites `x` with random numbers of trials up to the first success, where each trial succeeds with
 * probability `p`. PyTorch: `Tensor.geometric_`.
 * @forms x.geometric_()
 */
export function geometric_(x: Tensor, p: number, options?: GeneratorOptions): Tensor {
  checkTensors("geometric_", x);
  if (x.dtype === "bool") throw new DTypeError("geometric_: not defined for bool");
  if (typeof p !== "number" || !(p > 0 && p < 1))
    throw new ValueError(`geometric_: p is between 0 and 1: ${quoted(p)}`);
  return filled("geometric_", x, options, (u) =>
    to(add(unary.floor(div(logRest(u), Math.log1p(-p))), 1), x.dtype),
  );
}

/**
 * Overwrites `x` with random numbers from the Cauchy distribution. PyTorch: `Tensor.cauchy_`.
 * @forms x.cauchy_()
 */
export function cauchy_(x: Tensor, median = 0, sigma = 1, options?: GeneratorOptions): Tensor {
  checkTensors("cauchy_", x);
  checkNumbers("cauchy_", { median });
  needsFloat("cauchy_", x);
  positive("cauchy_", "sigma", sigma);
  return filled("cauchy_", x, options, (u) => add(mul(unary.tan(mul(add(u, -0.5), Math.PI)), sigma), median));
}

/**
 * Overwrites `x` with e to the power of random numbers from the normal distribution with `mean` and `std`.
 * PyTorch: `Tensor.log_normal_`.
 * @forms x.logNormal_()
 */
export function logNormal_(x: Tensor, mean = 1, std = 2, options?: GeneratorOptions): Tensor {
  checkTensors("logNormal_", x);
  checkNumbers("logNormal_", { mean });
  checkOptions("logNormal_", options, generatorOptions);
  needsFloat("logNormal_", x);
  positive("logNormal_", "std", std);
  writable("logNormal_", x);
  return copy_(x, unary.exp(add(mul(randn(x.shape, { dtype: "float64", ...options }), std), mean)));
}

/**
 * Overwrites `x` with random integers from `low` (default 0) to `high` - 1: `x.random_(10)`,
 * `x.random_(5, 10)`. PyTorch: `Tensor.random_`.
 * @forms x.random_()
 */
export function random_(x: Tensor, ...args: [...number[], GeneratorOptions] | number[]): Tensor {
  checkTensors("random_", x);
  const { options, bounds } = boundsOf<GeneratorOptions>("random_", args, generatorOptions);
  // Without bounds: all integers that the dtype represents exactly.
  const most = x.dtype === "float64" ? 2 ** 48 : wholeRanges[x.dtype][1] + 1;
  const [low, high] = bounds.length === 0 ? [0, most] : bounds.length === 1 ? [0, bounds[0]] : bounds;
  writable("random_", x);
  return copy_(x, integers("random_", low, high, x.shape, x.dtype, options));
}

/** Options of `multinomial`. */
export interface MultinomialOptions extends GeneratorOptions {
  /** Whether a class may be drawn more than once. Default false. */
  replacement?: boolean;
}

/**
 * `count` random positions for each row of weights, drawn with probabilities in proportion to the weights:
 * [classes] or [rows, classes] → `int32` [count] or [rows, count]. A weight of 0 is not drawn as long as
 * there are others. PyTorch: `torch.multinomial`.
 *
 * The class with the largest ln(weight) + Gumbel noise has its weight for a probability (Gumbel, 1954).
 * @throws ShapeError for other numbers of dims than 1 and 2; DTypeError for integers; ValueError for a number
 * of draws below 1, or above the number of classes without `replacement`.
 * @forms multinomial(), x.multinomial()
 */
export function multinomial(weights: Tensor, count: number, options?: MultinomialOptions): Tensor {
  checkTensors("multinomial", weights);
  checkOptions("multinomial", options, ["replacement", "generator"]);
  if (weights.ndim !== 1 && weights.ndim !== 2)
    throw new ShapeError(`multinomial: weights have one or two dims: ${formatShape(weights.shape)}`);
  if (!isFloating(weights.dtype)) throw new DTypeError(`multinomial: weights are floats: ${weights.dtype}`);
  const classes = weights.shape[weights.ndim - 1];
  const replacement = options?.replacement ?? false;
  if (!Number.isInteger(count) || count < 1 || (!replacement && count > classes))
    throw new ValueError(
      `multinomial: the number of draws is from 1${replacement ? "" : ` to the ${classes} classes`}: ${String(count)}`,
    );
  const given = to(weights.detach(), "float64");
  // not -Infinity, which marks classes that were already drawn
  const chances = where(eq(given, 0), -1e300, log(given));
  // An exponential variable divided by the weight is the time of a runner in a race; minus its logarithm is
  // ln(weight) plus Gumbel noise. 2^-25 keeps the logarithm finite.
  const race = (shape: Shape) => neg(log(neg(log(add(uniform(shape, "float64", options), 2 ** -25)))));
  if (replacement) {
    const rows = unsqueeze(chances, -2);
    const shape = [...rows.shape];
    shape[shape.length - 2] = count;
    return argmax(add(expand(rows, shape), race(shape)), -1);
  }
  let scores = add(chances, race(chances.shape));
  const drawn: Tensor[] = [];
  const numbers = tensor(Int32Array.from({ length: classes }, (_, i) => i));
  for (let i = 0; i < count; i++) {
    const best = argmax(scores, -1, { keepdim: true });
    drawn.push(best);
    // Ranks after all other classes, including those with weight 0.
    scores = where(eq(numbers, best), Number.NEGATIVE_INFINITY, scores);
  }
  return cat(drawn, -1);
}
