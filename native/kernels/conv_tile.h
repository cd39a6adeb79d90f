#pragma once
// The micro-kernel of convolutions: one tile of C = A·B in registers, where the rows of B are not equally far
// apart. A table has the offset of each. So patches need not be unfolded to a matrix: neighbouring elements
// of a patch share most of their row.
//
// Bits: those of gemm_micro.h for a product with the same k. With several taps, each is such a product, and
// the products are added in order, from 0.

#include "gemm_micro.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

#if SIMDGRAD_ISA_ID == 1
// 8 scalar accumulators + 2 of B + 1 of A = 11 values in 16 registers.
constexpr int tileRows = 4, tileVectors = 2, registers = 16;
#elif SIMDGRAD_ISA_ID == 2
// 16 registers: 4·3 accumulators + 3 of B + 1 broadcast of A.
constexpr int tileRows = 4, tileVectors = 3, registers = 16;
#elif SIMDGRAD_ISA_ID == 5 || SIMDGRAD_ISA_ID == 6
// 16 registers on x64: 4·2 accumulators + 2 of B + 1 broadcast of A (gemm_numbers.h).
constexpr int tileRows = 4, tileVectors = 2, registers = 16;
#else
// 32 registers: 8·3 accumulators + 3 of B + 1 broadcast of A = 28. Many networks have multiples of eight
// channels.
constexpr int tileRows = 8, tileVectors = 3, registers = 32;
#endif

/** Vectors of a tile of `rows` rows. One row alone takes more, to hide the latency. */
constexpr int tileVectorsFor(int64_t rows) { return rows == 1 ? 2 * tileVectors : tileVectors; }

/** The steps of a sum: `taps` times `steps`. Row p of B lies at offsets[p], of A at p·ak. */
struct Steps {
  int64_t taps, steps;
  const int32_t* offsets;
  bool adds;  // adds the products of the taps to 0, otherwise there is one tap
};

/** M rows x N vectors. B is read in whole vectors, even if fewer lanes are stored. A at a + i·ai + p·ak. */
template <int M, int N>
void tileOf(const Steps& s, const float* a, int64_t ai, int64_t ak, const float* b, const Tile& tile) {
  const Lines<M> rows(ai);
  Vec sum[M][N];
  const int32_t* offset = s.offsets;
#define EACH_TILE_VECTOR \
  _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) _Pragma("GCC unroll 16") for (int v = 0; v < N; v++)
  const auto step = [&](auto each) __attribute__((always_inline)) {
    const float* const row = b + *offset++;
    Vec y[N];
    _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) y[v] = load(row + v * W);
    _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) {
      const Factor x = one(lineAt(a, rows, i));
      _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) each(i, v, x, y[v]);
    }
    a += ak;
  };
  const auto chain = [&](int64_t steps) __attribute__((always_inline)) {
    for (; steps > 0; steps--) step([&](int i, int v, Factor x, Vec y) __attribute__((always_inline)) { sum[i][v] = fma(x, y, sum[i][v]); });
  };
  alignas(64) float total[M][N * W], memory[M][N * W];
  // The sum over taps: in registers, if there are enough.
  constexpr bool inRegisters = (2 * M + 1) * N < registers;
  Vec all[M][N];
  const auto add = [&](int i, int v, Vec x) __attribute__((always_inline)) {
    if constexpr (inRegisters) all[i][v] = all[i][v] + x;
    else store(memory[i] + v * W, load(memory[i] + v * W) + x);
  };
  if (s.adds) EACH_TILE_VECTOR {
    if constexpr (inRegisters) all[i][v] = zero();
    else store(memory[i] + v * W, zero());
  }
  for (int64_t tap = 0; tap < s.taps; tap++) {
    EACH_TILE_VECTOR sum[i][v] = zero();
    chain(s.steps < CHAIN ? s.steps : CHAIN);
    if (s.steps > CHAIN) {
      // As in gemm_micro.h, the result of a chain is added to the total while the next chain starts.
      EACH_TILE_VECTOR store(total[i] + v * W, zero());
      for (int64_t left = s.steps - CHAIN; left > 0; left -= CHAIN) {
        step([&](int i, int v, Factor x, Vec y) __attribute__((always_inline)) {
          float* const t = total[i] + v * W;
          store(t, load(t) + sum[i][v]);
          sum[i][v] = x * y;
        });
        chain((left < CHAIN ? left : CHAIN) - 1);
      }
      EACH_TILE_VECTOR sum[i][v] = load(total[i] + v * W) + sum[i][v];
    }
    if (s.adds) EACH_TILE_VECTOR add(i, v, sum[i][v]);
  }
  if (s.adds) EACH_TILE_VECTOR sum[i][v] = inRegisters ? all[i][v] : load(memory[i] + v * W);
#undef EACH_TILE_VECTOR
  if (tile.lanes == W) finish<M, N, Last::whole>(sum, tile);
  else finish<M, N, Last::part>(sum, tile);
}

using TileKernel = void (*)(const Steps&, const float*, int64_t, int64_t, const float*, const Tile&);

template <int M, int N>
SIMD_INLINE TileKernel pickTileWidth(int n) {
  if constexpr (N > 1) {
    if (n < N) return pickTileWidth<M, N - 1>(n);
  }
  return tileOf<M, N>;
}
template <int M>
SIMD_INLINE TileKernel pickTile(int m, int n) {
  if constexpr (M > 1) {
    if (m < M) return pickTile<M - 1>(m, n);
  }
  return pickTileWidth<M, tileVectorsFor(M)>(n);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
