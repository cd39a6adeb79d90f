#pragma once
// Processes W short rows at once, one row in each lane. No row fills a vector, but there are many rows. So
// the sum over a row is in the order of its elements.

#include "simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

constexpr int64_t shortRow = 32;  // the longest such row

/** columns[c] holds element c of each row. */
struct Columns {
  Vec columns[shortRow + W - 1];  // the last block of the transposition may be wider than the rows
  SIMD_INLINE Vec& operator[](int64_t c) { return columns[c]; }
};

/** Loads `rows` (1 … W) contiguous rows of n ≤ shortRow floats. The other lanes are zeros. */
SIMD_INLINE void loadColumns(Columns& to, const float* x, int64_t n, int rows) {
  if (n <= fewStrided) {
    for (int64_t c = 0; c < n; c++) to[c] = loadStrided(x + c, n, rows);
    return;
  }
  for (int64_t c = 0; c < n; c += W) {
    const int lanes = static_cast<int>(n - c < W ? n - c : W);
    Vec square[W];
#pragma GCC unroll 16
    for (int l = 0; l < W; l++) square[l] = l < rows ? load(x + l * n + c, lanes) : zero();
    transpose(square);
#pragma GCC unroll 16
    for (int l = 0; l < W; l++) to[c + l] = square[l];
  }
}

SIMD_INLINE void storeColumns(float* out, Columns& from, int64_t n, int rows) {
  for (int64_t c = 0; c < n; c += W) {
    const int lanes = static_cast<int>(n - c < W ? n - c : W);
    Vec square[W];
#pragma GCC unroll 16
    for (int l = 0; l < W; l++) square[l] = from[c + l];
    transpose(square);
#pragma GCC unroll 16
    for (int l = 0; l < W; l++)
      if (l < rows) store(out + l * n + c, square[l], lanes);
  }
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
