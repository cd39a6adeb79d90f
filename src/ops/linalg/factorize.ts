/**
 * Factorizations of one matrix in float64, row-major, in JavaScript. `linalg` and the initialisers use them.
 */

/** m × n numbers in row-major order. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

export function matrix(
  rows: number,
  cols: number,
  data: Float64Array = new Float64Array(rows * cols),
): Matrix {
  return { rows, cols, data };
}

export function transposed({ rows, cols, data }: Matrix): Matrix {
  const out = matrix(cols, rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out.data[j * rows + i] = data[i * cols + j];
  return out;
}

/**
 * Householder reflections and their result: R on and above the diagonal, and below it the vectors, whose
 * first element is 1.
 */
export interface Reflections {
  readonly packed: Matrix;
  readonly taus: Float64Array;
  /** Column order of R: column j of R was column order[j] of the given matrix. */
  readonly order: Int32Array;
}

/**
 * QR by reflections, with LAPACK's signs (`geqrf`). With `pivoting`, the column with the largest remaining
 * norm comes next, so that the diagonal of R shows the rank.
 */
export function reflect(a: Matrix, pivoting = false): Reflections {
  const { rows, cols } = a;
  const x = a.data.slice();
  const count = Math.min(rows, cols);
  const taus = new Float64Array(count);
  const order = Int32Array.from({ length: cols }, (_, j) => j);
  const rest = (j: number, from: number) => {
    let squares = 0;
    for (let i = from; i < rows; i++) squares += x[i * cols + j] ** 2;
    return squares;
  };
  for (let s = 0; s < count; s++) {
    if (pivoting) {
      let longest = s;
      for (let j = s + 1, most = rest(s, s); j < cols; j++) {
        const length = rest(j, s);
        if (length > most) [longest, most] = [j, length];
      }
      for (let i = 0; i < rows; i++) swap(x, i * cols + s, i * cols + longest);
      swap(order, s, longest);
    }
    let below = 0;
    for (let i = s + 1; i < rows; i++) below = Math.max(below, Math.abs(x[i * cols + s]));
    if (below === 0) continue; // no reflection; the sign is unchanged
    const head = x[s * cols + s];
    const length = lengthOf(rows - s, (i) => x[(s + i) * cols + s]);
    const diagonal = head > 0 ? -length : length;
    taus[s] = (diagonal - head) / diagonal;
    for (let i = s + 1; i < rows; i++) x[i * cols + s] /= head - diagonal;
    x[s * cols + s] = diagonal;
    applyOne(matrix(rows, cols, x), taus, s, x, cols, s + 1);
  }
  return { packed: matrix(rows, cols, x), taus, order };
}

/** A sum of squares below this has lost digits; above its inverse, it may have overflowed. */
const squareLimit = 2 ** -960;

/** The length of a vector of n numbers, correct even if their squares underflow or overflow. */
export function lengthOf(n: number, at: (i: number) => number): number {
  let [squares, largest] = [0, 0];
  for (let i = 0; i < n; i++) {
    squares += at(i) ** 2;
    largest = Math.max(largest, Math.abs(at(i)));
  }
  if ((squares > squareLimit && squares < 1 / squareLimit) || largest === 0) return Math.sqrt(squares);
  let scaled = 0;
  for (let i = 0; i < n; i++) scaled += (at(i) / largest) ** 2;
  return largest * Math.sqrt(scaled);
}

function swap(x: Float64Array | Int32Array, i: number, j: number): void {
  [x[i], x[j]] = [x[j], x[i]];
}

/** Applies reflection `s` to `width` columns of y from `start` on, row by row, in memory order. */
function applyOne(packed: Matrix, taus: Float64Array, s: number, y: Float64Array, width: number, start = 0) {
  const { rows, cols, data } = packed;
  const dots = y.slice(s * width, (s + 1) * width);
  for (let i = s + 1; i < rows; i++) {
    const v = data[i * cols + s];
    for (let j = start; j < width; j++) dots[j] += v * y[i * width + j];
  }
  for (let j = start; j < width; j++) {
    dots[j] *= taus[s];
    y[s * width + j] -= dots[j];
  }
  for (let i = s + 1; i < rows; i++) {
    const v = data[i * cols + s];
    for (let j = start; j < width; j++) y[i * width + j] -= dots[j] * v;
  }
}

/** Qᵀ y, in place. */
export function reflectBack({ packed, taus }: Reflections, y: Matrix): Matrix {
  for (let s = 0; s < taus.length; s++) applyOne(packed, taus, s, y.data, y.cols);
  return y;
}

/** Q y, in place. */
export function reflectForth({ packed, taus }: Reflections, y: Matrix): Matrix {
  for (let s = taus.length - 1; s >= 0; s--) applyOne(packed, taus, s, y.data, y.cols);
  return y;
}

/** The first `cols` columns of Q. */
export function orthogonalFactor(reflections: Reflections, cols: number): Matrix {
  const { rows } = reflections.packed;
  const q = matrix(rows, cols);
  for (let i = 0; i < Math.min(rows, cols); i++) q.data[i * cols + i] = 1;
  return reflectForth(reflections, q);
}

/** The first `rows` rows of R. */
export function triangularFactor({ packed }: Reflections, rows: number): Matrix {
  const { cols, data } = packed;
  const r = matrix(rows, cols);
  for (let i = 0; i < Math.min(rows, packed.rows); i++)
    for (let j = i; j < cols; j++) r.data[i * cols + j] = data[i * cols + j];
  return r;
}

/**
 * Solves R x = y, or Rᵀ x = y, where R is the first `n` rows and columns of an upper triangle. The result
 * overwrites the first rows of y.
 */
export function solveUpper(r: Matrix, n: number, y: Matrix, transpose = false): void {
  const at = (i: number, j: number) => (transpose ? r.data[j * r.cols + i] : r.data[i * r.cols + j]);
  const { cols, data } = y;
  for (let c = 0; c < cols; c++)
    for (let s = 0; s < n; s++) {
      const i = transpose ? s : n - 1 - s;
      let sum = data[i * cols + c];
      for (let j = transpose ? 0 : i + 1; j < (transpose ? i : n); j++) sum -= at(i, j) * data[j * cols + c];
      data[i * cols + c] = sum / at(i, i);
    }
}

/** L and U of P A in one matrix, by elimination with row pivoting. */
export interface Elimination {
  readonly packed: Matrix;
  /** Row i of P A was row order[i]. */
  readonly order: Int32Array;
  /** In step s, rows s and swaps[s] were exchanged. */
  readonly swaps: Int32Array;
  /** Sign of the permutation: 1 or -1. */
  readonly sign: number;
  /** The index of the first pivot that is 0, or -1. */
  readonly singular: number;
}

export function eliminate(a: Matrix, pivoting = true): Elimination {
  const { rows, cols } = a;
  const x = a.data.slice();
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const swaps = new Int32Array(Math.min(rows, cols));
  let [sign, singular] = [1, -1];
  for (let s = 0; s < swaps.length; s++) {
    let pivot = s;
    if (pivoting)
      for (let i = s + 1; i < rows; i++)
        if (Math.abs(x[i * cols + s]) > Math.abs(x[pivot * cols + s])) pivot = i;
    swaps[s] = pivot;
    if (x[pivot * cols + s] === 0) {
      if (singular < 0) singular = s;
      if (pivoting) continue;
    }
    if (pivot !== s) {
      for (let j = 0; j < cols; j++) swap(x, s * cols + j, pivot * cols + j);
      swap(order, s, pivot);
      sign = -sign;
    }
    for (let i = s + 1; i < rows; i++) {
      const factor = x[i * cols + s] / x[s * cols + s];
      x[i * cols + s] = factor;
      for (let j = s + 1; j < cols; j++) x[i * cols + j] -= factor * x[s * cols + j];
    }
  }
  return { packed: matrix(rows, cols, x), order, swaps, sign, singular };
}

/** The solution X of A X = B. */
export function solveEliminated({ packed, order }: Elimination, b: Matrix): Matrix {
  const [n, cols] = [packed.rows, b.cols];
  const x = matrix(n, cols);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < cols; c++) {
      let sum = b.data[order[i] * cols + c];
      for (let j = 0; j < i; j++) sum -= packed.data[i * n + j] * x.data[j * cols + c];
      x.data[i * cols + c] = sum;
    }
  solveUpper(packed, n, x);
  return x;
}

/**
 * L with A = L Lᵀ, from the lower triangle of A; or null, and the index at which A is not positive definite.
 */
export function choleskyFactor(a: Matrix): { factor: Matrix; failed: number } {
  const n = a.rows;
  const l = matrix(n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a.data[i * n + j];
      for (let c = 0; c < j; c++) sum -= l.data[i * n + c] * l.data[j * n + c];
      if (i === j && !(sum > 0)) return { factor: l, failed: i };
      l.data[i * n + j] = i === j ? Math.sqrt(sum) : sum / l.data[j * n + j];
    }
  return { factor: l, failed: -1 };
}

/**
 * The shortest x that minimizes ‖A x - b‖, for each column of b, and the rank of A. It uses reflections with
 * pivoting; if the rank is less than the number of columns, it applies reflections to the rows too (LAPACK's
 * `gelsy`). Values below `rcond`, relative to the largest, count as 0.
 */
export function leastSquares(a: Matrix, b: Matrix, rcond: number): { x: Matrix; rank: number } {
  const first = reflect(a, true);
  const { cols } = a;
  const diagonal = (i: number) => Math.abs(first.packed.data[i * cols + i]);
  let rank = 0;
  while (rank < first.taus.length && diagonal(rank) > rcond * diagonal(0)) rank++;
  const y = reflectBack(first, matrix(b.rows, b.cols, b.data.slice()));
  const solved = matrix(cols, b.cols);
  if (rank === cols) {
    solveUpper(first.packed, rank, y);
    solved.data.set(y.data.subarray(0, rank * b.cols));
  } else if (rank > 0) {
    const second = reflect(transposed(triangularFactor(first, rank)));
    solveUpper(second.packed, rank, y, true);
    const z = orthogonalFactor(second, rank);
    for (let i = 0; i < cols; i++)
      for (let c = 0; c < b.cols; c++)
        for (let j = 0; j < rank; j++)
          solved.data[i * b.cols + c] += z.data[i * rank + j] * y.data[j * b.cols + c];
  }
  const x = matrix(cols, b.cols);
  for (let j = 0; j < cols; j++)
    x.data.set(solved.data.subarray(j * b.cols, (j + 1) * b.cols), first.order[j] * b.cols);
  return { x, rank };
}
