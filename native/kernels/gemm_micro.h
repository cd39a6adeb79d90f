#pragma once
// The micro-kernel: one tile of C in registers, over the depth of one block.
//
// Bits: k is cut into chains of CHAIN steps. Within a chain an element of C is a sequence of FMAs over k in
// order; the first step is a product. The chain results are added in order, with one rounding each. Then bias
// is added (one rounding), then the old C when accumulating (one more). So the result is a function of k
// alone: tile sizes, threads and vector width cannot change it.

#include "../simd/factor.h"
#include "gemm_tile.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** The tile `columns` columns to the right. */
SIMD_INLINE Tile behind(Tile tile, int64_t columns) {
  tile.out += columns * tile.outCol;
  if (tile.bias) tile.bias += columns * tile.biasCol;
  return tile;
}

/**
 * Stores a tile whose rows do not lie along the vectors, one element at a time. `sums` has rows of `width`
 * floats.
 */
__attribute__((noinline)) void storeAcross(const float* sums, int64_t width, int64_t rows, int64_t columns, const Tile& tile) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      float x = sums[i * width + j];
      float* const out = tile.out + i * tile.outRow + j * tile.outCol;
      if (tile.bias) x += tile.bias[i * tile.biasRow + j * tile.biasCol];
      *out = tile.accumulate ? *out + x : x;
    }
}

/**
 * How many lanes of a tile's last vector are in use: all, some, or at most half. On some instruction sets a
 * half vector is faster.
 */
enum class Last { whole, part, half };

SIMD_INLINE Last lastOf(int lanes) { return lanes == W ? Last::whole : lowerIsFaster && 2 * lanes <= W ? Last::half : Last::part; }

/**
 * NEON has no masks: it stores a part of a vector by branches, which for each row are more code than a whole
 * vector. So a tile's last columns are stored one element at a time there.
 */
constexpr bool lastByElement = SIMDGRAD_ISA_ID == 4;
template <int M, int N>
SIMD_INLINE void finishByElement(Vec (&sum)[M][N], const Tile& tile);

/** Adds the partial sum, the bias and the old C to M rows x N vectors of sums, and stores them. */
template <int M, int N, Last last>
SIMD_INLINE void finish(Vec (&sum)[M][N], const Tile& tile) {
  constexpr bool Tail = last != Last::whole;
  const int lanes = Tail ? tile.lanes : W;
#define EACH_TILE_VECTOR \
  _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) _Pragma("GCC unroll 16") for (int v = 0; v < N; v++)
  if (tile.outCol != 1) {
    alignas(64) float sums[M][N * W];
    EACH_TILE_VECTOR store(sums[i] + v * W, sum[i][v]);
    storeAcross(sums[0], N * W, M, (N - 1) * W + lanes, tile);
    return;
  }
  if constexpr (Tail && lastByElement) return finishByElement<M, N>(sum, tile);
  // Whether vector v needs a mask is known at compile time.
  const auto get = [lanes](const float* p, int v) __attribute__((always_inline)) {
    return Tail && v == N - 1 ? load(p + v * W, lanes) : load(p + v * W);
  };
  if (tile.bias && tile.biasCol != 0) {
    Vec bias[N];
    for (int v = 0; v < N; v++) bias[v] = get(tile.bias, v);
    EACH_TILE_VECTOR sum[i][v] = sum[i][v] + bias[v];
  } else if (tile.bias) {
    EACH_TILE_VECTOR sum[i][v] = sum[i][v] + broadcast(tile.bias[i * tile.biasRow]);
  }
  if (tile.accumulate) {
    EACH_TILE_VECTOR sum[i][v] = get(tile.out + i * tile.outRow, v) + sum[i][v];
  }
  EACH_TILE_VECTOR {
    float* out = tile.out + i * tile.outRow + v * W;
    if (Tail && v == N - 1) {
      if constexpr (last == Last::half) storeLower(out, sum[i][v], lanes);
      else store(out, sum[i][v], lanes);
    } else {
      store(out, sum[i][v]);
    }
  }
}

/** The same for rows that are contiguous in C, where the last vector may be a part: by vectors up to it. */
template <int M, int N>
SIMD_INLINE void finishByElement(Vec (&sum)[M][N], const Tile& tile) {
  Vec last[M][1];
  for (int i = 0; i < M; i++) last[i][0] = sum[i][N - 1];
  if constexpr (N > 1) {
    Vec before[M][N - 1];
    for (int i = 0; i < M; i++)
      for (int v = 0; v < N - 1; v++) before[i][v] = sum[i][v];
    finish<M, N - 1, Last::whole>(before, tile);
  }
  const Tile rest = behind(tile, (N - 1) * W);
  if (tile.lanes == W) return finish<M, 1, Last::whole>(last, rest);
  float sums[M][W];
  for (int i = 0; i < M; i++) store(sums[i], last[i][0]);
  storeAcross(sums[0], W, M, tile.lanes, rest);
}

/** M rows x N vectors, kc deep. A at a + i·ai + p·ak; B at b + p·bk. */
template <int M, int N, Last last>
SIMD_INLINE void computeTile(int64_t kc, const float* a, int64_t ai, int64_t ak, const float* b, int64_t bk, const Tile& tile) {
  constexpr bool Tail = last != Last::whole;
  const int lanes = Tail ? tile.lanes : W;
  const auto isHalf = [](int v) __attribute__((always_inline)) { return last == Last::half && v == N - 1; };
  const Lines<M> rows(ai);
  Vec sum[M][N];
  // One step of k: calls each(i, v, the two factors) for every accumulator. The operand with fewer vectors
  // stays in registers.
  const auto step = [&](auto each) __attribute__((always_inline)) {
    const auto row = [&](int v) __attribute__((always_inline)) {
      return isHalf(v) ? loadLower(b + v * W, lanes) : Tail && v == N - 1 ? load(b + v * W, lanes) : load(b + v * W);
    };
    if constexpr (M > N) {
      Vec y[N];
      _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) y[v] = row(v);
      _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) {
        const Factor x = one(lineAt(a, rows, i));
        _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) each(i, v, x, y[v]);
      }
    } else {
      Factor x[M];
      _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) x[i] = one(lineAt(a, rows, i));
      _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) {
        const Vec y = inRegister(row(v));
        _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) each(i, v, x[i], y);
      }
    }
    a += ak;
    b += bk;
  };
  const auto chain = [&](int64_t steps) __attribute__((always_inline)) {
    for (; steps > 0; steps--)
      step([&](int i, int v, Factor x, Vec y) __attribute__((always_inline)) {
        sum[i][v] = isHalf(v) ? fmaLower(x, y, sum[i][v]) : fma(x, y, sum[i][v]);
      });
  };

  // The rows of C are written at the end, all at once, and seldom are in L1. Prefetching them here gives them
  // the time of all following chains. It gains 2 % where C does not fit in L2, and nothing elsewhere. Few
  // chains are too short for it: two are 1 to 2 % slower with it.
  if (kc >= 4 * CHAIN) {
    EACH_TILE_VECTOR __builtin_prefetch(tile.out + i * tile.outRow + v * W, 1);
  }
  EACH_TILE_VECTOR sum[i][v] = zero();
  chain(kc < CHAIN ? kc : CHAIN);
  if (kc > CHAIN || tile.partial) {
    // The result of a finished chain is added to the total while the first step of the next chain runs.
    alignas(64) float total[M][N * W];
    EACH_TILE_VECTOR {
      const float* const from = tile.partial + i * tile.partialRow + v * W;
      store(total[i] + v * W, !tile.partial ? zero() : Tail && v == N - 1 ? load(from, lanes) : load(from));
    }
    for (int64_t left = kc - CHAIN; left > 0; left -= CHAIN) {
      step([&](int i, int v, Factor x, Vec y) __attribute__((always_inline)) {
        float* const t = total[i] + v * W;
        store(t, load(t) + sum[i][v]);
        sum[i][v] = isHalf(v) ? mulLower(x, y) : x * y;
      });
      chain((left < CHAIN ? left : CHAIN) - 1);
    }
    EACH_TILE_VECTOR sum[i][v] = load(total[i] + v * W) + sum[i][v];
  }
  finish<M, N, last>(sum, tile);
#undef EACH_TILE_VECTOR
}

/**
 * Whether tiles of packed operands have code of their own, in which all strides are constants. WebAssembly's
 * loads take constants as a part of the instruction; with unknown strides a step needs two additions for each
 * row of A, and V8 spills a register: 39 GFLOP/s instead of 45. Nobody unrolls the loop: V8 spills more then.
 */
constexpr bool constantStrides = SIMDGRAD_ISA_ID == 5 || SIMDGRAD_ISA_ID == 6;

/** A tile, as `Micro` computes it. */
template <int M, int N, Last last>
void micro(int64_t kc, const float* a, int64_t ai, int64_t ak, const float* b, int64_t bk, const Tile& tile) {
  if constexpr (constantStrides && M == MR && N == NV && last == Last::whole)
    if (ai == 1 && ak == M && bk == N * W) return computeTile<M, N, last>(kc, a, 1, M, b, N * W, tile);
  computeTile<M, N, last>(kc, a, ai, ak, b, bk, tile);
}

/** The micro-kernel for a tile of m rows and n vectors, n <= vectorsFor(m). */
template <int M, int N>
SIMD_INLINE Micro pickWidth(int n, Last last) {
  if constexpr (N > 1) {
    if (n < N) return pickWidth<M, N - 1>(n, last);
  }
  // In wider tiles half a vector saves little, and each instance of the micro-kernel is 4 KB of code.
  if constexpr (lowerIsFaster && N <= NV) {
    if (last == Last::half) return micro<M, N, Last::half>;
  }
  if constexpr (W > 1) {
    if (last != Last::whole) return micro<M, N, Last::part>;
  }
  return micro<M, N, Last::whole>;
}
template <int M>
SIMD_INLINE Micro pick(int m, int n, Last last) {
  if constexpr (M > 1) {
    if (m < M) return pick<M - 1>(m, n, last);
  }
  return pickWidth<M, vectorsFor(M)>(n, last);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
