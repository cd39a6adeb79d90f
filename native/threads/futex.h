#pragma once
// A word that threads wait on. The futex is the reason why the pool and jobs are Linux only.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace simdgrad {

/** Returns when woken, or at once when the word is not `while_` any more; sometimes for no reason. */
inline void futexWait(std::atomic<uint32_t>& word, uint32_t while_) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, while_, nullptr, nullptr, 0);
}

inline void futexWake(std::atomic<uint32_t>& word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace simdgrad
