// Softmax, log-softmax, and their gradients over the middle axis of [outer, length, inner].

#include "../simd/columns.h"
#include "../numerics/fold.h"
#include "isa.h"
#include "../numerics/math.h"
#include "../simd/streaming_store.h"
#include "../threads/pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 4096;
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }

// --- rows (inner = 1) longer than 32: the sums are folds, the rest is elementwise; x and out may be equal --
//
// Several rows do each step together, so that the end of one fold, a latency-bound chain of a few
// instructions, overlaps with the next row.

constexpr int64_t maxRowsAtOnce = 16;
int64_t rowsAtOnceOf(int64_t length) {
  const int64_t fit = grainElements / length;  // they stay in L1
  return fit < 1 ? 1 : fit < maxRowsAtOnce ? fit : maxRowsAtOnce;
}

/** Prefetches n floats. They may be beyond the end of their array: a prefetch never faults. */
SIMD_INLINE void fetch(const float* x, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) __builtin_prefetch(x + i);
}

/** log Σ or 1 / Σ: what the last step subtracts or multiplies by. */
template <bool logarithm>
SIMD_INLINE Vec ofSum(Vec sum) {
  return logarithm ? log(sum) : broadcast(1.0f) / sum;
}

/** Σ e^(x - shift). Softmax also stores the powers in `out`. */
template <bool logarithm>
SIMD_INLINE float sumPowers(const float* x, int64_t n, Vec shift, float* out) {
  return fold<SumFold>(n, [&](int64_t i, auto lanes) {
    const Vec power = expNotPositive(load(x + i, lanes) - shift);
    if (!logarithm) store(out + i, power, lanes);
    return power;
  });
}

template <bool logarithm>
SIMD_INLINE void finish(const float* x, int64_t n, Vec shift, Vec last, float* out) {
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) {
    store(out + i, logarithm ? load(x + i, lanes) - shift - last : load(out + i, lanes) * last, lanes);
  });
}

/** Rows of at most one block (fold.h). While it computes the powers, it prefetches the next rows. */
template <bool logarithm>
void softmaxRows(const float* x, int64_t n, int64_t rows, float* out) {
  float shift[maxRowsAtOnce], last[maxRowsAtOnce];
  for (int64_t r = 0; r < rows; r++) shift[r] = foldRun<ShiftFold>(x + r * n, n);
  for (int64_t r = 0; r < rows; r++) {
    fetch(x + (rows + r) * n, n);
    last[r] = sumPowers<logarithm>(x + r * n, n, broadcast(shift[r]), out + r * n);
  }
  forVectors(static_cast<size_t>(rows), [&](size_t r, auto lanes) { store(last + r, ofSum<logarithm>(load(last + r, lanes)), lanes); });
  for (int64_t r = 0; r < rows; r++) finish<logarithm>(x + r * n, n, broadcast(shift[r]), broadcast(last[r]), out + r * n);
}

// exp instead of expNotPositive: the caller provides y, and a positive value must give the same bits on every
// machine.
template <bool logarithm>
SIMD_INLINE float gradientSum(const float* y, const float* g, int64_t n) {
  return fold<SumFold>(n, [&](int64_t i, auto lanes) { return logarithm ? load(g + i, lanes) : load(g + i, lanes) * load(y + i, lanes); });
}

template <bool logarithm>
SIMD_INLINE void gradientOf(const float* y, const float* g, int64_t n, Vec sum, float* out) {
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) {
    const Vec yi = load(y + i, lanes), gi = load(g + i, lanes);
    store(out + i, logarithm ? fnma(exp(yi), sum, gi) : yi * (gi - sum), lanes);
  });
}

template <bool logarithm>
void softmaxGradRows(const float* y, const float* g, int64_t n, int64_t rows, float* out) {
  float sum[maxRowsAtOnce];
  for (int64_t r = 0; r < rows; r++) sum[r] = gradientSum<logarithm>(y + r * n, g + r * n, n);
  for (int64_t r = 0; r < rows; r++) gradientOf<logarithm>(y + r * n, g + r * n, n, broadcast(sum[r]), out + r * n);
}

/**
 * Calls f(from, length, part) for every block of a row with several blocks. It runs in parallel, unless rows
 * already do (pool.h).
 */
template <class F>
SIMD_INLINE int64_t overBlocks(int64_t n, F f) {
  const int64_t blocks = blocksOf(n);
  parallelFor(static_cast<size_t>(blocks), static_cast<size_t>(grainOf(foldBlock)), [&](size_t begin, size_t end) {
    for (int64_t b = static_cast<int64_t>(begin); b < static_cast<int64_t>(end); b++) f(b * foldBlock, blockLength(n, b), b);
  });
  return blocks;
}

/** Memory for one result per block of a row. */
float* partsOf(int64_t n) { return scratch(Slot::shared, static_cast<size_t>(blocksOf(n))); }

template <bool logarithm>
void softmaxBlocks(const float* x, int64_t n, float* out) {
  float* const parts = partsOf(n);
  if (!parts) return;
  const int64_t blocks = overBlocks(n, [&](int64_t at, int64_t m, int64_t b) { parts[b] = foldRun<ShiftFold>(x + at, m); });
  const Vec shift = broadcast(foldParts<ShiftFold>(parts, blocks));
  overBlocks(n, [&](int64_t at, int64_t m, int64_t b) { parts[b] = sumPowers<logarithm>(x + at, m, shift, out + at); });
  const Vec last = ofSum<logarithm>(broadcast(foldParts<SumFold>(parts, blocks)));
  overBlocks(n, [&](int64_t at, int64_t m, int64_t) { finish<logarithm>(x + at, m, shift, last, out + at); });
}

template <bool logarithm>
void softmaxGradBlocks(const float* y, const float* g, int64_t n, float* out) {
  float* const parts = partsOf(n);
  if (!parts) return;
  const int64_t blocks = overBlocks(n, [&](int64_t at, int64_t m, int64_t b) { parts[b] = gradientSum<logarithm>(y + at, g + at, m); });
  const Vec sum = broadcast(foldParts<SumFold>(parts, blocks));
  overBlocks(n, [&](int64_t at, int64_t m, int64_t) { gradientOf<logarithm>(y + at, g + at, m, sum, out + at); });
}

// --- inner > 1: a vector of columns at a time. Short rows: W rows at a time, one in each lane --------------

/** The elements of a slice: `step` apart, in up to W lanes. */
struct Slice {
  int64_t length, step;
  int lanes;
  int64_t end() const { return length * step; }
};

/**
 * Σ value(k) along a slice: in order within blocks of 32, then 32 block sums in order, then 32 of these, and
 * so on. When 32 sums of a level are complete, their total is added to the next level.
 */
template <class F>
SIMD_INLINE Vec sumDown(const Slice& s, F value) {
  constexpr int64_t together = 32;
  constexpr int levels = 8;  // enough for 2^40 elements
  Vec sums[levels];
  sums[0] = zero();
  int top = 0;
  int64_t blocks = 0;
  for (int64_t k = 0; k < s.end();) {
    const int64_t stop = k + together * s.step < s.end() ? k + together * s.step : s.end();
    Vec part = zero();
    for (; k < stop; k += s.step) part = part + value(k);
    sums[0] = sums[0] + part;
    blocks++;
    int64_t full = blocks;
    for (int level = 0; full % together == 0; level++, full /= together) {
      sums[level + 1] = level == top ? sums[level] : sums[level + 1] + sums[level];
      top = level == top ? top + 1 : top;
      sums[level] = zero();
    }
  }
  // Adds the incomplete levels.
  Vec sum = sums[0];
  for (int level = 1; level <= top; level++) sum = sums[level] + sum;
  return sum;
}

template <bool logarithm>
void softmaxSlices(const float* x, float* out, const Slice& s) {
  Vec shift = ShiftFold::start();
  for (int64_t k = 0; k < s.end(); k += s.step) shift = ShiftFold::step(shift, load(x + k, s.lanes));
  const Vec last = ofSum<logarithm>(sumDown(s, [&](int64_t k) {
    const Vec power = expNotPositive(load(x + k, s.lanes) - shift);
    if (!logarithm) store(out + k, power, s.lanes);
    return power;
  }));
  for (int64_t k = 0; k < s.end(); k += s.step)
    store(out + k, logarithm ? load(x + k, s.lanes) - shift - last : load(out + k, s.lanes) * last, s.lanes);
}

template <bool logarithm>
void softmaxGradSlices(const float* y, const float* g, float* out, const Slice& s) {
  const Vec sum = sumDown(s, [&](int64_t k) { return logarithm ? load(g + k, s.lanes) : load(g + k, s.lanes) * load(y + k, s.lanes); });
  for (int64_t k = 0; k < s.end(); k += s.step) {
    const Vec yk = load(y + k, s.lanes), gk = load(g + k, s.lanes);
    store(out + k, logarithm ? fnma(exp(yk), sum, gk) : yk * (gk - sum), s.lanes);
  }
}

/** Up to W rows of at most 32 elements: like a slice, but in registers. */
template <bool logarithm>
void softmaxShort(const float* x, int64_t n, int rows, float* out) {
  Columns c;
  loadColumns(c, x, n, rows);
  fetch(x + rows * n, rows * n);
  Vec shift = ShiftFold::start(), sum = zero();
  for (int64_t k = 0; k < n; k++) shift = ShiftFold::step(shift, c[k]);
  for (int64_t k = 0; k < n; k++) {
    const Vec power = expNotPositive(c[k] - shift);
    if (!logarithm) c[k] = power;
    sum = sum + power;
  }
  const Vec last = ofSum<logarithm>(sum);
  for (int64_t k = 0; k < n; k++) c[k] = logarithm ? c[k] - shift - last : c[k] * last;
  storeColumns(out, c, n, rows);
}

template <bool logarithm>
void softmaxGradShort(const float* y, const float* g, int64_t n, int rows, float* out) {
  Columns cy, cg;
  loadColumns(cy, y, n, rows);
  loadColumns(cg, g, n, rows);
  Vec sum = zero();
  for (int64_t k = 0; k < n; k++) sum = sum + (logarithm ? cg[k] : cg[k] * cy[k]);
  for (int64_t k = 0; k < n; k++) cy[k] = logarithm ? fnma(exp(cy[k]), sum, cg[k]) : cy[k] * (cg[k] - sum);
  storeColumns(out, cy, n, rows);
}

/**
 * Calls f(first, count) for `count` items of `each` elements, at most `most` items at a time. The chunk of a
 * thread grows with the total, up to 16 times the minimum, because long sequential reads are fastest. The
 * fence is for non-temporal stores (streaming_store.h). Without any it costs nothing.
 */
template <class F>
SIMD_INLINE void inGroups(int64_t count, int64_t most, int64_t each, F f) {
  const int64_t groups = (count + most - 1) / most, part = groups / 256, least = grainOf(each * most);
  const int64_t grain = part < least ? least : part < 16 * least ? part : 16 * least;
  parallelFor(static_cast<size_t>(groups), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end); i++)
      f(i * most, count - i * most < most ? count - i * most : most);
    fencePast();
  });
}

/**
 * The kernels above, called with the offset at which each begins. Those of rows write contiguous results to
 * `to`.
 */
template <bool logarithm>
struct Forward {
  const float* x;
  float* out;
  int64_t length;
  bool past;
  void columns(int64_t at, const Slice& s) const { softmaxSlices<logarithm>(x + at, out + at, s); }
  void shorts(int64_t at, int64_t rows, float* to) const { softmaxShort<logarithm>(x + at, length, static_cast<int>(rows), to); }
  void rows(int64_t at, int64_t rows, float* to) const { softmaxRows<logarithm>(x + at, length, rows, to); }
  void blocks(int64_t at) const { softmaxBlocks<logarithm>(x + at, length, out + at); }
};

template <bool logarithm>
struct Backward {
  const float *y, *g;
  float* out;
  int64_t length;
  bool past;
  void columns(int64_t at, const Slice& s) const { softmaxGradSlices<logarithm>(y + at, g + at, out + at, s); }
  void shorts(int64_t at, int64_t rows, float* to) const {
    softmaxGradShort<logarithm>(y + at, g + at, length, static_cast<int>(rows), to);
  }
  void rows(int64_t at, int64_t rows, float* to) const { softmaxGradRows<logarithm>(y + at, g + at, length, rows, to); }
  void blocks(int64_t at) const { softmaxGradBlocks<logarithm>(y + at, g + at, length, out + at); }
};

/**
 * compute(to) writes n ≤ grainElements results: in place, or, for non-temporal stores, to a buffer that stays
 * in cache.
 */
template <class Body, class F>
SIMD_INLINE void place(const Body& body, int64_t at, int64_t n, F compute) {
  if (!body.past) return compute(body.out + at);
  alignas(64) float buffer[grainElements];
  compute(buffer);
  storeVectors(body.out + at, static_cast<size_t>(n), true, [&](size_t i, auto lanes) { return load(buffer + i, lanes); });
}

/** Runs all of [outer, body.length, inner] with the kernel that suits the shape. */
template <class Body>
void overAll(int64_t outer, int64_t inner, const Body& body) {
  const int64_t length = body.length;
  if (inner == 1 && length <= shortRow)
    return inGroups(outer, grainElements / (W * length) * W, length, [&](int64_t first, int64_t count) {
      place(body, first * length, count * length, [&](float* to) {
        for (int64_t r = 0; r < count; r += W)
          body.shorts((first + r) * length, count - r < W ? count - r : W, to + r * length);
      });
    });
  if (inner == 1 && length <= foldBlock)
    return inGroups(outer, rowsAtOnceOf(length), length, [&](int64_t r, int64_t count) {
      place(body, r * length, count * length, [&](float* to) { body.rows(r * length, count, to); });
    });
  if (inner == 1) {
    // For few rows, threads share the blocks of a row; for many rows, they share the rows.
    if (outer < 16)
      for (int64_t r = 0; r < outer; r++) body.blocks(r * length);
    else inGroups(outer, 1, length, [&](int64_t r, int64_t) { body.blocks(r * length); });
    return;
  }
  // Column tiles are numbered within each outer index.
  const int64_t tiles = (inner + W - 1) / W;
  parallelFor(static_cast<size_t>(outer * tiles), static_cast<size_t>(grainOf(length * W)), [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; t++) {
      const int64_t o = static_cast<int64_t>(t) / tiles, from = static_cast<int64_t>(t) % tiles * W, left = inner - from;
      body.columns(o * length * inner + from, Slice{length, inner, static_cast<int>(left < W ? left : W)});
    }
  });
}

void softmax(int op, int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  const bool past = goesPast(outer * length * inner, out, {x});
  if (op == 0) overAll(outer, inner, Forward<false>{x, out, length, past});
  else overAll(outer, inner, Forward<true>{x, out, length, past});
}

void softmaxGrad(int op, int64_t outer, int64_t length, int64_t inner, const float* y, const float* g, float* out) {
  const bool past = goesPast(outer * length * inner, out, {y, g});
  if (op == 0) overAll(outer, inner, Backward<false>{y, g, out, length, past});
  else overAll(outer, inner, Backward<true>{y, g, out, length, past});
}

}  // namespace

void addSoftmax(Isa& isa) {
  isa.softmax = softmax;
  isa.softmaxGrad = softmaxGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
