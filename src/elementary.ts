/**
 * Elementary functions in plain double arithmetic (+ - * / and square root), so that every JavaScript engine
 * and the C++ code compute the same bits: `Math.log`, `Math.sin` and `Math.cos` may differ from engine to
 * engine. Random normals and learning-rate schedules use them. This file also has `erf`, which `Math` lacks.
 */

const real = new Float64Array(1);
const words = new Uint32Array(real.buffer);
/** Index of the 32-bit word that holds sign and exponent. */
const high = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** ln 2 in two parts: the first has 32 trailing zero bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * Natural logarithm, error below 2 ULP (measured: 1.7). x = m · 2^e with m in [√½, √2); then ln m = 2
 * artanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716, summed to s^21: the next term is below 2^-57 of the sum.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  let e = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: makes a subnormal number normal
    e = -54;
  }
  real[0] = x;
  e += (words[high] >>> 20) - 1023;
  words[high] = (words[high] & 0xfffff) | 0x3ff00000;
  let m = real[0];
  if (m > Math.SQRT2) {
    m *= 0.5;
    e += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let r = 1 / 21;
  r = r * z + 1 / 19;
  r = r * z + 1 / 17;
  r = r * z + 1 / 15;
  r = r * z + 1 / 13;
  r = r * z + 1 / 11;
  r = r * z + 1 / 9;
  r = r * z + 1 / 7;
  r = r * z + 1 / 5;
  r = r * z + 1 / 3;
  return e * LN2_HIGH + (e * LN2_LOW + 2 * s * z * r + 2 * s);
}

/** sin(a) for |a| <= π/4: Taylor's series to a^17, the next term is below 2^-63. */
function sinSmall(a: number): number {
  const z = a * a;
  let r = 1 / 355687428096000;
  r = r * z - 1 / 1307674368000;
  r = r * z + 1 / 6227020800;
  r = r * z - 1 / 39916800;
  r = r * z + 1 / 362880;
  r = r * z - 1 / 5040;
  r = r * z + 1 / 120;
  r = r * z - 1 / 6;
  return a + a * z * r;
}

/** cos(a) for |a| <= π/4: Taylor's series to a^18. */
function cosSmall(a: number): number {
  const z = a * a;
  let r = -1 / 6402373705728000;
  r = r * z + 1 / 20922789888000;
  r = r * z - 1 / 87178291200;
  r = r * z + 1 / 479001600;
  r = r * z - 1 / 3628800;
  r = r * z + 1 / 40320;
  r = r * z - 1 / 720;
  r = r * z + 1 / 24;
  return 1 - 0.5 * z + z * z * r;
}

/** sin(2π · turns). The reduction to an eighth of a turn is exact, because the argument counts turns. */
export function sinTurns(turns: number): number {
  const quarter = Math.floor(turns * 4 + 0.5);
  const a = (turns - quarter * 0.25) * (2 * Math.PI);
  const side = quarter & 3;
  const value = side & 1 ? cosSmall(a) : sinSmall(a);
  return side & 2 ? -value : value;
}

/** cos(2π · turns). */
export function cosTurns(turns: number): number {
  const quarter = Math.floor(turns * 4 + 0.5);
  const a = (turns - quarter * 0.25) * (2 * Math.PI);
  const side = quarter & 3;
  const value = side & 1 ? sinSmall(a) : cosSmall(a);
  return side === 1 || side === 2 ? -value : value;
}

/**
 * Error function, absolute error below 2e-16 (3 ULP). Chebyshev interpolations made for this file, written as
 * polynomials. Up to 1: erf(x) / x as a polynomial in x². Above 1: 1 - e^(-x²) Q(u) with u = (x - 3) / (x +
 * 3). From 6 on erf is 1.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 1) {
    const z = x * x;
    let r = 5.957176147748911e-11;
    r = r * z - 1.1372848856791674e-9;
    r = r * z + 1.4659775274047436e-8;
    r = r * z - 1.6350312701054695e-7;
    r = r * z + 1.6461000484121368e-6;
    r = r * z - 1.4925595266831182e-5;
    r = r * z + 1.205533111164271e-4;
    r = r * z - 8.54832698083379e-4;
    r = r * z + 5.2239776248180145e-3;
    r = r * z - 2.6866170645076792e-2;
    r = r * z + 1.1283791670954879e-1;
    r = r * z - 3.761263890318375e-1;
    return x * (r * z + 1.1283791670955126);
  }
  if (!(a < 6)) return a >= 6 ? Math.sign(x) : x;
  const u = (a - 3) / (a + 3);
  let q = 3.381355142042904e-9;
  q = q * u + 1.2755818949624478e-6;
  q = q * u + 2.0135111426447427e-6;
  q = q * u - 8.00978093907608e-6;
  q = q * u - 1.2845780030775907e-5;
  q = q * u + 6.406279226046039e-5;
  q = q * u + 4.525434558991009e-5;
  q = q * u - 5.970624964924544e-4;
  q = q * u + 7.077464666941425e-4;
  q = q * u + 4.269136356961225e-3;
  q = q * u - 2.4392499318915004e-2;
  q = q * u + 7.166583719747308e-2;
  q = q * u - 1.5011593650077898e-1;
  q = q * u + 2.4560380171233487e-1;
  q = q * u - 3.262335600430372e-1;
  q = q * u + 1.7900115118138996e-1;
  const tail = Math.exp(-a * a) * q;
  return x < 0 ? tail - 1 : 1 - tail;
}
