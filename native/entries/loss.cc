#include "../kernels/dispatch.h"
#include "entries.h"

namespace simdgrad::entries {

namespace {

/** reduction, rows, classes, smoothing, ignoreIndex, x, target, weight: how both kernels begin. */
void readLoss(Reader& r, CrossEntropy& c) {
  const int64_t reduction = r.size();
  c.reduction = static_cast<LossReduction>(reduction <= 2 ? reduction : 0);
  c.rows = r.size(), c.classes = r.size();
  c.smoothing = r.number();
  c.ignoreIndex = r.stride();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& target = r.array();
  const int64_t to = r.size();
  const Array& weight = r.array();
  const int64_t wo = r.size();
  r.support(reduction <= 2);
  c.x = r.dense<const float>(x, xo, {c.rows, c.classes});
  c.targets = target.type == DType::u8 ? nullptr : r.at<const int32_t>(target, to, c.rows);
  c.byteTargets = target.type == DType::u8 ? r.at<const uint8_t>(target, to, c.rows) : nullptr;
  c.weight = r.orNull<const float>(weight, wo, c.classes);
  c.loss = nullptr, c.g = nullptr, c.out = nullptr;
}

/** The first row whose target is neither a class nor ignored, or OK. */
double badTarget(const CrossEntropy& c) {
  for (int64_t row = 0; row < c.rows; row++) {
    const int64_t t = c.given(row);
    if (!c.isClass(t) && t != c.ignoreIndex) return static_cast<double>(row);
  }
  return OK;
}

}  // namespace

double crossEntropy(const Call& call) {
  Reader r(call);
  CrossEntropy c;
  readLoss(r, c);
  const Array& loss = r.array();
  const int64_t lo = r.size();
  const Array& stats = r.array();
  const int64_t so = r.size();
  c.loss = r.at<float>(loss, lo, c.reduction == LossReduction::none ? c.rows : 1);
  c.stats = r.at<float>(stats, so, c.rows + 1);
  return r.run([=] {
    const double bad = badTarget(c);
    if (bad == OK) isa().crossEntropy(c);
    return bad;
  });
}

double crossEntropyGrad(const Call& call) {
  Reader r(call);
  CrossEntropy c;
  readLoss(r, c);
  const Array& stats = r.array();
  const int64_t so = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  c.stats = const_cast<float*>(r.at<const float>(stats, so, c.rows + 1));
  c.g = r.at<const float>(g, go, c.reduction == LossReduction::none ? c.rows : 1);
  c.out = r.dense<float>(out, oo, {c.rows, c.classes});
  return r.run([=] {
    const double bad = badTarget(c);
    if (bad == OK) isa().crossEntropyGrad(c);
    return bad;
  });
}

}  // namespace simdgrad::entries
