#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "tests.h"

namespace simdgrad::test {

namespace {

constexpr Slot slots[slotCount] = {Slot::packedA, Slot::packedB, Slot::partial, Slot::kernel, Slot::shared};

long residentPages() {
  long size = 0, resident = 0;
  FILE* file = fopen("/proc/self/statm", "re");
  if (!file) return 0;
  if (fscanf(file, "%ld %ld", &size, &resident) != 2) resident = 0;
  fclose(file);
  return resident;
}

}  // namespace

void testScratch(Tally& tally) {
  // Each slot of each thread has its own memory, which keeps its address until it must grow.
  std::atomic<int> wrong{0};
  onThreads(6, [&](int thread) {
    for (const size_t floats : {size_t{10}, size_t{30000}, size_t{500}})
      for (int round = 0; round < 20; round++) {
        float* memory[slotCount];
        for (int i = 0; i < slotCount; i++) {
          memory[i] = scratch(slots[i], floats);
          if (reinterpret_cast<uintptr_t>(memory[i]) % 64 != 0) wrong++;
          for (size_t j = 0; j < floats; j++) memory[i][j] = static_cast<float>(thread * slotCount + i);
        }
        for (int i = 0; i < slotCount; i++)
          for (size_t j = 0; j < floats; j++)
            if (memory[i][j] != static_cast<float>(thread * slotCount + i) || scratch(slots[i], floats) != memory[i]) {
              wrong++;
              break;
            }
      }
  });
  tally.check(wrong == 0, "scratch: %d times it was not aligned, moved, or somebody else's", wrong.load());

  // A megabyte for each of 64 threads that start and end. The address sanitizer delays the reuse of freed
  // memory, and detects leaks itself.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const long before = residentPages();
#endif
  for (int i = 0; i < 64; i++)
    onThreads(1, [](int) {
      float* memory = scratch(Slot::partial, size_t{1} << 18);
      for (size_t j = 0; j < size_t{1} << 18; j += 512) memory[j] = 1;
    });
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const long grown = (residentPages() - before) * sysconf(_SC_PAGESIZE);
  tally.check(grown < 8 << 20, "scratch: 64 threads that ended left %ld bytes", grown);
#else
  (void)residentPages;
#endif
}

}  // namespace simdgrad::test
