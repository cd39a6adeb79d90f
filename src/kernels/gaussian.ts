/**
 * The normal distribution: its distribution function, the logarithm and the inverse of it, accurate in the
 * tails.
 */
import { erfc, erfcx } from "./special.js";

/** Probability of a value below x. */
export const ndtr = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2);

/** ln(ndtr(x)), also where ndtr(x) underflows. */
export const logNdtr = (x: number): number =>
  x < -1 ? Math.log(0.5 * erfcx(-x * Math.SQRT1_2)) - 0.5 * x * x : Math.log1p(-0.5 * erfc(x * Math.SQRT1_2));

/**
 * The x with ndtr(x) = p: a rough initial value, then Halley steps, each of which triples the number of
 * digits.
 */
export function ndtri(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  if (p > 0.5) return -ndtri(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  let x = top / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t; // good to 4.5 in 10000 (Hastings)
  for (let i = 0; i < 3; i++) {
    const step = (ndtr(x) - p) * 2.5066282746310002 * Math.exp(0.5 * x * x); // √(2π)
    x -= step / (1 + 0.5 * x * step);
  }
  return x;
}
