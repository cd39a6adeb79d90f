// The pool: every item runs exactly once, whoever calls, however many call at once and whatever becomes of the number of threads.
// Built with the thread sanitizer, each of these is a test for races too.

#include "tests.h"

int main() {
  using namespace simdgrad::test;
  sayWhatRanAtDeath();
  Tally tally;
  for (const Test& test : {Test{"ranges", testRanges}, {"callers", testCallers}, {"resizing", testResizing}, {"kernels", testKernels},
                           {"reserve", testReserve}, {"scratch", testScratch}, {"idleness", testIdleness}}) {
    snprintf(doing, sizeof doing, "%s", test.name);
    test.run(tally);
  }
  return tally.finish();
}
