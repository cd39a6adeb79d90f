#pragma once
// Patches of several planes as a matrix: row (channel, i, j) has element (i, j) of all patches.

#include "conv_blocks.h"
#include "patches.h"
#include "phases.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** Floats of the phases of some channels, which stay in L1. */
constexpr int64_t phaseFloats = 4096;
/** Floats of the channels of which one element after the other is unfolded. */
constexpr int64_t channelFloats = 4096;

/** Calls f(i, j, row of columns of channel 0) for the elements of a patch. */
template <class F>
SIMD_INLINE void forElements(const Patches& p, float* columns, int64_t apart, F f) {
  for (int64_t i = 0; i < p.kh; i++)
    for (int64_t j = 0; j < p.kw; j++, columns += apart) f(i, j, columns);
}

/**
 * Channels whose phases are processed together. A load soon after a store that overlaps it in part waits for
 * the store; with several channels, such pairs are far enough apart.
 */
SIMD_INLINE int64_t channelsAtOnce(int64_t phaseSize) { return most(1, phaseFloats / most(1, phaseSize)); }
/** Floats for phases of up to `rows` rows of patches: of fewer rows, more channels are at once. */
SIMD_INLINE int64_t phaseRoom(const Patches& p, int64_t rows) { return Phases::pay(p) ? most(phaseFloats, Phases(p, 0, rows).size()) : 0; }

/**
 * Writes the columns of the patches of rows y0 … y1-1 of `channels` planes. What depends on the element alone
 * is computed once for all channels: a row of columns is often only a few vectors.
 */
inline void unfold(const Patches& p, const float* planes, int64_t channels, int64_t y0, int64_t y1, float* columns, int64_t apart,
            float* phases) {
  const int64_t plane = p.h * p.w, step = p.kh * p.kw * apart;
  if (Phases::pay(p)) {
    const Phases cut(p, y0, y1);
    const int64_t size = cut.size(), several = channelsAtOnce(size);
    for (int64_t c0 = 0; c0 < channels; c0 += several) {
      const int64_t count = least(several, channels - c0);
      cut.split(planes + c0 * plane, count, phases);
      forElements(p, columns + c0 * step, apart, [&](int64_t i, int64_t j, float* to) {
        const float* const from = phases + cut.at(i, j);
        for (int64_t c = 0; c < count; c++) cut.unfold(from + c * size, to + c * step);
      });
    }
    return;
  }
  // The elements of a few channels at a time, so that these stay in L1.
  const int64_t several = most(1, channelFloats / most(1, plane));
  for (int64_t c0 = 0; c0 < channels; c0 += several) {
    const int64_t count = least(several, channels - c0);
    const float* const from = planes + c0 * plane;
    forElements(p, columns + c0 * step, apart, [&](int64_t i, int64_t j, float* to) {
      if (!keepsRows(p)) {
        for (int64_t c = 0; c < count; c++) unfoldElement(p, from + c * plane, i, j, y0, y1, to + c * step);
        return;
      }
      const KeptRows rows(p, i, j, y0, y1);
      for (int64_t c = 0; c < count; c++) rows.unfold(from + c * plane, to + c * step);
    });
  }
}

/** The adjoint: adds the columns to the planes. It overwrites what is outside of the image. */
inline void fold(const Patches& p, float* columns, int64_t apart, int64_t channels, int64_t y0, int64_t y1, float* planes, float* phases) {
  const int64_t plane = p.h * p.w, step = p.kh * p.kw * apart;
  if (Phases::pay(p)) {
    const Phases cut(p, y0, y1);
    const int64_t size = cut.size(), several = channelsAtOnce(size);
    for (int64_t c0 = 0; c0 < channels; c0 += several) {
      const int64_t count = least(several, channels - c0);
      clearRun(count * size, phases);
      forElements(p, columns + c0 * step, apart, [&](int64_t i, int64_t j, float* from) {
        float* const to = phases + cut.at(i, j);
        for (int64_t c = 0; c < count; c++) cut.fold(from + c * step, to + c * size);
      });
      cut.join(phases, count, planes + c0 * plane);
    }
    return;
  }
  forElements(p, columns, apart, [&](int64_t i, int64_t j, float* from) {
    if (!keepsRows(p)) {
      for (int64_t c = 0; c < channels; c++) foldElement(p, from + c * step, i, j, y0, y1, planes + c * plane);
      return;
    }
    const KeptRows rows(p, i, j, y0, y1);
    for (int64_t c = 0; c < channels; c++) rows.fold(from + c * step, planes + c * plane);
  });
}

struct Matrix {
  const float* data;
  int64_t row, column;
};

/** The channels of y of a block: in place, or where it has several samples, joined in `to`. */
inline Matrix resultsOf(const Patches& p, const float* y, int64_t sample, int64_t outputs, const Block& b, float* to, int64_t apart) {
  const int64_t plane = p.oh * p.ow;
  y += b.first * sample + b.y0 * p.ow;
  if (b.samples == 1) return {y, plane, 1};
  for (int64_t o = 0; o < outputs; o++)
    for (int64_t s = 0; s < b.samples; s++) copyRun(plane, y + s * sample + o * plane, 1, to + o * apart + s * plane);
  return {to, apart, 1};
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
