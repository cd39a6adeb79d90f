#pragma once
// The instruction sets that this CPU and its operating system can run, and the one in use (process-wide).

#include "../kernels/isa.h"

namespace simdgrad {

/** The usable instruction sets, slowest first. The last is the default. */
int isaCount();
const Isa& isaAt(int index);

/** The instruction set in use. */
const Isa& isa();

/**
 * Returns false if this CPU has none of that name. Calls that are already running finish with the old one.
 */
bool setIsa(const char* name);

/** Why a built instruction set cannot run here ("avx512: the CPU lacks avx512f" …), or an empty string. */
const char* isaNote();

}  // namespace simdgrad
