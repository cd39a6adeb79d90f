// Softmax, its logarithm, and their gradients over the middle axis of [outer, length, inner].

#include "../fold.h"
#include "../isa.h"
#include "../math.h"
#include "../pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 4096;
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }


// --- long rows (inner = 1): the sums are folds, the rest is elementwise; x and out may be the same --------------------------------

template <bool logarithm>
void softmaxRow(const float* x, int64_t n, float* out) {
  const Vec max = broadcast(foldRun<MaxFold>(x, n));
  const float sum = fold<SumFold>(n, [&](int64_t i, auto lanes) {
    const Vec power = exp(load(x + i, lanes) - max);
    if (!logarithm) store(out + i, power, lanes);
    return power;
  });
  if (logarithm) {
    const Vec logSum = log(broadcast(sum));
    forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(out + i, load(x + i, lanes) - max - logSum, lanes); });
  } else {
    const Vec inverse = broadcast(1.0f) / broadcast(sum);
    forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(out + i, load(out + i, lanes) * inverse, lanes); });
  }
}

template <bool logarithm>
void softmaxGradRow(const float* y, const float* g, int64_t n, float* out) {
  const Vec sum = broadcast(fold<SumFold>(n, [&](int64_t i, auto lanes) {
    return logarithm ? load(g + i, lanes) : load(g + i, lanes) * load(y + i, lanes);
  }));
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) {
    const Vec yi = load(y + i, lanes), gi = load(g + i, lanes);
    store(out + i, logarithm ? fnma(exp(yi), sum, gi) : yi * (gi - sum), lanes);
  });
}

// --- inner > 1: a vector of columns at a time; short rows: a vector of rows at a time, a row in each lane ---------------------

constexpr int64_t shortRow = 32;

/** Where the elements of a slice are: `step` apart, and `across` apart from lane to lane. */
struct Slice {
  int64_t length, step, across;
  int lanes;
  int64_t end() const { return length * step; }
};

SIMD_INLINE Vec loadLanes(const float* p, const Slice& s) {
  return s.across == 1 ? load(p, s.lanes) : loadStrided(p, s.across, s.lanes);
}
SIMD_INLINE void storeLanes(float* p, Vec v, const Slice& s) {
  if (s.across == 1) return store(p, v, s.lanes);
  float values[W];
  store(values, v);
  for (int l = 0; l < s.lanes; l++) p[l * s.across] = values[l];
}

constexpr int64_t sumBlock = 32;

/** Σ value(k) along a slice: in order within blocks of 32, then block after block. */
template <class F>
SIMD_INLINE Vec sumDown(const Slice& s, F value) {
  Vec sum = zero();
  for (int64_t k = 0; k < s.end();) {
    const int64_t stop = k + sumBlock * s.step < s.end() ? k + sumBlock * s.step : s.end();
    Vec part = zero();
    for (; k < stop; k += s.step) part = part + value(k);
    sum = sum + part;
  }
  return sum;
}

template <bool logarithm>
void softmaxSlices(const float* x, float* out, const Slice& s) {
  Vec max = MaxFold::start();
  for (int64_t k = 0; k < s.end(); k += s.step) max = MaxFold::step(max, loadLanes(x + k, s));
  const Vec sum = sumDown(s, [&](int64_t k) {
    const Vec power = exp(loadLanes(x + k, s) - max);
    if (!logarithm) storeLanes(out + k, power, s);
    return power;
  });
  if (logarithm) {
    const Vec logSum = log(sum);
    for (int64_t k = 0; k < s.end(); k += s.step) storeLanes(out + k, loadLanes(x + k, s) - max - logSum, s);
  } else {
    const Vec inverse = broadcast(1.0f) / sum;
    for (int64_t k = 0; k < s.end(); k += s.step) storeLanes(out + k, loadLanes(out + k, s) * inverse, s);
  }
}

template <bool logarithm>
void softmaxGradSlices(const float* y, const float* g, float* out, const Slice& s) {
  const Vec sum = sumDown(s, [&](int64_t k) { return logarithm ? loadLanes(g + k, s) : loadLanes(g + k, s) * loadLanes(y + k, s); });
  for (int64_t k = 0; k < s.end(); k += s.step) {
    const Vec yk = loadLanes(y + k, s), gk = loadLanes(g + k, s);
    storeLanes(out + k, logarithm ? fnma(exp(yk), sum, gk) : yk * (gk - sum), s);
  }
}

/** row(offset) for every long row, or slices(offset, slice) for every vector of columns or short rows. */
template <class Row, class Slices>
SIMD_INLINE void forSlices(int64_t outer, int64_t length, int64_t inner, Row row, Slices slices) {
  if (inner == 1 && length > shortRow) {
    parallelFor(static_cast<size_t>(outer), static_cast<size_t>(grainOf(length)), [&](size_t begin, size_t end) {
      for (size_t o = begin; o < end; o++) row(static_cast<int64_t>(o) * length);
    });
    return;
  }
  // Columns are counted within each outer; short rows are W of the outer dim at a time.
  const bool rows = inner == 1;
  const int64_t across = rows ? outer : inner, tiles = (across + W - 1) / W;
  const size_t count = static_cast<size_t>(rows ? tiles : outer * tiles);
  parallelFor(count, static_cast<size_t>(grainOf(length * W)), [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; t++) {
      const int64_t o = static_cast<int64_t>(t) / tiles, first = static_cast<int64_t>(t) % tiles * W, left = across - first;
      const Slice s = {length, inner, rows ? length : 1, static_cast<int>(left < W ? left : W)};
      slices(o * length * inner + first * s.across, s);
    }
  });
}

template <bool logarithm>
void softmaxOf(int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  forSlices(
      outer, length, inner, [&](int64_t at) { softmaxRow<logarithm>(x + at, length, out + at); },
      [&](int64_t at, const Slice& s) { softmaxSlices<logarithm>(x + at, out + at, s); });
}

template <bool logarithm>
void softmaxGradOf(int64_t outer, int64_t length, int64_t inner, const float* y, const float* g, float* out) {
  forSlices(
      outer, length, inner, [&](int64_t at) { softmaxGradRow<logarithm>(y + at, g + at, length, out + at); },
      [&](int64_t at, const Slice& s) { softmaxGradSlices<logarithm>(y + at, g + at, out + at, s); });
}

void softmax(int op, int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  (op == 0 ? softmaxOf<false> : softmaxOf<true>)(outer, length, inner, x, out);
}

void softmaxGrad(int op, int64_t outer, int64_t length, int64_t inner, const float* y, const float* g, float* out) {
  (op == 0 ? softmaxGradOf<false> : softmaxGradOf<true>)(outer, length, inner, y, g, out);
}

}  // namespace

void addSoftmax(Isa& isa) {
  isa.softmax = softmax;
  isa.softmaxGrad = softmaxGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
