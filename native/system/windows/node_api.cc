// The functions of Node-API, looked up in the running program. A library that imports them from node.exe by
// name does not load into a program with another name (Electron, a single executable application).
//
// The headers of Node-API declare these functions as dllimport: a call of f jumps to the address in the
// variable __imp_f. Usually the linker defines that variable and the system's loader fills it. Here this file
// does both.

#include <windows.h>

#include "looked_up.h"

extern "C" {
#define SIMDGRAD_SLOT(name) void* __imp_##name;
SIMDGRAD_NODE_API(SIMDGRAD_SLOT)
#undef SIMDGRAD_SLOT
}

namespace {

struct Slot {
  void** address;
  const char* name;
};

#define SIMDGRAD_SLOT(name) {&__imp_##name, #name},
const Slot slots[] = {SIMDGRAD_NODE_API(SIMDGRAD_SLOT)};
#undef SIMDGRAD_SLOT

/** Stands for a function that the program lacks. */
int missing() {
  constexpr int genericFailure = 9;  // napi_generic_failure
  return genericFailure;
}

// The constructor runs when the library is loaded, before Node calls it.
const struct Filler {
  Filler() {
    // The functions are in the program itself, or in the library of a Node that was built as one.
    const HMODULE program = GetModuleHandleW(nullptr), library = GetModuleHandleW(L"libnode.dll");
    for (const Slot& slot : slots) {
      FARPROC found = GetProcAddress(program, slot.name);
      if (!found && library) found = GetProcAddress(library, slot.name);
      *slot.address = found ? reinterpret_cast<void*>(found) : reinterpret_cast<void*>(&missing);
    }
  }
} filler;

}  // namespace
