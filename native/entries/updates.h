#pragma once
// The steps of optimizers, as their own kernels take them and as products do whose C is the gradient.

#include "../kernels/isa.h"

namespace simdgrad::entries {

/** What a call gives, and the arrays with what changes from step to step: its number and the hyperparameters. */
template <class Step>
struct Update {
  Step given;
  const double *number, *hyper;

  /** With what the arrays hold now. */
  Step now() const;
};

/** All of the step but `n` and the gradient, which a product makes. */
template <class Args>
Update<Sgd> sgdOf(Args& a) {
  Sgd s;
  s.p = a.p.template as<float>();
  s.buffer = a.buffer.template orNull<float>();
  s.nesterov = (a.flags & 1) != 0;
  s.maximize = (a.flags & 2) != 0;
  return {s, a.step.template as<double>(), a.hyper.template as<double>()};
}

template <class Args>
Update<Adam> adamOf(Args& a) {
  Adam s;
  s.p = a.p.template as<float>();
  s.m = a.mean.template as<float>();
  s.v = a.square.template as<float>();
  float* const largest = a.largest.template orNull<float>();
  s.decoupled = (a.flags & 1) != 0;
  s.vmax = (a.flags & 2) != 0 ? largest : nullptr;
  s.maximize = (a.flags & 4) != 0;
  return {s, a.step.template as<double>(), a.hyper.template as<double>()};
}

// Of the update, which has to stay.
Consumer consumerOf(const Sgd& s);
Consumer consumerOf(const Adam& a);

}  // namespace simdgrad::entries
