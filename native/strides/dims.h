#pragma once
// Shapes and strides of strided operands.

#include <cstdint>

namespace simdgrad {

constexpr int maxRank = 16;

/** A shape, or the strides of one. */
struct Dims {
  int rank = 0;
  int64_t d[maxRank];

  int64_t elements() const {
    int64_t product = 1;
    for (int i = 0; i < rank; i++) product *= d[i];
    return product;
  }
};

}  // namespace simdgrad
