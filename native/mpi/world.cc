#include "world.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../system/system.h"
#include "lane.h"
#include "lock.h"

namespace simdgrad::mpi {

namespace {

// While nothing happens: first the thread spins, then it sleeps, longer with time. On one core for two ranks
// a thread that only spins takes the core that the other rank needs.
constexpr int64_t microsecond = 1000, millisecond = 1000 * microsecond, second = 1000 * millisecond;
constexpr int64_t spinFor = 50 * microsecond;

constexpr int64_t longestPause = 500 * microsecond;

/** How long to sleep after so long without a change. */
int64_t pauseAfter(int64_t idle) {
  if (idle > 20 * millisecond) return longestPause;
  return idle > 2 * millisecond ? 100 * microsecond : 20 * microsecond;
}

/** How long a request may take after a rank has left: what that rank sent may be under way. */
constexpr int64_t grace = second;
constexpr int abortCode = 70, noticeTag = 70;
/**
 * How long MPI_Abort may take. Open MPI's waits until the launcher kills this rank. Between three hosts all
 * ranks had ended after 3.3 seconds, and five are half as much again. MPICH's waits for an answer of the
 * launcher, for ever if the link to it is down.
 */
constexpr int64_t abortWithin = 5 * second;

/** An exit code, plus one; 0 when none is noted. */
std::atomic<uint32_t> exitCode{0};
std::atomic<uint32_t> endRequested{0}, ended{0};
/** Whether the world is being aborted: the handlers at exit have nothing to do then. */
std::atomic<bool> aborting{false};

// The rest is the thread's, or written before anybody else may read it. Nothing of it is ever destroyed: the
// thread may run until the process is gone.
Mpi mpi;
Lane lanes[2];  // of JavaScript, of exchanges
/**
 * If there is some, whoever waits for an exchange makes it: on a busy core the thread would get its turn
 * milliseconds later. It only looks for failures, and goes on with exchanges for which nobody waits yet.
 */
SharedMemory shared;
/** Held by who uses the lane of exchanges. */
std::atomic<bool> laneTaken{false};

/** Goes on with exchanges that need no MPI, on any thread. Returns false when nothing has changed. */
bool advanceExchanges() {
  const Lock lock(laneTaken);
  bool moved = false;
  while (lanes[1].advanceShared()) moved = true;
  return moved;
}
bool exchangesUnderWay() {
  const Lock lock(laneTaken);
  return lanes[1].busy();
}
MpiHandle notices;
int myRank, worldSize;
char about[mpiLongestText];
/**
 * Why requests had an outcome: the first reason, which is written once, before any answer with this outcome.
 * Lanes may fail while another thread reads why one of them did.
 */
struct Reason {
  char text[1024];
  std::atomic<bool> noted{false};
} reasons[notStarted + 1];
/** Set by JavaScript at any time. */
std::atomic<int64_t> limit{600 * second};
/** The rank that has left first, and when that was seen; -1 while all are there. */
int leaver = -1, noticed, noticeCount;
int64_t leftAt;
MpiHandle notice;
std::atomic<bool> running{false};
/** Requests that the thread has not taken yet, last one first; the thread waits on `given`. */
std::atomic<Request*> inbox{nullptr};
std::atomic<uint32_t> given{0};

void wake() {
  given.fetch_add(1, std::memory_order_release);
  wakeOne(given);
}

/** Takes what was given, first one first. */
Request* take() {
  Request *first = nullptr, *next;
  for (Request* at = inbox.exchange(nullptr, std::memory_order_acquire); at; at = next) {
    next = at->next;
    at->next = first;
    first = at;
  }
  return first;
}

void awaitNotice() {
  notice = 0;
  mpi.Irecv(&noticed, sizeof noticed, mpi.byte, mpi.anySource, noticeTag, notices, &notice);
}

/** Whether another rank has said that it leaves. */
bool readNotices() {
  int there = 0;
  if (noticeCount >= worldSize - 1 || mpi.Test(&notice, &there, mpi.statusIgnore) != 0 || !there) return false;
  if (leaver < 0) {
    leaver = noticed;
    leftAt = nanosecondsNow();
  }
  if (++noticeCount < worldSize - 1) awaitNotice();
  return true;
}

/** Waits for an operation of the thread's own. */
void finish(MpiHandle operation) {
  const int64_t from = nanosecondsNow();
  for (int there = 0; mpi.Test(&operation, &there, mpi.statusIgnore) == 0 && !there;) {
    readNotices();
    const int64_t idle = nanosecondsNow() - from;
    if (idle > spinFor) sleepFor(pauseAfter(idle));
  }
}

/**
 * Looks for memory that all ranks can map: then all are on one host. What a rank has found is all that the
 * others need to know, whatever hosts and containers are called.
 */
bool shareMemory() {
  uint64_t number = myRank == 0 ? shared.make(worldSize) : 0;
  MpiHandle operation = 0;
  if (mpi.Ibcast(&number, sizeof number, mpi.byte, 0, notices, &operation) != 0) {
    shared.leave();
    return false;
  }
  finish(operation);
  const char found = myRank == 0 ? number != 0 : shared.find(number, worldSize);
  char* const all = static_cast<char*>(calloc(static_cast<size_t>(worldSize), 1));
  int* const counts = static_cast<int*>(calloc(2 * static_cast<size_t>(worldSize), sizeof(int)));
  bool everywhere = all && counts;
  for (int rank = 0; rank < worldSize && everywhere; rank++) {
    counts[rank] = 1;
    counts[worldSize + rank] = rank;
  }
  operation = 0;
  if (everywhere && mpi.Iallgatherv(&found, 1, mpi.byte, all, counts, counts + worldSize, mpi.byte, notices, &operation) == 0)
    finish(operation);
  for (int rank = 0; rank < worldSize && everywhere; rank++) everywhere = all[rank];
  if (myRank == 0 && number != 0) shared.hide();
  free(all);
  free(counts);
  if (!everywhere) shared.leave();
  return everywhere;
}

bool initialize(const char* path) {
  void* const handlers = saveSignalHandlers();
  // UCX, below MPICH, would move the program break while other threads allocate.
  setEnvironment("UCX_MEM_EVENTS", "no");
  int provided = 0, length = 0;
  char problem[512] = "";
  const bool opened = openMpi(path, mpi, problem, sizeof problem);
  const bool initialized = opened && mpi.Init_thread(nullptr, nullptr, mpiFunneled, &provided) == 0;
  restoreSignalHandlers(handlers);
  if (!opened) {
    noteReason(notStarted, "%s", problem);
    return false;
  }
  if (!initialized || provided < mpiFunneled) {
    noteReason(notStarted, "MPI_Init_thread fails");
    return false;
  }
  MpiHandle communicators[2] = {0, 0};
  mpi.Comm_set_errhandler(mpi.world, mpi.errorsReturn);
  if (mpi.Comm_rank(mpi.world, &myRank) != 0 || mpi.Comm_size(mpi.world, &worldSize) != 0 || mpi.Comm_dup(mpi.world, &communicators[0]) != 0 ||
      mpi.Comm_dup(mpi.world, &communicators[1]) != 0 || mpi.Comm_dup(mpi.world, &notices) != 0) {
    noteReason(notStarted, "MPI gives no communicators");
    return false;
  }
  for (int i = 0; i < 2; i++) lanes[i].open(&mpi, communicators[i], myRank, worldSize);
  mpi.Get_library_version(about, &length);
  about[strcspn(about, "\n")] = 0;
  if (worldSize > 1) {
    awaitNotice();
    if (shareMemory()) lanes[1].share(&shared);
  }
  return true;
}

void endLater(void* code) {
  sleepFor(abortWithin);
  endProcess(static_cast<int>(reinterpret_cast<intptr_t>(code)));
}

/**
 * Ends all ranks. Without a thread that limits the time it ends this one alone: the launcher ends the others,
 * since this one has not called MPI_Finalize.
 */
void abortAll(int code) {
  aborting.store(true);
  if (startThread("simdgrad-abort", endLater, reinterpret_cast<void*>(intptr_t{code}), nullptr)) mpi.Abort(mpi.world, code);
  endProcess(code);
}

/** The end of this rank: with all others, or of all. */
void end() {
  const uint32_t noted = exitCode.load();
  bool complete = noted == 1;
  // Nobody may wait for a rank that failed, nor call MPI again while it holds memory that is free by now.
  {
    const Lock lock(laneTaken);
    for (const Lane& lane : lanes) complete = complete && !lane.busy() && !lane.failed();
  }
  if (!complete) abortAll(noted > 1 ? static_cast<int>(noted - 1) : abortCode);
  // A rank that still waits for this one learns now that it will not come.
  for (int rank = 0; rank < worldSize; rank++) {
    if (rank == myRank) continue;
    MpiHandle sent = 0;
    if (mpi.Isend(&myRank, sizeof myRank, mpi.byte, rank, noticeTag, notices, &sent) == 0) finish(sent);
  }
  MpiHandle barrier = 0;
  if (mpi.Ibarrier(notices, &barrier) == 0) finish(barrier);
  // Every message is received, as MPI_Finalize requires.
  while (noticeCount < worldSize - 1)
    if (!readNotices()) sleepFor(20 * microsecond);
  mpi.Finalize();
}

void checkLane(Lane& lane, int64_t now) {
  if (!lane.busy()) return;
  if (leaver >= 0 && now - leftAt > grace && now - lane.begun() > grace) {
    noteReason(rankLeft, "rank %d has left", leaver);
    lane.fail(rankLeft);
  } else if (now - lane.begun() > limit.load()) {
    noteReason(timedOut, "rank %d has waited for %.0f seconds", myRank, static_cast<double>(limit.load()) / second);
    lane.fail(timedOut);
  }
}

void serve(void* given_) {
  Request* const first = static_cast<Request*>(given_);
  wakeOnTime();
  const bool initialized = initialize(static_cast<const char*>(first->data));
  running.store(initialized);
  first->answer(first, initialized ? done : notStarted);
  if (!initialized) return;
  int64_t changed = nanosecondsNow();
  for (;;) {
    const uint32_t seen = given.load(std::memory_order_acquire);
    for (Request *request = take(), *next; request; request = next) {
      next = request->next;
      const Lock lock(laneTaken);
      lanes[request->kind == Kind::exchange].add(request);
      changed = nanosecondsNow();
    }
    if (endRequested.load(std::memory_order_acquire)) break;
    bool moved = lanes[0].advance();
    {
      const Lock lock(laneTaken);
      moved = lanes[1].advance() || moved;
    }
    if (!lanes[0].busy() && !exchangesUnderWay()) {
      waitWhile(given, seen);
      continue;
    }
    const int64_t now = nanosecondsNow();
    if (moved) {
      changed = now;
      continue;
    }
    const bool others = shared.there() && !lanes[0].busy();
    const int64_t idle = now - changed;
    if (idle < spinFor && !others) {
      pauseCpu();
      continue;
    }
    readNotices();
    {
      const Lock lock(laneTaken);
      for (Lane& lane : lanes) checkLane(lane, now);
    }
    sleepFor(others ? longestPause : pauseAfter(idle));
  }
  end();
  ended.store(1, std::memory_order_release);
  wakeAll(ended);
}

/** Called when the process ends: nothing of JavaScript runs any more. */
void leave() {
  if (!running.load() || aborting.load()) return;
  endRequested.store(1, std::memory_order_release);
  wake();
  while (ended.load(std::memory_order_acquire) == 0) waitWhile(ended, 0);
}

}  // namespace

void noteReason(Outcome outcome, const char* format, ...) {
  Reason& reason = reasons[outcome];
  if (reason.noted.load(std::memory_order_relaxed)) return;
  va_list values;
  va_start(values, format);
  vsnprintf(reason.text, sizeof reason.text, format, values);
  va_end(values);
  reason.noted.store(true, std::memory_order_release);
}

bool start(Request* request) {
  atProcessExit(leave);
  // Of an earlier library: its thread has answered, and nobody reads while another one is started.
  reasons[notStarted].noted.store(false, std::memory_order_relaxed);
  return startThread("simdgrad-mpi", serve, request, nullptr);
}

int ask(Request* request) {
  if (!running.load()) return notStarted;
  if (request->kind == Kind::exchange && shared.there()) {
    const Lock lock(laneTaken);
    lanes[1].add(request);
    while (lanes[1].advanceShared()) {
    }
    if (lanes[1].busy()) wake();
    return done;
  }
  request->next = inbox.load(std::memory_order_relaxed);
  while (!inbox.compare_exchange_weak(request->next, request, std::memory_order_release, std::memory_order_relaxed)) {
  }
  wake();
  return done;
}

void awaitAnswer(std::atomic<uint32_t>& answered) {
  int64_t changed = nanosecondsNow();
  while (answered.load(std::memory_order_acquire) == 0) {
    if (!shared.there()) {
      waitWhile(answered, 0);
      continue;
    }
    const int64_t now = nanosecondsNow();
    if (advanceExchanges()) changed = now;
    const int64_t idle = now - changed;
    if (idle < spinFor)
      pauseCpu();
    else
      sleepFor(pauseAfter(idle));
  }
}

int rank() { return myRank; }
int size() { return worldSize; }
const char* library() { return about; }
const char* reasonOf(int outcome) {
  if (outcome < 0 || outcome > notStarted || !reasons[outcome].noted.load(std::memory_order_acquire)) return "";
  return reasons[outcome].text;
}
void setLimit(double seconds) { limit.store(static_cast<int64_t>(seconds * second)); }
void noteExit(int code) { exitCode.store(static_cast<uint32_t>(code) + 1); }

}  // namespace simdgrad::mpi
