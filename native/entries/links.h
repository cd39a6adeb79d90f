#pragma once
// Reads elementwise calls as links of a chain (kernels/chain.h).

#include "../kernels/chain.h"
#include "call.h"

namespace simdgrad {

/**
 * Reads a call of the kernel `name` into `link`, without locals. Returns OK, what the kernel's entry would
 * return for bad arguments, or UNSUPPORTED if the call cannot be a link.
 */
double readLink(const char* name, const Call& call, Link& link);

}  // namespace simdgrad
