#pragma once
// The process-wide thread pool. The caller of parallelFor is worker 0 and works too. Without other workers it
// works alone.
//
// Any number of threads may call it at once. One caller has the workers at a time. Any other caller, or a
// call from inside a chunk, runs its whole range serially itself. So the results of a chunk must not depend
// on the thread that runs it or on the number of threads.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace simdgrad {

/** A chunk: items begin … end - 1. */
using Chunk = void (*)(void* context, size_t begin, size_t end);

/**
 * Calls `chunk` over 0 … n-1 in pieces of `grain` items. Each thread that runs at the same time has a part of
 * the range and claims its pieces in order; a free thread claims from the parts of others. Returns when all
 * have run.
 */
void parallelFor(size_t n, size_t grain, Chunk chunk, void* context);

/** The same with a callable: parallelFor(n, grain, [&](size_t begin, size_t end) { … }). */
template <class F>
inline __attribute__((always_inline)) void parallelFor(size_t n, size_t grain, F body) {
  parallelFor(n, grain, [](void* context, size_t begin, size_t end) { (*static_cast<F*>(context))(begin, end); }, &body);
}

/**
 * Whether to share work of a few microseconds: true if the other threads are awake, or would be awake if the
 * previous such work had been shared. So a loop of small work is shared, and isolated small work does not pay
 * for waking the threads.
 */
bool isWarm();

/**
 * Number of threads that share the work, including the caller. Threads beyond the number of cores help only
 * when a job makes no progress.
 */
int threads();
/** How many of these run at the same time: at most one per core. Work is cut for this number. */
int threadsAtOnce();
/** Takes effect at once. Waits for a running parallelFor. Returns the number in effect (1 … maxThreads). */
int setThreads(int count);
constexpr int maxThreads = 256;
/** Lets all threads end and does not wait for that. There must be no other call of the pool from then on. */
void dismissThreads();

/** Number of chunks since the process started that ran on a thread other than the caller of parallelFor. */
uint64_t workerChunks();

/**
 * Per-thread memory that stays until the thread ends: `floats` floats, 64-byte aligned, contents undefined.
 * The slots are independent of each other. Returns null only when there is no memory. Then the caller returns
 * without writing, and the entry of its kernel learns from `ranOutOfScratch` that the results are not valid.
 */
enum class Slot { packedA, packedB, partial, kernel, shared };
constexpr int slotCount = 5;
float* scratch(Slot slot, size_t floats);

/** Number of threads for which `ranOutOfScratch` is true. */
extern std::atomic<uint32_t> threadsWithoutScratch;
bool takeOutOfScratch();
/**
 * Whether `scratch` returned null since the last call of this function: to this thread, or to others inside
 * its parallelFor.
 */
inline bool ranOutOfScratch() { return threadsWithoutScratch.load(std::memory_order_relaxed) != 0 && takeOutOfScratch(); }

/**
 * For tests: `scratch` works that many times from now on, in all threads together, and then returns null.
 * Below 0 it always works.
 */
void limitScratch(int64_t times);

}  // namespace simdgrad
