#pragma once
// Time measurement. It also waits for silence, because a thread runtime that still spins after its last
// parallel region would distort the next measurement.

#include <dirent.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
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

/** CPU time used by threads other than the calling one. */
inline double cpuOfOthers() { return seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(CLOCK_THREAD_CPUTIME_ID); }

/**
 * Whether every thread but the calling one sleeps. It reads the threads' states, because the CPU time of a
 * thread that runs on another core is updated only at the next tick, after up to 10 ms.
 */
inline bool othersSleep() {
  DIR* const tasks = opendir("/proc/self/task");
  if (!tasks) return true;
  bool sleep = true;
  while (const dirent* entry = readdir(tasks)) {
    const int id = atoi(entry->d_name);
    if (id <= 0 || id == static_cast<int>(syscall(SYS_gettid))) continue;
    FILE* const file = fopen(("/proc/self/task/" + std::string(entry->d_name) + "/stat").c_str(), "r");
    if (!file) continue;  // the thread has ended
    char line[256] = {};
    if (fgets(line, sizeof line, file)) {
      const char* const name = strrchr(line, ')');  // "id (name) state …", and the name may contain anything
      if (name && name[1] == ' ' && name[2] == 'R') sleep = false;
    }
    fclose(file);
  }
  closedir(tasks);
  return sleep;
}

/**
 * Waits until the other threads sleep. OpenBLAS's threads spin for 2^28 ticks (100 ms) after a call and after
 * their start, OpenMP's for a few ms.
 */
inline void quiesce() {
  // Three times in a row, because a thread may sleep briefly between two spins.
  int quiet = 0;
  for (const double end = now() + 0.5; now() < end && quiet < 3;) {
    sleepFor(0.0001);
    quiet = othersSleep() ? quiet + 1 : 0;
  }
}

/** Samples of microseconds per repetition. */
struct Times {
  std::vector<double> samples;
  double best() const { return *std::min_element(samples.begin(), samples.end()); }
  double median() const {
    std::vector<double> sorted = samples;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<long>(sorted.size() / 2), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

/**
 * Repeats `body` for about `milliseconds`. A sample has as many calls as take at least 20 µs, because reading
 * the clock takes 0.02 µs.
 */
template <class F>
Times repeat(double milliseconds, F body) {
  body();
  // The fastest of a few: a delayed call would make the samples too short.
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
