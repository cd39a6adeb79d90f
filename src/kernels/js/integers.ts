/**
 * Sums and products of integers. They are accumulated in doubles, which are exact up to 2^53. If the result
 * does not fit the output's type, it is an error: a result never wraps around.
 */
import { arrayTypes, type Data } from "../../dtype.js";
import { ValueError } from "../../errors.js";
import { tagOf } from "./specialize.js";

/** Whether the elements are integers. */
export const areIntegers = (x: Data): boolean => tagOf(x) > 1;

/** Throws if `value` does not fit the type of `out`. */
export function checkFits(op: string, value: number | bigint, out: Data): void {
  const [least, most] = tagOf(out) === 2 ? [-(2 ** 31), 2 ** 31 - 1] : [0, 255];
  if (value >= least && value <= most) return;
  const dtype = out instanceof arrayTypes.int32 ? "int32" : "uint8";
  throw new ValueError(
    `${op}: the result does not fit ${dtype}: ${value}; convert to float32 or float64 first`,
    "INTEGER_OVERFLOW",
  );
}

/**
 * s · v. Once s exceeds the exact integers of a double, only a zero makes it fit again, so a result that fits
 * is exact.
 */
export const timesInteger = (s: number, v: number): number => (s === 0 || v === 0 ? 0 : s * v);

/** All cumulative sums or products of the first 1 … `length` elements, which are `step` apart. */
export function scanIntegers(
  op: "sum" | "prod",
  length: number,
  step: number,
  x: Data,
  xo: number,
  out: Data,
  oo: number,
): void {
  let s = op === "sum" ? 0 : 1;
  for (let l = 0; l < length; l++, xo += step, oo += step) {
    s = op === "sum" ? s + x[xo] : timesInteger(s, x[xo]);
    out[oo] = s;
    if (out[oo] !== s) checkFits(op === "sum" ? "cumsum" : "cumprod", s, out);
  }
}

/** The exact Σ a · b over k: in doubles while they represent every integer, else in BigInt. */
export function dotIntegers(
  k: number,
  a: Data,
  ao: number,
  aStep: number,
  b: Data,
  bo: number,
  bStep: number,
): number | bigint {
  let s = 0;
  let magnitude = 0;
  for (let l = 0; l < k; l++) {
    const product = a[ao + l * aStep] * b[bo + l * bStep];
    s += product;
    magnitude += Math.abs(product);
  }
  if (magnitude <= Number.MAX_SAFE_INTEGER) return s;
  let exact = 0n;
  for (let l = 0; l < k; l++) exact += BigInt(a[ao + l * aStep]) * BigInt(b[bo + l * bStep]);
  return exact;
}

/** Throws if any of the integers, which are `step` apart, is 0. */
export function checkDivisors(
  op: string,
  n0: number,
  n1: number,
  b: Data,
  bo: number,
  b0: number,
  b1: number,
): void {
  for (let i = 0; i < n0; i++)
    for (let j = 0; j < n1; j++)
      if (b[bo + i * b0 + j * b1] === 0)
        throw new ValueError(
          `${op}: an integer cannot be divided by 0: convert to float32 first`,
          "DIVISION_BY_ZERO",
        );
}
