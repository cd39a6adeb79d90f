#include <ctime>

#include "tests.h"

namespace simdgrad::test {

namespace {

/**
 * Runs one item per thread, each of which waits for all others. Returns true when all run at the same time.
 */
bool allAtOnce(int count) {
  std::atomic<int> begun{0};
  const time_t limit = time(nullptr) + 20;
  parallelFor(static_cast<size_t>(count), size_t{1}, [&](size_t begin, size_t end) {
    begun += static_cast<int>(end - begin);
    while (begun < count && time(nullptr) < limit) std::this_thread::yield();
  });
  return begun == count && time(nullptr) < limit;
}

}  // namespace

void testRanges(Tally& tally) {
  for (const int count : {1, 2, 3, 4, 7}) {
    setThreads(count);
    Draw draw(static_cast<uint64_t>(count));
    bool good = true;
    for (int round = 0; round < 400; round++) {
      const size_t n = static_cast<size_t>(draw.size(3000));
      const size_t grain = static_cast<size_t>(draw.pick<int64_t>({0, 1, 2, 7, 100, 5000}));
      good = good && everyItemOnce(n, grain);
    }
    tally.check(good, "ranges: an item did not run exactly once with %d threads", count);
    const uint64_t before = workerChunks();
    tally.check(allAtOnce(count), "ranges: %d threads do not work at once", count);
    const int others = static_cast<int>(workerChunks() - before);
    tally.check(others == count - 1, "ranges: of %d items that wait for each other %d ran on workers", count, others);
  }
  // The last piece ends at the last item, even if the next one would begin beyond SIZE_MAX.
  size_t sum = 0;
  parallelFor(size_t{5}, SIZE_MAX, [&](size_t begin, size_t end) { sum += end - begin; });
  tally.check(sum == 5, "ranges: a grain larger than the range: %zu items", sum);
  bool called = false;
  parallelFor(size_t{0}, size_t{1}, [&](size_t, size_t) { called = true; });
  tally.check(!called, "ranges: an empty range was run");
}

}  // namespace simdgrad::test
