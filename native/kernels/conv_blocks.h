#pragma once
// How the patches of a convolution are cut into products, and its work into tasks.
//
// Bits: the cut depends on sizes alone. The gradient of the weight sums the products in their order.

#include "../threads/pool.h"
#include "gemm_numbers.h"
#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/**
 * Floats of columns (unfolded patches) at a time: 400 KB, which leaves room in L2 for weights and results.
 */
constexpr int64_t columnFloats = 100 << 10;
/**
 * Columns of a product. With fewer than `fewestColumns`, reading the weights would take as long as the
 * product: where columns are long, they do not stay in L2. At most `mostColumns`, because the gradient of the
 * weight sums over them, and a product sums up to 512 steps without storing C in between.
 */
constexpr int64_t fewestColumns = 128, mostColumns = 512;
/**
 * Samples with fewer patches than `fewPlaces` are joined to about `enoughColumns`, and larger ones too if the
 * weight has more than `manyWeights` floats: then it does not stay in L2 from one product to the next.
 */
constexpr int64_t fewPlaces = 64, enoughColumns = 256, manyWeights = 1 << 18;
/** Number of tasks per call where sizes allow: enough for threads to share evenly. */
constexpr int64_t tasksWanted = 16;
/**
 * Outputs (rows of a product) for which the order of a product is that of gemm_thin.h, and its virtual lanes.
 */
constexpr int fewOutputs = 4, fewLanes = 16;
/** Minimum operations to give to a thread. */
constexpr int64_t grainFlops = 500000;

/** Maximum floats of a part of the weight gradient, so that it stays in L2 while it is summed. */
constexpr int64_t partFloats = 64 << 10;
/** Minimum rows of such a part: each part packs the gradient of y. */
constexpr int64_t fewestRows = 96;
/** Number of parts of weight and samples. Each part of the samples has its own sum. */
constexpr int64_t weightPartsWanted = 8;

SIMD_INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
SIMD_INLINE int64_t ceiling(int64_t n, int64_t each) { return (n + each - 1) / each; }

template <class F>
SIMD_INLINE void forTasks(int64_t count, int64_t flops, F each) {
  const int64_t grain = most(1, grainFlops * count / most(flops, 1));
  parallelFor(static_cast<size_t>(count), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t t = static_cast<int64_t>(begin); t < static_cast<int64_t>(end); t++) each(t);
  });
}

struct Sizes {
  int64_t elements, depth, places, flops;
  int64_t plane, sampleX, sampleY;  // floats of a channel of x, and of a sample of x and y
  bool plain;  // the patches are the image itself
  bool whole;  // the only patch is the image itself

  explicit Sizes(const Conv& c) {
    const Patches& p = c.patches;
    elements = p.kh * p.kw, depth = c.channels * elements, places = p.oh * p.ow;
    flops = 2 * c.samples * c.groups * c.outputs * depth * places;
    plane = p.h * p.w, sampleX = c.groups * c.channels * plane, sampleY = c.groups * c.outputs * places;
    const bool inside = p.ph == 0 && p.pw == 0;
    plain = inside && elements == 1 && p.sh == 1 && p.sw == 1 && p.oh == p.h && p.ow == p.w;
    whole = inside && places == 1 && p.kh == p.h && p.kw == p.w && (p.kh == 1 || p.dh == 1) && (p.kw == 1 || p.dw == 1);
  }
};

/** The patches of one product: of rows y0 … y1-1 of `samples` samples. If several, they have all rows. */
struct Block {
  int64_t first, samples, y0, y1;
  int64_t places, columns;  // per sample, and of all
};

/** How the patches of samples are cut into blocks. */
struct Blocks {
  int64_t samples, rows, rowBlocks, sampleBlocks, oh, ow;
  int64_t apart;  // row stride of the columns, chosen so that rows do not all map to a few cache sets

  /** Of `samples` samples. The columns are `depth` high. `parts`: into how many parts to cut an image. */
  Blocks(const Patches& p, int64_t samples, int64_t depth, int64_t outputs, int64_t parts) : samples(samples), oh(p.oh), ow(p.ow) {
    const int64_t fitting = least(mostColumns, most(fewestColumns, columnFloats / most(1, depth)));
    const bool joins = oh * ow < fewPlaces || depth * outputs > manyWeights;
    const int64_t together = joins ? least(fitting, enoughColumns) / most(1, oh * ow) : 1;
    const int64_t shared = most(ceiling(oh, most(parts, 1)), ceiling(enoughColumns, most(1, ow)));
    rows = together > 1 ? most(1, oh) : most(1, least(oh, least(fitting / most(1, ow), shared)));
    rowBlocks = most(1, ceiling(oh, rows)), sampleBlocks = ceiling(samples, most(1, together));
    apart = ceiling(ceiling(samples, most(1, sampleBlocks)) * rows * ow, 16) * 16;
    if (apart / 16 % 2 == 0) apart += 16;
  }

  int64_t count() const { return sampleBlocks * rowBlocks; }

  Block operator[](int64_t block) const {
    const int64_t part = block / rowBlocks, y0 = block % rowBlocks * rows, y1 = least(oh, y0 + rows);
    const int64_t first = part * samples / sampleBlocks, end = (part + 1) * samples / sampleBlocks;
    return {first, end - first, y0, y1, (y1 - y0) * ow, (end - first) * (y1 - y0) * ow};
  }
};

/** A cut of `length` into parts of at most `most`, which differ by at most one. */
struct Parts {
  int64_t count, lower, taller;

  Parts(int64_t length, int64_t most) : count(partsOf(length, most)), lower(length / count), taller(length - lower * count) {}
  int64_t at(int64_t part) const { return part * lower + least(part, taller); }
  int64_t largest() const { return lower + (taller > 0); }
};

/** How the gradient of the weight is cut: into parts of the channels, and of the samples. */
struct WeightParts {
  int64_t channels, parts, sampleParts;  // channels of a part

  WeightParts(const Conv& c, const Sizes& s) {
    const int64_t fitting = most(partFloats / most(1, s.elements * c.outputs), ceiling(fewestRows, s.elements));
    channels = ceiling(c.channels, ceiling(c.channels, fitting));
    parts = ceiling(c.channels, channels);
    sampleParts = most(1, least(c.samples, weightPartsWanted / (parts * c.groups)));
  }
};

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
