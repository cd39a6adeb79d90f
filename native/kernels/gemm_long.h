#pragma once
// Products of long k. The rounding error of a single sum would grow with every step. So k is cut into pieces
// of 2^14 steps, which the kernels of the other files compute. The sums of neighbouring pieces are added in
// pairs, then the sums of these pairs, and so on. Bias and the old C are added as in gemm_micro.h.

#include <cstdlib>

#include "isa.h"
#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int64_t longestSum = 1 << 14;

/** g without its first `steps` steps. */
SIMD_INLINE Gemm after(const Gemm& g, int64_t steps) {
  Gemm rest = g;
  rest.a += steps * g.aCol, rest.b += steps * g.bRow, rest.k -= steps;
  return rest;
}

/**
 * Writes the sums of g, without bias or old C, to `out`, densely. `spare` holds as much memory for each
 * halving of k. `product` computes a piece.
 */
void sumOfPieces(const Gemm& g, void (*product)(const Gemm&), float* out, float* spare) {
  const int64_t size = g.batch * g.m * g.n;
  if (g.k <= longestSum) {
    Gemm piece = g;
    piece.bias = nullptr, piece.accumulate = false, piece.consumer = nullptr;
    piece.c = out, piece.cBatch = g.m * g.n, piece.cRow = 0;
    return product(piece);
  }
  int64_t left = longestSum;
  while (2 * left < g.k) left *= 2;
  Gemm first = g;
  first.k = left;
  sumOfPieces(first, product, out, spare + size);
  sumOfPieces(after(g, left), product, spare, spare + size);
  forVectors(static_cast<size_t>(size), [&](size_t i, auto lanes) { store(out + i, load(out + i, lanes) + load(spare + i, lanes), lanes); });
}

/** Returns false when there is no memory for the sums of the pieces. */
bool gemmLong(const Gemm& g, void (*product)(const Gemm&)) {
  const int64_t size = g.batch * g.m * g.n, row = g.cRow != 0 ? g.cRow : g.n;
  size_t halvings = 0;
  for (int64_t steps = longestSum; steps < g.k; steps *= 2) halvings++;
  float* const sums = static_cast<float*>(std::malloc((halvings + 1) * static_cast<size_t>(size) * sizeof(float)));
  if (!sums) return false;
  sumOfPieces(g, product, sums, sums + size);
  for (int64_t s = 0; s < g.batch; s++)
    for (int64_t i = 0; i < g.m; i++) {
      const float* const from = sums + (s * g.m + i) * g.n;
      float* const to = g.c + s * g.cBatch + i * row;
      forVectors(static_cast<size_t>(g.n), [&](size_t j, auto lanes) {
        const Vec sum = g.bias ? load(from + j, lanes) + load(g.bias + j, lanes) : load(from + j, lanes);
        store(to + j, g.accumulate ? load(to + j, lanes) + sum : sum, lanes);
      });
    }
  std::free(sums);
  return true;
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
