#include "pages.h"

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace simdgrad {

// The first write to each new page of memory causes a page fault. 40 MB have 10000 pages of 4 KB, and their
// page faults take longer than almost any kernel; they have only 20 pages of 2 MB. The madvise call takes
// about a microsecond: less than a hundredth of the time to write leastBytes.
constexpr uintptr_t pageBytes = 2 << 20, leastBytes = 4 * pageBytes;

void expectWrites([[maybe_unused]] void* begin, [[maybe_unused]] size_t bytes) {
#ifdef MADV_HUGEPAGE
  if (bytes < leastBytes) return;
  const uintptr_t from = reinterpret_cast<uintptr_t>(begin), first = (from + pageBytes - 1) / pageBytes * pageBytes;
  const uintptr_t last = (from + bytes) / pageBytes * pageBytes;
  // If the system refuses (it has no huge pages), the memory keeps its small pages.
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace simdgrad
