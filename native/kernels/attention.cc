// Scaled dot product attention with a running softmax (Dao et al., FlashAttention, 2022; FlashAttention-2,
// 2023): a tile of queries passes over the tiles of keys, so no matrix of all pairs is stored.
//
// Bits: a score is the sum of gemm_micro.h over the width, with the query scaled before. Keys are taken in
// tiles of 64 (attention_tiles.h). Within a tile, key j adds its exponential to chain j mod 4, then chain 2
// is added to 0, 3 to 1, and the second pair to the first; the values are added in one chain of FMAs. Before
// the results of a tile are added to those of the tiles before it, these are multiplied by e^(old maximum -
// new maximum). At the end the output is multiplied by the reciprocal of the sum. With up to four queries,
// without a causal mask and without dropout, the order is that of attention_few.h.
//
// Threads: over heads and tiles of queries.

#include "attention_few.h"
#include "attention_tiles.h"
#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** The running softmax of a tile of queries. */
struct Running {
  alignas(64) float max[tileQueries], sum[tileQueries];
  alignas(64) float change[tileQueries];  // the factor of what was added before the last tile
};

/** Scores of n keys become exponentials, and the sums are updated. Returns whether any factor is not 1. */
bool exponentials(const Queries& at, int64_t n, float* scores, Running& running) {
  Mask changed = lt(zero(), zero());
  const Vec one = broadcast(1.0f), none = broadcast(-infinity);
  for (int64_t v = 0; v < at.span; v += W) {
    float* const column = scores + v;
    const Vec before = load(running.max + v);
    Vec m[4] = {before, none, none, none};
    int64_t j = 0;
    for (; j + 4 <= n; j += 4)
      for (int c = 0; c < 4; c++) m[c] = max(load(column + (j + c) * at.span), m[c]);
    for (; j < n; j++) m[0] = max(load(column + j * at.span), m[0]);
    const Vec top = max(max(m[0], m[1]), max(m[2], m[3]));
    // A query without any key so far: e^(-inf - 0) is 0, and not NaN.
    const Vec shift = select(eq(top, none), zero(), top);
    Vec chain[4] = {zero(), zero(), zero(), zero()};
    const auto power = [&](int64_t key) __attribute__((always_inline)) {
      float* const s = column + key * at.span;
      const Vec e = expNotPositive(load(s) - shift);
      store(s, e);
      return e;
    };
    for (j = 0; j + 4 <= n; j += 4)
      for (int c = 0; c < 4; c++) chain[c] = chain[c] + power(j + c);
    for (int c = 0; j + c < n; c++) chain[c] = chain[c] + power(j + c);
    const Vec change = expNotPositive(before - shift);
    changed = changed | ne(change, one);
    store(running.max + v, top);
    store(running.sum + v, fma(load(running.sum + v), change, (chain[0] + chain[2]) + (chain[1] + chain[3])));
    store(running.change + v, change);
  }
  return any(changed);
}

/** Divides the sums of values by the sums of weights and stores them as rows. */
void storeRows(const Attention& t, const Queries& at, const float* sums, const Running& running) {
  float* const out = t.out.at(at.b, at.h) + at.first * t.out.row;
  float* const stats = t.stats + at.row(t);
  for (int64_t v = 0; v < at.count; v += W) {
    const int rows = lanesOf(at.count - v);
    const Vec sum = load(running.sum + v), top = load(running.max + v);
    const Vec inverse = select(eq(sum, zero()), zero(), broadcast(1.0f) / sum);
    store(stats + v, select(eq(top, broadcast(-infinity)), zero(), top) + log(sum), rows);
    for (int64_t d = 0; d < t.valueWidth; d += W) {
      const int lanes = lanesOf(t.valueWidth - d);
      Vec square[W];
      for (int r = 0; r < W; r++) square[r] = r < lanes ? load(sums + (d + r) * at.span + v) * inverse : zero();
      transpose(square);
      for (int r = 0; r < rows; r++) store(out + (v + r) * t.out.row + d, square[r], lanes);
    }
  }
}

struct Room {
  float *queries, *scores, *sums, *mask;  // mask: 2 tiles; the first serves dropout as well
};

Room roomFor(const Attention& t) {
  float* const room = scratch(Slot::kernel, static_cast<size_t>((t.width + t.valueWidth) * tileQueries + 3 * tileFloats));
  if (!room) return {};
  float* const scores = room + t.width * tileQueries;
  return {room, scores, scores + tileFloats, scores + tileFloats + t.valueWidth * tileQueries};
}

void attendTile(const Attention& t, const Queries& at, const Room& room) {
  packQueries(at, t.q.at(at.b, at.h) + at.first * t.q.row, t.q.row, t.width, room.queries);
  for (int64_t i = 0; i < t.width * at.span; i += W) store(room.queries + i, load(room.queries + i) * broadcast(t.scale));
  Running running;
  for (int64_t v = 0; v < at.span; v += W) {
    store(running.max + v, broadcast(-infinity));
    store(running.sum + v, zero());
  }
  const int64_t group = groupOf(t, at.h), keys = at.keys(t);
  const float *const k = t.k.at(at.b, group), *const v = t.v.at(at.b, group);
  if (keys == 0)
    for (int64_t i = 0; i < t.valueWidth * at.span; i += W) store(room.sums + i, zero());
  for (int64_t first = 0; first < keys; first += tileKeys) {
    const int64_t n = least(tileKeys, keys - first);
    scoresOf(t, at, room.queries, k, first, n, room.scores, room.mask);
    const bool changed = exponentials(at, n, room.scores, running);
    if (t.drawn) {
      dropoutTile(t, at, first, n, room.mask);
      multiply(room.scores, room.mask, n * at.span);
    }
    if (changed && first > 0)
      for (int64_t d = 0; d < t.valueWidth; d++) multiply(room.sums + d * at.span, running.change, at.span);
    product(t.valueWidth, at.span, n, v + first * t.v.row, 1, t.v.row, room.scores, at.span, room.sums, at.span, first > 0);
  }
  storeRows(t, at, room.sums, running);
}

void attention(const Attention& t) {
  if (areFew(t)) return attendFew(t);
  const int64_t tiles = queryTiles(t), items = t.batch * t.heads * tiles;
  parallelFor(static_cast<size_t>(items), grainOf(items, flopsOfPairs(t, 2) / static_cast<double>(tiles)), [&](size_t begin, size_t end) {
    const Room room = roomFor(t);
    if (!room.queries) return;
    for (int64_t i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end); i++) {
      // The last tiles of a causal head take the most time, so they come first.
      const int64_t head = i / tiles, tile = tiles - 1 - i % tiles;
      attendTile(t, Queries(t, head / t.heads, head % t.heads, tile), room);
    }
  });
}

}  // namespace

void addAttention(Isa& isa) { isa.attention = attention; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
