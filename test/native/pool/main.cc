// The pool runs every item exactly once, for any caller, any number of concurrent callers and any changes of
// the number of threads. Built with the thread sanitizer, each of these tests also detects races.

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
