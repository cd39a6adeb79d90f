// Futexes, and the name of a thread.

#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "../posix/name.h"
#include "../system.h"

namespace simdgrad {

namespace {

void futex(std::atomic<uint32_t>& word, int operation, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation, value, nullptr, nullptr, 0);
}

}  // namespace

void waitWhile(std::atomic<uint32_t>& word, uint32_t value) { futex(word, FUTEX_WAIT_PRIVATE, value); }
void wakeOne(std::atomic<uint32_t>& word) { futex(word, FUTEX_WAKE_PRIVATE, 1); }
void wakeAll(std::atomic<uint32_t>& word) { futex(word, FUTEX_WAKE_PRIVATE, INT_MAX); }

void nameThisThread(const char* name) { prctl(PR_SET_NAME, name); }

void wakeOnTime() { prctl(PR_SET_TIMERSLACK, 1000ul); }

// The addon is linked with -z nodelete; musl never unloads a library.
void stayLoaded() {}

}  // namespace simdgrad
