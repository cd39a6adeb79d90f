#include "tests.h"

namespace simdgrad::test {

void testResizing(Tally& tally) {
  std::atomic<bool> finished{false};
  std::atomic<int> wrong{0}, answers{0};
  std::thread resizer([&] {
    Draw draw(5);
    while (!finished) {
      const int wanted = static_cast<int>(draw.between(1, 7));
      if (setThreads(wanted) != wanted) answers++;
      std::this_thread::yield();
    }
  });
  onThreads(4, [&](int caller) {
    Draw draw(static_cast<uint64_t>(caller));
    for (int round = 0; round < 300; round++)
      if (!everyItemOnce(static_cast<size_t>(draw.between(0, 2000)), static_cast<size_t>(draw.between(1, 300)))) wrong++;
  });
  finished = true;
  resizer.join();
  tally.check(wrong == 0, "resizing: %d ranges were wrong while the number of threads changed", wrong.load());
  tally.check(answers == 0, "resizing: setThreads answered something else than it was given %d times", answers.load());

  // Inside a chunk, setThreads has no effect: the chunk would wait for itself.
  setThreads(3);
  std::atomic<int> inside{0};
  parallelFor(size_t{8}, size_t{1}, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) inside += setThreads(7) == 3;
  });
  tally.check(inside == 8 && threads() == 3, "resizing: setThreads inside a chunk changed the number to %d", threads());

  for (const auto& [wanted, got] : {std::pair{0, 1}, {-5, 1}, {maxThreads + 1, maxThreads}, {2, 2}})
    tally.check(setThreads(wanted) == got && threads() == got, "resizing: setThreads(%d) gave %d", wanted, threads());
}

}  // namespace simdgrad::test
