#pragma once
// Which instruction sets this CPU and its operating system can run, and the one in use: process-wide.

#include "../kernels/isa.h"

namespace simdgrad {

/** Usable ones, slowest first; the last is the default. */
int isaCount();
const Isa& isaAt(int index);

/** The one in use. */
const Isa& isa();

/** False when there is none of that name on this CPU. Calls that are running finish on the old one. */
bool setIsa(const char* name);

/** Why a built one cannot run here, or an empty string: "avx512: the CPU lacks avx512f" … */
const char* isaNote();

}  // namespace simdgrad
