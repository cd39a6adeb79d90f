#pragma once
// One thin vector type, written once per instruction set. A kernel includes this file, is in the namespace
// simdgrad::SIMDGRAD_ISA_NS and is compiled once per instruction set, with -DSIMDGRAD_ISA_NS=avx512 and the
// matching flags (sources.json). Every operation gives the same bits on every instruction set, except for NaN
// payloads: FMA only where it is written as fma, no approximate reciprocal, min and max as stated below.
//
// Nothing in this file may be an inline function or template of shared code (including std::). The linker
// keeps one copy of such a function, and if that is the AVX-512 copy, a CPU without AVX-512 crashes. Hence
// the namespace.
//
//   W                            lanes of a Vec: 1 portable, 4 neon, wasm, 8 avx2, 16 avx512; a divisor of 16
//   Vec, IVec, Mask              W floats, W int32 (uint32 for shr, mulHigh), W booleans
//
//   load(p) load(p, n)           W floats, or the first n (0..W) and zeros; never reads beyond them
//   store(p, v) store(p, v, n)   the same for stores
//   storePast(p, v)              non-temporal store (past the caches) of W floats, p a multiple of 4·W bytes;
//                                fencePast() before another thread may read them
//   loadInt storeInt             the same for int32
//   loadStrided(p, stride, n)    p[0], p[stride], … in n lanes (0..W), zeros in the others
//   loadSecond(p, n)             the same for stride 2, faster; reads 2n - 1 floats at most
//   loadU8(p[, n])               bytes as floats 0..255
//   loadMaskU8(p, n)             byte != 0;   storeMaskU8(p, mask, n) writes bytes 0 and 1
//   broadcast(x) broadcastInt(x) zero() iota() = 0, 1, … W-1
//   + - * / unary -              correctly rounded
//   fma(a, b, c) = a·b + c       fnma(a, b, c) = c - a·b    one rounding each
//   sqrt abs copysign(magnitude, sign)
//   min(a, b) = a < b ? a : b    max(a, b) = a > b ? a : b
//                                (if either is NaN, or for zeros of both signs, the result is b)
//   round (half to even) floor ceil trunc
//   eq ne lt le gt ge isnan      quiet; ne is true for NaN, the others false.    ieq igt (signed) for IVec
//   select(mask, a, b)           a where the mask is set, else b; also for IVec
//   & | ! any(mask) all(mask)    on masks
//   toInt(v)                     truncates; a lane that does not fit (or NaN) is unspecified: select it away
//   powerOfTwo(n) = 2^n          n a float with an integer value in -252…254; rounds once if not normal
//   scale(v, n) = v·2^n          n as above; v or its product with 2^(n/2) must be normal, or n 0
//   lookup(table, i)             table[i mod 16] of 16 floats, 64-byte aligned
//   toFloat(i)  bitcastInt(v)  bitcastFloat(i)
//   IVec + - * (low 32 bits) & | ^   shl<k> shr<k> (logical) sra<k> (arithmetic)
//   mulHigh(a, b)                high 32 bits of the unsigned product
//   first(v)                     lane 0
//   upper<h>(v)                  lanes h … 2h-1 in lanes 0 … h-1, others unspecified (h < W, a power of two)
//   transpose(rows)              Vec rows[W], in place: lane j of row i ↔ lane i of row j
//   loadTurned(at, r)            transposing load, Vec r[4]: lane j of r[q] is at(j)[q], for W lines of four
//                                contiguous floats
//
//   inRegister(v)                v; the compiler may not reload it for each use (a memory operand is free
//                                only for a single use)
//   halveEach(rows)              lane i of the result is the sum of rows[i] by halving: lane l adds lane
//                                l + W/2, … l + 2, l + 1
//
//   loadLower(p, n)  storeLower(p, a, n)  mulLower(a, b)  fmaLower(a, b, c)
//                                on the first W/2 lanes, the others unspecified; lowerIsFaster: worth using
//   forVectors(n, f)             calls f(i, lanes) for full vectors, then once for the masked tail; pass
//                                `lanes` on to load and store:
//       forVectors(n, [&](size_t i, auto lanes) { store(y + i, load(x + i, lanes), lanes); });

#include <cstddef>
#include <cstdint>

#ifndef SIMDGRAD_ISA_NS
#error "compile kernels once per instruction set, with -DSIMDGRAD_ISA_NS=portable|avx2|avx512|neon|relaxedsimd|simd128"
#endif

#define SIMD_INLINE inline __attribute__((always_inline))

// The name of the namespace as a number that the preprocessor can compare.
#define SIMDGRAD_IS_portable 1
#define SIMDGRAD_IS_avx2 2
#define SIMDGRAD_IS_avx512 3
#define SIMDGRAD_IS_neon 4
#define SIMDGRAD_IS_relaxedsimd 5
#define SIMDGRAD_IS_simd128 6
#define SIMDGRAD_PASTE_(a, b) a##b
#define SIMDGRAD_PASTE(a, b) SIMDGRAD_PASTE_(a, b)
#define SIMDGRAD_ISA_ID SIMDGRAD_PASTE(SIMDGRAD_IS_, SIMDGRAD_ISA_NS)

#if SIMDGRAD_ISA_ID == 1
#include "portable.h"
#elif SIMDGRAD_ISA_ID == 2
#include "avx2.h"
#elif SIMDGRAD_ISA_ID == 3
#include "avx512.h"
#elif SIMDGRAD_ISA_ID == 4
#include "neon.h"
#elif SIMDGRAD_ISA_ID == 5 || SIMDGRAD_ISA_ID == 6
#include "wasm.h"
#else
#error "unknown SIMDGRAD_ISA_NS"
#endif

namespace simdgrad::SIMDGRAD_ISA_NS {

/** WebAssembly: the size of the code matters, because pages download it. */
constexpr bool isWasm = SIMDGRAD_ISA_ID == 5 || SIMDGRAD_ISA_ID == 6;

static_assert(16 % W == 0, "reductions run on 16 virtual lanes");

/** All W lanes. It is a type instead of a value, so that load(p, All) compiles to the plain load. */
struct All {
  SIMD_INLINE constexpr operator int() const { return W; }
};

SIMD_INLINE Vec load(const float* p, All) { return load(p); }
SIMD_INLINE void store(float* p, Vec v, All) { store(p, v); }
SIMD_INLINE IVec loadInt(const int32_t* p, All) { return loadInt(p); }
SIMD_INLINE void storeInt(int32_t* p, IVec v, All) { storeInt(p, v); }
SIMD_INLINE Vec loadU8(const uint8_t* p, All) { return loadU8(p); }

/** A pointer that the compiler keeps in a register instead of recomputing it from another one each time. */
SIMD_INLINE const float* inRegister(const float* p) {
  asm("" : "+r"(p));
  return p;
}

SIMD_INLINE Vec zero() { return broadcast(0.0f); }
SIMD_INLINE Vec operator-(Vec v) { return bitcastFloat(bitcastInt(v) ^ broadcastInt(INT32_MIN)); }
SIMD_INLINE Vec abs(Vec v) { return bitcastFloat(bitcastInt(v) & broadcastInt(INT32_MAX)); }
SIMD_INLINE Vec copysign(Vec magnitude, Vec sign) {
  return bitcastFloat((bitcastInt(magnitude) & broadcastInt(INT32_MAX)) | (bitcastInt(sign) & broadcastInt(INT32_MIN)));
}
SIMD_INLINE Mask isnan(Vec v) { return ne(v, v); }

/** The largest number of lines for which strided loads take less time than W loads and a transposition. */
constexpr int64_t fewStrided = 3;

#if SIMDGRAD_ISA_ID != 3
// On other instruction sets a vector is not worth splitting.
constexpr bool lowerIsFaster = false;
SIMD_INLINE Vec loadLower(const float* p, int n) { return load(p, n); }
SIMD_INLINE void storeLower(float* p, Vec a, int n) { store(p, a, n); }
SIMD_INLINE Vec mulLower(Vec a, Vec b) { return a * b; }
SIMD_INLINE Vec fmaLower(Vec a, Vec b, Vec c) { return fma(a, b, c); }

// AVX-512 has an instruction for this. Elsewhere it multiplies by two exact powers, and only the second
// product can round or overflow.
SIMD_INLINE Vec scale(Vec v, Vec n) {
  const IVec k = toInt(n), half = sra<1>(k), bias = broadcastInt(127);
  return v * bitcastFloat(shl<23>(half + bias)) * bitcastFloat(shl<23>(k - half + bias));
}
#endif
SIMD_INLINE Vec powerOfTwo(Vec n) { return scale(broadcast(1.0f), n); }

template <class F>
SIMD_INLINE void forVectors(size_t n, F f) {
  size_t i = 0;
  for (; i + W <= n; i += W) f(i, All{});
  if constexpr (W > 1) {
    if (i < n) f(i, static_cast<int>(n - i));
  }
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
