#include "parked.h"

#include <type_traits>

#include "../system/system.h"

namespace simdgrad {

namespace {

struct Work {
  void (*task)(void*);
  void* context;
  std::atomic<uint32_t>* left;
};

/** Whether a thread is parked, and whether it has been given work. */
enum Place : uint32_t { empty, parked, beingCalled, called };

// A thread parks by changing `empty` to `parked`. A caller claims it by changing `parked` to `beingCalled`,
// stores the work, and then sets `called`.
struct Parking {
  std::atomic<uint32_t> place{empty};  // the parked thread waits on it
  Work work{};
};

// Constant-initialized and never destroyed: a thread may be parked on it while the process exits.
Parking parking;
static_assert(std::is_trivially_destructible_v<Parking>, "no destructor runs at exit");

void perform(const Work& work) {
  work.task(work.context);
  std::atomic<uint32_t>& left = *work.left;
  // A thread that sees the 1 may free `left`. The system call below then gets an address that nobody waits
  // on, and does not access it.
  left.store(1, std::memory_order_release);
  wakeOne(left);
}

/** Waits for work and takes it. Returns false when another thread is already parked. */
bool park(Work& work) {
  uint32_t place = empty;
  if (!parking.place.compare_exchange_strong(place, parked, std::memory_order_acq_rel)) return false;
  while ((place = parking.place.load(std::memory_order_acquire)) != called) waitWhile(parking.place, place);
  work = parking.work;
  parking.place.store(empty, std::memory_order_release);
  return true;
}

void serve(void* first) {
  // The thread keeps the normal priority. An event loop mostly sleeps, so it gets a core at once anyway. At a
  // lower priority this thread would stop whenever another process computes.
  Work work = *static_cast<Work*>(first);
  delete static_cast<Work*>(first);
  do perform(work);
  while (park(work));
}

bool callParked(const Work& work) {
  uint32_t place = parked;
  if (!parking.place.compare_exchange_strong(place, beingCalled, std::memory_order_acquire)) return false;
  parking.work = work;
  parking.place.store(called, std::memory_order_release);
  wakeOne(parking.place);
  return true;
}

bool startWith(const Work& work) {
  Work* const first = new Work(work);
  const bool started = startThread("simdgrad-job", serve, first, nullptr);
  if (!started) delete first;
  return started;
}

}  // namespace

bool runApart(void (*task)(void*), void* context, std::atomic<uint32_t>& left) {
  const Work work = {task, context, &left};
  return callParked(work) || startWith(work);
}

}  // namespace simdgrad
