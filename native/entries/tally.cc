#include "entries.h"

namespace simdgrad::entries {

namespace {

/** Where the first largest of x[0 … n-1] is; NaN counts as the largest. -1 of nothing. */
int64_t firstLargest(const float* x, int64_t n) {
  int64_t at = n > 0 ? 0 : -1;
  for (int64_t i = 1; i < n; i++)
    if (x[i] > x[at] || (x[i] != x[i] && x[at] == x[at])) at = i;
  return at;
}

}  // namespace

double tally(const Call& call) {
  Reader r(call);
  const int64_t n = r.size(), classes = r.size();
  const Array& logits = r.array();
  const int64_t lo = r.size();
  const Array& targets = r.array();
  const int64_t to = r.size();
  const Array& loss = r.array();
  const int64_t losso = r.size();
  const Array& sums = r.array();
  const int64_t so = r.size();
  const bool counted = logits.type != DType::none, bytes = targets.type == DType::u8;
  const float* x = counted ? r.dense<const float>(logits, lo, {n, classes}) : nullptr;
  const int32_t* wide = counted && !bytes ? r.at<const int32_t>(targets, to, n) : nullptr;
  const uint8_t* narrow = counted && bytes ? r.at<const uint8_t>(targets, to, n) : nullptr;
  const float* given = r.at<const float>(loss, losso, 1);
  double* sum = r.at<double>(sums, so, counted ? 3 : 2);
  return r.run([=] {
    // Of infinities and NaN the difference from itself is not zero.
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
