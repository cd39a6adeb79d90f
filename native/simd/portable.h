#pragma once
// Plain C++, one lane. It is the reference for every other instruction set, and the only one without
// intrinsics. On x86-64 it is compiled with -mfma, because __builtin_fmaf would otherwise call libm, which
// emulates it.

namespace simdgrad::portable {

constexpr int W = 1;

struct Vec {
  float v;
};
struct IVec {
  int32_t v;
};
struct Mask {
  bool v;
};

SIMD_INLINE IVec bitcastInt(Vec a) { return {__builtin_bit_cast(int32_t, a.v)}; }
SIMD_INLINE Vec bitcastFloat(IVec a) { return {__builtin_bit_cast(float, a.v)}; }

SIMD_INLINE Vec load(const float* p) { return {*p}; }
SIMD_INLINE Vec load(const float* p, int n) { return {n > 0 ? *p : 0.0f}; }
SIMD_INLINE void store(float* p, Vec a) { *p = a.v; }
SIMD_INLINE void store(float* p, Vec a, int n) {
  if (n > 0) *p = a.v;
}
SIMD_INLINE void storePast(float* p, Vec a) { store(p, a); }
SIMD_INLINE void fencePast() {}
SIMD_INLINE Vec loadStrided(const float* p, ptrdiff_t, int n) { return load(p, n); }
SIMD_INLINE Vec loadSecond(const float* p, int n) { return loadStrided(p, 2, n); }
SIMD_INLINE float first(Vec a) { return a.v; }
template <int h>
SIMD_INLINE Vec upper(Vec a) {
  return a;
}
SIMD_INLINE IVec loadInt(const int32_t* p) { return {*p}; }
SIMD_INLINE IVec loadInt(const int32_t* p, int n) { return {n > 0 ? *p : 0}; }
SIMD_INLINE void storeInt(int32_t* p, IVec a) { *p = a.v; }
SIMD_INLINE void storeInt(int32_t* p, IVec a, int n) {
  if (n > 0) *p = a.v;
}
SIMD_INLINE Vec loadU8(const uint8_t* p) { return {static_cast<float>(*p)}; }
SIMD_INLINE Vec loadU8(const uint8_t* p, int n) { return {n > 0 ? static_cast<float>(*p) : 0.0f}; }
SIMD_INLINE Mask loadMaskU8(const uint8_t* p, int n) { return {n > 0 && *p != 0}; }
SIMD_INLINE void storeMaskU8(uint8_t* p, Mask m, int n) {
  if (n > 0) *p = m.v ? 1 : 0;
}
SIMD_INLINE Vec broadcast(float x) { return {x}; }
SIMD_INLINE IVec broadcastInt(int32_t x) { return {x}; }
SIMD_INLINE IVec iota() { return {0}; }

SIMD_INLINE Vec operator+(Vec a, Vec b) { return {a.v + b.v}; }
SIMD_INLINE Vec operator-(Vec a, Vec b) { return {a.v - b.v}; }
SIMD_INLINE Vec operator*(Vec a, Vec b) { return {a.v * b.v}; }
SIMD_INLINE Vec operator/(Vec a, Vec b) { return {a.v / b.v}; }
SIMD_INLINE Vec fma(Vec a, Vec b, Vec c) { return {__builtin_fmaf(a.v, b.v, c.v)}; }
SIMD_INLINE Vec fnma(Vec a, Vec b, Vec c) { return {__builtin_fmaf(-a.v, b.v, c.v)}; }
SIMD_INLINE Vec sqrt(Vec a) { return {__builtin_sqrtf(a.v)}; }
SIMD_INLINE Vec min(Vec a, Vec b) { return {a.v < b.v ? a.v : b.v}; }
SIMD_INLINE Vec max(Vec a, Vec b) { return {a.v > b.v ? a.v : b.v}; }
SIMD_INLINE Vec round(Vec a) { return {__builtin_nearbyintf(a.v)}; }
SIMD_INLINE Vec floor(Vec a) { return {__builtin_floorf(a.v)}; }
SIMD_INLINE Vec ceil(Vec a) { return {__builtin_ceilf(a.v)}; }
SIMD_INLINE Vec trunc(Vec a) { return {__builtin_truncf(a.v)}; }

SIMD_INLINE Vec lookup(const float* table, IVec i) { return {table[i.v & 15]}; }

SIMD_INLINE Mask eq(Vec a, Vec b) { return {a.v == b.v}; }
SIMD_INLINE Mask ne(Vec a, Vec b) { return {a.v != b.v}; }
SIMD_INLINE Mask lt(Vec a, Vec b) { return {a.v < b.v}; }
SIMD_INLINE Mask le(Vec a, Vec b) { return {a.v <= b.v}; }
SIMD_INLINE Mask gt(Vec a, Vec b) { return {a.v > b.v}; }
SIMD_INLINE Mask ge(Vec a, Vec b) { return {a.v >= b.v}; }
SIMD_INLINE Mask ieq(IVec a, IVec b) { return {a.v == b.v}; }
SIMD_INLINE Mask igt(IVec a, IVec b) { return {a.v > b.v}; }
SIMD_INLINE Vec select(Mask m, Vec a, Vec b) { return {m.v ? a.v : b.v}; }
SIMD_INLINE IVec select(Mask m, IVec a, IVec b) { return {m.v ? a.v : b.v}; }
SIMD_INLINE Mask operator&(Mask a, Mask b) { return {a.v && b.v}; }
SIMD_INLINE Mask operator|(Mask a, Mask b) { return {a.v || b.v}; }
SIMD_INLINE Mask operator!(Mask a) { return {!a.v}; }
SIMD_INLINE bool any(Mask m) { return m.v; }
SIMD_INLINE bool all(Mask m) { return m.v; }

// The comparison is false for NaN, so the cast is always defined.
SIMD_INLINE IVec toInt(Vec a) { return {a.v >= -2147483648.0f && a.v < 2147483648.0f ? static_cast<int32_t>(a.v) : INT32_MIN}; }
SIMD_INLINE Vec toFloat(IVec a) { return {static_cast<float>(a.v)}; }

// Signed overflow is undefined in C++. Unsigned numbers wrap, as vectors do.
SIMD_INLINE uint32_t bits(IVec a) { return static_cast<uint32_t>(a.v); }
SIMD_INLINE IVec fromBits(uint32_t a) { return {static_cast<int32_t>(a)}; }
SIMD_INLINE IVec operator+(IVec a, IVec b) { return fromBits(bits(a) + bits(b)); }
SIMD_INLINE IVec operator-(IVec a, IVec b) { return fromBits(bits(a) - bits(b)); }
SIMD_INLINE IVec operator*(IVec a, IVec b) { return fromBits(bits(a) * bits(b)); }
SIMD_INLINE IVec operator&(IVec a, IVec b) { return {a.v & b.v}; }
SIMD_INLINE IVec operator|(IVec a, IVec b) { return {a.v | b.v}; }
SIMD_INLINE IVec operator^(IVec a, IVec b) { return {a.v ^ b.v}; }
SIMD_INLINE IVec mulHigh(IVec a, IVec b) { return fromBits(static_cast<uint32_t>((uint64_t{bits(a)} * bits(b)) >> 32)); }
template <int k>
SIMD_INLINE IVec shl(IVec a) {
  return fromBits(bits(a) << k);
}
template <int k>
SIMD_INLINE IVec shr(IVec a) {
  return fromBits(bits(a) >> k);
}
template <int k>
SIMD_INLINE IVec sra(IVec a) {
  return {a.v >> k};
}

SIMD_INLINE void transpose(Vec (&)[1]) {}

template <class At>
SIMD_INLINE void loadTurned(At at, Vec (&r)[4]) {
  for (int q = 0; q < 4; q++) r[q] = load(at(0) + q);
}

SIMD_INLINE Vec inRegister(Vec a) {
  // The constraint names the registers of floats. A processor of another kind keeps the value anywhere.
#if defined(__x86_64__)
  asm("" : "+x"(a.v));
#elif defined(__aarch64__)
  asm("" : "+w"(a.v));
#endif
  return a;
}

SIMD_INLINE Vec halveEach(Vec (&r)[1]) { return r[0]; }

}  // namespace simdgrad::portable
