// Runs chains (chain.h) with the loops of the elementwise kernels and the folds of the reductions, so each
// element gets the bits that the calls give it one after the other.

#include "../simd/streaming_store.h"
#include "chain_folds.h"
#include "elementwise_loops.h"
#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** 24 KB: the locals of a block, half of L1 and more. */
constexpr int64_t localFloats = 6144;
constexpr int64_t mostInBlock = 4096, leastInBlock = 512;
/** The fewest elements that a thread takes at once, divided by the number of links. */
constexpr int64_t grainElements = 16384;

void denseCopy(const Job& job, const Piece& piece) {
  const float* x = static_cast<const float*>(piece.operand[0]);
  storeVectors(static_cast<float*>(job.out) + piece.start, static_cast<size_t>(piece.n), job.past,
               [&](size_t i, auto lanes) { return load(x + i, lanes); });
}

void denseWiden(const Job& job, const Piece& piece) {
  const uint8_t* x = static_cast<const uint8_t*>(piece.operand[0]);
  float* out = static_cast<float*>(job.out) + piece.start;
  const size_t n = static_cast<size_t>(piece.n);
  size_t i = 0;
  for (; i + W <= n; i += W) store(out + i, loadU8(x + i));
  for (; i < n; i++) out[i] = static_cast<float>(x[i]);
}

/** The memory of the locals during one block, which begins with element `begin`. */
struct Block {
  char* locals;
  int64_t length, begin, end;
  int64_t total;  // elements of the whole chain

  /**
   * The address that element 0 would have. Of a local only the elements of the block exist, and the address
   * is computed as a number, because a pointer must not leave its array.
   */
  template <class T>
  T* at(const LinkPlace& place) const {
    if (place.local < 0) return reinterpret_cast<T*>(place.memory);
    const uintptr_t first = reinterpret_cast<uintptr_t>(locals) + static_cast<uintptr_t>(place.local * length) * sizeof(float);
    return reinterpret_cast<T*>(first - static_cast<uintptr_t>(begin) * sizeof(T));
  }
};

/** Whether to store past the caches: see streaming_store.h. */
bool storesPast(const Link& link, int64_t total) {
  if (link.out.local >= 0 || !link.last || link.kind == Link::reduce) return false;
  const auto floats = [](const LinkPlace& place) { return reinterpret_cast<const float*>(place.memory); };
  const LinkPlace* x = link.operand;
  return goesPast(total, floats(link.out), {floats(x[0]), floats(x[1]), floats(x[2])});
}

/** `fold`: of a reduction. */
void run(const Link& link, const ChainFold* fold, const Block& block) {
  const LinkPlace* x = link.operand;
  const bool past = storesPast(link, block.total);
  const auto walk = [&](Dense dense, const Operands& operands, void* out, bool mayStandStill) {
    walkPieces(link.walk, operands, dense, {link.p, link.q, out, past}, mayStandStill, block.begin, block.end);
  };
  const auto floats = [&](int k) { return block.at<const float>(x[k]); };
  float* const out = block.at<float>(link.out);
  switch (link.kind) {
    case Link::unary:
      return walk(unaryLoop(link.op), {{floats(0)}, {false}}, out, false);
    case Link::unaryGrad: {
      const Gradient gradient = {link.p, link.q, floats(0), floats(1), floats(2), out, past};
      return gradientLoop(link.op)(gradient, static_cast<size_t>(block.begin), static_cast<size_t>(block.end));
    }
    case Link::binary:
      return walk(binaryLoop(link.op), {{floats(0), floats(1)}, {false, false}}, out, true);
    case Link::compare:
      return walk(compareLoop(link.op), {{floats(0), floats(1)}, {false, false}}, block.at<uint8_t>(link.out), false);
    case Link::where:
      return walk(whereLoop(), {{block.at<const uint8_t>(x[0]), floats(1), floats(2)}, {true, false, false}}, out, false);
    case Link::copy:
      return walk(denseCopy, {{floats(0)}, {false}}, out, false);
    case Link::widen:
      return walk(denseWiden, {{block.at<const uint8_t>(x[0])}, {true}}, out, false);
    case Link::reduce:
      return feeds[link.op](*fold, floats(0), block.begin, block.end);
  }
}

/**
 * How the elements of a chain, seen as rows, are cut into tasks and a task into blocks. A task is `rows` rows
 * of one strip of `strip` columns: all columns, unless rows are few and long.
 */
struct Cut {
  int64_t columns, rows, strip;
  int64_t block;    // elements of a block
  int64_t foldRow;  // the length of reductions along rows, in whose fold blocks every block begins; 0: none
  int64_t tasks;

  /** The end of the block that begins with element `at`. */
  int64_t blockEnd(int64_t at, int64_t end) const {
    const int64_t ofRow = foldRow > foldBlock ? foldRow - at % foldRow : block;
    const int64_t n = ofRow < block ? ofRow : block;
    return at + n < end ? at + n : end;
  }
};

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
int64_t ceilOf(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** The least common multiple, or `limit` if it is larger. */
int64_t commonMultiple(int64_t a, int64_t b, int64_t limit) {
  int64_t x = a, y = b;
  while (y > 0) {
    const int64_t rest = x % y;
    x = y, y = rest;
  }
  return a / x > limit / b ? limit : a / x * b;
}

Cut cutOf(const Chain& c, const ChainFolds& folds) {
  const int64_t share = c.locals > 0 ? localFloats / c.locals / leastInBlock * leastInBlock : mostInBlock;
  int64_t block = most(least(share, mostInBlock), leastInBlock);
  if (folds.count == 0) return {block, 1, block, block, 0, ceilOf(c.total, block)};
  int64_t unit = 1, foldRow = 0;
  const Link& first = *folds.folds[0].link;
  bool strips = true;  // whether threads may share the columns: every reduction folds the rows of one matrix
  for (int i = 0; i < folds.count; i++) {
    const Link& link = *folds.folds[i].link;
    unit = commonMultiple(unit, foldUnit(link), c.total);
    if (link.inner == 1) foldRow = link.length;
    strips = strips && link.inner > 1 && link.inner == first.inner && link.length == c.total / link.inner;
  }
  const int64_t tasks = ceilOf(c.total, unit);
  const int64_t wanted = 2 * threadsAtOnce(), columns = first.inner;
  if (strips && tasks < wanted && columns >= 2 * leastInBlock) {
    const int64_t strip = most(leastInBlock, ceilOf(ceilOf(columns * tasks, wanted), W) * W);
    return {columns, unit / columns, strip, block, 0, tasks * ceilOf(columns, strip)};
  }
  if (foldRow > foldBlock) block = foldBlock;
  else if (foldRow > 0) block = most(block / foldRow, 1) * foldRow;
  else if (columns < block) block = block / columns * columns;
  const int64_t task = most(block / unit, 1) * unit;
  return {task, 1, task, block, foldRow, ceilOf(c.total, task)};
}

void chain(const Chain& c) {
  const ChainFolds folds(c);
  if (!folds.hasMemory) return;
  const Cut cut = cutOf(c, folds);
  const int64_t grain = grainElements / c.count / (cut.rows * cut.strip);
  const int64_t strips = ceilOf(cut.columns, cut.strip), length = cut.block;
  parallelFor(static_cast<size_t>(cut.tasks), static_cast<size_t>(most(grain, 1)), [&](size_t from, size_t to) {
    char* const locals = c.locals == 0 ? nullptr : reinterpret_cast<char*>(scratch(Slot::kernel, static_cast<size_t>(c.locals * length)));
    if (!locals && c.locals != 0) return;
    const auto runFrom = [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end;) {
        const int64_t next = cut.blockEnd(at, end);
        const ChainFold* fold = folds.folds;
        for (int i = 0; i < c.count; i++) {
          run(c.links[i], fold, {locals, length, at, next, c.total});
          fold += c.links[i].kind == Link::reduce;
        }
        at = next;
      }
    };
    for (int64_t task = static_cast<int64_t>(from); task < static_cast<int64_t>(to); task++) {
      const int64_t first = task / strips * cut.rows, column = task % strips * cut.strip;
      for (int64_t row = first; row < first + cut.rows && row * cut.columns < c.total; row++) {
        const int64_t begin = row * cut.columns + column, rowEnd = least((row + 1) * cut.columns, c.total);
        runFrom(begin, least(begin + cut.strip, rowEnd));
      }
    }
    for (int i = 0; i < c.count; i++)
      if (storesPast(c.links[i], c.total)) return fencePast();
  });
  folds.finishAll();
}

}  // namespace

void addChain(Isa& isa) { isa.chain = chain; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
