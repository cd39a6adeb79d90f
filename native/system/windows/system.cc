// Windows 10 and later.

#include <windows.h>

#include <malloc.h>
#include <process.h>

#include <cstdlib>

#include "../system.h"

namespace simdgrad {

void waitWhile(std::atomic<uint32_t>& word, uint32_t value) { WaitOnAddress(&word, &value, sizeof value, INFINITE); }
void wakeOne(std::atomic<uint32_t>& word) { WakeByAddressSingle(&word); }
void wakeAll(std::atomic<uint32_t>& word) { WakeByAddressAll(&word); }

namespace {

struct Start {
  void (*run)(void*);
  void* argument;
};

DWORD WINAPI begin(void* given) {
  const Start start = *static_cast<Start*>(given);
  free(given);
  start.run(start.argument);
  return 0;
}

struct Release {
  void (*release)(void*);
  void* data;
};

INIT_ONCE releaseOnce = INIT_ONCE_STATIC_INIT;
DWORD releaseSlot = FLS_OUT_OF_INDEXES;

void WINAPI release(void* value) {
  Release* const held = static_cast<Release*>(value);
  if (!held) return;
  held->release(held->data);
  free(held);
}

}  // namespace

// Windows shows a thread's description only to debuggers that ask for it, so there is no name.
bool startThread(const char*, void (*run)(void*), void* argument, Thread* joinable) {
  Start* const start = static_cast<Start*>(malloc(sizeof(Start)));
  if (!start) return false;
  *start = {run, argument};
  HANDLE thread = CreateThread(nullptr, stackBytes, begin, start, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
  if (!thread) {
    free(start);
    return false;
  }
  if (joinable)
    joinable->handle = reinterpret_cast<uintptr_t>(thread);
  else
    CloseHandle(thread);
  return true;
}

void joinThread(Thread thread) {
  HANDLE handle = reinterpret_cast<HANDLE>(thread.handle);
  WaitForSingleObject(handle, INFINITE);
  CloseHandle(handle);
}

bool releaseAtThreadEnd(void* data, void (*with)(void*)) {
  InitOnceExecuteOnce(
      &releaseOnce,
      [](INIT_ONCE*, void*, void**) WINAPI -> BOOL {
        releaseSlot = FlsAlloc(release);
        return TRUE;
      },
      nullptr, nullptr);
  Release* const held = static_cast<Release*>(malloc(sizeof(Release)));
  if (!held) return false;
  *held = {with, data};
  if (releaseSlot != FLS_OUT_OF_INDEXES && FlsSetValue(releaseSlot, held)) return true;
  free(held);
  return false;
}

void yieldCore() { SwitchToThread(); }
void sleepFor(int64_t nanoseconds) { Sleep(static_cast<DWORD>((nanoseconds + 999999) / 1000000)); }

int64_t nanosecondsNow() {
  LARGE_INTEGER frequency, now;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&now);
  // Two steps: the product of the whole time and 10^9 would overflow after hours.
  const int64_t f = frequency.QuadPart, t = now.QuadPart;
  return t / f * 1000000000 + t % f * 1000000000 / f;
}

int affinityCores() {
  DWORD_PTR mine, all;
  if (!GetProcessAffinityMask(GetCurrentProcess(), &mine, &all)) return 1;
  // A mask has 64 cores. On larger machines a process may use all groups of 64, and the mask is of one group;
  // it is 0 if the process has threads in several groups.
  if (mine == all) return static_cast<int>(GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
  return __builtin_popcountll(mine);
}

double quotaCores(const char*) {
  JOBOBJECT_CPU_RATE_CONTROL_INFORMATION control = {};
  if (!QueryInformationJobObject(nullptr, JobObjectCpuRateControlInformation, &control, sizeof control, nullptr)) return 0;
  constexpr DWORD hard = JOB_OBJECT_CPU_RATE_CONTROL_ENABLE | JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP;
  if ((control.ControlFlags & hard) != hard) return 0;
  // In hundredths of a percent of all cores.
  return control.CpuRate / 10000.0 * GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
}

void* allocateLines(size_t bytes) { return _aligned_malloc(bytes, 64); }
void freeLines(void* memory) { _aligned_free(memory); }

void expectWrites(void*, size_t) {}
bool keepFreedMemory() { return false; }

void stayLoaded() {
  HMODULE self;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<const wchar_t*>(&stayLoaded), &self);
}

}  // namespace simdgrad
