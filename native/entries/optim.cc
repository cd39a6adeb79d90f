#include "../isa/dispatch.h"
#include "../numerics/whole_power.h"
#include "arguments.h"
#include "updates.h"

namespace simdgrad::entries {

/** Increments the step counters of optimizers. It is a kernel so that a recorded program counts steps too. */
double increment(IncrementArgs& a) {
  double* out = a.out.as<double>();
  return a.run([=, n = a.n] {
    for (int64_t i = 0; i < n; i++) out[i] += 1;
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

Consumer consumerOf(const Sgd& s) { return {isa().sgdTake, &s, {s.p, s.buffer}, s.buffer ? 2 : 1}; }

double sgdStep(SgdStepArgs& a) {
  Update<Sgd> update = sgdOf(a);
  update.given.n = a.n;
  update.given.g = a.g.as<float>();
  return a.run([=] { isa().sgdStep(update.now()); });
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

Consumer consumerOf(const Adam& a) { return {isa().adamTake, &a, {a.p, a.m, a.v, a.vmax}, a.vmax ? 4 : 3}; }

double adamStep(AdamStepArgs& a) {
  Update<Adam> update = adamOf(a);
  update.given.n = a.n;
  update.given.g = a.g.as<float>();
  return a.run([=] { isa().adamStep(update.now()); });
}

double ruleStep(RuleStepArgs& a) {
  RuleStep s;
  s.rule = a.rule;
  s.n = a.n;
  s.p = a.p.as<float>();
  s.g = a.g.as<float>();
  s.a = a.first.as<float>();
  s.b = a.second.orNull<float>();
  s.c = a.third.orNull<float>();
  // A rule that lacks some of its state arrays runs in JavaScript.
  const int states = ruleStates[s.rule];
  a.support((states < 2 || a.second.given()) && (states < 3 || a.third.given()));
  s.number = a.step.as<double>();
  s.hyper = a.hyper.as<double>();
  return a.run([=] { isa().ruleStep(s); });
}

}  // namespace simdgrad::entries
