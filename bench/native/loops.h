#pragma once
// The limits of the machine as plain loops, compiled once per instruction set (loops.cc): what no kernel can
// beat.

#include <cstddef>

namespace bench {

/**
 * A stream: `reads` arrays are read, `writes` are written; when `inPlace` those are the first of the arrays
 * read.
 */
struct Pattern {
  const char* name;
  int reads, writes;
  bool inPlace;
  int arrays() const { return inPlace ? reads : reads + writes; }
};

// What the rows of the elementwise table do: sum and max, relu, add, an SGD step with momentum (reads and
// writes parameter and buffer, reads the gradient), an Adam step (parameter and two moments, reads the
// gradient).
constexpr Pattern patterns[] = {{"read", 1, 0, false}, {"write", 0, 1, false}, {"copy", 1, 1, false},
                                {"add", 2, 1, false},  {"sgd", 3, 2, true},    {"adam", 4, 3, true}};
constexpr int patternCount = sizeof patterns / sizeof *patterns;
constexpr int maxArrays = 4;

struct Loops {
  /**
   * Fused multiply-adds on all lanes of registers only, `rounds` times; returns the number of operations (two
   * each).
   */
  double (*fma)(long rounds);
  /** Once over n elements (a multiple of 64) of 64-byte aligned arrays; `past`: stores go past the caches. */
  void (*stream[patternCount])(float* const* arrays, size_t n, bool past);
};

/** Of the instruction set that the kernels use. */
const Loops& loops();

}  // namespace bench
