#include <cstring>

#include "../isa/dispatch.h"
#include "../threads/pool.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

/** Reads planes and sizes. If a size does not fit in `index`, the JavaScript core does the call. */
template <class Args>
Pooling poolingOf(Args& a) {
  Pooling p = {};
  p.planes = a.planes, p.h = a.h, p.w = a.w, p.oh = a.oh, p.ow = a.ow;
  double elements = 1;
  for (const int64_t size : {p.planes, p.h, p.w, p.oh, p.ow})
    if (size > 0) elements *= static_cast<double>(size);
  const double plane = static_cast<double>(p.h) * static_cast<double>(p.w);
  a.support(elements <= 9007199254740992.0 && plane <= INT32_MAX && p.h <= INT32_MAX && p.w <= INT32_MAX);
  return p;
}

/**
 * Copies the windows into this thread's scratch memory, where no other thread can write them after the check.
 * Returns the position of the first window that leaves its axis, or OK.
 */
double takeWindows(Pooling& p) {
  const size_t count = static_cast<size_t>(2 * (p.oh + p.ow));
  int32_t* const own = reinterpret_cast<int32_t*>(scratch(Slot::kernel, count));
  if (!own) return OUT_OF_MEMORY;
  if (count > 0) std::memcpy(own, p.windows, count * sizeof(int32_t));
  p.windows = own;
  for (int64_t i = 0; i < p.oh + p.ow; i++) {
    const int32_t begin = p.windows[2 * i], end = p.windows[2 * i + 1];
    if (begin < 0 || begin > end || end > (i < p.oh ? p.h : p.w)) return static_cast<double>(2 * i);
  }
  return OK;
}

template <class Args>
Pooling meansOf(Args& a) {
  Pooling p = poolingOf(a);
  p.windows = a.windows.template as<int32_t>();
  p.divisors = a.divisors.template as<float>();
  p.out = a.out.template as<float>();
  return p;
}

}  // namespace

double maxPool2d(MaxPool2dArgs& a) {
  Pooling p = poolingOf(a);
  p.dh = a.dh, p.dw = a.dw;
  a.support(p.dh <= INT32_MAX && p.dw <= INT32_MAX);
  p.windows = a.windows.as<int32_t>();
  p.x = a.x.as<float>();
  p.out = a.out.as<float>();
  p.index = a.index.as<int32_t>();
  return a.run([=] {
    Pooling own = p;
    const double bad = takeWindows(own);
    if (bad == OK && p.planes * p.oh * p.ow > 0) isa().maxPool2d(own);
    return bad;
  });
}

double maxPool2dGrad(MaxPool2dGradArgs& a) {
  double elements = 1;
  for (const int64_t size : {a.planes, a.size, a.places})
    if (size > 0) elements *= static_cast<double>(size);
  a.support(elements <= 9007199254740992.0);
  const Indices at = {a.index.as<int32_t>(), a.size};
  const float* g = a.g.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, planes = a.planes, places = a.places] {
    const double bad = at.firstBad(planes * places, OK);
    if (bad == OK && planes * at.length > 0) isa().maxPool2dGrad(planes, places, at, g, out);
    return bad;
  });
}

double avgPool2d(AvgPool2dArgs& a) {
  Pooling p = meansOf(a);
  p.x = a.x.as<float>();
  return a.run([=] {
    Pooling own = p;
    const double bad = takeWindows(own);
    if (bad == OK && p.planes * p.oh * p.ow > 0) isa().avgPool2d(own);
    return bad;
  });
}

double avgPool2dGrad(AvgPool2dGradArgs& a) {
  Pooling p = meansOf(a);
  p.x = a.g.as<float>();
  return a.run([=] {
    Pooling own = p;
    const double bad = takeWindows(own);
    if (bad == OK && p.planes * p.h * p.w > 0) isa().avgPool2dGrad(own);
    return bad;
  });
}

}  // namespace simdgrad::entries
