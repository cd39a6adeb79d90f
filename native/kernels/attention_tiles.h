#pragma once
// Tiles of attention: the scores of up to 32 queries and 64 keys, one row for each key, with the queries
// along the vectors. So the maximum and the sum over keys need no step across lanes, keys and values are read
// in place, and every product is a micro-kernel of gemm.cc.
//
// The sizes of a tile decide the order of sums. They are the same on every instruction set.

#include "descriptors.h"
#include "gemm_pack.h"
#include "gemm_tile.h"
#include "../numerics/math.h"
#include "../numerics/philox.h"
#include "../threads/pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

// Queries of a tile: two vectors of AVX-512. More would waste more work at the diagonal of a causal tile.
constexpr int64_t tileQueries = 32;
// Keys of a tile. A product over keys is one chain of FMAs; a tile of scores (8 KB) and the keys and values
// of 64 floats (32 KB) stay in L1 and L2.
constexpr int64_t tileKeys = 64;
constexpr int64_t tileFloats = tileQueries * tileKeys;
static_assert(tileKeys <= CHAIN, "one chain");
static_assert(tileKeys % 4 == 0, "a tile begins with a block of the generator");

/** m x n elements of C (+)= A·B, with the sums of gemm_micro.h. The rows of B and C are contiguous. */
void product(int64_t m, int64_t n, int64_t k, const float* a, int64_t ai, int64_t ak, const float* b, int64_t bk, float* c, int64_t cRow, bool accumulate) {
  if (m == 0) return;
  const int64_t tiles = (m + MR - 1) / MR, lower = m / tiles, taller = m - lower * tiles;
  const int64_t width = vectorsFor(lower + (taller > 0)) * W;
  for (int64_t j = 0; j < n; j += width) {
    const int64_t columns = least(width, n - j);
    const int vectors = static_cast<int>((columns + W - 1) / W), lanes = static_cast<int>(columns - (vectors - 1) * W);
    Tile tile = {nullptr, 0, nullptr, 0, 0, accumulate, c + j, cRow, 1, lanes};
    const float* rows = a;
    const auto run = [&](int64_t height, int64_t count) {
      const Micro micro = count > 0 ? microFor(static_cast<int>(height), vectors, lanes) : nullptr;
      for (; count > 0; count--, rows += height * ai, tile.out += height * cRow) micro(k, rows, ai, ak, b + j, bk, tile);
    };
    run(lower + 1, taller);
    run(lower, tiles - taller);
  }
}

/** The queries of a tile, of one head. */
struct Queries {
  int64_t b, h, first, count;
  int64_t span;  // floats in a row of the tile: `count`, rounded up to whole vectors

  Queries(const Attention& t, int64_t b, int64_t h, int64_t tile)
      : b(b), h(h), first(tile * tileQueries), count(least(tileQueries, t.queries - first)), span(packedWidth(count)) {}
  /** How many keys any of them may attend to. */
  int64_t keys(const Attention& t) const { return t.causal ? least(t.keys, first + count) : t.keys; }
  /** The place of the first query among all rows of queries. */
  int64_t row(const Attention& t) const { return (b * t.heads + h) * t.queries + first; }
};

int64_t queryTiles(const Attention& t) { return (t.queries + tileQueries - 1) / tileQueries; }
/** The head of keys and values that serves head h of queries. */
int64_t groupOf(const Attention& t, int64_t h) { return h / (t.heads / t.groups); }

/** Transposes the rows of a tile of queries: element d of query i goes to d·span + i. */
void packQueries(const Queries& at, const float* rows, int64_t step, int64_t width, float* out) {
  packPanelB(rows, 1, step, at.count, width, out);
}

/** Applies the mask to the scores of n keys from key `first` on. `room`: 2 tiles. */
void applyMask(const Attention& t, const Queries& at, int64_t first, int64_t n, float* scores, float* room) {
  const int64_t* const s = t.maskStride;
  const int64_t from = at.b * s[0] + at.h * s[1] + at.first * s[2] + first * s[3];
  if (t.added) {
    packPanelB(t.added + from, s[3], s[2], at.count, n, room);
    for (int64_t i = 0; i < n * at.span; i += W) store(scores + i, load(scores + i) + load(room + i));
    return;
  }
  const Vec hidden = broadcast(-infinity);
  float* const rows = room + tileFloats;
  for (int64_t i = 0; i < at.count; i++) {
    const uint8_t* const bytes = t.allowed + from + i * s[2];
    if (s[3] == 1)
      forVectors(static_cast<size_t>(n), [&](size_t j, auto lanes) {
        store(rows + i * tileKeys + j, select(loadMaskU8(bytes + j, lanes), zero(), hidden), lanes);
      });
    else
      for (int64_t j = 0; j < n; j++) rows[i * tileKeys + j] = bytes[j * s[3]] ? 0.0f : -infinity;
  }
  packPanelB(rows, 1, tileKeys, at.count, n, room);
  for (int64_t i = 0; i < n * at.span; i += W) store(scores + i, select(lt(load(room + i), zero()), hidden, load(scores + i)));
}

/** Hides from each query the keys after its own place. */
void hideFuture(const Queries& at, int64_t first, int64_t n, float* scores) {
  for (int64_t v = 0; v < at.span; v += W) {
    const IVec place = iota() + broadcastInt(static_cast<int32_t>(at.first - first + v));
    for (int64_t j = 0; j < n; j++) {
      float* const s = scores + j * at.span + v;
      store(s, select(igt(broadcastInt(static_cast<int32_t>(j)), place), broadcast(-infinity), load(s)));
    }
  }
}

/** The scores of n keys from key `first` on. `packed`: the queries, transposed and scaled. */
void scoresOf(const Attention& t, const Queries& at, const float* packed, const float* keys, int64_t first, int64_t n, float* scores, float* room) {
  product(n, at.span, t.width, keys + first * t.k.row, t.k.row, 1, packed, at.span, scores, at.span, false);
  if (t.added || t.allowed) applyMask(t, at, first, n, scores, room);
  if (t.causal && first + n > at.first + 1) hideFuture(at, first, n, scores);
}

/** The factors of dropout for n keys from key `first` on: see src/kernels/js/attention.ts. */
void dropoutTile(const Attention& t, const Queries& at, int64_t first, int64_t n, float* factors) {
  const Dropout dropout(t.dropout);
  const uint32_t* const state = reinterpret_cast<const uint32_t*>(t.drawn);
  const uint64_t blocksOfRow = static_cast<uint64_t>((t.keys + 3) / 4);
  for (int64_t v = 0; v < at.span; v += W) {
    uint64_t block[W];
    for (int l = 0; l < W; l++)
      block[l] = (uint64_t{state[3]} << 32 | state[2]) + static_cast<uint64_t>(at.row(t) + v + l) * blocksOfRow + static_cast<uint64_t>(first / 4);
    for (int64_t j = 0; j < n; j += 4) {
      int32_t lows[W], highs[W];
      for (int l = 0; l < W; l++, block[l - 1]++) {
        lows[l] = static_cast<int32_t>(block[l]);
        highs[l] = static_cast<int32_t>(block[l] >> 32);
      }
      IVec words[4];
      philox(state[0], state[1], loadInt(lows), loadInt(highs), words);
      for (int h = 0; h < 4; h++)
        if (j + h < n) store(factors + (j + h) * at.span + v, dropout.factor(words[h]));
    }
  }
}

void multiply(float* x, const float* factors, int64_t n) {
  for (int64_t i = 0; i < n; i += W) store(x + i, load(x + i) * load(factors + i));
}

/** Operations for each pair of a query and a key: `products` products, and about 16 for the exponential. */
double flopsOfPairs(const Attention& t, double products) {
  const double pairs = static_cast<double>(t.queries) * static_cast<double>(t.keys) * (t.causal ? 0.5 : 1);
  return pairs * (products * static_cast<double>(t.width + t.valueWidth) + 16);
}

/**
 * How many of `items` equal items with `flops` operations a thread takes at a time: all if the work is too
 * small to share, else enough pieces that no thread waits long for the last.
 */
size_t grainOf(int64_t items, double flops) {
  const double total = flops * static_cast<double>(items), least = isWarm() ? flopsPerWarmThread : flopsPerThread;
  if (total < 2 * least) return static_cast<size_t>(items > 0 ? items : 1);
  constexpr int64_t piecesPerThread = 16;
  const double fewest = flopsPerWarmThread / (flops > 1 ? flops : 1);
  const int64_t even = items / (threadsAtOnce() * piecesPerThread);
  const int64_t grain = static_cast<double>(even) > fewest ? even : static_cast<int64_t>(fewest) + 1;
  return static_cast<size_t>(grain < 1 ? 1 : grain);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
