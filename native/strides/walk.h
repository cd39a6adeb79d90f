#pragma once
// Up to three strided operands walked in step with a dense output. Dims of one element are dropped and dims that lie one
// behind the other for every operand are merged, so that most walks are one dense run.

#include <initializer_list>

#include "dims.h"

namespace simdgrad {

struct Walk {
  int operands = 0;
  int rank = 0;
  int64_t total = 1;
  int64_t size[maxRank];     // outermost first
  int64_t step[3][maxRank];  // elements, by operand
};

Walk walkOver(const Dims& shape, std::initializer_list<const Dims*> strides);

}  // namespace simdgrad
