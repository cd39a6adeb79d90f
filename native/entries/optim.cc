#include "../kernels/dispatch.h"
#include "../kernels/op_names.h"
#include "../numerics/whole_power.h"
#include "entries.h"
#include "updates.h"

namespace simdgrad::entries {

namespace {

const float* readGradient(Reader& r, int64_t n) {
  const Array& g = r.array();
  return r.at<const float>(g, r.size(), n);
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

template <>
Sgd Update<Sgd>::now() const {
  Sgd s = given;
  s.first = *number == 1;
  s.lr = static_cast<float>(hyper[0]);
  s.momentum = static_cast<float>(hyper[1]);
  s.dampeningRest = static_cast<float>(1 - hyper[2]);
  s.weightDecay = static_cast<float>(hyper[3]);
  return s;
}

Update<Sgd> readSgd(Reader& r, const Gemm* maker) {
  Sgd s;
  s.n = maker ? r.product({maker->m, maker->n}) : r.size();
  const int64_t flags = r.size();
  const Array& p = r.array();
  const int64_t po = r.size();
  s.g = maker ? maker->c : readGradient(r, s.n);
  const Array& buffer = r.array();
  const int64_t bo = r.size();
  const Array& step = r.array();
  const int64_t so = r.size();
  const Array& hyper = r.array();
  const int64_t ho = r.size();
  s.p = r.at<float>(p, po, s.n);
  s.buffer = r.orNull<float>(buffer, bo, s.n);
  s.nesterov = (flags & 1) != 0;
  s.maximize = (flags & 2) != 0;
  return {s, r.at<const double>(step, so, 1), r.at<const double>(hyper, ho, 4)};
}

Consumer consumerOf(const Sgd& s) { return {isa().sgdTake, &s, {s.p, s.buffer}, s.buffer ? 2 : 1}; }

double sgdStep(const Call& call) {
  Reader r(call);
  const Update<Sgd> update = readSgd(r);
  return r.run([=] { isa().sgdStep(update.now()); });
}

template <>
Adam Update<Adam>::now() const {
  Adam a = given;
  const double lr = hyper[0], beta1 = hyper[1], beta2 = hyper[2], weightDecay = hyper[4];
  a.stepSize = static_cast<float>(lr / (1 - wholePower(beta1, *number)));
  a.inverseCorrection = static_cast<float>(1 / __builtin_sqrt(1 - wholePower(beta2, *number)));
  a.beta1Rest = static_cast<float>(1 - beta1);
  a.beta2 = static_cast<float>(beta2);
  a.beta2Rest = static_cast<float>(1 - beta2);
  a.eps = static_cast<float>(hyper[3]);
  a.keep = static_cast<float>(a.decoupled ? 1 - lr * weightDecay : 1);
  a.decay = static_cast<float>(a.decoupled ? 0 : weightDecay);
  return a;
}

Update<Adam> readAdam(Reader& r, const Gemm* maker) {
  Adam a;
  a.n = maker ? r.product({maker->m, maker->n}) : r.size();
  const int64_t flags = r.size();
  const Array& p = r.array();
  const int64_t po = r.size();
  a.g = maker ? maker->c : readGradient(r, a.n);
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
  a.m = r.at<float>(m, mo, a.n);
  a.v = r.at<float>(v, vo, a.n);
  a.vmax = r.orNull<float>(vmax, vmo, a.n);
  a.decoupled = (flags & 1) != 0;
  if ((flags & 2) == 0) a.vmax = nullptr;
  a.maximize = (flags & 4) != 0;
  return {a, r.at<const double>(step, so, 1), r.at<const double>(hyper, ho, 5)};
}

Consumer consumerOf(const Adam& a) { return {isa().adamTake, &a, {a.p, a.m, a.v, a.vmax}, a.vmax ? 4 : 3}; }

double adamStep(const Call& call) {
  Reader r(call);
  const Update<Adam> update = readAdam(r);
  return r.run([=] { isa().adamStep(update.now()); });
}

double ruleStep(const Call& call) {
  Reader r(call);
  RuleStep s;
  s.rule = r.op(lengthOf(ruleNames));
  s.n = r.size();
  const Array& p = r.array();
  const int64_t po = r.size();
  s.g = readGradient(r, s.n);
  const Array& a = r.array();
  const int64_t ao = r.size();
  const Array& b = r.array();
  const int64_t bo = r.size();
  const Array& c = r.array();
  const int64_t co = r.size();
  const Array& step = r.array();
  const int64_t so = r.size();
  const Array& hyper = r.array();
  const int64_t ho = r.size();
  s.p = r.at<float>(p, po, s.n);
  s.a = r.at<float>(a, ao, s.n);
  s.b = r.orNull<float>(b, bo, s.n);
  s.c = r.orNull<float>(c, co, s.n);
  // A rule finds all the state it knows, or it is one for JavaScript.
  const int states = ruleStates[s.rule];
  r.support((states < 2 || b.type != DType::none) && (states < 3 || c.type != DType::none));
  s.number = r.at<const double>(step, so, 1);
  s.hyper = r.at<const double>(hyper, ho, ruleOptions[s.rule]);
  return r.run([=] { isa().ruleStep(s); });
}

}  // namespace simdgrad::entries
