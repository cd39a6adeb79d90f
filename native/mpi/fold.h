#pragma once
// How two nodes of a tree become one, element by element.

#include <cstdint>

#include "world.h"

namespace simdgrad::mpi {

/** `out` may be `a`. */
template <class T>
void foldInto(T* out, const T* a, const T* b, int64_t n, Rule rule) {
  switch (rule) {
    case Rule::sum:
      for (int64_t i = 0; i < n; i++) out[i] = a[i] + b[i];
      break;
    // NaN wins, as in max() and min() of the library.
    case Rule::max:
      for (int64_t i = 0; i < n; i++) out[i] = b[i] > a[i] || b[i] != b[i] ? b[i] : a[i];
      break;
    case Rule::min:
      for (int64_t i = 0; i < n; i++) out[i] = b[i] < a[i] || b[i] != b[i] ? b[i] : a[i];
      break;
  }
}

}  // namespace simdgrad::mpi
