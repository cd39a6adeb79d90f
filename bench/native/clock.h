#pragma once
// Time, and silence: a thread runtime that still spins after its last parallel region would be measured as part of the next.

#include <time.h>

#include <algorithm>
#include <vector>

namespace bench {

inline double seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

inline double now() { return seconds(CLOCK_MONOTONIC); }

inline void sleepFor(double time) {
  const timespec t = {0, static_cast<long>(time * 1e9)};
  nanosleep(&t, nullptr);
}

/** CPU time that threads other than the calling one have used. */
inline double cpuOfOthers() { return seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(CLOCK_THREAD_CPUTIME_ID); }

/** Waits until the other threads of this process sleep: OpenBLAS's spin for 2^28 ticks (100 ms) after a call, OpenMP's for some ms. */
inline void quiesce() {
  // Quiet three times in a row: one that spins may just not have been given a core.
  int quiet = 0;
  for (const double end = now() + 0.5; now() < end && quiet < 3;) {
    const double before = cpuOfOthers();
    sleepFor(0.0003);
    quiet = cpuOfOthers() - before < 5e-6 ? quiet + 1 : 0;
  }
}

/** Microseconds of one repetition. */
struct Times {
  std::vector<double> samples;
  double best() const { return *std::min_element(samples.begin(), samples.end()); }
  double median() const {
    std::vector<double> sorted = samples;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<long>(sorted.size() / 2), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

/** Repeats `body` for about that long. A sample is as many calls as take 20 µs at least: reading the clock takes 0.02. */
template <class F>
Times repeat(double milliseconds, F body) {
  body();
  // The fastest of a few: one that was held up would make the samples too short.
  double estimate = 1;
  const double first = now();
  for (int i = 0; i < 5 && (i == 0 || now() - first < 2e-3); i++) {
    const double start = now();
    body();
    estimate = std::min(estimate, std::max(now() - start, 1e-8));
  }
  const long calls = std::max(1L, static_cast<long>(20e-6 / estimate));
  Times times;
  const double end = now() + milliseconds / 1e3;
  do {
    const double start = now();
    for (long i = 0; i < calls; i++) body();
    times.samples.push_back((now() - start) / static_cast<double>(calls) * 1e6);
  } while (now() < end || times.samples.size() < 3);
  return times;
}

}  // namespace bench
