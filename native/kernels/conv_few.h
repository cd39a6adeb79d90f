#pragma once
// Micro-kernels of convolutions with up to four outputs per group, for example depthwise ones.
//
// Bits: those of gemm_thin.h for a product with the same k.

#include "conv_blocks.h"
#include "conv_tile.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** Vectors of a tile of `rows` outputs. */
constexpr int fewVectorsFor(int64_t rows) { return rows == 1 ? 4 : rows == 2 ? 2 : 1; }

/**
 * M rows x N vectors: the sum of lane `l` and of the lanes that are added to it, at distances `h`, 2h, … 8.
 * Few sums are live at a time, so they stay in registers. A at a + i·ai + p·ak.
 */
template <int M, int N, int h>
SIMD_INLINE void sumOfLanes(int64_t l, const Steps& s, const float* a, int64_t ai, int64_t ak, const float* b, Vec (&out)[M][N]) {
#define EACH_TILE_VECTOR \
  _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) _Pragma("GCC unroll 16") for (int v = 0; v < N; v++)
  if constexpr (h == fewLanes) {
    EACH_TILE_VECTOR out[i][v] = zero();
    for (int64_t p = l; p < s.steps; p += fewLanes) {
      const float* const row = b + s.offsets[p];
      Vec x[M];
      _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) x[i] = broadcast(a[i * ai + p * ak]);
      EACH_TILE_VECTOR out[i][v] = fma(x[i], load(row + v * W), out[i][v]);
    }
  } else {
    Vec other[M][N];
    sumOfLanes<M, N, 2 * h>(l, s, a, ai, ak, b, out);
    sumOfLanes<M, N, 2 * h>(l + h, s, a, ai, ak, b, other);
    EACH_TILE_VECTOR out[i][v] = out[i][v] + other[i][v];
  }
#undef EACH_TILE_VECTOR
}

template <int M, int N>
void fewOf(const Steps& s, const float* a, int64_t ai, int64_t ak, const float* b, const Tile& tile) {
  Vec sum[M][N];
  sumOfLanes<M, N, 1>(0, s, a, ai, ak, b, sum);
  if (tile.lanes == W) finish<M, N, Last::whole>(sum, tile);
  else finish<M, N, Last::part>(sum, tile);
}

template <int M, int N>
SIMD_INLINE TileKernel pickFewWidth(int n) {
  if constexpr (N > 1) {
    if (n < N) return pickFewWidth<M, N - 1>(n);
  }
  return fewOf<M, N>;
}
template <int M>
SIMD_INLINE TileKernel pickFew(int m, int n) {
  if constexpr (M > 1) {
    if (m < M) return pickFew<M - 1>(m, n);
  }
  return pickFewWidth<M, fewVectorsFor(M)>(n);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
