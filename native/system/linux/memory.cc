#include <sys/mman.h>

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "../system.h"

namespace simdgrad {

void* allocateLines(size_t bytes) { return aligned_alloc(64, bytes); }
void freeLines(void* memory) { free(memory); }

// The first write to each new page of memory causes a page fault. 40 MB have 10000 pages of 4 KB, and their
// page faults take longer than almost any kernel; they have only 20 pages of 2 MB. The madvise call takes
// about a microsecond: less than a hundredth of the time to write leastBytes.
constexpr uintptr_t pageBytes = 2 << 20, leastBytes = 4 * pageBytes;

void expectWrites(void* begin, size_t bytes) {
  if (bytes < leastBytes) return;
  const uintptr_t from = reinterpret_cast<uintptr_t>(begin), first = (from + pageBytes - 1) / pageBytes * pageBytes;
  const uintptr_t last = (from + bytes) / pageBytes * pageBytes;
  // If the system refuses (it has no huge pages), the memory keeps its small pages.
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

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
