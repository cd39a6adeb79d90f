/** The incomplete gamma functions, each divided by Γ(a): their sum is 1. */
import { erfc, lgamma } from "./special.js";

/** xᵃ e⁻ˣ / Γ(a). */
const factor = (a: number, x: number): number => Math.exp(a * Math.log(x) - x - lgamma(a));

/** The lower function by its series, for x up to a: all terms are positive. */
function lower(a: number, x: number): number {
  let [sum, term] = [1, 1];
  for (let n = a + 1; term > sum * 1e-17; n++) {
    term *= x / n;
    sum += term;
  }
  return (sum * factor(a, x)) / a;
}

/** The upper function by its continued fraction (evaluated by Lentz's method), for x above a. */
function upper(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 100000; n++) {
    const top = -n * (n - a);
    b += 2;
    d = 1 / (top * d + b);
    c = b + top / c;
    h *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return h * factor(a, x);
}

/**
 * Either function for large a, where the series are long: the leading terms of Temme's expansion, good to 11
 * digits from 10^5 on. `sign` is 1 for the upper function and -1 for the lower one.
 */
function uniform(a: number, x: number, sign: 1 | -1): number {
  const mu = (x - a) / a;
  // mu - ln(1 + mu), which loses digits by cancellation if mu is small.
  const half = Math.abs(mu) < 0.01 ? mu * mu * tailOfLog(mu) : mu - Math.log1p(mu);
  const eta = mu < 0 ? -Math.sqrt(2 * half) : Math.sqrt(2 * half);
  const first = Math.abs(mu) < 0.01 ? -1 / 3 + eta / 12 - (2 * eta * eta) / 135 : 1 / mu - 1 / eta;
  const rest = (Math.exp(-a * half) / Math.sqrt(2 * Math.PI * a)) * first;
  return 0.5 * erfc(sign * eta * Math.sqrt(a / 2)) + sign * rest;
}

/** (mu - ln(1 + mu)) / mu². */
const tailOfLog = (mu: number): number => {
  let sum = 0;
  for (let k = 10; k >= 2; k--) sum = 1 / k - mu * sum;
  return sum;
};

/**
 * The checks and special cases of both. `of`: which one; the lower function is 1 at infinite x, the upper one
 * is 0.
 */
function regularized(a: number, x: number, of: "lower" | "upper"): number {
  const [first, last] = of === "lower" ? [0, 1] : [1, 0];
  if (!(a >= 0 && x >= 0)) return Number.NaN;
  if (a === 0) return x > 0 ? last : Number.NaN;
  if (x === 0) return first;
  if (a === Infinity) return x === Infinity ? Number.NaN : first;
  if (x === Infinity) return last;
  if (a > 1e5) return uniform(a, x, of === "upper" ? 1 : -1);
  const below = x <= 1 || x <= a;
  if (of === "lower") return below ? lower(a, x) : 1 - upper(a, x);
  return below ? 1 - lower(a, x) : upper(a, x);
}

/** The lower function: ∫ t^(a-1) e^(-t) dt from 0 to x, divided by Γ(a). */
export const igamma = (a: number, x: number): number => regularized(a, x, "lower");
/** The upper function: the same integral from x to ∞. */
export const igammac = (a: number, x: number): number => regularized(a, x, "upper");
