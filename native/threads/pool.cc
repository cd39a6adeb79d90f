#include "pool.h"

#include <atomic>
#include <cstdlib>
#include <type_traits>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include "../system/system.h"
#include "cores.h"

namespace simdgrad {

namespace {

// Protocol. `job` holds the current job and `gate` guards it: bit 31 says whether the gate is open, the bits
// below count the workers inside. The caller fills `job`, opens the gate and increments `bell`, on which
// workers wait. A worker that sees a new `bell` enters with a compare-and-swap, which fails once the gate is
// closed. When no chunk is left, the caller closes the gate and waits until the count is zero. So it waits
// for workers that are running a chunk, but never for a worker that still sleeps or has not been given a
// core.
//
// Threads beyond the number of cores could only take cores from the others. They are a reserve: they sleep,
// and `bell` does not wake them. One of them watches. If a job stays open and has unclaimed chunks, its
// threads are blocked or lost their cores, and the watching thread helps.
constexpr uint32_t openBit = 1u << 31;

/**
 * Whether a reserve thread watches: not needed, needed, taken. The word has a generation beside it, which
 * grows when threads are to end: without it, a thread that is about to wait for a change of `taken` would not
 * notice that another thread has taken the watch anew in between, and sleep on.
 */
enum Watch : uint32_t { nobody, somebody, taken, watchBits };
constexpr uint32_t watchGeneration = 4;

// A thread claims pieces of its own part of the job first, then those that are left of the other parts. Calls
// of the same size are cut alike: a thread finds in its own caches what it wrote in the call before.
constexpr int maxParts = 16;

struct alignas(64) Job {
  Chunk chunk = nullptr;
  void* context = nullptr;
  size_t grain = 0;
  int parts = 1;
  size_t past[maxParts] = {};  // the first item behind each part
};

// Different threads write these fields, so each has its own cache line.
struct State {
  // held by the caller that has the workers, or by setThreads
  alignas(64) std::atomic<bool> busy{false};
  alignas(64) std::atomic<uint32_t> bell{0};           // waited on; the number of jobs so far
  alignas(64) std::atomic<uint32_t> gate{0};           // waited on by the caller
  // The first item of each part that is not claimed. They share cache lines: a call of few items, such as a
  // step of a recurrent network, takes longer to begin with more lines than to claim from one that others
  // write.
  alignas(64) std::atomic<size_t> next[maxParts] = {};
  alignas(64) std::atomic<int> sleepers{0};
  std::atomic<bool> callerSleeps{false};
  std::atomic<int> wanted{0};                          // 0: not decided yet
  std::atomic<int> cores{0};                           // 0: not looked up yet
  std::atomic<uint32_t> watch{nobody};                 // waited on by the reserve
  std::atomic<uint64_t> workerChunks{0};
  std::atomic<bool> outOfScratch{false};               // a worker had no scratch memory during the job
  std::atomic<int64_t> asked{0};                       // time of the last call of isWarm, ns
  Job job{};
  std::atomic<int> running{1};  // number of threads, including the caller; changed only while `busy` is held
  Thread handles[maxThreads] = {};
};

// Constant-initialized and never destroyed: workers may be waiting on it while the process exits.
State pool;
State& state() { return pool; }
static_assert(std::is_trivially_destructible_v<State>, "no destructor runs at exit");

thread_local bool insideChunk = false;
thread_local bool outOfScratch = false;

void noteOutOfScratch() {
  if (outOfScratch) return;
  outOfScratch = true;
  threadsWithoutScratch.fetch_add(1, std::memory_order_relaxed);
}

// In a virtual machine, waking a sleeping worker costs the caller about 10 µs, and the worker starts that
// much later. So a worker spins for about the time between the parallel kernels of a training loop, and then
// sleeps: an idle pool costs nothing.
constexpr int64_t workerSpin = 150000;  // ns
constexpr int64_t callerSpin = 50000;

// How long a job may take before the reserve helps: longer than most kernels, shorter than the time slice
// after which a thread loses its core.
constexpr int64_t watchNanoseconds = 1000000;

/** Spins until `done` or until the time is over. It reads the clock every 32 pauses (about a microsecond). */
template <class F>
bool spinUntil(F done, int64_t duration) {
  int64_t end = 0;
  for (int spins = 1; !done(); spins++) {
    pauseCpu();
    if (spins % 32 != 0) continue;
    const int64_t now = nanosecondsNow();
    if (end == 0) end = now + duration;
    else if (now >= end) return false;
  }
  return true;
}

/** Claims and runs chunks until none is left, as the thread `index`. Returns how many it ran. */
uint64_t runChunks(State& s, const Job& job, int index) {
  uint64_t count = 0;
  insideChunk = true;
  for (int i = 0; i < job.parts; i++) {
    const int part = (index + i) % job.parts;
    const size_t past = job.past[part];
    // Relaxed: `gate` orders the job's fields and the results; `next` only hands out numbers.
    while (s.next[part].load(std::memory_order_relaxed) < past) {
      const size_t begin = s.next[part].fetch_add(job.grain, std::memory_order_relaxed);
      if (begin >= past) break;
      const size_t left = past - begin;
      job.chunk(job.context, begin, begin + (left < job.grain ? left : job.grain));
      count++;
    }
  }
  insideChunk = false;
  return count;
}

/** Cuts 0 … n-1 into the parts of the job: whole pieces, as equal in number as possible. */
void cut(State& s, size_t n) {
  const size_t pieces = (n - 1) / s.job.grain + 1, parts = static_cast<size_t>(s.job.parts);
  const size_t each = pieces / parts, longer = pieces % parts;
  size_t first = 0;
  for (size_t i = 0; i < parts; i++) {
    const size_t past = first + (each + (i < longer)) * s.job.grain;
    s.next[i].store(first, std::memory_order_relaxed);
    s.job.past[i] = past < n ? past : n;
    first = past;
  }
}

/** Whether all chunks are claimed. */
bool isClaimed(const State& s) {
  for (int i = 0; i < s.job.parts; i++)
    if (s.next[i].load(std::memory_order_relaxed) < s.job.past[i]) return false;
  return true;
}

bool enter(State& s) {
  uint32_t gate = s.gate.load(std::memory_order_relaxed);
  while (gate & openBit)
    // Acquire pairs with the release that opened the gate: the job is visible.
    if (s.gate.compare_exchange_weak(gate, gate + 1, std::memory_order_acquire, std::memory_order_relaxed)) return true;
  return false;
}

void leave(State& s) {
  if (ranOutOfScratch()) s.outOfScratch.store(true, std::memory_order_relaxed);
  // Release: the caller sees what the chunks wrote once it sees the count decrease.
  const uint32_t before = s.gate.fetch_sub(1, std::memory_order_seq_cst);
  if (before == 1 && s.callerSleeps.load(std::memory_order_seq_cst)) wakeOne(s.gate);
}

void worker(void* argument) {
  State& s = state();
  const int index = static_cast<int>(reinterpret_cast<intptr_t>(argument));
  uint32_t heard = s.bell.load(std::memory_order_acquire);
  for (bool first = true;; first = false) {
    if (!first) {
      while (!spinUntil([&] { return s.bell.load(std::memory_order_acquire) != heard; }, workerSpin)) {
        // This thread increments `sleepers` before the system compares `bell` again. The caller increments
        // `bell` before it reads `sleepers`. So at least one of them sees the other's write.
        s.sleepers.fetch_add(1, std::memory_order_seq_cst);
        waitWhile(s.bell, heard);
        s.sleepers.fetch_sub(1, std::memory_order_relaxed);
      }
      heard = s.bell.load(std::memory_order_acquire);
    }
    if (index >= s.wanted.load(std::memory_order_acquire)) return;
    if (!enter(s)) continue;
    const uint64_t count = runChunks(s, s.job, index);
    if (count) s.workerChunks.fetch_add(count, std::memory_order_relaxed);
    leave(s);
  }
}

/** The number of cores that this process could use when it was first queried. */
int coresOf(State& s) {
  const int known = s.cores.load(std::memory_order_relaxed);
  if (known != 0) return known;
  const int cores = usableCores();
  s.cores.store(cores, std::memory_order_relaxed);
  return cores;
}

Watch watchOf(uint32_t word) { return static_cast<Watch>(word & watchBits); }

/** Sets it, and adds to the generation. */
void setWatch(State& s, Watch watch, uint32_t more = 0) {
  uint32_t now = s.watch.load(std::memory_order_relaxed);
  while (!s.watch.compare_exchange_weak(now, ((now & ~uint32_t{watchBits}) | watch) + more, std::memory_order_seq_cst)) {
  }
}

/** Takes the watch if it is in this state. `now` becomes the word. */
bool takeWatch(State& s, Watch from, uint32_t& now) {
  now = s.watch.load(std::memory_order_seq_cst);
  return watchOf(now) == from && s.watch.compare_exchange_strong(now, (now & ~uint32_t{watchBits}) | taken);
}

void needWatch(State& s) {
  setWatch(s, somebody);
  wakeOne(s.watch);
}

/**
 * Watches jobs until there are none, or until it has helped one. Then another thread takes over the watch.
 */
void watchJobs(State& s, int index) {
  for (;;) {
    const uint32_t bell = s.bell.load(std::memory_order_seq_cst);
    sleepFor(watchNanoseconds);
    if (index >= s.wanted.load(std::memory_order_acquire)) return needWatch(s);
    if (s.bell.load(std::memory_order_seq_cst) != bell) continue;
    if (enter(s)) {
      if (!isClaimed(s)) {
        needWatch(s);
        const uint64_t count = runChunks(s, s.job, index);
        if (count) s.workerChunks.fetch_add(count, std::memory_order_relaxed);
        return leave(s);
      }
      leave(s);
      continue;
    }
    // This thread stores `watch` before it compares `bell` again. The caller increments `bell` before it
    // reads `watch`. So at least one of them sees the other's write.
    setWatch(s, nobody);
    uint32_t now;
    if (s.bell.load(std::memory_order_seq_cst) == bell || !takeWatch(s, nobody, now)) return;
  }
}

void reserve(void* argument) {
  State& s = state();
  const int index = static_cast<int>(reinterpret_cast<intptr_t>(argument));
  for (;;) {
    uint32_t now;
    const bool watches = takeWatch(s, somebody, now);
    // It reads `wanted` after the word, and setThreads writes `wanted` before the word.
    if (index >= s.wanted.load(std::memory_order_acquire)) return watches ? needWatch(s) : void();
    if (watches)
      watchJobs(s, index);
    else if (watchOf(now) != somebody)
      waitWhile(s.watch, now);
  }
}

void ring(State& s) {
  s.bell.fetch_add(1, std::memory_order_seq_cst);
  if (s.sleepers.load(std::memory_order_seq_cst) > 0) wakeAll(s.bell);
}

/** Wakes the threads that sleep, so that those beyond `wanted` end. */
void wakeThreads(State& s) {
  ring(s);
  // Wakes the whole reserve. One of the threads that stay takes the watch.
  setWatch(s, somebody, watchGeneration);
  wakeAll(s.watch);
}

/** Starts and stops threads until the wanted number runs. The caller holds `busy`. */
void adjust(State& s) {
  const int wanted = s.wanted.load(std::memory_order_acquire);
  int running = s.running.load(std::memory_order_relaxed);
  if (running > wanted) {
    wakeThreads(s);
    while (running > wanted) joinThread(s.handles[--running]);
  }
  while (running < wanted) {
    void* index = reinterpret_cast<void*>(static_cast<intptr_t>(running));
    if (!startThread("simdgrad", running < coresOf(s) ? worker : reserve, index, &s.handles[running])) {
      s.wanted.store(running, std::memory_order_release);  // the system provides no more
      break;
    }
    running++;
  }
  s.running.store(running, std::memory_order_relaxed);
}

bool tryBusy(State& s) { return !s.busy.load(std::memory_order_relaxed) && !s.busy.exchange(true, std::memory_order_acquire); }

}  // namespace

int threads() {
  State& s = state();
  int wanted = s.wanted.load(std::memory_order_acquire);
  if (wanted == 0) {
    int none = 0;
    s.wanted.compare_exchange_strong(none, coresOf(s) < maxThreads ? coresOf(s) : maxThreads);
    wanted = s.wanted.load(std::memory_order_acquire);
  }
  return wanted;
}

int threadsAtOnce() {
  const int all = threads(), cores = coresOf(state());
  return all < cores ? all : cores;
}

int setThreads(int count) {
  State& s = state();
  if (insideChunk) return threads();
  while (!tryBusy(s)) yieldCore();
  s.wanted.store(count < 1 ? 1 : count > maxThreads ? maxThreads : count, std::memory_order_release);
  adjust(s);
  const int now = s.wanted.load(std::memory_order_relaxed);
  s.busy.store(false, std::memory_order_release);
  return now;
}

void dismissThreads() {
  State& s = state();
  s.wanted.store(1, std::memory_order_release);
  wakeThreads(s);
}

bool isWarm() {
  State& s = state();
  const int wanted = threads();
  if (wanted == 1) return false;
  if (s.sleepers.load(std::memory_order_relaxed) == 0 && s.running.load(std::memory_order_relaxed) == wanted) return true;
  const int64_t now = nanosecondsNow();
  return now - s.asked.exchange(now, std::memory_order_relaxed) < workerSpin;
}

uint64_t workerChunks() { return state().workerChunks.load(std::memory_order_relaxed); }

void parallelFor(size_t n, size_t grain, Chunk chunk, void* context) {
  if (n == 0) return;
  if (grain == 0) grain = 1;
  State& s = state();
  if (n <= grain || threads() == 1 || insideChunk || !tryBusy(s)) {
    chunk(context, 0, n);
    return;
  }
  if (s.running.load(std::memory_order_relaxed) != s.wanted.load(std::memory_order_relaxed)) adjust(s);
  const int atOnce = threadsAtOnce();
  s.job.chunk = chunk;
  s.job.context = context;
  s.job.grain = grain;
  s.job.parts = atOnce < maxParts ? atOnce : maxParts;
  cut(s, n);
  s.gate.store(openBit, std::memory_order_release);
  ring(s);
  if (s.running.load(std::memory_order_relaxed) > s.cores.load(std::memory_order_relaxed) &&
      watchOf(s.watch.load(std::memory_order_seq_cst)) == nobody)
    needWatch(s);
  runChunks(s, s.job, 0);

  // No chunk is left to claim. Close the gate and wait for the running chunks.
  s.gate.fetch_and(~openBit, std::memory_order_acq_rel);
  while (!spinUntil([&] { return s.gate.load(std::memory_order_acquire) == 0; }, callerSpin)) {
    s.callerSleeps.store(true, std::memory_order_seq_cst);
    const uint32_t inside = s.gate.load(std::memory_order_seq_cst);
    if (inside != 0) waitWhile(s.gate, inside);
    s.callerSleeps.store(false, std::memory_order_relaxed);
  }
  if (s.outOfScratch.load(std::memory_order_relaxed)) {
    s.outOfScratch.store(false, std::memory_order_relaxed);
    noteOutOfScratch();
  }
  s.busy.store(false, std::memory_order_release);
}

std::atomic<uint32_t> threadsWithoutScratch{0};

bool takeOutOfScratch() {
  if (!outOfScratch) return false;
  outOfScratch = false;
  threadsWithoutScratch.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

namespace {

std::atomic<int64_t> scratchLimit{-1};

struct Buffer {
  float* memory;
  size_t floats;
};

void freeBuffers(void* data) {
  Buffer* buffers = static_cast<Buffer*>(data);
  for (int i = 0; i < slotCount; i++) freeLines(buffers[i].memory);
  free(buffers);
}

/** The buffers of this thread; null when there is no memory. */
Buffer* threadBuffers() {
  static thread_local Buffer* mine = nullptr;
  if (mine) return mine;
  Buffer* const buffers = static_cast<Buffer*>(calloc(slotCount, sizeof(Buffer)));
  if (buffers && releaseAtThreadEnd(buffers, freeBuffers)) return mine = buffers;
  free(buffers);
  return nullptr;
}

}  // namespace

void limitScratch(int64_t times) { scratchLimit.store(times, std::memory_order_relaxed); }

float* scratch(Slot slot, size_t floats) {
  const bool allowed = scratchLimit.load(std::memory_order_relaxed) < 0 || scratchLimit.fetch_sub(1, std::memory_order_relaxed) > 0;
  Buffer* const buffers = allowed ? threadBuffers() : nullptr;
  if (!buffers) {
    noteOutOfScratch();
    return nullptr;
  }
  Buffer& buffer = buffers[static_cast<int>(slot)];
  // A buffer of no floats would be null.
  if (buffer.floats < floats || !buffer.memory) {
    freeLines(buffer.memory);
    // Rounded up to 64 KB, so that slowly growing sizes do not reallocate each time.
    const size_t bytes = (floats * sizeof(float) / 65536 + 1) * 65536;
    buffer.memory = static_cast<float*>(allocateLines(bytes));
    buffer.floats = buffer.memory ? bytes / sizeof(float) : 0;
  }
#if defined(__SANITIZE_ADDRESS__)
  // The buffer may be larger than requested. Under ASan, accesses beyond the requested floats are errors.
  ASAN_UNPOISON_MEMORY_REGION(buffer.memory, buffer.floats * sizeof(float));
  if (buffer.memory) ASAN_POISON_MEMORY_REGION(buffer.memory + floats, (buffer.floats - floats) * sizeof(float));
#endif
  if (!buffer.memory) noteOutOfScratch();
  return buffer.memory;
}

}  // namespace simdgrad
