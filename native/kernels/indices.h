#pragma once
// Indices and labels may be in memory that another thread is writing (a SharedArrayBuffer). Entries check all
// indices before they write anything, so a rejected call changes nothing. A kernel may later read another
// value. So it reads each index once, and checks it again before use.

#include <cstddef>
#include <cstdint>

namespace simdgrad {

// Always inlined: an inline function shared by all instruction sets must not be emitted in the code of one of
// them (simd.h).
template <class T>
__attribute__((always_inline)) inline int64_t readOnce(const T* from) {
  return *static_cast<const volatile T*>(from);
}

/** Indices into an axis of `length` elements. */
struct Indices {
  const int32_t* at;
  int64_t length;

  /** Position of the first of `count` indices that is outside the axis, or `none`. */
  double firstBad(int64_t count, double none) const {
    for (int64_t j = 0; j < count; j++) {
      const int64_t index = at[j];
      if (index < 0 || index >= length) return static_cast<double>(j);
    }
    return none;
  }

  /** Always inside the axis. The axis is not empty if any index has passed `firstBad`. */
  __attribute__((always_inline)) int64_t operator[](int64_t j) const {
    const int64_t index = readOnce(at + j);
    return index >= 0 && index < length ? index : 0;
  }
};

}  // namespace simdgrad
