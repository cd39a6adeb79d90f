#pragma once
// [outer, length, inner]: the shape in which reductions and softmax view an array.

#include "../draw.h"

namespace simdgrad::test {

struct Slices {
  int64_t outer, length, inner;
  int64_t total() const { return outer * length * inner; }
};

/**
 * Large: one long slice, many slices, or wide ones, so that each way of sharing the work among threads is
 * tested.
 */
inline Slices drawSlices(Draw& draw, bool large) {
  if (large) switch (draw.between(0, 4)) {
      case 0: return {draw.between(1, 3), draw.between(15000, 40000), 1};
      case 1: return {draw.between(100, 500), draw.between(40, 160), 1};
      case 2: return {draw.between(2000, 6000), draw.between(1, 12), 1};
      case 3: return {draw.between(1, 2), draw.between(300, 1500), draw.between(2, 30)};
      default: return {draw.between(1, 40), draw.between(5, 40), draw.between(40, 300)};
    }
  const int64_t inner = draw.chance(50) ? 1 : draw.size(40);
  return {draw.size(20), draw.size(draw.chance(30) ? 600 : 40), inner};
}

}  // namespace simdgrad::test
