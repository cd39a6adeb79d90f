#include "pages.h"

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace simdgrad {

// Memory that was not used before costs the first write to each of its pages a trip into the system: for 40 MB, 10000 trips on
// pages of 4 KB take several times as long as adding two arrays does; on pages of 2 MB they are 20. Asking costs a trip, too.
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
