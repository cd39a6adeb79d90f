#pragma once
// What the library needs from the operating system. Each folder beside this file implements it for one system
// (posix/ has what linux/ and darwin/ share), and native/sources.json lists the folders of a system. No other
// part of native/ includes a system's header or tests for a system.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace simdgrad {

// Waiting on an address.

/** Waits until woken. Returns at once if the word is no longer `value`. Spurious wake-ups are possible. */
void waitWhile(std::atomic<uint32_t>& word, uint32_t value);
/** Wakes one thread that waits on the word. Only its address is used: the word may be gone already. */
void wakeOne(std::atomic<uint32_t>& word);
void wakeAll(std::atomic<uint32_t>& word);

// Threads.

/** A thread that was started and will be joined. */
struct Thread {
  uintptr_t handle;
};

/**
 * The stack of our threads. The defaults are 8 MB (glibc), 1 MB (Windows), 512 KB (macOS) and 128 KB (musl).
 * Kernels have frames of up to 64 KB.
 */
constexpr size_t stackBytes = 1 << 20;

/**
 * Starts a thread that handles no signals. `name` has at most 15 characters. If `joinable` is null, nobody
 * will join the thread. Returns false when the system provides no thread.
 */
bool startThread(const char* name, void (*run)(void* argument), void* argument, Thread* joinable);
void joinThread(Thread thread);

/**
 * Calls release(data) when the calling thread ends. At most once per thread. (A thread_local with a
 * destructor would need the C++ library.) Returns false when there is no memory.
 */
bool releaseAtThreadEnd(void* data, void (*release)(void* data));

/** Lets another thread have the core. */
void yieldCore();
/** A pause of about this length; systems may round it up to several milliseconds. */
void sleepFor(int64_t nanoseconds);
/** Tells the core that this is a spin loop. */
inline void pauseCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/** Time of a clock that is never set back. */
int64_t nanosecondsNow();

// Cores.

/**
 * The cores that this process may run on: those of the affinity mask on Linux and Windows, the performance
 * cores on macOS.
 */
int affinityCores();

/**
 * The limit that a container puts on the processor time of this process, in cores; 0 when there is none.
 * Linux: the minimum over the control group (v1 or v2) and its ancestors. `root` is prepended to the paths of
 * system files, so that tests can provide their own. Windows: the hard cap of the job object.
 */
double quotaCores(const char* root = "");

// Memory.

/** 64-byte aligned memory; null when there is none. `bytes` is a multiple of 64. */
void* allocateLines(size_t bytes);
void freeLines(void* memory);

/**
 * Announces memory that a kernel is about to write. If it is large, asks the system to use huge pages for it.
 */
void expectWrites(void* begin, size_t bytes);

/**
 * Asks the process's allocator to keep freed memory instead of returning it to the system. Returns false
 * where the allocator has no such setting.
 */
bool keepFreedMemory();

// Memory of several processes. Its name is made of a number; only processes of the same user can map it.

/** Makes and maps it, filled with zeros. Null when there is no room for it, or the number is taken. */
void* makeSharedMemory(uint64_t number, size_t bytes);
/** Maps what another process has made with this size. Null when there is none on this host. */
void* findSharedMemory(uint64_t number, size_t bytes);
/** Takes the name away. The memory lasts until no process maps it. */
void hideSharedMemory(uint64_t number);

// The library itself.

/**
 * Keeps the library loaded until the process ends. Node closes an addon when its last environment ends, and
 * our threads still run its code then.
 */
void stayLoaded();

// Other libraries, opened while the program runs.

/** Opens a library for the rest of the process. Null when it cannot; `problem` then says why. */
void* openLibrary(const char* path, char* problem, size_t size);
/** The address of a function or a variable of a library; null when it has none of that name. */
void* findIn(void* library, const char* name);

/** The handlers of all signals, to be restored once after code that may replace them. */
void* saveSignalHandlers();
void restoreSignalHandlers(void* saved);

/** Sets a variable of the environment unless it is set. */
void setEnvironment(const char* name, const char* value);

// The end of the process.

/** Calls `run` at a normal end of the process, on the thread that ends it. */
bool atProcessExit(void (*run)());
/** Ends the process at once. */
void endProcess(int code);

/** Lets the calling thread wake up on time: Linux delays its timers by 50 microseconds otherwise. */
void wakeOnTime();

}  // namespace simdgrad
