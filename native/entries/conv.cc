#include <initializer_list>

#include "../isa/dispatch.h"
#include "products.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

/** Limit of each number, so that products of two of them, and sums of such products, fit in 64 bits. */
constexpr int64_t largest = int64_t{1} << 30;

/** Checks that the product of the nonzero sizes is below 2^53. Then so is the product of any subset. */
void checkSizes(Arguments& a, std::initializer_list<int64_t> sizes) {
  double elements = 1;
  for (const int64_t size : sizes) {
    a.support(size <= largest);
    if (size > 0) elements *= static_cast<double>(size);
  }
  a.support(elements <= 9007199254740992.0);
}

template <class Args>
Patches patchesOf(Args& a) {
  Patches p;
  p.h = a.h, p.w = a.w, p.kh = a.kh, p.kw = a.kw, p.oh = a.oh, p.ow = a.ow;
  p.sh = a.sh, p.sw = a.sw, p.ph = a.ph, p.pw = a.pw, p.dh = a.dh, p.dw = a.dw;
  for (const int64_t step : {p.sh, p.sw, p.ph, p.pw, p.dh, p.dw}) checkSizes(a, {step});
  return p;
}

template <class Args>
Conv convOf(Args& a) {
  Conv c = {};
  c.samples = a.samples, c.groups = a.groups, c.channels = a.channels, c.outputs = a.outputs;
  c.patches = patchesOf(a);
  c.bfloat16 = a.bfloat16 != 0;
  checkSizes(a, {a.samples, a.groups, a.channels, a.outputs, a.h, a.w, a.kh, a.kw, a.oh, a.ow});
  return c;
}

/** The call with the product of the instruction set in use. */
Conv placed(Conv c) {
  c.multiply = productOf(c.bfloat16);
  return c;
}

// Only computed after the checks.
int64_t sizeOfX(const Conv& c) { return c.samples * c.groups * c.channels * c.patches.h * c.patches.w; }
int64_t sizeOfWeight(const Conv& c) { return c.groups * c.outputs * c.channels * c.patches.kh * c.patches.kw; }
int64_t sizeOfY(const Conv& c) { return c.samples * c.groups * c.outputs * c.patches.oh * c.patches.ow; }

}  // namespace

double unfold2d(Unfold2dArgs& a) {
  const Patches p = patchesOf(a);
  checkSizes(a, {a.planes, p.h, p.w, p.kh, p.kw, p.oh, p.ow});
  const float* x = a.x.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, planes = a.planes] {
    if (planes * p.kh * p.kw * p.oh * p.ow > 0) isa().unfold2d(planes, p, x, out);
  });
}

double fold2d(Fold2dArgs& a) {
  const Patches p = patchesOf(a);
  checkSizes(a, {a.planes, p.h, p.w, p.kh, p.kw, p.oh, p.ow});
  const float* columns = a.columns.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, planes = a.planes] {
    if (planes * p.h * p.w > 0) isa().fold2d(planes, p, columns, out);
  });
}

double conv2d(Conv2dArgs& a) {
  Conv c = convOf(a);
  c.x = a.x.as<float>();
  c.weight = a.weight.as<float>();
  c.bias = a.bias.orNull<float>();
  c.out = a.out.as<float>();
  return a.run([=] {
    if (sizeOfY(c) > 0) isa().conv2d(placed(c));
  });
}

double conv2dGradInput(Conv2dGradInputArgs& a) {
  Conv c = convOf(a);
  c.y = a.g.as<float>();
  c.weight = a.weight.as<float>();
  c.out = a.out.as<float>();
  return a.run([=] {
    if (sizeOfX(c) > 0) isa().conv2dGradInput(placed(c));
  });
}

double conv2dGradWeight(Conv2dGradWeightArgs& a) {
  Conv c = convOf(a);
  c.x = a.x.as<float>();
  c.y = a.g.as<float>();
  c.accumulate = a.accumulate != 0;
  c.out = a.out.as<float>();
  return a.run([=] {
    if (sizeOfWeight(c) > 0) isa().conv2dGradWeight(placed(c));
  });
}

}  // namespace simdgrad::entries
