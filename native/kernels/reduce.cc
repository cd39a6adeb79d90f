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
// 256 columns at a time, whose accumulators stay in the first cache. Rows are added in order within blocks of 128 rows or
// more, at most 64 blocks; then block b takes block b + 32 (where there is one), b + 16 and so on.

constexpr int64_t tileColumns = 256, maxRowBlocks = 64;
constexpr int64_t leastRows = 128;
constexpr int rowsAtOnce = 8;  // rows that one load and store of an accumulator serve

int64_t rowBlockOf(int64_t length) {
  const int64_t even = (length + maxRowBlocks - 1) / maxRowBlocks;
  return even < leastRows ? leastRows : even;
}

/** foldColumns of columns that fill N vectors, the last of them up to `lanes`: what has been added stays in registers. */
template <class Op, int N>
void foldVectors(const float* x, int64_t rows, int64_t rowStride, int lanes, float* out) {
  Vec acc[N];
  for (int v = 0; v < N; v++) acc[v] = Op::start();
  for (int64_t r = 0; r < rows; r++, x += rowStride) {
    for (int v = 0; v < N - 1; v++) acc[v] = Op::step(acc[v], load(x + v * W));
    acc[N - 1] = Op::step(acc[N - 1], load(x + (N - 1) * W, lanes));
  }
  for (int v = 0; v < N - 1; v++) store(out + v * W, acc[v]);
  store(out + (N - 1) * W, acc[N - 1], lanes);
}

/** out[j] = x[0, j] ∘ x[1, j] ∘ …, in this order, for j < columns. */
template <class Op>
void foldColumns(const float* x, int64_t rows, int64_t rowStride, int64_t columns, float* out) {
  const int64_t vectors = (columns + W - 1) / W;
  const int lanes = static_cast<int>(columns - (vectors - 1) * W);
  if (vectors == 1) return foldVectors<Op, 1>(x, rows, rowStride, lanes, out);
  if (vectors == 2) return foldVectors<Op, 2>(x, rows, rowStride, lanes, out);
  if (vectors == 3) return foldVectors<Op, 3>(x, rows, rowStride, lanes, out);
  if (vectors == 4) return foldVectors<Op, 4>(x, rows, rowStride, lanes, out);
  forVectors(static_cast<size_t>(columns), [&](size_t j, auto lanes) { store(out + j, Op::start(), lanes); });
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

template <class Op>
void reduceColumns(int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  // A single tile of a single block: to divide it takes longer than to compute it.
  if (outer == 1 && length <= leastRows && inner <= tileColumns) return foldColumns<Op>(x, length, inner, inner, out);
  const int64_t rows = rowBlockOf(length), blocks = length == 0 ? 1 : (length + rows - 1) / rows;
  const int64_t tiles = (inner + tileColumns - 1) / tileColumns;
  // Task: one tile of one outer. `spread` runs the blocks of a task in parallel instead, when tasks are few.
  const bool spread = blocks > 1 && outer * tiles < 8;
  const auto task = [&](int64_t t) {
    const int64_t o = t / tiles, column = t % tiles * tileColumns;
    const int64_t columns = inner - column < tileColumns ? inner - column : tileColumns;
    const float* from = x + o * length * inner + column;
    float* to = out + o * inner + column;
    if (blocks == 1) return foldColumns<Op>(from, length, inner, columns, to);
    float parts[maxRowBlocks * tileColumns];
    const auto foldBlocks = [&](size_t begin, size_t end) {
      for (size_t b = begin; b < end; b++) {
        const int64_t first = static_cast<int64_t>(b) * rows, left = length - first;
        foldColumns<Op>(from + first * inner, left < rows ? left : rows, inner, columns, parts + static_cast<int64_t>(b) * columns);
      }
    };
    if (spread) parallelFor(static_cast<size_t>(blocks), static_cast<size_t>(grainOf(rows * columns)), foldBlocks);
    else foldBlocks(0, static_cast<size_t>(blocks));
    for (int64_t h = maxRowBlocks / 2; h > 0; h /= 2)
      for (int64_t b = 0; b < h && b + h < blocks; b++) {
        float* into = parts + b * columns;
        const float* other = into + h * columns;
        forVectors(static_cast<size_t>(columns), [&](size_t i, auto lanes) { store(into + i, Op::step(load(into + i, lanes), load(other + i, lanes)), lanes); });
      }
    forVectors(static_cast<size_t>(columns), [&](size_t i, auto lanes) { store(to + i, load(parts + i, lanes), lanes); });
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
