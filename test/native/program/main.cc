// Recorded programs without JavaScript, for the sanitizers. Every piece of memory that a program accesses is
// its own or was given to it. A job and the thread that controls it never access the same memory without
// synchronization.

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
