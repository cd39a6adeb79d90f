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
//   Pairs    an element holds two steps, the even one in its low half; a row is a pair. Only for AVX-512 BF16.

#include "gemm_numbers.h"
#include "gemm_pack.h"
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
  /** The rows of a pair, from W lines at both steps. */
  static SIMD_INLINE void across(Vec even, Vec odd, Vec (&rows)[rowsPerPair]) {
    rows[0] = rounded(odd);
    rows[1] = rounded(even);
  }

  static SIMD_INLINE Vec one(const Element* a) { return broadcast(*a); }
  static SIMD_INLINE Vec many(const Element* b) { return load(b); }
  static SIMD_INLINE void add(Vec& sum, Vec x, Vec y) { sum = fmaTinyAsZero(x, y, sum); }
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
  static SIMD_INLINE void across(Vec even, Vec odd, Vec (&rows)[rowsPerPair]) {
    // Word 2i is number i of the even step, word 2i + 1 that of the odd step.
    const __m512i words = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19,
                                           3, 18, 2, 17, 1, 16, 0);
    rows[0] = {_mm512_castsi512_ps(_mm512_permutexvar_epi16(words, rounded(even, odd)))};
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

/**
 * Packs `lines` (at most G·W) lines, `line` floats apart, of k steps, `step` floats apart. It stores whole
 * vectors. If lines is less than G·W, the next row overwrites the lanes beyond the lines, or the panel has
 * that width; the buffer has room for one more vector after the last row.
 */
template <class F, int G>
void packLines(const float* x, int64_t line, int64_t step, int64_t lines, int64_t k, int64_t width, typename F::Element* out) {
  const int64_t rows = pairsOf(k) * F::rowsPerPair;
  if (step == 1 && W > 1) {
    constexpr int64_t ahead = 64;
    constexpr int S = F::stepsPerVector;
    for (int64_t p = 0; p < k; p += S, out += W * width) {
      const int64_t depth = k - p;
      Vec t[G][W];
      for (int g = 0; g < G && g * W < lines; g++) {
        if (depth >= S && lines - g * W >= W)
          for (int i = 0; i < W; i++) {
            const float* const from = x + (g * W + i) * line + p;
            t[g][i] = F::along(from);
            // W lines are more streams than the hardware prefetcher follows. A prefetch never faults.
            __builtin_prefetch(from + ahead);
          }
        else
          for (int i = 0; i < W; i++) t[g][i] = g * W + i < lines ? F::along(x + (g * W + i) * line + p, depth) : zero();
        transpose(t[g]);
      }
      const int64_t left = rows - p / S * W;
      for (int r = 0; r < W && r < left; r++)
        for (int g = 0; g < G && g * W < lines; g++) storeRow(out + r * width + g * W, t[g][F::stepOfRow(r)]);
    }
    return;
  }
  const auto vectorAt = [&](int64_t p, int g) __attribute__((always_inline)) {
    const float* const from = x + p * step + g * W * line;
    const int lanes = lanesOf(lines - g * W);
    return line != 1 ? loadStrided(from, line, lanes) : lanes == W ? load(from) : load(from, lanes);
  };
  for (int64_t p = 0; p < k; p += 2, out += F::rowsPerPair * width) {
    Vec t[G][F::rowsPerPair];
    for (int g = 0; g < G && g * W < lines; g++) F::across(vectorAt(p, g), p + 1 < k ? vectorAt(p + 1, g) : zero(), t[g]);
    for (int r = 0; r < F::rowsPerPair; r++)
      for (int g = 0; g < G && g * W < lines; g++) storeRow(out + r * width + g * W, t[g][r]);
  }
}

/** A panel of A: up to MR rows, its width is their number. */
template <class F>
void packRowsOfA(const float* a, int64_t aRow, int64_t aCol, int64_t rows, int64_t k, typename F::Element* out) {
  packLines<F, (MR + W - 1) / W>(a, aRow, aCol, rows, k, rows, out);
}

/** A panel of B: any number of columns. Its width is packedWidth(columns), filled up with zeros. */
template <class F>
void packColumnsOfB(const float* b, int64_t bRow, int64_t bCol, int64_t columns, int64_t k, typename F::Element* out) {
  const int64_t width = packedWidth(columns);
  for (int64_t v = 0; v < width; v += W) packLines<F, 1>(b + v * bCol, bCol, bRow, lanesOf(columns - v), k, width, out + v);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
