#pragma once
// What a matrix product does with the elements of A: each multiplies all lanes of vectors of B.
//
//   Factor, one(p)     *p as such a factor: fma(one(p), b, c) = *p·b + c and one(p)·b, each rounded once
//   Lines<M>(apart)    M lines: lineAt(p, lines, i) is p + i·apart
//
// Elsewhere than on NEON a factor is a vector with the number in all lanes. NEON multiplies by one lane of a
// register, for which a plain load is enough. A load that fills all lanes takes a vector unit as long as an
// FMA does: a step of a tile of 8 x 3 vectors would take 32 turns of the vector units instead of 24.

#include "simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#if SIMDGRAD_ISA_ID == 4

struct Factor {
  float v;
};
SIMD_INLINE Factor one(const float* p) {
  float x = *p;
  asm("" : "+w"(x));  // clang would make it a load that fills all lanes
  return {x};
}
SIMD_INLINE Vec operator*(Factor a, Vec b) { return {vmulq_n_f32(b.v, a.v)}; }
SIMD_INLINE Vec fma(Factor a, Vec b, Vec c) { return {vfmaq_n_f32(c.v, b.v, a.v)}; }
SIMD_INLINE Vec mulLower(Factor a, Vec b) { return a * b; }
SIMD_INLINE Vec fmaLower(Factor a, Vec b, Vec c) { return fma(a, b, c); }

/**
 * Each offset stays in one of 31 registers. clang would derive the address of each line from the one before:
 * 8 additions in a row take 8 cycles, the FMAs of the step only 6 on a core with four vector units.
 */
template <int M>
class Lines {
 public:
  SIMD_INLINE explicit Lines(int64_t apart) {
    for (int i = 0; i < M; i++) {
      bytes[i] = i * apart * static_cast<int64_t>(sizeof(float));
      asm("" : "+r"(bytes[i]));
    }
  }
  SIMD_INLINE friend const float* lineAt(const float* p, const Lines& lines, int i) {
    return reinterpret_cast<const float*>(reinterpret_cast<const char*>(p) + lines.bytes[i]);
  }

 private:
  int64_t bytes[M];
};

#else

using Factor = Vec;
SIMD_INLINE Factor one(const float* p) { return broadcast(*p); }

template <int M>
using Lines = int64_t;
SIMD_INLINE const float* lineAt(const float* p, int64_t apart, int i) { return p + i * apart; }

#endif

}  // namespace simdgrad::SIMDGRAD_ISA_NS
