#pragma once
// Packing: copies a block of A or B into the order in which the micro-kernel reads it, so that the
// micro-kernel needs no strides. Rows that lie across the reading direction are transposed in registers, W x
// W at a time.
//
//   packed A: panels of M rows (MR, fewer in the last). Element (i, p) of a panel is at p·M + i.
//   packed B: panels of NR columns (the last is zero-padded to whole vectors). Element (p, j) is at p·width +
//   j.

#include "gemm_numbers.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int turnedSteps = 4;  // steps that loadTurned transposes

/**
 * Packs one panel of A: M rows, kc steps. It stores whole vectors. The next step overwrites the lanes beyond
 * M, and the buffer has room for one more vector after the last panel.
 */
void packPanelA(const float* a, int64_t aRow, int64_t aCol, int M, int64_t kc, float* out) {
  constexpr int groups = (MR + W - 1) / W;
  if (aRow == 1) {
    for (int64_t p = 0; p < kc; p++, out += M)
      for (int i = 0; i < M; i += W) store(out + i, load(a + p * aCol + i, lanesOf(M - i)));
  } else if (aCol == 1) {
    for (int64_t p = 0; p < kc; p += W) {
      const int depth = lanesOf(kc - p);
      Vec t[groups][W];
      for (int g = 0; g < groups; g++) {
        for (int i = 0; i < W; i++) {
          const int row = g * W + i;
          t[g][i] = row >= M ? zero() : depth == W ? load(a + row * aRow + p) : load(a + row * aRow + p, depth);
        }
        transpose(t[g]);
      }
      for (int q = 0; q < depth; q++, out += M)
        for (int g = 0; g * W < M; g++) store(out + g * W, t[g][q]);
    }
  } else {
    for (int64_t p = 0; p < kc; p++, out += M)
      for (int i = 0; i < M; i++) out[i] = a[i * aRow + p * aCol];
  }
}

/** Packs a whole A of few rows: each row becomes k contiguous floats. */
void packRows(const float* a, int64_t aRow, int64_t aCol, int64_t m, int64_t k, float* out) {
  if (aRow != 1) {
    for (int64_t i = 0; i < m; i++)
      for (int64_t p = 0; p < k; p++) out[i * k + p] = a[i * aRow + p * aCol];
    return;
  }
  if (m <= fewStrided) {
    for (int64_t i = 0; i < m; i++)
      for (int64_t p = 0; p < k; p += W) store(out + i * k + p, loadStrided(a + p * aCol + i, aCol, lanesOf(k - p)), lanesOf(k - p));
    return;
  }
  for (int64_t p = 0; p < k; p += W)
    for (int64_t i = 0; i < m; i += W) {
      const int depth = lanesOf(k - p), rows = lanesOf(m - i);
      Vec t[W];
      for (int q = 0; q < W; q++) t[q] = q < depth ? load(a + (p + q) * aCol + i, rows) : zero();
      transpose(t);
      for (int r = 0; r < W; r++)
        if (r < rows) store(out + (i + r) * k + p, t[r], depth);
    }
}

/** Packs W columns (or the last few) of a panel of `width` columns. */
void packColumnsB(const float* b, int64_t bRow, int64_t bCol, int lanes, int64_t kc, int64_t width, float* out) {
  if (bCol == 1) {
    if (lanes == W)
      for (int64_t p = 0; p < kc; p++) store(out + p * width, load(b + p * bRow));
    else
      for (int64_t p = 0; p < kc; p++) store(out + p * width, load(b + p * bRow, lanes));
  } else if (bRow == 1) {
    constexpr int ahead = 64;
    int64_t p = 0;
    for (; p + turnedSteps < kc; p += W) {
      const int depth = lanesOf(kc - p);
      Vec t[W];
      if (depth == W && lanes == W)
        for (int j = 0; j < W; j++) {
          t[j] = load(b + j * bCol + p);
          // W rows are more streams than the hardware prefetcher follows. A prefetch never faults.
          __builtin_prefetch(b + j * bCol + p + ahead);
        }
      else
        for (int j = 0; j < W; j++) t[j] = j < lanes ? load(b + j * bCol + p, depth) : zero();
      transpose(t);
      if (depth == W)
        for (int q = 0; q < W; q++) store(out + (p + q) * width, t[q]);
      else
        for (int q = 0; q < depth; q++) store(out + (p + q) * width, t[q]);
    }
    // The last steps, if exactly turnedSteps: transposes W x turnedSteps instead of W x W.
    if (p + turnedSteps == kc) {
      Vec t[turnedSteps];
      loadTurned([&](int j) { return b + least(j, lanes - 1) * bCol + p; }, t);
      for (int q = 0; q < turnedSteps; q++) store(out + (p + q) * width, t[q]);
    } else {
      for (; p < kc; p++) store(out + p * width, loadStrided(b + p, bCol, lanes));
    }
  } else {
    for (int64_t p = 0; p < kc; p++) store(out + p * width, loadStrided(b + p * bRow, bCol, lanes));
  }
}

/** Packs one panel of B: up to vectorsFor(…)·W columns. `out` holds kc·packedWidth(columns) floats. */
void packPanelB(const float* b, int64_t bRow, int64_t bCol, int64_t columns, int64_t kc, float* out) {
  const int64_t width = packedWidth(columns);
  if (bCol == 1 && columns == width && width > W) {
    // Copy row by row. When B is wide, each row is in another page, which the hardware prefetcher cannot
    // predict.
    constexpr int64_t ahead = 8;
    for (int64_t p = 0; p < kc; p++, out += width, b += bRow)
      for (int64_t v = 0; v < width; v += W) {
        __builtin_prefetch(b + ahead * bRow + v);
        store(out + v, load(b + v));
      }
    return;
  }
  for (int64_t v = 0; v < width; v += W)
    packColumnsB(b + v * bCol, bRow, bCol, lanesOf(columns - v), kc, width, out + v);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
