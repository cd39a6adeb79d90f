// Exchanges that go on while their rank computes.

#include "../system/system.h"
#include "lock.h"
#include "world.h"

namespace simdgrad::mpi {

namespace {

/** An exchange that was started and that nobody has waited for yet. */
struct Started {
  Request request{};
  std::atomic<uint32_t> answered{0};
  int outcome = done;
  Started* next = nullptr;
};

/** In the order in which they were started. They are awaited in this order too, so the first one is found. */
Started* first = nullptr;
Started** last = &first;
/** Held for a few instructions by a thread that reads or changes the list. */
std::atomic<bool> locked{false};

void append(Started* started) {
  const Lock lock(locked);
  *last = started;
  last = &started->next;
}

/** Takes the exchange of these nodes out of the list; null when there is none. */
Started* take(const void* nodes) {
  const Lock lock(locked);
  for (Started** at = &first; *at; at = &(*at)->next) {
    Started* const found = *at;
    if (found->request.exchange.nodes != nodes) continue;
    *at = found->next;
    if (last == &found->next) last = at;
    return found;
  }
  return nullptr;
}

void answer(Request* request, int outcome) {
  Started& started = *static_cast<Started*>(request->context);
  started.outcome = outcome;
  started.answered.store(1, std::memory_order_release);
  wakeOne(started.answered);
}

}  // namespace

int startExchange(const Exchange& given) {
  if (given.schedule.ranks() == 1) {
    if (given.phases & reduce) foldHere(given);
    return done;
  }
  Started* const started = new Started;
  started->request.kind = Kind::exchange;
  started->request.exchange = given;
  started->request.context = started;
  started->request.answer = answer;
  const int accepted = ask(&started->request);
  if (accepted == done)
    append(started);
  else
    delete started;
  return accepted;
}

int awaitExchange(const void* nodes) {
  Started* const started = take(nodes);
  if (!started) return done;
  awaitAnswer(started->answered);
  const int outcome = started->outcome;
  delete started;
  return outcome;
}

int exchange(const Exchange& given) {
  const int accepted = startExchange(given);
  return accepted == done ? awaitExchange(given.nodes) : accepted;
}

}  // namespace simdgrad::mpi
