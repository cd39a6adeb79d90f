#pragma once
// Indices and labels may lie on memory that another thread writes meanwhile (a SharedArrayBuffer). Entries look for a bad one
// before anything is written, so that a call that is refused changes nothing. What a kernel reads afterwards may be another value:
// it is read once, and held inside before it is used.

#include <cstddef>
#include <cstdint>

namespace simdgrad {

// Inlined always: an inline function of common code must not be left in a unit of one instruction set (simd.h).
template <class T>
__attribute__((always_inline)) inline int64_t readOnce(const T* from) {
  return *static_cast<const volatile T*>(from);
}

/** Indices that count in an axis of `length`. */
struct Indices {
  const int32_t* at;
  int64_t length;

  /** Position of the first of `count` that is outside of the axis, or `none`. */
  double firstBad(int64_t count, double none) const {
    for (int64_t j = 0; j < count; j++) {
      const int64_t index = at[j];
      if (index < 0 || index >= length) return static_cast<double>(j);
    }
    return none;
  }

  /** Always inside of the axis, which is not empty where any index has passed `firstBad`. */
  __attribute__((always_inline)) int64_t operator[](int64_t j) const {
    const int64_t index = readOnce(at + j);
    return index >= 0 && index < length ? index : 0;
  }
};

}  // namespace simdgrad
