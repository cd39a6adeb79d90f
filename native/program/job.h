#pragma once
// Replays programs, step by step, on a thread of their own. A job can be paused and stopped between two
// steps.

#include <atomic>
#include <utility>
#include <vector>

#include "program.h"

namespace simdgrad {

/** A part of each step: a program and its parameters. */
struct Stage {
  Program* program;
  std::vector<Array> parameters;  // accepted by the program
};

/** Steps from … from + times - 1. */
struct Steps {
  int64_t from, times;
};

/** Callbacks, called on the job's thread. */
struct Listener {
  void (*paused)(void* context, uint32_t order);  // `order`: the pause() order that is now obeyed
  void (*ended)(void* context);                   // the thread does nothing more
  void* context;
};

struct JobResult {
  int64_t steps = 0;
  int stage = -1;  // the stage that failed
  Outcome outcome = {-1, OK};
};

class Job {
 public:
  /**
   * Each step runs the stages in order. No program may be in two of them. Other threads may read `finished`,
   * the number of finished steps, at any time. Until join() returns, the stages must stay and nobody else may
   * run their programs.
   */
  Job(std::vector<Stage> stages, Steps steps, int32_t* finished, const Listener& listener)
      : stages_(std::move(stages)), steps_(steps), finished_(finished), listener_(listener) {}

  /** Returns false when the system provides no thread. */
  bool start();
  /** Waits until the thread has left the job. */
  void join();
  /** Only after join(). */
  const JobResult& result() const { return result_; }

  // One thread gives all orders.

  /** Ends the job after the running step. This cannot be revoked. */
  void stop();
  /**
   * Pauses the job after the running step. Returns the order that the listener will receive. If the last
   * order was already a pause, or was a stop, returns that one.
   */
  uint32_t pause();
  void resume();
  /** Whether `order` is still the last order given. */
  bool waitsBy(uint32_t order) const { return order_.load(std::memory_order_relaxed) == order; }

 private:
  // An order is a command in the low two bits. The other bits are a number that distinguishes it from an
  // earlier order with the same command.
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
  std::atomic<uint32_t> order_{run};  // the paused thread waits on it
  JobResult result_;
  std::atomic<uint32_t> left_{0};     // join() waits on it
};

}  // namespace simdgrad
