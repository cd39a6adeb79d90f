#pragma once
// The steps of optimizers, as their own kernels take them and as products do whose C is the gradient.

#include "call.h"
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

// Valid when the reader finds nothing wrong. With a product that makes the gradient, neither that nor its length is an argument.
Update<Sgd> readSgd(Reader& r, const Gemm* maker = nullptr);
Update<Adam> readAdam(Reader& r, const Gemm* maker = nullptr);

// Of the update, which has to stay.
Consumer consumerOf(const Sgd& s);
Consumer consumerOf(const Adam& a);

}  // namespace simdgrad::entries
