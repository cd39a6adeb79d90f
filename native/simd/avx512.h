#pragma once
// AVX-512 F, BW, DQ, VL: sixteen lanes, masks in mask registers. A masked-out lane never faults.

#include <immintrin.h>

namespace simdgrad::avx512 {

constexpr int W = 16;

struct Vec {
  __m512 v;
};
struct IVec {
  __m512i v;
};
struct Mask {
  __mmask16 v;
};

SIMD_INLINE __mmask16 firstLanes(int n) { return static_cast<__mmask16>((1u << n) - 1u); }

SIMD_INLINE IVec bitcastInt(Vec a) { return {_mm512_castps_si512(a.v)}; }
SIMD_INLINE Vec bitcastFloat(IVec a) { return {_mm512_castsi512_ps(a.v)}; }

SIMD_INLINE Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
SIMD_INLINE Vec load(const float* p, int n) { return {_mm512_maskz_loadu_ps(firstLanes(n), p)}; }
SIMD_INLINE void store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
SIMD_INLINE void store(float* p, Vec a, int n) { _mm512_mask_storeu_ps(p, firstLanes(n), a.v); }
SIMD_INLINE void storePast(float* p, Vec a) { _mm512_stream_ps(p, a.v); }
SIMD_INLINE void fencePast() { _mm_sfence(); }
SIMD_INLINE Vec loadStrided(const float* p, ptrdiff_t s, int n) {
  if (n == W) {
    const float* q = p + 8 * s;
    const __m256 low = _mm256_setr_ps(p[0], p[s], p[2 * s], p[3 * s], p[4 * s], p[5 * s], p[6 * s], p[7 * s]);
    const __m256 high = _mm256_setr_ps(q[0], q[s], q[2 * s], q[3 * s], q[4 * s], q[5 * s], q[6 * s], q[7 * s]);
    return {_mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1)};
  }
  alignas(64) float lanes[W] = {};
  for (int i = 0; i < n; i++) lanes[i] = p[i * s];
  return {_mm512_load_ps(lanes)};
}
SIMD_INLINE Vec loadSecond(const float* p, int n) {
  const int floats = n > 0 ? 2 * n - 1 : 0;
  const Vec low = load(p, floats < W ? floats : W), high = load(p + W, floats > W ? floats - W : 0);
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  return {_mm512_permutex2var_ps(low.v, even, high.v)};
}
SIMD_INLINE float first(Vec a) { return _mm512_cvtss_f32(a.v); }
template <int h>
SIMD_INLINE Vec upper(Vec a) {
  if constexpr (h >= 4) return {_mm512_shuffle_f32x4(a.v, a.v, h == 8 ? 0xee : 0x01)};
  else return {_mm512_permute_ps(a.v, h == 2 ? 0x0e : 0x01)};
}
SIMD_INLINE IVec loadInt(const int32_t* p) { return {_mm512_loadu_si512(p)}; }
SIMD_INLINE IVec loadInt(const int32_t* p, int n) { return {_mm512_maskz_loadu_epi32(firstLanes(n), p)}; }
SIMD_INLINE void storeInt(int32_t* p, IVec a) { _mm512_storeu_si512(p, a.v); }
SIMD_INLINE void storeInt(int32_t* p, IVec a, int n) { _mm512_mask_storeu_epi32(p, firstLanes(n), a.v); }
SIMD_INLINE Vec loadU8(const uint8_t* p) {
  return {_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
}
SIMD_INLINE Vec loadU8(const uint8_t* p, int n) {
  return {_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(firstLanes(n), p)))};
}
SIMD_INLINE Mask loadMaskU8(const uint8_t* p, int n) {
  const __m128i bytes = _mm_maskz_loadu_epi8(firstLanes(n), p);
  return {_mm_test_epi8_mask(bytes, bytes)};
}
SIMD_INLINE void storeMaskU8(uint8_t* p, Mask m, int n) {
  _mm_mask_storeu_epi8(p, firstLanes(n), _mm_maskz_set1_epi8(m.v, 1));
}
SIMD_INLINE Vec broadcast(float x) { return {_mm512_set1_ps(x)}; }
SIMD_INLINE IVec broadcastInt(int32_t x) { return {_mm512_set1_epi32(x)}; }
SIMD_INLINE IVec iota() { return {_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)}; }

SIMD_INLINE Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
SIMD_INLINE Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
SIMD_INLINE Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
SIMD_INLINE Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) { return {_mm512_fnmadd_ps(a.v, b.v, c.v)}; }
// Operations on eight lanes take half the time where the execution units are 256 bits wide (Zen 4).
constexpr bool lowerIsFaster = true;
SIMD_INLINE __m256 lower(Vec a) { return _mm512_castps512_ps256(a.v); }
SIMD_INLINE Vec loadLower(const float* p, int n) {
  return {_mm512_castps256_ps512(_mm256_maskz_loadu_ps(static_cast<__mmask8>(firstLanes(n)), p))};
}
SIMD_INLINE void storeLower(float* p, Vec a, int n) { _mm256_mask_storeu_ps(p, static_cast<__mmask8>(firstLanes(n)), lower(a)); }
SIMD_INLINE Vec mulLower(Vec a, Vec b) { return {_mm512_castps256_ps512(_mm256_mul_ps(lower(a), lower(b)))}; }
SIMD_INLINE Vec fmaLower(Vec a, Vec b, Vec c) { return {_mm512_castps256_ps512(_mm256_fmadd_ps(lower(a), lower(b), lower(c)))}; }
SIMD_INLINE Vec sqrt(Vec a) { return {_mm512_sqrt_ps(a.v)}; }
SIMD_INLINE Vec min(Vec a, Vec b) { return {_mm512_min_ps(a.v, b.v)}; }
SIMD_INLINE Vec max(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
SIMD_INLINE Vec round(Vec a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
SIMD_INLINE Vec floor(Vec a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }
SIMD_INLINE Vec ceil(Vec a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)}; }
SIMD_INLINE Vec trunc(Vec a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)}; }

SIMD_INLINE Vec scale(Vec v, Vec n) { return {_mm512_scalef_ps(v.v, n.v)}; }
SIMD_INLINE Vec lookup(const float* table, IVec i) { return {_mm512_permutexvar_ps(i.v, _mm512_load_ps(table))}; }

SIMD_INLINE Mask eq(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
SIMD_INLINE Mask ne(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_NEQ_UQ)}; }
SIMD_INLINE Mask lt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
SIMD_INLINE Mask le(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ)}; }
SIMD_INLINE Mask gt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)}; }
SIMD_INLINE Mask ge(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ)}; }
SIMD_INLINE Mask ieq(IVec a, IVec b) { return {_mm512_cmpeq_epi32_mask(a.v, b.v)}; }
SIMD_INLINE Mask igt(IVec a, IVec b) { return {_mm512_cmpgt_epi32_mask(a.v, b.v)}; }
SIMD_INLINE Vec select(Mask m, Vec a, Vec b) { return {_mm512_mask_blend_ps(m.v, b.v, a.v)}; }
SIMD_INLINE IVec select(Mask m, IVec a, IVec b) { return {_mm512_mask_blend_epi32(m.v, b.v, a.v)}; }
SIMD_INLINE Mask operator&(Mask a, Mask b) { return {static_cast<__mmask16>(a.v & b.v)}; }
SIMD_INLINE Mask operator|(Mask a, Mask b) { return {static_cast<__mmask16>(a.v | b.v)}; }
SIMD_INLINE Mask operator!(Mask a) { return {static_cast<__mmask16>(~a.v)}; }
SIMD_INLINE bool any(Mask m) { return m.v != 0; }
SIMD_INLINE bool all(Mask m) { return m.v == 0xffff; }

SIMD_INLINE IVec toInt(Vec a) { return {_mm512_cvttps_epi32(a.v)}; }
SIMD_INLINE Vec toFloat(IVec a) { return {_mm512_cvtepi32_ps(a.v)}; }

SIMD_INLINE IVec operator+(IVec a, IVec b) { return {_mm512_add_epi32(a.v, b.v)}; }
SIMD_INLINE IVec operator-(IVec a, IVec b) { return {_mm512_sub_epi32(a.v, b.v)}; }
SIMD_INLINE IVec operator*(IVec a, IVec b) { return {_mm512_mullo_epi32(a.v, b.v)}; }
SIMD_INLINE IVec operator&(IVec a, IVec b) { return {_mm512_and_si512(a.v, b.v)}; }
SIMD_INLINE IVec operator|(IVec a, IVec b) { return {_mm512_or_si512(a.v, b.v)}; }
SIMD_INLINE IVec operator^(IVec a, IVec b) { return {_mm512_xor_si512(a.v, b.v)}; }
SIMD_INLINE IVec mulHigh(IVec a, IVec b) {
  // vpmuludq multiplies the even lanes to 64 bits: once in place, once with the odd lanes shifted down.
  const __m512i even = _mm512_mul_epu32(a.v, b.v);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), _mm512_srli_epi64(b.v, 32));
  return {_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd)};
}
template <int k>
SIMD_INLINE IVec shl(IVec a) {
  return {_mm512_slli_epi32(a.v, k)};
}
template <int k>
SIMD_INLINE IVec shr(IVec a) {
  return {_mm512_srli_epi32(a.v, k)};
}
template <int k>
SIMD_INLINE IVec sra(IVec a) {
  return {_mm512_srai_epi32(a.v, k)};
}

SIMD_INLINE void transpose(Vec (&r)[16]) {
  // Transposes 2x2 blocks of floats, of pairs, of 128-bit quarters, of halves: 64 shuffles for 256 floats.
  __m512 t[16], u[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i].v, r[i + 1].v);
    t[i + 1] = _mm512_unpackhi_ps(r[i].v, r[i + 1].v);
  }
  for (int i = 0; i < 16; i += 4) {
    u[i] = _mm512_shuffle_ps(t[i], t[i + 2], 0x44);
    u[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], 0xee);
    u[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    u[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  // u[4g + c] holds, for rows 4g … 4g+3, the columns c, c+4, c+8, c+12: one in each quarter.
  for (int c = 0; c < 4; c++) {
    // columns c, c+8 of rows 0-3, then of rows 4-7
    const __m512 p = _mm512_shuffle_f32x4(u[c], u[c + 4], 0x88);
    const __m512 q = _mm512_shuffle_f32x4(u[c], u[c + 4], 0xdd);        // columns c+4, c+12
    const __m512 s = _mm512_shuffle_f32x4(u[c + 8], u[c + 12], 0x88);   // the same of rows 8-15
    const __m512 w = _mm512_shuffle_f32x4(u[c + 8], u[c + 12], 0xdd);
    r[c].v = _mm512_shuffle_f32x4(p, s, 0x88);
    r[c + 8].v = _mm512_shuffle_f32x4(p, s, 0xdd);
    r[c + 4].v = _mm512_shuffle_f32x4(q, w, 0x88);
    r[c + 12].v = _mm512_shuffle_f32x4(q, w, 0xdd);
  }
}

template <class At>
SIMD_INLINE void loadTurned(At at, Vec (&r)[4]) {
  // Quarter g of row j holds four floats of line j + 4g. Then 4x4 blocks are transposed within the quarters.
  const auto quarters = [&](int j) __attribute__((always_inline)) {
    const __m256 low = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(at(j))), _mm_loadu_ps(at(j + 4)), 1);
    const __m256 high = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(at(j + 8))), _mm_loadu_ps(at(j + 12)), 1);
    return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
  };
  const __m512 p = quarters(0), q = quarters(1), s = quarters(2), t = quarters(3);
  const __m512 a = _mm512_unpacklo_ps(p, q), b = _mm512_unpackhi_ps(p, q), c = _mm512_unpacklo_ps(s, t), d = _mm512_unpackhi_ps(s, t);
  r[0].v = _mm512_shuffle_ps(a, c, 0x44);
  r[1].v = _mm512_shuffle_ps(a, c, 0xee);
  r[2].v = _mm512_shuffle_ps(b, d, 0x44);
  r[3].v = _mm512_shuffle_ps(b, d, 0xee);
}

SIMD_INLINE Vec inRegister(Vec a) {
  asm("" : "+v"(a.v));
  return a;
}

SIMD_INLINE Vec halveEach(Vec (&r)[16]) {
  // Each step adds the halves of two (then four, eight, sixteen) rows into one vector.
  __m512 s[8], t[4], u[2];
  for (int i = 0; i < 8; i++)  // quarters: rows i, i, i + 8, i + 8
    s[i] = _mm512_add_ps(_mm512_shuffle_f32x4(r[i].v, r[i + 8].v, 0x44), _mm512_shuffle_f32x4(r[i].v, r[i + 8].v, 0xee));
  for (int i = 0; i < 4; i++)  // quarters: rows i, i + 8, i + 4, i + 12
    t[i] = _mm512_add_ps(_mm512_shuffle_f32x4(s[i], s[i + 4], 0x88), _mm512_shuffle_f32x4(s[i], s[i + 4], 0xdd));
  for (int i = 0; i < 2; i++)  // in each quarter: rows i, i, i + 2, i + 2
    u[i] = _mm512_add_ps(_mm512_shuffle_ps(t[i], t[i + 2], 0x44), _mm512_shuffle_ps(t[i], t[i + 2], 0xee));
  // In each quarter: rows 0, 2, 1, 3; then the quarters 0, 8, 4, 12 in order.
  const __m512 sum = _mm512_add_ps(_mm512_shuffle_ps(u[0], u[1], 0x88), _mm512_shuffle_ps(u[0], u[1], 0xdd));
  const __m512 ordered = _mm512_permute_ps(sum, 0xd8);
  return {_mm512_shuffle_f32x4(ordered, ordered, 0xd8)};
}

}  // namespace simdgrad::avx512
