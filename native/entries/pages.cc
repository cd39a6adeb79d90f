#include "pages.h"

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace simdgrad {

// The first write to each page of memory that was not used before is a trip into the system. 40 MB have 10000 pages of 4 KB, and
// those trips take longer than almost any kernel does; they have 20 pages of 2 MB. Asking is a trip, too, of about a microsecond:
// less than a hundredth of what writing leastBytes takes.
constexpr uintptr_t pageBytes = 2 << 20, leastBytes = 4 * pageBytes;

void expectWrites([[maybe_unused]] void* begin, [[maybe_unused]] size_t bytes) {
#ifdef MADV_HUGEPAGE
  if (bytes < leastBytes) return;
  const uintptr_t from = reinterpret_cast<uintptr_t>(begin), first = (from + pageBytes - 1) / pageBytes * pageBytes;
  const uintptr_t last = (from + bytes) / pageBytes * pageBytes;
  // A refusal (a system without them) leaves the small pages.
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace simdgrad
