#pragma once
// Runs a case, detects access to anything but its operands, and returns a hash of what it wrote.

#include "case.h"

namespace simdgrad::test {

struct Outcome {
  uint64_t hash;        // of everything that was written; all NaN count as equal
  std::string problem;  // empty if only outputs changed
};

/** `places` decides which guard page each operand is next to. */
Outcome run(Case& c, const Isa& isa, Draw& places);

/** After two runs: the first element at which their outputs differ. */
std::string firstDifference(Case& c, const Isa& isa, const Isa& reference);

}  // namespace simdgrad::test
