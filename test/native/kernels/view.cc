#include "view.h"

#include <utility>

namespace simdgrad::test {

int64_t totalOf(const Dims& shape) {
  int64_t total = 1;
  for (int d = 0; d < shape.rank; d++) total *= shape.d[d];
  return total;
}

Dims drawShape(Draw& draw, bool large) {
  Dims shape;
  shape.rank = static_cast<int>(large ? draw.between(1, 4) : draw.between(0, 5));
  // In a large shape, one dim gets the remaining number of elements.
  const int longest = shape.rank > 0 ? static_cast<int>(draw.between(0, shape.rank - 1)) : 0;
  int64_t total = 1;
  for (int d = 0; d < shape.rank; d++) {
    if (large) shape.d[d] = d == longest ? 1 : draw.between(1, 9);
    else shape.d[d] = draw.size(total > 500 ? 2 : 600);
    total *= shape.d[d] > 0 ? shape.d[d] : 1;
  }
  if (large) shape.d[longest] = draw.between(20000, 60000) / total;
  return shape;
}

View drawView(Draw& draw, const Dims& shape) {
  View view;
  view.strides.rank = shape.rank;
  const bool plain = draw.chance(35);
  int order[maxRank];
  for (int d = 0; d < shape.rank; d++) order[d] = shape.rank - 1 - d;
  if (!plain && draw.chance(50))
    for (int d = shape.rank - 1; d > 0; d--) std::swap(order[d], order[draw.between(0, d)]);
  int64_t run = 1, first = 0, last = 0;
  view.dense = true;
  int64_t natural = 1;
  if (!plain && draw.chance(15)) run = draw.between(2, 3);
  int64_t strides[maxRank];
  for (int i = 0; i < shape.rank; i++) {
    const int d = order[i];
    int64_t stride = run;
    if (!plain && draw.chance(20)) stride = 0;
    else run = run * (shape.d[d] > 0 ? shape.d[d] : 1) + (!plain && draw.chance(20) ? draw.between(1, 5) : 0);
    if (!plain && draw.chance(10)) stride = -stride;
    strides[d] = stride;
    const int64_t reach = (shape.d[d] - 1) * stride;
    (reach < 0 ? first : last) += reach;
  }
  for (int d = shape.rank - 1; d >= 0; d--) {
    view.strides.d[d] = strides[d];
    if (shape.d[d] != 1 && strides[d] != natural) view.dense = false;
    natural *= shape.d[d];
  }
  const bool empty = totalOf(shape) == 0;
  view.start = empty ? 0 : -first;
  view.length = empty ? 0 : last - first + 1;
  return view;
}

}  // namespace simdgrad::test
