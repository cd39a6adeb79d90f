/** Reductions over the middle axis of [outer, length, inner]. */
import type { Data } from "../../dtype.js";
import { areIntegers, checkFits, timesInteger } from "./integers.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

export type ReduceName = "sum" | "prod" | "max" | "min";
export type ArgReduceName = "argmax" | "argmin";

type Step = (accumulator: number, value: number) => number;

interface Reduction {
  start: number;
  step: Step;
  /** The step for integers, whose result is exact or an error. */
  stepInteger?: Step;
}

/** Accumulators are doubles. A NaN in the accumulator stays, because every comparison with NaN is false. */
export const reductions: Record<ReduceName, Reduction> = {
  sum: { start: 0, step: (s, v) => s + v },
  prod: { start: 1, step: (s, v) => s * v, stepInteger: timesInteger },
  max: { start: -Infinity, step: (s, v) => (v <= s || Number.isNaN(s) ? s : v) },
  min: { start: Infinity, step: (s, v) => (v >= s || Number.isNaN(s) ? s : v) },
};

const reduceRowsLoop = specialize(
  (
    step: Step,
    start: number,
    outer: number,
    length: number,
    x: Data,
    xo: number,
    out: Data,
    oo: number,
  ): void => {
    for (let o = 0; o < outer; o++) {
      let s = start;
      const end = xo + length;
      for (; xo < end; xo++) s = step(s, x[xo]);
      out[oo + o] = s;
    }
  },
);

const reduceColumnsLoop = specialize(
  (
    step: Step,
    start: number,
    outer: number,
    length: number,
    inner: number,
    x: Data,
    xo: number,
    out: Data,
    oo: number,
    sums: Float64Array,
  ): void => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) sums[i] = start;
      for (let l = 0; l < length; l++) {
        for (let i = 0; i < inner; i++) sums[i] = step(sums[i], x[xo + i]);
        xo += inner;
      }
      for (let i = 0; i < inner; i++) out[oo + i] = sums[i];
      oo += inner;
    }
  },
);

let columns = new Float64Array(1024);

/**
 * out[o, i] = the sum, product, maximum or minimum of x[o, :, i], accumulated in double precision in index
 * order and rounded once. NaN counts as both the largest and the smallest. Without elements: sum 0, product
 * 1; maximum and minimum are an error of the caller.
 * @throws ValueError `INTEGER_OVERFLOW` if a sum or product does not fit an `out` of integers.
 */
export function reduce(
  op: ReduceName,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): number {
  if (areIntegers(out) && (op === "sum" || op === "prod"))
    reduceIntegers(op, outer, length, inner, x, xo, out, oo);
  else fold(op, outer, length, inner, x, xo, out, oo);
  return OK;
}

function fold(
  op: ReduceName,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): void {
  const { start, step, stepInteger } = reductions[op];
  const f = stepInteger && areIntegers(x) ? stepInteger : step;
  const types = tagOf(x) * 4 + tagOf(out);
  if (inner === 1) reduceRowsLoop(op, types)(f, start, outer, length, x, xo, out, oo);
  else {
    if (columns.length < inner) columns = new Float64Array(inner);
    reduceColumnsLoop(op, types)(f, start, outer, length, inner, x, xo, out, oo, columns);
  }
}

/** The number of 32-bit integers whose sum is always exact in a double. */
const exactly = 2 ** 21;

/**
 * Accumulates in doubles, and adds the parts of a long sum as 64-bit integers; then stores the results in
 * `out`.
 */
function reduceIntegers(
  op: "sum" | "prod",
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): void {
  const exact = new Float64Array(inner);
  const piece = op === "sum" ? exactly : length;
  for (let o = 0; o < outer; o++, xo += length * inner, oo += inner) {
    fold(op, 1, Math.min(piece, length), inner, x, xo, exact, 0);
    let results: Float64Array | BigInt64Array = exact;
    if (length > piece) {
      const totals = BigInt64Array.from(exact, BigInt);
      for (let l = piece; l < length; l += piece) {
        fold(op, 1, Math.min(piece, length - l), inner, x, xo + l * inner, exact, 0);
        for (let i = 0; i < inner; i++) totals[i] += BigInt(exact[i]);
      }
      results = totals;
    }
    for (let i = 0; i < inner; i++) {
      checkFits(op, results[i], out);
      out[oo + i] = Number(results[i]);
    }
  }
}

/** Whether `value` replaces `best`. The comparison is strict, so that the first of equal values wins. */
type Beats = (value: number, best: number) => boolean;

const contests: Record<ArgReduceName, Beats> = {
  argmax: (value, best) => value > best || (Number.isNaN(value) && !Number.isNaN(best)),
  argmin: (value, best) => value < best || (Number.isNaN(value) && !Number.isNaN(best)),
};

const argReduceLoop = specialize(
  (
    beats: Beats,
    outer: number,
    length: number,
    inner: number,
    x: Data,
    xo: number,
    out: Int32Array,
    oo: number,
  ): void => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = xo + o * length * inner + i;
        let best = x[start];
        let at = 0;
        for (let l = 1; l < length; l++) {
          const value = x[start + l * inner];
          if (beats(value, best)) {
            best = value;
            at = l;
          }
        }
        out[oo++] = at;
      }
    }
  },
);

/**
 * out[o, i] = the position in x[o, :, i] of the maximum or minimum: the first of equal values; NaN counts as
 * extreme.
 */
export function argReduce(
  op: ArgReduceName,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Int32Array,
  oo: number,
): number {
  argReduceLoop(op, tagOf(x))(contests[op], outer, length, inner, x, xo, out, oo);
  return OK;
}
