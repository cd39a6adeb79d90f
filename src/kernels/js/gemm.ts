/** Matrix product. */
import type { Data } from "../../dtype.js";
import { OK } from "./status.js";

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
  c: Data,
  co: number,
  cBatch: number,
): number {
  const round = c.BYTES_PER_ELEMENT === 4 ? Math.fround : (v: number) => v;
  for (let s = 0; s < batch; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum += a[ao + s * aBatch + i * aRow + l * aCol] * b[bo + s * bBatch + l * bRow + j * bCol];
        if (bias) sum += bias[biasOffset + j];
        const at = co + s * cBatch + i * n + j;
        c[at] = accumulate ? c[at] + round(sum) : sum;
      }
    }
  }
  return OK;
}
