/** Kernels that draw random numbers. They read and advance a state of four words (see ../../random.ts). */
import type { Data } from "../../dtype.js";
import { cosTurns, log, sinTurns } from "../../elementary.js";
import { advance, mulHigh, philox } from "../../random.js";
import { OK } from "./status.js";

export type RandomName = "uniform" | "normal" | "dropout";

const block = new Uint32Array(4);
const values = new Float64Array(4);

/**
 * Fills out[0 … n-1]. Block b of the stream gives elements 4b … 4b+3, and the counter advances by ceil(n /
 * 4).
 *
 * - uniform: p + u (q - p), u = (word >>> 8) · 2^-24 in [0, 1)
 * - normal: mean p, deviation q. Box and Muller on the words (a, b) of each half block: r = √(-2 ln((a + 1) ·
 *   2^-32)), r cos(2π b · 2^-32) and then r sin(2π b · 2^-32)
 * - dropout: 0 with probability p (u < p), else 1 / (1 - p)
 *
 * Computed in double precision without library functions, then rounded to the type of `out`; rounding may
 * give q itself.
 */
export function random(
  kind: RandomName,
  p: number,
  q: number,
  n: number,
  state: Int32Array,
  so: number,
  out: Data,
  oo: number,
): number {
  const k0 = state[so];
  const k1 = state[so + 1];
  const low = state[so + 2] >>> 0;
  const high = state[so + 3];
  const keep = 1 / (1 - p);
  for (let i = 0; i < n; i += 4) {
    const at = low + i / 4;
    const carry = Math.floor(at / 4294967296);
    philox(at | 0, (high + carry) | 0, 0, 0, k0, k1, block);
    if (kind === "normal") {
      for (let h = 0; h < 4; h += 2) {
        const r = Math.sqrt(-2 * log((block[h] + 1) * 2.3283064365386963e-10)); // 2^-32
        const turns = block[h + 1] * 2.3283064365386963e-10;
        values[h] = p + q * (r * cosTurns(turns));
        values[h + 1] = p + q * (r * sinTurns(turns));
      }
    } else {
      for (let h = 0; h < 4; h++) {
        const u = (block[h] >>> 8) * 5.9604644775390625e-8; // 2^-24
        values[h] = kind === "uniform" ? p + u * (q - p) : u < p ? 0 : keep;
      }
    }
    const count = Math.min(4, n - i);
    for (let h = 0; h < count; h++) out[oo + i + h] = values[h];
  }
  advance(state, so, Math.ceil(n / 4));
  return OK;
}

/**
 * A random permutation of 0 … n-1 (Fisher and Yates, from the end). A number below `bound` is the high word
 * of word · bound. A word whose low product falls into the uneven remainder is drawn again (Lemire), so that
 * all permutations are equally likely. The counter advances by the number of blocks used.
 */
export function permutation(n: number, state: Int32Array, so: number, out: Int32Array, oo: number): number {
  for (let i = 0; i < n; i++) out[oo + i] = i;
  const k0 = state[so];
  const k1 = state[so + 1];
  let left = 0;
  for (let i = n - 1; i > 0; i--) {
    const bound = i + 1;
    let j: number;
    for (;;) {
      if (left === 0) {
        philox(state[so + 2], state[so + 3], 0, 0, k0, k1, block);
        advance(state, so, 1);
        left = 4;
      }
      const word = block[4 - left--];
      j = mulHigh(word, bound);
      const low = Math.imul(word, bound) >>> 0;
      // The remainder is 2^32 mod bound. It is less than bound, so most words pass without the division.
      if (low >= bound || low >= (4294967296 - bound) % bound) break;
    }
    const swapped = out[oo + i];
    out[oo + i] = out[oo + j];
    out[oo + j] = swapped;
  }
  return OK;
}
