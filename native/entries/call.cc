#include "call.h"

#include <cstdarg>
#include <cstdio>

#include "pages.h"

namespace simdgrad {

static thread_local char text[160];

const char* lastProblem() { return text; }

void Reader::problem(const char* format, ...) {
  if (status_ == OUT_OF_BOUNDS) return;
  status_ = OUT_OF_BOUNDS;
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
}

void Reader::support(bool condition) {
  if (!condition && status_ == OK) status_ = UNSUPPORTED;
}

double Reader::missingNumber() {
  problem("too many numbers: at most %d", call_.numberCount);
  return 0;
}

int64_t Reader::noInteger(double least, double value) {
  problem("number %d is not %s: %g", nextNumber_ - 1, least == 0 ? "an integer >= 0" : "an integer", value);
  return 0;
}

int Reader::op(int count) {
  const double code = number();
  if (code >= 0 && code < count) return static_cast<int>(code);
  support(false);
  return 0;
}

Dims Reader::shape() {
  Dims dims;
  const int64_t rank = size();
  support(rank <= maxRank);
  if (failed()) return dims;
  dims.rank = static_cast<int>(rank);
  // Steps of 0 let any size pass the check of an array: the number of elements, and of any dims together, must be a number that
  // 64 bits hold.
  double elements = 1;
  for (int i = 0; i < dims.rank; i++) {
    dims.d[i] = size();
    if (dims.d[i] > 0) elements *= static_cast<double>(dims.d[i]);
  }
  if (elements > mostWhole) {
    problem("a shape of %g elements", elements);
    dims.rank = 0;
  }
  return dims;
}

Dims Reader::strides(const Dims& shape) {
  Dims dims;
  const int64_t rank = size();
  if (!failed() && rank != shape.rank) problem("%d strides for %d dims", static_cast<int>(rank), shape.rank);
  dims.rank = shape.rank;
  for (int i = 0; i < dims.rank; i++) dims.d[i] = failed() ? 0 : stride();
  return dims;
}

const Array& Reader::array() {
  static const Array null = {nullptr, 0, DType::none};
  if (nextArray_ < call_.arrayCount) return call_.arrays[nextArray_++];
  nextArray_++;
  problem("array %d is missing", nextArray_ - 1);
  return null;
}

// Sizes have not been checked against any array yet: doubles cannot overflow, and round only beyond 2^53, which never makes
// something large look small.

double Reader::productOf(std::initializer_list<int64_t> sizes) {
  double product = 1;
  for (const int64_t size : sizes) product *= static_cast<double>(size);
  return product;
}

int64_t Reader::product(std::initializer_list<int64_t> sizes) {
  const double elements = productOf(sizes);
  if (elements <= mostWhole) return static_cast<int64_t>(elements);
  if (!failed()) problem("sizes of %g elements", elements);
  return 0;
}

Reader::Reach Reader::reachOf(const Axis* axes, int count) {
  // Both sums grow in one direction only.
  Reach reach = {0, 0};
  for (int i = 0; i < count; i++) {
    // Nothing is touched; the offset may point just behind the end.
    if (axes[i].size == 0) return {0, -1};
    const double last = static_cast<double>(axes[i].size - 1) * static_cast<double>(axes[i].stride);
    (last < 0 ? reach.first : reach.last) += last;
  }
  return reach;
}

void* Reader::check(const Array& array, DType type, size_t bytes, bool written, int64_t offset, Reach reach) {
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
  if (call_.probe) return nullptr;
  char* data = static_cast<char*>(array.data);
  if (written) expectWrites(data + static_cast<size_t>(begin) * bytes, static_cast<size_t>(end - begin) * bytes);
  return data + static_cast<size_t>(offset) * bytes;
}

}  // namespace simdgrad
