/** Eigenvalues of a symmetric matrix in float64: reflections to three diagonals, then rotations that make it one (QL, implicit shifts). */
import { type Matrix, matrix } from "../factorize.js";

/** Eigenvalues in ascending order; row i of `vectors` is the i-th eigenvector. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/** A matrix with its main diagonal, the one beside it, and the orthogonal Q with Q A Qᵀ = it. */
interface Tridiagonal {
  readonly main: Float64Array;
  readonly beside: Float64Array;
  readonly q: Float64Array;
}

/** Of the matrix whose lower triangle is that of `a`; its elements are finite. */
export function symmetricEigen(a: Matrix): Eigen {
  const n = a.rows;
  const largest = a.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const scale = largest === 0 ? 1 : largest; // squares neither overflow nor vanish
  const parts = tridiagonal(a, scale);
  for (let at = 0; at < n; at++) settle(parts, at, n);
  const { main, q } = parts;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => main[i] - main[j]);
  const vectors = matrix(n, n);
  for (const [to, from] of order.entries()) vectors.data.set(q.subarray(from * n, (from + 1) * n), to * n);
  return { values: Float64Array.from(order, (i) => main[i] * scale), vectors };
}

function tridiagonal(a: Matrix, scale: number): Tridiagonal {
  const n = a.rows;
  const x = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) x[i * n + j] = x[j * n + i] = a.data[i * n + j] / scale;
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const [v, p] = [new Float64Array(n), new Float64Array(n)];
  for (let s = 0; s + 2 < n; s++) {
    // The reflection I - factor v vᵀ makes 0 of column s below the second diagonal.
    let rest = 0;
    for (let i = s + 2; i < n; i++) rest += x[i * n + s] ** 2;
    if (rest === 0) continue;
    const head = x[(s + 1) * n + s];
    const length = Math.sqrt(head * head + rest);
    v.fill(0, 0, s + 1);
    for (let i = s + 1; i < n; i++) v[i] = x[i * n + s];
    v[s + 1] += head > 0 ? length : -length;
    const factor = 2 / (v[s + 1] ** 2 + rest);
    bothSides(x, n, s, v, p, factor);
    for (let c = 0; c < n; c++) p[c] = 0;
    for (let i = s + 1; i < n; i++) for (let c = 0; c < n; c++) p[c] += v[i] * q[i * n + c];
    for (let i = s + 1; i < n; i++) for (let c = 0; c < n; c++) q[i * n + c] -= factor * v[i] * p[c];
  }
  return {
    main: Float64Array.from({ length: n }, (_, i) => x[i * n + i]),
    beside: Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? x[(i + 1) * n + i] : 0)),
    q,
  };
}

/** x becomes H x H with H = I - factor v vᵀ, in rows and columns from s on: a change of rank 2. */
function bothSides(x: Float64Array, n: number, s: number, v: Float64Array, p: Float64Array, factor: number) {
  let along = 0;
  for (let i = s; i < n; i++) {
    let dot = 0;
    for (let j = s + 1; j < n; j++) dot += x[i * n + j] * v[j];
    p[i] = factor * dot;
    along += p[i] * v[i];
  }
  for (let i = s; i < n; i++) p[i] -= 0.5 * factor * along * v[i];
  for (let i = s; i < n; i++) for (let j = s; j < n; j++) x[i * n + j] -= v[i] * p[j] + p[i] * v[j];
}

/** Rotations until the diagonal beside is 0 at `at`: then main[at] is an eigenvalue and row `at` of q its vector. */
function settle({ main, beside, q }: Tridiagonal, at: number, n: number): void {
  for (;;) {
    let end = at;
    while (
      end + 1 < n &&
      Math.abs(beside[end]) > Number.EPSILON * (Math.abs(main[end]) + Math.abs(main[end + 1]))
    )
      end++;
    if (end === at) return;
    // Wilkinson's shift: the eigenvalue of the first 2 × 2 block that is nearer to its first element.
    const half = (main[at + 1] - main[at]) / (2 * beside[at]);
    const root = Math.sqrt(half * half + 1);
    let carried = main[end] - main[at] + beside[at] / (half + (half < 0 ? -root : root));
    let [sin, cos, shift] = [1, 1, 0];
    let i = end - 1;
    for (; i >= at; i--) {
      const [bulge, next] = [sin * beside[i], cos * beside[i]];
      const length = Math.sqrt(bulge * bulge + carried * carried);
      beside[i + 1] = length;
      if (length === 0) {
        main[i + 1] -= shift;
        break;
      }
      [sin, cos] = [bulge / length, carried / length];
      const base = main[i + 1] - shift;
      const sum = (main[i] - base) * sin + 2 * cos * next;
      shift = sin * sum;
      main[i + 1] = base + shift;
      carried = cos * sum - next;
      rotate(q, n, i, sin, cos);
    }
    beside[end] = 0;
    if (i >= at) continue;
    main[at] -= shift;
    beside[at] = carried;
  }
}

/** Rows i and i + 1 of q, turned. */
function rotate(q: Float64Array, n: number, i: number, sin: number, cos: number): void {
  for (let c = 0; c < n; c++) {
    const [a, b] = [q[i * n + c], q[(i + 1) * n + c]];
    q[(i + 1) * n + c] = sin * a + cos * b;
    q[i * n + c] = cos * a - sin * b;
  }
}
