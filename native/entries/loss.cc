#include "../isa/dispatch.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

/** Reads the arguments that both kernels share. */
template <class Args>
CrossEntropy lossOf(Args& a) {
  CrossEntropy c;
  c.reduction = static_cast<LossReduction>(a.reduction);
  c.rows = a.rows, c.classes = a.classes;
  c.smoothing = a.smoothing;
  c.ignoreIndex = a.ignoreIndex;
  c.x = a.logits.template as<float>();
  const bool bytes = a.target.type() == DType::u8;
  c.targets = bytes ? nullptr : a.target.template as<int32_t>();
  c.byteTargets = bytes ? a.target.template as<uint8_t>() : nullptr;
  c.weight = a.weight.template orNull<float>();
  c.loss = nullptr, c.g = nullptr, c.out = nullptr;
  return c;
}

/** The first row whose target is neither a class nor ignoreIndex, or OK. */
double badTarget(const CrossEntropy& c) {
  for (int64_t row = 0; row < c.rows; row++) {
    const int64_t t = c.given(row);
    if (!c.isClass(t) && t != c.ignoreIndex) return static_cast<double>(row);
  }
  return OK;
}

}  // namespace

double crossEntropy(CrossEntropyArgs& a) {
  CrossEntropy c = lossOf(a);
  c.loss = a.loss.as<float>();
  c.stats = a.stats.as<float>();
  return a.run([=] {
    const double bad = badTarget(c);
    if (bad == OK) isa().crossEntropy(c);
    return bad;
  });
}

double crossEntropyGrad(CrossEntropyGradArgs& a) {
  CrossEntropy c = lossOf(a);
  c.stats = const_cast<float*>(a.stats.as<float>());
  c.g = a.g.as<float>();
  c.out = a.out.as<float>();
  return a.run([=] {
    const double bad = badTarget(c);
    if (bad == OK) isa().crossEntropyGrad(c);
    return bad;
  });
}

}  // namespace simdgrad::entries
