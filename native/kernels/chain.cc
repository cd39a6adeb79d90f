// Runs chains (chain.h) with the loops of the elementwise kernels, so each element gets the bits that the
// calls give it one after the other.

#include "../simd/streaming_store.h"
#include "../threads/pool.h"
#include "elementwise_loops.h"
#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** 24 KB: the locals of a block, half of L1 and more. */
constexpr int64_t localFloats = 6144;
constexpr int64_t mostInBlock = 4096, leastInBlock = 512;
/** Elements of a thread's chunk, divided by the number of links. */
constexpr int64_t grainElements = 16384;

int64_t blockOf(int locals) {
  const int64_t share = locals > 0 ? localFloats / locals / leastInBlock * leastInBlock : mostInBlock;
  return share > mostInBlock ? mostInBlock : share < leastInBlock ? leastInBlock : share;
}

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
  if (link.out.local >= 0 || !link.last) return false;
  const auto floats = [](const LinkPlace& place) { return reinterpret_cast<const float*>(place.memory); };
  const LinkPlace* x = link.operand;
  return goesPast(total, floats(link.out), {floats(x[0]), floats(x[1]), floats(x[2])});
}

void run(const Link& link, const Block& block) {
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
  }
}

void chain(const Chain& c) {
  const int64_t length = blockOf(c.locals);
  const int64_t share = grainElements / c.count / length * length;
  parallelFor(static_cast<size_t>(c.total), static_cast<size_t>(share < length ? length : share), [&](size_t begin, size_t end) {
    char* const locals = c.locals == 0 ? nullptr : reinterpret_cast<char*>(scratch(Slot::kernel, static_cast<size_t>(c.locals * length)));
    for (int64_t at = static_cast<int64_t>(begin); at < static_cast<int64_t>(end); at += length) {
      const int64_t last = at + length < static_cast<int64_t>(end) ? at + length : static_cast<int64_t>(end);
      for (int i = 0; i < c.count; i++) run(c.links[i], {locals, length, at, last, c.total});
    }
    for (int i = 0; i < c.count; i++)
      if (storesPast(c.links[i], c.total)) return fencePast();
  });
}

}  // namespace

void addChain(Isa& isa) { isa.chain = chain; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
