#pragma once
// Declarations shared by the files of the binding. Only addon*.cc and this file see Node-API.

#include <node_api.h>

#include "../program/program.h"

namespace simdgrad {

struct Row;
struct Instance;

/** The data pointer of a kernel's function: one per kernel and environment. */
struct Binding {
  const Row* row;
  const Instance* instance;
};

/**
 * One per environment: the main thread and every Worker have their own. The rest of `bindings` follows it in
 * memory.
 */
struct Instance {
  double* block;
  int blockLength;
  napi_ref blockArray;  // keeps the memory alive
  Binding bindings[1];
};

/**
 * Reads a typed array. The array is null for null and undefined. Returns false for anything else. A detached
 * array has length 0.
 */
bool readArray(napi_env env, napi_value value, Array& array);

enum class ErrorKind { plain, type, range };

/** Throws `where: text` with a code. Returns the value that a throwing callback must return. */
napi_value fail(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text);

/** The same, but replaces an exception that a Node-API call may have thrown. */
napi_value failAnew(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text);

/** Sets a function of the addon as a property. The function is called with `data`. */
bool setFunction(napi_env env, napi_value object, const char* name, napi_callback callback, void* data);

/** The same for a Refusal, with the error kind that matches its code. */
napi_value fail(napi_env env, const char* where, const Refusal& refusal);

/** The native side of a JavaScript Program object. */
struct HeldProgram {
  Program* program;         // null once it was released
  napi_ref externals;       // a list that keeps them alive
  // Each external when the program was made; type `none` if it needs no further check.
  std::vector<Array> seen;
  int64_t told;             // bytes reported to the garbage collector
  bool running;             // is part of a job
  bool unwanted;            // was released while it ran

  /** Whether JavaScript could detach the memory of an external. */
  bool detachable() const {
    for (const Array& array : seen)
      if (array.type != DType::none) return true;
    return false;
  }
};

/** Frees everything but the HeldProgram itself, which its object frees. The program must not be running. */
void freeProgram(napi_env env, HeldProgram& held);

/** The program of a Program object that may run now. Otherwise throws and returns null. */
HeldProgram* readyProgram(napi_env env, const char* where, napi_value value);

/**
 * Reads the program's parameters, from their offsets on, into `parameters` (maxParameters long). Returns
 * false if it throws.
 */
bool readParameters(napi_env env, const char* where, const Program& program, const napi_value* values, size_t count,
                    const double* offsets, Array* parameters);

/**
 * Copies the elements of an array into a new array, which no other code can change. Returns false when a
 * getter throws.
 */
bool copyElements(napi_env env, napi_value list, std::vector<napi_value>& elements, napi_value& own);

/** Whether the memory of an array can be neither detached nor shrunk by JavaScript. */
bool isShared(napi_env env, napi_value array);

// addon-program.cc, addon-job.cc and addon-mpi.cc
void addPrograms(napi_env env, napi_value exports, Instance* instance);
void addJobs(napi_env env, napi_value exports);
void addMpi(napi_env env, napi_value exports);

}  // namespace simdgrad
