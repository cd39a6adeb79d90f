import { checkNumbers, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import { resolveDim, resolveDims } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { zerosLike } from "../create/create.js";
import { abs, add, compare, div, eq, mul, pow, sqrt, sub, unary, where } from "../elementwise/elementwise.js";
import { clone, squeeze, to, unsqueeze } from "../shape/views.js";
import { amax, amin, type Dims, sum } from "./reduce.js";

/** Options of norms and normalisations. */
export interface NormOptions {
  /** Keep the reduced dims, with size 1. Default false. */
  keepdim?: boolean;
  /** The dtype to which `x` is converted first. Default: that of `x`. */
  dtype?: DType;
}

/**
 * The order, the dims and the options by position; or the options may contain the order and dims, or only the
 * dims, by name.
 */
export type NormArguments<Name extends string, Order, Over = Dims> =
  | [order?: Order | null, dim?: Over | null, options?: NormOptions]
  | [order: Order | null | undefined, options: NormOptions & { dim?: Over | null }]
  | [options: NormOptions & { dim?: Over | null } & { [Key in Name]?: Order | null }];

/** @internal The given values; `name` is the name of the order. */
export function normArguments<Order, Over = Dims>(
  op: string,
  name: string,
  args: readonly unknown[],
): NormOptions & { order?: Order; dim?: Over } {
  const { [name]: order, ...rest } = byPositionOrName(op, args, [name, "dim"], ["keepdim", "dtype"]);
  return { ...rest, order: order as Order };
}

/**
 * (Σ |x|ᵖ)^(1/p) over `dim`, default all dims, with p = `ord`, default 2. Infinity is the largest |x|,
 * -Infinity the smallest, 0 counts what is not 0. Where the norm is 0 its gradient is 0; equally large
 * elements share it. `vectorNorm(x, 1, 0, { keepdim: true })` or
 * `vectorNorm(x, { ord: 1, dim: 0, keepdim: true })`. PyTorch: `torch.linalg.vector_norm`.
 * @throws ShapeError `EMPTY_REDUCTION` for no elements and an infinite or negative order.
 * @forms vectorNorm(), linalg.vectorNorm()
 */
export function vectorNorm(x: Tensor, ...args: NormArguments<"ord", number>): Tensor {
  checkTensors("vectorNorm", x);
  const { order, dim, ...options } = normArguments<number>("vectorNorm", "ord", args);
  return normOver("vectorNorm", x, order ?? 2, dim, options);
}

/** @internal `vectorNorm`, called `op` in errors. */
export function normOver(op: string, given: Tensor, p: number, dim: Dims, options?: NormOptions): Tensor {
  if (typeof p !== "number" || Number.isNaN(p))
    throw new ValueError(`${op}: the order is a number: ${quoted(p)}`);
  const x = options?.dtype === undefined ? given : to(given, options.dtype);
  if (!isFloating(x.dtype))
    throw new DTypeError(`${op}: a float tensor is needed: ${x.dtype}; use to("float32")`);
  const dims = resolveDims(op, Array.isArray(dim) && dim.length === 0 ? undefined : dim, x.ndim);
  if ((p < 0 || p === Infinity) && dims.some((d) => x.shape[d] === 0))
    throw new ShapeError(
      `${op}: no elements to reduce with order ${quoted(p)}: ${formatShape(x.shape)} over [${dims.join(", ")}]`,
      "EMPTY_REDUCTION",
    );
  const kept: Tensor = differentiable(
    op,
    [x],
    clone(normOf(x.detach(), p, dims)),
    (g) => [normGradient(x, kept, g, p, dims)],
    { saves: [x], savesOutput: true },
  );
  return options?.keepdim || dims.length === 0 ? kept : squeeze(kept, dims);
}

const keepdim = { keepdim: true };

/** Outside the graph; reduced dims are kept with size 1. */
function normOf(x: Tensor, p: number, dims: number[]): Tensor {
  const size = abs(x);
  if (p === 0) return to(sum(compare.ne(x, 0), dims, keepdim), x.dtype);
  if (p === 1) return sum(size, dims, keepdim);
  if (p === 2) return sqrt(sum(mul(x, x), dims, keepdim));
  if (p === Infinity) return amax(size, dims, keepdim);
  if (p === -Infinity) return amin(size, dims, keepdim);
  return pow(sum(pow(size, p), dims, keepdim), 1 / p);
}

function normGradient(x: Tensor, norm: Tensor, g: Tensor, p: number, dims: number[]): Tensor {
  const direction = unary.sign(x);
  if (p === 0) return zerosLike(x);
  if (p === 1) return mul(g, direction);
  const isZero = eq(norm, 0);
  const divisor = where(isZero, 1, norm);
  if (p === 2) return mul(where(isZero, 0, div(g, divisor)), x);
  if (p === Infinity || p === -Infinity) {
    const bothNaN = mul(compare.ne(x, x), compare.ne(norm, norm));
    const extremes = to(add(eq(abs(x), norm), bothNaN), x.dtype);
    return mul(direction, mul(div(g, sum(extremes, dims, keepdim)), extremes));
  }
  // A negative power of 0 is infinite, and its product with the sign, 0, would be NaN.
  const zeros = eq(x, 0);
  const slope = p < 2 ? where(zeros, 0, pow(abs(where(zeros, 1, x)), p - 1)) : pow(abs(x), p - 1);
  return mul(mul(direction, slope), where(isZero, 0, mul(g, pow(divisor, 1 - p))));
}

type RenormArguments =
  | [p: number, dim: number, maxnorm: number]
  | [options: { p: number; dim: number; maxnorm: number }];

/**
 * `x` with every slice along `dim` whose `p`-norm is above `maxnorm` scaled down to `maxnorm`. Shape of `x`,
 * at least 2 dims. PyTorch: `torch.renorm`.
 * @example renorm(tensor([[3, 4], [0, 1]]), 2, 0, 1) // [[0.6, 0.8], [0, 1]]
 * @throws ShapeError for less than 2 dims; ValueError for a `p` of 0 or less, and a negative `maxnorm`;
 * DTypeError for integers.
 * @forms renorm(), x.renorm(), x.renorm_()
 */
export function renorm(x: Tensor, ...args: RenormArguments): Tensor {
  checkTensors("renorm", x);
  const { p, dim, maxnorm } = byPositionOrName("renorm", args, ["p", "dim", "maxnorm"]) as Record<
    string,
    number
  >;
  if (x.ndim < 2) throw new ShapeError(`renorm: at least 2 dims are needed: ${formatShape(x.shape)}`);
  checkNumbers("renorm", { p, maxnorm });
  if (!(p > 0)) throw new ValueError(`renorm: p is a number above 0: ${quoted(p)}`);
  if (!(maxnorm >= 0)) throw new ValueError(`renorm: maxnorm is a number >= 0: ${quoted(maxnorm)}`);
  const d = resolveDim("renorm", dim, x.ndim);
  const others = [...x.shape.keys()].filter((other) => other !== d);
  const norms = normOver("renorm", x, p, others, keepdim);
  // PyTorch's divisor, which is never 0.
  return mul(x, where(compare.gt(norms, maxnorm), div(maxnorm, add(norms, 1e-7)), 1));
}

/** The order, by position or by name. */
export type OrderArguments<Options = object> =
  | [p?: number, options?: Options]
  | [options: Options & { p?: number }];

/**
 * The `p`-norm (default 2) of x - y, which broadcast. PyTorch: `torch.dist`.
 * @example dist(tensor([1, 2]), tensor([4, 6])) // 5
 * @throws DTypeError for integers; ValueError for an order that is not a number; ShapeError for shapes that
 * do not broadcast.
 * @forms dist(), x.dist()
 */
export function dist(x: Tensor, y: Tensor, ...args: OrderArguments): Tensor {
  checkTensors("dist", x, y);
  const { p = 2 } = byPositionOrName("dist", args, ["p"]);
  return normOver("dist", sub(x, y), p as number, undefined);
}

/**
 * The distances, by the `p`-norm (default 2), between every row of one batch of matrices and every row of
 * another.
 * Shapes: [..., P, M], [..., R, M] → [..., P, R]. PyTorch: `torch.cdist`.
 * @throws ShapeError unless both are matrices with as many columns; ValueError for a negative `p`; DTypeError
 * for integers.
 * @forms cdist()
 */
export function cdist(x: Tensor, y: Tensor, ...args: OrderArguments<{ computeMode?: string }>): Tensor {
  checkTensors("cdist", x, y);
  // The mode selects PyTorch's algorithm; here distances are always computed from differences, which is
  // accurate.
  const given = byPositionOrName("cdist", args, ["p"], ["computeMode"]);
  const p = (given.p ?? 2) as number;
  if (x.ndim < 2 || y.ndim < 2 || x.shape[x.ndim - 1] !== y.shape[y.ndim - 1])
    throw new ShapeError(
      `cdist: matrices with as many columns are needed: ${formatShape(x.shape)} and ${formatShape(y.shape)}`,
    );
  if (!(p >= 0)) throw new ValueError(`cdist: p is a number >= 0: ${quoted(p)}`);
  const differences = sub(unsqueeze(x, -2), unsqueeze(y, -3));
  if (x.shape[x.ndim - 1] === 0) return sum(differences, -1);
  return normOver("cdist", differences, p, -1);
}
