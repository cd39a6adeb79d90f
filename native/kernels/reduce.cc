// Sums, products, extremes and their positions over the middle axis of [outer, length, inner].

#include "../fold.h"
#include "../isa.h"
#include "../pool.h"
#include "../rows.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 16384;

/** Rows (or columns, or blocks) that make a chunk of work, when one of them has `each` elements. */
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }

// --- inner = 1: along rows -------------------------------------------------------------------------------------------

template <class Op>
float foldBlock(const float* x, int64_t length, int64_t block, int64_t b) {
  const int64_t from = b * block, left = length - from;
  return foldRun<Op>(x + from, left < block ? left : block);
}

template <class Op>
void reduceRows(int64_t outer, int64_t length, const float* x, float* out) {
  const int64_t block = blockOf(length), blocks = (length + block - 1) / block;
  // One long row: its blocks are the work. Many rows: the rows are. The bits are the same.
  if (blocks > 1 && outer < 16) {
    for (int64_t o = 0; o < outer; o++) {
      float parts[maxBlocks];
      const float* row = x + o * length;
      parallelFor(static_cast<size_t>(blocks), static_cast<size_t>(grainOf(block)), [&](size_t begin, size_t end) {
        for (size_t b = begin; b < end; b++) parts[b] = foldBlock<Op>(row, length, block, static_cast<int64_t>(b));
      });
      out[o] = foldRun<Op>(parts, blocks);
    }
    return;
  }
  parallelFor(static_cast<size_t>(outer), static_cast<size_t>(grainOf(length)), [&](size_t begin, size_t end) {
    for (size_t o = begin; o < end; o++) {
      const float* row = x + static_cast<int64_t>(o) * length;
      float parts[maxBlocks];
      if (blocks <= 1) out[o] = foldRun<Op>(row, length);
      else {
        for (int64_t b = 0; b < blocks; b++) parts[b] = foldBlock<Op>(row, length, block, b);
        out[o] = foldRun<Op>(parts, blocks);
      }
    }
  });
}

// --- inner > 1: down columns -----------------------------------------------------------------------------------------
//
// 64 columns at a time. Rows are added in order within blocks of 128 rows or more, at most 64 blocks; then block b takes
// block b + 32 (where there is one), b + 16 and so on.

constexpr int tileColumns = 64, tileVectors = tileColumns / W, maxRowBlocks = 64;

int64_t rowBlockOf(int64_t length) {
  const int64_t even = (length + maxRowBlocks - 1) / maxRowBlocks;
  return even < 128 ? 128 : even;
}

template <class Op, bool whole>
SIMD_INLINE void foldColumns(const float* x, int64_t rows, int64_t rowStride, int columns, float* out) {
  Vec acc[tileVectors];
  for (int j = 0; j < tileVectors; j++) acc[j] = Op::start();
  for (int64_t r = 0; r < rows; r++, x += rowStride) {
#pragma GCC unroll 64
    for (int j = 0; j < tileVectors; j++) {
      if (whole) acc[j] = Op::step(acc[j], load(x + j * W));
      else if (j * W < columns) {
        const int left = columns - j * W;
        acc[j] = Op::step(acc[j], load(x + j * W, left < W ? left : W));
      }
    }
  }
  for (int j = 0; j < tileVectors; j++) store(out + j * W, acc[j]);
}

template <class Op>
void columnBlock(const float* x, int64_t rows, int64_t rowStride, int columns, float* out) {
  if (columns == tileColumns) foldColumns<Op, true>(x, rows, rowStride, columns, out);
  else foldColumns<Op, false>(x, rows, rowStride, columns, out);
}

template <class Op>
void reduceColumns(int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  const int64_t rows = rowBlockOf(length), blocks = length == 0 ? 1 : (length + rows - 1) / rows;
  const int64_t tiles = (inner + tileColumns - 1) / tileColumns;
  // Task: one tile of one outer. `spread` runs the blocks of a task in parallel instead, when tasks are few.
  const bool spread = blocks > 1 && outer * tiles < 8;
  const auto task = [&](int64_t t) {
    const int64_t o = t / tiles, column = t % tiles * tileColumns;
    const int columns = static_cast<int>(inner - column < tileColumns ? inner - column : tileColumns);
    const float* from = x + o * length * inner + column;
    alignas(64) float parts[maxRowBlocks][tileColumns];
    const auto foldBlocks = [&](size_t begin, size_t end) {
      for (size_t b = begin; b < end; b++) {
        const int64_t first = static_cast<int64_t>(b) * rows, left = length - first;
        columnBlock<Op>(from + first * inner, left < rows ? left : rows, inner, columns, parts[b]);
      }
    };
    if (spread) parallelFor(static_cast<size_t>(blocks), static_cast<size_t>(grainOf(rows * columns)), foldBlocks);
    else foldBlocks(0, static_cast<size_t>(blocks));
    for (int64_t h = maxRowBlocks / 2; h > 0; h /= 2)
      for (int64_t b = 0; b < h && b + h < blocks; b++)
        for (int j = 0; j < tileColumns; j += W) store(parts[b] + j, Op::step(load(parts[b] + j), load(parts[b + h] + j)));
    forVectors(static_cast<size_t>(columns), [&](size_t i, auto lanes) { store(out + o * inner + column + i, load(parts[0] + i, lanes), lanes); });
  };
  const size_t tasks = static_cast<size_t>(outer * tiles);
  const int64_t each = length * (inner < tileColumns ? inner : tileColumns);
  if (spread)
    for (size_t t = 0; t < tasks; t++) task(static_cast<int64_t>(t));
  else
    parallelFor(tasks, static_cast<size_t>(grainOf(each)), [&](size_t begin, size_t end) {
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

// --- positions -------------------------------------------------------------------------------------------------------

/** The first position of the extreme of a row: find the extreme, then find it again. */
template <class Op>
int32_t positionInRow(const float* x, int64_t length) {
  const float extreme = foldRun<Op>(x, length);
  const bool nan = extreme != extreme;
  for (int64_t i = 0; i < length; i += W) {
    const int lanes = static_cast<int>(length - i < W ? length - i : W);
    const Vec v = load(x + i, lanes);
    // Lanes behind the end are zeros and may match: only a real one counts.
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
