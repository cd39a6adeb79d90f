#pragma once
// Copies rows of patches to columns and adds them back to images. With stride 1, a row of the output is
// contiguous in the image. If the output is also as wide as the image, several rows are contiguous together.

#include "isa.h"
#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/** Of `count` patches, `step` apart: the range of those whose element at `shift` lies inside 0 … size - 1. */
struct Inside {
  int64_t first, end;
};

SIMD_INLINE Inside inside(int64_t count, int64_t step, int64_t shift, int64_t size) {
  const auto reach = [&](int64_t from) { return from <= 0 ? 0 : step == 1 ? from : (from + step - 1) / step; };
  const int64_t first = reach(-shift), end = reach(size - shift);
  const int64_t begin = first < count ? first : count, stop = end < count ? end : count;
  return {begin, stop > begin ? stop : begin};
}

SIMD_INLINE void copyRun(int64_t n, const float* from, int64_t step, float* to) {
  if (step == 1) return forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(to + i, load(from + i, lanes), lanes); });
  if (step == 2) return forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(to + i, loadSecond(from + 2 * i, lanes), lanes); });
  int64_t i = 0;
  for (; i + W <= n; i += W) store(to + i, loadStrided(from + i * step, step, W));
  for (; i < n; i++) to[i] = from[i * step];
}

SIMD_INLINE void clearRun(int64_t n, float* to) {
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(to + i, zero(), lanes); });
}

SIMD_INLINE void addRun(int64_t n, const float* from, float* to, int64_t step) {
  if (step == 1)
    forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(to + i, load(to + i, lanes) + load(from + i, lanes), lanes); });
  else
    for (int64_t i = 0; i < n; i++) to[i * step] += from[i];
}

/** Whether consecutive rows of patches are contiguous in the image, as they are in the columns. */
SIMD_INLINE bool keepsRows(const Patches& p) { return p.sh == 1 && p.sw == 1 && p.ow == p.w; }

/** Copies element (i, j) of the patches of rows y0 … y1-1 of one plane. */
inline void unfoldElement(const Patches& p, const float* plane, int64_t i, int64_t j, int64_t y0, int64_t y1, float* out) {
  const int64_t down = i * p.dh - p.ph, shift = j * p.dw - p.pw;
  const Inside rows = inside(y1, p.sh, down, p.h), columns = inside(p.ow, p.sw, shift, p.w);
  const int64_t first = rows.first > y0 ? rows.first : y0, end = rows.end > first ? rows.end : first;
  if (first >= y1 || first == end || columns.first == columns.end) return clearRun((y1 - y0) * p.ow, out);
  clearRun((first - y0) * p.ow, out);
  if (keepsRows(p)) {
    // Copies from the first inside element to the last in one run. Then clears the elements between rows that
    // are outside.
    const int64_t from = columns.first, to = (end - first - 1) * p.ow + columns.end;
    float* const begin = out + (first - y0) * p.ow;
    copyRun(to - from, plane + (first + down) * p.w + shift + from, 1, begin + from);
    for (int64_t y = 0; y < end - first; y++) {
      for (int64_t x = 0; x < columns.first; x++) begin[y * p.ow + x] = 0;
      for (int64_t x = columns.end; x < p.ow; x++) begin[y * p.ow + x] = 0;
    }
  } else {
    // Clearing all rows at once is faster than clearing the few elements of each that are outside.
    if (columns.first > 0 || columns.end < p.ow) clearRun((end - first) * p.ow, out + (first - y0) * p.ow);
    const float* from = plane + (first * p.sh + down) * p.w + columns.first * p.sw + shift;
    float* to = out + (first - y0) * p.ow + columns.first;
    for (int64_t y = first; y < end; y++, from += p.sh * p.w, to += p.ow) copyRun(columns.end - columns.first, from, p.sw, to);
  }
  clearRun((y1 - end) * p.ow, out + (end - y0) * p.ow);
}

/** The adjoint of unfoldElement: adds the columns to the plane. */
inline void foldElement(const Patches& p, const float* columns, int64_t i, int64_t j, int64_t y0, int64_t y1, float* plane) {
  const int64_t down = i * p.dh - p.ph, shift = j * p.dw - p.pw;
  const Inside rows = inside(y1, p.sh, down, p.h), across = inside(p.ow, p.sw, shift, p.w);
  for (int64_t y = rows.first > y0 ? rows.first : y0; y < rows.end; y++)
    addRun(across.end - across.first, columns + (y - y0) * p.ow + across.first,
           plane + (y * p.sh + down) * p.w + across.first * p.sw + shift, p.sw);
}

/**
 * Element (i, j) of the patches of rows y0 … y1-1, for keepsRows. The elements inside the image, from the
 * first to the last, are one run in the image and in the columns. Those of the run that are outside, at the
 * ends of rows, are zeros.
 */
class KeptRows {
 public:
  KeptRows(const Patches& p, int64_t i, int64_t j, int64_t y0, int64_t y1) : width(p.ow), size((y1 - y0) * p.ow) {
    const int64_t down = i * p.dh - p.ph, shift = j * p.dw - p.pw;
    const Inside rows = inside(y1, 1, down, p.h);
    across = inside(p.ow, 1, shift, p.w);
    const int64_t first = rows.first > y0 ? rows.first : y0;
    count = across.first < across.end && first < rows.end ? rows.end - first : 0;
    begin = count > 0 ? (first - y0) * p.ow : size;
    from = begin + across.first;
    to = count > 0 ? begin + (count - 1) * p.ow + across.end : from;
    image = (first + down) * p.w + shift + across.first;
  }

  void unfold(const float* plane, float* out) const {
    if (count == 0) return clearRun(size, out);
    clearRun(begin, out);
    copyAligned(to - from, plane + image, out + from);
    clearEnds(out);
    clearRun(size - begin - count * width, out + begin + count * width);
  }

  /** The adjoint: adds the columns to the plane. It overwrites what is outside of the image. */
  void fold(float* columns, float* plane) const {
    if (count == 0) return;
    clearEnds(columns);
    addRun(to - from, columns + from, plane + image, 1);
  }

 private:
  void clearEnds(float* columns) const {
    for (int64_t x = 0; x < across.first; x++) clearDown(columns + begin + x);
    for (int64_t x = across.end; x < width; x++) clearDown(columns + begin + x);
  }

  /** Row by row, compilers would call memset for each few elements. */
  void clearDown(float* column) const {
    for (int64_t y = 0; y < count; y++) column[y * width] = 0;
  }

  /** Stores whole cache lines of a long run: otherwise each store would write to two. */
  static void copyAligned(int64_t n, const float* from, float* to) {
    constexpr int64_t longRun = 128;  // more than the head, which is less than a line of 16 floats
    const int64_t head = static_cast<int64_t>((64 - reinterpret_cast<uintptr_t>(to) % 64) % 64 / sizeof(float));
    if (head > 0 && n >= longRun) {
      forVectors(static_cast<size_t>(head), [&](size_t i, auto lanes) { store(to + i, load(from + i, lanes), lanes); });
      n -= head, from += head, to += head;
    }
    copyRun(n, from, 1, to);
  }

  int64_t width, size, count, begin, from, to, image;
  Inside across;
};

}  // namespace simdgrad::SIMDGRAD_ISA_NS
