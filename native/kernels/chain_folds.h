#pragma once
// The reductions of a chain. Each folds the elements of a block while they are in L1, in the order of
// reduce.cc: along rows block by block (fold.h), down columns by blocks of rows (fold_columns.h). The results
// of these blocks are kept, and folded when the whole chain has run. So neither the blocks of the chain nor
// the threads change the order, as long as one task has each fold block from its beginning to its end.

#include "../threads/pool.h"
#include "chain.h"
#include "fold_columns.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/** A reduction that runs: the results of its fold blocks, [outer, blocks, inner]. */
struct ChainFold {
  const Link* link;
  int64_t blocks;
  float* parts;

  int64_t outer() const { return link->walk.total / (link->length * link->inner); }
  float* out() const { return reinterpret_cast<float*>(link->out.memory); }
};

/** The number of elements between two places where threads may share the work of a reduction. */
inline int64_t foldUnit(const Link& link) {
  const int64_t rows = link.inner == 1 ? foldBlock : blockRows;
  const bool shared = link.length > rows && (link.length % rows == 0 || link.walk.total == link.length * link.inner);
  return (shared ? rows : link.length) * link.inner;
}

/** Folds elements begin … end - 1 of x, which begin and end with fold blocks. */
template <class Op>
void feedRows(const ChainFold& fold, const float* x, int64_t begin, int64_t end) {
  const int64_t length = fold.link->length;
  int64_t row = begin / length, at = begin % length;
  float* part = fold.parts + row * fold.blocks + at / foldBlock;
  while (begin < end) {
    const int64_t n = length - at < foldBlock ? length - at : foldBlock;
    *part++ = foldRun<Op>(x + begin, n);
    begin += n, at += n;
    if (at == length) at = 0;
  }
}

/** The same down columns, where elements may begin and end anywhere. */
template <class Op>
void feedColumns(const ChainFold& fold, const float* x, int64_t begin, int64_t end) {
  const int64_t length = fold.link->length, inner = fold.link->inner;
  while (begin < end) {
    const int64_t row = begin / inner, column = begin % inner, r = row % length;
    float* const part = fold.parts + (row / length * fold.blocks + r / blockRows) * inner + column;
    int64_t rows = 1, columns = inner - column;
    if (columns > end - begin) columns = end - begin;
    if (columns == inner) {
      const int64_t ofBlock = blockRows - r % blockRows, ofSlice = length - r;
      rows = (end - begin) / inner;
      if (rows > ofBlock) rows = ofBlock;
      if (rows > ofSlice) rows = ofSlice;
    }
    (r % blockRows == 0 ? foldColumns<Op> : foldOnto<Op>)(x + begin, rows, inner, columns, part);
    begin += rows * columns;
  }
}

template <class Op>
void feed(const ChainFold& fold, const float* x, int64_t begin, int64_t end) {
  (fold.link->inner == 1 ? feedRows<Op> : feedColumns<Op>)(fold, x, begin, end);
}

/** Folds the results of the blocks. */
template <class Op>
void finish(const ChainFold& fold) {
  const int64_t inner = fold.link->inner, blocks = fold.blocks;
  if (blocks == 1) return;
  for (int64_t o = 0; o < fold.outer(); o++) {
    float* const parts = fold.parts + o * blocks * inner;
    float* const out = fold.out() + o * inner;
    if (inner == 1) {
      *out = foldParts<Op>(parts, blocks);
      continue;
    }
    int64_t chunks = 0;
    for (int64_t b = 0; b < blocks; b += chunkBlocks, chunks++)
      joinBlocks<Op>(inner, parts + b * inner, blocks - b < chunkBlocks ? blocks - b : chunkBlocks);
    joinNeighbours<Op>(inner, parts, chunkBlocks * inner, chunks);
    forVectors(static_cast<size_t>(inner), [&](size_t i, auto lanes) { store(out + i, load(parts + i, lanes), lanes); });
  }
}

// In the order of reduceNames.
constexpr void (*feeds[])(const ChainFold&, const float*, int64_t, int64_t) = {feed<SumFold>, feed<ProductFold>, feed<MaxFold>, feed<MinFold>};
constexpr void (*finishes[])(const ChainFold&) = {finish<SumFold>, finish<ProductFold>, finish<MaxFold>, finish<MinFold>};

/** The reductions of a chain, in order. */
struct ChainFolds {
  ChainFold folds[maxReductions];
  int count = 0;
  bool hasMemory;

  /** A reduction of a single block needs no other memory than its output. */
  explicit ChainFolds(const Chain& c) {
    int64_t floats = 0;
    for (int i = 0; i < c.count; i++) {
      const Link& link = c.links[i];
      if (link.kind != Link::reduce) continue;
      const int64_t rows = link.inner == 1 ? foldBlock : blockRows;
      ChainFold& fold = folds[count++] = {&link, (link.length + rows - 1) / rows, nullptr};
      if (fold.blocks > 1) floats += fold.outer() * fold.blocks * link.inner;
    }
    float* parts = floats > 0 ? scratch(Slot::shared, static_cast<size_t>(floats)) : nullptr;
    hasMemory = floats == 0 || parts;
    if (!hasMemory) return;
    for (int i = 0; i < count; i++) {
      ChainFold& fold = folds[i];
      fold.parts = fold.blocks > 1 ? parts : fold.out();
      if (fold.blocks > 1) parts += fold.outer() * fold.blocks * fold.link->inner;
    }
  }
  void finishAll() const {
    for (int i = 0; i < count; i++) finishes[folds[i].link->op](folds[i]);
  }
};

}  // namespace simdgrad::SIMDGRAD_ISA_NS
