import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import type { Tensor } from "../../tensor/tensor.js";
import { zeros } from "../create/create.js";
import { abs, add, compare, div, eq, mul, pow, sqrt, unary, where } from "../elementwise/elementwise.js";
import { amax, amin, type Dims, sum } from "../reduce/reduce.js";
import { cat } from "../shape/join.js";
import { narrow, to } from "../shape/views.js";

/*
 * Elements divided by a norm, or by a mean of squares, of their neighbourhood.
 */

export interface LocalResponseNormOptions {
  /** Default 1e-4. */
  alpha?: number;
  /** Default 0.75. */
  beta?: number;
  /** Default 1. */
  k?: number;
}

/**
 * x / (k + alpha · m)^beta, where m is the mean of the squares of `size` neighbouring channels, zeros beyond
 * the first and the last (Krizhevsky et al., 2012). Shapes: x [N, C, …] with at least 3 dims. PyTorch:
 * `F.local_response_norm`.
 * @throws ShapeError for less than 3 dims; ValueError for a size below 1.
 * @forms nn.functional.localResponseNorm()
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  checkTensors("localResponseNorm", x);
  checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  if (x.ndim < 3)
    throw new ShapeError(`localResponseNorm: x has at least 3 dims, [N, C, ...]: ${formatShape(x.shape)}`);
  if (!Number.isInteger(size) || size < 1)
    throw new ValueError(`localResponseNorm: size is an integer >= 1: ${quoted(size)}`);
  if (x.numel === 0) return x;
  const channels = x.shape[1];
  const padding = (count: number) =>
    zeros(
      x.shape.map((n, d) => (d === 1 ? count : n)),
      { dtype: x.dtype },
    );
  // More distant neighbours than there are channels are zero for all channels.
  const before = Math.min(Math.floor(size / 2), channels - 1);
  const after = Math.min(size - 1 - Math.floor(size / 2), channels - 1);
  const squares = cat([padding(before), unary.square(x), padding(after)], 1);
  let total = narrow(squares, 1, 0, channels);
  for (let i = 1; i <= before + after; i++) total = add(total, narrow(squares, 1, i, channels));
  return div(x, pow(add(mul(div(total, size), alpha), k), beta));
}

export interface NormalizeOptions {
  /** The order of the norm. Default 2. */
  p?: number;
  /** The dims of the norm. Default 1. */
  dim?: Dims;
  /** The smallest divisor. Default 1e-12. */
  eps?: number;
}

/**
 * x / max(‖x‖ₚ, eps) along `dim`. PyTorch: `F.normalize`.
 * @forms nn.functional.normalize()
 */
export function normalize(x: Tensor, options: NormalizeOptions = {}): Tensor {
  checkTensors("normalize", x);
  checkOptions("normalize", options, ["p", "dim", "eps"]);
  const { p = 2, dim = 1, eps = 1e-12 } = options;
  return div(x, unary.clamp(pNorm(x, p, dim), { min: eps }));
}

/**
 * The p-norm along `dim`, kept with size 1. If an element is 0, or the norm is 0, the gradient there is 0.
 */
function pNorm(x: Tensor, p: number, dim: Dims): Tensor {
  const options = { keepdim: true };
  const sizes = abs(x);
  if (p === Infinity) return amax(sizes, dim, options);
  if (p === -Infinity) return amin(sizes, dim, options);
  if (p === 0) return sum(to(compare.ne(x, 0), x.dtype), dim, options);
  if (p === 1) return sum(sizes, dim, options);
  /** f(v); where v is 0, the value of f at 0, without a gradient. */
  const awayFrom0 = (v: Tensor, f: (v: Tensor) => Tensor) => {
    const none = eq(v, 0);
    return where(none, f(v.detach()), f(where(none, 1, v)));
  };
  if (p === 2) return awayFrom0(sum(unary.square(x), dim, options), sqrt);
  const powers = awayFrom0(sizes, (v) => pow(v, p));
  return awayFrom0(sum(powers, dim, options), (v) => pow(v, 1 / p));
}
