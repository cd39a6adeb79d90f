#pragma once
// WebAssembly's SIMD, four lanes, with the relaxed instructions. The relaxed multiply-add rounds once where
// the engine compiles it to an FMA; where it does not, the bits differ from those of the other instruction
// sets (docs/platforms.md; the binding checks it).
//
// Without -mrelaxed-simd (the instruction set simd128) it multiplies and adds, with two roundings.

#include <wasm_simd128.h>

namespace simdgrad::SIMDGRAD_ISA_NS {

constexpr int W = 4;

struct Vec {
  v128_t v;
};
struct IVec {
  v128_t v;
};
struct Mask {
  v128_t v;
};

SIMD_INLINE IVec bitcastInt(Vec a) { return {a.v}; }
SIMD_INLINE Vec bitcastFloat(IVec a) { return {a.v}; }

SIMD_INLINE v128_t loadLanes(const void* p, int n) {
  const char* const bytes = static_cast<const char*>(p);
  switch (n) {
    case 0:
      return wasm_i32x4_const_splat(0);
    case 1:
      return wasm_v128_load32_zero(bytes);
    case 2:
      return wasm_v128_load64_zero(bytes);
    case 3:
      return wasm_v128_load32_lane(bytes + 8, wasm_v128_load64_zero(bytes), 2);
    default:
      return wasm_v128_load(bytes);
  }
}
SIMD_INLINE void storeLanes(void* p, v128_t a, int n) {
  char* const bytes = static_cast<char*>(p);
  if (n >= 4) return wasm_v128_store(bytes, a);
  if (n >= 2) wasm_v128_store64_lane(bytes, a, 0);
  if (n == 1) wasm_v128_store32_lane(bytes, a, 0);
  if (n == 3) wasm_v128_store32_lane(bytes + 8, a, 2);
}

SIMD_INLINE Vec load(const float* p) { return {wasm_v128_load(p)}; }
SIMD_INLINE Vec load(const float* p, int n) { return {loadLanes(p, n)}; }
SIMD_INLINE void store(float* p, Vec a) { wasm_v128_store(p, a.v); }
SIMD_INLINE void store(float* p, Vec a, int n) { storeLanes(p, a.v, n); }
SIMD_INLINE void storePast(float* p, Vec a) { store(p, a); }
SIMD_INLINE void fencePast() {}
SIMD_INLINE Vec loadStrided(const float* p, ptrdiff_t s, int n) {
  float lanes[W] = {};
  for (int i = 0; i < n; i++) lanes[i] = p[i * s];
  return {wasm_v128_load(lanes)};
}
SIMD_INLINE Vec loadSecond(const float* p, int n) {
  // The second vector begins so that nothing behind the last element is read.
  return n == W ? Vec{wasm_i32x4_shuffle(load(p).v, load(p + 3).v, 0, 2, 5, 7)} : loadStrided(p, 2, n);
}
SIMD_INLINE float first(Vec a) { return wasm_f32x4_extract_lane(a.v, 0); }
template <int h>
SIMD_INLINE Vec upper(Vec a) {
  static_assert(h == 1 || h == 2, "a vector has four lanes");
  if constexpr (h == 1) return {wasm_i32x4_shuffle(a.v, a.v, 1, 2, 3, 0)};
  else return {wasm_i32x4_shuffle(a.v, a.v, 2, 3, 0, 1)};
}
SIMD_INLINE IVec loadInt(const int32_t* p) { return {wasm_v128_load(p)}; }
SIMD_INLINE IVec loadInt(const int32_t* p, int n) { return {loadLanes(p, n)}; }
SIMD_INLINE void storeInt(int32_t* p, IVec a) { wasm_v128_store(p, a.v); }
SIMD_INLINE void storeInt(int32_t* p, IVec a, int n) { storeLanes(p, a.v, n); }
SIMD_INLINE v128_t widenBytes(v128_t bytes) { return wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(bytes)); }
SIMD_INLINE v128_t firstBytes(const uint8_t* p, int n) {
  if (n >= W) return widenBytes(wasm_v128_load32_zero(p));
  uint32_t lanes[W] = {};
  for (int i = 0; i < n; i++) lanes[i] = p[i];
  return wasm_v128_load(lanes);
}
SIMD_INLINE Vec loadU8(const uint8_t* p, int n) { return {wasm_f32x4_convert_i32x4(firstBytes(p, n))}; }
SIMD_INLINE Vec loadU8(const uint8_t* p) { return loadU8(p, W); }
SIMD_INLINE Mask loadMaskU8(const uint8_t* p, int n) { return {wasm_i32x4_ne(firstBytes(p, n), wasm_i32x4_const_splat(0))}; }
SIMD_INLINE void storeMaskU8(uint8_t* p, Mask m, int n) {
  uint32_t lanes[W];
  wasm_v128_store(lanes, m.v);
  for (int i = 0; i < n; i++) p[i] = static_cast<uint8_t>(lanes[i] & 1);
}
SIMD_INLINE Vec broadcast(float x) { return {wasm_f32x4_splat(x)}; }
SIMD_INLINE IVec broadcastInt(int32_t x) { return {wasm_i32x4_splat(x)}; }
SIMD_INLINE IVec iota() { return {wasm_i32x4_const(0, 1, 2, 3)}; }

SIMD_INLINE Vec operator+(Vec a, Vec b) { return {wasm_f32x4_add(a.v, b.v)}; }
SIMD_INLINE Vec operator-(Vec a, Vec b) { return {wasm_f32x4_sub(a.v, b.v)}; }
SIMD_INLINE Vec operator*(Vec a, Vec b) { return {wasm_f32x4_mul(a.v, b.v)}; }
SIMD_INLINE Vec operator/(Vec a, Vec b) { return {wasm_f32x4_div(a.v, b.v)}; }
SIMD_INLINE Vec sqrt(Vec a) { return {wasm_f32x4_sqrt(a.v)}; }
SIMD_INLINE Vec round(Vec a) { return {wasm_f32x4_nearest(a.v)}; }
SIMD_INLINE Vec floor(Vec a) { return {wasm_f32x4_floor(a.v)}; }
SIMD_INLINE Vec ceil(Vec a) { return {wasm_f32x4_ceil(a.v)}; }
SIMD_INLINE Vec trunc(Vec a) { return {wasm_f32x4_trunc(a.v)}; }
// Of masks with equal bits in each lane, the relaxed selection has one result.
#if SIMDGRAD_ISA_ID == 5
SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return {wasm_f32x4_relaxed_madd(a.v, b.v, c.v)}; }
SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) { return {wasm_f32x4_relaxed_nmadd(a.v, b.v, c.v)}; }
SIMD_INLINE v128_t selectBits(v128_t m, v128_t a, v128_t b) { return wasm_i32x4_relaxed_laneselect(a, b, m); }
SIMD_INLINE IVec toInt(Vec a) { return {wasm_i32x4_relaxed_trunc_f32x4(a.v)}; }
#else
SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return a * b + c; }
SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) { return c - a * b; }
SIMD_INLINE v128_t selectBits(v128_t m, v128_t a, v128_t b) { return wasm_v128_bitselect(a, b, m); }
SIMD_INLINE IVec toInt(Vec a) { return {wasm_i32x4_trunc_sat_f32x4(a.v)}; }
#endif
SIMD_INLINE Vec toFloat(IVec a) { return {wasm_f32x4_convert_i32x4(a.v)}; }

SIMD_INLINE Vec lookup(const float* table, IVec i) {
  const v128_t at = wasm_v128_and(i.v, wasm_i32x4_const_splat(15));
  return {wasm_f32x4_make(table[wasm_i32x4_extract_lane(at, 0)], table[wasm_i32x4_extract_lane(at, 1)],
                          table[wasm_i32x4_extract_lane(at, 2)], table[wasm_i32x4_extract_lane(at, 3)])};
}

SIMD_INLINE Mask eq(Vec a, Vec b) { return {wasm_f32x4_eq(a.v, b.v)}; }
SIMD_INLINE Mask ne(Vec a, Vec b) { return {wasm_f32x4_ne(a.v, b.v)}; }
SIMD_INLINE Mask lt(Vec a, Vec b) { return {wasm_f32x4_lt(a.v, b.v)}; }
SIMD_INLINE Mask le(Vec a, Vec b) { return {wasm_f32x4_le(a.v, b.v)}; }
SIMD_INLINE Mask gt(Vec a, Vec b) { return {wasm_f32x4_gt(a.v, b.v)}; }
SIMD_INLINE Mask ge(Vec a, Vec b) { return {wasm_f32x4_ge(a.v, b.v)}; }
SIMD_INLINE Mask ieq(IVec a, IVec b) { return {wasm_i32x4_eq(a.v, b.v)}; }
SIMD_INLINE Mask igt(IVec a, IVec b) { return {wasm_i32x4_gt(a.v, b.v)}; }
SIMD_INLINE Vec select(Mask m, Vec a, Vec b) { return {selectBits(m.v, a.v, b.v)}; }
SIMD_INLINE IVec select(Mask m, IVec a, IVec b) { return {selectBits(m.v, a.v, b.v)}; }
SIMD_INLINE Mask operator&(Mask a, Mask b) { return {wasm_v128_and(a.v, b.v)}; }
SIMD_INLINE Mask operator|(Mask a, Mask b) { return {wasm_v128_or(a.v, b.v)}; }
SIMD_INLINE Mask operator!(Mask a) { return {wasm_v128_not(a.v)}; }
SIMD_INLINE bool any(Mask m) { return wasm_v128_any_true(m.v); }
SIMD_INLINE bool all(Mask m) { return wasm_i32x4_all_true(m.v); }
// pmin(x, y) is y < x ? y : x, and pmax(x, y) is x < y ? y : x.
SIMD_INLINE Vec min(Vec a, Vec b) { return {wasm_f32x4_pmin(b.v, a.v)}; }
SIMD_INLINE Vec max(Vec a, Vec b) { return {wasm_f32x4_pmax(b.v, a.v)}; }

SIMD_INLINE IVec operator+(IVec a, IVec b) { return {wasm_i32x4_add(a.v, b.v)}; }
SIMD_INLINE IVec operator-(IVec a, IVec b) { return {wasm_i32x4_sub(a.v, b.v)}; }
SIMD_INLINE IVec operator*(IVec a, IVec b) { return {wasm_i32x4_mul(a.v, b.v)}; }
SIMD_INLINE IVec operator&(IVec a, IVec b) { return {wasm_v128_and(a.v, b.v)}; }
SIMD_INLINE IVec operator|(IVec a, IVec b) { return {wasm_v128_or(a.v, b.v)}; }
SIMD_INLINE IVec operator^(IVec a, IVec b) { return {wasm_v128_xor(a.v, b.v)}; }
SIMD_INLINE IVec mulHigh(IVec a, IVec b) {
  const v128_t low = wasm_u64x2_extmul_low_u32x4(a.v, b.v), high = wasm_u64x2_extmul_high_u32x4(a.v, b.v);
  return {wasm_i32x4_shuffle(low, high, 1, 3, 5, 7)};
}
template <int k>
SIMD_INLINE IVec shl(IVec a) {
  return {wasm_i32x4_shl(a.v, k)};
}
template <int k>
SIMD_INLINE IVec shr(IVec a) {
  return {wasm_u32x4_shr(a.v, k)};
}
template <int k>
SIMD_INLINE IVec sra(IVec a) {
  return {wasm_i32x4_shr(a.v, k)};
}

SIMD_INLINE void transpose(Vec (&r)[4]) {
  const v128_t p = wasm_i32x4_shuffle(r[0].v, r[1].v, 0, 4, 1, 5), q = wasm_i32x4_shuffle(r[0].v, r[1].v, 2, 6, 3, 7);
  const v128_t s = wasm_i32x4_shuffle(r[2].v, r[3].v, 0, 4, 1, 5), t = wasm_i32x4_shuffle(r[2].v, r[3].v, 2, 6, 3, 7);
  r[0].v = wasm_i64x2_shuffle(p, s, 0, 2);
  r[1].v = wasm_i64x2_shuffle(p, s, 1, 3);
  r[2].v = wasm_i64x2_shuffle(q, t, 0, 2);
  r[3].v = wasm_i64x2_shuffle(q, t, 1, 3);
}

template <class At>
SIMD_INLINE void loadTurned(At at, Vec (&r)[4]) {
  for (int j = 0; j < 4; j++) r[j] = load(at(j));
  transpose(r);
}

// The engine allocates the registers.
SIMD_INLINE Vec inRegister(Vec a) { return a; }

SIMD_INLINE Vec halveEach(Vec (&r)[4]) {
  // Adds lanes 0 + 2 and 1 + 3 of two rows into one vector, then its two halves.
  const auto halves = [](v128_t a, v128_t b) {
    return wasm_f32x4_add(wasm_i64x2_shuffle(a, b, 0, 2), wasm_i64x2_shuffle(a, b, 1, 3));
  };
  const v128_t low = halves(r[0].v, r[1].v), high = halves(r[2].v, r[3].v);
  return {wasm_f32x4_add(wasm_i32x4_shuffle(low, high, 0, 2, 4, 6), wasm_i32x4_shuffle(low, high, 1, 3, 5, 7))};
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
