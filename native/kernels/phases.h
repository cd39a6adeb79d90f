#pragma once
// Patches with a stride. A plane of an image is first cut into phases: phase (a, b) holds every sh-th row
// from row a - ph on and every sw-th column from column b - pw on, with zeros outside of the image. There the
// same element of neighbouring patches is contiguous, so the image is read with a stride once instead of once
// for each element.

#include "patches.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/** The phases of a plane for rows y0 … y1-1 of the patches. */
class Phases {
 public:
  Phases(const Patches& p, int64_t y0, int64_t y1)
      : p(p), y0(y0), rows(y1 - y0), height(rows + (p.kh - 1) * p.dh / p.sh), width(p.ow + (p.kw - 1) * p.dw / p.sw),
        apart((p.ow + W - 1) / W * W + width - p.ow), lanes(static_cast<int>(p.ow < W ? p.ow : W)) {}

  /**
   * Whether enough elements share a phase. Patches that are larger than two images are mostly zeros, and so
   * would be the phases.
   */
  static bool pay(const Patches& p) {
    const bool fits = (p.kh - 1) * p.dh <= 2 * p.h && (p.kw - 1) * p.dw <= 2 * p.w;
    return fits && (p.sh > 1 || p.sw > 1) && p.kh * p.kw >= 2 * p.sh * p.sw;
  }

  /** Floats of the phases of one plane. */
  int64_t size() const { return p.sh * p.sw * height * apart; }

  /** Writes the phases of some channels: planes of an image. */
  void split(const float* planes, int64_t channels, float* phases) const {
    const int64_t plane = p.h * p.w, each = size();
    forRows([&](int64_t at, int64_t y, Inside across, int64_t x) {
      const int64_t from = y * p.w + across.first * p.sw + x, begin = at + across.first, end = at + across.end;
      for (int64_t c = 0; c < channels; c++) {
        float* const row = phases + c * each;
        if (y < 0 || y >= p.h) {
          clearRun(width, row + at);
          continue;
        }
        copyRun(end - begin, planes + c * plane + from, p.sw, row + begin);
        clearRun(begin - at, row + at);
        clearRun(at + width - end, row + end);
      }
    });
  }

  /** The adjoint of split: adds the phases to the planes. */
  void join(const float* phases, int64_t channels, float* planes) const {
    const int64_t plane = p.h * p.w, each = size();
    forRows([&](int64_t at, int64_t y, Inside across, int64_t x) {
      if (y < 0 || y >= p.h) return;
      const int64_t to = y * p.w + across.first * p.sw + x, begin = at + across.first;
      for (int64_t c = 0; c < channels; c++) addRun(across.end - across.first, phases + c * each + begin, planes + c * plane + to, p.sw);
    });
  }

  /** Where element (i, j) of the first patch lies in the phases. */
  int64_t at(int64_t i, int64_t j) const {
    const int64_t down = i * p.dh, right = j * p.dw;
    return ((down % p.sh * p.sw + right % p.sw) * height + down / p.sh) * apart + right / p.sw;
  }

  /** Copies an element of the patches, the first of which lies at `from` in the phases, to columns. */
  void unfold(const float* from, float* columns) const {
    const int64_t count = rows, step = apart, ow = p.ow;
    if (ow <= W) {  // the mask is computed once
      for (int64_t y = 0; y < count; y++, from += step, columns += ow) store(columns, load(from, lanes), lanes);
      return;
    }
    for (int64_t y = 0; y < count; y++, from += step, columns += ow) copyRun(ow, from, 1, columns);
  }

  /** The adjoint: adds the columns to the phases. */
  void fold(const float* columns, float* to) const {
    const int64_t count = rows, step = apart, ow = p.ow;
    if (ow <= W) {
      for (int64_t y = 0; y < count; y++, to += step, columns += ow)
        store(to, load(to, lanes) + load(columns, lanes), lanes);
      return;
    }
    for (int64_t y = 0; y < count; y++, to += step, columns += ow) addRun(ow, columns, to, 1);
  }

 private:
  /** Calls f(at, y, across, x) for each row. Element n in `across`, at + n, is pixel (y, n·sw + x). */
  template <class F>
  void forRows(F f) const {
    int64_t at = 0;
    for (int64_t a = 0; a < p.sh; a++)
      for (int64_t b = 0; b < p.sw; b++) {
        const Inside across = inside(width, p.sw, b - p.pw, p.w);
        for (int64_t row = 0; row < height; row++, at += apart) f(at, (y0 + row) * p.sh + a - p.ph, across, b - p.pw);
      }
  }

  const Patches& p;
  int64_t y0, rows, height, width;
  // Row stride. Vectors of neighbouring rows do not overlap: a load that overlaps a masked store must wait.
  int64_t apart;
  int lanes;  // of the first vector of a row of patches
};

}  // namespace simdgrad::SIMDGRAD_ISA_NS
