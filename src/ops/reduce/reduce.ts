import { checkTensors } from "../../arguments.js";
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { dimAndOptions, type WithDim } from "../../options.js";
import { quoted } from "../../quote.js";
import { numel, resolveDims, type Shape, type Strides, sameShape } from "../../shape.js";
import { empty, Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { constant } from "../create/constant.js";
import { eye } from "../create/create.js";
import { abs, add, div, eq, exp, log, mul, sqrt, sub, where } from "../elementwise/elementwise.js";
import { withLine } from "../index/scalar-as-line.js";
import { dense, denseCopy, expand, permute, reshape, squeeze, to } from "../shape/views.js";

/** Which dims to reduce: one, several, or (undefined, null) all. */
export type Dims = number | readonly number[] | null | undefined;

/** Dims, or the options in their place. */
export type DimsOr<Options> = Dims | WithDim<Dims, Options>;

/** Options of reductions over dims. */
export interface ReduceOptions {
  /** Keep the reduced dims, with size 1. Default false. */
  keepdim?: boolean;
}

/** Options of `var`, `std` and their relatives. */
export interface VarianceOptions extends ReduceOptions {
  /**
   * Subtracted from the number of elements in the divisor. Default 1 (Bessel's correction), as in PyTorch.
   */
  correction?: number;
  /** The older option for a correction of 1 (true) or 0 (false). Default: `correction` counts. */
  unbiased?: boolean;
}

/** Options of reductions that may convert their input first. */
export interface ConvertingReduceOptions extends ReduceOptions {
  /** The dtype to which `x` is converted first. Default: that of `x`; int32 for bool and uint8. */
  dtype?: DType;
}

const reduceOptions: readonly (keyof ReduceOptions)[] = ["keepdim"];
const convertingOptions: readonly (keyof ConvertingReduceOptions)[] = ["keepdim", "dtype"];
const varianceOptions: readonly (keyof VarianceOptions)[] = ["keepdim", "correction", "unbiased"];

type ReduceOp = Parameters<typeof run.reduce>[0];

/**
 * Reduces `dims` (ascending) to size 1, one run of adjacent dims after another, starting with the last run.
 */
function reduceDims(op: ReduceOp, x: Tensor, dims: readonly number[]): Tensor {
  let from = dense(x);
  let end = dims.length;
  while (end > 0) {
    let start = end - 1;
    while (start > 0 && dims[start - 1] === dims[start] - 1) start--;
    const [first, last] = [dims[start], dims[end - 1]];
    const shape = from.shape.map((size, d) => (d >= first && d <= last ? 1 : size));
    const outer = numel(from.shape.slice(0, first));
    const length = numel(from.shape.slice(first, last + 1));
    const inner = numel(from.shape.slice(last + 1));
    const out = empty(shape, from.dtype);
    if (out.numel > 0) run.reduce(op, outer, length, inner, from, out);
    from = out;
    end = start;
  }
  return from === x ? denseCopy(x) : from;
}

/** Shape and strides without the dims of size 1. */
function withoutDims({ shape, strides }: Tensor, dims: readonly number[]): [Shape, Strides] {
  const [sizes, steps]: [number[], number[]] = [[], []];
  for (let d = 0; d < shape.length; d++)
    if (!dims.includes(d)) {
      sizes.push(shape[d]);
      steps.push(strides[d]);
    }
  return [sizes, steps];
}

function dropDims(x: Tensor, dims: readonly number[], keepdim: boolean | undefined): Tensor {
  return keepdim || dims.length === 0 ? x : squeeze(x, dims);
}

/** As in PyTorch, an empty list of dims means all dims. */
function reducedDims(op: string, dim: Dims, rank: number): number[] {
  return resolveDims(op, Array.isArray(dim) && dim.length === 0 ? undefined : dim, rank);
}

/** Sums of booleans and bytes are computed in int32, because their own dtypes would overflow. */
function countable(x: Tensor, dtype?: DType): Tensor {
  if (dtype !== undefined) return to(x, dtype);
  return x.dtype === "bool" || x.dtype === "uint8" ? to(x, "int32") : x;
}

/**
 * The sum over `dim`, by default over all dims. `bool` and `uint8` are summed in `int32`. PyTorch:
 * `torch.sum`.
 * @example sum(tensor([[1, 3], [4, 2]]), 1, { keepdim: true }) // [[4], [6]]
 * @throws ShapeError for a dim that is listed twice.
 * @forms sum(), x.sum()
 */
export function sum(
  given: Tensor,
  dim?: DimsOr<ConvertingReduceOptions>,
  options?: ConvertingReduceOptions,
): Tensor {
  checkTensors("sum", given);
  const [over, { keepdim, dtype }] = dimAndOptions<Dims, ConvertingReduceOptions>(
    "sum",
    convertingOptions,
    dim,
    options,
  );
  const x = countable(given, dtype);
  const dims = reducedDims("sum", over, x.ndim);
  const from = x.shape;
  const kept = reduceDims("sum", x, dims);
  if (keepdim || dims.length === 0) return differentiable("sum", [x], kept, (g) => [expand(g, from)]);
  const dropped = new Tensor(kept.storage, kept.offset, ...withoutDims(kept, dims), kept.dtype);
  return differentiable("sum", [x], dropped, (g) => [expand(reshape(g, kept.shape), from)]);
}

/** @internal The gradient of a broadcast: `g` summed to `shape`. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.ndim - shape.length;
  const dims = g.shape.flatMap((size, d) => (d < lead || (shape[d - lead] === 1 && size !== 1) ? [d] : []));
  return reshape(sum(g, dims, { keepdim: true }), shape);
}

/**
 * The mean over `dim`, by default over all dims, of a float tensor. The mean of nothing is NaN. PyTorch:
 * `torch.mean`.
 * @example mean(tensor([[1, 3], [4, 2]]), 0) // [2.5, 2.5]
 * @throws DTypeError for integers, unless `dtype` is a float.
 * @forms mean(), x.mean()
 */
export function mean(
  x: Tensor,
  dim?: DimsOr<ConvertingReduceOptions>,
  options?: ConvertingReduceOptions,
): Tensor {
  checkTensors("mean", x);
  const [over, asked] = dimAndOptions<Dims, ConvertingReduceOptions>("mean", convertingOptions, dim, options);
  needsFloat("mean", asked.dtype ?? x.dtype);
  const dims = reducedDims("mean", over, x.ndim);
  return div(sum(x, dims, asked), numel(dims.map((d) => x.shape[d])));
}

/**
 * The product over `dim`, by default over all dims. The gradient of an element is the product of the others,
 * also where elements are 0. PyTorch: `torch.prod`.
 * @example prod(tensor([[1, 3], [4, 2]]), 1) // [3, 8]
 * @forms prod(), x.prod()
 */
export function prod(
  given: Tensor,
  dim?: DimsOr<ConvertingReduceOptions>,
  options?: ConvertingReduceOptions,
): Tensor {
  checkTensors("prod", given);
  const [over, { keepdim, dtype }] = dimAndOptions<Dims, ConvertingReduceOptions>(
    "prod",
    convertingOptions,
    dim,
    options,
  );
  const x = countable(given, dtype);
  const dims = reducedDims("prod", over, x.ndim);
  const kept: Tensor = differentiable(
    "prod",
    [x],
    reduceDims("prod", x, dims),
    (g) => [mul(g, isGradEnabled() ? productOfOthersPairwise(x, dims) : productOfOthers(x, dims))],
    { saves: [x] },
  );
  return dropDims(kept, dims, keepdim);
}

/**
 * Divides the product of all elements that are not 0 by the element; the result is 0 if another element is 0.
 */
function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  const isZero = eq(x, 0);
  const product = prod(where(isZero, 1, x), dims, { keepdim: true });
  const zeros = sum(isZero, dims, { keepdim: true });
  const withZero = mul(product, 0); // NaN if NaN or Infinity is multiplied by a 0
  const quotient = where(eq(zeros, 0), div(product, x), withZero);
  return where(isZero, where(eq(zeros, 1), product, withZero), quotient);
}

/**
 * The same without division, so that it can be differentiated again: n products of n elements, in each of
 * which one element is replaced by 1.
 */
function productOfOthersPairwise(x: Tensor, dims: readonly number[]): Tensor {
  const rest = [...x.shape.keys()].filter((d) => !dims.includes(d));
  const order = [...rest, ...dims];
  const n = numel(dims.map((d) => x.shape[d]));
  const rows = reshape(permute(x, order), [numel(rest.map((d) => x.shape[d])), 1, n]);
  const others = prod(where(eye(n, { dtype: "bool" }), 1, rows), 2);
  const back = order.map((_, d) => order.indexOf(d));
  return permute(
    reshape(
      others,
      order.map((d) => x.shape[d]),
    ),
    back,
  );
}

/**
 * The largest element over `dim`, by default over all dims. If an element is NaN, the result is NaN; equal
 * elements share the gradient. PyTorch: `torch.amax`.
 * @example amax(tensor([[1, 3], [4, 2]]), 1) // [3, 4]
 * @forms amax(), x.amax()
 */
export function amax(x: Tensor, dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("amax", x);
  const [over, { keepdim }] = dimAndOptions<Dims, ReduceOptions>("amax", reduceOptions, dim, options);
  return extreme("amax", "max", x, over, keepdim);
}

/**
 * The smallest element over `dim`, by default over all dims. If an element is NaN, the result is NaN; equal
 * elements share the gradient. PyTorch: `torch.amin`.
 * @example amin(tensor([[1, 3], [4, 2]]), 1) // [1, 2]
 * @forms amin(), x.amin()
 */
export function amin(x: Tensor, dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("amin", x);
  const [over, { keepdim }] = dimAndOptions<Dims, ReduceOptions>("amin", reduceOptions, dim, options);
  return extreme("amin", "min", x, over, keepdim);
}

/** @internal The largest or smallest element over `dim`; equals share the gradient. */
export function extreme(op: string, which: "max" | "min", x: Tensor, dim?: Dims, keepdim?: boolean): Tensor {
  const dims = reducedDims(op, dim, x.ndim);
  needsElements(op, x, dims);
  const kept: Tensor = differentiable(
    op,
    [x],
    reduceDims(which, x, dims),
    (g) => {
      const ties = to(eq(x, kept), x.dtype);
      return [mul(div(g, sum(ties, dims, { keepdim: true })), ties)];
    },
    { saves: [x], savesOutput: true },
  );
  return dropDims(kept, dims, keepdim);
}

/**
 * The position of the largest element along `dim`, or in the flattened tensor; the first one among equals.
 * `int32`. Without `dim`, in the flattened tensor. PyTorch: `torch.argmax`.
 * @example argmax(tensor([[1, 3], [4, 2]]), 1) // [1, 0]
 * @forms argmax(), x.argmax()
 */
export function argmax(x: Tensor, dim?: LineOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("argmax", x);
  return argExtreme("argmax", x, dim, options);
}

/**
 * The position of the smallest element along `dim`, or in the flattened tensor; the first one among equals.
 * `int32`. Without `dim`, in the flattened tensor. PyTorch: `torch.argmin`.
 * @example argmin(tensor([[1, 3], [4, 2]]), 1) // [0, 1]
 * @forms argmin(), x.argmin()
 */
export function argmin(x: Tensor, dim?: LineOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("argmin", x);
  return argExtreme("argmin", x, dim, options);
}

/** One dim, all dims (undefined, null), or the options instead. */
export type LineOr<Options> = number | null | undefined | WithDim<number, Options>;

function argExtreme(
  op: "argmax" | "argmin",
  x: Tensor,
  dim: LineOr<ReduceOptions>,
  options?: ReduceOptions,
): Tensor {
  const [over, { keepdim }] = dimAndOptions<number, ReduceOptions>(op, reduceOptions, dim, options);
  if (over === undefined) {
    const flat = argExtreme(op, reshape(x.detach(), [x.numel]), 0);
    return keepdim
      ? reshape(
          flat,
          x.shape.map(() => 1),
        )
      : flat;
  }
  const d = lineDim(op, over, x);
  if (x.ndim === 0) return withLine(x, (line) => argExtreme(op, line, 0));
  needsElements(op, x, [d]);
  const from = dense(x);
  const out = empty(
    x.shape.map((size, i) => (i === d ? 1 : size)),
    "int32",
  );
  const outer = numel(x.shape.slice(0, d));
  const inner = numel(x.shape.slice(d + 1));
  if (out.numel > 0) run.argReduce(op, outer, x.shape[d], inner, from, out);
  return dropDims(out, [d], keepdim);
}

/**
 * The variance over `dim`: the mean squared distance from the mean, with n - `correction` as divisor. By
 * default over all dims. PyTorch: `torch.var`.
 * @example ones([2]).var() // 0
 * @forms var(), x.var()
 */
export function variance(x: Tensor, dim?: DimsOr<VarianceOptions>, options?: VarianceOptions): Tensor {
  return varianceOf("var", x, dim, options);
}

function varianceOf(op: string, x: Tensor, dim: DimsOr<VarianceOptions>, options?: VarianceOptions): Tensor {
  checkTensors(op, x);
  const [over, asked] = dimAndOptions<Dims, VarianceOptions>(op, varianceOptions, dim, options);
  const { keepdim, correction, unbiased } = asked;
  if (correction !== undefined && unbiased !== undefined)
    throw new ValueError(
      `${op}: correction or unbiased, not both: ${quoted(correction)} and ${unbiased}`,
      "INVALID_OPTION",
    );
  needsFloat(op, x.dtype);
  const dims = reducedDims(op, over, x.ndim);
  const count = numel(dims.map((d) => x.shape[d]));
  const divisor = Math.max(0, count - (correction ?? Number(unbiased ?? true)));
  const centered = (from: Tensor) => sub(from, mean(from, dims, { keepdim: true }));
  const distances = centered(x.detach());
  const kept = differentiable(
    "var",
    [x],
    div(sum(mul(distances, distances), dims, { keepdim: true }), divisor),
    (g) => [mul(mul(g, 2 / divisor), centered(x))],
    { saves: [x] },
  );
  return dropDims(kept, dims, keepdim);
}

/**
 * The standard deviation over `dim`: the square root of the variance. Where it is 0 its gradient is 0, as in
 * PyTorch. By default over all dims. PyTorch: `torch.std`.
 * @example std(tensor([1, 2, 3])) // 1
 * @forms std(), x.std()
 */
export function std(x: Tensor, dim?: DimsOr<VarianceOptions>, options?: VarianceOptions): Tensor {
  checkTensors("std", x);
  const squared = varianceOf("std", x, dim, options);
  const y: Tensor = differentiable(
    "std",
    [squared],
    sqrt(squared.detach()),
    (g) => [where(eq(y, 0), 0, div(g, mul(y, 2)))],
    { savesOutput: true },
  );
  return y;
}

/**
 * log Σ exp(x) over `dim`, without overflow. Over no elements it is -Infinity. Integers give float32.
 * PyTorch: `torch.logsumexp`, `torch.special.logsumexp`.
 * @forms logsumexp(), x.logsumexp(), special.logsumexp()
 */
export function logsumexp(given: Tensor, dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("logsumexp", given);
  const [over, { keepdim }] = dimAndOptions<Dims, ReduceOptions>("logsumexp", reduceOptions, dim, options);
  const x = isFloating(given.dtype) ? given : to(given, "float32");
  const dims = reducedDims("logsumexp", over, x.ndim);
  const isEmpty = dims.some((d) => x.shape[d] === 0);
  const largest = isEmpty ? constant(0, x.dtype) : reduceDims("max", x, dims);
  const shift = where(eq(abs(largest), Infinity), 0, largest); // inf - inf would be NaN
  const sums = sum(exp(sub(x.detach(), shift)), dims, { keepdim: true });
  const kept: Tensor = differentiable(
    "logsumexp",
    [x],
    add(log(sums), shift),
    (g) => [mul(g, exp(sub(x, kept)))],
    { saves: [x], savesOutput: true },
  );
  return dropDims(kept, dims, keepdim);
}

/**
 * True where all elements over `dim` are not 0. The result is `bool`; that of a `uint8` tensor is `uint8`, as
 * in PyTorch. By default over all dims. PyTorch: `torch.all`.
 * @example all(tensor([[1, 0], [2, 3]]), 1) // [false, true]
 * @forms all(), x.all()
 */
export function all(x: Tensor, dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("all", x);
  return quantified("all", "min", x, dim, options);
}

/**
 * True where any element over `dim` is not 0. The result is `bool`; that of a `uint8` tensor is `uint8`, as
 * in PyTorch. By default over all dims. PyTorch: `torch.any`.
 * @example any(tensor([[0, 0], [2, 0]]), 1) // [false, true]
 * @forms any(), x.any()
 */
export function any(x: Tensor, dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor {
  checkTensors("any", x);
  return quantified("any", "max", x, dim, options);
}

function quantified(
  op: "all" | "any",
  reduction: "min" | "max",
  x: Tensor,
  dim: DimsOr<ReduceOptions>,
  options?: ReduceOptions,
): Tensor {
  const [over, { keepdim }] = dimAndOptions<Dims, ReduceOptions>(op, reduceOptions, dim, options);
  const dims = resolveDims(op, over, x.ndim);
  const flags = reduceDims(reduction, withOnes(x, dims, Number(op === "all")), dims);
  return dropDims(x.dtype === "uint8" ? to(flags, "uint8") : flags, dims, keepdim);
}

/** The result is `bool`. Reducing nothing gives the neutral element; min and max of nothing have none. */
function withOnes(x: Tensor, dims: readonly number[], neutral: number): Tensor {
  const flags = to(x.detach(), "bool");
  if (dims.every((d) => x.shape[d] > 0)) return flags;
  const shape = x.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const out = empty(shape, "bool");
  run.fill(neutral, out.numel, out);
  return out;
}

function needsFloat(op: string, dtype: DType): void {
  if (!isFloating(dtype))
    throw new DTypeError(`${op}: a float tensor is needed: ${dtype}; use to("float32")`);
}

function needsElements(op: string, x: Tensor, dims: readonly number[]): void {
  if (dims.some((d) => x.shape[d] === 0))
    throw new ShapeError(
      `${op}: no elements to reduce: ${formatShape(x.shape)} over [${dims.join(", ")}]`,
      "EMPTY_REDUCTION",
    );
}
