/**
 * Singular values in float64, in three stages: QR; the eigenvectors of R Rᵀ, which rotate its rows so that
 * they are almost orthogonal; and one-sided Jacobi rotations, which make them orthogonal. Small singular
 * values are lost in the squares R Rᵀ, but these squares only determine where the Jacobi rotations begin.
 */
import {
  type Matrix,
  matrix,
  orthogonalFactor,
  reflect,
  reflectForth,
  transposed,
  triangularFactor,
} from "./factorize.js";
import { symmetricEigen } from "./tridiagonal.js";

/**
 * A = U diag(values) V, where U has orthonormal columns and V orthonormal rows; values are in descending
 * order.
 */
export interface Singular {
  readonly u: Matrix;
  readonly values: Float64Array;
  readonly v: Matrix;
}

/**
 * With `full`, U and V are square; otherwise U has min(m, n) columns and V min(m, n) rows. The elements of
 * `a` must be finite.
 */
export function singularValues(a: Matrix, full: boolean): Singular {
  if (a.rows < a.cols) {
    const { u, values, v } = singularValues(transposed(a), full);
    return { u: transposed(v), values, v: transposed(u) };
  }
  const [m, n] = [a.rows, a.cols];
  const largest = a.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const scale = largest === 0 ? 1 : largest; // scaling prevents overflow and underflow of squares
  const first = reflect(
    matrix(
      m,
      n,
      a.data.map((v) => v / scale),
    ),
  );
  const r = triangularFactor(first, n);
  const turns = symmetricEigen(product(r, transposed(r))).vectors;
  const w = product(turns, r); // turned will become diag(values) V
  orthogonalize(w.data, turns.data, n);
  const lengths = Float64Array.from({ length: n }, (_, i) => Math.sqrt(dot(w.data, n, i, i)));
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => lengths[j] - lengths[i]);
  const width = full ? m : n;
  const u = matrix(m, width);
  for (const [column, row] of order.entries())
    for (let i = 0; i < n; i++) u.data[i * width + column] = turns.data[row * n + i];
  for (let i = n; i < width; i++) u.data[i * width + i] = 1;
  reflectForth(first, u);
  const v = orthonormalRows(w, lengths, order);
  return { u, values: Float64Array.from(order, (i) => lengths[i] * scale), v };
}

function product(a: Matrix, b: Matrix): Matrix {
  const out = matrix(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.cols; j++) {
      const factor = a.data[i * a.cols + j];
      for (let c = 0; c < b.cols; c++) out.data[i * b.cols + c] += factor * b.data[j * b.cols + c];
    }
  return out;
}

/** Most sweeps over all pairs of rows. Sweeps end when no pair needs a rotation, usually after 2 to 5. */
const mostSweeps = 60;

/**
 * Squared length that counts as 0 relative to 1: for much smaller rows no angle can be computed, because
 * their products underflow.
 */
const smallest = 2 ** -400;

function orthogonalize(w: Float64Array, turns: Float64Array, n: number): void {
  const squares = new Float64Array(n);
  const enough = Number.EPSILON * Math.sqrt(n);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    for (let i = 0; i < n; i++) {
      if (dot(w, n, i, i) < smallest) w.fill(0, i * n, (i + 1) * n);
      squares[i] = dot(w, n, i, i);
    }
    let turned = false;
    for (let i = 0; i + 1 < n; i++)
      for (let j = i + 1; j < n; j++) {
        const along = dot(w, n, i, j);
        if (Math.abs(along) <= enough * Math.sqrt(squares[i]) * Math.sqrt(squares[j])) continue;
        turned = true;
        const slope = (squares[j] - squares[i]) / (2 * along);
        const tan = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
        const cos = 1 / Math.sqrt(1 + tan * tan);
        turn(w, n, i, j, cos, cos * tan);
        turn(turns, n, i, j, cos, cos * tan);
        squares[i] = Math.max(0, squares[i] - tan * along);
        squares[j] += tan * along;
      }
    if (!turned) return;
  }
}

function dot(w: Float64Array, n: number, i: number, j: number): number {
  let sum = 0;
  for (let c = 0, p = i * n, q = j * n; c < n; c++) sum += w[p + c] * w[q + c];
  return sum;
}

function turn(x: Float64Array, n: number, i: number, j: number, cos: number, sin: number): void {
  for (let c = 0, p = i * n, q = j * n; c < n; c++) {
    const [a, b] = [x[p + c], x[q + c]];
    x[p + c] = cos * a - sin * b;
    x[q + c] = sin * a + cos * b;
  }
}

/**
 * The rows in this order, normalized to length 1; zero rows are replaced by rows that are orthogonal to the
 * others.
 */
function orthonormalRows(w: Matrix, lengths: Float64Array, order: readonly number[]): Matrix {
  const n = w.cols;
  const z = matrix(n, n);
  const rank = order.filter((i) => lengths[i] > 0).length;
  for (let r = 0; r < rank; r++)
    for (let c = 0; c < n; c++) z.data[r * n + c] = w.data[order[r] * n + c] / lengths[order[r]];
  if (rank < n) {
    const q = transposed(
      orthogonalFactor(reflect(transposed(matrix(rank, n, z.data.slice(0, rank * n)))), n),
    );
    z.data.set(q.data.subarray(rank * n), rank * n);
  }
  return z;
}
