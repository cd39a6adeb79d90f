#include "arguments.h"

namespace simdgrad::entries {

namespace {

/** The index of the first largest of x[0 … n-1]. NaN counts as the largest. -1 if n = 0. */
int64_t firstLargest(const float* x, int64_t n) {
  int64_t at = n > 0 ? 0 : -1;
  for (int64_t i = 1; i < n; i++)
    if (x[i] > x[at] || (x[i] != x[i] && x[at] == x[at])) at = i;
  return at;
}

}  // namespace

double tally(TallyArgs& a) {
  const bool counted = a.logits.given(), bytes = a.targets.type() == DType::u8;
  const float* x = a.logits.orNull<float>();
  const int32_t* wide = counted && !bytes ? a.targets.as<int32_t>() : nullptr;
  const uint8_t* narrow = counted && bytes ? a.targets.as<uint8_t>() : nullptr;
  const float* given = a.loss.as<float>();
  double* sum = a.sums.as<double>();
  return a.run([=, n = a.n, classes = a.classes] {
    // For infinities and NaN, x - x is not zero.
    const double mean = *given;
    if (mean - mean != 0) return 0.0;
    sum[0] += static_cast<double>(n);
    sum[1] += mean * static_cast<double>(n);
    if (!counted || classes == 0) return OK;
    int64_t hits = 0;
    for (int64_t row = 0; row < n; row++) hits += firstLargest(x + row * classes, classes) == (wide ? wide[row] : narrow[row]);
    sum[2] += static_cast<double>(hits);
    return OK;
  });
}

}  // namespace simdgrad::entries
