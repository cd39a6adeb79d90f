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
    // The outer dim merges with this one if its stride spans exactly this dim. Strides are not checked yet
    // and may overflow when multiplied, so this uses unsigned numbers. Such strides fail the later check.
    bool merges = w.rank > 0;
    for (int k = 0; k < w.operands; k++) {
      const uint64_t spanned = static_cast<uint64_t>(s[k]->d[d]) * static_cast<uint64_t>(size);
      merges = merges && static_cast<uint64_t>(w.step[k][w.rank - 1]) == spanned;
    }
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
