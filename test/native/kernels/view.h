#pragma once
// Random shapes, and strided views with those shapes.

#include "../../../native/strides/dims.h"
#include "../draw.h"

namespace simdgrad::test {

/** The layout of a shape in an array of `length` elements. Element 0, 0, … is at `start`. */
struct View {
  Dims strides;
  int64_t start, length;
  bool dense;
};

int64_t totalOf(const Dims& shape);

/**
 * Up to five dims. Small: from zero to some thousand elements. Large: more elements than one chunk of a
 * thread.
 */
Dims drawShape(Draw& draw, bool large);

/** Dense, broadcast, transposed, with gaps, reversed, or several of these. */
View drawView(Draw& draw, const Dims& shape);

}  // namespace simdgrad::test
