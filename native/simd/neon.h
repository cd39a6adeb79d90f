#pragma once
// AArch64 Advanced SIMD, four lanes. FMA and IEEE division are part of the base instruction set. Subnormals
// are kept, as on x86 (FPCR.FZ is clear by default).

#include <arm_neon.h>

namespace simdgrad::neon {

constexpr int W = 4;

struct Vec {
  float32x4_t v;
};
struct IVec {
  int32x4_t v;
};
struct Mask {
  uint32x4_t v;
};

SIMD_INLINE IVec bitcastInt(Vec a) { return {vreinterpretq_s32_f32(a.v)}; }
SIMD_INLINE Vec bitcastFloat(IVec a) { return {vreinterpretq_f32_s32(a.v)}; }

// NEON has no masked accesses: a tail is two lanes, if it has them, and then one. (As loops over n, compilers
// unroll and vectorize them at each of the thousands of places where there is a tail.)
SIMD_INLINE Vec load(const float* p) { return {vld1q_f32(p)}; }
SIMD_INLINE Vec load(const float* p, int n) {
  if (n >= W) return load(p);
  float32x4_t v = vdupq_n_f32(0);
  if (n & 2) {
    v = vcombine_f32(vld1_f32(p), vdup_n_f32(0));
    if (n & 1) v = vld1q_lane_f32(p + 2, v, 2);
  } else if (n & 1) {
    v = vld1q_lane_f32(p, v, 0);
  }
  return {v};
}
SIMD_INLINE void store(float* p, Vec a) { vst1q_f32(p, a.v); }
SIMD_INLINE void store(float* p, Vec a, int n) {
  if (n >= W) return store(p, a);
  if (n & 2) {
    vst1_f32(p, vget_low_f32(a.v));
    if (n & 1) vst1q_lane_f32(p + 2, a.v, 2);
  } else if (n & 1) {
    vst1q_lane_f32(p, a.v, 0);
  }
}
SIMD_INLINE void storePast(float* p, Vec a) { store(p, a); }
SIMD_INLINE void fencePast() {}
SIMD_INLINE Vec loadStrided(const float* p, ptrdiff_t s, int n) {
  float32x4_t v = vdupq_n_f32(0);
  if (n > 0) v = vld1q_lane_f32(p, v, 0);
  if (n > 1) v = vld1q_lane_f32(p + s, v, 1);
  if (n > 2) v = vld1q_lane_f32(p + 2 * s, v, 2);
  if (n > 3) v = vld1q_lane_f32(p + 3 * s, v, 3);
  return {v};
}
SIMD_INLINE Vec loadSecond(const float* p, int n) { return loadStrided(p, 2, n); }
SIMD_INLINE float first(Vec a) { return vgetq_lane_f32(a.v, 0); }
template <int h>
SIMD_INLINE Vec upper(Vec a) {
  return {vextq_f32(a.v, a.v, h)};
}
SIMD_INLINE IVec loadInt(const int32_t* p) { return {vld1q_s32(p)}; }
SIMD_INLINE IVec loadInt(const int32_t* p, int n) {
  if (n >= W) return loadInt(p);
  int32x4_t v = vdupq_n_s32(0);
  if (n & 2) {
    v = vcombine_s32(vld1_s32(p), vdup_n_s32(0));
    if (n & 1) v = vld1q_lane_s32(p + 2, v, 2);
  } else if (n & 1) {
    v = vld1q_lane_s32(p, v, 0);
  }
  return {v};
}
SIMD_INLINE void storeInt(int32_t* p, IVec a) { vst1q_s32(p, a.v); }
SIMD_INLINE void storeInt(int32_t* p, IVec a, int n) {
  if (n >= W) return storeInt(p, a);
  if (n & 2) {
    vst1_s32(p, vget_low_s32(a.v));
    if (n & 1) vst1q_lane_s32(p + 2, a.v, 2);
  } else if (n & 1) {
    vst1q_lane_s32(p, a.v, 0);
  }
}
/** The first n bytes as integers. */
SIMD_INLINE uint32x4_t firstBytes(const uint8_t* p, int n) {
  uint32_t four = 0;
  if (n >= W) {
    __builtin_memcpy(&four, p, W);
  } else {
    if (n & 2) __builtin_memcpy(&four, p, 2);
    if (n & 1) four |= uint32_t{p[n - 1]} << (8 * (n - 1));
  }
  return vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four))));
}
SIMD_INLINE Vec loadU8(const uint8_t* p, int n) { return {vcvtq_f32_u32(firstBytes(p, n))}; }
SIMD_INLINE Vec loadU8(const uint8_t* p) { return loadU8(p, W); }
SIMD_INLINE Mask loadMaskU8(const uint8_t* p, int n) { return {vcgtq_u32(firstBytes(p, n), vdupq_n_u32(0))}; }
SIMD_INLINE void storeMaskU8(uint8_t* p, Mask m, int n) {
  const uint16x4_t halves = vmovn_u32(m.v);
  const uint8x8_t bytes = vand_u8(vmovn_u16(vcombine_u16(halves, halves)), vdup_n_u8(1));
  const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(bytes), 0);
  if (n >= W) {
    __builtin_memcpy(p, &four, W);
  } else {
    if (n & 2) __builtin_memcpy(p, &four, 2);
    if (n & 1) p[n - 1] = static_cast<uint8_t>(four >> (8 * (n - 1)));
  }
}
SIMD_INLINE Vec broadcast(float x) { return {vdupq_n_f32(x)}; }
SIMD_INLINE IVec broadcastInt(int32_t x) { return {vdupq_n_s32(x)}; }
SIMD_INLINE IVec iota() {
  const int32_t lanes[W] = {0, 1, 2, 3};
  return {vld1q_s32(lanes)};
}

SIMD_INLINE Vec operator+(Vec a, Vec b) { return {vaddq_f32(a.v, b.v)}; }
SIMD_INLINE Vec operator-(Vec a, Vec b) { return {vsubq_f32(a.v, b.v)}; }
SIMD_INLINE Vec operator*(Vec a, Vec b) { return {vmulq_f32(a.v, b.v)}; }
SIMD_INLINE Vec operator/(Vec a, Vec b) { return {vdivq_f32(a.v, b.v)}; }
SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) { return {vfmsq_f32(c.v, a.v, b.v)}; }
SIMD_INLINE Vec sqrt(Vec a) { return {vsqrtq_f32(a.v)}; }
SIMD_INLINE Vec round(Vec a) { return {vrndnq_f32(a.v)}; }
SIMD_INLINE Vec floor(Vec a) { return {vrndmq_f32(a.v)}; }
SIMD_INLINE Vec ceil(Vec a) { return {vrndpq_f32(a.v)}; }
SIMD_INLINE Vec trunc(Vec a) { return {vrndq_f32(a.v)}; }

SIMD_INLINE Vec lookup(const float* table, IVec i) {
  // Selects bytes 4i … 4i + 3 of 64.
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(table);
  const uint8x16x4_t all = {{vld1q_u8(bytes), vld1q_u8(bytes + 16), vld1q_u8(bytes + 32), vld1q_u8(bytes + 48)}};
  const int32x4_t first = vandq_s32(i.v, vdupq_n_s32(15));
  const uint8x16_t at = vreinterpretq_u8_s32(vaddq_s32(vmulq_n_s32(first, 0x04040404), vdupq_n_s32(0x03020100)));
  return {vreinterpretq_f32_u8(vqtbl4q_u8(all, at))};
}

SIMD_INLINE Mask eq(Vec a, Vec b) { return {vceqq_f32(a.v, b.v)}; }
SIMD_INLINE Mask ne(Vec a, Vec b) { return {vmvnq_u32(vceqq_f32(a.v, b.v))}; }
SIMD_INLINE Mask lt(Vec a, Vec b) { return {vcltq_f32(a.v, b.v)}; }
SIMD_INLINE Mask le(Vec a, Vec b) { return {vcleq_f32(a.v, b.v)}; }
SIMD_INLINE Mask gt(Vec a, Vec b) { return {vcgtq_f32(a.v, b.v)}; }
SIMD_INLINE Mask ge(Vec a, Vec b) { return {vcgeq_f32(a.v, b.v)}; }
SIMD_INLINE Mask ieq(IVec a, IVec b) { return {vceqq_s32(a.v, b.v)}; }
SIMD_INLINE Mask igt(IVec a, IVec b) { return {vcgtq_s32(a.v, b.v)}; }
SIMD_INLINE Vec select(Mask m, Vec a, Vec b) { return {vbslq_f32(m.v, a.v, b.v)}; }
SIMD_INLINE IVec select(Mask m, IVec a, IVec b) { return {vbslq_s32(m.v, a.v, b.v)}; }
SIMD_INLINE Mask operator&(Mask a, Mask b) { return {vandq_u32(a.v, b.v)}; }
SIMD_INLINE Mask operator|(Mask a, Mask b) { return {vorrq_u32(a.v, b.v)}; }
SIMD_INLINE Mask operator!(Mask a) { return {vmvnq_u32(a.v)}; }
SIMD_INLINE bool any(Mask m) { return vmaxvq_u32(m.v) != 0; }
SIMD_INLINE bool all(Mask m) { return vminvq_u32(m.v) != 0; }
// The fmin and fmax instructions handle NaN and zeros differently, so this compares and selects.
SIMD_INLINE Vec min(Vec a, Vec b) { return select(lt(a, b), a, b); }
SIMD_INLINE Vec max(Vec a, Vec b) { return select(gt(a, b), a, b); }

SIMD_INLINE IVec toInt(Vec a) { return {vcvtq_s32_f32(a.v)}; }
SIMD_INLINE Vec toFloat(IVec a) { return {vcvtq_f32_s32(a.v)}; }

SIMD_INLINE IVec operator+(IVec a, IVec b) { return {vaddq_s32(a.v, b.v)}; }
SIMD_INLINE IVec operator-(IVec a, IVec b) { return {vsubq_s32(a.v, b.v)}; }
SIMD_INLINE IVec operator*(IVec a, IVec b) { return {vmulq_s32(a.v, b.v)}; }
SIMD_INLINE IVec operator&(IVec a, IVec b) { return {vandq_s32(a.v, b.v)}; }
SIMD_INLINE IVec operator|(IVec a, IVec b) { return {vorrq_s32(a.v, b.v)}; }
SIMD_INLINE IVec operator^(IVec a, IVec b) { return {veorq_s32(a.v, b.v)}; }
SIMD_INLINE IVec mulHigh(IVec a, IVec b) {
  const uint32x4_t x = vreinterpretq_u32_s32(a.v), y = vreinterpretq_u32_s32(b.v);
  const uint64x2_t low = vmull_u32(vget_low_u32(x), vget_low_u32(y)), high = vmull_u32(vget_high_u32(x), vget_high_u32(y));
  return {vreinterpretq_s32_u32(vcombine_u32(vshrn_n_u64(low, 32), vshrn_n_u64(high, 32)))};
}
// The immediate forms do not allow a shift by 0.
template <int k>
SIMD_INLINE IVec shl(IVec a) {
  return {vshlq_s32(a.v, vdupq_n_s32(k))};
}
template <int k>
SIMD_INLINE IVec shr(IVec a) {
  return {vreinterpretq_s32_u32(vshlq_u32(vreinterpretq_u32_s32(a.v), vdupq_n_s32(-k)))};
}
template <int k>
SIMD_INLINE IVec sra(IVec a) {
  return {vshlq_s32(a.v, vdupq_n_s32(-k))};
}

SIMD_INLINE void transpose(Vec (&r)[4]) {
  const float32x4x2_t p = vtrnq_f32(r[0].v, r[1].v), q = vtrnq_f32(r[2].v, r[3].v);
  r[0].v = vcombine_f32(vget_low_f32(p.val[0]), vget_low_f32(q.val[0]));
  r[1].v = vcombine_f32(vget_low_f32(p.val[1]), vget_low_f32(q.val[1]));
  r[2].v = vcombine_f32(vget_high_f32(p.val[0]), vget_high_f32(q.val[0]));
  r[3].v = vcombine_f32(vget_high_f32(p.val[1]), vget_high_f32(q.val[1]));
}

template <class At>
SIMD_INLINE void loadTurned(At at, Vec (&r)[4]) {
  for (int j = 0; j < 4; j++) r[j] = load(at(j));
  transpose(r);
}

SIMD_INLINE Vec inRegister(Vec a) {
  asm("" : "+w"(a.v));
  return a;
}

SIMD_INLINE Vec halveEach(Vec (&r)[4]) {
  // Adds lanes 0 + 2 and 1 + 3 of two rows into one vector, then its two halves.
  const auto halves = [](float32x4_t a, float32x4_t b) {
    return vaddq_f32(vcombine_f32(vget_low_f32(a), vget_low_f32(b)), vcombine_f32(vget_high_f32(a), vget_high_f32(b)));
  };
  const float32x4_t low = halves(r[0].v, r[1].v), high = halves(r[2].v, r[3].v);
  return {vaddq_f32(vuzp1q_f32(low, high), vuzp2q_f32(low, high))};
}

}  // namespace simdgrad::neon
