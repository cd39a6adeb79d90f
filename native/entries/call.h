#pragma once
// How a kernel is called from outside: numbers in one list, typed arrays in another, both in the order of its row in
// src/kernels/schema.ts. The addon fills a Call from JavaScript's arguments; a recorded program fills it from its tape.

#include <cstddef>
#include <cstdint>

#include "prepared_call.h"

namespace simdgrad {

enum class DType : uint8_t { none, f32, f64, i32, u8, other };

/** Bytes of an element; 0 where it has none that kernels know. */
constexpr size_t bytesOf(DType type) {
  return type == DType::f64 ? 8 : type == DType::f32 || type == DType::i32 ? 4 : type == DType::u8 ? 1 : 0;
}

/** A typed array; `none` stands for null. */
struct Array {
  void* data;
  size_t length;
  DType type;
};

struct Call {
  const double* numbers;
  int numberCount;
  const Array* arrays;
  int arrayCount;
  bool probe = false;  // every check is made, and nothing runs: the entry answers what the arguments alone decide
  PreparedCall* prepared = nullptr;  // nothing runs either: what would have run is kept there
};

using Entry = double (*)(const Call&);

/** What was wrong in the last call on this thread that answered OUT_OF_BOUNDS. */
const char* lastProblem();

}  // namespace simdgrad
