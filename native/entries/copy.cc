#include <type_traits>

#include "../isa/dispatch.h"
#include "../threads/pool.h"
#include "../strides/walk.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

constexpr int64_t tile = 32;  // side of a block of the transposing copy: 32 x 32 floats are 4 KB on each side

/**
 * Copies a plane of n0 x n1 elements. If neither side has contiguous rows, it copies in blocks, which keep
 * both sides in L1.
 */
template <class T, class U>
void copyPlane(const T* x, int64_t x0, int64_t x1, U* out, int64_t o0, int64_t o1, int64_t n0, int64_t n1) {
  if (x1 == 1 && o1 == 1) {
    for (int64_t i = 0; i < n0; i++) {
      const T* from = x + i * x0;
      U* to = out + i * o0;
      for (int64_t j = 0; j < n1; j++) to[j] = static_cast<U>(from[j]);
    }
    return;
  }
  if constexpr (std::is_same_v<T, U> && sizeof(T) == 4) {
    // The copy only moves bits, so int32 may be treated as float.
    if (x0 == 1 && o1 == 1) return isa().transposeCopy(reinterpret_cast<const float*>(x), x1, reinterpret_cast<float*>(out), o0, n0, n1);
    if (x1 == 1 && o0 == 1) return isa().transposeCopy(reinterpret_cast<const float*>(x), x0, reinterpret_cast<float*>(out), o1, n1, n0);
  }
  for (int64_t i0 = 0; i0 < n0; i0 += tile)
    for (int64_t j0 = 0; j0 < n1; j0 += tile) {
      const int64_t iEnd = i0 + tile < n0 ? i0 + tile : n0, jEnd = j0 + tile < n1 ? j0 + tile : n1;
      for (int64_t i = i0; i < iEnd; i++)
        for (int64_t j = j0; j < jEnd; j++) out[i * o0 + j * o1] = static_cast<U>(x[i * x0 + j * x1]);
    }
}

template <class T, class U>
void copyWalk(const Walk& w, const T* from, U* to) {
  if (w.total == 0) return;
  // The last two dims are a plane (with one row if there is only one dim); the other dims count planes.
  const bool flat = w.rank == 1;
  const int inner = w.rank - 1, middle = w.rank - 2;
  // One long row is cut into rows of 16384 elements, so that threads can share it.
  constexpr int64_t cut = 16384;
  const int64_t n1 = flat && w.size[0] > cut ? cut : w.size[inner];
  const int64_t rest = flat ? w.size[0] % n1 : 0;
  const int64_t n0 = flat ? w.size[0] / n1 : w.size[middle];
  const int64_t x1 = w.step[0][inner], o1 = w.step[1][inner];
  const int64_t x0 = flat ? n1 * x1 : w.step[0][middle], o0 = flat ? n1 * o1 : w.step[1][middle];
  int64_t planes = 1;
  for (int d = 0; d < middle; d++) planes *= w.size[d];
  // The unit of work is a strip of up to 32 rows of a plane. It has fewer rows if they are long and
  // contiguous, so that threads can share them.
  const bool rowwise = x1 == 1 && o1 == 1;
  const int64_t strip = rowwise && n1 * tile > cut ? (n1 < cut ? cut / n1 : 1) : tile;
  const int64_t strips = (n0 + strip - 1) / strip, each = n1 * (n0 < strip ? n0 : strip);
  parallelFor(static_cast<size_t>(planes * strips), static_cast<size_t>(each >= cut ? 1 : cut / each), [&](size_t begin, size_t end) {
    for (size_t s = begin; s < end; s++) {
      const int64_t first = static_cast<int64_t>(s) % strips * strip, rows = n0 - first < strip ? n0 - first : strip;
      int64_t plane = static_cast<int64_t>(s) / strips, xAt = first * x0, oAt = first * o0;
      for (int d = middle - 1; d >= 0; plane /= w.size[d--]) {
        xAt += plane % w.size[d] * w.step[0][d];
        oAt += plane % w.size[d] * w.step[1][d];
      }
      copyPlane(from + xAt, x0, x1, to + oAt, o0, o1, rows, n1);
    }
  });
  if (rest > 0) copyPlane(from + n0 * x0, x0, x1, to + n0 * o0, o0, o1, 1, rest);
}

template <class T, class U>
double copyAs(CopyArgs& a) {
  const T* from = a.x.as<T>();
  U* to = a.out.as<U>();
  return a.run([=, w = walkOver(a.shape, {&a.x.strides, &a.out.strides})] { copyWalk(w, from, to); });
}

}  // namespace

/**
 * Copies equal types, and conversions on which C++ and JavaScript agree. Float to integer wraps in
 * JavaScript, so the JavaScript core does it.
 */
double copy(CopyArgs& a) {
  const auto is = [&](DType from, DType to) { return a.x.type() == from && a.out.type() == to; };
  using D = DType;
  if (is(D::f32, D::f32)) return copyAs<float, float>(a);
  if (is(D::i32, D::i32)) return copyAs<int32_t, int32_t>(a);
  if (is(D::u8, D::u8)) return copyAs<uint8_t, uint8_t>(a);
  if (is(D::f64, D::f64)) return copyAs<double, double>(a);
  if (is(D::u8, D::f32)) return copyAs<uint8_t, float>(a);
  if (is(D::i32, D::f32)) return copyAs<int32_t, float>(a);
  if (is(D::u8, D::i32)) return copyAs<uint8_t, int32_t>(a);
  a.support(false);
  return a.status();
}

}  // namespace simdgrad::entries
