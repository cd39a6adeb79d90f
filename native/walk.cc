#include "walk.h"

namespace simdgrad {

Walk walkOver(const Dims& shape, std::initializer_list<const Dims*> strides) {
  Walk w;
  w.operands = static_cast<int>(strides.size());
  const Dims* const* s = strides.begin();
  for (int d = 0; d < shape.rank; d++) {
    const int64_t size = shape.d[d];
    w.total *= size;
    if (size == 1) continue;
    // The dim before this one goes over it without a gap when one of its steps spans all of this dim.
    bool merges = w.rank > 0;
    for (int k = 0; k < w.operands; k++) merges = merges && w.step[k][w.rank - 1] == s[k]->d[d] * size;
    const int at = merges ? w.rank - 1 : w.rank++;
    w.size[at] = merges ? w.size[at] * size : size;
    for (int k = 0; k < w.operands; k++) w.step[k][at] = s[k]->d[d];
  }
  if (w.rank == 0) {
    w.rank = 1;
    w.size[0] = 1;
    for (int k = 0; k < w.operands; k++) w.step[k][0] = 1;
  }
  return w;
}

}  // namespace simdgrad
