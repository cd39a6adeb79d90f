// Optimizer steps: one pass over the parameters and their state, in PyTorch's order of operations.

#include "isa.h"
#include "../threads/pool.h"
#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr size_t grain = 16384;

template <bool momentum>
SIMD_INLINE void sgdRange(const Sgd& given, const float* g, size_t begin, size_t n) {
  const Sgd s = given;  // a local copy: no store can alias it, so no iteration reloads it
  const Vec lr = broadcast(s.lr), mu = broadcast(s.momentum), damp = broadcast(s.dampeningRest);
  const Vec decay = broadcast(s.weightDecay);
  float *p = s.p + begin, *buffer = s.buffer + (momentum ? begin : 0);
  forVectors(n, [&](size_t i, auto lanes) {
    const Vec pi = load(p + i, lanes);
    Vec d = load(g + i, lanes);
    if (s.maximize) d = -d;
    if (s.weightDecay != 0) d = fma(decay, pi, d);
    if (momentum) {
      const Vec b = s.first ? d : fma(damp, d, mu * load(buffer + i, lanes));
      store(buffer + i, b, lanes);
      d = s.nesterov ? fma(mu, b, d) : b;
    }
    store(p + i, fnma(lr, d, pi), lanes);
  });
}

void sgdStep(const Sgd& s) {
  const bool momentum = s.buffer && s.momentum != 0;
  parallelFor(static_cast<size_t>(s.n), grain, [&](size_t begin, size_t end) {
    if (momentum) sgdRange<true>(s, s.g + begin, begin, end - begin);
    else sgdRange<false>(s, s.g + begin, begin, end - begin);
  });
}

/** Calls range(g, begin, n) for each row of a piece. */
template <class Range>
SIMD_INLINE void eachRow(const Piece& piece, Range range) {
  for (int64_t i = 0; i < piece.rows; i++)
    range(piece.data + i * piece.rowStride, static_cast<size_t>(piece.at + i * piece.width), static_cast<size_t>(piece.columns));
}

void sgdTake(const void* what, const Piece& piece) {
  const Sgd& s = *static_cast<const Sgd*>(what);
  if (s.buffer && s.momentum != 0) eachRow(piece, [&](const float* g, size_t begin, size_t n) { sgdRange<true>(s, g, begin, n); });
  else eachRow(piece, [&](const float* g, size_t begin, size_t n) { sgdRange<false>(s, g, begin, n); });
}

template <bool largest>
SIMD_INLINE void adamRange(const Adam& a, const float* g, size_t begin, size_t n) {
  const Vec stepSize = broadcast(a.stepSize), correction = broadcast(a.inverseCorrection), rest1 = broadcast(a.beta1Rest);
  const Vec beta2 = broadcast(a.beta2), rest2 = broadcast(a.beta2Rest), eps = broadcast(a.eps), keep = broadcast(a.keep);
  const Vec decay = broadcast(a.decay);
  float *p = a.p + begin, *m = a.m + begin, *v = a.v + begin, *vmax = a.vmax + (largest ? begin : 0);
  forVectors(n, [&](size_t i, auto lanes) {
    const Vec pi = load(p + i, lanes), mi = load(m + i, lanes);
    Vec d = load(g + i, lanes);
    if (a.maximize) d = -d;
    if (a.decay != 0) d = fma(decay, pi, d);
    const Vec first = fma(d - mi, rest1, mi);
    Vec second = fma(rest2 * d, d, beta2 * load(v + i, lanes));
    store(m + i, first, lanes);
    store(v + i, second, lanes);
    if (largest) {
      const Vec old = load(vmax + i, lanes);
      second = select(gt(old, second) | isnan(old), old, second);  // NaN is kept
      store(vmax + i, second, lanes);
    }
    const Vec root = fma(sqrt(second), correction, eps);
    store(p + i, pi * keep - stepSize * first / root, lanes);
  });
}

void adamStep(const Adam& a) {
  parallelFor(static_cast<size_t>(a.n), grain, [&](size_t begin, size_t end) {
    if (a.vmax) adamRange<true>(a, a.g + begin, begin, end - begin);
    else adamRange<false>(a, a.g + begin, begin, end - begin);
  });
}

void adamTake(const void* what, const Piece& piece) {
  const Adam& a = *static_cast<const Adam*>(what);
  if (a.vmax) eachRow(piece, [&](const float* g, size_t begin, size_t n) { adamRange<true>(a, g, begin, n); });
  else eachRow(piece, [&](const float* g, size_t begin, size_t n) { adamRange<false>(a, g, begin, n); });
}

}  // namespace

void addOptim(Isa& isa) {
  isa.sgdStep = sgdStep;
  isa.adamStep = adamStep;
  isa.sgdTake = sgdTake;
  isa.adamTake = adamTake;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
