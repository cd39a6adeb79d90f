#pragma once
// sin and cos, accurate over the whole range of floats: three-step Cody-Waite up to 2^17, beyond that an
// integer product with 2/π (Payne-Hanek), lane by lane.

#include "math.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/**
 * x = quadrant·π/2 + r + c, with |r| slightly above π/4 at most, and c the rounding error of r. Only the low
 * two bits of `quadrant` count.
 */
struct QuarterTurns {
  Vec r, c;
  IVec quadrant;
};

constexpr float cosineReach = 0x1p17f;

/** Reduces one float from 2^17 on. Only the first 224 bits of 2/π can matter. */
inline void reduceLarge(float x, float& r, float& c, int32_t& quadrant) {
  constexpr uint32_t twoOverPi[] = {0,           0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u,
                                    0x3c439041u, 0xfe5163abu, 0xdebbc561u};
  const uint32_t bits = __builtin_bit_cast(uint32_t, x);
  const uint64_t mantissa = (bits & 0x7fffffu) | 0x800000u;
  // |x| = mantissa·2^e, e in -6…104. Bits of 2/π whose product is a multiple of 4 quadrants do not matter.
  // The window starts after them and has 96 bits. The leading zero word makes the start 30 + e ≥ 24.
  const int start = 30 + static_cast<int>((bits >> 23) & 255) - 150, word = start / 32, shift = start % 32;
  uint32_t window[3];
  for (int i = 0; i < 3; i++) {
    const uint64_t pair = (uint64_t{twoOverPi[word + i]} << 32) | twoOverPi[word + i + 1];
    window[i] = static_cast<uint32_t>(pair >> (32 - shift));
  }
  // The high 64 bits of mantissa·window mod 2^96: two bits of quadrant, 62 of fraction.
  const uint64_t low = mantissa * window[2], middle = mantissa * window[1] + (low >> 32);
  const uint64_t turns = ((mantissa * window[0]) << 32) + middle;
  const uint64_t nearest = (turns + (uint64_t{1} << 61)) >> 62;
  const double fraction = static_cast<double>(static_cast<int64_t>(turns - (nearest << 62)));
  const double angle = fraction * (1.57079632679489661923 * 0x1p-62);
  const bool negative = bits >> 31;
  r = static_cast<float>(negative ? -angle : angle);
  c = static_cast<float>((negative ? -angle : angle) - static_cast<double>(r));
  quadrant = static_cast<int32_t>(negative ? 4 - nearest : nearest) & 3;
}

SIMD_INLINE QuarterTurns quarterTurns(Vec x) {
  constexpr float high = 0x1.921fb6p0f, middle = -0x1.777a5cp-25f, low = -0x1.ee59dap-50f;  // π/2 to 72 bits
  const Vec n = round(x * broadcast(0.636619772f));
  // n·high cancels x to fewer than 24 bits, so the difference is exact. n·middle is kept as a sum of two
  // floats, and so is the difference.
  const Vec a = fnma(n, broadcast(high), x);
  const Vec product = n * broadcast(middle), productError = fma(n, broadcast(middle), -product);
  const Vec b = a - product, part = b - a;
  const Vec bError = (a - (b - part)) - (product + part);
  const Vec rest = fnma(n, broadcast(low), bError - productError);
  QuarterTurns t;
  t.r = b + rest;
  t.c = (b - t.r) + rest;
  t.quadrant = toInt(n);
  const Mask far = !lt(abs(x), broadcast(cosineReach));
  if (any(far)) {
    float values[W], r[W], c[W];
    int32_t quadrants[W];
    store(values, x);
    store(r, t.r);
    store(c, t.c);
    storeInt(quadrants, t.quadrant);
    for (int i = 0; i < W; i++)
      if (__builtin_fabsf(values[i]) >= cosineReach) reduceLarge(values[i], r[i], c[i], quadrants[i]);
    t = {load(r), load(c), loadInt(quadrants)};
  }
  return t;
}

SIMD_INLINE Vec sinCos(Vec x, IVec quadrantOffset) {
  const QuarterTurns t = quarterTurns(x);
  const IVec quadrant = t.quadrant + quadrantOffset;
  const Vec square = t.r * t.r;
  // (sin √z - √z)/(z√z) on 0…(π/4)²: error 2^-27.9 in sin. (cos √z - 1 + z/2)/z²: error 2^-33 in cos.
  constexpr float s[] = {-0.16666653752326965f, 0.008332100696861744f, -0.00019506597891449928f};
  constexpr float k[] = {0.04166664555668831f, -0.00138873013202101f, 2.4430702978861518e-05f};
  const Vec sine = t.r + fma(t.r * square, polynomial(s, square), t.c);
  const Vec half = square * broadcast(0.5f), one = broadcast(1.0f), top = one - half;
  // Adds the rounding error of 1 - r²/2 together with the small terms. cos(r + c) = cos r - c·sin r.
  const Vec cosine = top + (((one - top) - half) + fnma(t.r, t.c, square * square * polynomial(k, square)));
  const Mask useCosine = ieq(quadrant & broadcastInt(1), broadcastInt(1));
  const Vec y = bitcastFloat(bitcastInt(select(useCosine, cosine, sine)) ^ shl<30>(quadrant & broadcastInt(2)));
  return select(lt(abs(x), broadcast(infinity)), y, x - x);
}

/** sin x, 1 ULP over all floats. NaN at ±inf. */
SIMD_INLINE Vec sin(Vec x) { return select(eq(x, zero()), x, sinCos(x, broadcastInt(0))); }

/** cos x, 1 ULP over all floats. NaN at ±inf. */
SIMD_INLINE Vec cos(Vec x) { return sinCos(x, broadcastInt(1)); }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
