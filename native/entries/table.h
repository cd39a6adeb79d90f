#pragma once
// Kernel name → entry. The names are those of src/kernels/schema.ts. A kernel that is missing here runs on
// the JavaScript core.

#include "call.h"

namespace simdgrad {

struct Row {
  const char* name;
  Entry entry;
};

int kernelCount();
const Row& kernelAt(int index);

/** Op names of a family, in the order of their codes: unary → neg, abs, … */
struct OpList {
  const char* family;
  const char* const* names;
  int count;
};

int opListCount();
const OpList& opListAt(int index);

}  // namespace simdgrad
