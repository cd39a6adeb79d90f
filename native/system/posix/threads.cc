// Threads and the clock of Linux and macOS.

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include <cstdlib>

#include "../system.h"
#include "glibc.h"
#include "name.h"

namespace simdgrad {

namespace {

struct Start {
  const char* name;
  void (*run)(void*);
  void* argument;
};

void* begin(void* given) {
  const Start start = *static_cast<Start*>(given);
  free(given);
  nameThisThread(start.name);
  start.run(start.argument);
  return nullptr;
}

/** Like pthread_create, with our stack size. */
bool create(pthread_t& thread, Start* start) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  const bool created = pthread_attr_setstacksize(&attributes, stackBytes) == 0 &&
                       pthread_create(&thread, &attributes, begin, start) == 0;
  pthread_attr_destroy(&attributes);
  return created;
}

struct Release {
  void (*release)(void*);
  void* data;
};

pthread_key_t releaseKey;
pthread_once_t releaseOnce = PTHREAD_ONCE_INIT;

}  // namespace

bool startThread(const char* name, void (*run)(void*), void* argument, Thread* joinable) {
  Start* const start = static_cast<Start*>(malloc(sizeof(Start)));
  if (!start) return false;
  *start = {name, run, argument};
  // A thread inherits the signal mask. All signals are blocked: the threads of Node handle them.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pthread_t thread;
  const bool started = create(thread, start);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (!started)
    free(start);
  else if (joinable)
    joinable->handle = (uintptr_t)thread;  // an integer on Linux, a pointer on macOS
  else
    pthread_detach(thread);
  return started;
}

void joinThread(Thread thread) { pthread_join((pthread_t)thread.handle, nullptr); }

bool releaseAtThreadEnd(void* data, void (*release)(void*)) {
  pthread_once(&releaseOnce, [] {
    pthread_key_create(&releaseKey, [](void* value) {
      Release* const held = static_cast<Release*>(value);
      held->release(held->data);
      free(held);
    });
  });
  Release* const held = static_cast<Release*>(malloc(sizeof(Release)));
  if (!held) return false;
  *held = {release, data};
  if (pthread_setspecific(releaseKey, held) == 0) return true;
  free(held);
  return false;
}

void yieldCore() { sched_yield(); }

void sleepFor(int64_t nanoseconds) {
  const timespec time = {static_cast<time_t>(nanoseconds / 1000000000), static_cast<long>(nanoseconds % 1000000000)};
  nanosleep(&time, nullptr);
}

int64_t nanosecondsNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

}  // namespace simdgrad
