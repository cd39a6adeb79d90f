#include <initializer_list>

#include "../kernels/dispatch.h"
#include "entries.h"

namespace simdgrad::entries {

namespace {

/** So that products of two of these, and sums of such, are numbers that 64 bits hold. */
constexpr int64_t largest = int64_t{1} << 30;

/** Sizes whose product, without those that are 0, stays below 2^53: then so does that of any of them. */
void checkSizes(Reader& r, std::initializer_list<int64_t> sizes) {
  double elements = 1;
  for (const int64_t size : sizes) {
    r.support(size <= largest);
    if (size > 0) elements *= static_cast<double>(size);
  }
  r.support(elements <= 9007199254740992.0);
}

Patches readPatches(Reader& r) {
  Patches p;
  p.h = r.size(), p.w = r.size(), p.kh = r.size(), p.kw = r.size(), p.oh = r.size(), p.ow = r.size();
  p.sh = r.size(), p.sw = r.size(), p.ph = r.size(), p.pw = r.size(), p.dh = r.size(), p.dw = r.size();
  r.support(p.sh >= 1 && p.sw >= 1);
  checkSizes(r, {p.sh});
  checkSizes(r, {p.sw});
  checkSizes(r, {p.ph});
  checkSizes(r, {p.pw});
  checkSizes(r, {p.dh});
  checkSizes(r, {p.dw});
  return p;
}

/** `from` and `to`: planes, or the columns of their patches. */
template <bool folds>
double patches(const Call& call) {
  Reader r(call);
  const int64_t planes = r.size();
  const Patches p = readPatches(r);
  checkSizes(r, {planes, p.h, p.w, p.kh, p.kw, p.oh, p.ow});
  const Array& from = r.array();
  const int64_t fromOffset = r.size();
  const Array& to = r.array();
  const int64_t toOffset = r.size();
  if (r.failed()) return r.status();
  const int64_t image = planes * p.h * p.w, columns = planes * p.kh * p.kw * p.oh * p.ow;
  const float* x = r.at<const float>(from, fromOffset, folds ? columns : image);
  float* out = r.at<float>(to, toOffset, folds ? image : columns);
  return r.run([=] {
    if ((folds ? image : columns) > 0) (folds ? isa().fold2d : isa().unfold2d)(planes, p, x, out);
  });
}

Conv readConv(Reader& r) {
  Conv c = {};
  c.samples = r.size(), c.groups = r.size(), c.channels = r.size(), c.outputs = r.size();
  c.patches = readPatches(r);
  const Patches& p = c.patches;
  checkSizes(r, {c.samples, c.groups, c.channels, c.outputs, p.h, p.w, p.kh, p.kw, p.oh, p.ow});
  return c;
}

int64_t sizeOfX(const Conv& c) { return c.samples * c.groups * c.channels * c.patches.h * c.patches.w; }
int64_t sizeOfWeight(const Conv& c) { return c.groups * c.outputs * c.channels * c.patches.kh * c.patches.kw; }
int64_t sizeOfY(const Conv& c) { return c.samples * c.groups * c.outputs * c.patches.oh * c.patches.ow; }

}  // namespace

double unfold2d(const Call& call) { return patches<false>(call); }
double fold2d(const Call& call) { return patches<true>(call); }

double conv2d(const Call& call) {
  Reader r(call);
  Conv c = readConv(r);
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& weight = r.array();
  const int64_t wo = r.size();
  const Array& bias = r.array();
  const int64_t bo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (r.failed()) return r.status();
  c.x = r.at<const float>(x, xo, sizeOfX(c));
  c.weight = r.at<const float>(weight, wo, sizeOfWeight(c));
  c.bias = r.orNull<const float>(bias, bo, c.groups * c.outputs);
  c.out = r.at<float>(out, oo, sizeOfY(c));
  return r.run([=] {
    if (sizeOfY(c) > 0) isa().conv2d(c);
  });
}

double conv2dGradInput(const Call& call) {
  Reader r(call);
  Conv c = readConv(r);
  const Array& y = r.array();
  const int64_t yo = r.size();
  const Array& weight = r.array();
  const int64_t wo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (r.failed()) return r.status();
  c.y = r.at<const float>(y, yo, sizeOfY(c));
  c.weight = r.at<const float>(weight, wo, sizeOfWeight(c));
  c.out = r.at<float>(out, oo, sizeOfX(c));
  return r.run([=] {
    if (sizeOfX(c) > 0) isa().conv2dGradInput(c);
  });
}

double conv2dGradWeight(const Call& call) {
  Reader r(call);
  Conv c = readConv(r);
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& y = r.array();
  const int64_t yo = r.size();
  c.accumulate = r.number() != 0;
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (r.failed()) return r.status();
  c.x = r.at<const float>(x, xo, sizeOfX(c));
  c.y = r.at<const float>(y, yo, sizeOfY(c));
  c.out = r.at<float>(out, oo, sizeOfWeight(c));
  return r.run([=] {
    if (sizeOfWeight(c) > 0) isa().conv2dGradWeight(c);
  });
}

}  // namespace simdgrad::entries
