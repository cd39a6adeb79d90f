#pragma once
// The steps of optimizers, for their own kernels and for products whose C is the gradient.

#include "../kernels/isa.h"

namespace simdgrad::entries {

/**
 * The arguments of a call, and the arrays with the values that change at each step: step number and
 * hyperparameters.
 */
template <class Step>
struct Update {
  Step given;
  const double *number, *hyper;

  /** The step with the current values of the arrays. */
  Step now() const;
};

/** Reads all of a step but `n` and the gradient, which a product computes. */
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

// The consumer refers to the step, which must outlive it.
Consumer consumerOf(const Sgd& s);
Consumer consumerOf(const Adam& a);

}  // namespace simdgrad::entries
