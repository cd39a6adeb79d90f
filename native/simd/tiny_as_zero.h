#pragma once
// FMAs whose tiny results are zero, as VDPBF16PS computes them: a result that, rounded to 24 bits with an
// unlimited exponent, is below 2^-126 becomes a zero of its sign. The operands must not be subnormal.
//
// AVX2 and AVX-512 have a mode of the processor for this. It must not apply to other code, so it holds within
// a scope around a loop:
//
//     { const TinyAsZero scope; …  sum = fmaTinyAsZero(x, y, sum); …  settle(sum); }
//
// x or y must be loaded inside the scope, and each sum must be settled in it: the compiler does not know that
// an FMA depends on the mode, and these two keep the FMAs inside. Elsewhere the rule is computed. NEON has
// such a mode too, but it decides before rounding which results are tiny.

#include "simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#if SIMDGRAD_ISA_ID == 2 || SIMDGRAD_ISA_ID == 3

class TinyAsZero {
 public:
  SIMD_INLINE TinyAsZero() {
    asm volatile("stmxcsr %0" : "=m"(before));
    const uint32_t within = before | flushResults | subnormalsAreZero;
    asm volatile("ldmxcsr %0" : : "m"(within) : "memory");
  }
  SIMD_INLINE ~TinyAsZero() { asm volatile("ldmxcsr %0" : : "m"(before) : "memory"); }
  TinyAsZero(const TinyAsZero&) = delete;
  TinyAsZero& operator=(const TinyAsZero&) = delete;

 private:
  static constexpr uint32_t flushResults = 0x8000, subnormalsAreZero = 0x0040;
  uint32_t before;
};

/** Whether fmaTinyAsZero is as fast as fma. */
constexpr bool tinyAsZeroIsFree = true;

SIMD_INLINE Vec fmaTinyAsZero(Vec a, Vec b, Vec c) { return fma(a, b, c); }
SIMD_INLINE void settle(Vec& sum) { asm volatile("" : "+v"(sum.v)); }

#else

class TinyAsZero {
 public:
  SIMD_INLINE TinyAsZero() {}
};

constexpr bool tinyAsZeroIsFree = false;

constexpr float smallestNormal = 0x1p-126f;

/** The rule for one result, `rounded` = a·b + c, that is not zero and at most 2^-126. */
SIMD_INLINE float tinyAsZero(float a, float b, float c, float rounded) {
  const float magnitude = rounded < 0 ? -rounded : rounded, zeroOfItsSign = rounded < 0 ? -0.0f : 0.0f;
  if (magnitude < smallestNormal) return zeroOfItsSign;
  // FMA rounds to multiples of 2^-149 here. So 2^-126 may be a value that 24 bits hold below 2^-126. Of the
  // values below, those from 2^-126 - 2^-151 on round to 2^-126 (a tie to even). The double decides as the
  // exact sum would: see src/kernels/js/bfloat16.ts.
  const double sum = static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c);
  return (rounded < 0 ? -sum : sum) < 0x1p-126 - 0x1p-151 ? zeroOfItsSign : rounded;
}

namespace {

/** The rule for results of which some are tiny. A function of its own: micro-kernels have it for each FMA. */
__attribute__((noinline, cold)) Vec someTinyAsZero(Vec a, Vec b, Vec c, Vec rounded) {
  float x[W], y[W], z[W], r[W];
  store(x, a), store(y, b), store(z, c), store(r, rounded);
  for (int i = 0; i < W; i++)
    if (r[i] != 0 && r[i] >= -smallestNormal && r[i] <= smallestNormal) r[i] = tinyAsZero(x[i], y[i], z[i], r[i]);
  return load(r);
}

}  // namespace

SIMD_INLINE Vec fmaTinyAsZero(Vec a, Vec b, Vec c) {
  const Vec rounded = fma(a, b, c);
  if (!any(le(abs(rounded), broadcast(smallestNormal)) & ne(rounded, zero()))) return rounded;
  return someTinyAsZero(a, b, c, rounded);
}
SIMD_INLINE void settle(Vec&) {}

#endif

}  // namespace simdgrad::SIMDGRAD_ISA_NS
