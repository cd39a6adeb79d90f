#pragma once
// What the files of the binding share: addon*.cc and this are the only ones that see Node-API.

#include <node_api.h>

#include "../program/program.h"

namespace simdgrad {

struct Row;
struct Instance;

/** What a kernel's function is given: one for each kernel and environment. */
struct Binding {
  const Row* row;
  const Instance* instance;
};

/** One for each environment: the main thread and every Worker has its own. `bindings` follow it in memory. */
struct Instance {
  double* block;
  int blockLength;
  napi_ref blockArray;  // keeps the memory alive
  Binding bindings[1];
};

/** A typed array, or null when it is null or undefined; false for anything else. A detached array has length 0. */
bool readArray(napi_env env, napi_value value, Array& array);

enum class ErrorKind { plain, type, range };

/** Throws `where: text` with a code; answers what a callback that throws has to return. */
napi_value fail(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text);

/** The same in place of what a call of Node-API may have thrown. */
napi_value failAnew(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text);

/** A function of the addon; `data` is what it is called with. */
bool setFunction(napi_env env, napi_value object, const char* name, napi_callback callback, void* data);

/** The same for a Refusal, with the kind of error that its code goes with. */
napi_value fail(napi_env env, const char* where, const Refusal& refusal);

/** What a Program object of JavaScript owns. */
struct HeldProgram {
  Program* program;         // null once it was released
  napi_ref externals;       // a list that keeps them alive
  std::vector<Array> seen;  // what was seen of each when the program was made; type `none` where no look is needed again
  int64_t told;             // bytes that the garbage collector was told of
  bool running;             // is part of a job
  bool unwanted;            // was released meanwhile

  /** Whether JavaScript could pull the memory of an external away. */
  bool detachable() const {
    for (const Array& array : seen)
      if (array.type != DType::none) return true;
    return false;
  }
};

/** Frees all but the HeldProgram itself, which goes with its object. Of a program that does not run. */
void freeProgram(napi_env env, HeldProgram& held);

/** The program behind a Program object that may run now; else throws, and answers null. */
HeldProgram* readyProgram(napi_env env, const char* where, napi_value value);

/** Reads the program's parameters from their offsets on into `parameters`, maxParameters long; else throws. */
bool readParameters(napi_env env, const char* where, const Program& program, const napi_value* values, size_t count,
                    const double* offsets, Array* parameters);

/** The elements of an array as an array of our own, which nobody else can change; false when a getter throws. */
bool copyElements(napi_env env, napi_value list, std::vector<napi_value>& elements, napi_value& own);

/** Whether an array is on memory that JavaScript can neither detach nor shrink. */
bool isShared(napi_env env, napi_value array);

// addon-program.cc and addon-job.cc
void addPrograms(napi_env env, napi_value exports, Instance* instance);
void addJobs(napi_env env, napi_value exports);

}  // namespace simdgrad
