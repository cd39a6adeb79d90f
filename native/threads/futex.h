#pragma once
// Futexes. Because of them, the pool and jobs work on Linux only.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace simdgrad {

/** Waits until woken. Returns at once if the word is no longer `while_`. Spurious wake-ups are possible. */
inline void futexWait(std::atomic<uint32_t>& word, uint32_t while_) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, while_, nullptr, nullptr, 0);
}

inline void futexWake(std::atomic<uint32_t>& word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace simdgrad
