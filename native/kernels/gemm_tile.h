#pragma once
// What gemm.cc offers to kernels that multiply small matrices of their own: its micro-kernel, and products
// with few rows.

#include "gemm_numbers.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/** The input and output of a tile of C. Element (i, j) of C lies at i·outRow + j·outCol. */
struct Tile {
  const float* partial;  // the sum over the earlier blocks of k, or null; element (i, j) at i·partialRow + j
  int64_t partialRow;
  // Set in the last block, if there is a bias. Element (i, j) gets bias[i·biasRow + j·biasCol]; one of the
  // two strides is 0.
  const float* bias;
  int64_t biasRow, biasCol;
  bool accumulate;       // set in the last block: add the old C
  float* out;
  int64_t outRow, outCol;
  int lanes;             // number of lanes in use in the last vector
};

/** A micro-kernel of M rows x N vectors, kc deep. A at a + i·ai + p·ak; B at b + p·bk. */
using Micro = void (*)(int64_t kc, const float* a, int64_t ai, int64_t ak, const float* b, int64_t bk, const Tile&);

/**
 * The micro-kernel for a tile of `rows` <= MR rows and `vectors` <= vectorsFor(rows) vectors, the last with
 * `lanes` lanes.
 */
Micro microFor(int rows, int vectors, int lanes);

/** Most rows of a thin product. */
constexpr int thinRows = 4;

/** The product of a few rows of A, which are contiguous and aRow apart, with n columns of B (gemm_thin.h). */
using Thin = void (*)(int64_t k, const float* a, int64_t aRow, const float* b, int64_t bRow, int64_t bCol, int64_t n, Tile tile);

/** The kernel for `rows` <= thinRows rows. */
Thin thinFor(int64_t rows);

}  // namespace simdgrad::SIMDGRAD_ISA_NS
