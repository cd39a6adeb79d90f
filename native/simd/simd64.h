#pragma once
// Double-precision lanes for the few functions that need more digits than a float has. A Vec becomes `halves`
// values of type Double. Each function is written for one Double, and the results are rounded to float once.
//
//   Double                       W/halves doubles (1 portable, 2 neon and wasm, 4 avx2, 8 avx512)
//   widen(v, d)  narrow(d)       Vec ↔ Double[halves]
//   widenUnsigned(i, d)          uint32 lanes as doubles
//   broadcast64(x)  + - * /  sqrt64(a)  fma64(a, b, c)  less(a, b) → DoubleMask  select(mask, a, b)
//   addBits subBits              64-bit integer + and - of the bit patterns
//   shlBits<k> shrBits<k> (logical) andBits orBits    on the bit patterns
//   bits64(k)                    the bit pattern k in every lane
//   mapWide(f, v…)               narrow(f(widen(v)…))

#include "simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#if SIMDGRAD_ISA_ID == 1

constexpr int halves = 1;
struct Double {
  double v;
};
struct DoubleMask {
  bool v;
};
SIMD_INLINE uint64_t patternOf(Double a) { return __builtin_bit_cast(uint64_t, a.v); }
SIMD_INLINE Double ofPattern(uint64_t k) { return {__builtin_bit_cast(double, k)}; }
SIMD_INLINE void widen(Vec v, Double (&d)[halves]) { d[0] = {static_cast<double>(v.v)}; }
SIMD_INLINE Vec narrow(const Double (&d)[halves]) { return {static_cast<float>(d[0].v)}; }
SIMD_INLINE Double broadcast64(double x) { return {x}; }
SIMD_INLINE Double operator+(Double a, Double b) { return {a.v + b.v}; }
SIMD_INLINE Double operator-(Double a, Double b) { return {a.v - b.v}; }
SIMD_INLINE Double operator*(Double a, Double b) { return {a.v * b.v}; }
SIMD_INLINE Double operator/(Double a, Double b) { return {a.v / b.v}; }
SIMD_INLINE Double sqrt64(Double a) { return {__builtin_sqrt(a.v)}; }
SIMD_INLINE Double fma64(Double a, Double b, Double c) { return {__builtin_fma(a.v, b.v, c.v)}; }
SIMD_INLINE DoubleMask less(Double a, Double b) { return {a.v < b.v}; }
SIMD_INLINE Double select(DoubleMask m, Double a, Double b) { return {m.v ? a.v : b.v}; }
SIMD_INLINE Double bits64(int64_t k) { return ofPattern(static_cast<uint64_t>(k)); }
SIMD_INLINE Double addBits(Double a, Double b) { return ofPattern(patternOf(a) + patternOf(b)); }
SIMD_INLINE Double subBits(Double a, Double b) { return ofPattern(patternOf(a) - patternOf(b)); }
SIMD_INLINE Double andBits(Double a, Double b) { return ofPattern(patternOf(a) & patternOf(b)); }
SIMD_INLINE Double orBits(Double a, Double b) { return ofPattern(patternOf(a) | patternOf(b)); }
template <int k>
SIMD_INLINE Double shlBits(Double a) {
  return ofPattern(patternOf(a) << k);
}
template <int k>
SIMD_INLINE Double shrBits(Double a) {
  return ofPattern(patternOf(a) >> k);
}

#elif SIMDGRAD_ISA_ID == 2

constexpr int halves = 2;
struct Double {
  __m256d v;
};
struct DoubleMask {
  __m256d v;
};
SIMD_INLINE __m256i patternOf(Double a) { return _mm256_castpd_si256(a.v); }
SIMD_INLINE Double ofPattern(__m256i k) { return {_mm256_castsi256_pd(k)}; }
SIMD_INLINE void widen(Vec v, Double (&d)[halves]) {
  d[0] = {_mm256_cvtps_pd(_mm256_castps256_ps128(v.v))};
  d[1] = {_mm256_cvtps_pd(_mm256_extractf128_ps(v.v, 1))};
}
SIMD_INLINE Vec narrow(const Double (&d)[halves]) {
  return {_mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(d[0].v)), _mm256_cvtpd_ps(d[1].v), 1)};
}
SIMD_INLINE Double broadcast64(double x) { return {_mm256_set1_pd(x)}; }
SIMD_INLINE Double operator+(Double a, Double b) { return {_mm256_add_pd(a.v, b.v)}; }
SIMD_INLINE Double operator-(Double a, Double b) { return {_mm256_sub_pd(a.v, b.v)}; }
SIMD_INLINE Double operator*(Double a, Double b) { return {_mm256_mul_pd(a.v, b.v)}; }
SIMD_INLINE Double operator/(Double a, Double b) { return {_mm256_div_pd(a.v, b.v)}; }
SIMD_INLINE Double sqrt64(Double a) { return {_mm256_sqrt_pd(a.v)}; }
SIMD_INLINE Double fma64(Double a, Double b, Double c) { return {_mm256_fmadd_pd(a.v, b.v, c.v)}; }
SIMD_INLINE DoubleMask less(Double a, Double b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ)}; }
SIMD_INLINE Double select(DoubleMask m, Double a, Double b) { return {_mm256_blendv_pd(b.v, a.v, m.v)}; }
SIMD_INLINE Double bits64(int64_t k) { return ofPattern(_mm256_set1_epi64x(k)); }
SIMD_INLINE Double addBits(Double a, Double b) { return ofPattern(_mm256_add_epi64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double subBits(Double a, Double b) { return ofPattern(_mm256_sub_epi64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double andBits(Double a, Double b) { return {_mm256_and_pd(a.v, b.v)}; }
SIMD_INLINE Double orBits(Double a, Double b) { return {_mm256_or_pd(a.v, b.v)}; }
template <int k>
SIMD_INLINE Double shlBits(Double a) {
  return ofPattern(_mm256_slli_epi64(patternOf(a), k));
}
template <int k>
SIMD_INLINE Double shrBits(Double a) {
  return ofPattern(_mm256_srli_epi64(patternOf(a), k));
}

#elif SIMDGRAD_ISA_ID == 3

constexpr int halves = 2;
struct Double {
  __m512d v;
};
struct DoubleMask {
  __mmask8 v;
};
SIMD_INLINE __m512i patternOf(Double a) { return _mm512_castpd_si512(a.v); }
SIMD_INLINE Double ofPattern(__m512i k) { return {_mm512_castsi512_pd(k)}; }
SIMD_INLINE void widen(Vec v, Double (&d)[halves]) {
  d[0] = {_mm512_cvtps_pd(_mm512_castps512_ps256(v.v))};
  d[1] = {_mm512_cvtps_pd(_mm512_extractf32x8_ps(v.v, 1))};
}
SIMD_INLINE Vec narrow(const Double (&d)[halves]) {
  return {_mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(d[0].v)), _mm512_cvtpd_ps(d[1].v), 1)};
}
SIMD_INLINE Double broadcast64(double x) { return {_mm512_set1_pd(x)}; }
SIMD_INLINE Double operator+(Double a, Double b) { return {_mm512_add_pd(a.v, b.v)}; }
SIMD_INLINE Double operator-(Double a, Double b) { return {_mm512_sub_pd(a.v, b.v)}; }
SIMD_INLINE Double operator*(Double a, Double b) { return {_mm512_mul_pd(a.v, b.v)}; }
SIMD_INLINE Double operator/(Double a, Double b) { return {_mm512_div_pd(a.v, b.v)}; }
SIMD_INLINE Double sqrt64(Double a) { return {_mm512_sqrt_pd(a.v)}; }
SIMD_INLINE Double fma64(Double a, Double b, Double c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }
SIMD_INLINE DoubleMask less(Double a, Double b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)}; }
SIMD_INLINE Double select(DoubleMask m, Double a, Double b) { return {_mm512_mask_blend_pd(m.v, b.v, a.v)}; }
SIMD_INLINE Double bits64(int64_t k) { return ofPattern(_mm512_set1_epi64(k)); }
SIMD_INLINE Double addBits(Double a, Double b) { return ofPattern(_mm512_add_epi64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double subBits(Double a, Double b) { return ofPattern(_mm512_sub_epi64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double andBits(Double a, Double b) { return ofPattern(_mm512_and_si512(patternOf(a), patternOf(b))); }
SIMD_INLINE Double orBits(Double a, Double b) { return ofPattern(_mm512_or_si512(patternOf(a), patternOf(b))); }
template <int k>
SIMD_INLINE Double shlBits(Double a) {
  return ofPattern(_mm512_slli_epi64(patternOf(a), k));
}
template <int k>
SIMD_INLINE Double shrBits(Double a) {
  return ofPattern(_mm512_srli_epi64(patternOf(a), k));
}

#elif SIMDGRAD_ISA_ID == 4

constexpr int halves = 2;
struct Double {
  float64x2_t v;
};
struct DoubleMask {
  uint64x2_t v;
};
SIMD_INLINE uint64x2_t patternOf(Double a) { return vreinterpretq_u64_f64(a.v); }
SIMD_INLINE Double ofPattern(uint64x2_t k) { return {vreinterpretq_f64_u64(k)}; }
SIMD_INLINE void widen(Vec v, Double (&d)[halves]) {
  d[0] = {vcvt_f64_f32(vget_low_f32(v.v))};
  d[1] = {vcvt_high_f64_f32(v.v)};
}
SIMD_INLINE Vec narrow(const Double (&d)[halves]) { return {vcvt_high_f32_f64(vcvt_f32_f64(d[0].v), d[1].v)}; }
SIMD_INLINE Double broadcast64(double x) { return {vdupq_n_f64(x)}; }
SIMD_INLINE Double operator+(Double a, Double b) { return {vaddq_f64(a.v, b.v)}; }
SIMD_INLINE Double operator-(Double a, Double b) { return {vsubq_f64(a.v, b.v)}; }
SIMD_INLINE Double operator*(Double a, Double b) { return {vmulq_f64(a.v, b.v)}; }
SIMD_INLINE Double operator/(Double a, Double b) { return {vdivq_f64(a.v, b.v)}; }
SIMD_INLINE Double sqrt64(Double a) { return {vsqrtq_f64(a.v)}; }
SIMD_INLINE Double fma64(Double a, Double b, Double c) { return {vfmaq_f64(c.v, a.v, b.v)}; }
SIMD_INLINE DoubleMask less(Double a, Double b) { return {vcltq_f64(a.v, b.v)}; }
SIMD_INLINE Double select(DoubleMask m, Double a, Double b) { return {vbslq_f64(m.v, a.v, b.v)}; }
SIMD_INLINE Double bits64(int64_t k) { return ofPattern(vdupq_n_u64(static_cast<uint64_t>(k))); }
SIMD_INLINE Double addBits(Double a, Double b) { return ofPattern(vaddq_u64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double subBits(Double a, Double b) { return ofPattern(vsubq_u64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double andBits(Double a, Double b) { return ofPattern(vandq_u64(patternOf(a), patternOf(b))); }
SIMD_INLINE Double orBits(Double a, Double b) { return ofPattern(vorrq_u64(patternOf(a), patternOf(b))); }
template <int k>
SIMD_INLINE Double shlBits(Double a) {
  return ofPattern(vshlq_n_u64(patternOf(a), k));
}
template <int k>
SIMD_INLINE Double shrBits(Double a) {
  return ofPattern(vshrq_n_u64(patternOf(a), k));
}

#else

constexpr int halves = 2;
struct Double {
  v128_t v;
};
struct DoubleMask {
  v128_t v;
};
SIMD_INLINE void widen(Vec v, Double (&d)[halves]) {
  d[0] = {wasm_f64x2_promote_low_f32x4(v.v)};
  d[1] = {wasm_f64x2_promote_low_f32x4(wasm_i64x2_shuffle(v.v, v.v, 1, 0))};
}
SIMD_INLINE Vec narrow(const Double (&d)[halves]) {
  return {wasm_i64x2_shuffle(wasm_f32x4_demote_f64x2_zero(d[0].v), wasm_f32x4_demote_f64x2_zero(d[1].v), 0, 2)};
}
SIMD_INLINE Double broadcast64(double x) { return {wasm_f64x2_splat(x)}; }
SIMD_INLINE Double operator+(Double a, Double b) { return {wasm_f64x2_add(a.v, b.v)}; }
SIMD_INLINE Double operator-(Double a, Double b) { return {wasm_f64x2_sub(a.v, b.v)}; }
SIMD_INLINE Double operator*(Double a, Double b) { return {wasm_f64x2_mul(a.v, b.v)}; }
SIMD_INLINE Double operator/(Double a, Double b) { return {wasm_f64x2_div(a.v, b.v)}; }
SIMD_INLINE Double sqrt64(Double a) { return {wasm_f64x2_sqrt(a.v)}; }
#if SIMDGRAD_ISA_ID == 5
SIMD_INLINE Double fma64(Double a, Double b, Double c) { return {wasm_f64x2_relaxed_madd(a.v, b.v, c.v)}; }
#else
SIMD_INLINE Double fma64(Double a, Double b, Double c) { return a * b + c; }
#endif
SIMD_INLINE DoubleMask less(Double a, Double b) { return {wasm_f64x2_lt(a.v, b.v)}; }
SIMD_INLINE Double select(DoubleMask m, Double a, Double b) { return {selectBits(m.v, a.v, b.v)}; }
SIMD_INLINE Double bits64(int64_t k) { return {wasm_i64x2_splat(k)}; }
SIMD_INLINE Double addBits(Double a, Double b) { return {wasm_i64x2_add(a.v, b.v)}; }
SIMD_INLINE Double subBits(Double a, Double b) { return {wasm_i64x2_sub(a.v, b.v)}; }
SIMD_INLINE Double andBits(Double a, Double b) { return {wasm_v128_and(a.v, b.v)}; }
SIMD_INLINE Double orBits(Double a, Double b) { return {wasm_v128_or(a.v, b.v)}; }
template <int k>
SIMD_INLINE Double shlBits(Double a) {
  return {wasm_i64x2_shl(a.v, k)};
}
template <int k>
SIMD_INLINE Double shrBits(Double a) {
  return {wasm_u64x2_shr(a.v, k)};
}

#endif

SIMD_INLINE void widenUnsigned(IVec v, Double (&d)[halves]) {
  // Converts sixteen bits at a time, which a float holds exactly.
  Double high[halves];
  widen(toFloat(shr<16>(v)), high);
  widen(toFloat(v & broadcastInt(0xffff)), d);
  for (int i = 0; i < halves; i++) d[i] = high[i] * broadcast64(65536.0) + d[i];
}

template <class F>
SIMD_INLINE Vec mapWide(F f, Vec a) {
  Double d[halves];
  widen(a, d);
  for (int i = 0; i < halves; i++) d[i] = f(d[i]);
  return narrow(d);
}
template <class F>
SIMD_INLINE Vec mapWide(F f, Vec a, Vec b) {
  Double d[halves], e[halves];
  widen(a, d);
  widen(b, e);
  for (int i = 0; i < halves; i++) d[i] = f(d[i], e[i]);
  return narrow(d);
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
