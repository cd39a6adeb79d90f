#pragma once
// Shifted copies of an image: one for each column of the kernel, shifted by it, as wide as the output, and so
// dense. There the elements of a column of the kernel are the same row of floats, shifted by rows of the
// output. So kw copies replace kh·kw rows of unfolded patches. With a stride there is a copy for each phase
// of the rows.

#include "conv_columns.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** Floats of the copies of the rows of an image that a task takes at a time: 256 KB of L2. */
constexpr int64_t copiedFloats = 64 << 10;
/** Quarters of the unfolded floats that pay: with few outputs, copying takes more of the time. */
constexpr int64_t payingQuarters = 2, payingQuartersOfFew = 3;
/** Most floats of the copies of an image: 16 MB. Offsets in them fit in 32 bits. */
constexpr int64_t mostCopied = 1 << 22;
/** Floats of the copies of several images that are made together. */
constexpr int64_t jointFloats = 16 << 10;

/** Copies for `rows` rows of the output. */
struct Shifts {
  Patches once;  // the patches whose unfolded rows are the copies
  int64_t dh, sh, reach;  // rows that a patch adds to those of the output
  int64_t rows, apart, channels;

  Shifts(const Patches& p, int64_t channels, int64_t rows) : once(p), dh(p.dh), sh(p.sh), reach((p.kh - 1) * p.dh / p.sh), rows(rows), channels(channels) {
    once.kh = least(p.sh, (p.kh - 1) * p.dh + 1), once.dh = 1;
    apart = ceiling((rows + reach) * p.ow, 16) * 16;
    if (apart / 16 % 2 == 0) apart += 16;
  }

  /** As many rows as fit, of an image that is cut into at least `blocks` parts. */
  static int64_t rowsAtOnce(const Patches& p, int64_t channels, int64_t blocks) {
    const int64_t phases = least(p.sh, (p.kh - 1) * p.dh + 1), reach = (p.kh - 1) * p.dh / p.sh;
    const int64_t fitting = most(most(1, reach), copiedFloats / most(1, channels * phases * p.kw * p.ow) - reach);
    return most(1, ceiling(p.oh, most(1, ceiling(p.oh, least(fitting, ceiling(p.oh, blocks))))));
  }

  /** Whether this copies at most that many quarters of the floats that unfolding copies. */
  static bool pay(const Patches& p, int64_t quarters) {
    const int64_t reach = (p.kh - 1) * p.dh;
    return p.kh > 1 && least(p.sh, reach + 1) * (p.oh + reach / p.sh) * 4 <= quarters * p.kh * p.oh;
  }

  /** Floats of the copies of an image. */
  int64_t image() const { return channels * once.kh * once.kw * apart; }
  /** The same, and the last row is read in whole vectors. */
  int64_t size() const { return image() + W; }

  /** Copies what rows y0 … y1-1 of the output need of some images. Null without memory. */
  const float* fill(const float* images, int64_t count, int64_t y0, int64_t y1) const {
    const int64_t all = count * image() + W;
    float* const copies = scratch(Slot::kernel, static_cast<size_t>(all + phaseRoom(once, rows + reach)));
    if (!copies) return nullptr;
    unfold(once, images, count * channels, y0, y1 + reach, copies, apart, copies + all);
    return copies;
  }
  /** Offset of element (i, j) of the first patch. */
  int64_t at(int64_t channel, int64_t i, int64_t j) const {
    return ((channel * once.kh + i * dh % sh) * once.kw + j) * apart + i * dh / sh * once.ow;
  }
};

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
