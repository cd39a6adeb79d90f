#pragma once
// The steps of optimizers, as their own kernels take them and as products do whose C is the gradient.

#include "../call.h"
#include "../isa.h"

namespace simdgrad::entries {

// Valid when the reader is ready afterwards.
Sgd readSgd(Reader& r);
Adam readAdam(Reader& r);

// Of the update, which has to stay.
Consumer consumerOf(const Sgd& s);
Consumer consumerOf(const Adam& a);

}  // namespace simdgrad::entries
