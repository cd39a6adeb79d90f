/**
 * Eigenvalues of a symmetric matrix in float64: reflections reduce it to three diagonals, then rotations
 * reduce these to one (QL with implicit shifts).
 */
import { SimdgradError } from "../../errors.js";
import { lengthOf, type Matrix, matrix } from "./factorize.js";

/** Eigenvalues in ascending order; row i of `vectors` is the i-th eigenvector. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/**
 * A tridiagonal matrix: its main diagonal, its off-diagonal, and the orthogonal Q for which Q A Qᵀ is this
 * matrix.
 */
interface Tridiagonal {
  readonly main: Float64Array;
  readonly beside: Float64Array;
  readonly q: Float64Array;
}

/**
 * The eigenvalues and eigenvectors of the matrix whose lower triangle is that of `a`; its elements must be
 * finite.
 */
export function symmetricEigen(a: Matrix): Eigen {
  const n = a.rows;
  const largest = a.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const scale = largest === 0 ? 1 : largest; // scaling prevents overflow and underflow of squares
  const parts = tridiagonal(a, scale);
  for (let at = 0; at < n; at++) settle(parts, at, n);
  const { main, q } = parts;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => main[i] - main[j]);
  const vectors = matrix(n, n);
  for (const [to, from] of order.entries()) vectors.data.set(q.subarray(from * n, (from + 1) * n), to * n);
  return { values: Float64Array.from(order, (i) => main[i] * scale), vectors };
}

/**
 * Elements this small count as 0 in a matrix whose largest element is 1: products of smaller numbers
 * underflow, and the iteration would not converge.
 */
const smallest = 2 ** -500;

function tridiagonal(a: Matrix, scale: number): Tridiagonal {
  const n = a.rows;
  const x = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) x[i * n + j] = x[j * n + i] = a.data[i * n + j] / scale;
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const [v, p] = [new Float64Array(n), new Float64Array(n)];
  for (let s = 0; s + 2 < n; s++) {
    // The reflection I - factor v vᵀ, with v[s + 1] = 1, sets column s to 0 below the second diagonal.
    let below = 0;
    for (let i = s + 2; i < n; i++) below = Math.max(below, Math.abs(x[i * n + s]));
    if (below <= smallest) continue;
    const head = x[(s + 1) * n + s];
    const length = lengthOf(n - s - 1, (i) => x[(s + 1 + i) * n + s]);
    const diagonal = head > 0 ? -length : length;
    v.fill(0, 0, s + 1);
    v[s + 1] = 1;
    for (let i = s + 2; i < n; i++) v[i] = x[i * n + s] / (head - diagonal);
    const factor = (diagonal - head) / diagonal;
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

/** Replaces x by H x H with H = I - factor v vᵀ, in rows and columns from s on: an update of rank 2. */
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

/** Most iterations for one eigenvalue; 2 are usual. */
const mostSteps = 100;

/**
 * Rotates until the off-diagonal element at `at` is 0. Then main[at] is an eigenvalue, and row `at` of q is
 * its eigenvector.
 */
function settle({ main, beside, q }: Tridiagonal, at: number, n: number): void {
  const isZero = (i: number) =>
    !(Math.abs(beside[i]) > smallest + Number.EPSILON * (Math.abs(main[i]) + Math.abs(main[i + 1])));
  for (let step = 0; step < mostSteps; step++) {
    let end = at;
    while (end + 1 < n && !isZero(end)) end++;
    if (end === at) return;
    // Wilkinson's shift: the eigenvalue of the first 2 × 2 block that is closer to its first element.
    const half = (main[at + 1] - main[at]) / (2 * beside[at]);
    const root = Math.sqrt(half * half + 1);
    let carried = main[end] - main[at] + beside[at] / (half + (half < 0 ? -root : root));
    let [sin, cos, shift] = [1, 1, 0];
    let i = end - 1;
    for (; i >= at; i--) {
      const [bulge, next] = [sin * beside[i], cos * beside[i]];
      const length = hypotenuse(bulge, carried);
      beside[i + 1] = length;
      if (length <= smallest) {
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
  throw new SimdgradError(
    "NO_CONVERGENCE",
    `linalg: an eigenvalue is found in ${mostSteps} steps: it was not`,
  );
}

/** √(a² + b²), correct even if the squares underflow. */
function hypotenuse(a: number, b: number): number {
  const [short, long] = Math.abs(a) < Math.abs(b) ? [a, b] : [b, a];
  return long === 0 ? 0 : Math.abs(long) * Math.sqrt(1 + (short / long) ** 2);
}

/** Rotates rows i and i + 1 of q. */
function rotate(q: Float64Array, n: number, i: number, sin: number, cos: number): void {
  for (let c = 0; c < n; c++) {
    const [a, b] = [q[i * n + c], q[(i + 1) * n + c]];
    q[(i + 1) * n + c] = sin * a + cos * b;
    q[i * n + c] = cos * a - sin * b;
  }
}
