#include "latency.h"

#include <atomic>

#include "../../native/threads/pool.h"

namespace bench {
namespace {

/**
 * Runs a parallelFor with as many chunks as threads. With `meet`, each chunk waits until all have begun, so
 * that every thread takes one.
 */
void forkJoin(int threads, bool meet) {
  std::atomic<int> begun{0};
  simdgrad::parallelFor(static_cast<size_t>(threads), 1, [&](size_t begin, size_t end) {
    // If the pool was busy or has no workers, the caller runs the whole range as one chunk.
    if (!meet || end - begin > 1) return;
    begun.fetch_add(1, std::memory_order_relaxed);
    while (begun.load(std::memory_order_relaxed) < threads) {
    }
  });
}

}  // namespace

void runForkJoin(const Request& request) {
  const int threads = request.integer("threads");
  const bool meet = request.flag("meet");
  simdgrad::setThreads(threads);
  for (int i = 0; i < 1000; i++) forkJoin(threads, meet);
  const uint64_t before = simdgrad::workerChunks();
  // One call at a time, so that the median is the cost of a typical call. The 20 ns of the clock are
  // subtracted.
  Times clock, times;
  const double end = now() + request.number("milliseconds") / 1e3;
  do {
    double start = now();
    clock.samples.push_back((now() - start) * 1e6);
    start = now();
    forkJoin(threads, meet);
    times.samples.push_back((now() - start) * 1e6);
  } while (now() < end || times.samples.size() < 1000);
  const double ofClock = clock.median();
  for (double& sample : times.samples) sample = std::max(0.0, sample - ofClock);
  answer(times, static_cast<double>(simdgrad::workerChunks() - before) / static_cast<double>(times.samples.size()));
}

void runIdle(const Request& request) {
  Times times;
  const double end = now() + request.number("milliseconds") / 1e3;
  do {
    for (int i = 0; i < 100; i++) forkJoin(simdgrad::threads(), false);
    sleepFor(0.001);
    const double before = cpuOfOthers();
    sleepFor(0.1);
    times.samples.push_back(std::max(0.0, cpuOfOthers() - before) * 1e6);
  } while (now() < end);
  answer(times, 0);
}

}  // namespace bench
