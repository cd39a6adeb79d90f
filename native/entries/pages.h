#pragma once
#include <cstddef>

namespace simdgrad {

/** Memory that a kernel is about to write. Where it is large, the system is asked to back it with large pages. */
void expectWrites(void* begin, size_t bytes);

}  // namespace simdgrad
