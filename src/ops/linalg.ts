/**
 * Linear algebra of small dense matrices (PyTorch's `torch.linalg`): computed in float64, in JavaScript, whatever the dtype. All
 * take batches: dims before the last two. Values are read, so not inside `compile`.
 */
import { differentiable } from "../autograd/graph.js";
import { isFloating } from "../dtype.js";
import { DTypeError, formatShape, ShapeError, SimdgradError, ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { broadcastShapes, numel, type Shape, sameShape } from "../shape.js";
import { empty, type Tensor } from "../tensor/tensor.js";
import { mul, neg } from "./elementwise.js";
import {
  choleskyFactor,
  eliminate,
  leastSquares,
  type Matrix,
  matrix,
  orthogonalFactor,
  reflect,
  solveEliminated,
  transposed,
  triangularFactor,
} from "./factorize.js";
import { matmul } from "./matmul.js";
import { clone, expand, squeeze, to, transpose, unsqueeze } from "./views.js";

function checkMatrices(op: string, a: Tensor, square: boolean): void {
  if (!isFloating(a.dtype)) throw new DTypeError(`${op}: matrices are of floats: ${a.dtype}`);
  if (a.ndim < 2) throw new ShapeError(`${op}: a matrix has at least 2 dims: ${formatShape(a.shape)}`);
  if (square && a.shape[a.ndim - 1] !== a.shape[a.ndim - 2])
    throw new ShapeError(`${op}: the matrix is square: ${formatShape(a.shape)}`);
}

/** The matrices in the last two dims, one after the other, in float64. */
function matricesOf(x: Tensor): Matrix[] {
  const [rows, cols] = x.shape.slice(-2);
  const values = clone(to(x.detach(), "float64")).data as Float64Array;
  const size = rows * cols;
  return Array.from({ length: numel(x.shape.slice(0, -2)) }, (_, i) =>
    matrix(rows, cols, values.slice(i * size, (i + 1) * size)),
  );
}

/** Matrices of one size as one tensor. */
function together(batch: Shape, rows: number, cols: number, list: readonly Matrix[], like: Tensor): Tensor {
  const out = empty([...batch, rows, cols], like.dtype);
  for (const [i, { data }] of list.entries()) out.data.set(data, i * rows * cols);
  return out;
}

const batchOf = (x: Tensor) => x.shape.slice(0, -2);
const mT = (x: Tensor) => transpose(x, -1, -2);

function singular(op: string, i: number, pivot: number): SimdgradError {
  return new SimdgradError(
    "SINGULAR_MATRIX",
    `linalg.${op}: the matrix is singular: pivot ${pivot} of matrix ${i} is 0; lstsq finds the nearest solution`,
  );
}

/** A⁻¹ B, both with the same batch dims. */
function solveMatrices(op: string, a: Tensor, b: Tensor): Tensor {
  const rights = matricesOf(b);
  const solutions = matricesOf(a).map((one, i) => {
    const parts = eliminate(one);
    if (parts.singular >= 0) throw singular(op, i, parts.singular);
    return solveEliminated(parts, rights[i]);
  });
  const [rows, cols] = b.shape.slice(-2);
  const x = together(batchOf(b), rows, cols, solutions, b);
  const out: Tensor = differentiable(
    op,
    [a, b],
    x,
    (g) => {
      const gb = solveMatrices(op, mT(a), g);
      return [neg(matmul(gb, mT(out))), gb];
    },
    { saves: [a, b], savesOutput: true },
  );
  return out;
}

/** Whether B is a vector for each matrix of A, and not a matrix (PyTorch's rule). */
const isVector = (a: Tensor, b: Tensor) => b.ndim === 1 || sameShape(b.shape, a.shape.slice(0, -1));

/**
 * X with A X = B; with `left: false`, X A = B. Shapes: A [..., n, n], B [..., n, k] or [..., n]; batch dims broadcast.
 * @throws SimdgradError `SINGULAR_MATRIX`.
 */
export function solve(a: Tensor, b: Tensor, options: { left?: boolean } = {}): Tensor {
  checkOptions("solve", options, ["left"]);
  checkMatrices("linalg.solve", a, true);
  if (b.dtype !== a.dtype) throw new DTypeError(`linalg.solve: dtypes differ: ${a.dtype} and ${b.dtype}`);
  const { left = true } = options;
  const vector = isVector(a, b);
  if (vector && !left)
    throw new ShapeError(`linalg.solve: X A = B needs a matrix B: ${formatShape(b.shape)}`);
  const columns = vector ? unsqueeze(b, -1) : left ? b : mT(b);
  const n = a.shape[a.ndim - 1];
  if (columns.ndim < 2 || columns.shape[columns.ndim - 2] !== n)
    throw new ShapeError(
      `linalg.solve: A and B do not fit: ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  const batch = broadcastShapes("linalg.solve", batchOf(a), batchOf(columns));
  const matrices = expand(left ? a : mT(a), [...batch, n, n]);
  const x = solveMatrices("solve", matrices, expand(columns, [...batch, n, columns.shape[columns.ndim - 1]]));
  return vector ? squeeze(x, -1) : left ? x : mT(x);
}

/** A⁻¹. Solve systems with `solve` instead: faster and nearer. @throws SimdgradError `SINGULAR_MATRIX`. */
export function inv(a: Tensor): Tensor {
  checkMatrices("linalg.inv", a, true);
  const n = a.shape[a.ndim - 1];
  const inverses = matricesOf(a).map((one, i) => {
    const parts = eliminate(one);
    if (parts.singular >= 0) throw singular("inv", i, parts.singular);
    const identity = matrix(n, n);
    for (let d = 0; d < n; d++) identity.data[d * n + d] = 1;
    return solveEliminated(parts, identity);
  });
  const out: Tensor = differentiable(
    "inv",
    [a],
    together(batchOf(a), n, n, inverses, a),
    (g) => [neg(matmul(mT(out), matmul(g, mT(out))))],
    { savesOutput: true },
  );
  return out;
}

/** The determinant; the gradient is that of an invertible matrix. Shapes: [..., n, n] → [...]. */
export function det(a: Tensor): Tensor {
  checkMatrices("linalg.det", a, true);
  const n = a.shape[a.ndim - 1];
  const values = matricesOf(a).map((one) => {
    const { packed, sign } = eliminate(one);
    let product = sign;
    for (let i = 0; i < n; i++) product *= packed.data[i * n + i];
    return matrix(1, 1, Float64Array.of(product));
  });
  const kept = together(batchOf(a), 1, 1, values, a);
  const out: Tensor = differentiable("det", [a], kept, (g) => [mul(mul(g, out), mT(inv(a)))], {
    saves: [a],
    savesOutput: true,
  });
  return squeeze(out, [-1, -2]);
}

/** L with A = L Lᵀ of a symmetric positive matrix, of which the lower triangle is read; `upper: true` gives Lᵀ. No gradient. @throws SimdgradError `NOT_POSITIVE_DEFINITE`. */
export function cholesky(a: Tensor, options: { upper?: boolean } = {}): Tensor {
  checkOptions("cholesky", options, ["upper"]);
  checkMatrices("linalg.cholesky", a, true);
  const n = a.shape[a.ndim - 1];
  const factors = matricesOf(a).map((one, i) => {
    const { factor, failed } = choleskyFactor(one);
    if (failed >= 0)
      throw new SimdgradError(
        "NOT_POSITIVE_DEFINITE",
        `linalg.cholesky: the matrix is positive definite: the leading minor of order ${failed + 1} of matrix ${i} is not`,
      );
    return options.upper ? transposed(factor) : factor;
  });
  return together(batchOf(a), n, n, factors, a);
}

/**
 * Q and R with A = Q R, Q orthogonal, R upper triangular, by Householder's reflections, with LAPACK's signs. No gradient. Shapes: A
 * [..., m, n] and k = min(m, n): Q [..., m, k] and R [..., k, n]; for `complete` [..., m, m] and [..., m, n]; for `r` Q is empty.
 */
export function qr(
  a: Tensor,
  options: { mode?: "reduced" | "complete" | "r" } = {},
): { Q: Tensor; R: Tensor } {
  checkOptions("qr", options, ["mode"]);
  checkMatrices("linalg.qr", a, false);
  const { mode = "reduced" } = options;
  if (!["reduced", "complete", "r"].includes(mode))
    throw new ValueError(`linalg.qr: mode is reduced, complete or r: ${String(mode)}`);
  const [m, n] = a.shape.slice(-2);
  const k = mode === "complete" ? m : Math.min(m, n);
  const parts = matricesOf(a).map((one) => reflect(one));
  const batch = batchOf(a);
  const rs = parts.map((one) => triangularFactor(one, k));
  const R = together(batch, k, n, rs, a);
  if (mode === "r") return { Q: empty([0], a.dtype), R };
  const qs = parts.map((one) => orthogonalFactor(one, k));
  return { Q: together(batch, m, k, qs, a), R };
}

export interface LeastSquares {
  /** The X that makes ‖A X - B‖ least; of several the shortest. */
  readonly solution: Tensor;
  /** ‖A X - B‖² of each column where m > n and every matrix has full rank; else empty. */
  readonly residuals: Tensor;
  /** Of each matrix, as far as it can be told. */
  readonly rank: Tensor;
}

/**
 * Least squares: X that makes ‖A X - B‖ least, also where columns of A depend on each other, by reflections with pivoting, never by the
 * normal equations (PyTorch's `torch.linalg.lstsq`). No gradient. Shapes: A [..., m, n], B [..., m, k] or [..., m].
 * `rcond`: what counts as 0, relative to the largest; default the precision of the dtype times max(m, n).
 */
export function lstsq(a: Tensor, b: Tensor, options: { rcond?: number } = {}): LeastSquares {
  checkOptions("lstsq", options, ["rcond"]);
  checkMatrices("linalg.lstsq", a, false);
  if (b.dtype !== a.dtype) throw new DTypeError(`linalg.lstsq: dtypes differ: ${a.dtype} and ${b.dtype}`);
  const vector = isVector(a, b);
  const columns = vector ? unsqueeze(b, -1) : b;
  const [m, n] = a.shape.slice(-2);
  if (columns.ndim < 2 || columns.shape[columns.ndim - 2] !== m)
    throw new ShapeError(
      `linalg.lstsq: A and B do not fit: ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  const precision = a.dtype === "float64" ? Number.EPSILON : 2 ** -23;
  const { rcond = precision * Math.max(m, n) } = options;
  const batch = broadcastShapes("linalg.lstsq", batchOf(a), batchOf(columns));
  const k = columns.shape[columns.ndim - 1];
  const as = matricesOf(expand(a, [...batch, m, n]));
  const bs = matricesOf(expand(columns, [...batch, m, k]));
  const found = as.map((one, i) => leastSquares(one, bs[i], rcond));
  const x = together(
    batch,
    n,
    k,
    found.map(({ x: one }) => one),
    a,
  );
  const ranks = together(
    batch,
    1,
    1,
    found.map(({ rank }) => matrix(1, 1, Float64Array.of(rank))),
    a,
  );
  const whole = m > n && found.every(({ rank }) => rank === n);
  const errors = found.map((one, i) => matrix(1, k, squaredErrors(as[i], one.x, bs[i])));
  const residuals = whole ? squeeze(together(batch, 1, k, errors, a), -2) : empty([0], a.dtype);
  return {
    solution: vector ? squeeze(x, -1) : x,
    residuals,
    rank: to(squeeze(ranks, [-1, -2]), "int32"),
  };
}

/** ‖A x - b‖² of each column. */
function squaredErrors(a: Matrix, x: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(b.cols);
  for (let i = 0; i < a.rows; i++)
    for (let c = 0; c < b.cols; c++) {
      let error = -b.data[i * b.cols + c];
      for (let j = 0; j < a.cols; j++) error += a.data[i * a.cols + j] * x.data[j * b.cols + c];
      out[c] += error * error;
    }
  return out;
}
