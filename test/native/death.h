#pragma once
// When the process crashes (access to a guard page, a sanitizer report), it prints what it was doing.

#include <csignal>
#include <cstring>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace simdgrad::test {

/** What is running now. */
inline char doing[512] = "nothing";

inline void sayWhatRan() {
  // Only functions that a signal handler may call.
  const char before[] = "died in: ";
  if (write(1, before, sizeof before - 1) < 0 || write(1, doing, strlen(doing)) < 0 || write(1, "\n", 1) < 0) return;
}

inline void sayWhatRanAtDeath() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  __sanitizer_set_death_callback(sayWhatRan);
#else
  for (int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    struct sigaction action = {};
    action.sa_handler = [](int) { sayWhatRan(); };
    // The handler returns to the same instruction, which then kills the process.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(number, &action, nullptr);
  }
#endif
}

}  // namespace simdgrad::test
