// The gradients of attention (Dao et al., FlashAttention-2, 2023). The weights of a tile are computed again
// from the scores and the log-sum-exp of each query.
//
// Bits: a score and the product of a gradient and a value are sums of gemm_micro.h over the width. Then each
// tile of 32 queries and 64 keys adds one product to the gradients of its queries, keys and values: a
// chain of FMAs over its keys or queries. These products are added in order: to a query those of its tiles of
// keys; to a key and a value, from 0, those of all tiles of queries, head by head. The mean slope of a query,
// g·out, is a fold of fold.h. The order does not depend on how the work is cut below.
//
// Threads: over the heads of keys, which have nothing in common. If there are too few, the gradients of keys
// and values are computed by blocks of keys, and then those of queries by tiles of queries: two of the seven
// products are then computed twice, but any number of threads can share the work.

#include "../numerics/fold.h"
#include "attention_tiles.h"
#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

// Keys whose gradients are added up together: with 64 floats in a row, the gradients of keys and values and
// these themselves are 512 KB, half of an L2 of 1 MB.
constexpr int64_t blockKeys = 512;
static_assert(blockKeys % tileKeys == 0, "a block is whole tiles");

struct Room {
  float *queries, *g, *weights, *slopes, *mask;  // mask: 2 tiles; the first serves dropout as well
};

Room roomFor(const Attention& t) {
  float* const room = scratch(Slot::kernel, static_cast<size_t>((t.width + t.valueWidth) * tileQueries + 4 * tileFloats));
  if (!room) return {};
  float* const g = room + t.width * tileQueries;
  float* const tiles = g + t.valueWidth * tileQueries;
  return {room, g, tiles, tiles + tileFloats, tiles + 2 * tileFloats};
}

/** What the gradients of a tile of queries need: queries and gradients, transposed, and numbers per query. */
struct Prepared {
  alignas(64) float stats[tileQueries], mean[tileQueries];
};

void prepare(const Attention& t, const Queries& at, const Room& room, Prepared& with) {
  packQueries(at, t.q.at(at.b, at.h) + at.first * t.q.row, t.q.row, t.width, room.queries);
  for (int64_t i = 0; i < t.width * at.span; i += W) store(room.queries + i, load(room.queries + i) * broadcast(t.scale));
  const float* const g = t.g.at(at.b, at.h) + at.first * t.g.row;
  const float* const out = t.givenOut.at(at.b, at.h) + at.first * t.givenOut.row;
  packQueries(at, g, t.g.row, t.valueWidth, room.g);
  for (int64_t i = 0; i < at.span; i++) {
    // Lanes after the last query: their results are not used.
    const float stats = i < at.count ? t.givenStats[at.row(t) + i] : 0;
    with.stats[i] = stats == -infinity ? 0 : stats;
    with.mean[i] = i >= at.count ? 0 : t.scale * fold<SumFold>(t.valueWidth, [&](int64_t d, auto lanes) {
      return load(g + i * t.g.row + d, lanes) * load(out + i * t.givenOut.row + d, lanes);
    });
  }
}

/** Scores become weights, and products of gradients and values become slopes of scores. */
template <bool dropout>
void slopesOf(const Attention& t, const Queries& at, const Prepared& with, int64_t n, const Room& room) {
  const Vec scale = broadcast(t.scale);
  for (int64_t v = 0; v < at.span; v += W) {
    const Vec stats = load(with.stats + v), mean = load(with.mean + v);
    for (int64_t j = 0; j < n; j++) {
      const int64_t i = j * at.span + v;
      const Vec weight = exp(load(room.weights + i) - stats);
      Vec slope = load(room.slopes + i);
      if constexpr (dropout) {
        const Vec factor = load(room.mask + i);
        slope = slope * factor;
        store(room.weights + i, weight * factor);
      } else {
        store(room.weights + i, weight);
      }
      store(room.slopes + i, weight * fma(slope, scale, -mean));
    }
  }
}

/** The queries of some heads and keys of one head of keys, and which gradients to compute. */
struct Task {
  int64_t b, group, firstHead, endHead, firstTile, endTile, firstKey, endKey;
  bool ofQueries, ofKeys;
};

void addTile(const Attention& t, const Task& task, const Queries& at, const Prepared& with, int64_t first, int64_t n, const Room& room) {
  const float *const k = t.k.at(task.b, task.group), *const v = t.v.at(task.b, task.group);
  const float *const q = t.q.at(at.b, at.h) + at.first * t.q.row, *const g = t.g.at(at.b, at.h) + at.first * t.g.row;
  scoresOf(t, at, room.queries, k, first, n, room.weights, room.mask);
  product(n, at.span, t.valueWidth, v + first * t.v.row, t.v.row, 1, room.g, at.span, room.slopes, at.span, false);
  if (t.drawn) {
    dropoutTile(t, at, first, n, room.mask);
    slopesOf<true>(t, at, with, n, room);
  } else {
    slopesOf<false>(t, at, with, n, room);
  }
  if (task.ofKeys && t.gv.first)
    product(n, t.valueWidth, at.count, room.weights, at.span, 1, g, t.g.row, t.gv.at(task.b, task.group) + first * t.gv.row, t.gv.row, true);
  if (task.ofKeys && t.gk.first)
    product(n, t.width, at.count, room.slopes, at.span, 1, q, t.q.row, t.gk.at(task.b, task.group) + first * t.gk.row, t.gk.row, true);
  if (task.ofQueries)
    product(at.count, t.width, n, room.slopes, 1, at.span, k + first * t.k.row, t.k.row, t.gq.at(at.b, at.h) + at.first * t.gq.row, t.gq.row, first > 0);
}

void clear(float* rows, int64_t step, int64_t count, int64_t width) {
  for (int64_t i = 0; i < count; i++)
    forVectors(static_cast<size_t>(width), [&](size_t d, auto lanes) { store(rows + i * step + d, zero(), lanes); });
}

void run(const Attention& t, const Task& task, const Room& room) {
  if (task.ofKeys && t.gk.first) clear(t.gk.at(task.b, task.group) + task.firstKey * t.gk.row, t.gk.row, task.endKey - task.firstKey, t.width);
  if (task.ofKeys && t.gv.first) clear(t.gv.at(task.b, task.group) + task.firstKey * t.gv.row, t.gv.row, task.endKey - task.firstKey, t.valueWidth);
  if (task.ofQueries && t.keys == 0)
    for (int64_t h = task.firstHead; h < task.endHead; h++)
      clear(t.gq.at(task.b, h) + task.firstTile * tileQueries * t.gq.row, t.gq.row, least(t.queries, task.endTile * tileQueries) - task.firstTile * tileQueries, t.width);
  for (int64_t block = task.firstKey; block < task.endKey; block += blockKeys)
    for (int64_t h = task.firstHead; h < task.endHead; h++)
      for (int64_t tile = task.firstTile; tile < task.endTile; tile++) {
        const Queries at(t, task.b, h, tile);
        const int64_t end = least(least(task.endKey, block + blockKeys), at.keys(t));
        if (end <= block) continue;
        Prepared with;
        prepare(t, at, room, with);
        for (int64_t first = block; first < end; first += tileKeys) addTile(t, task, at, with, first, least(tileKeys, end - first), room);
      }
}

void attentionGrad(const Attention& t) {
  const bool ofQueries = t.gq.first != nullptr, ofKeys = t.gk.first != nullptr || t.gv.first != nullptr;
  const int64_t tiles = queryTiles(t), groups = t.batch * t.groups, each = t.groups == 0 ? 0 : t.heads / t.groups;
  const int64_t blocks = (t.keys + blockKeys - 1) / blockKeys;
  const auto over = [&](int64_t items, double products, auto taskOf) {
    const double flops = flopsOfPairs(t, products) * static_cast<double>(t.batch * t.heads) / static_cast<double>(items > 0 ? items : 1);
    parallelFor(static_cast<size_t>(items), grainOf(items, flops), [&](size_t begin, size_t end) {
      const Room room = roomFor(t);
      if (!room.queries) return;
      for (int64_t i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end); i++) run(t, taskOf(i), room);
    });
  };
  const auto whole = [&](int64_t i) { return Task{i / t.groups, i % t.groups, i % t.groups * each, (i % t.groups + 1) * each, 0, tiles, 0, t.keys, ofQueries, ofKeys}; };
  // Turns of the threads, in products: five for each pair, or seven that can be cut anywhere.
  const int64_t atOnce = threadsAtOnce(), turns = (groups + atOnce - 1) / atOnce;
  const bool together = ofQueries && ofKeys ? 5 * turns * atOnce <= 7 * groups : groups >= 4 * atOnce;
  if (together) return over(groups, 5, whole);
  if (ofKeys)
    over(groups * (blocks > 0 ? blocks : 1), 4, [&](int64_t i) {
      Task task = whole(blocks > 0 ? i / blocks : i);
      task.ofQueries = false;
      if (blocks > 0) task.firstKey = i % blocks * blockKeys, task.endKey = least(t.keys, task.firstKey + blockKeys);
      return task;
    });
  if (ofQueries)
    over(t.batch * t.heads * tiles, 3, [&](int64_t i) {
      const int64_t head = i / tiles, h = head % t.heads, tile = tiles - 1 - i % tiles;
      return Task{head / t.heads, groupOf(t, h), h, h + 1, tile, tile + 1, 0, t.keys, true, false};
    });
}

}  // namespace

void addAttentionGrad(Isa& isa) { isa.attentionGrad = attentionGrad; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
