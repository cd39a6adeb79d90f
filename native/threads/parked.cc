#include "parked.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

#include <type_traits>

#include "futex.h"
#include "glibc.h"

namespace simdgrad {

namespace {

struct Work {
  void (*task)(void*);
  void* context;
  std::atomic<uint32_t>* left;
};

/** Whether a thread is parked, and whether work lies there for it. */
enum Place : uint32_t { empty, parked, beingCalled, called };

// A thread parks by turning `empty` into `parked`. A caller takes it by turning that into `beingCalled`, puts
// the work down and says `called`.
struct Parking {
  std::atomic<uint32_t> place{empty};  // a futex of the parked thread
  Work work{};
};

// Constant-initialised and never destroyed: a thread may be parked on it while the process exits.
Parking parking;
static_assert(std::is_trivially_destructible_v<Parking>, "no destructor runs at exit");

void perform(const Work& work) {
  work.task(work.context);
  std::atomic<uint32_t>& left = *work.left;
  // Who sees this may free `left`. The system call below then names an address that nobody waits on, and
  // touches nothing there.
  left.store(1, std::memory_order_release);
  futexWake(left, 1);
}

/** Waits for work and takes it; false when another thread is parked. */
bool park(Work& work) {
  uint32_t place = empty;
  if (!parking.place.compare_exchange_strong(place, parked, std::memory_order_acq_rel)) return false;
  while ((place = parking.place.load(std::memory_order_acquire)) != called) futexWait(parking.place, place);
  work = parking.work;
  parking.place.store(empty, std::memory_order_release);
  return true;
}

void* serve(void* first) {
  prctl(PR_SET_NAME, "simdgrad-job");
  // Its priority is that of all others: an event loop, which mostly sleeps, gets a core at once all the same,
  // and a lower one would stand still as soon as another process computes.
  Work work = *static_cast<Work*>(first);
  delete static_cast<Work*>(first);
  do perform(work);
  while (park(work));
  return nullptr;
}

bool callParked(const Work& work) {
  uint32_t place = parked;
  if (!parking.place.compare_exchange_strong(place, beingCalled, std::memory_order_acquire)) return false;
  parking.work = work;
  parking.place.store(called, std::memory_order_release);
  futexWake(parking.place, 1);
  return true;
}

bool startThread(const Work& work) {
  // Signals belong to the threads of Node.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  Work* const first = new Work(work);
  pthread_t thread;
  const bool started = pthread_create(&thread, nullptr, serve, first) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (started) pthread_detach(thread);
  else delete first;
  return started;
}

}  // namespace

bool runApart(void (*task)(void*), void* context, std::atomic<uint32_t>& left) {
  const Work work = {task, context, &left};
  return callParked(work) || startThread(work);
}

}  // namespace simdgrad
