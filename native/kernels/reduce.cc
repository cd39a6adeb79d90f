// Sums, products, minima, maxima and their positions over the middle axis of [outer, length, inner].

#include "fold_columns.h"
#include "isa.h"
#include "../threads/pool.h"
#include "op_names.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 16384;

/** The number of rows (or columns, or blocks) per chunk, when each has `each` elements. */
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }

// --- inner = 1: along rows ---------------------------------------------------------------------------------

/** Folds a run of more than one block. */
template <class Op>
float foldBlocks(const float* x, int64_t length) {
  const int64_t blocks = blocksOf(length);
  float* const parts = scratch(Slot::kernel, static_cast<size_t>(blocks));
  if (!parts) return 0;
  for (int64_t b = 0; b < blocks; b++) parts[b] = foldRun<Op>(x + b * foldBlock, blockLength(length, b));
  return foldParts<Op>(parts, blocks);
}

template <class Op>
void reduceRows(int64_t outer, int64_t length, const float* x, float* out) {
  const int64_t blocks = blocksOf(length);
  // For a few long rows, threads share the blocks of a row; for many rows, they share the rows. The bits are
  // the same.
  if (blocks > 1 && outer < 16) {
    float* const parts = scratch(Slot::shared, static_cast<size_t>(blocks));
    if (!parts) return;
    for (int64_t o = 0; o < outer; o++) {
      const float* row = x + o * length;
      parallelFor(static_cast<size_t>(blocks), static_cast<size_t>(grainOf(foldBlock)), [&](size_t begin, size_t end) {
        for (int64_t b = static_cast<int64_t>(begin); b < static_cast<int64_t>(end); b++)
          parts[b] = foldRun<Op>(row + b * foldBlock, blockLength(length, b));
      });
      out[o] = foldParts<Op>(parts, blocks);
    }
    return;
  }
  parallelFor(static_cast<size_t>(outer), static_cast<size_t>(grainOf(length)), [&](size_t begin, size_t end) {
    for (size_t o = begin; o < end; o++) {
      const float* row = x + static_cast<int64_t>(o) * length;
      out[o] = blocks <= 1 ? foldRun<Op>(row, length) : foldBlocks<Op>(row, length);
    }
  });
}

// --- inner > 1: down columns (fold_columns.h), 256 at a time -----------------------------------------------

constexpr int64_t tileColumns = 256;

/** Folds one tile of any length. */
template <class Op>
void foldTile(const float* x, int64_t rows, int64_t rowStride, int64_t columns, float* out) {
  if (rows <= blockRows) return foldColumns<Op>(x, rows, rowStride, columns, out);
  if (rows <= chunkRows) {
    float parts[chunkBlocks * tileColumns];
    int64_t blocks = 0;
    for (int64_t r = 0; r < rows; r += blockRows, blocks++)
      foldColumns<Op>(x + r * rowStride, rows - r < blockRows ? rows - r : blockRows, rowStride, columns, parts + blocks * columns);
    joinBlocks<Op>(columns, parts, blocks);
    forVectors(static_cast<size_t>(columns), [&](size_t i, auto lanes) { store(out + i, load(parts + i, lanes), lanes); });
    return;
  }
  int64_t left = chunkRows;
  while (2 * left < rows) left *= 2;
  float right[tileColumns];
  foldTile<Op>(x, left, rowStride, columns, out);
  foldTile<Op>(x + left * rowStride, rows - left, rowStride, columns, right);
  join<Op>(columns, out, right);
}

/** The same, shared by all threads. */
template <class Op>
void foldTileTogether(const float* x, int64_t rows, int64_t rowStride, int64_t columns, float* out) {
  float parts[chunkBlocks * tileColumns];
  // A part is one or more blocks of a chunk, or neighbouring chunks. Their number is a power of two, so each
  // part is a subtree of the order above.
  int64_t each = rows <= chunkRows ? blockRows : chunkRows;
  while (each * chunkBlocks < rows) each *= 2;
  const int64_t count = (rows + each - 1) / each;
  parallelFor(static_cast<size_t>(count), static_cast<size_t>(grainOf(each * columns)), [&](size_t begin, size_t end) {
    for (int64_t p = static_cast<int64_t>(begin); p < static_cast<int64_t>(end); p++) {
      const int64_t left = rows - p * each;
      foldTile<Op>(x + p * each * rowStride, left < each ? left : each, rowStride, columns, parts + p * columns);
    }
  });
  if (rows <= chunkRows) joinBlocks<Op>(columns, parts, count);
  else joinNeighbours<Op>(columns, parts, columns, count);
  forVectors(static_cast<size_t>(columns), [&](size_t i, auto lanes) { store(out + i, load(parts + i, lanes), lanes); });
}

template <class Op>
void reduceColumns(int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  // A single tile of a single block: dividing it would take longer than computing it.
  if (outer == 1 && length <= blockRows && inner <= tileColumns) return foldColumns<Op>(x, length, inner, inner, out);
  const int64_t tiles = (inner + tileColumns - 1) / tileColumns;
  // A task is one tile of one outer index. If there are few tasks, threads share the rows of each tile
  // instead.
  const bool together = length > blockRows && outer * tiles < 8;
  const auto task = [&](int64_t t) {
    const int64_t o = t / tiles, column = t % tiles * tileColumns;
    const int64_t columns = inner - column < tileColumns ? inner - column : tileColumns;
    (together ? foldTileTogether<Op> : foldTile<Op>)(x + o * length * inner + column, length, inner, columns, out + o * inner + column);
  };
  const int64_t tasks = outer * tiles;
  const int64_t each = length * (inner < tileColumns ? inner : tileColumns);
  if (together)
    for (int64_t t = 0; t < tasks; t++) task(t);
  else
    parallelFor(static_cast<size_t>(tasks), static_cast<size_t>(grainOf(each)), [&](size_t begin, size_t end) {
      for (size_t t = begin; t < end; t++) task(static_cast<int64_t>(t));
    });
}

template <class Op>
void reduceWith(int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  if (inner == 1) reduceRows<Op>(outer, length, x, out);
  else reduceColumns<Op>(outer, length, inner, x, out);
}

void reduce(int op, int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  // In the order of reduceNames.
  static constexpr void (*bodies[])(int64_t, int64_t, int64_t, const float*, float*) = {
      reduceWith<SumFold>, reduceWith<ProductFold>, reduceWith<MaxFold>, reduceWith<MinFold>};
  bodies[op](outer, length, inner, x, out);
}

// --- positions ---------------------------------------------------------------------------------------------

/** The first position of the extreme of a row: computes the extreme, then searches for it. */
template <class Op>
int32_t positionInRow(const float* x, int64_t length) {
  const float extreme = foldRun<Op>(x, length);
  const bool nan = extreme != extreme;
  for (int64_t i = 0; i < length; i += W) {
    const int lanes = static_cast<int>(length - i < W ? length - i : W);
    const Vec v = load(x + i, lanes);
    // Lanes beyond the end are zeros and may match, so only real lanes count.
    if (!any(nan ? isnan(v) : eq(v, broadcast(extreme)))) continue;
    for (int l = 0; l < lanes; l++)
      if (nan ? x[i + l] != x[i + l] : x[i + l] == extreme) return static_cast<int32_t>(i + l);
  }
  return 0;
}

template <bool largest>
void positionsInColumns(const float* x, int64_t length, int64_t inner, int32_t* out, int lanes) {
  Vec best = load(x, lanes);
  IVec at = broadcastInt(0);
  for (int64_t l = 1; l < length; l++) {
    const Vec v = load(x + l * inner, lanes);
    const Mask beats = (largest ? gt(v, best) : lt(v, best)) | (isnan(v) & !isnan(best));
    best = select(beats, v, best);
    at = select(beats, broadcastInt(static_cast<int32_t>(l)), at);
  }
  storeInt(out, at, lanes);
}

template <class Op, bool largest>
void argReduceWith(int64_t outer, int64_t length, int64_t inner, const float* x, int32_t* out) {
  if (inner == 1) {
    parallelFor(static_cast<size_t>(outer), static_cast<size_t>(grainOf(length)), [&](size_t begin, size_t end) {
      for (size_t o = begin; o < end; o++) out[o] = positionInRow<Op>(x + static_cast<int64_t>(o) * length, length);
    });
    return;
  }
  const int64_t tiles = (inner + W - 1) / W;
  parallelFor(static_cast<size_t>(outer * tiles), static_cast<size_t>(grainOf(length * W)), [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; t++) {
      const int64_t o = static_cast<int64_t>(t) / tiles, column = static_cast<int64_t>(t) % tiles * W, left = inner - column;
      positionsInColumns<largest>(x + o * length * inner + column, length, inner, out + o * inner + column,
                                  static_cast<int>(left < W ? left : W));
    }
  });
}

void argReduce(int op, int64_t outer, int64_t length, int64_t inner, const float* x, int32_t* out) {
  if (op == 0) argReduceWith<MaxFold, true>(outer, length, inner, x, out);
  else argReduceWith<MinFold, false>(outer, length, inner, x, out);
}

}  // namespace

void addReduce(Isa& isa) {
  isa.reduce = reduce;
  isa.argReduce = argReduce;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
