// Runs loops on one or several threads of their own, which all start together. A sample lasts from the start
// of the first thread to the end of the last one.
#include "limits.h"

#include <sched.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>

#include "../../native/isa/dispatch.h"
#include "loops.h"

namespace simdgrad {
#define BENCH_ISA(ns)        \
  namespace ns {             \
  bench::Loops benchLoops(); \
  }
BENCH_ISAS
#undef BENCH_ISA
}  // namespace simdgrad

namespace bench {

const Loops& loops() {
  static const Loops mine = [] {
    // avx512bf16 has the loops of avx512.
#define BENCH_ISA(ns) \
  if (strncmp(simdgrad::isa().name, #ns, strlen(#ns)) == 0) return simdgrad::ns::benchLoops();
    BENCH_ISAS
#undef BENCH_ISA
    return simdgrad::portable::benchLoops();
  }();
  return mine;
}

namespace {

/** A barrier for threads. They spin, so that all leave it within a fraction of a microsecond. */
class Barrier {
 public:
  explicit Barrier(int count) : count_(count) {}
  void wait() {
    const int round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
    } else {
      // Yields occasionally: when other programs use the cores, the missing thread may have none.
      for (int spins = 1; round_.load(std::memory_order_acquire) == round; spins++)
        if (spins % 4096 == 0) std::this_thread::yield();
    }
  }

 private:
  const int count_;
  std::atomic<int> arrived_{0}, round_{0};
};

/**
 * Pins the calling thread to its own core. Two threads spinning on one core would wait for each other's time
 * slices.
 */
class Pin {
 public:
  explicit Pin(int index) {
    sched_getaffinity(0, sizeof before_, &before_);
    const int cores = CPU_COUNT(&before_);
    int skip = cores > 0 ? index % cores : 0;
    for (int core = 0; core < CPU_SETSIZE; core++) {
      if (!CPU_ISSET(core, &before_) || skip-- > 0) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(core, &one);
      sched_setaffinity(0, sizeof one, &one);
      return;
    }
  }
  Pin(const Pin&) = delete;
  ~Pin() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

/**
 * Calls body(thread) on all threads at once, repeatedly, for about `milliseconds`. The samples are in
 * microseconds.
 */
template <class F>
Times together(int threads, double milliseconds, F body) {
  Barrier barrier(threads);
  std::atomic<bool> stop{false};
  Times times;
  // Each thread records its own start, because the first one may not be the slowest one.
  std::vector<double> starts(static_cast<size_t>(threads));
  const auto turn = [&](int index) {
    starts[static_cast<size_t>(index)] = now();
    body(index);
    barrier.wait();
  };
  const auto other = [&](int index) {
    const Pin pin(index);
    for (;;) {
      barrier.wait();
      if (stop.load(std::memory_order_acquire)) return;
      turn(index);
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) others.emplace_back(other, i);
  const std::optional<Pin> pin = threads > 1 ? std::optional<Pin>(std::in_place, 0) : std::nullopt;
  const double end = now() + milliseconds / 1e3;
  do {
    barrier.wait();
    turn(0);
    times.samples.push_back((now() - *std::min_element(starts.begin(), starts.end())) * 1e6);
  } while (now() < end || times.samples.size() < 5);
  stop.store(true, std::memory_order_release);
  barrier.wait();
  for (std::thread& thread : others) thread.join();
  return times;
}

void scale(Times& times, double factor) {
  for (double& sample : times.samples) sample *= factor;
}

/**
 * One thread's arrays. They start at different offsets in a page: with equal offsets, loads wait for
 * unrelated stores (4K aliasing).
 */
struct Slice {
  float* memory = nullptr;
  float* arrays[maxArrays] = {};
  ~Slice() { free(memory); }
  void make(const Pattern& pattern, size_t n) {
    constexpr size_t apart = 2048 / sizeof(float) + 64;
    const size_t each = (n + apart + 15) / 16 * 16;
    const size_t bytes = each * static_cast<size_t>(pattern.arrays()) * sizeof(float);
    memory = static_cast<float*>(aligned_alloc(4096, (bytes + 4095) / 4096 * 4096));
    if (!memory) refuse("out of memory");
    for (size_t i = 0; i < bytes / sizeof(float); i++) memory[i] = 1;
    for (int i = 0; i < pattern.arrays(); i++) arrays[i] = memory + static_cast<size_t>(i) * each;
  }
};

}  // namespace

void runPeak(const Request& request) {
  constexpr long rounds = 4000;  // about half a millisecond
  double operations = 0;
  Times times = together(request.integer("threads"), request.number("milliseconds"), [&](int index) {
    const double done = loops().fma(rounds);
    if (index == 0) operations = done;
  });
  scale(times, 1e6 / operations);
  answer(times, 0);
}

void runStream(const Request& request) {
  const std::string name = request.text("pattern");
  int which = 0;
  while (which < patternCount && name != patterns[which].name) which++;
  if (which == patternCount) refuse("unknown pattern " + name);
  const int threads = request.integer("threads");
  const size_t share = static_cast<size_t>(request.integer("elements")) / static_cast<size_t>(threads);
  const size_t n = share / 128 * 128;  // whole rounds of the loop: 8 vectors of 16 floats
  if (n == 0) refuse("too few elements for a stream");
  const bool past = request.flag("past");
  // Small slices are streamed many times, so that the cost of the barrier does not matter.
  const long passes = std::max(1L, static_cast<long>(1 << 20) / static_cast<long>(n));
  std::vector<Slice> slices(static_cast<size_t>(threads));
  for (Slice& slice : slices) slice.make(patterns[which], n);
  Times times = together(threads, request.number("milliseconds"), [&](int index) {
    for (long pass = 0; pass < passes; pass++) loops().stream[which](slices[static_cast<size_t>(index)].arrays, n, past);
  });
  scale(times, static_cast<double>(share) / static_cast<double>(n) / static_cast<double>(passes));
  answer(times, 0);
}

}  // namespace bench
