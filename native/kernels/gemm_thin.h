#pragma once
// Products with up to four rows (or columns): matrix-vector products, the output of a regression, a batch of
// one sample. The other matrix is used once or a few times, so the time is that of reading it. Each variant
// reads it along its contiguous direction.
//
// Bits: element (i, j) is a sum over 16 virtual lanes. Step p of k goes to lane p mod 16. Each lane is a
// chain of FMAs in order, from 0. Then lane l adds lane l + 8, then l + 4, l + 2, l + 1. Bias and the old C
// are added as in gemm_micro.h. Vectors run along k or along the columns of B; the sums are the same.

#include <type_traits>

#include "../threads/pool.h"
#include "gemm_micro.h"
#include "gemm_pack.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int thinLanes = 16;
// Largest k for which a tree of lanes is faster than one pass per lane, because rows of B are still in cache.
// In WebAssembly these loops, those for a B in main memory and wide tiles would be a tenth of the module.
constexpr int64_t thinShort = isWasm ? 0 : 192;
// Floats of B: 16 MB, where data starts to fall out of caches of 32 MB
constexpr int64_t thinFromMemory = 1 << 22;

/** Adds the vectors in a halving tree. The result is in `of[0]`. */
template <int N>
SIMD_INLINE void halve(Vec (&of)[N], int count) {
  for (int h = count / 2; h > 0; h /= 2)
    for (int l = 0; l < h; l++) of[l] = of[l] + of[l + h];
}

/**
 * Vectors along the columns of B, which are contiguous (Dense) or bCol apart. Computes W columns of one row
 * of A.
 */
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
      asm("" : "+r"(a), "+r"(b));  // sixteen addresses at once would not fit in the registers
    }
  _Pragma("GCC unroll 16") for (int l = 0; l < thinLanes; l++)
    if (p + l < k) sum[l] = fma(broadcast(a[l * ak]), row(b + l * bRow), sum[l]);
  halve(sum, thinLanes);
  return sum[0];
}

/**
 * The same for M rows of A and N vectors of contiguous columns. It makes one pass per lane, so that it reads
 * N·W contiguous floats at a time. Reading one vector at a time would touch another page for every 64 bytes.
 * `lanes` is the number of lanes in the last vector.
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

/**
 * The same for small k: evaluates the tree of lanes recursively from its root. Computes the sum of lane `l`
 * and of the lanes that are added to it, at distances `h`, 2h, … 8. Few sums are live at a time, so they stay
 * in registers.
 */
template <int M, int N, int h, class Lanes>
SIMD_INLINE void thinTree(int64_t l, int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, Lanes lanes, Vec (&out)[M][N]) {
  if constexpr (h == thinLanes) {
    for (int i = 0; i < M; i++)
      for (int v = 0; v < N; v++) out[i][v] = zero();
    for (int64_t p = l; p < k; p += thinLanes) {
      const float* const row = b + p * bRow;
      for (int v = 0; v < N; v++) {
        const Vec y = inRegister(v == N - 1 ? load(row + v * W, lanes) : load(row + v * W));
        for (int i = 0; i < M; i++) out[i][v] = fma(broadcast(a[i * aRow + p]), y, out[i][v]);
      }
    }
  } else {
    Vec other[M][N];
    thinTree<M, N, 2 * h>(l, k, a, aRow, b, bRow, lanes, out);
    thinTree<M, N, 2 * h>(l + h, k, a, aRow, b, bRow, lanes, other);
    for (int i = 0; i < M; i++)
      for (int v = 0; v < N; v++) out[i][v] = out[i][v] + other[i][v];
  }
}

/** All columns, with thinTree: N vectors at a time, then one. */
template <int M, int N>
void thinColumnsShort(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t n, Tile tile) {
  for (; n >= N * W; n -= N * W, b += N * W, tile = behind(tile, N * W)) {
    Vec sum[M][N];
    thinTree<M, N, 1>(0, k, a, aRow, b, bRow, All{}, sum);
    finish<M, N, Last::whole>(sum, tile);
  }
  for (; n > 0; n -= W, b += W, tile = behind(tile, W)) {
    tile.lanes = lanesOf(n);
    Vec sum[M][1];
    thinTree<M, 1, 1>(0, k, a, aRow, b, bRow, tile.lanes, sum);
    finish<M, 1, Last::part>(sum, tile);
  }
}

/** Columns that thinColumnsLong processes at a time. Their sums, 16 lanes x M rows, stay in L2. */
template <int M>
constexpr int64_t columnsLong = 4096 / M;

/**
 * The same for a B in main memory, which is fast only for long contiguous reads. It adds eight rows of one
 * lane per pass and keeps the lane's sums in L1 between passes; k >= 16. For 4096 x 4096 it reads 22 to 26
 * GB/s; thinColumnsWide reads 10. `sums` holds 16·M·n floats.
 */
template <int M>
void thinColumnsLong(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t n, float* sums, Tile tile) {
  constexpr int together = 8;
  const auto rows = [&](int64_t p, auto count, float* lane, bool first) __attribute__((always_inline)) {
    Vec x[M][together];
    for (int i = 0; i < M; i++)
      for (int r = 0; r < count; r++) x[i][r] = broadcast(a[i * aRow + p + r * thinLanes]);
    forVectors(static_cast<size_t>(n), [&](size_t j, auto lanes) __attribute__((always_inline)) {
      Vec sum[M];
      for (int i = 0; i < M; i++) sum[i] = first ? zero() : load(lane + i * n + j, lanes);
      for (int r = 0; r < count; r++) {
        const Vec y = inRegister(load(b + (p + r * thinLanes) * bRow + j, lanes));
        for (int i = 0; i < M; i++) sum[i] = fma(x[i][r], y, sum[i]);
      }
      for (int i = 0; i < M; i++) store(lane + i * n + j, sum[i], lanes);
    });
  };
  for (int64_t l = 0; l < thinLanes; l++) {
    float* const lane = sums + l * M * n;
    int64_t p = l;
    for (; p + (together - 1) * thinLanes < k; p += together * thinLanes) rows(p, std::integral_constant<int, together>{}, lane, p == l);
    for (; p < k; p += thinLanes) rows(p, std::integral_constant<int, 1>{}, lane, p == l);
  }
  forVectors(static_cast<size_t>(n), [&](size_t j, auto lanes) {
    Vec out[M][1];
    for (int i = 0; i < M; i++) {
      Vec t[thinLanes];
      _Pragma("GCC unroll 16") for (int l = 0; l < thinLanes; l++) t[l] = load(sums + (l * M + i) * n + j, lanes);
      halve(t, thinLanes);
      out[i][0] = t[0];
    }
    tile.lanes = lanes;
    finish<M, 1, Last::part>(out, tile);
    tile = behind(tile, W);
  });
}

/**
 * Vectors along k, which is contiguous in A (rows aRow apart) and in B. Computes M rows of A and W columns of
 * B, R columns at a time.
 */
template <int M>
void thinDots(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bCol, int columns, Vec (&out)[M][1]) {
  constexpr int R = W < 4 ? W : 4, vectors = thinLanes / W;
  alignas(64) float partial[M][W][W];  // elements after the last column are read but never stored to C
  for (int j = (columns + R - 1) / R * R; j < W; j++)
    for (int i = 0; i < M; i++) store(partial[i][j], zero());
  for (int j = 0; j < columns; j += R) {
    const float* column[R];
    // Lanes after the last column read the last column again. Their sums are never stored.
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
    // Lanes after the last step of k add 0·0.
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

/** The last columns: `vectors` <= N vectors, the last with tile.lanes lanes. */
template <int M, int N>
void thinColumnsLast(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t vectors, const Tile& tile) {
  if constexpr (N > 1) {
    if (vectors < N) return thinColumnsLast<M, N - 1>(k, a, aRow, b, bRow, vectors, tile);
  }
  Vec sum[M][N];
  thinColumnsWide<M, N>(k, a, aRow, b, bRow, tile.lanes, sum);
  finish<M, N, Last::part>(sum, tile);
}

/** M rows of A times n columns of B. The rows of A are contiguous and aRow apart. */
template <int M>
void thin(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t bCol, int64_t n, Tile tile) {
  constexpr int N = (M <= 2 ? 8 : 4) / (isWasm ? 2 : 1);
  const auto pass = [&](int64_t columns) {
    b += columns * bCol;
    tile = behind(tile, columns);
    n -= columns;
  };
  if constexpr (thinShort > 0)
    if (bCol == 1 && k <= thinShort) return thinColumnsShort<M, M == 1 ? 4 : M == 2 ? 2 : 1>(k, a, aRow, b, bRow, n, tile);
  const bool fromMemory = !isWasm && bCol == 1 && k >= thinLanes && k * bRow >= thinFromMemory;
  while (n > 0) {
    if (fromMemory) {
      const int64_t columns = least(n, columnsLong<M>);
      float* const lanes = scratch(Slot::partial, static_cast<size_t>(thinLanes * M * columns));
      if (!lanes) return;
      thinColumnsLong<M>(k, a, aRow, b, bRow, columns, lanes, tile);
      pass(columns);
      continue;
    }
    if (bCol == 1 && n >= N * W) {
      Vec sum[M][N];
      thinColumnsWide<M, N>(k, a, aRow, b, bRow, All{}, sum);
      finish<M, N, Last::whole>(sum, tile);
      pass(N * W);
      continue;
    }
    // Fewer than four sums would be limited by the FMA latency.
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
    finish<M, 1, Last::part>(sum, tile);
    pass(tile.lanes);
  }
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
