#pragma once
// Products with few rows, times columns that are contiguous along k: the forward pass of a classifier's
// output layer, A·Bᵀ in general. The other kernels would need packed B, and each packed panel would be used
// once. Here blocks of W columns x 4 steps of k are transposed in registers and multiplied at once. The
// shuffles overlap with the FMAs of earlier steps.
//
// Bits: as in gemm_micro.h.

#include "gemm_micro.h"
#include "gemm_pack.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

static_assert(CHAIN % turnedSteps == 0, "a chain is whole groups of turned steps");

/**
 * M rows of A times W columns of B (fewer if Tail), k steps. Rows of A are contiguous and aRow apart; columns
 * of B are contiguous and bCol apart.
 */
template <int M, bool Tail>
void narrow(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bCol, const Tile& tile) {
  // A few base pointers reach all rows and columns: an addressing mode can add one or two times an index for
  // free.
  constexpr int rowBases = (M + 2) / 3, columnBases = (W + 3) / 4;
  const float* rows[rowBases];
  for (int r = 0; r < rowBases; r++) rows[r] = inRegister(a + 3 * r * aRow);
  const float* columns[columnBases];
  const float* each[W];
  const int64_t bCol3 = 3 * bCol;
  for (int c = 0; c < columnBases; c++) columns[c] = inRegister(b + 4 * c * bCol);
  // Lanes after the last column read the last column again. Their sums are never stored.
  if (Tail)
    for (int j = 0; j < W; j++) each[j] = b + least(j, tile.lanes - 1) * bCol;

  Vec sum[M][1];
  const auto step = [&](int64_t p, Vec y) __attribute__((always_inline)) {
    _Pragma("GCC unroll 16") for (int i = 0; i < M; i++)
      sum[i][0] = fma(one(rows[i / 3] + p + i % 3 * aRow), y, sum[i][0]);
  };
  const auto column = [&](int j) __attribute__((always_inline)) {
    if (Tail) return each[j];
    return j % 4 == 3 ? columns[j / 4] + bCol3 : columns[j / 4] + j % 4 * bCol;
  };
  alignas(64) float total[M][W];
  for (int64_t p = 0;;) {
    const bool first = p == 0;
    const int64_t end = least(k, p + CHAIN);
    _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) sum[i][0] = zero();
    for (; p + turnedSteps <= end; p += turnedSteps) {
      Vec t[turnedSteps];
      loadTurned([&](int j) __attribute__((always_inline)) { return column(j) + p; }, t);
      _Pragma("GCC unroll 4") for (int q = 0; q < turnedSteps; q++) step(p + q, t[q]);
    }
    for (; p < end; p++) step(p, loadStrided(b + p, bCol, Tail ? tile.lanes : W));
    if (!first) _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) sum[i][0] = load(total[i]) + sum[i][0];
    if (p >= k) break;
    // Without a pragma: clang would take it for one of the loop around, and make 16 copies of that.
    for (int i = 0; i < M; i++) store(total[i], sum[i][0]);
  }
  finish<M, 1, Tail ? Last::part : Last::whole>(sum, tile);
}

using Narrow = void (*)(int64_t, const float*, int64_t, const float*, int64_t, const Tile&);

template <int M>
SIMD_INLINE Narrow pickNarrow(int64_t m, bool tail) {
  if constexpr (M > 1) {
    if (m < M) return pickNarrow<M - 1>(m, tail);
  }
  return tail ? narrow<M, true> : narrow<M, false>;
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
