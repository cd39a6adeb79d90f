#pragma once
// Elementary functions over Vec, in float arithmetic: only + - * / fma, comparisons and integer operations,
// so every instruction set gives the same bits. gelu.h has the forms of gelu. math64.h has pow, which needs
// more digits than a float has.
//
// Each function states its largest error in ULP and its edge cases. `ulp` (ulp.h) repeats the bounds as data,
// and test/native/ulp.cc checks them over all 2^32 floats. All functions: NaN gives NaN, odd functions keep
// the sign of zero, and subnormal arguments and results are handled exactly (nothing is flushed to zero).
//
// Polynomials are minimax fits (Remez) on the reduced interval. Each coefficient was rounded to float before
// the next ones were fitted again. The comment at each polynomial gives its approximation error, in the unit
// that matters for the result.

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

constexpr float infinity = __builtin_inff();
constexpr float smallestNormal = 0x1p-126f;

/** c[0] + c[1]·x + c[2]·x² + …, by Horner's rule. */
template <int n>
SIMD_INLINE Vec polynomial(const float (&c)[n], Vec x) {
  Vec sum = broadcast(c[n - 1]);
#pragma GCC unroll 16
  for (int k = n - 2; k >= 0; k--) sum = fma(sum, x, broadcast(c[k]));
  return sum;
}

/** e^x = 2^n·(1 + q), |q| < 0.42. */
struct ExpParts {
  Vec q, n;  // n is an integer
};

constexpr float ln2High = 0x1.62e43p-1f, ln2Low = -0x1.05c61p-29f;  // ln 2 to 48 bits

/**
 * The same for five coefficients and a given x², in pairs (Estrin): the same number of operations, but a
 * shorter dependency chain.
 */
SIMD_INLINE Vec polynomial(const float (&c)[5], Vec x, Vec square) {
  const Vec low = fma(broadcast(c[1]), x, broadcast(c[0])), high = fma(broadcast(c[3]), x, broadcast(c[2]));
  return fma(fma(broadcast(c[4]), square, high), square, low);
}

/** x = n·ln 2 + r, |r| ≤ ln2/2. */
struct Reduced {
  Vec n, r;
};

SIMD_INLINE Reduced reduce(Vec x) {
  const Vec n = round(x * broadcast(1.44269504f));
  // n·ln2High has 24 + 8 bits, and the difference fits in 24 bits. So the first step is exact, and the second
  // rounds r once.
  return {n, fnma(n, broadcast(ln2Low), fnma(n, broadcast(ln2High), x))};
}

/**
 * The same for x - lost, with `lost` below an ULP of x. r is again rounded only once, because what is
 * subtracted from it is small.
 */
SIMD_INLINE Reduced reduce(Vec x, Vec lost) {
  const Vec n = round(x * broadcast(1.44269504f));
  return {n, fnma(n, broadcast(ln2High), x) - fma(n, broadcast(ln2Low), lost)};
}

SIMD_INLINE ExpParts expParts(Reduced x) {
  // (e^r - 1 - r) / r² on ±ln2/2: 2^-28 absolute in e^r, 2^-26 relative to e^r - 1.
  constexpr float c[] = {0.5f, 0.16666528582572937f, 0.041666608303785324f, 0.008368454873561859f, 0.0013918132754042745f};
  const Vec square = x.r * x.r;
  return {fma(square, polynomial(c, x.r, square), x.r), x.n};
}

/** x must be within ±2^14 (callers clamp it). */
SIMD_INLINE ExpParts expParts(Vec x) { return expParts(reduce(x)); }

/** e^x, 1.1 ULP. inf above 88.73. Underflows gradually, and is 0 below -103.98. */
SIMD_INLINE Vec exp(Vec x) {
  // The order of the operands propagates NaN.
  const ExpParts e = expParts(max(broadcast(-104.0f), min(broadcast(89.0f), x)));
  return scale(e.q + broadcast(1.0f), e.n);
}

/** The same for x ≤ 0 or NaN. */
SIMD_INLINE Vec expNotPositive(Vec x) {
  const ExpParts e = expParts(max(broadcast(-104.0f), x));
  return scale(e.q + broadcast(1.0f), e.n);
}

/** e^x - 1, 1.7 ULP. -1 below -17.33, inf over 88.73; expm1(±0) = ±0. */
SIMD_INLINE Vec expm1(Vec x) {
  const ExpParts e = expParts(max(broadcast(-40.0f), min(broadcast(89.0f), x)));
  // 2^n·q + (2^n - 1), computed at half scale so that 2^128 does not overflow early. q itself where n = 0.
  const Vec half = powerOfTwo(e.n - broadcast(1.0f));
  const Vec far = fma(e.q, half, half - broadcast(0.5f)) * broadcast(2.0f);
  return copysign(select(eq(e.n, zero()), e.q, far), x);
}

/** x = 2^e·m with m in √½…√2, for normal positive x. */
struct LogParts {
  Vec m, e;
};

SIMD_INLINE LogParts logParts(Vec x) {
  const IVec bits = bitcastInt(x), e = sra<23>(bits - broadcastInt(0x3f3504f3));  // √½
  return {bitcastFloat(bits - shl<23>(e)), toFloat(e)};
}

/** log(2^e·(1 + f + c)) for f in √½-1…√2-1 and a correction c (already divided by 1 + f). */
SIMD_INLINE Vec logOf(Vec f, Vec e, Vec c) {
  // (log(1+f) - f + f²/2) / f³: 2^-28.5 relative to f.
  constexpr float k[] = {0.3333331048488617f,   -0.25000324845314026f, 0.20002511143684387f, -0.16651004552841187f, 0.1419723480939865f,
                         -0.12685269117355347f, 0.12330761551856995f,  -0.10219374299049377f, 0.040247514843940735f};
  const Vec square = f * f;
  const Vec tail = fma(square, fma(f, polynomial(k, f), broadcast(-0.5f)), c);
  return fma(e, broadcast(ln2High), f + fma(e, broadcast(ln2Low), tail));
}

/** log x, 1.1 ULP. log(0) = -inf, NaN below 0, log(inf) = inf. */
SIMD_INLINE Vec log(Vec x) {
  const Mask tiny = lt(x, broadcast(smallestNormal));
  const LogParts p = logParts(select(tiny, x * broadcast(0x1p23f), x));
  const Vec y = logOf(p.m - broadcast(1.0f), p.e - select(tiny, broadcast(23.0f), zero()), zero());
  const Vec nan = broadcast(__builtin_nanf(""));
  // Keeps inf and NaN.
  const Vec edge = select(eq(x, zero()), broadcast(-infinity), select(lt(x, zero()), nan, x));
  return select(gt(x, zero()) & lt(x, broadcast(infinity)), y, edge);
}

/** log(1 + x), 1.2 ULP. log1p(-1) = -inf, NaN below -1, log1p(inf) = inf. */
SIMD_INLINE Vec log1p(Vec x) {
  const Vec one = broadcast(1.0f), sum = one + x;
  // The exact rounding error of the sum; the order of the operands depends on their magnitudes.
  const Vec lost = select(lt(abs(x), one), x - (sum - one), one - (sum - x));
  const LogParts p = logParts(sum);
  // 2^-e; beyond 2^24 `lost` no longer matters
  const IVec scale = broadcastInt(127) - toInt(min(p.e, broadcast(64.0f)));
  const Vec y = logOf(p.m - one, p.e, lost * bitcastFloat(shl<23>(scale)) / p.m);
  const Vec nan = broadcast(__builtin_nanf(""));
  const Vec edge = select(eq(x, -one), broadcast(-infinity), select(lt(x, -one), nan, x));
  return select(gt(x, -one) & lt(x, broadcast(infinity)) & !eq(x, zero()), y, edge);
}

/** 1 / (1 + e^-x) = 2^n / (sum + lost), where `lost` is the rounding error of `sum`. */
struct LogisticParts {
  Vec n, sum, lost;
};

SIMD_INLINE LogisticParts logisticParts(Reduced x) {
  // e^-x = 2^-n·(1 - g), with the polynomial of expParts for -r. The sum is 2^n + 1 - g.
  constexpr float c[] = {0.5f, -0.16666528582572937f, 0.041666608303785324f, -0.008368454873561859f, 0.0013918132754042745f};
  const Vec square = x.r * x.r, g = fnma(square, polynomial(c, x.r, square), x.r);
  // The larger of 2^n and 1 is added last. `part` is below 2, so the error of the last sum is computed
  // exactly, and the error of `part` itself is at most 2^-25 of the sum.
  const Vec one = broadcast(1.0f), power = powerOfTwo(x.n);
  const Vec large = max(power, one), part = min(power, one) - g, sum = large + part;
  return {x.n, sum, part - (sum - large)};
}

/** 2^n / (sum + lost), with an error slightly above one rounding. */
SIMD_INLINE Vec logistic(const LogisticParts& l) {
  const Vec y = broadcast(1.0f) / l.sum;
  return scale(fnma(y * l.lost, y, y), l.n);
}

/**
 * x·2^n / (sum + lost), with an error slightly above one rounding: the quotient by the rounded sum, then a
 * correction step with the exact remainder.
 */
SIMD_INLINE Vec timesLogistic(Vec x, const LogisticParts& l) {
  const Vec inverse = broadcast(1.0f) / l.sum, y = x * inverse;
  const Vec remainder = fnma(y, l.lost, fnma(y, l.sum, x));
  return copysign(scale(fma(remainder, inverse, y), l.n), x);  // the correction of -0 is +0
}

/** 1 / (1 + e^-x), 1.5 ULP. 0 at -inf (underflows gradually from -87.3 on), 1 at inf. */
SIMD_INLINE Vec sigmoid(Vec x) { return logistic(logisticParts(reduce(max(broadcast(-104.0f), min(broadcast(30.0f), x))))); }

/** `middle` up to `top`, then x. NaN at -inf, like x·0. */
SIMD_INLINE Vec gateEdges(Vec middle, Vec x, float top) {
  return select(gt(x, broadcast(top)), x, select(eq(x, broadcast(-infinity)), broadcast(__builtin_nanf("")), middle));
}

/** x·sigmoid(x), 1.3 ULP. silu(-inf) = NaN, like -inf·0. */
SIMD_INLINE Vec silu(Vec x) {
  const Vec low = max(broadcast(-120.0f), x);
  return gateEdges(timesLogistic(low, logisticParts(reduce(min(broadcast(30.0f), low)))), x, 30.0f);
}

/** tanh x, 1.1 ULP. ±1 from ±9.02 on. */
SIMD_INLINE Vec tanh(Vec x) {
  const Vec a = abs(x), square = x * x;
  // (tanh √z - √z) / (z√z) on 0…0.81: error 2^-29.9 relative to tanh.
  constexpr float c[] = {-0.33333322405815125f, 0.13332979381084442f,   -0.05392920970916748f,  0.021662548184394836f,
                         -0.008261493407189846f, 0.0025787954218685627f, -0.00045369385043159127f};
  const Vec near = fma(x * square, polynomial(c, square), x);
  // 1 - 2/(e^2a + 1), with one rounding in the denominator.
  const ExpParts e = expParts(min(broadcast(20.0f), a + a));
  const Vec scale = powerOfTwo(e.n);
  const Vec far = broadcast(1.0f) - broadcast(2.0f) / fma(e.q, scale, scale + broadcast(1.0f));
  return copysign(select(lt(a, broadcast(0.9f)), near, far), x);
}

/** erf x, 1.2 ULP. ±1 from ±3.83 on. */
SIMD_INLINE Vec erf(Vec x) {
  const Vec square = x * x, a = min(broadcast(3.93f), abs(x));
  // erf √z / √z - 1 on 0…0.86: error 2^-29.9.
  constexpr float c[] = {0.12837916612625122f, -0.3761262893676758f,  0.11283624172210693f,  -0.02685558795928955f,
                         0.005191948730498552f, -0.0008043869165703654f, 7.969886064529419e-05f};
  const Vec near = fma(x, polynomial(c, square), x);
  // log(erfc a) on 0.92…3.93: absolute error 2^-29 in erf.
  constexpr float d[] = {-0.0002070229093078524f, -1.1276273727416992f,   -0.6372657418251038f,  -0.10385643690824509f,
                         0.022189833223819733f,   -0.003033712739124894f, 0.00019494924345053732f};
  const ExpParts e = expParts(polynomial(d, a));
  const Vec scale = powerOfTwo(e.n);
  const Vec far = broadcast(1.0f) - fma(e.q, scale, scale);
  return copysign(select(lt(abs(x), broadcast(0.925f)), near, far), x);
}

/** log(1 + e^-a) for a ≥ 0: what softplus and logSigmoid add to their linear part. */
SIMD_INLINE Vec log1pExpNegative(Vec a) {
  const Vec power = expNotPositive(-a);
  // 1 + power is in 1…2. Up to √2 it is never formed. Above, half of it is 1 + (power - 1)/2, which rounds at
  // its 26th bit.
  const Mask low = lt(power, broadcast(0.41421356f));
  return logOf(select(low, power, fma(power, broadcast(0.5f), broadcast(-0.5f))), select(low, zero(), broadcast(1.0f)), zero());
}

/** log(1 + e^x), 2 ULP. */
SIMD_INLINE Vec softplus(Vec x) { return max(x, zero()) + log1pExpNegative(abs(x)); }

/** -log(1 + e^-x), 2 ULP. */
SIMD_INLINE Vec logSigmoid(Vec x) { return min(x, zero()) - log1pExpNegative(abs(x)); }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
