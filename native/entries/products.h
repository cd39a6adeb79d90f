#pragma once
// The matrix products of the instruction set in use.

#include "../isa/dispatch.h"

namespace simdgrad::entries {

/** `bfloat16`: whether the operands are rounded to bfloat16. */
inline auto productOf(bool bfloat16) { return bfloat16 ? isa().gemmBf16 : isa().gemm; }

}  // namespace simdgrad::entries
