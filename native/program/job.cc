#include "job.h"

#include "../system/system.h"
#include "../threads/parked.h"

namespace simdgrad {

namespace {

void publish(int32_t* place, int64_t value) { __atomic_store_n(place, static_cast<int32_t>(value), __ATOMIC_SEQ_CST); }

}  // namespace

bool Job::start() {
  publish(finished_, 0);
  return runApart([](void* job) { static_cast<Job*>(job)->work(); }, this, left_);
}

void Job::join() {
  while (left_.load(std::memory_order_acquire) == 0) waitWhile(left_, 0);
}

uint32_t Job::give(Command command) {
  const uint32_t last = order_.load(std::memory_order_relaxed);
  if (commandOf(last) == end || commandOf(last) == command) return last;
  const uint32_t next = (last | 3) + 1 + command;
  // Release: the next step sees everything written before, including writes to the job's arrays.
  order_.store(next, std::memory_order_release);
  wakeOne(order_);
  return next;
}

void Job::stop() { give(end); }
uint32_t Job::pause() { return give(wait); }
void Job::resume() { give(run); }

bool Job::mayGoOn() {
  // Reports each pause order once, also when it follows another before this thread has woken.
  for (uint32_t reported = run;;) {
    const uint32_t order = order_.load(std::memory_order_acquire);
    if (commandOf(order) != wait) return commandOf(order) == run;
    if (order != reported) listener_.paused(listener_.context, order);
    reported = order;
    waitWhile(order_, order);
  }
}

bool Job::runStep(int64_t step) {
  for (size_t i = 0; i < stages_.size(); i++) {
    Program* const program = stages_[i].program;
    program->advance(step);
    const Outcome outcome = program->run();
    if (outcome.call < 0) continue;
    result_.stage = static_cast<int>(i);
    result_.outcome = outcome;
    return false;
  }
  publish(finished_, ++result_.steps);
  return true;
}

void Job::work() {
  for (const Stage& stage : stages_) stage.program->bind(stage.parameters.data());
  for (int64_t i = 0; i < steps_.times && mayGoOn() && runStep(steps_.from + i); i++) {
  }
  for (const Stage& stage : stages_) stage.program->advance(0);
  listener_.ended(listener_.context);
}

}  // namespace simdgrad
