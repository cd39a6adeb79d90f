#include <algorithm>
#include <functional>

#include "../../../native/threads/cores.h"
#include "tests.h"

namespace simdgrad::test {

/**
 * Threads beyond the number of cores leave short jobs to the others. If all 64 threads took turns, each would
 * run its share.
 */
void testReserve(Tally& tally) {
  const int regular = std::min(usableCores(), 64) - 1;
  setThreads(64);
  static std::atomic<int> next{0}, chunks[65];
  static thread_local int own = -1;
  for (std::atomic<int>& count : chunks) count = 0;
  own = 0;
  next = 1;
  for (int round = 0; round < 20000; round++)
    parallelFor(size_t{64}, size_t{1}, [&](size_t, size_t) {
      if (own < 0) own = next++;
      chunks[own]++;
      for (volatile int i = 0; i < 100; i = i + 1) {
      }
    });
  setThreads(2);
  int others[64], all = 0, most = 0;
  for (int i = 0; i < 64; i++) all += others[i] = chunks[i + 1];
  std::sort(others, others + 64, std::greater<int>());
  for (int i = 0; i < regular; i++) most += others[i];
  tally.check(2 * most >= all, "reserve: of %d chunks that workers ran, the busiest %d ran %d", all, regular, most);
}

}  // namespace simdgrad::test
