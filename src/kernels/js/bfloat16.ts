/**
 * Matmul of float32 operands that are rounded to bfloat16. Native kernels give these bits on every
 * instruction set: the rule is that of VDPBF16PS, which computes it in hardware.
 *
 * Rounding: to the nearest bfloat16 (8 significant bits), ties to even. Numbers that are infinite in bfloat16
 * become infinite, subnormal numbers become a zero of their sign, NaN stays NaN.
 *
 * Sums: k is cut into pairs of steps; zeros complete an odd k. A sum starts at 0 and takes the pairs in
 * order. Of a pair it takes the odd step first, then the even one, each by a fused multiply-add that rounds
 * to float32. A result that, rounded to 24 bits with an unlimited exponent, is below 2^-126 becomes a zero of
 * its sign. Pieces of 2^14 steps have sums of their own, which are added by pairs (gemm_long.h). The bias is
 * added to the sum, then the old C, by plain float32 additions.
 */
import type { Data } from "../../dtype.js";
import { tagOf } from "./specialize.js";
import { OK } from "./status.js";
import { storeProduct } from "./store-product.js";

const words = new Int32Array(1);
const asFloat = new Float32Array(words.buffer);

/** The nearest bfloat16 of a float32. */
export function nearestBfloat16(x: number): number {
  if (!(Math.abs(x) >= SMALLEST_NORMAL)) return x * 0; // a zero of the sign of x, or NaN
  asFloat[0] = x;
  const bits = words[0];
  words[0] = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return asFloat[0];
}

const SMALLEST_NORMAL = 2 ** -126;
/** Numbers from here on round to 2^-126 if they are rounded to 24 bits; the tie goes to the even number. */
const ROUNDS_TO_NORMAL = 2 ** -126 - 2 ** -151;

/**
 * sums[j] = the fused multiply-add of x · row[at + j] and sums[j], for `cols` columns.
 *
 * The double sum gives the same float32 as the exact sum. The product has 16 significant bits and the addend
 * 24. If 53 bits do not hold their sum, one of them is below 2^-27 of the largest power of two in the other.
 * The other has at most 24 bits, so the middle between two float32, and the limit of tiny results, are
 * farther from it than that.
 */
function addProducts(sums: Float32Array, cols: number, x: number, row: Float32Array, at: number): void {
  for (let j = 0; j < cols; j++) {
    const sum = x * row[at + j] + sums[j];
    sums[j] = Math.abs(sum) < ROUNDS_TO_NORMAL ? sum * 0 : sum;
  }
}

/** Steps of k in a piece. */
const PIECE = 1 << 14;
/** Number of elements of B that are packed at a time. */
const PACKED = 1 << 18;

let packed = new Float32Array(0);

/** Rows of B for steps from … from+k-1, rounded: element (l, j) at l · cols + j. */
function pack(k: number, cols: number, b: Data, bo: number, bRow: number, bCol: number): void {
  if (packed.length < k * cols) packed = new Float32Array(k * cols);
  for (let l = 0, at = 0; l < k; l++)
    for (let j = 0; j < cols; j++, at++) packed[at] = nearestBfloat16(b[bo + l * bRow + j * bCol]);
}

/** sums = one row of A times the packed columns: one piece. */
function chain(sums: Float32Array, k: number, cols: number, a: Data, ao: number, aCol: number): void {
  sums.fill(0, 0, cols);
  for (let l = 0; l < k; l += 2) {
    // The step that completes an odd k turns a sum of -0 into 0, and changes no other sum.
    if (l + 1 < k) addProducts(sums, cols, nearestBfloat16(a[ao + (l + 1) * aCol]), packed, (l + 1) * cols);
    else for (let j = 0; j < cols; j++) sums[j] += 0;
    addProducts(sums, cols, nearestBfloat16(a[ao + l * aCol]), packed, l * cols);
  }
}

/** The arguments of `gemm` without `bfloat16`; all arrays hold float32. */
export function gemmBfloat16(
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
  c: Data,
  co: number,
  cBatch: number,
): number {
  const store = storeProduct("gemmBfloat16", tagOf(c));
  const width = Math.max(1, Math.floor(PACKED / Math.max(1, Math.min(k, PIECE))));
  for (let s = 0; s < batch; s++)
    for (let jc = 0; jc < n; jc += width) {
      const cols = Math.min(width, n - jc);
      /** The sums of steps from … from+steps-1, row by row. */
      const sumsOf = (from: number, steps: number): Float32Array => {
        const sums = new Float32Array(m * cols);
        if (steps <= PIECE) {
          pack(steps, cols, b, bo + s * bBatch + from * bRow + jc * bCol, bRow, bCol);
          for (let i = 0; i < m; i++) {
            const row = sums.subarray(i * cols, (i + 1) * cols);
            chain(row, steps, cols, a, ao + s * aBatch + i * aRow + from * aCol, aCol);
          }
          return sums;
        }
        let left = PIECE;
        while (2 * left < steps) left *= 2;
        const [first, second] = [sumsOf(from, left), sumsOf(from + left, steps - left)];
        return first.map((sum, i) => sum + second[i]);
      };
      const sums = sumsOf(0, k);
      const at = co + s * cBatch + jc;
      store(Math.fround, m, cols, sums, cols, bias, biasOffset + jc, accumulate, c, at, n);
    }
  return OK;
}
