#pragma once
// Attention of up to four queries over many keys: the decoding of one token with a cache of keys and values.
// Each key and value is used once or a few times, so the time is that of reading them.
//
// Bits: keys are cut into pieces of 256. In a piece, the scores have the order of gemm_thin.h with the query
// scaled before, the sum of the exponentials is a fold of fold.h, and the values are added key by key in
// chains of 64 FMAs, whose results are added in order. The results of the pieces are multiplied by e^(their
// maximum - the maximum of all) and added in order. The output is multiplied by the reciprocal of the sum.
//
// Threads: over heads of keys and pieces. The heads of queries that share keys are computed together.

#include "attention_tiles.h"
#include "gemm_tile.h"
#include "../numerics/fold.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int64_t pieceKeys = 256;

/** Whether attention_few.h computes it: a function of the call alone. */
bool areFew(const Attention& t) { return t.queries <= thinRows && !t.causal && !t.drawn && t.keys > 0; }

/** The results of one query and one piece, before the division: maximum, sum, then the sums of values. */
constexpr int64_t headOfResult = 2;

/** Σ weights[j]·values[j] over n <= 256 keys, W columns at a time. */
template <int vectors, class Lanes>
SIMD_INLINE void combineColumns(const float* weights, const float* values, int64_t step, int64_t n, Lanes lanes, float* out) {
  Vec total[vectors];
  for (int64_t from = 0; from == 0 || from < n; from += CHAIN) {
    Vec sum[vectors];
    _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++) sum[v] = zero();
    const int64_t end = least(n, from + CHAIN);
    for (int64_t j = from; j < end; j++) {
      const Vec weight = broadcast(weights[j]);
      const float* const row = values + j * step;
      _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++)
        sum[v] = fma(weight, v == vectors - 1 ? load(row + v * W, lanes) : load(row + v * W), sum[v]);
    }
    _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++) total[v] = from == 0 ? sum[v] : total[v] + sum[v];
  }
  _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++)
    if (v == vectors - 1) store(out + v * W, total[v], lanes);
    else store(out + v * W, total[v]);
}

void combineRow(const float* weights, const float* values, int64_t step, int64_t n, int64_t width, float* out) {
  constexpr int together = 4;
  for (; width >= together * W; width -= together * W, values += together * W, out += together * W)
    combineColumns<together>(weights, values, step, n, All{}, out);
  for (; width > 0; width -= W, values += W, out += W) combineColumns<1>(weights, values, step, n, lanesOf(width), out);
}

/** Adds the mask to the scores of one query, or hides keys. */
void maskRow(const Attention& t, int64_t b, int64_t h, int64_t i, int64_t first, int64_t n, float* scores) {
  const int64_t* const s = t.maskStride;
  const int64_t from = b * s[0] + h * s[1] + i * s[2] + first * s[3];
  for (int64_t j = 0; j < n; j++) {
    if (t.added) scores[j] += t.added[from + j * s[3]];
    else if (!t.allowed[from + j * s[3]]) scores[j] = -infinity;
  }
}

/** One piece of keys for the queries of one head: `results` has a row of 2 + valueWidth floats for each. */
void attendPiece(const Attention& t, int64_t b, int64_t h, int64_t first, int64_t n, float* scores, float* scaled, float* results, int64_t step) {
  const int64_t group = groupOf(t, h);
  const float* const q = t.q.at(b, h);
  for (int64_t i = 0; i < t.queries; i++)
    forVectors(static_cast<size_t>(t.width), [&](size_t d, auto lanes) {
      store(scaled + i * t.width + d, load(q + i * t.q.row + d, lanes) * broadcast(t.scale), lanes);
    });
  thinFor(t.queries)(t.width, scaled, t.width, t.k.at(b, group) + first * t.k.row, 1, t.k.row, n, {nullptr, 0, nullptr, 0, 0, false, scores, pieceKeys, 1, 0});
  for (int64_t i = 0; i < t.queries; i++) {
    float *const row = scores + i * pieceKeys, *const result = results + i * step;
    if (t.added || t.allowed) maskRow(t, b, h, i, first, n, row);
    const float top = foldRun<ShiftFold>(row, n);
    const Vec shift = broadcast(top == -infinity ? 0.0f : top);
    result[0] = top;
    result[1] = fold<SumFold>(n, [&](int64_t j, auto lanes) {
      const Vec power = expNotPositive(load(row + j, lanes) - shift);
      store(row + j, power, lanes);
      return power;
    });
    combineRow(row, t.v.at(b, group) + first * t.v.row, t.v.row, n, t.valueWidth, result + headOfResult);
  }
}

/** Joins the results of all pieces of one query. */
void joinPieces(const Attention& t, int64_t row, const float* results, int64_t pieces) {
  const int64_t b = row / (t.heads * t.queries), h = row / t.queries % t.heads, i = row % t.queries, step = headOfResult + t.valueWidth;
  float top = -infinity;
  for (int64_t c = 0; c < pieces; c++) top = results[c * step] > top ? results[c * step] : top;
  const float shift = top == -infinity ? 0.0f : top;
  float* const out = t.out.at(b, h) + i * t.out.row;
  Vec sum = zero();
  for (int64_t c = 0; c < pieces; c++) sum = fma(expNotPositive(broadcast(results[c * step] - shift)), broadcast(results[c * step + 1]), sum);
  const Vec inverse = select(eq(sum, zero()), zero(), broadcast(1.0f) / sum);
  store(t.stats + row, broadcast(shift) + log(sum), 1);
  forVectors(static_cast<size_t>(t.valueWidth), [&](size_t d, auto lanes) {
    Vec total = zero();
    for (int64_t c = 0; c < pieces; c++) {
      const float* const result = results + c * step;
      total = fma(expNotPositive(broadcast(result[0] - shift)), load(result + headOfResult + d, lanes), total);
    }
    store(out + d, total * inverse, lanes);
  });
}

void attendFew(const Attention& t) {
  const int64_t pieces = (t.keys + pieceKeys - 1) / pieceKeys, step = headOfResult + t.valueWidth, each = t.heads / t.groups;
  const int64_t rows = t.batch * t.heads * t.queries, items = t.batch * t.groups * pieces;
  // For each row of queries its pieces, one after the other.
  float* const results = scratch(Slot::shared, static_cast<size_t>(rows * pieces * step));
  if (!results) return;
  const double flops = static_cast<double>(each * t.queries * least(t.keys, pieceKeys) * (t.width + t.valueWidth));
  // Reading a key or value from memory takes about as long as ten operations on it.
  const size_t grain = grainOf(items, 10 * flops);
  parallelFor(static_cast<size_t>(items), grain, [&](size_t begin, size_t end) {
    float* const scores = scratch(Slot::kernel, static_cast<size_t>(t.queries * (pieceKeys + t.width)));
    if (!scores) return;
    float* const scaled = scores + t.queries * pieceKeys;
    for (int64_t i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end); i++) {
      const int64_t piece = i % pieces, b = i / pieces / t.groups, group = i / pieces % t.groups, first = piece * pieceKeys;
      for (int64_t h = group * each; h < (group + 1) * each; h++) {
        const int64_t row = (b * t.heads + h) * t.queries;
        attendPiece(t, b, h, first, least(pieceKeys, t.keys - first), scores, scaled, results + (row * pieces + piece) * step, pieces * step);
      }
    }
  });
  for (int64_t row = 0; row < rows; row++) joinPieces(t, row, results + row * pieces * step, pieces);
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
