#pragma once
// Counts passed and failed tests. A test program prints the totals as its last line and returns the exit
// code.

#include <cstdarg>
#include <cstdio>

namespace simdgrad::test {

class Tally {
 public:
  /** One test. The message is printed only if it fails. */
  __attribute__((format(printf, 3, 4))) bool check(bool good, const char* format, ...) {
    (good ? passed_ : failed_)++;
    if (good) return true;
    std::printf("failed: ");
    va_list list;
    va_start(list, format);
    std::vprintf(format, list);
    va_end(list);
    std::printf("\n");
    std::fflush(stdout);
    return false;
  }
  /** Prints the last line and returns the exit code. */
  int finish() const {
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return failed_ == 0 && passed_ > 0 ? 0 : 1;
  }

 private:
  int passed_ = 0, failed_ = 0;
};

}  // namespace simdgrad::test
