#include <initializer_list>

#include "../isa/dispatch.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

/**
 * Reads the arguments that all of these kernels share. The product of the nonzero sizes is at most 2^53, so
 * that no product of sizes overflows, even if one of them is 0.
 */
template <class Described, class Args>
Described described(Args& a, int64_t groups = 1) {
  double elements = 1;
  for (const int64_t size : {a.samples, groups, a.channels, a.inner})
    if (size > 0) elements *= static_cast<double>(size);
  a.support(elements <= 9007199254740992.0);
  Described d = {};
  d.samples = a.samples, d.channels = a.channels, d.inner = a.inner;
  // Without elements, no array limits the other sizes, and a loop over them could take years.
  if (groups == 0) d.samples = 0;
  d.eps = static_cast<float>(a.eps);
  d.x = a.x.template as<float>();
  d.weight = a.weight.template orNull<float>();
  return d;
}

/** The same, for statistics of channels. */
template <class Args>
BatchNorm describedBatch(Args& a) {
  BatchNorm b = described<BatchNorm>(a);
  if (b.samples == 0 || b.channels == 0 || b.inner == 0) b.samples = b.inner = 0;
  return b;
}

/** Reads what the gradients share. */
template <class Described, class Args>
void readGradients(Args& a, Described& d) {
  d.g = a.g.template as<float>();
  d.addWeight = a.addWeight != 0, d.addBias = a.addBias != 0;
  d.out = a.gx.template orNull<float>();
  d.gWeight = a.gWeight.template orNull<float>();
  d.gBias = a.gBias.template orNull<float>();
}

}  // namespace

double normalize(NormalizeArgs& a) {
  Normalize n = described<Normalize>(a, a.groups);
  n.groups = a.groups;
  n.bias = a.bias.orNull<float>();
  n.out = a.out.as<float>();
  n.mean = a.mean.orNull<float>();
  n.variance = a.variance.as<float>();
  return a.run([=] { isa().normalize(n); });
}

double normalizeGrad(NormalizeGradArgs& a) {
  Normalize n = described<Normalize>(a, a.groups);
  n.groups = a.groups;
  n.mean = const_cast<float*>(a.mean.orNull<float>());
  n.variance = const_cast<float*>(a.variance.as<float>());
  readGradients(a, n);
  return a.run([=] { isa().normalizeGrad(n); });
}

double batchNorm(BatchNormArgs& a) {
  BatchNorm b = describedBatch(a);
  b.bias = a.bias.orNull<float>();
  b.momentum = a.momentum;
  b.cumulative = a.cumulative != 0;
  b.runningMean = a.runningMean.orNull<float>();
  b.runningVar = a.runningVar.orNull<float>();
  b.count = a.count.orNull<int32_t>();
  b.out = a.out.as<float>();
  b.mean = a.mean.as<float>();
  b.variance = a.variance.as<float>();
  return a.run([=] { isa().batchNorm(b); });
}

double batchNormEval(BatchNormEvalArgs& a) {
  BatchNorm b = describedBatch(a);
  b.bias = a.bias.orNull<float>();
  b.mean = const_cast<float*>(a.mean.as<float>());
  b.variance = const_cast<float*>(a.variance.as<float>());
  b.out = a.out.as<float>();
  return a.run([=] { isa().batchNormEval(b); });
}

double batchNormGrad(BatchNormGradArgs& a) {
  BatchNorm b = describedBatch(a);
  b.training = a.training != 0;
  b.mean = const_cast<float*>(a.mean.as<float>());
  b.variance = const_cast<float*>(a.variance.as<float>());
  readGradients(a, b);
  return a.run([=] { isa().batchNormGrad(b); });
}

}  // namespace simdgrad::entries
