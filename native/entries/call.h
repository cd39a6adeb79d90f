#pragma once
// The calling convention of kernels: numbers in one list, typed arrays in another, both in the order of the
// kernel's row in src/kernels/schema.ts. The addon fills a Call from JavaScript's arguments; a recorded
// program fills it from its recording.

#include <cstddef>
#include <cstdint>

#include "prepared_call.h"

namespace simdgrad {

enum class DType : uint8_t { none, f32, f64, i32, u8, other };

/** Bytes of an element; 0 for types that kernels do not know. */
constexpr size_t bytesOf(DType type) {
  return type == DType::f64 ? 8 : type == DType::f32 || type == DType::i32 ? 4 : type == DType::u8 ? 1 : 0;
}

/** A typed array. Type `none` means null. */
struct Array {
  void* data;
  size_t length;
  DType type;
};

/**
 * Gives memory to the operands of a call whose arrays lie elsewhere: a module of WebAssembly reaches only its
 * own memory.
 */
struct Placement {
  /**
   * A pointer to element `first` of `count` elements of an array; `written`: whether the call may write them.
   */
  void* (*place)(Placement& self, int array, int64_t first, int64_t count, size_t bytes, bool written);
};

struct Call {
  const double* numbers;
  int numberCount;
  const Array* arrays;
  int arrayCount;
  // Makes all checks but runs nothing; returns the status that the arguments alone decide.
  bool probe = false;
  Placement* placement = nullptr;    // places each operand that is read; the arrays have no memory
  PreparedCall* prepared = nullptr;  // runs nothing either; stores here what would have run
};

using Entry = double (*)(const Call&);

/** The error text of the last call on this thread that returned OUT_OF_BOUNDS. */
const char* lastProblem();

}  // namespace simdgrad
