/**
 * Special functions of one real argument that `Math` does not have, in double precision. They use the
 * engine's exp, log, tan and pow, as every row does; rows use them.
 */
import { erf, sinTurns } from "../elementary.js";

/**
 * e^(-x²), accurate to the last digits: the square of a 24-bit number is exact, and the remainder is small.
 */
function gauss(x: number): number {
  const near = Math.fround(x);
  return Math.exp(-near * near) * Math.exp((near - x) * (near + x));
}

/**
 * e^(x²) (1 - erf(x)) for x >= ½: P(u) / (x + 2). P was interpolated for this file in the Chebyshev points of
 * u = 5/4 (x - 2) / (x + 2) - 1/4, which maps [½, ∞) to [-1, 1].
 */
function tail(x: number): number {
  const u = (1.25 * (x - 2)) / (x + 2) - 0.25;
  let p = -6.017764370223231e-10;
  p = p * u - 1.349680511164156e-9;
  p = p * u + 3.627842142991121e-9;
  p = p * u + 1.3602266482645882e-8;
  p = p * u - 1.169983178507253e-9;
  p = p * u - 6.583479187109301e-8;
  p = p * u - 9.058914044617008e-8;
  p = p * u + 1.6815976430301803e-7;
  p = p * u + 6.888516017624633e-7;
  p = p * u + 1.6224953837971776e-7;
  p = p * u - 3.4010202733453475e-6;
  p = p * u - 5.242631842945336e-6;
  p = p * u + 1.3752969863845905e-5;
  p = p * u + 4.597433703915816e-5;
  p = p * u - 5.364634348439245e-5;
  p = p * u - 0.00035635721104289477;
  p = p * u + 0.0003278920120605755;
  p = p * u + 0.003016900646005083;
  p = p * u - 0.005522382160849116;
  p = p * u - 0.025918946162162882;
  p = p * u + 0.16193915053222427;
  p = p * u - 0.4643007442723716;
  p = p * u + 0.8950057559069498;
  return p / (x + 2);
}

/** 1 - erf(x), with relative accuracy for large x. */
export function erfc(x: number): number {
  if (x < 0.5) return 1 - erf(x);
  if (!(x < 28)) return x >= 28 ? 0 : x;
  return gauss(x) * tail(x);
}

/** e^(x²) (1 - erf(x)), which does not underflow. */
export function erfcx(x: number): number {
  if (x < 0.5) return x < -27 ? Infinity : (1 - erf(x)) / gauss(x);
  return x === Infinity ? 0 : tail(x);
}

/**
 * The inverse of erf: a rough initial value from the logarithm of 1 - x², then three Halley steps, each of
 * which triples the number of digits. For |x| >= ½ the steps compare erfc with 1 - |x|, which is exact.
 */
export function erfinv(x: number): number {
  const a = Math.abs(x);
  if (!(a < 1)) return a === 1 ? x * Infinity : Number.NaN;
  if (a === 0) return x;
  const log = Math.log1p(-a * a);
  const half = 4.330746750799873 + 0.5 * log; // 2 / (0.147 π); good to 2 in 1000 (Winitzki)
  let y = Math.sqrt(Math.sqrt(half * half - log / 0.147) - half);
  for (let i = 0; i < 3; i++) {
    const error = a < 0.5 ? erf(y) - a : 1 - a - erfc(y);
    const step = (error * 0.886226925452758) / gauss(y); // √π / 2
    y -= step / (1 + y * step);
  }
  return x < 0 ? -y : y;
}

/** ln Γ(x) for x >= 10 by Stirling's series: the first omitted term is below 2^-52. */
function stirling(x: number): number {
  const z = 1 / (x * x);
  let r = -3617 / 122400;
  r = r * z + 1 / 156;
  r = r * z - 691 / 360360;
  r = r * z + 1 / 1188;
  r = r * z - 1 / 1680;
  r = r * z + 1 / 1260;
  r = r * z - 1 / 360;
  r = r * z + 1 / 12;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046728 + r / x; // ln(2π) / 2
}

/** ln |Γ(x)|; Infinity at 0, -1, -2, … */
export function lgamma(x: number): number {
  if (!(Math.abs(x) < Infinity)) return Math.abs(x);
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x === 1 || x === 2) return 0;
  // Γ(x) Γ(1 - x) = π / sin(πx); `sinTurns` counts turns exactly, and πx would be rounded.
  if (x < 0) return Math.log(Math.PI / Math.abs(x * sinTurns(x / 2))) - lgamma(-x);
  let product = 1;
  for (; x < 10; x++) product *= x;
  return stirling(x) - Math.log(product);
}

/** The derivative of ln Γ(x): ∓Infinity at ±0, NaN at -1, -2, … */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x < 0) {
    if (Number.isInteger(x) || x === -Infinity) return Number.NaN;
    return digamma(1 - x) - (Math.PI * sinTurns(x / 2 + 0.25)) / sinTurns(x / 2);
  }
  if (x === Infinity) return x;
  let sum = 0;
  for (; x < 10; x++) sum -= 1 / x;
  const z = 1 / (x * x);
  let r = 1 / 12;
  r = r * z - 691 / 32760;
  r = r * z + 1 / 132;
  r = r * z - 1 / 240;
  r = r * z + 1 / 252;
  r = r * z - 1 / 120;
  r = r * z + 1 / 12;
  return sum + Math.log(x) - 0.5 / x - r * z;
}

/** B(2k) / (2k)! for k = 1, 2, …: the coefficients of the Euler-Maclaurin formula. */
const maclaurin = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
  43867 / 5109094217170944000,
];

/**
 * Σ (q + i)^(-s) over i = 0, 1, … for s > 1: some terms, and the rest by the Euler-Maclaurin formula.
 * Infinity at q = 0, -1, …
 */
function hurwitz(s: number, q: number): number {
  if (q <= 0 && Number.isInteger(q)) return Infinity;
  if (q === -Infinity || (q < 0 && !Number.isInteger(s))) return Number.NaN;
  if (q < 0) {
    // The terms with a negative base are those between the fraction of |q| and |q|, with their sign.
    const fraction = -q - Math.floor(-q);
    const below = hurwitz(s, fraction) - hurwitz(s, 1 - q);
    return hurwitz(s, 1 - fraction) + (s % 2 === 0 ? below : -below);
  }
  if (q === Infinity) return 0;
  let sum = 0;
  // The Euler-Maclaurin series needs q > s; if s is large, the sum converges before that.
  for (; q < 12 || q < s; q++) {
    const term = q ** -s;
    sum += term;
    if (!(term * q > sum * 1e-17)) return sum;
  }
  let power = q ** -s;
  sum += (q * power) / (s - 1) + power / 2;
  let rising = s;
  for (let k = 0; k < maclaurin.length; k++) {
    power /= q;
    sum += maclaurin[k] * rising * power;
    power /= q;
    rising *= (s + 2 * k + 1) * (s + 2 * k + 2);
  }
  return sum;
}

/** Hurwitz' zeta: Σ (q + i)^(-s). Infinity at s = 1, NaN for s < 1. */
export function zeta(s: number, q: number): number {
  if (Number.isNaN(q) || !(s > 1)) return s === 1 ? Infinity : Number.NaN;
  return s === Infinity ? (q > 1 ? 0 : q === 1 ? 1 : Infinity) : hurwitz(s, q);
}

/** The n-th derivative of digamma, for n >= 0; a fractional n is rounded. */
export function polygamma(x: number, order: number): number {
  if (!(order >= 0 && order <= 170)) return Number.NaN;
  const n = Math.round(order);
  if (n === 0) return digamma(x);
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return (n % 2 === 0 ? -factorial : factorial) * hurwitz(n + 1, x);
}

/** Modified Bessel function of the first kind of order 0 or 1, times e^(-|x|). */
function besselScaled(order: 0 | 1, x: number): number {
  const a = Math.abs(x);
  let sum = 1;
  let term = 1;
  if (a < 25) {
    // All terms of the power series are positive, so there is no cancellation.
    const z = (a * a) / 4;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= z / (k * (k + order));
      sum += term;
    }
    return sum * Math.exp(-a) * (order === 0 ? 1 : x / 2);
  }
  // Hankel's series; for x = 25 its smallest term is far below the last digit.
  for (let k = 1; Math.abs(term) > 1e-17; k++) {
    term *= ((2 * k - 1) ** 2 - 4 * order * order) / (8 * k * a);
    sum += term;
  }
  const size = sum / Math.sqrt(2 * Math.PI * a);
  return order === 1 && x < 0 ? -size : size;
}

/** i0 and i1 of order 0 and 1, times e^(-|x|). */
export const i0e = (x: number): number => besselScaled(0, x);
export const i1e = (x: number): number => (Math.abs(x) === Infinity ? 0 : besselScaled(1, x));

/** Multiplies by e^|x| without an overflow in e^|x| itself where the result does not overflow. */
function unscaled(y: number, x: number): number {
  const half = Math.exp(Math.abs(x) / 2);
  return y === 0 ? y : y * half * half;
}

export const i0 = (x: number): number =>
  Math.abs(x) === Infinity ? Infinity : unscaled(besselScaled(0, x), x);
export const i1 = (x: number): number => (Math.abs(x) === Infinity ? x : unscaled(besselScaled(1, x), x));

/** sin(πx) / (πx), 1 at 0. */
export const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
