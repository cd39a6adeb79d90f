#pragma once
#include <cstddef>

namespace simdgrad {

/**
 * Announces memory that a kernel is about to write. If it is large, asks the system to use huge pages for it.
 */
void expectWrites(void* begin, size_t bytes);

}  // namespace simdgrad
