#include "reader.h"

#include <cstdarg>
#include <cstdio>

#include "../system/system.h"

namespace simdgrad {

static thread_local char text[160];

const char* lastProblem() { return text; }

void Arguments::problem(const char* format, ...) {
  if (status_ == OUT_OF_BOUNDS) return;
  status_ = OUT_OF_BOUNDS;
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
}

double Arguments::missingNumber() {
  problem("too many numbers: at most %d", call_.numberCount);
  return 0;
}

int64_t Arguments::noInteger(double least, double value) {
  problem("number %d is not %s: %g", nextNumber_ - 1, least == 0 ? "an integer >= 0" : "an integer", value);
  return 0;
}

int Arguments::readCode(int count) {
  const double code = readNumber();
  if (code >= 0 && code < count) return static_cast<int>(code);
  support(false);
  return 0;
}

Dims Arguments::readShape() {
  Dims dims;
  const int64_t rank = readSize();
  support(rank <= maxRank);
  if (failed()) return dims;
  dims.rank = static_cast<int>(rank);
  // With strides of 0 any size would pass the check against the array. So the number of elements, and the
  // product of any of the dims, must fit in 64 bits.
  double elements = 1;
  for (int i = 0; i < dims.rank; i++) {
    dims.d[i] = readSize();
    if (dims.d[i] > 0) elements *= static_cast<double>(dims.d[i]);
  }
  if (elements > mostWhole) {
    problem("a shape of %g elements", elements);
    dims.rank = 0;
  }
  return dims;
}

Dims Arguments::readStrides(const Dims& shape) {
  Dims dims;
  const int64_t rank = readSize();
  if (!failed() && rank != shape.rank) problem("%d strides for %d dims", static_cast<int>(rank), shape.rank);
  dims.rank = shape.rank;
  for (int i = 0; i < dims.rank; i++) dims.d[i] = failed() ? 0 : readStride();
  return dims;
}

const Array& Arguments::readArray() {
  static const Array null = {nullptr, 0, DType::none};
  if (nextArray_ < call_.arrayCount) return call_.arrays[nextArray_++];
  nextArray_++;
  problem("array %d is missing", nextArray_ - 1);
  return null;
}

void* Arguments::check(const Array& array, DType type, size_t bytes, bool written, int64_t offset, Reach reach) {
  if (failed()) return nullptr;
  const int position = static_cast<int>(&array - call_.arrays);
  if (array.type == DType::none) {
    problem("array %d is null", position);
    return nullptr;
  }
  support(array.type == type);
  if (failed()) return nullptr;
  const double begin = static_cast<double>(offset) + reach.first, end = static_cast<double>(offset) + reach.last + 1;
  if (begin < 0 || end > static_cast<double>(array.length)) {
    problem("array %d of length %zu: elements %.0f to %.0f asked for", position, array.length, begin, end - 1);
    return nullptr;
  }
  if (call_.placement) {
    const int64_t first = static_cast<int64_t>(begin), count = static_cast<int64_t>(end - begin);
    char* const placed = static_cast<char*>(call_.placement->place(*call_.placement, position, first, count, bytes, written));
    return placed + (offset - first) * static_cast<int64_t>(bytes);
  }
  // A local of a chain has no memory either.
  if (call_.probe || !array.data) return nullptr;
  char* data = static_cast<char*>(array.data);
  if (written) expectWrites(data + static_cast<size_t>(begin) * bytes, static_cast<size_t>(end - begin) * bytes);
  return data + static_cast<size_t>(offset) * bytes;
}

// Strides >= 0 only increase `last`, and negative strides only decrease `first`. If an axis is empty, nothing
// is accessed, and the offset may be just behind the end.

Reach reachOf(std::initializer_list<double> sizes, const int64_t* strides, int strided) {
  Reach reach = {0, 0};
  double dense = 1;
  for (int i = static_cast<int>(sizes.size()) - 1; i >= 0; i--) {
    const double size = sizes.begin()[i];
    if (size == 0) return {0, -1};
    const double last = (size - 1) * (i < strided ? static_cast<double>(strides[i]) : dense);
    (last < 0 ? reach.first : reach.last) += last;
    dense *= size;
  }
  return reach;
}

Reach reachOf(const Dims& shape, const Dims& strides) {
  Reach reach = {0, 0};
  for (int i = 0; i < shape.rank; i++) {
    if (shape.d[i] == 0) return {0, -1};
    const double last = static_cast<double>(shape.d[i] - 1) * static_cast<double>(strides.d[i]);
    (last < 0 ? reach.first : reach.last) += last;
  }
  return reach;
}

}  // namespace simdgrad
