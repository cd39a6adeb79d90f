#pragma once
// Walks up to three strided operands in step with a dense output. Dims of size 1 are dropped, and dims that
// are contiguous in every operand are merged, so most walks are one dense run.

#include <initializer_list>

#include "dims.h"

namespace simdgrad {

struct Walk {
  int operands = 0;
  int rank = 0;
  int64_t total = 1;
  int64_t size[maxRank];     // outermost first
  int64_t step[3][maxRank];  // strides in elements, by operand
};

Walk walkOver(const Dims& shape, std::initializer_list<const Dims*> strides);

}  // namespace simdgrad
