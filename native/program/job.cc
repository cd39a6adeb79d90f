#include "job.h"

#include <signal.h>
#include <sys/prctl.h>

#include "../threads/futex.h"
#include "../threads/glibc.h"
#include "../threads/pool.h"

namespace simdgrad {

namespace {

void publish(int32_t* control, int place, int64_t value) {
  __atomic_store_n(control + place, static_cast<int32_t>(value), __ATOMIC_SEQ_CST);
}

}  // namespace

bool Job::start() {
  for (int place = 0; place < 3; place++) publish(control_, place, 0);
  // Signals belong to the threads of Node.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  const auto body = [](void* job) -> void* {
    static_cast<Job*>(job)->work();
    return nullptr;
  };
  const bool started = pthread_create(&thread_, nullptr, body, this) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return started;
}

void Job::join() { pthread_join(thread_, nullptr); }

uint32_t Job::give(Command command) {
  const uint32_t last = order_.load(std::memory_order_relaxed);
  if (commandOf(last) == end || commandOf(last) == command) return last;
  const uint32_t next = (last | 3) + 1 + command;
  // Release: what was written before, into arrays of the job too, is seen by the next step.
  order_.store(next, std::memory_order_release);
  futexWake(order_, 1);
  return next;
}

void Job::stop() { give(end); }
uint32_t Job::pause() { return give(wait); }
void Job::resume() { give(run); }

bool Job::mayGoOn() {
  // Each order to wait is reported once, also when it follows another before this thread has woken up.
  for (uint32_t reported = run;;) {
    const uint32_t order = order_.load(std::memory_order_acquire);
    if (commandOf(order) != wait) return commandOf(order) == run;
    if (order != reported) listener_.paused(listener_.context, order);
    reported = order;
    futexWait(order_, order);
  }
}

bool Job::runStage(int index) {
  const Stage& stage = stages_[static_cast<size_t>(index)];
  publish(control_, 2, 0);
  publish(control_, 1, index);
  stage.program->bind(stage.parameters.data());
  for (int64_t i = 0; i < stage.times; i++) {
    if (!mayGoOn()) return false;
    stage.program->advance(stage.from + i);
    const Outcome outcome = stage.program->run();
    if (outcome.call >= 0) {
      result_.stage = index;
      result_.outcome = outcome;
      return false;
    }
    publish(control_, 2, i + 1);
    publish(control_, 0, ++result_.steps);
  }
  return true;
}

void Job::work() {
  prctl(PR_SET_NAME, "simdgrad-job");
  // Its priority is that of all others: an event loop, which mostly sleeps, gets a core at once all the same, and a lower one would
  // stand still as soon as another process computes.
  const int count = static_cast<int>(stages_.size());
  for (int i = 0; i < count && runStage(i); i++) {
  }
  for (const Stage& stage : stages_) stage.program->advance(0);
  listener_.ended(listener_.context);
}

}  // namespace simdgrad
