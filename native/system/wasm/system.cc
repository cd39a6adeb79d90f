// WebAssembly. A thread is a Worker of the host with an instance of this module on the same memory
// (src/kernels/wasm/thread-workers.ts). Where the memory is not shared, the host gives no Worker, and the one
// thread never waits.

#include <cstdlib>

#include "../system.h"

#define IMPORT(name) __attribute__((import_module("simdgrad"), import_name(#name)))
#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace simdgrad {

namespace {

int32_t* addressOf(std::atomic<uint32_t>& word) { return reinterpret_cast<int32_t*>(&word); }

}  // namespace

// Waiting is a trap on the thread of a page, and on memory that is not shared.
void waitWhile(std::atomic<uint32_t>& word, uint32_t value) {
  __builtin_wasm_memory_atomic_wait32(addressOf(word), static_cast<int32_t>(value), -1);
}
void wakeOne(std::atomic<uint32_t>& word) { __builtin_wasm_memory_atomic_notify(addressOf(word), 1); }
void wakeAll(std::atomic<uint32_t>& word) { __builtin_wasm_memory_atomic_notify(addressOf(word), UINT32_MAX); }

namespace {

/** A Worker that runs one thread after another, with the memory for its stack and thread_local variables. */
struct Place {
  char* memory;
  bool taken;
};

constexpr int placeCount = 256;
Place places[placeCount];

size_t localBytes() { return (__builtin_wasm_tls_size() + 63) / 64 * 64; }

thread_local void* atEnd = nullptr;
thread_local void (*releaseAtEnd)(void*) = nullptr;

/** Has Worker `place` run the thread. 0: there is none. */
IMPORT(startThread) int hostStartThread(int place, void (*run)(void*), void* argument, char* stack, char* local);

}  // namespace

// Of the callers only the pool comes here, which calls it from one thread at a time.
bool startThread(const char*, void (*run)(void*), void* argument, Thread* joinable) {
  if (!joinable) return false;
  int place = 0;
  while (places[place].taken)
    if (++place == placeCount) return false;
  Place& at = places[place];
  if (!at.memory) at.memory = static_cast<char*>(allocateLines(stackBytes + localBytes()));
  if (!at.memory || !hostStartThread(place, run, argument, at.memory + stackBytes, at.memory + stackBytes)) return false;
  at.taken = true;
  joinable->handle = static_cast<uintptr_t>(place);
  return true;
}

// It does not wait for the end. The Worker runs its next thread after that, so stack and variables are free
// by then.
void joinThread(Thread thread) { places[thread.handle].taken = false; }

/** What a Worker calls, after it has set the stack and the variables of the thread. */
EXPORT(runThread) void runThread(void (*run)(void*), void* argument) {
  run(argument);
  if (releaseAtEnd) releaseAtEnd(atEnd);
}

bool releaseAtThreadEnd(void* data, void (*release)(void*)) {
  atEnd = data;
  releaseAtEnd = release;
  return true;
}

void yieldCore() {}
void sleepFor(int64_t nanoseconds) {
  static std::atomic<uint32_t> never{0};
  __builtin_wasm_memory_atomic_wait32(addressOf(never), 0, nanoseconds);
}

/** Milliseconds, of the host. */
IMPORT(now) double hostNow();
int64_t nanosecondsNow() { return static_cast<int64_t>(hostNow() * 1e6); }

IMPORT(cores) int hostCores();
int affinityCores() { return hostCores(); }
double quotaCores(const char*) { return 0; }

// Near 4 GB malloc may return memory that ends behind the last page. It is not freed: malloc would write
// there, and the instance is replaced after a call without memory (src/kernels/wasm/door.ts).
void* allocateLines(size_t bytes) {
  void* const memory = aligned_alloc(64, bytes);
  const uint64_t end = uint64_t{reinterpret_cast<uintptr_t>(memory)} + bytes;
  return end <= uint64_t{__builtin_wasm_memory_size(0)} * 65536 ? memory : nullptr;
}
void freeLines(void* memory) { free(memory); }
void expectWrites(void*, size_t) {}
bool keepFreedMemory() { return false; }
void stayLoaded() {}

}  // namespace simdgrad
