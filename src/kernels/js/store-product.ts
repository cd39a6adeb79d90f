import type { Data } from "../../dtype.js";
import { specialize } from "./specialize.js";

/**
 * Writes a finished block of a matmul to C, whose rows have n elements: the sums plus the bias, rounded to
 * C's type, then added to C with `accumulate`. Row i of the block is at `sums` i · width. `round` rounds to
 * C's type; the array does it too, except before an addition to C.
 */
export const storeProduct = specialize(
  (
    round: (value: number) => number,
    rows: number,
    cols: number,
    sums: Float32Array | Float64Array,
    width: number,
    bias: Data | null,
    biasAt: number,
    accumulate: number,
    c: Data,
    at: number,
    n: number,
  ): void => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++) {
        const sum = bias === null ? sums[i * width + j] : sums[i * width + j] + bias[biasAt + j];
        const to = at + i * n + j;
        c[to] = accumulate !== 0 ? c[to] + round(sum) : sum;
      }
  },
);
