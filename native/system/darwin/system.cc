// macOS: waiting on an address, cores, memory. Threads and the clock are those of posix/.

#include <dlfcn.h>
#include <pthread.h>
#include <sys/sysctl.h>

#include <cerrno>
#include <cstdlib>

#include "../posix/name.h"
#include "../system.h"

// In libSystem since macOS 10.12, without a public header. libc++ implements std::atomic::wait with them. The
// public functions (os_sync_wait_on_address) exist only since macOS 14.4.
extern "C" int __ulock_wait(uint32_t operation, void* address, uint64_t value, uint32_t microseconds);
extern "C" int __ulock_wake(uint32_t operation, void* address, uint64_t value);

namespace simdgrad {

namespace {

constexpr uint32_t compareAndWait = 1, all = 0x100, returnsError = 0x01000000;

}  // namespace

void waitWhile(std::atomic<uint32_t>& word, uint32_t value) {
  constexpr uint32_t forever = 0;
  __ulock_wait(compareAndWait | returnsError, &word, value, forever);
}

// A wake-up that a signal interrupts has woken nobody.
static void wake(std::atomic<uint32_t>& word, uint32_t flags) {
  while (__ulock_wake(compareAndWait | returnsError | flags, &word, 0) == -EINTR) {
  }
}

void wakeOne(std::atomic<uint32_t>& word) { wake(word, 0); }
void wakeAll(std::atomic<uint32_t>& word) { wake(word, all); }

void wakeOnTime() {}

void nameThisThread(const char* name) { pthread_setname_np(name); }

// The affinity of a thread is not known here. Work is cut for the performance cores: a chunk on an efficiency
// core takes several times as long, and the others would wait for it.
int affinityCores() {
  for (const char* name : {"hw.perflevel0.logicalcpu", "hw.logicalcpu"}) {
    int count = 0;
    size_t size = sizeof count;
    if (sysctlbyname(name, &count, &size, nullptr, 0) == 0 && count > 0) return count;
  }
  return 1;
}

double quotaCores(const char*) { return 0; }

void* allocateLines(size_t bytes) {
  void* memory = nullptr;
  return posix_memalign(&memory, 64, bytes) == 0 ? memory : nullptr;
}
void freeLines(void* memory) { free(memory); }

void expectWrites(void*, size_t) {}
bool keepFreedMemory() { return false; }

void stayLoaded() {
  Dl_info self;
  if (dladdr(reinterpret_cast<const void*>(&stayLoaded), &self)) dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

// Ranks on one host exchange through MPI here.
void* makeSharedMemory(uint64_t, size_t) { return nullptr; }
void* findSharedMemory(uint64_t, size_t) { return nullptr; }
void hideSharedMemory(uint64_t) {}

}  // namespace simdgrad
