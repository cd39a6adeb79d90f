import { checkTensors } from "../../arguments.js";
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { differentiable } from "../../autograd/graph.js";
import { type DType, isFloating } from "../../dtype.js";
import { DTypeError } from "../../errors.js";
import { run } from "../../kernels/run.js";
import { dimAndOptions, dimOf, type OrNamed, type WithDim } from "../../options.js";
import { numel } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { lineDim } from "../arguments/line-dim.js";
import { type Named, named } from "../arguments/named.js";
import { eye } from "../create/create.js";
import { add, div, eq, exp, log, mul, neg, sub, unary, where } from "../elementwise/elementwise.js";
import { gatherLines } from "../index/indexing.js";
import { withLine } from "../index/scalar-as-line.js";
import { upperTriangle } from "../shape/triangle.js";
import { dense, to, transpose, unsqueeze } from "../shape/views.js";
import { sum } from "./reduce.js";

type ScanOp = Parameters<typeof run.scan>[0];

/** Options of running sums and products. */
export interface ScanOptions {
  /** The dtype to which `x` is converted first. Default: that of `x`; int32 for bool and uint8. */
  dtype?: DType;
}

/** Calls the kernel, outside the graph. */
function scanned(op: ScanOp, x: Tensor, dim: number, reverse = false): Tensor {
  const from = dense(x);
  const out = empty(x.shape, x.dtype);
  const [outer, inner] = [numel(x.shape.slice(0, dim)), numel(x.shape.slice(dim + 1))];
  if (out.numel > 0) run.scan(op, reverse ? 1 : 0, outer, x.shape[dim], inner, from, out);
  return out;
}

/** Integers of every dtype are summed in int32, because bytes would overflow. */
function converted(x: Tensor, options: ScanOptions): Tensor {
  return to(x, options.dtype ?? (isFloating(x.dtype) ? x.dtype : "int32"));
}

function scanOf(
  op: string,
  x: Tensor,
  dim: number | WithDim<number, ScanOptions>,
  options: ScanOptions | undefined,
  f: (x: Tensor, dim: number) => Tensor,
) {
  const [along, named] = dimAndOptions<number, ScanOptions>(op, ["dtype"], dim, options);
  const from = converted(x, named);
  const d = lineDim(op, along as number, x);
  return withLine(from, (line) => f(line, d));
}

/**
 * The running sums along `dim`. Shape of `x`. PyTorch: `torch.cumsum`.
 * @example cumsum(tensor([1, 2, 3]), 0) // [1, 3, 6]
 * @forms cumsum(), x.cumsum(), x.cumsum_()
 */
export function cumsum(x: Tensor, dim: number | WithDim<number, ScanOptions>, options?: ScanOptions): Tensor {
  checkTensors("cumsum", x);
  return scanOf("cumsum", x, dim, options, (line, d) => runningSum(line, d, false));
}

/** The adjoint of a running sum is the running sum in the opposite direction. */
function runningSum(x: Tensor, dim: number, reverse: boolean): Tensor {
  return differentiable("cumsum", [x], scanned("sum", x, dim, reverse), (g) => [
    runningSum(g, dim, !reverse),
  ]);
}

/**
 * The running products along `dim`. Shape of `x`. The gradient is right where elements are 0, too. PyTorch:
 * `torch.cumprod`.
 * @example cumprod(tensor([1, 2, 3]), 0) // [1, 2, 6]
 * @forms cumprod(), x.cumprod(), x.cumprod_()
 */
export function cumprod(
  x: Tensor,
  dim: number | WithDim<number, ScanOptions>,
  options?: ScanOptions,
): Tensor {
  checkTensors("cumprod", x);
  return scanOf("cumprod", x, dim, options, (line, d) => {
    const y: Tensor = differentiable(
      "cumprod",
      [line],
      scanned("prod", line, d),
      (g) => [isGradEnabled() ? cumprodGradientPairwise(line, g, d) : cumprodGradient(line, y, g, d)],
      { saves: [line], savesOutput: true },
    );
    return y;
  });
}

/**
 * Before the first 0, the running products are divided by the element. At the first 0, they are computed
 * without that 0. After it, every product is 0.
 */
function cumprodGradient(x: Tensor, y: Tensor, g: Tensor, dim: number): Tensor {
  const isZero = eq(x, 0);
  const zeros = scanned("sum", to(isZero, "int32"), dim);
  const first = mul(isZero, eq(zeros, 1));
  const withoutFirst = scanned("prod", where(first, 1, x), dim);
  const atFirst = scanned("sum", mul(g, withoutFirst), dim, true);
  const before = div(scanned("sum", mul(g, y), dim, true), x);
  return where(first, atFirst, where(eq(zeros, 0), before, 0));
}

/**
 * The same without division, so that it can be differentiated again: n scans of n elements, in each of which
 * one element is replaced by 1.
 */
function cumprodGradientPairwise(x: Tensor, g: Tensor, dim: number): Tensor {
  const n = x.shape[dim];
  const rows = (t: Tensor) => unsqueeze(transpose(t, dim, -1), -2);
  const others = cumprod(where(eye(n, { dtype: "bool" }), 1, rows(x)), -1);
  const ofLater = where(upperTriangle(n, n), mul(rows(g), others), 0);
  return transpose(sum(ofLater, -1), dim, -1);
}

/**
 * The logarithms of the running sums of exp(x) along `dim`, without overflow. Shape of `x`. PyTorch:
 * `torch.logcumsumexp`.
 * @example logcumsumexp(tensor([0, 0]), 0) // [0, 0.6931]
 * @throws DTypeError for integers.
 * @forms logcumsumexp(), x.logcumsumexp()
 */
export function logcumsumexp(x: Tensor, dim: OrNamed<number>): Tensor {
  checkTensors("logcumsumexp", x);
  if (!isFloating(x.dtype)) throw new DTypeError(`logcumsumexp: a float tensor is needed: ${x.dtype}`);
  const d = lineDim("logcumsumexp", dimOf("logcumsumexp", dim), x);
  return withLine(x, (line) => {
    const y: Tensor = differentiable(
      "logcumsumexp",
      [line],
      scanned("logsumexp", line, d),
      (g) => [
        isGradEnabled() ? logcumsumexpGradientPairwise(line, y, g, d) : logcumsumexpGradient(line, g, d),
      ],
      { saves: [line], savesOutput: true },
    );
    return y;
  });
}

/**
 * Σ g exp(x - y) over the later elements. Single factors may overflow although their product does not. So the
 * positive and the negative cotangents are added as logarithms. These are in double precision, because an
 * absolute error of a logarithm is a relative error of the result, and it grows with the logarithm.
 */
function logcumsumexpGradient(given: Tensor, cotangent: Tensor, dim: number): Tensor {
  const [x, g] = [to(given, "float64"), to(cotangent, "float64")];
  const y = scanned("logsumexp", x, dim);
  const ofSign = (part: Tensor) => exp(add(scanned("logsumexp", sub(log(part), y), dim, true), x));
  return to(sub(ofSign(unary.relu(g)), ofSign(unary.relu(neg(g)))), given.dtype);
}

/** The same computed for every pair of elements, so that it can be differentiated again. */
function logcumsumexpGradientPairwise(x: Tensor, y: Tensor, g: Tensor, dim: number): Tensor {
  const n = x.shape[dim];
  const rows = (t: Tensor) => unsqueeze(transpose(t, dim, -1), -2);
  const distance = sub(unsqueeze(transpose(x, dim, -1), -1), rows(y));
  const later = upperTriangle(n, n);
  const share = where(later, exp(where(later, distance, 0)), 0);
  return transpose(sum(mul(rows(g), share), -1), dim, -1);
}

/**
 * The largest elements so far along `dim`, and their positions: the last one among equals; the first NaN
 * stays. Gradients go to those elements. Shapes of `x`. PyTorch: `torch.cummax`.
 * @example cummax(tensor([1, 3, 2]), 0) // [[1, 3, 3], [0, 1, 1]]
 * @forms cummax(), x.cummax()
 */
export function cummax(x: Tensor, dim: OrNamed<number>): Named<"values" | "indices", Tensor> {
  checkTensors("cummax", x);
  return extremeSoFar("max", x, dimOf("cummax", dim));
}

/**
 * The smallest elements so far along `dim`, and their positions: see `cummax`. PyTorch: `torch.cummin`.
 * @example cummin(tensor([3, 1, 2]), 0) // [[3, 1, 1], [0, 1, 1]]
 * @forms cummin(), x.cummin()
 */
export function cummin(x: Tensor, dim: OrNamed<number>): Named<"values" | "indices", Tensor> {
  checkTensors("cummin", x);
  return extremeSoFar("min", x, dimOf("cummin", dim));
}

function extremeSoFar(op: "max" | "min", x: Tensor, dim: number): Named<"values" | "indices", Tensor> {
  const d = lineDim(`cum${op}`, dim, x);
  const indices = withLine(x.detach(), (line) => {
    const from = dense(line);
    const out = empty(line.shape, "int32");
    const [outer, inner] = [numel(line.shape.slice(0, d)), numel(line.shape.slice(d + 1))];
    if (out.numel > 0) run.argScan(op, outer, line.shape[d], inner, from, out);
    return out;
  });
  return named({ values: gatherLines(x, d, indices), indices });
}
