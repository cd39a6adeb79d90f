#pragma once
// The micro-kernel for products of bfloat16 numbers: one tile of C in registers, over the pairs of one block.
//
// Bits: an element of C is one chain over the pairs of steps of k in order, from 0. A pair is two FMAs in
// float32: first the odd step, then the even one. Results that are tiny become zero (tiny_as_zero.h). This is
// what VDPBF16PS computes. Blocks of k continue the chain. Bias and the old C are added as in gemm_micro.h,
// by plain additions.

#include "gemm_bf16_pack.h"
#include "gemm_micro.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** M rows x N vectors of packed operands. */
template <class F, int M, int N, Last last>
void microBf16(int64_t pairs, const typename F::Element* a, const typename F::Element* b, const Tile& tile) {
  Vec sum[M][N];
#define EACH_TILE_VECTOR \
  _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) _Pragma("GCC unroll 16") for (int v = 0; v < N; v++)
  // Rows of a partial sum are padded to whole vectors.
  if (tile.partial) EACH_TILE_VECTOR sum[i][v] = load(tile.partial + i * tile.partialRow + v * W);
  else EACH_TILE_VECTOR sum[i][v] = zero();
  {
    const typename F::Scope scope;
    for (int64_t rows = pairs * F::rowsPerPair; rows > 0; rows--, a += M, b += N * W) {
      if constexpr (M > N) {
        Vec y[N];
        _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) y[v] = F::many(b + v * W);
        _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) {
          const auto x = F::one(a + i);
          _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) F::add(sum[i][v], x, y[v]);
        }
      } else {
        decltype(F::one(a)) x[M];
        _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) x[i] = F::one(a + i);
        _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) {
          const Vec y = inRegister(F::many(b + v * W));
          _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) F::add(sum[i][v], x[i], y);
        }
      }
    }
    EACH_TILE_VECTOR settle(sum[i][v]);
  }
#undef EACH_TILE_VECTOR
  finish<M, N, last>(sum, tile);
}

template <class F>
using MicroBf16 = void (*)(int64_t, const typename F::Element*, const typename F::Element*, const Tile&);

/** The micro-kernel for a tile of m rows and n vectors, n <= vectorsFor(m). */
template <class F, int M, int N>
SIMD_INLINE MicroBf16<F> pickWidthBf16(int n, bool whole) {
  if constexpr (N > 1) {
    if (n < N) return pickWidthBf16<F, M, N - 1>(n, whole);
  }
  if constexpr (W > 1) {
    // Packed operands are whole vectors, so a kernel for a part of the last one differs only where it stores.
    // Where that is a branch, one kernel serves for both: 48 KB less of a compressed addon.
    if (lastByElement || !whole) return microBf16<F, M, N, Last::part>;
  }
  return microBf16<F, M, N, Last::whole>;
}
template <class F, int M>
SIMD_INLINE MicroBf16<F> pickBf16(int m, int n, bool whole) {
  if constexpr (M > 1) {
    if (m < M) return pickBf16<F, M - 1>(m, n, whole);
  }
  return pickWidthBf16<F, M, vectorsFor(M)>(n, whole);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
