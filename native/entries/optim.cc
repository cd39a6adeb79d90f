#include "../dispatch.h"
#include "entries.h"

namespace simdgrad::entries {

namespace {

/** base^exponent for a whole exponent >= 0, by the squarings of src/kernels/js/optim.ts. */
double wholePower(double base, double exponent) {
  double power = 1, square = base;
  const uint64_t whole = exponent > 0 && exponent < 0x1p53 ? static_cast<uint64_t>(exponent) : 0;
  for (uint64_t e = whole; e > 0; e /= 2, square *= square)
    if (e % 2 == 1) power *= square;
  return power;
}

}  // namespace

/** Steps of optimizers: they are counted where a recorded program counts them too. */
double increment(const Call& call) {
  Reader r(call);
  const int64_t n = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  double* to = r.at<double>(out, oo, n);
  return r.run([=] {
    for (int64_t i = 0; i < n; i++) to[i] += 1;
  });
}

double sgdStep(const Call& call) {
  Reader r(call);
  Sgd s;
  s.n = r.size();
  const int64_t flags = r.size();
  const Array& p = r.array();
  const int64_t po = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& buffer = r.array();
  const int64_t bo = r.size();
  const Array& step = r.array();
  const int64_t so = r.size();
  const Array& hyper = r.array();
  const int64_t ho = r.size();
  s.p = r.at<float>(p, po, s.n);
  s.g = r.at<const float>(g, go, s.n);
  s.buffer = r.orNull<float>(buffer, bo, s.n);
  const double* t = r.at<const double>(step, so, 1);
  const double* h = r.at<const double>(hyper, ho, 4);
  s.nesterov = (flags & 1) != 0;
  s.maximize = (flags & 2) != 0;
  return r.run([=] {
    Sgd now = s;
    now.first = *t == 1;
    now.lr = static_cast<float>(h[0]);
    now.momentum = static_cast<float>(h[1]);
    now.dampeningRest = static_cast<float>(1 - h[2]);
    now.weightDecay = static_cast<float>(h[3]);
    isa().sgdStep(now);
  });
}

double adamStep(const Call& call) {
  Reader r(call);
  Adam a;
  a.n = r.size();
  const int64_t flags = r.size();
  const Array& p = r.array();
  const int64_t po = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& m = r.array();
  const int64_t mo = r.size();
  const Array& v = r.array();
  const int64_t vo = r.size();
  const Array& vmax = r.array();
  const int64_t vmo = r.size();
  const Array& step = r.array();
  const int64_t so = r.size();
  const Array& hyper = r.array();
  const int64_t ho = r.size();
  a.p = r.at<float>(p, po, a.n);
  a.g = r.at<const float>(g, go, a.n);
  a.m = r.at<float>(m, mo, a.n);
  a.v = r.at<float>(v, vo, a.n);
  a.vmax = r.orNull<float>(vmax, vmo, a.n);
  const double* t = r.at<const double>(step, so, 1);
  const double* h = r.at<const double>(hyper, ho, 5);
  const bool decoupled = (flags & 1) != 0;
  if ((flags & 2) == 0) a.vmax = nullptr;
  a.maximize = (flags & 4) != 0;
  return r.run([=] {
    Adam now = a;
    const double lr = h[0], beta1 = h[1], beta2 = h[2], weightDecay = h[4];
    now.stepSize = static_cast<float>(lr / (1 - wholePower(beta1, *t)));
    now.inverseCorrection = static_cast<float>(1 / __builtin_sqrt(1 - wholePower(beta2, *t)));
    now.beta1Rest = static_cast<float>(1 - beta1);
    now.beta2 = static_cast<float>(beta2);
    now.beta2Rest = static_cast<float>(1 - beta2);
    now.eps = static_cast<float>(h[3]);
    now.keep = static_cast<float>(decoupled ? 1 - lr * weightDecay : 1);
    now.decay = static_cast<float>(decoupled ? 0 : weightDecay);
    isa().adamStep(now);
  });
}

}  // namespace simdgrad::entries
