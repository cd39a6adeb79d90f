#include <ctime>

#include "tests.h"

namespace simdgrad::test {

namespace {

int64_t nanoseconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

void sleepFor(long milliseconds) {
  timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0) {
  }
}

}  // namespace

/** While the caller sleeps, all CPU time of the process is that of the workers. */
void testIdleness(Tally& tally) {
  setThreads(7);
  int64_t used = 0;
  // On a busy machine a worker may wait so long for its core that it has not gone to sleep yet. Then it is
  // tried again.
  for (int attempt = 0; attempt < 5; attempt++) {
    everyItemOnce(100000, 100);
    sleepFor(1);
    const int64_t before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    sleepFor(200);
    used = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    // Six spinning workers would use 200 to 1200 ms. The sanitizers have a thread of their own that wakes
    // occasionally.
    if (used < 2000000) break;
  }
  tally.check(used < 2000000, "idleness: idle workers used %lld µs of CPU within 200 ms", static_cast<long long>(used / 1000));
}

}  // namespace simdgrad::test
