#pragma once
// The entry of every kernel: reads and checks the arguments of a Call in the order of the table, then runs the body of the
// instruction set in use. To add a family: a file here, a line here, its row in table.cc, its members in isa.h, its bodies in
// kernels/, its add… line in kernels/isa.cc, and both files in sources.json.

#include "../call.h"

namespace simdgrad::entries {

// memory.cc
double fill(const Call& call);

// gemm.cc
double gemm(const Call& call);

}  // namespace simdgrad::entries
