#pragma once
// Runs a case where touching anything but its operands is found out, and answers with a hash of what it wrote.

#include "case.h"

namespace simdgrad::test {

struct Outcome {
  uint64_t hash;        // of all that was written; all NaN count as one
  std::string problem;  // empty: nothing but outputs changed
};

/** `places` decides at which forbidden page each operand lies. */
Outcome run(Case& c, const Isa& isa, Draw& places);

/** After two runs: the first element in which what they wrote differs. */
std::string firstDifference(Case& c, const Isa& isa, const Isa& reference);

}  // namespace simdgrad::test
