import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { quoted } from "../../quote.js";
import { resolveDim } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { compare, div, mul, where } from "../elementwise/elementwise.js";
import { type NormArguments, type NormOptions, normArguments, normOver } from "../reduce/norms.js";
import { amax, amin, sum } from "../reduce/reduce.js";
import { movedim } from "../shape/rearrange.js";
import { select, squeeze, to, unsqueeze } from "../shape/views.js";
import { checkMatrices } from "./matrices.js";
import { invChecked } from "./solve.js";
import { svdvals } from "./svd.js";

/**
 * "fro": the square root of the sum of squares. "nuc": the sum of the singular values. 2 and -2: the largest
 * and the smallest singular value. 1 and -1: the largest and the smallest sum of absolute values in a column.
 * Infinity and -Infinity: the same for rows.
 */
export type MatrixOrder = "fro" | "nuc" | 1 | -1 | 2 | -2 | number;

const orders: readonly MatrixOrder[] = ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity];

/**
 * The norm of the matrices in the two dims `dim` (default: the last two), by default the Frobenius norm. The
 * order and the dims may also stand among the options. Shapes: [..., m, n] → [...]. PyTorch:
 * `torch.linalg.matrix_norm`.
 * @throws ShapeError `EMPTY_REDUCTION` where there is no largest or smallest.
 * @forms linalg.matrixNorm()
 */
export function matrixNorm(x: Tensor, ...args: NormArguments<"ord", MatrixOrder, readonly number[]>): Tensor {
  checkTensors("linalg.matrixNorm", x);
  const op = "linalg.matrixNorm";
  const {
    order = "fro",
    dim = [-2, -1],
    ...options
  } = normArguments<MatrixOrder, readonly number[]>(op, "ord", args);
  return matrixNormOver(op, x, order, dim, options);
}

function matrixNormOver(
  op: string,
  given: Tensor,
  ord: MatrixOrder,
  dim: readonly number[],
  { keepdim = false, dtype }: NormOptions,
): Tensor {
  if (!orders.includes(ord))
    throw new ValueError(`${op}: the order is one of ${orders.join(", ")}: ${String(ord)}`);
  const x = dtype === undefined ? given : to(given, dtype);
  checkMatrices(op, x);
  const [rows, cols] = checkPair(op, dim, x);
  if (ord === "fro") return normOver(op, x, 2, [rows, cols], { keepdim });
  if (ord === "nuc" || Math.abs(ord) === 2) {
    const values = svdvals(movedim(x, [rows, cols], [-2, -1]));
    const norms = ord === "nuc" ? sum(values, -1) : extreme(op, values, ord, values.ndim - 1);
    if (!keepdim) return norms;
    return unsqueeze(unsqueeze(norms, Math.min(rows, cols)), Math.max(rows, cols));
  }
  const [summed, compared] = Math.abs(ord) === 1 ? [rows, cols] : [cols, rows];
  const kept = extreme(op, normOver(op, x, 1, summed, { keepdim: true }), ord, compared, true);
  return keepdim ? kept : squeeze(kept, [rows, cols]);
}

/** The largest element along `dim`, or the smallest for negative orders. */
function extreme(op: string, x: Tensor, ord: number, dim: number, keepdim = false): Tensor {
  if (x.shape[dim] === 0)
    throw new ShapeError(
      `${op}: no elements to reduce with order ${ord}: ${formatShape(x.shape)}`,
      "EMPTY_REDUCTION",
    );
  return (ord > 0 ? amax : amin)(x, dim, { keepdim });
}

function checkPair(op: string, dim: readonly number[], x: Tensor): [number, number] {
  if (!Array.isArray(dim) || dim.length !== 2)
    throw new ShapeError(`${op}: dim has two dims, rows and columns: ${quoted(dim)}`, "INVALID_DIM");
  const [rows, cols] = dim.map((d: number) => resolveDim(op, d, x.ndim));
  if (rows === cols) throw new ShapeError(`${op}: a dim appears twice: ${formatShape(dim)}`);
  return [rows, cols];
}

/**
 * The norm of vectors or matrices: `matrixNorm` if `dim` has two dims, or if `x` has two and `ord` is given;
 * else `vectorNorm`. Default: the 2-norm of all elements, or of those over `dim`. PyTorch:
 * `torch.linalg.norm`.
 * @example linalg.norm(tensor([3, 4])) // 5
 * @throws ShapeError for an order without a dim unless there are 1 or 2 dims; ValueError for an order that
 * vectors or matrices do not have; DTypeError for integers.
 * @forms linalg.norm()
 */
export function norm(x: Tensor, ...args: NormArguments<"ord", MatrixOrder>): Tensor {
  checkTensors("linalg.norm", x);
  const op = "linalg.norm";
  const { order, dim, ...options } = normArguments<MatrixOrder>(op, "ord", args);
  if (order === undefined) return normOver(op, x, 2, dim, options);
  if (dim === undefined && x.ndim !== 1 && x.ndim !== 2)
    throw new ShapeError(`${op}: an order without dim needs a vector or a matrix: ${formatShape(x.shape)}`);
  const pair = dim === undefined && x.ndim === 2 ? [0, 1] : dim;
  if (Array.isArray(pair) && pair.length === 2) return matrixNormOver(op, x, order, pair, options);
  if (typeof order === "string")
    throw new ValueError(`${op}: the order of vectors is a number: ${quoted(order)}`);
  return normOver(op, x, order, dim, options);
}

/**
 * The norm of order `p` (default "fro", which is 2) over `dim` (default: all dims); "nuc" is the nuclear norm
 * of a matrix, or of those in two dims. PyTorch: `torch.norm`.
 * @example norm(tensor([3, 4])) // 5
 * @throws ShapeError for `"nuc"` without a dim unless there are 2 dims; ValueError for another word;
 * DTypeError for integers.
 * @forms norm(), x.norm()
 */
export function normOf(x: Tensor, ...args: NormArguments<"p", number | "fro" | "nuc">): Tensor {
  const { order = "fro", dim, ...options } = normArguments<number | "fro" | "nuc">("norm", "p", args);
  if (order === "nuc") {
    if (dim === undefined && x.ndim !== 2)
      throw new ShapeError(`norm: "nuc" without dim needs a matrix: ${formatShape(x.shape)}`);
    return matrixNormOver("norm", x, "nuc", (dim ?? [0, 1]) as readonly number[], options);
  }
  if (order !== "fro" && typeof order !== "number")
    throw new ValueError(`norm: p is a number, "fro" or "nuc": ${quoted(order)}`);
  return normOver("norm", x, order === "fro" ? 2 : order, dim, options);
}

/**
 * The condition number of each matrix: the norm of A times that of A⁻¹; for orders 2 (the default) and -2, A
 * need not be square. A singular matrix gives Infinity. Shapes: [..., m, n] → [...]. PyTorch:
 * `torch.linalg.cond`.
 * @throws ValueError for an order that matrices do not have; DTypeError for integers; ShapeError for less
 * than 2 dims.
 * @forms linalg.cond()
 */
export function cond(
  a: Tensor,
  ...args: [p?: MatrixOrder | null] | [options: { p?: MatrixOrder | null }]
): Tensor {
  checkTensors("linalg.cond", a);
  const op = "linalg.cond";
  const order = (byPositionOrName(op, args, ["p"]).p ?? 2) as MatrixOrder;
  if (!orders.includes(order))
    throw new ValueError(`${op}: the order is one of ${orders.join(", ")}: ${quoted(order)}`);
  checkMatrices(op, a, Math.abs(order as number) !== 2);
  if (order === 2 || order === -2) {
    const values = svdvals(a);
    const [largest, smallest] = [select(values, -1, 0), select(values, -1, -1)];
    return order === 2 ? div(largest, smallest) : div(smallest, largest);
  }
  const { result, info } = invChecked(op, a);
  const product = mul(matrixNorm(a, order), matrixNorm(result, order));
  return where(compare.gt(info, 0), Infinity, product);
}
