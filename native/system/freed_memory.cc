#include "freed_memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace simdgrad {

// A training step frees and allocates the same sizes again and again. glibc returns the top of the heap to
// the system when 128 KB of it are free, and every allocation above the mmap threshold when it is freed; the
// next use then costs a page fault for each 4 KB. Products of 512 x 512 into new memory lose a quarter of
// their time to it. 32 MB is the largest mmap threshold that glibc accepts on 64-bit systems (HEAP_MAX_SIZE /
// 2); setting either value also stops glibc from adapting both.
bool keepFreedMemory() {
#ifdef __GLIBC__
  constexpr int mmapThreshold = 32 << 20, trimThreshold = 256 << 20;
  // Who sets these variables has made a choice for this process.
  if (getenv("MALLOC_TRIM_THRESHOLD_") || getenv("MALLOC_MMAP_THRESHOLD_")) return false;
  return mallopt(M_MMAP_THRESHOLD, mmapThreshold) == 1 && mallopt(M_TRIM_THRESHOLD, trimThreshold) == 1;
#else
  return false;
#endif
}

}  // namespace simdgrad
