// Recorded programs without a JavaScript around them, for the sanitizers: every piece of memory that a program touches is its own or
// was given to it, and a job and the thread that steers it never touch the same without an order between them.

#include "tests.h"

int main() {
  using namespace simdgrad::test;
  sayWhatRanAtDeath();
  Tally tally;
  for (const Test& test : {Test{"program", testProgram}, {"job", testJob}}) {
    snprintf(doing, sizeof doing, "%s", test.name);
    test.run(tally);
  }
  return tally.finish();
}
