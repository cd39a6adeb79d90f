#pragma once
// The process-wide pool. The caller of parallelFor is worker 0 and works too; without other workers it works alone.
//
// Safe from any number of threads at once: one caller has the workers at a time, any other (and a call from inside a chunk)
// runs its whole range itself, serially. So what a chunk computes must not depend on who runs it or on the number of threads.

#include <cstddef>
#include <cstdint>

namespace simdgrad {

/** A chunk: items begin … end - 1. */
using Chunk = void (*)(void* context, size_t begin, size_t end);

/** Calls chunk over 0 … n-1 in pieces of `grain` items, claimed in order by whichever thread is free; returns when all ran. */
void parallelFor(size_t n, size_t grain, Chunk chunk, void* context);

/** The same with a callable: parallelFor(n, grain, [&](size_t begin, size_t end) { … }). */
template <class F>
inline __attribute__((always_inline)) void parallelFor(size_t n, size_t grain, F body) {
  parallelFor(n, grain, [](void* context, size_t begin, size_t end) { (*static_cast<F*>(context))(begin, end); }, &body);
}

/**
 * Whether work of a few microseconds should be shared: the other threads are awake, or would be, had the last such work been
 * shared. So a loop of small work gets them, and work that comes alone does not pay for waking them.
 */
bool isWarm();

/** Threads that share the work, counting the caller. Those beyond the number of cores help only where a piece of work does not get on. */
int threads();
/** Of these, how many run at the same time: at most one for each core. What is cut into pieces is cut for so many. */
int threadsAtOnce();
/** Takes effect at once; waits for a parallelFor that is running. Returns the number in effect (1 … maxThreads). */
int setThreads(int count);
constexpr int maxThreads = 256;

/** Chunks that ran on other threads than the one that called parallelFor, since the process started. */
uint64_t workerChunks();

/** Per-thread memory that stays until the thread ends: `floats` floats, 64-byte aligned, contents undefined. The slots are
 *  independent of each other; null when there is no memory. */
enum class Slot { packedA, packedB, partial, kernel, shared };
constexpr int slotCount = 5;
float* scratch(Slot slot, size_t floats);

}  // namespace simdgrad
