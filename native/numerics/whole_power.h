#pragma once
// The one power of doubles that kernels need: a decay rate to the power of the step number.

#include <cstdint>

namespace simdgrad {

/**
 * base^exponent for an integer exponent >= 0, by repeated squaring as in src/kernels/js/optim.ts. Always
 * inline: the linker keeps one copy of a function outside the namespaces, and that of an instruction set
 * could be the one.
 */
__attribute__((always_inline)) inline double wholePower(double base, double exponent) {
  double power = 1, square = base;
  const uint64_t whole = exponent > 0 && exponent < 0x1p53 ? static_cast<uint64_t>(exponent) : 0;
  for (uint64_t e = whole; e > 0; e /= 2, square *= square)
    if (e % 2 == 1) power *= square;
  return power;
}

}  // namespace simdgrad
