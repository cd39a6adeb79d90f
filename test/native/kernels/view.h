#pragma once
// Random shapes, and strided views of them.

#include "../../../native/strides/dims.h"
#include "../draw.h"

namespace simdgrad::test {

/** Where the elements of a shape lie in an array of `length` elements: element 0, 0, … at `start`. */
struct View {
  Dims strides;
  int64_t start, length;
  bool dense;
};

int64_t totalOf(const Dims& shape);

/** Up to five dims. Small: up to some thousand elements, or none. Large: more than one thread takes at a time. */
Dims drawShape(Draw& draw, bool large);

/** Dense, broadcast, transposed, with gaps, backwards, or several of these. */
View drawView(Draw& draw, const Dims& shape);

}  // namespace simdgrad::test
