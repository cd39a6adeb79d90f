#pragma once
// A thread for work that takes long. It is made at the first need and parked afterwards, because making a
// thread takes longer than a short piece of such work. The process keeps one parked thread and never ends it;
// it belongs to no environment of Node.

#include <atomic>
#include <cstdint>

namespace simdgrad {

/**
 * Runs task(context) on the parked thread, or on a new one when none is parked. Afterwards `left` becomes 1
 * and is woken as a futex: the thread then touches neither the context nor `left` any more. False when the
 * system gives no thread.
 */
bool runApart(void (*task)(void* context), void* context, std::atomic<uint32_t>& left);

}  // namespace simdgrad
