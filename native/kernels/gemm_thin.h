#pragma once
// Products with up to four rows (or columns): matrix-vector products, the output of a regression, one sample at a time. The other
// matrix is used once or a few times, so reading it is all that counts, in the direction in which it lies.
//
// Bits: element (i, j) is a sum over 16 virtual lanes. Step p of k goes to lane p mod 16; each lane is a chain of FMAs in order,
// from 0; then lane l takes lane l + 8, then l + 4, l + 2, l + 1. Bias and the old C follow as in gemm_micro.h. Vectors run along k or along
// the columns of B: the same sums either way.

#include "gemm_micro.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int thinRows = 4;
constexpr int thinLanes = 16;

/** The halving tree over vectors: `of[0]` is the result. */
template <int N>
SIMD_INLINE void halve(Vec (&of)[N], int count) {
  for (int h = count / 2; h > 0; h /= 2)
    for (int l = 0; l < h; l++) of[l] = of[l] + of[l + h];
}

/** Vectors along the columns of B, which are neighbours (Dense) or bCol apart: W columns of one row of A. */
template <bool Dense>
Vec thinColumns(int64_t k, const float* a, int64_t ak, const float* b, int64_t bRow, int64_t bCol, int columns) {
  const auto row = [&](const float* p) __attribute__((always_inline)) {
    return !Dense ? loadStrided(p, bCol, columns) : columns == W ? load(p) : load(p, columns);
  };
  Vec sum[thinLanes];
  _Pragma("GCC unroll 16") for (int l = 0; l < thinLanes; l++) sum[l] = zero();
  int64_t p = 0;
  for (; p + thinLanes <= k; p += thinLanes)
    _Pragma("GCC unroll 16") for (int l = 0; l < thinLanes; l++) {
      sum[l] = fma(broadcast(*a), row(b), sum[l]);
      a += ak;
      b += bRow;
      asm("" : "+r"(a), "+r"(b));  // sixteen addresses at once would not fit the registers
    }
  _Pragma("GCC unroll 16") for (int l = 0; l < thinLanes; l++)
    if (p + l < k) sum[l] = fma(broadcast(a[l * ak]), row(b + l * bRow), sum[l]);
  halve(sum, thinLanes);
  return sum[0];
}

/**
 * The same for M rows of A and N vectors of neighbouring columns: lane after lane, so that N·W neighbours are read at a time. One
 * vector at a time would touch a page for each of its 64 bytes. `lanes`: of the last vector.
 */
template <int M, int N, class Lanes>
void thinColumnsWide(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, Lanes lanes, Vec (&out)[M][N]) {
  alignas(64) float sums[thinLanes][M][N * W];
  for (int64_t l = 0; l < thinLanes; l++) {
    Vec sum[M][N];
    _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) sum[i][v] = zero();
    for (int64_t p = l; p < k; p += thinLanes) {
      const float* const row = b + p * bRow;
      Vec x[M];
      _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) x[i] = broadcast(a[i * aRow + p]);
      _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) {
        const Vec y = inRegister(v == N - 1 ? load(row + v * W, lanes) : load(row + v * W));
        _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) sum[i][v] = fma(x[i], y, sum[i][v]);
      }
    }
    _Pragma("GCC unroll 16") for (int i = 0; i < M; i++)
        _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) store(sums[l][i] + v * W, sum[i][v]);
  }
  for (int i = 0; i < M; i++)
    for (int v = 0; v < N; v++) {
      Vec t[thinLanes];
      _Pragma("GCC unroll 16") for (int l = 0; l < thinLanes; l++) t[l] = load(sums[l][i] + v * W);
      halve(t, thinLanes);
      out[i][v] = t[0];
    }
}

/** Vectors along k, which is contiguous in A (rows aRow apart) and B: M rows of A, W columns of B, R of them at a time. */
template <int M>
void thinDots(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bCol, int columns, Vec (&out)[M][1]) {
  constexpr int R = W < 4 ? W : 4, vectors = thinLanes / W;
  alignas(64) float partial[M][W][W];  // columns behind the last one: never stored, but read
  for (int j = (columns + R - 1) / R * R; j < W; j++)
    for (int i = 0; i < M; i++) store(partial[i][j], zero());
  for (int j = 0; j < columns; j += R) {
    const float* column[R];
    // Columns behind the last one repeat it; their sums are never stored.
    for (int r = 0; r < R; r++) column[r] = b + (j + r < columns ? j + r : columns - 1) * bCol;
    Vec sum[M][R][vectors];
    const auto step = [&](int64_t p, int v, auto lanes) __attribute__((always_inline)) {
      Vec x[M];
      _Pragma("GCC unroll 4") for (int i = 0; i < M; i++) x[i] = load(a + i * aRow + p, lanes);
      _Pragma("GCC unroll 4") for (int r = 0; r < R; r++) {
        const Vec y = inRegister(load(column[r] + p, lanes));
        _Pragma("GCC unroll 4") for (int i = 0; i < M; i++) sum[i][r][v] = fma(x[i], y, sum[i][r][v]);
      }
    };
    _Pragma("GCC unroll 4") for (int i = 0; i < M; i++)
        _Pragma("GCC unroll 4") for (int r = 0; r < R; r++)
            _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++) sum[i][r][v] = zero();
    int64_t p = 0;
    for (; p + thinLanes <= k; p += thinLanes)
      _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++) step(p + v * W, v, All{});
    // The lanes that k does not reach add 0·0.
    _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++)
      if (p + v * W < k) step(p + v * W, v, k - p - v * W < W ? static_cast<int>(k - p - v * W) : W);
    _Pragma("GCC unroll 4") for (int i = 0; i < M; i++)
        _Pragma("GCC unroll 4") for (int r = 0; r < R; r++) {
          halve(sum[i][r], vectors);
          store(partial[i][j + r], sum[i][r][0]);
        }
  }
  for (int i = 0; i < M; i++) {
    Vec t[W];
    _Pragma("GCC unroll 16") for (int j = 0; j < W; j++) t[j] = load(partial[i][j]);
    out[i][0] = halveEach(t);
  }
}

/** The last columns, which fill `vectors` <= N vectors, the last of them up to tile.lanes. */
template <int M, int N>
void thinColumnsLast(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t vectors, const Tile& tile) {
  if constexpr (N > 1) {
    if (vectors < N) return thinColumnsLast<M, N - 1>(k, a, aRow, b, bRow, vectors, tile);
  }
  Vec sum[M][N];
  thinColumnsWide<M, N>(k, a, aRow, b, bRow, tile.lanes, sum);
  finish<M, N, true>(sum, tile);
}

/** M rows of A times n columns of B. A's rows are contiguous, aRow apart. */
template <int M>
void thin(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t bCol, int64_t n, Tile tile) {
  constexpr int N = M <= 2 ? 8 : 4;
  const auto pass = [&](int64_t columns) {
    b += columns * bCol;
    tile.out += columns * tile.outCol;
    if (tile.bias) tile.bias += columns * tile.biasCol;
    n -= columns;
  };
  while (n > 0) {
    if (bCol == 1 && n >= N * W) {
      Vec sum[M][N];
      thinColumnsWide<M, N>(k, a, aRow, b, bRow, All{}, sum);
      finish<M, N, false>(sum, tile);
      pass(N * W);
      continue;
    }
    // Fewer sums than four would wait for each other.
    const int64_t vectors = (n + W - 1) / W;
    if (bCol == 1 && vectors * M >= 4) {
      tile.lanes = static_cast<int>(n - (vectors - 1) * W);
      return thinColumnsLast<M, N>(k, a, aRow, b, bRow, vectors, tile);
    }
    tile.lanes = n < W ? static_cast<int>(n) : W;
    Vec sum[M][1];
    if (bRow == 1 && W > 1) thinDots<M>(k, a, aRow, b, bCol, tile.lanes, sum);
    else
      for (int i = 0; i < M; i++)
        sum[i][0] = bCol == 1 ? thinColumns<true>(k, a + i * aRow, 1, b, bRow, bCol, tile.lanes)
                              : thinColumns<false>(k, a + i * aRow, 1, b, bRow, bCol, tile.lanes);
    finish<M, 1, true>(sum, tile);
    pass(tile.lanes);
  }
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
