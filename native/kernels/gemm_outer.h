#pragma once
// Products of few steps of k: sums of outer products, for which storing costs as much as computing. All steps
// of B for a few vectors of columns stay in registers while the loop goes through the rows of C.
//
// Bits: as in gemm_micro.h; the product is a single chain.

#include "gemm_micro.h"
#include "gemm_pack.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int64_t outerSteps = 4;
static_assert(outerSteps <= CHAIN, "one chain");

/** All m rows of N vectors of columns, K steps of k. The vectors hold rows of C. */
template <int K, int N, class Lanes>
void outer(int64_t m, const float* a, int64_t aRow, int64_t aCol, const float* b, int64_t bRow, int64_t bCol, Lanes lanes, const Tile& tile) {
  Vec y[K][N], shift[N] = {};
  for (int p = 0; p < K; p++)
    for (int v = 0; v < N; v++) {
      const float* const from = b + p * bRow + v * W * bCol;
      y[p][v] = bCol == 1 ? load(from, lanes) : loadStrided(from, bCol, lanes);
    }
  const bool along = tile.bias && tile.biasCol != 0, across = tile.bias && tile.biasCol == 0;
  if (along)
    for (int v = 0; v < N; v++) shift[v] = load(tile.bias + v * W, lanes);
  float* out = tile.out;
  for (int64_t i = 0; i < m; i++, a += aRow, out += tile.outRow) {
    Vec sum[N];
    for (int v = 0; v < N; v++) sum[v] = zero();
    _Pragma("GCC unroll 4") for (int p = 0; p < K; p++) {
      const Vec x = broadcast(a[p * aCol]);
      for (int v = 0; v < N; v++) sum[v] = fma(x, y[p][v], sum[v]);
    }
    if (along)
      for (int v = 0; v < N; v++) sum[v] = sum[v] + shift[v];
    if (across)
      for (int v = 0; v < N; v++) sum[v] = sum[v] + broadcast(tile.bias[i * tile.biasRow]);
    if (tile.accumulate)
      for (int v = 0; v < N; v++) sum[v] = load(out + v * W, lanes) + sum[v];
    for (int v = 0; v < N; v++) store(out + v * W, sum[v], lanes);
  }
}

/** All n columns. */
template <int K>
void outerColumns(int64_t m, int64_t n, const float* a, int64_t aRow, int64_t aCol, const float* b, int64_t bRow, int64_t bCol, Tile tile) {
  constexpr int N = 4;
  for (; n >= N * W; n -= N * W, b += N * W * bCol, tile = behind(tile, N * W)) outer<K, N>(m, a, aRow, aCol, b, bRow, bCol, All{}, tile);
  for (; n > 0; n -= W, b += W * bCol, tile = behind(tile, W)) outer<K, 1>(m, a, aRow, aCol, b, bRow, bCol, lanesOf(n), tile);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
