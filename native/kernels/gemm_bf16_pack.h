#pragma once
// Packing for products of bfloat16 numbers: copies a block of A or B into the order in which the micro-kernel
// of gemm_bf16_micro.h reads it, rounds it on the way, and completes an odd number of steps of k by a step of
// zeros. So all lines (rows of A, columns of B) consist of whole pairs of steps.
//
// Rounding is to the nearest bfloat16, ties to even; numbers that would be infinite in bfloat16 become
// infinite; subnormal numbers become a zero of their sign; NaN stays NaN. VCVTNE2PS2BF16 does this.
//
// A packed panel of `width` lines consists of rows of `width` elements. There are two formats:
//
//   Floats   an element is a bfloat16, widened to a float; a row is one step of k. The rows of a pair are in
//            the order in which the sum takes them: the odd step, then the even one.
//   Pairs    an element holds two steps, the even one in its low half; a row is a pair of steps. Only for
//            AVX-512 BF16.

#include "gemm_numbers.h"
#include "../simd/factor.h"
#include "../simd/tiny_as_zero.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

struct Floats {
  using Element = float;
  using Scope = TinyAsZero;
  static constexpr int rowsPerPair = 2;
  static constexpr int stepsPerVector = W;

  static SIMD_INLINE Vec rounded(Vec x) {
    const IVec bits = bitcastInt(x), even = shr<16>(bits) & broadcastInt(1);
    const IVec nearest = (bits + broadcastInt(0x7fff) + even) & broadcastInt(static_cast<int32_t>(0xffff0000));
    // The product is a zero of the sign of x, or NaN.
    return select(ge(abs(x), broadcast(0x1p-126f)), bitcastFloat(nearest), x * zero());
  }
  /** stepsPerVector steps of one line; the `depth` (at least 1) that exist, and zeros. */
  static SIMD_INLINE Vec along(const float* x, int64_t depth) { return rounded(load(x, lanesOf(depth))); }
  static SIMD_INLINE Vec along(const float* x) { return rounded(load(x)); }
  /** Which vector of transposed steps is row `row`. */
  static constexpr int stepOfRow(int row) { return row ^ 1; }
  /** Row `row` of a pair, from W lines: at(0) is the even step, at(1) the odd one. */
  template <class At>
  static SIMD_INLINE Vec across(int row, At at) {
    return rounded(at(stepOfRow(row)));
  }

  /** An element of packed A, in all lanes. */
  static SIMD_INLINE Vec one(const Element* a) { return broadcast(*a); }
  /** W elements of a row of packed B. */
  static SIMD_INLINE Vec many(const Element* b) { return load(b); }
  /** Adds the products of a row of a panel to the sum. */
  static SIMD_INLINE void add(Vec& sum, Vec x, Vec y) { sum = fmaTinyAsZero(x, y, sum); }
};

/** The same for operands with which no result is tiny: plain FMAs. */
struct LargeFloats : Floats {
  static SIMD_INLINE Factor one(const Element* a) { return SIMDGRAD_ISA_NS::one(a); }
  static SIMD_INLINE void add(Vec& sum, Factor x, Vec y) { sum = fma(x, y, sum); }
};

/**
 * The smallest magnitudes in packed A and B, other than zero. A bfloat16 of magnitude 2^e or more is a
 * multiple of 2^(e-7). So products of such numbers are multiples of 2^(e-7)·2^(f-7), and so are their sums,
 * also where they are rounded. If that is 2^-126 or more, no result other than zero is tiny.
 */
struct Smallest {
  float a = __builtin_inff(), b = __builtin_inff();

  static void note(float& smallest, const float* panel, int64_t count) {
    const Vec none = broadcast(__builtin_inff());
    Vec least = none;
    forVectors(static_cast<size_t>(count), [&](size_t i, auto lanes) {
      const Vec x = abs(load(panel + i, lanes));
      least = min(select(eq(x, zero()), none, x), least);
    });
    float each[W];
    store(each, least);
    for (const float x : each) smallest = x < smallest ? x : smallest;
  }
  /** Magnitudes may be up to twice a power of two: hence 2^-110 instead of 2^-112. */
  bool allowsTiny() const { return static_cast<double>(a) * static_cast<double>(b) < 0x1p-110; }
};

#if SIMDGRAD_ISA_ID == 3

/**
 * The instructions are written in assembly: the compiler then needs no flag for them, and cannot use them
 * anywhere else.
 */
struct Pairs {
  using Element = int32_t;
  struct Scope {  // the instruction does not depend on the mode of the processor
    SIMD_INLINE Scope() {}
  };
  static constexpr int rowsPerPair = 1;
  static constexpr int stepsPerVector = 2 * W;

  /** 32 bfloat16 numbers: those of `low`, then those of `high`. */
  static SIMD_INLINE __m512i rounded(Vec low, Vec high) {
    __m512i both;
    asm("vcvtne2ps2bf16 %2, %1, %0" : "=v"(both) : "v"(high.v), "v"(low.v));
    return both;
  }
  static SIMD_INLINE Vec along(const float* x, int64_t depth) {
    const Vec low = load(x, lanesOf(depth)), high = depth > W ? load(x + W, lanesOf(depth - W)) : zero();
    return {_mm512_castsi512_ps(rounded(low, high))};
  }
  static SIMD_INLINE Vec along(const float* x) { return {_mm512_castsi512_ps(rounded(load(x), load(x + W)))}; }
  static constexpr int stepOfRow(int row) { return row; }
  template <class At>
  static SIMD_INLINE Vec across(int, At at) {
    // Word 2i is number i of the even step, word 2i + 1 that of the odd step.
    const __m512i words = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19,
                                           3, 18, 2, 17, 1, 16, 0);
    return {_mm512_castsi512_ps(_mm512_permutexvar_epi16(words, rounded(at(0), at(1))))};
  }

  static SIMD_INLINE Vec one(const Element* a) { return bitcastFloat(broadcastInt(*a)); }
  static SIMD_INLINE Vec many(const Element* b) { return bitcastFloat(loadInt(b)); }
  static SIMD_INLINE void add(Vec& sum, Vec x, Vec y) { asm("vdpbf16ps %2, %1, %0" : "+v"(sum.v) : "v"(y.v), "v"(x.v)); }
};

#endif

SIMD_INLINE void storeRow(float* to, Vec row) { store(to, row); }
SIMD_INLINE void storeRow(int32_t* to, Vec row) { storeInt(to, bitcastInt(row)); }

/** Pairs of k steps. */
SIMD_INLINE int64_t pairsOf(int64_t k) { return (k + 1) / 2; }

/*
 * Both functions below pack `lines` lines, `line` floats apart, of k steps, `step` floats apart. They store
 * whole vectors: the lanes beyond the lines are overwritten by the next row, or the panel has room for them.
 * The buffer has room for one more vector after the last row.
 */

/** Packs up to G·W lines, each contiguous (step = 1): transposes blocks of W lines in registers. */
template <class F, int G>
void packAlong(const float* x, int64_t line, int64_t lines, int64_t k, int64_t width, typename F::Element* out) {
  constexpr int64_t ahead = 64;
  constexpr int S = F::stepsPerVector;
  int64_t rows = pairsOf(k) * F::rowsPerPair;
  for (int64_t p = 0; p < k; p += S, rows -= W, out += W * width) {
    Vec t[G][W];
    for (int g = 0; g < G && g * W < lines; g++) {
      const float* const from = x + g * W * line + p;
      if (k - p >= S && lines - g * W >= W)
        for (int i = 0; i < W; i++) {
          t[g][i] = F::along(from + i * line);
          // W lines are more streams than the hardware prefetcher follows. A prefetch never faults.
          __builtin_prefetch(from + i * line + ahead);
        }
      else
        for (int i = 0; i < W; i++) t[g][i] = g * W + i < lines ? F::along(from + i * line, k - p) : zero();
      transpose(t[g]);
    }
    for (int r = 0; r < W && r < rows; r++)
      for (int g = 0; g < G && g * W < lines; g++) storeRow(out + r * width + g * W, t[g][F::stepOfRow(r)]);
  }
}

/** Packs any lines, pair by pair. `load(p, n)` loads n lines from p on. */
template <class F, class Load>
SIMD_INLINE void packAcross(const float* x, int64_t line, int64_t step, int64_t lines, int64_t k, int64_t width, typename F::Element* out, Load load) {
  // When lines are many, each step is in another page, which the hardware prefetcher cannot predict.
  constexpr int64_t ahead = 8;
  for (int64_t p = 0; p < k; p += 2, x += 2 * step)
    for (int row = 0; row < F::rowsPerPair; row++, out += width)
      for (int64_t v = 0; v < lines; v += W) {
        const auto at = [&](int q) __attribute__((always_inline)) {
          const float* const from = x + q * step + v * line;
          __builtin_prefetch(from + ahead * step);
          return p + q < k ? load(from, lanesOf(lines - v)) : zero();
        };
        storeRow(out + v, F::across(row, at));
      }
}

template <class F>
void packAcross(const float* x, int64_t line, int64_t step, int64_t lines, int64_t k, int64_t width, typename F::Element* out) {
  if (line == 1)
    packAcross<F>(x, line, step, lines, k, width, out, [](const float* p, int n) __attribute__((always_inline)) {
      return n == W ? load(p) : load(p, n);
    });
  else packAcross<F>(x, line, step, lines, k, width, out, [=](const float* p, int n) __attribute__((always_inline)) { return loadStrided(p, line, n); });
}

/** A panel of A: up to MR rows, its width is their number. */
template <class F>
void packRowsOfA(const float* a, int64_t aRow, int64_t aCol, int64_t rows, int64_t k, typename F::Element* out) {
  if (aCol == 1 && W > 1) packAlong<F, (MR + W - 1) / W>(a, aRow, rows, k, rows, out);
  else packAcross<F>(a, aRow, aCol, rows, k, rows, out);
}

/** A panel of B: any number of columns. Its width is packedWidth(columns), filled up with zeros. */
template <class F>
void packColumnsOfB(const float* b, int64_t bRow, int64_t bCol, int64_t columns, int64_t k, typename F::Element* out) {
  const int64_t width = packedWidth(columns);
  if (bRow != 1 || W == 1) return packAcross<F>(b, bCol, bRow, columns, k, width, out);
  for (int64_t v = 0; v < width; v += W) packAlong<F, 1>(b + v * bCol, bCol, lanesOf(columns - v), k, width, out + v);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
