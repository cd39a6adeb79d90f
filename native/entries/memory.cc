#include "entries.h"

namespace simdgrad::entries {

template <class T>
static double fillWith(Reader& r, double value, int64_t n, const Array& out, int64_t offset) {
  T* p = r.at<T>(out, offset, n);
  const T x = static_cast<T>(value);
  return r.run([=] {
    for (int64_t i = 0; i < n; i++) p[i] = x;
  });
}

/** Integers that a cast from double does not hold (1e20, NaN) wrap as JavaScript's ToInt32 does: those are left to it. */
double fill(const Call& call) {
  Reader r(call);
  const double value = r.number();
  const int64_t n = r.size();
  const Array& out = r.array();
  const int64_t offset = r.size();
  switch (out.type) {
    case DType::f32:
      return fillWith<float>(r, value, n, out, offset);
    case DType::f64:
      return fillWith<double>(r, value, n, out, offset);
    case DType::i32:
      r.support(value >= -2147483648.0 && value <= 2147483647.0);
      return fillWith<int32_t>(r, r.failed() ? 0 : value, n, out, offset);
    case DType::u8:
      r.support(value >= 0 && value <= 255);
      return fillWith<uint8_t>(r, r.failed() ? 0 : value, n, out, offset);
    case DType::none:
      return fillWith<float>(r, value, n, out, offset);
    default:
      r.support(false);
      return r.status();
  }
}

}  // namespace simdgrad::entries
