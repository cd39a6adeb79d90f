#pragma once
// A thread for long tasks. It is created when first needed and then parked, because creating a thread takes
// longer than a short task. The process keeps one parked thread and never ends it. The thread belongs to no
// Node environment.

#include <atomic>
#include <cstdint>

namespace simdgrad {

/**
 * Runs task(context) on the parked thread, or on a new one when none is parked. Afterwards it sets `left` to
 * 1 and wakes who waits on it. From then on the thread accesses neither the context nor `left`. Returns false
 * when the system provides no thread.
 */
bool runApart(void (*task)(void* context), void* context, std::atomic<uint32_t>& left);

}  // namespace simdgrad
