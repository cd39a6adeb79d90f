#include "tests.h"

namespace simdgrad::test {

void testRanges(Tally& tally) {
  for (const int count : {1, 2, 3, 4, 7}) {
    setThreads(count);
    Draw draw(static_cast<uint64_t>(count));
    const uint64_t before = workerChunks();
    bool good = true;
    for (int round = 0; round < 400; round++) {
      const size_t n = static_cast<size_t>(draw.size(3000));
      const size_t grain = static_cast<size_t>(draw.pick<int64_t>({0, 1, 2, 7, 100, 5000}));
      good = good && everyItemOnce(n, grain);
    }
    tally.check(good, "ranges: an item did not run exactly once with %d threads", count);
    tally.check((workerChunks() > before) == (count > 1), "ranges: with %d threads, workers ran %llu chunks", count,
                static_cast<unsigned long long>(workerChunks() - before));
  }
  // The last piece ends at the last item, also where the next one would begin beyond the largest number.
  size_t sum = 0;
  parallelFor(size_t{5}, SIZE_MAX, [&](size_t begin, size_t end) { sum += end - begin; });
  tally.check(sum == 5, "ranges: a grain larger than the range: %zu items", sum);
  bool called = false;
  parallelFor(size_t{0}, size_t{1}, [&](size_t, size_t) { called = true; });
  tally.check(!called, "ranges: an empty range was run");
}

}  // namespace simdgrad::test
