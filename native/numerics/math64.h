#pragma once
// The function whose float result needs double-precision steps: pow multiplies an error by the exponent. The
// double steps are accurate to 2^-30 or better, so the only visible error is the final rounding to float: 0.6
// ULP.

#include "math.h"
#include "../simd/simd64.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

template <int n>
SIMD_INLINE Double polynomial64(const double (&c)[n], Double x) {
  Double sum = broadcast64(c[n - 1]);
#pragma GCC unroll 16
  for (int k = n - 2; k >= 0; k--) sum = fma64(sum, x, broadcast64(c[k]));
  return sum;
}

/** The minimum and the maximum with a limit. A NaN in `a` is kept, because the comparison is then false. */
SIMD_INLINE Double atMost(Double a, double limit) { return select(less(broadcast64(limit), a), broadcast64(limit), a); }
SIMD_INLINE Double atLeast(Double a, double limit) { return select(less(a, broadcast64(limit)), broadcast64(limit), a); }

/** 2^x with an error of 2^-40, for x in -1000…1000. */
SIMD_INLINE Double exp2Wide(Double x) {
  // Adding 1.5·2^52 rounds x to an integer, which is then also in the low bits of the sum.
  const Double magic = broadcast64(0x1.8p52), sum = x + magic, r = x - (sum - magic);
  constexpr double c[] = {0.9999999999997623, 0.6931471805464905,    0.2402265069888156,    0.05550410939435257,  0.00961812854278408,
                          0.001333345197237769, 0.00015403851661033936, 1.5309761421279928e-05, 1.3175906032743885e-06};
  return addBits(polynomial64(c, r), shlBits<52>(sum));
}

/** log2 x with an error of 2^-43, for normal positive x (every positive float is a normal double). */
SIMD_INLINE Double log2Wide(Double x) {
  // x = 2^e·m, m in √½…√2. The shifted bit pattern is the integer e + 1023; OR with the bits of 2^52 converts
  // it to a double.
  const Double bits = addBits(x, bits64((int64_t{1023} << 52) - 0x3fe6a09e667f3bcd));
  const Double biased = shrBits<52>(bits);
  const Double e = orBits(biased, broadcast64(0x1p52)) - broadcast64(0x1p52 + 1023.0);
  const Double m = addBits(subBits(x, shlBits<52>(biased)), bits64(int64_t{1023} << 52));
  const Double s = (m - broadcast64(1.0)) / (m + broadcast64(1.0));
  // log2((1+s)/(1-s)) / s, as a polynomial in s².
  constexpr double c[] = {2.8853900817778495, 0.9617966941140328, 0.5770779421748461, 0.412209270654664, 0.3199049797228134, 0.28291000747605693};
  return fma64(s, polynomial64(c, s * s), e);
}

/**
 * a^b, 0.6 ULP. The edge cases are those of C's pow: x^0 = 1 and 1^y = 1 even for NaN, and a negative base
 * needs an integer exponent.
 */
SIMD_INLINE Vec pow(Vec a, Vec b) {
  const Vec one = broadcast(1.0f), nan = broadcast(__builtin_nanf("")), inf = broadcast(infinity);
  const Vec base = abs(a);
  const Vec finite = mapWide(
      [](Double x, Double y) { return exp2Wide(atMost(atLeast(y * log2Wide(x), -900.0), 900.0)); },
      select(gt(base, zero()) & lt(base, inf), base, one), b);
  // |a|^b where |a| is 0 or infinite, or b is infinite: 0, 1 or inf, depending on whether |a| is above or
  // below 1 and on the sign of b.
  const Mask grows = (gt(base, one) & gt(b, zero())) | (lt(base, one) & lt(b, zero()));
  const Mask edge = eq(base, zero()) | eq(base, inf) | eq(abs(b), inf);
  Vec y = select(edge, select(grows, inf, select(eq(base, one), one, zero())), finite);
  // Floats from 2^24 on are all even. So halving b and truncating shows whether it is odd.
  const Vec half = b * broadcast(0.5f);
  const Mask whole = eq(trunc(b), b), odd = whole & ne(trunc(half), half) & lt(abs(b), broadcast(0x1p24f));
  const Mask negative = igt(broadcastInt(0), bitcastInt(a));
  y = select(negative & odd, -y, y);
  y = select(lt(a, zero()) & gt(a, -inf) & !whole & lt(abs(b), inf), nan, y);
  y = select(isnan(a) | isnan(b), nan, y);
  return select(eq(a, one) | eq(b, zero()), one, y);
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
