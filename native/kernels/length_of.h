#pragma once

namespace simdgrad {

/** The number of elements of an array. */
template <class T, int n>
constexpr int lengthOf(const T (&)[n]) {
  return n;
}

}  // namespace simdgrad
