#pragma once

namespace simdgrad {

/** Gives the calling thread a name, which debuggers show. It has at most 15 characters. */
void nameThisThread(const char* name);

}  // namespace simdgrad
