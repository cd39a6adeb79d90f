#include "tests.h"

namespace simdgrad::test {

void testCallers(Tally& tally) {
  for (const int count : {2, 4}) {
    setThreads(count);
    std::atomic<int> wrong{0};
    onThreads(8, [&](int caller) {
      Draw draw(static_cast<uint64_t>(caller));
      for (int round = 0; round < 300; round++)
        if (!everyItemOnce(static_cast<size_t>(draw.between(0, 2000)), static_cast<size_t>(draw.between(1, 300)))) wrong++;
    });
    tally.check(wrong == 0, "callers: %d of 2400 ranges were wrong with eight callers and %d threads", wrong.load(), count);
  }

  // Calls from inside a chunk run on the calling thread, also when nested three levels deep.
  setThreads(4);
  std::atomic<int> wrong{0}, inner{0};
  onThreads(3, [&](int) {
    for (int round = 0; round < 20; round++)
      parallelFor(size_t{12}, size_t{1}, [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; i++)
          parallelFor(size_t{5}, size_t{1}, [&](size_t first, size_t last) {
            for (size_t j = first; j < last; j++) {
              if (!everyItemOnce(40, 7)) wrong++;
              inner++;
            }
          });
      });
  });
  tally.check(wrong == 0 && inner == 3 * 20 * 12 * 5, "callers: nested calls: %d wrong, %d run", wrong.load(), inner.load());
}

}  // namespace simdgrad::test
