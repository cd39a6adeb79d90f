// WebAssembly: one thread. It never waits, because nobody could wake it.

#include <time.h>

#include <cstdlib>

#include "../system.h"

namespace simdgrad {

void waitWhile(std::atomic<uint32_t>&, uint32_t) {}
void wakeOne(std::atomic<uint32_t>&) {}
void wakeAll(std::atomic<uint32_t>&) {}

bool startThread(const char*, void (*)(void*), void*, Thread*) { return false; }
void joinThread(Thread) {}
// The thread ends with the module and its memory.
bool releaseAtThreadEnd(void*, void (*)(void*)) { return true; }
void yieldCore() {}
void sleepFor(int64_t) {}

int64_t nanosecondsNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

int affinityCores() { return 1; }
double quotaCores(const char*) { return 0; }

void* allocateLines(size_t bytes) { return aligned_alloc(64, bytes); }
void freeLines(void* memory) { free(memory); }
void expectWrites(void*, size_t) {}
bool keepFreedMemory() { return false; }
void stayLoaded() {}

}  // namespace simdgrad
