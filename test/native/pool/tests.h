#pragma once
// The tests of the pool, one file each.

#include <atomic>
#include <thread>
#include <vector>

#include "../../../native/threads/pool.h"
#include "../death.h"
#include "../draw.h"
#include "../tally.h"

namespace simdgrad::test {

struct Test {
  const char* name;
  void (*run)(Tally&);
};

void testRanges(Tally&);
void testCallers(Tally&);
void testResizing(Tally&);
void testReserve(Tally&);
void testKernels(Tally&);
void testScratch(Tally&);
void testIdleness(Tally&);

/** Starts `count` threads, passes each its number, and joins all. */
template <class F>
void onThreads(int count, F body) {
  std::vector<std::thread> all;
  for (int i = 0; i < count; i++) all.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : all) thread.join();
}

/**
 * Runs one parallelFor over n items that increments each item of an unprotected array. Returns true when
 * every item ran once.
 */
inline bool everyItemOnce(size_t n, size_t grain) {
  std::vector<int> runs(n);
  std::atomic<bool> inside{true};
  parallelFor(n, grain, [&](size_t begin, size_t end) {
    if (begin >= end || end > n) inside = false;
    for (size_t i = begin; i < end; i++) runs[i]++;
  });
  for (const int count : runs)
    if (count != 1) return false;
  return inside;
}

}  // namespace simdgrad::test
