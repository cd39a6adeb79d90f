/**
 * L D Lᵀ of a symmetric matrix in float64, where D has blocks of 1 × 1 and 2 × 2 on its diagonal (Bunch and
 * Kaufman, 1977; LAPACK's `sytf2`).
 */
import { type Matrix, matrix } from "./factorize.js";

export interface Blocks {
  /** L below the blocks of D. */
  readonly packed: Matrix;
  /**
   * Row exchanges, counted from 1: the index of the row exchanged with this one. In both rows of a 2 × 2
   * block the index is negative.
   */
  readonly pivots: Int32Array;
  /** The index of the first block that is 0, or -1. */
  readonly singular: number;
}

/** This constant keeps the elements of L bounded. */
const growth = (1 + Math.sqrt(17)) / 8;

/** Reads only the lower triangle of `a`, and stores the factors in a lower triangle. */
export function blockFactor(a: Matrix): Blocks {
  const n = a.rows;
  const x = matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) x.data[i * n + j] = a.data[i * n + j];
  const pivots = new Int32Array(n);
  let singular = -1;
  for (let s = 0; s < n; ) {
    const { row, size, zero } = choose(x, s);
    if (zero && singular < 0) singular = s;
    exchange(x, s, s + size - 1, row, size);
    pivots[s] = size === 1 ? row + 1 : -(row + 1);
    if (size === 2) pivots[s + 1] = pivots[s];
    if (!zero) (size === 1 ? removeOne : removeTwo)(x, s);
    s += size;
  }
  return { packed: x, pivots, singular };
}

/** The position and size of the largest element in rows `from` … `to` of column s, in the lower triangle. */
function largest(at: (i: number) => number, from: number, to: number): [place: number, size: number] {
  let [place, size] = [from, 0];
  for (let i = from; i < to; i++) if (Math.abs(at(i)) > size) [place, size] = [i, Math.abs(at(i))];
  return [place, size];
}

/** The row to move to the end of the next block, and the size of the block. */
function choose({ data: x, rows: n }: Matrix, s: number): { row: number; size: 1 | 2; zero: boolean } {
  const own = Math.abs(x[s * n + s]);
  const [row, most] = largest((i) => x[i * n + s], s + 1, n);
  if (own === 0 && most === 0) return { row: s, size: 1, zero: true };
  if (own >= growth * most) return { row: s, size: 1, zero: false };
  const [, left] = largest((j) => x[row * n + j], s, row);
  const [, below] = largest((i) => x[i * n + row], row + 1, n);
  const widest = Math.max(left, below);
  if (own >= growth * most * (most / widest)) return { row: s, size: 1, zero: false };
  return { row, size: Math.abs(x[row * n + row]) >= growth * widest ? 1 : 2, zero: false };
}

/** Exchanges rows and columns `to` and `from` of the remaining symmetric matrix, in its lower triangle. */
function exchange({ data: x, rows: n }: Matrix, s: number, to: number, from: number, size: number): void {
  if (from === to) return;
  const swap = (i: number, j: number, p: number, q: number) => {
    [x[i * n + j], x[p * n + q]] = [x[p * n + q], x[i * n + j]];
  };
  for (let i = from + 1; i < n; i++) swap(i, to, i, from);
  for (let i = to + 1; i < from; i++) swap(i, to, from, i);
  swap(to, to, from, from);
  if (size === 2) swap(to, s, from, s);
}

function removeOne({ data: x, rows: n }: Matrix, s: number): void {
  for (let j = s + 1; j < n; j++)
    for (let i = n - 1; i >= j; i--) x[i * n + j] -= (x[i * n + s] / x[s * n + s]) * x[j * n + s];
  for (let i = s + 1; i < n; i++) x[i * n + s] /= x[s * n + s];
}

function removeTwo({ data: x, rows: n }: Matrix, s: number): void {
  const beside = x[(s + 1) * n + s];
  const [first, second] = [x[(s + 1) * n + s + 1] / beside, x[s * n + s] / beside];
  const scale = 1 / (first * second - 1) / beside;
  for (let j = s + 2; j < n; j++) {
    const [a, b] = [x[j * n + s], x[j * n + s + 1]];
    const [l, m] = [scale * (first * a - b), scale * (second * b - a)];
    for (let i = j; i < n; i++) x[i * n + j] -= x[i * n + s] * l + x[i * n + s + 1] * m;
    [x[j * n + s], x[j * n + s + 1]] = [l, m];
  }
}

/** The solution X of A X = B, from the factors of A. */
export function solveBlocks({ packed, pivots }: Omit<Blocks, "singular">, b: Matrix): Matrix {
  const { rows: n, data: f } = packed;
  const x = matrix(n, b.cols, b.data.slice());
  const k = b.cols;
  const swapRows = (i: number, j: number) => {
    for (let c = 0; c < k; c++)
      [x.data[i * k + c], x.data[j * k + c]] = [x.data[j * k + c], x.data[i * k + c]];
  };
  const subtract = (into: number, factor: number, from: number) => {
    for (let c = 0; c < k; c++) x.data[into * k + c] -= factor * x.data[from * k + c];
  };
  const blocks: [start: number, size: number][] = [];
  for (let s = 0; s < n; s += blocks[blocks.length - 1][1]) blocks.push([s, pivots[s] > 0 ? 1 : 2]);
  for (const [s, size] of blocks) {
    swapRows(s + size - 1, Math.abs(pivots[s]) - 1);
    for (let i = s + size; i < n; i++) for (let j = s; j < s + size; j++) subtract(i, f[i * n + j], j);
    for (let c = 0; c < k; c++) {
      if (size === 1) {
        x.data[s * k + c] /= f[s * n + s];
        continue;
      }
      const beside = f[(s + 1) * n + s];
      const [p, q] = [f[s * n + s] / beside, f[(s + 1) * n + s + 1] / beside];
      const [u, v] = [x.data[s * k + c] / beside, x.data[(s + 1) * k + c] / beside];
      x.data[s * k + c] = (q * u - v) / (p * q - 1);
      x.data[(s + 1) * k + c] = (p * v - u) / (p * q - 1);
    }
  }
  for (const [s, size] of blocks.reverse()) {
    for (let j = s; j < s + size; j++) for (let i = s + size; i < n; i++) subtract(j, f[i * n + j], i);
    swapRows(s + size - 1, Math.abs(pivots[s]) - 1);
  }
  return x;
}
