/**
 * Matmul. Operands are packed into double-precision panels, so that every transpose and stride becomes the
 * same problem, and a register block of 3 x 2 sums runs over the panels.
 *
 * Why it is fast in V8, by measurement (128 x 512 x 784: 7.8 GFLOP/s; plain strided 2 x 4 blocks reach 4.1):
 * - Each of the 3 rows and 2 columns of a panel has its own array. V8 checks equal indices into arrays of
 *   equal, constant length only once, so 5 loads cost 2 bounds checks and no address arithmetic.
 * - The arrays are constants of this module, created once: their addresses are compiled into the code.
 * - V8 computes all products of a block before it adds them. 6 products, 6 sums and the operands fit the 16
 *   vector registers. In blocks of 8 or 9, one sum goes through memory in every step, which halves the speed.
 */
import type { Data } from "../../dtype.js";
import { gemmBfloat16 } from "./bfloat16.js";
import { areIntegers, checkFits, dotIntegers } from "./integers.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";
import { storeProduct } from "./store-product.js";

const MR = 3;
const NR = 2;
/** Number of elements of each panel array. Pages that no product has needed are never touched. */
const LENGTH = 1 << 16;
/** Longest run over k before the sums are stored; leaves room for 8 panels. */
const KC = 1 << 13;

const a0 = new Float64Array(LENGTH);
const a1 = new Float64Array(LENGTH);
const a2 = new Float64Array(LENGTH);
const b0 = new Float64Array(LENGTH);
const b1 = new Float64Array(LENGTH);
/** The sums of one block, row by row. */
const tile = new Float64Array(MR * NR);
/** Sums of all current blocks, if k is processed in more than one run. */
const sums = new Float64Array((LENGTH / KC) ** 2 * MR * NR);

/** tile (+)= A[x … x+depth] · B[y … y+depth]. */
function block(x: number, y: number, depth: number, first: boolean): void {
  let c00 = first ? 0 : tile[0];
  let c01 = first ? 0 : tile[1];
  let c10 = first ? 0 : tile[2];
  let c11 = first ? 0 : tile[3];
  let c20 = first ? 0 : tile[4];
  let c21 = first ? 0 : tile[5];
  for (const end = (x + depth) | 0; x < end; x = (x + 1) | 0) {
    const p = b0[y];
    const q = b1[y];
    const r = a0[x];
    c00 += r * p;
    c01 += r * q;
    const s = a1[x];
    c10 += s * p;
    c11 += s * q;
    const t = a2[x];
    c20 += t * p;
    c21 += t * q;
    y = (y + 1) | 0;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c10;
  tile[3] = c11;
  tile[4] = c20;
  tile[5] = c21;
}

/** panel[at + l] = x[from + l · step]. */
const packLine = specialize(
  (panel: Float64Array, at: number, depth: number, x: Data, from: number, step: number): void => {
    for (let l = 0; l < depth; l++) {
      panel[at + l] = x[from];
      from += step;
    }
  },
);

/**
 * Distributes `count` lines (rows of A, columns of B) over the panel arrays in turn. If the last panel is not
 * full, the rest of it keeps its old values: their sums are never stored. If neighbours in memory belong to
 * different lines, each line is packed 32 elements at a time: the cache lines that the first one loads also
 * serve the next.
 */
function pack(
  panels: readonly Float64Array[],
  count: number,
  depth: number,
  x: Data,
  from: number,
  line: number,
  step: number,
): void {
  const copy = packLine("pack", tagOf(x));
  const width = panels.length;
  const chunk = Math.abs(line) < Math.abs(step) ? 32 : depth;
  for (let l = 0; l < depth; l += chunk) {
    const length = Math.min(chunk, depth - l);
    for (let i = 0, at = l; i < count; i += width, at += depth)
      for (let r = 0; r < Math.min(width, count - i); r++)
        copy(panels[r], at, length, x, from + (i + r) * line + l * step, step);
  }
}

type Round = (value: number) => number;
const exact: Round = (value) => value;

/**
 * For products too thin to be worth packing: dot products directly from the operands, two columns at a time.
 */
const thin = specialize(
  (
    round: Round,
    m: number,
    n: number,
    k: number,
    a: Data,
    ao: number,
    aRow: number,
    aCol: number,
    b: Data,
    bo: number,
    bRow: number,
    bCol: number,
    bias: Data | null,
    biasOffset: number,
    biasRow: number,
    biasCol: number,
    accumulate: number,
    c: Data,
    co: number,
    cRow: number,
    cCol: number,
  ): void => {
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j += 2) {
        // If the number of columns is odd, the last one is computed twice and stored once.
        const both = j + 1 < n;
        const second = both ? bCol : 0;
        let x = ao + i * aRow;
        let y = bo + j * bCol;
        let s0 = 0;
        let s1 = 0;
        for (let l = 0; l < k; l++) {
          const value = a[x];
          s0 += value * b[y];
          s1 += value * b[y + second];
          x += aCol;
          y += bRow;
        }
        const at = co + i * cRow + j * cCol;
        const biasAt = biasOffset + i * biasRow + j * biasCol;
        if (bias !== null) s0 += bias[biasAt];
        c[at] = accumulate !== 0 ? c[at] + round(s0) : s0;
        if (!both) continue;
        if (bias !== null) s1 += bias[biasAt + biasCol];
        c[at + cCol] = accumulate !== 0 ? c[at + cCol] + round(s1) : s1;
      }
  },
);

/**
 * C[i, j] (+)= Σ_k A[i, k] · B[k, j] + bias[j], for each of `batch` products. Element (i, k) of A is
 * a[ao + batch·aBatch + i·aRow + k·aCol], likewise for B; C has dense rows of n.
 *
 * The sum runs over k in order in double precision and is rounded to C's type once, after the bias is added.
 * With `accumulate` the rounded product is then added to C, with one more rounding. A product of two float32
 * is exact in a double, so the error of a float32 result is half an ULP plus k · 2^-53 of Σ |a b|. Native
 * code accumulates in float32 by fused multiply-add, so its result may differ from this one by k · 2^-24 of Σ
 * |a b|. With `bfloat16`, float32 operands are rounded first, and sums are those of bfloat16.ts.
 * @throws ValueError `INTEGER_OVERFLOW` if a product of integers does not fit C.
 */
export function gemm(
  batch: number,
  m: number,
  n: number,
  k: number,
  a: Data,
  ao: number,
  aBatch: number,
  aRow: number,
  aCol: number,
  b: Data,
  bo: number,
  bBatch: number,
  bRow: number,
  bCol: number,
  bias: Data | null,
  biasOffset: number,
  accumulate: number,
  bfloat16: number,
  c: Data,
  co: number,
  cBatch: number,
): number {
  if (bfloat16 !== 0 && c instanceof Float32Array)
    return gemmBfloat16(
      ...([batch, m, n, k] as const),
      ...([a, ao, aBatch, aRow, aCol] as const),
      ...([b, bo, bBatch, bRow, bCol] as const),
      ...([bias, biasOffset, accumulate, c, co, cBatch] as const),
    );
  if (areIntegers(c)) {
    for (let s = 0; s < batch; s++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          const row = ao + s * aBatch + i * aRow;
          const dot = dotIntegers(k, a, row, aCol, b, bo + s * bBatch + j * bCol, bRow);
          const at = co + s * cBatch + i * n + j;
          const more = (bias === null ? 0 : bias[biasOffset + j]) + (accumulate !== 0 ? c[at] : 0);
          const sum = typeof dot === "bigint" ? dot + BigInt(more) : dot + more;
          checkFits("matmul", sum, c);
          c[at] = Number(sum);
        }
    return OK;
  }
  const type = tagOf(c);
  const round: Round = type === 0 ? Math.fround : exact;
  const depth = Math.min(k, KC);
  if (m < MR || n < NR || k === 0) {
    const loop = thin(n < m ? "tall" : "wide", type);
    for (let s = 0; s < batch; s++) {
      const x = ao + s * aBatch;
      const y = bo + s * bBatch;
      const z = co + s * cBatch;
      // A column of C is a row of its transpose, B'A'.
      if (n < m)
        loop(
          round,
          n,
          m,
          k,
          b,
          y,
          bCol,
          bRow,
          a,
          x,
          aCol,
          aRow,
          bias,
          biasOffset,
          1,
          0,
          accumulate,
          c,
          z,
          1,
          n,
        );
      else
        loop(
          round,
          m,
          n,
          k,
          a,
          x,
          aRow,
          aCol,
          b,
          y,
          bRow,
          bCol,
          bias,
          biasOffset,
          0,
          1,
          accumulate,
          c,
          z,
          n,
          1,
        );
    }
    return OK;
  }
  const write = storeProduct("gemm", type);
  const mc = Math.floor(LENGTH / depth) * MR;
  const nc = Math.floor(LENGTH / depth) * NR;
  for (let s = 0; s < batch; s++)
    for (let jc = 0; jc < n; jc += nc) {
      const cols = Math.min(nc, n - jc);
      for (let ic = 0; ic < m; ic += mc) {
        const rows = Math.min(mc, m - ic);
        for (let pc = 0; pc < k; pc += KC) {
          const run = Math.min(KC, k - pc);
          // Skips packing if the panels already hold this block.
          if (k > KC || ic === 0)
            pack([b0, b1], cols, run, b, bo + s * bBatch + pc * bRow + jc * bCol, bCol, bRow);
          if (k > KC || m > mc || jc === 0)
            pack([a0, a1, a2], rows, run, a, ao + s * aBatch + ic * aRow + pc * aCol, aRow, aCol);
          let at = 0;
          for (let j = 0, y = 0; j < cols; j += NR, y += run)
            for (let i = 0, x = 0; i < rows; i += MR, x += run, at += MR * NR) {
              if (pc > 0) for (let e = 0; e < MR * NR; e++) tile[e] = sums[at + e];
              block(x, y, run, pc === 0);
              if (pc + run < k) for (let e = 0; e < MR * NR; e++) sums[at + e] = tile[e];
              else {
                const h = Math.min(MR, rows - i);
                const w = Math.min(NR, cols - j);
                const to = co + s * cBatch + (ic + i) * n + jc + j;
                write(round, h, w, tile, NR, bias, biasOffset + jc + j, accumulate, c, to, n);
              }
            }
        }
      }
    }
  return OK;
}
