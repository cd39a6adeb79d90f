/**
 * Scans along the middle axis of [outer, length, inner]: each element combined with all before it (or after
 * it).
 */
import type { Data } from "../../dtype.js";
import { areIntegers, scanIntegers } from "./integers.js";
import { OK } from "./status.js";

export type ScanName = "sum" | "prod" | "logsumexp";
export type ArgScanName = "max" | "min";

/** Scans one line: `length` elements, `step` apart. */
type Line = (length: number, step: number, x: Data, xo: number, out: Data, oo: number) => void;

const lines: Record<ScanName, Line> = {
  sum(length, step, x, xo, out, oo) {
    let s = 0;
    for (let l = 0; l < length; l++, xo += step, oo += step) {
      s += x[xo];
      out[oo] = s;
    }
  },
  prod(length, step, x, xo, out, oo) {
    let s = 1;
    for (let l = 0; l < length; l++, xo += step, oo += step) {
      s *= x[xo];
      out[oo] = s;
    }
  },
  /**
   * The sum is kept relative to the maximum so far. That maximum is infinite only if all values so far are
   * -Infinity, or if it is itself the result.
   */
  logsumexp(length, step, x, xo, out, oo) {
    let largest = -Infinity;
    let s = 0;
    for (let l = 0; l < length; l++, xo += step, oo += step) {
      const value = x[xo];
      if (value > largest) {
        s = s * Math.exp(largest - value) + 1;
        largest = value;
      } else if (value === largest) s++;
      else s += Math.exp(value - largest);
      out[oo] = largest + Math.log(s);
    }
  },
};

/**
 * out[o, l, i] = the sum, product or log-sum-exp of x[o, 0 … l, i]; of x[o, l …, i] if `reverse` is 1.
 * Accumulated in double precision.
 * @throws ValueError `INTEGER_OVERFLOW` if a sum or product of integers does not fit `out`.
 */
export function scan(
  op: ScanName,
  reverse: number,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): number {
  const first = reverse ? (length - 1) * inner : 0;
  const ofIntegers: Line = (...args) => scanIntegers(op as "sum" | "prod", ...args);
  const line = areIntegers(x) && areIntegers(out) && op !== "logsumexp" ? ofIntegers : lines[op];
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = o * length * inner + i + first;
      line(length, reverse ? -inner : inner, x, xo + at, out, oo + at);
    }
  return OK;
}

/**
 * out[o, l, i] = the position in x[o, 0 … l, i] of the maximum or minimum: the last of equal values. Once a
 * NaN occurs, it is the extreme.
 */
export function argScan(
  op: ArgScanName,
  outer: number,
  length: number,
  inner: number,
  x: Data,
  xo: number,
  out: Int32Array,
  oo: number,
): number {
  const sign = op === "max" ? 1 : -1;
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let at = o * length * inner + i;
      let best = sign * x[xo + at];
      let where = 0;
      for (let l = 0; l < length; l++, at += inner) {
        const value = sign * x[xo + at];
        if (value >= best || Number.isNaN(value)) {
          best = value;
          where = l;
        }
        out[oo + at] = where;
      }
    }
  return OK;
}
