#pragma once
// The limits of the machine, measured by simple loops that are compiled once per instruction set (loops.cc).
// No kernel can be faster.

#include <cstddef>

namespace bench {

/**
 * A stream reads `reads` arrays and writes `writes` arrays. If `inPlace`, it writes the first of the arrays
 * that it reads.
 */
struct Pattern {
  const char* name;
  int reads, writes;
  bool inPlace;
  int arrays() const { return inPlace ? reads : reads + writes; }
};

// The access patterns of the elementwise table: sum and max, relu, add, an SGD step with momentum (reads and
// writes parameter and buffer, reads the gradient), an Adam step (parameter and two moments, reads the
// gradient).
constexpr Pattern patterns[] = {{"read", 1, 0, false}, {"write", 0, 1, false}, {"copy", 1, 1, false},
                                {"add", 2, 1, false},  {"sgd", 3, 2, true},    {"adam", 4, 3, true}};
constexpr int patternCount = sizeof patterns / sizeof *patterns;
constexpr int maxArrays = 4;

struct Loops {
  /**
   * Fused multiply-adds on all lanes, in registers only, `rounds` times. Returns the number of operations
   * (two each).
   */
  double (*fma)(long rounds);
  /**
   * One pass over n elements (a multiple of 64) of 64-byte aligned arrays. `past`: with non-temporal stores.
   */
  void (*stream[patternCount])(float* const* arrays, size_t n, bool past);
};

/** The loops for the instruction set that the kernels use. */
const Loops& loops();

}  // namespace bench
