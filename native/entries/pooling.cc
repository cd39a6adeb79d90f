#include <cstring>

#include "../kernels/dispatch.h"
#include "../threads/pool.h"
#include "entries.h"

namespace simdgrad::entries {

namespace {

/** Planes, sizes and windows; a size beyond what `index` can count is left to JavaScript. */
Pooling readSizes(Reader& r) {
  Pooling p = {};
  p.planes = r.size(), p.h = r.size(), p.w = r.size(), p.oh = r.size(), p.ow = r.size();
  double elements = 1;
  for (const int64_t size : {p.planes, p.h, p.w, p.oh, p.ow})
    if (size > 0) elements *= static_cast<double>(size);
  const double plane = static_cast<double>(p.h) * static_cast<double>(p.w);
  r.support(elements <= 9007199254740992.0 && plane <= INT32_MAX && p.h <= INT32_MAX && p.w <= INT32_MAX);
  return p;
}

/**
 * Takes the windows into memory of this thread's own, where no other thread writes them after they are checked. Answers the position
 * of the first one that leaves its axis, or OK.
 */
double takeWindows(Pooling& p) {
  const size_t count = static_cast<size_t>(2 * (p.oh + p.ow));
  int32_t* const own = reinterpret_cast<int32_t*>(scratch(Slot::kernel, count));
  if (count > 0) std::memcpy(own, p.windows, count * sizeof(int32_t));
  p.windows = own;
  for (int64_t i = 0; i < p.oh + p.ow; i++) {
    const int32_t begin = p.windows[2 * i], end = p.windows[2 * i + 1];
    if (begin < 0 || begin > end || end > (i < p.oh ? p.h : p.w)) return static_cast<double>(2 * i);
  }
  return OK;
}

template <bool gradient>
double mean(const Call& call) {
  Reader r(call);
  Pooling p = readSizes(r);
  const Array& windows = r.array();
  const int64_t wo = r.size();
  const Array& divisors = r.array();
  const int64_t divisorsOffset = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (r.failed()) return r.status();
  const int64_t image = p.planes * p.h * p.w, pooled = p.planes * p.oh * p.ow;
  p.windows = r.at<const int32_t>(windows, wo, 2 * (p.oh + p.ow));
  p.divisors = r.at<const float>(divisors, divisorsOffset, p.oh * p.ow);
  p.x = r.at<const float>(x, xo, gradient ? pooled : image);
  p.out = r.at<float>(out, oo, gradient ? image : pooled);
  return r.run([=] {
    Pooling own = p;
    const double bad = takeWindows(own);
    if (bad == OK && (gradient ? image : pooled) > 0) (gradient ? isa().avgPool2dGrad : isa().avgPool2d)(own);
    return bad;
  });
}

}  // namespace

double maxPool2d(const Call& call) {
  Reader r(call);
  Pooling p = readSizes(r);
  p.dh = r.size(), p.dw = r.size();
  const Array& windows = r.array();
  const int64_t wo = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const Array& index = r.array();
  const int64_t io = r.size();
  r.support(p.dh >= 1 && p.dw >= 1 && p.dh <= INT32_MAX && p.dw <= INT32_MAX);
  if (r.failed()) return r.status();
  p.windows = r.at<const int32_t>(windows, wo, 2 * (p.oh + p.ow));
  p.x = r.at<const float>(x, xo, p.planes * p.h * p.w);
  p.out = r.at<float>(out, oo, p.planes * p.oh * p.ow);
  p.index = r.at<int32_t>(index, io, p.planes * p.oh * p.ow);
  return r.run([=] {
    Pooling own = p;
    const double bad = takeWindows(own);
    if (bad == OK && p.planes * p.oh * p.ow > 0) isa().maxPool2d(own);
    return bad;
  });
}

double maxPool2dGrad(const Call& call) {
  Reader r(call);
  const int64_t planes = r.size(), size = r.size(), places = r.size();
  const double elements = static_cast<double>(planes > 0 ? planes : 1) * static_cast<double>(size > 0 ? size : 1) * static_cast<double>(places > 0 ? places : 1);
  r.support(elements <= 9007199254740992.0);
  const Array& index = r.array();
  const int64_t io = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (r.failed()) return r.status();
  const Indices at = {r.at<const int32_t>(index, io, planes * places), size};
  const float* from = r.at<const float>(g, go, planes * places);
  float* to = r.at<float>(out, oo, planes * size);
  return r.run([=] {
    const double bad = at.firstBad(planes * places, OK);
    if (bad == OK && planes * size > 0) isa().maxPool2dGrad(planes, places, at, from, to);
    return bad;
  });
}

double avgPool2d(const Call& call) { return mean<false>(call); }
double avgPool2dGrad(const Call& call) { return mean<true>(call); }

}  // namespace simdgrad::entries
