#pragma once
// Convolutions that read the patches from shifted copies of the image (conv_direct.cc). Each returns false,
// and does nothing, where conv.cc should multiply with unfolded patches: there it is faster, or its products
// are of another order. Otherwise the bits are those of conv.cc.

#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

bool conv2dDirect(const Conv&);
bool conv2dGradInputDirect(const Conv&);
bool conv2dGradWeightDirect(const Conv&);
/** The same for up to four outputs: conv_few.cc. */
bool conv2dGradWeightFew(const Conv&);

}  // namespace simdgrad::SIMDGRAD_ISA_NS
