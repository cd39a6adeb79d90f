import type { DType } from "../../dtype.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { compare, div, mul, where } from "../elementwise.js";
import { type NormOptions, vectorNorm } from "../norms.js";
import { movedim } from "../rearrange.js";
import { type Dims, max, min, sum } from "../reduce.js";
import { select, squeeze, to, unsqueeze } from "../views.js";
import { checkMatrices } from "./matrices.js";
import { invChecked } from "./solve.js";
import { svdvals } from "./svd.js";

/**
 * "fro": the root of the sum of squares. "nuc": the sum of the singular values. 2, -2: the largest and the smallest of them. 1, -1: the
 * largest and the smallest sum of the absolute values in a column. Infinity, -Infinity: in a row.
 */
export type MatrixOrder = "fro" | "nuc" | 1 | -1 | 2 | -2 | number;

const orders: readonly MatrixOrder[] = ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity];

/**
 * The norm of matrices: those in the two dims of `dim`, rows first. Shapes: [..., m, n] → [...]. PyTorch: `torch.linalg.matrix_norm`.
 * @throws ShapeError `EMPTY_REDUCTION` where there is no largest or smallest.
 */
export function matrixNorm(
  x: Tensor,
  ord: MatrixOrder = "fro",
  dim: readonly number[] = [-2, -1],
  options?: NormOptions,
): Tensor {
  return matrixNormAs("linalg.matrixNorm", x, ord, dim, options);
}

/** @internal `matrixNorm`, called `op` in errors. */
export function matrixNormAs(
  op: string,
  given: Tensor,
  ord: MatrixOrder,
  dim: readonly number[],
  options?: NormOptions,
): Tensor {
  checkOptions(op, options, ["keepdim", "dtype"]);
  if (!orders.includes(ord))
    throw new ValueError(`${op}: the order is one of ${orders.join(", ")}: ${String(ord)}`);
  const x = options?.dtype === undefined ? given : to(given, options.dtype as DType);
  checkMatrices(op, x);
  const keepdim = options?.keepdim ?? false;
  const [rows, cols] = checkPair(op, dim, x);
  if (ord === "fro") return vectorNorm(x, 2, [rows, cols], { keepdim });
  const none = ord === "nuc" ? false : ord === 2 || ord === -2 ? rows : Math.abs(ord) === 1 ? cols : rows;
  const emptyPair = x.shape[rows] === 0 || x.shape[cols] === 0;
  if (none !== false && (Math.abs(ord as number) === 2 ? emptyPair : x.shape[none] === 0))
    throw new ShapeError(
      `${op}: no elements to reduce with order ${ord}: ${formatShape(x.shape)} over [${rows}, ${cols}]`,
      "EMPTY_REDUCTION",
    );
  const extreme = ord === "nuc" ? sum : ord > 0 ? max : min;
  if (ord === "nuc" || Math.abs(ord) === 2) {
    const norms = extreme(svdvals(movedim(x, [rows, cols], [-2, -1])), -1);
    if (!keepdim) return norms;
    return unsqueeze(unsqueeze(norms, Math.min(rows, cols)), Math.max(rows, cols));
  }
  const [summed, compared] = Math.abs(ord) === 1 ? [rows, cols] : [cols, rows];
  const kept = extreme(vectorNorm(x, 1, summed, { keepdim: true }), compared, { keepdim: true });
  return keepdim ? kept : squeeze(kept, [rows, cols]);
}

function checkPair(op: string, dim: readonly number[], x: Tensor): [number, number] {
  if (!Array.isArray(dim) || dim.length !== 2)
    throw new ShapeError(`${op}: dim has two dims, rows and columns: ${JSON.stringify(dim)}`, "INVALID_DIM");
  const [rows, cols] = dim.map((d: number) => resolveDim(op, d, x.ndim));
  if (rows === cols) throw new ShapeError(`${op}: a dim appears twice: ${formatShape(dim)}`);
  return [rows, cols];
}

/**
 * The norm of a vector or matrix: with two dims in `dim`, or two of `x` and an `ord`, that of `matrixNorm`; else that of `vectorNorm`.
 * Default: the 2-norm of all elements, or of those over `dim`. PyTorch: `torch.linalg.norm`.
 */
export function norm(x: Tensor, ord?: MatrixOrder | null, dim?: Dims | null, options?: NormOptions): Tensor {
  const op = "linalg.norm";
  const over = dim ?? undefined;
  if ((ord ?? null) === null) return vectorNorm(x, 2, over, options);
  if (over === undefined && x.ndim !== 1 && x.ndim !== 2)
    throw new ShapeError(`${op}: an order without dim needs a vector or a matrix: ${formatShape(x.shape)}`);
  const pair = over === undefined ? (x.ndim === 2 ? [0, 1] : undefined) : over;
  if (Array.isArray(pair) && pair.length === 2) return matrixNormAs(op, x, ord as MatrixOrder, pair, options);
  if (typeof ord === "string") throw new ValueError(`${op}: the order of vectors is a number: ${ord}`);
  return vectorNorm(x, ord as number, over, options);
}

/**
 * The condition number: the norm of A times that of A⁻¹, for which 2 (the default) and -2 need no square matrix. Of singular matrices
 * Infinity. Shapes: [..., m, n] → [...]. PyTorch: `torch.linalg.cond`.
 */
export function cond(a: Tensor, p?: MatrixOrder | null): Tensor {
  const op = "linalg.cond";
  const order = p ?? 2;
  checkMatrices(op, a, Math.abs(order as number) !== 2);
  if (!orders.includes(order))
    throw new ValueError(`${op}: the order is one of ${orders.join(", ")}: ${String(p)}`);
  if (order === 2 || order === -2) {
    const values = svdvals(a);
    const [largest, smallest] = [select(values, -1, 0), select(values, -1, -1)];
    return order === 2 ? div(largest, smallest) : div(smallest, largest);
  }
  const { result, info } = invChecked(op, a);
  const product = mul(matrixNorm(a, order), matrixNorm(result, order));
  return where(compare.gt(info, 0), Infinity, product);
}
