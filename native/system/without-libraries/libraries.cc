// Systems on which no library is opened while the program runs: there is no MPI to look for.

#include <cstdlib>

#include "../system.h"

namespace simdgrad {

void* openLibrary(const char*, char* problem, size_t size) {
  if (size > 0) problem[0] = 0;
  return nullptr;
}
void* findIn(void*, const char*) { return nullptr; }
void* saveSignalHandlers() { return nullptr; }
void restoreSignalHandlers(void*) {}
void setEnvironment(const char*, const char*) {}
bool atProcessExit(void (*)()) { return false; }
void endProcess(int) { abort(); }
void wakeOnTime() {}

// Ranks on one host exchange through MPI here.
void* makeSharedMemory(uint64_t, size_t) { return nullptr; }
void* findSharedMemory(uint64_t, size_t) { return nullptr; }
void hideSharedMemory(uint64_t) {}

}  // namespace simdgrad
