// Softmax, its logarithm, and their gradients over the middle axis of [outer, length, inner].

#include "../fold.h"
#include "../isa.h"
#include "../math.h"
#include "../pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 4096;
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }


// --- inner = 1: the sums are folds, the rest is elementwise; x and out may be the same --------------------------------

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

// --- inner > 1: a vector of columns at a time ---------------------------------------------------------------------------

constexpr int64_t sumBlock = 32;

/** Σ value(k) down a column of `end` / `inner` elements: in order within blocks of 32, then block after block. */
template <class F>
SIMD_INLINE Vec sumDown(int64_t inner, int64_t end, F value) {
  Vec sum = zero();
  for (int64_t k = 0; k < end;) {
    const int64_t stop = k + sumBlock * inner < end ? k + sumBlock * inner : end;
    Vec part = zero();
    for (; k < stop; k += inner) part = part + value(k);
    sum = sum + part;
  }
  return sum;
}

template <bool logarithm>
void softmaxColumns(const float* x, int64_t length, int64_t inner, float* out, int lanes) {
  const int64_t end = length * inner;
  Vec max = MaxFold::start();
  for (int64_t k = 0; k < end; k += inner) max = MaxFold::step(max, load(x + k, lanes));
  const Vec sum = sumDown(inner, end, [&](int64_t k) {
    const Vec power = exp(load(x + k, lanes) - max);
    if (!logarithm) store(out + k, power, lanes);
    return power;
  });
  if (logarithm) {
    const Vec logSum = log(sum);
    for (int64_t k = 0; k < end; k += inner) store(out + k, load(x + k, lanes) - max - logSum, lanes);
  } else {
    const Vec inverse = broadcast(1.0f) / sum;
    for (int64_t k = 0; k < end; k += inner) store(out + k, load(out + k, lanes) * inverse, lanes);
  }
}

template <bool logarithm>
void softmaxGradColumns(const float* y, const float* g, int64_t length, int64_t inner, float* out, int lanes) {
  const int64_t end = length * inner;
  const Vec sum = sumDown(inner, end, [&](int64_t k) { return logarithm ? load(g + k, lanes) : load(g + k, lanes) * load(y + k, lanes); });
  for (int64_t k = 0; k < end; k += inner) {
    const Vec yk = load(y + k, lanes), gk = load(g + k, lanes);
    store(out + k, logarithm ? fnma(exp(yk), sum, gk) : yk * (gk - sum), lanes);
  }
}

/** row(offset) for every row, or columns(offset, lanes) for every vector of columns. */
template <class Row, class Columns>
SIMD_INLINE void forSlices(int64_t outer, int64_t length, int64_t inner, Row row, Columns columns) {
  if (inner == 1) {
    parallelFor(static_cast<size_t>(outer), static_cast<size_t>(grainOf(length)), [&](size_t begin, size_t end) {
      for (size_t o = begin; o < end; o++) row(static_cast<int64_t>(o) * length);
    });
    return;
  }
  const int64_t tiles = (inner + W - 1) / W;
  parallelFor(static_cast<size_t>(outer * tiles), static_cast<size_t>(grainOf(length * W)), [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; t++) {
      const int64_t o = static_cast<int64_t>(t) / tiles, column = static_cast<int64_t>(t) % tiles * W, left = inner - column;
      columns(o * length * inner + column, static_cast<int>(left < W ? left : W));
    }
  });
}

template <bool logarithm>
void softmaxOf(int64_t outer, int64_t length, int64_t inner, const float* x, float* out) {
  forSlices(
      outer, length, inner, [&](int64_t at) { softmaxRow<logarithm>(x + at, length, out + at); },
      [&](int64_t at, int lanes) { softmaxColumns<logarithm>(x + at, length, inner, out + at, lanes); });
}

template <bool logarithm>
void softmaxGradOf(int64_t outer, int64_t length, int64_t inner, const float* y, const float* g, float* out) {
  forSlices(
      outer, length, inner, [&](int64_t at) { softmaxGradRow<logarithm>(y + at, g + at, length, out + at); },
      [&](int64_t at, int lanes) { softmaxGradColumns<logarithm>(y + at, g + at, length, inner, out + at, lanes); });
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
