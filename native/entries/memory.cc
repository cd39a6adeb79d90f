#include "arguments.h"

namespace simdgrad::entries {

template <class T>
static double fillWith(FillArgs& a, double value) {
  T* out = a.out.as<T>();
  return a.run([=, n = a.n, x = static_cast<T>(value)] {
    for (int64_t i = 0; i < n; i++) out[i] = x;
  });
}

/**
 * A cast from double does not define integers out of range (1e20, NaN). They must wrap as in JavaScript's
 * ToInt32, so the JavaScript core fills with them.
 */
double fill(FillArgs& a) {
  switch (a.out.type()) {
    case DType::f64:
      return fillWith<double>(a, a.value);
    case DType::i32:
      a.support(a.value >= -2147483648.0 && a.value <= 2147483647.0);
      return fillWith<int32_t>(a, a.failed() ? 0 : a.value);
    case DType::u8:
      a.support(a.value >= 0 && a.value <= 255);
      return fillWith<uint8_t>(a, a.failed() ? 0 : a.value);
    default:
      return fillWith<float>(a, a.value);
  }
}

}  // namespace simdgrad::entries
