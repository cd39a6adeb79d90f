#pragma once
// Folds the rows of a matrix into one row, column by column. The order depends on the number of rows alone.
// Rows are added in order within blocks of 128. 64 blocks make a chunk: block b adds block b + 32 (if there
// is one), then b + 16, and so on. Neighbouring chunks are added in pairs, then these sums in pairs, and so
// on. An element passes through at most 128 + 6 + log2(rows / 8192) operations.

#include "../numerics/fold.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

constexpr int64_t blockRows = 128, chunkBlocks = 64, chunkRows = blockRows * chunkBlocks;
constexpr int rowsAtOnce = 8;  // rows per load and store of an accumulator

/**
 * foldOnto for columns that fill N vectors, the last with `lanes` lanes. The accumulators stay in registers.
 */
template <class Op, int N>
void foldVectors(const float* x, int64_t rows, int64_t rowStride, int lanes, float* out) {
  Vec acc[N];
  for (int v = 0; v < N - 1; v++) acc[v] = load(out + v * W);
  acc[N - 1] = load(out + (N - 1) * W, lanes);
  for (int64_t r = 0; r < rows; r++, x += rowStride) {
    for (int v = 0; v < N - 1; v++) acc[v] = Op::step(acc[v], load(x + v * W));
    acc[N - 1] = Op::step(acc[N - 1], load(x + (N - 1) * W, lanes));
  }
  for (int v = 0; v < N - 1; v++) store(out + v * W, acc[v]);
  store(out + (N - 1) * W, acc[N - 1], lanes);
}

/** out[j] = out[j] ∘ x[0, j] ∘ x[1, j] ∘ …, in this order, for j < columns. */
template <class Op>
void foldOnto(const float* x, int64_t rows, int64_t rowStride, int64_t columns, float* out) {
  const int64_t vectors = (columns + W - 1) / W;
  const int lanes = static_cast<int>(columns - (vectors - 1) * W);
  if (vectors == 1) return foldVectors<Op, 1>(x, rows, rowStride, lanes, out);
  if (vectors == 2) return foldVectors<Op, 2>(x, rows, rowStride, lanes, out);
  if (vectors == 3) return foldVectors<Op, 3>(x, rows, rowStride, lanes, out);
  if (vectors == 4) return foldVectors<Op, 4>(x, rows, rowStride, lanes, out);
  int64_t r = 0;
  for (; r + rowsAtOnce <= rows; r += rowsAtOnce, x += rowsAtOnce * rowStride)
    forVectors(static_cast<size_t>(columns), [&](size_t j, auto lanes) {
      Vec acc = load(out + j, lanes);
#pragma GCC unroll 8
      for (int i = 0; i < rowsAtOnce; i++) acc = Op::step(acc, load(x + i * rowStride + j, lanes));
      store(out + j, acc, lanes);
    });
  for (; r < rows; r++, x += rowStride)
    forVectors(static_cast<size_t>(columns), [&](size_t j, auto lanes) { store(out + j, Op::step(load(out + j, lanes), load(x + j, lanes)), lanes); });
}

/** The same from the start of the operation: out[j] = x[0, j] ∘ x[1, j] ∘ …. At most blockRows rows. */
template <class Op>
void foldColumns(const float* x, int64_t rows, int64_t rowStride, int64_t columns, float* out) {
  forVectors(static_cast<size_t>(columns), [&](size_t j, auto lanes) { store(out + j, Op::start(), lanes); });
  foldOnto<Op>(x, rows, rowStride, columns, out);
}

/** into = into ∘ other. */
template <class Op>
SIMD_INLINE void join(int64_t columns, float* into, const float* other) {
  forVectors(static_cast<size_t>(columns), [&](size_t i, auto lanes) { store(into + i, Op::step(load(into + i, lanes), load(other + i, lanes)), lanes); });
}

/** Combines the results of the blocks of a chunk, `columns` each, into the first. */
template <class Op>
void joinBlocks(int64_t columns, float* parts, int64_t blocks) {
  for (int64_t h = chunkBlocks / 2; h > 0; h /= 2)
    for (int64_t b = 0; b < h && b + h < blocks; b++) join<Op>(columns, parts + b * columns, parts + (b + h) * columns);
}

/** Combines the results of chunks, which are `stride` floats apart, neighbours first, into the first. */
template <class Op>
void joinNeighbours(int64_t columns, float* parts, int64_t stride, int64_t count) {
  for (int64_t step = 1; step < count; step *= 2)
    for (int64_t i = 0; i + step < count; i += 2 * step) join<Op>(columns, parts + i * stride, parts + (i + step) * stride);
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
