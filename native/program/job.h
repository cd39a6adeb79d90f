#pragma once
// Programs replayed step after step on a thread of their own, which can be paused and stopped between two
// steps.

#include <atomic>
#include <utility>
#include <vector>

#include "program.h"

namespace simdgrad {

/** A part of each step: a program and what it runs on. */
struct Stage {
  Program* program;
  std::vector<Array> parameters;  // accepted by the program
};

/** Steps from … from + times - 1. */
struct Steps {
  int64_t from, times;
};

/** Told on the job's thread. */
struct Listener {
  void (*paused)(void* context, uint32_t order);  // the order of pause() that is obeyed now
  void (*ended)(void* context);                   // the thread does nothing more
  void* context;
};

struct JobResult {
  int64_t steps = 0;
  int stage = -1;  // the one that failed
  Outcome outcome = {-1, OK};
};

class Job {
 public:
  /**
   * Each step runs the stages in order; no program is in two of them. `finished` is read by others at any
   * time: how many steps are finished. Stages have to stay, and nobody else may run their programs, until the
   * job was joined.
   */
  Job(std::vector<Stage> stages, Steps steps, int32_t* finished, const Listener& listener)
      : stages_(std::move(stages)), steps_(steps), finished_(finished), listener_(listener) {}

  /** False when the system gives no thread. */
  bool start();
  /** Waits until the thread has left the job. */
  void join();
  /** Of a job that was joined. */
  const JobResult& result() const { return result_; }

  // Orders are given by one thread.

  /** Ends after the step that is running. Nothing revokes it. */
  void stop();
  /**
   * Waits after the step that is running. Answers the order that the listener will hear; the last one when
   * that still holds.
   */
  uint32_t pause();
  void resume();
  /** Whether this order to wait is the last that was given. */
  bool waitsBy(uint32_t order) const { return order_.load(std::memory_order_relaxed) == order; }

 private:
  // An order is a command and, above its two bits, a number that tells it from the same command before.
  enum Command : uint32_t { run, wait, end };
  static Command commandOf(uint32_t order) { return static_cast<Command>(order & 3); }
  uint32_t give(Command command);
  bool mayGoOn();
  void work();
  bool runStep(int64_t step);

  const std::vector<Stage> stages_;
  const Steps steps_;
  int32_t* const finished_;
  const Listener listener_;
  std::atomic<uint32_t> order_{run};  // a futex while the thread waits
  JobResult result_;
  std::atomic<uint32_t> left_{0};     // a futex of join()
};

}  // namespace simdgrad
