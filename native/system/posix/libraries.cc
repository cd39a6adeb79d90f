// Libraries that are opened while the program runs, and what they may change in it: signals, the environment.

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "../system.h"
#include "glibc.h"

namespace simdgrad {

namespace {

// Signals 1 to 31 of Linux and macOS. Nobody replaces handlers of real-time signals.
constexpr int signals = 32;

}  // namespace

void* openLibrary(const char* path, char* problem, size_t size) {
  // Global: Open MPI loads parts of itself, and they look for its functions among the global ones.
  void* const library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (!library) snprintf(problem, size, "%s", dlerror());
  return library;
}

void* findIn(void* library, const char* name) { return dlsym(library, name); }

void* saveSignalHandlers() {
  struct sigaction* const saved = static_cast<struct sigaction*>(calloc(signals, sizeof(struct sigaction)));
  for (int signal = 1; saved && signal < signals; signal++) sigaction(signal, nullptr, &saved[signal]);
  return saved;
}

void restoreSignalHandlers(void* given) {
  struct sigaction* const saved = static_cast<struct sigaction*>(given);
  for (int signal = 1; saved && signal < signals; signal++)
    if (signal != SIGKILL && signal != SIGSTOP) sigaction(signal, &saved[signal], nullptr);
  free(saved);
}

void setEnvironment(const char* name, const char* value) { setenv(name, value, 0); }

bool atProcessExit(void (*run)()) { return atexit(run) == 0; }

void endProcess(int code) { _exit(code); }

}  // namespace simdgrad
