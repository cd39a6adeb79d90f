#pragma once
// AVX2 + FMA, eight lanes. The lanes of a mask are all ones or all zeros.

#include <immintrin.h>

namespace simdgrad::avx2 {

constexpr int W = 8;

struct Vec {
  __m256 v;
};
struct IVec {
  __m256i v;
};
struct Mask {
  __m256 v;
};

/** n ones, then zeros: eight entries starting at `8 - n`. */
alignas(32) static const int32_t laneMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
SIMD_INLINE __m256i firstLanes(int n) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(laneMasks + 8 - n)); }

SIMD_INLINE IVec bitcastInt(Vec a) { return {_mm256_castps_si256(a.v)}; }
SIMD_INLINE Vec bitcastFloat(IVec a) { return {_mm256_castsi256_ps(a.v)}; }

SIMD_INLINE Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
SIMD_INLINE Vec load(const float* p, int n) { return {_mm256_maskload_ps(p, firstLanes(n))}; }
SIMD_INLINE void store(float* p, Vec a) { _mm256_storeu_ps(p, a.v); }
SIMD_INLINE void store(float* p, Vec a, int n) { _mm256_maskstore_ps(p, firstLanes(n), a.v); }
SIMD_INLINE void storePast(float* p, Vec a) { _mm256_stream_ps(p, a.v); }
SIMD_INLINE void fencePast() { _mm_sfence(); }
SIMD_INLINE Vec loadStrided(const float* p, ptrdiff_t s, int n) {
  if (n == W) return {_mm256_setr_ps(p[0], p[s], p[2 * s], p[3 * s], p[4 * s], p[5 * s], p[6 * s], p[7 * s])};
  alignas(32) float lanes[W] = {};
  for (int i = 0; i < n; i++) lanes[i] = p[i * s];
  return {_mm256_load_ps(lanes)};
}
SIMD_INLINE Vec loadSecond(const float* p, int n) {
  const int floats = n > 0 ? 2 * n - 1 : 0;
  const Vec low = load(p, floats < W ? floats : W), high = load(p + W, floats > W ? floats - W : 0);
  // Of each half: two lanes of `low`, two of `high`.
  const __m256d pairs = _mm256_castps_pd(_mm256_shuffle_ps(low.v, high.v, 0x88));
  return {_mm256_castpd_ps(_mm256_permute4x64_pd(pairs, 0xd8))};
}
SIMD_INLINE float first(Vec a) { return _mm256_cvtss_f32(a.v); }
template <int h>
SIMD_INLINE Vec upper(Vec a) {
  if constexpr (h == 4) return {_mm256_permute2f128_ps(a.v, a.v, 0x01)};
  else return {_mm256_permute_ps(a.v, h == 2 ? 0x0e : 0x01)};
}
SIMD_INLINE IVec loadInt(const int32_t* p) { return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))}; }
SIMD_INLINE IVec loadInt(const int32_t* p, int n) { return {_mm256_maskload_epi32(p, firstLanes(n))}; }
SIMD_INLINE void storeInt(int32_t* p, IVec a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a.v); }
SIMD_INLINE void storeInt(int32_t* p, IVec a, int n) { _mm256_maskstore_epi32(p, firstLanes(n), a.v); }
SIMD_INLINE __m128i firstBytes(const uint8_t* p, int n) {
  uint64_t bytes = 0;
  __builtin_memcpy(&bytes, p, static_cast<size_t>(n));
  return _mm_cvtsi64_si128(static_cast<int64_t>(bytes));
}
SIMD_INLINE Vec loadU8(const uint8_t* p) {
  return {_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))))};
}
SIMD_INLINE Vec loadU8(const uint8_t* p, int n) { return {_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(firstBytes(p, n)))}; }
SIMD_INLINE Mask loadMaskU8(const uint8_t* p, int n) {
  const __m128i bytes = n == W ? _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)) : firstBytes(p, n);
  return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_cvtepu8_epi32(bytes), _mm256_setzero_si256()))};
}
SIMD_INLINE void storeMaskU8(uint8_t* p, Mask m, int n) {
  // Saturating packs keep -1: 8 x 32 → 8 x 16 → 8 x 8 bits, then 0xff → 1.
  const __m256i lanes = _mm256_castps_si256(m.v);
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
  const __m128i bytes = _mm_and_si128(_mm_packs_epi16(words, words), _mm_set1_epi8(1));
  const int64_t value = _mm_cvtsi128_si64(bytes);
  __builtin_memcpy(p, &value, static_cast<size_t>(n));
}
SIMD_INLINE Vec broadcast(float x) { return {_mm256_set1_ps(x)}; }
SIMD_INLINE IVec broadcastInt(int32_t x) { return {_mm256_set1_epi32(x)}; }
SIMD_INLINE IVec iota() { return {_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)}; }

SIMD_INLINE Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
SIMD_INLINE Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
SIMD_INLINE Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
SIMD_INLINE Vec operator/(Vec a, Vec b) { return {_mm256_div_ps(a.v, b.v)}; }
SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) { return {_mm256_fnmadd_ps(a.v, b.v, c.v)}; }
SIMD_INLINE Vec sqrt(Vec a) { return {_mm256_sqrt_ps(a.v)}; }
SIMD_INLINE Vec min(Vec a, Vec b) { return {_mm256_min_ps(a.v, b.v)}; }
SIMD_INLINE Vec max(Vec a, Vec b) { return {_mm256_max_ps(a.v, b.v)}; }
SIMD_INLINE Vec round(Vec a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
SIMD_INLINE Vec floor(Vec a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }
SIMD_INLINE Vec ceil(Vec a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)}; }
SIMD_INLINE Vec trunc(Vec a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)}; }

SIMD_INLINE Vec lookup(const float* table, IVec i) {
  // A permute uses three bits of the index. The fourth bit, shifted to the sign, selects one of the two
  // results.
  const __m256 low = _mm256_permutevar8x32_ps(_mm256_load_ps(table), i.v), high = _mm256_permutevar8x32_ps(_mm256_load_ps(table + 8), i.v);
  return {_mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(i.v, 28)))};
}

SIMD_INLINE Mask eq(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)}; }
SIMD_INLINE Mask ne(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_NEQ_UQ)}; }
SIMD_INLINE Mask lt(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
SIMD_INLINE Mask le(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LE_OQ)}; }
SIMD_INLINE Mask gt(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)}; }
SIMD_INLINE Mask ge(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)}; }
SIMD_INLINE Mask ieq(IVec a, IVec b) { return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(a.v, b.v))}; }
SIMD_INLINE Mask igt(IVec a, IVec b) { return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(a.v, b.v))}; }
SIMD_INLINE Vec select(Mask m, Vec a, Vec b) { return {_mm256_blendv_ps(b.v, a.v, m.v)}; }
SIMD_INLINE IVec select(Mask m, IVec a, IVec b) { return {_mm256_blendv_epi8(b.v, a.v, _mm256_castps_si256(m.v))}; }
SIMD_INLINE Mask operator&(Mask a, Mask b) { return {_mm256_and_ps(a.v, b.v)}; }
SIMD_INLINE Mask operator|(Mask a, Mask b) { return {_mm256_or_ps(a.v, b.v)}; }
SIMD_INLINE Mask operator!(Mask a) { return {_mm256_xor_ps(a.v, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))}; }
SIMD_INLINE bool any(Mask m) { return _mm256_movemask_ps(m.v) != 0; }
SIMD_INLINE bool all(Mask m) { return _mm256_movemask_ps(m.v) == 0xff; }

SIMD_INLINE IVec toInt(Vec a) { return {_mm256_cvttps_epi32(a.v)}; }
SIMD_INLINE Vec toFloat(IVec a) { return {_mm256_cvtepi32_ps(a.v)}; }

SIMD_INLINE IVec operator+(IVec a, IVec b) { return {_mm256_add_epi32(a.v, b.v)}; }
SIMD_INLINE IVec operator-(IVec a, IVec b) { return {_mm256_sub_epi32(a.v, b.v)}; }
SIMD_INLINE IVec operator*(IVec a, IVec b) { return {_mm256_mullo_epi32(a.v, b.v)}; }
SIMD_INLINE IVec operator&(IVec a, IVec b) { return {_mm256_and_si256(a.v, b.v)}; }
SIMD_INLINE IVec operator|(IVec a, IVec b) { return {_mm256_or_si256(a.v, b.v)}; }
SIMD_INLINE IVec operator^(IVec a, IVec b) { return {_mm256_xor_si256(a.v, b.v)}; }
SIMD_INLINE IVec mulHigh(IVec a, IVec b) {
  // vpmuludq multiplies the even lanes to 64 bits: once in place, once with the odd lanes shifted down.
  const __m256i even = _mm256_mul_epu32(a.v, b.v);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(b.v, 32));
  return {_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa)};
}
template <int k>
SIMD_INLINE IVec shl(IVec a) {
  return {_mm256_slli_epi32(a.v, k)};
}
template <int k>
SIMD_INLINE IVec shr(IVec a) {
  return {_mm256_srli_epi32(a.v, k)};
}
template <int k>
SIMD_INLINE IVec sra(IVec a) {
  return {_mm256_srai_epi32(a.v, k)};
}

SIMD_INLINE void transpose(Vec (&r)[8]) {
  // Transposes 2x2 blocks of single floats, then of pairs, then of halves.
  __m256 t[8], u[8];
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i].v, r[i + 1].v);
    t[i + 1] = _mm256_unpackhi_ps(r[i].v, r[i + 1].v);
  }
  for (int i = 0; i < 8; i += 4) {
    u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {
    r[i].v = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
    r[i + 4].v = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
  }
}

template <class At>
SIMD_INLINE void loadTurned(At at, Vec (&r)[4]) {
  // Half g of row j holds four floats of line j + 4g. Then 4x4 blocks are transposed within the halves.
  const auto halves = [&](int j) __attribute__((always_inline)) {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(at(j))), _mm_loadu_ps(at(j + 4)), 1);
  };
  const __m256 p = halves(0), q = halves(1), s = halves(2), t = halves(3);
  const __m256 a = _mm256_unpacklo_ps(p, q), b = _mm256_unpackhi_ps(p, q), c = _mm256_unpacklo_ps(s, t), d = _mm256_unpackhi_ps(s, t);
  r[0].v = _mm256_shuffle_ps(a, c, 0x44);
  r[1].v = _mm256_shuffle_ps(a, c, 0xee);
  r[2].v = _mm256_shuffle_ps(b, d, 0x44);
  r[3].v = _mm256_shuffle_ps(b, d, 0xee);
}

SIMD_INLINE Vec inRegister(Vec a) {
  asm("" : "+x"(a.v));
  return a;
}

SIMD_INLINE Vec halveEach(Vec (&r)[8]) {
  // Each step adds the halves of two (then four, eight) rows into one vector.
  __m256 s[4], t[2];
  for (int i = 0; i < 4; i++)  // row i in the low half, row i + 4 in the high half
    s[i] = _mm256_add_ps(_mm256_permute2f128_ps(r[i].v, r[i + 4].v, 0x20), _mm256_permute2f128_ps(r[i].v, r[i + 4].v, 0x31));
  for (int i = 0; i < 2; i++)  // pairs: rows i, i + 2 | i + 4, i + 6
    t[i] = _mm256_add_ps(_mm256_shuffle_ps(s[i], s[i + 2], 0x44), _mm256_shuffle_ps(s[i], s[i + 2], 0xee));
  // lanes now: rows 0, 0, 2, 2 and 1, 1, 3, 3
  const __m256 even = _mm256_shuffle_ps(t[0], t[1], 0x88), odd = _mm256_shuffle_ps(t[0], t[1], 0xdd);
  return {_mm256_permute_ps(_mm256_add_ps(even, odd), 0xd8)};
}

}  // namespace simdgrad::avx2
