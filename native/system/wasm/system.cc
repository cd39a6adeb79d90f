// WebAssembly: one thread. It never waits, because nobody could wake it.

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

/** Milliseconds, of the host. */
__attribute__((import_module("simdgrad"), import_name("now"))) double hostNow();
int64_t nanosecondsNow() { return static_cast<int64_t>(hostNow() * 1e6); }

int affinityCores() { return 1; }
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
