// Convolution and its gradients: matrix products with the patches of one group. A product takes several
// samples where each has few patches, or else as many rows of one image as stay in L2.
//
// Bits: how the work is cut depends on sizes alone, so the order of every sum does too. Threads process whole
// products.

#include "../threads/pool.h"
#include "patches.h"
#include "phases.h"

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
/** Minimum channels of a task of the gradient of the input. */
constexpr int64_t fewestChannels = 8;
/** Maximum floats of a part of the weight gradient, so that it stays in L2 while it is summed. */
constexpr int64_t partFloats = 64 << 10;
/** Minimum rows of such a part: each part packs the gradient of y. */
constexpr int64_t fewestRows = 96;
/** Number of parts of weight and samples. Each part of the samples has its own sum. */
constexpr int64_t weightPartsWanted = 8;
/** Floats of the phases of some channels, which stay in L1. */
constexpr int64_t phaseFloats = 4096;
/** Minimum operations to give to a thread. */
constexpr int64_t grainFlops = 500000;

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
int64_t partsOf(int64_t n, int64_t each) { return (n + each - 1) / each; }

template <class F>
SIMD_INLINE void forTasks(int64_t count, int64_t flops, F each) {
  const int64_t grain = most(1, grainFlops * count / most(flops, 1));
  parallelFor(static_cast<size_t>(count), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t t = static_cast<int64_t>(begin); t < static_cast<int64_t>(end); t++) each(t);
  });
}

struct Sizes {
  int64_t elements, depth, places, flops;
  bool plain;  // the patches are the image itself
  bool whole;  // the only patch is the image itself

  explicit Sizes(const Conv& c) {
    const Patches& p = c.patches;
    elements = p.kh * p.kw, depth = c.channels * elements, places = p.oh * p.ow;
    flops = 2 * c.samples * c.groups * c.outputs * depth * places;
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
    const int64_t shared = most(partsOf(oh, most(parts, 1)), partsOf(enoughColumns, most(1, ow)));
    rows = together > 1 ? most(1, oh) : most(1, least(oh, least(fitting / most(1, ow), shared)));
    rowBlocks = most(1, partsOf(oh, rows)), sampleBlocks = partsOf(samples, most(1, together));
    apart = partsOf(partsOf(samples, most(1, sampleBlocks)) * rows * ow, 16) * 16;
    if (apart / 16 % 2 == 0) apart += 16;
  }

  int64_t count() const { return sampleBlocks * rowBlocks; }

  Block operator[](int64_t block) const {
    const int64_t part = block / rowBlocks, y0 = block % rowBlocks * rows, y1 = least(oh, y0 + rows);
    const int64_t first = part * samples / sampleBlocks, end = (part + 1) * samples / sampleBlocks;
    return {first, end - first, y0, y1, (y1 - y0) * ow, (end - first) * (y1 - y0) * ow};
  }
};

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
int64_t channelsAtOnce(int64_t phaseSize) { return most(1, phaseFloats / most(1, phaseSize)); }

/**
 * Writes the columns of the patches of rows y0 … y1-1 of `channels` planes. What depends on the element alone
 * is computed once for all channels: a row of columns is often only a few vectors.
 */
void unfold(const Patches& p, const float* planes, int64_t channels, int64_t y0, int64_t y1, float* columns, int64_t apart,
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
  forElements(p, columns, apart, [&](int64_t i, int64_t j, float* to) {
    if (!keepsRows(p)) {
      for (int64_t c = 0; c < channels; c++) unfoldElement(p, planes + c * plane, i, j, y0, y1, to + c * step);
      return;
    }
    const KeptRows rows(p, i, j, y0, y1);
    for (int64_t c = 0; c < channels; c++) rows.unfold(planes + c * plane, to + c * step);
  });
}

/** The adjoint: adds the columns to the planes. It overwrites what is outside of the image. */
void fold(const Patches& p, float* columns, int64_t apart, int64_t channels, int64_t y0, int64_t y1, float* planes, float* phases) {
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

/** Memory of a task. */
struct Workspace {
  float *columns, *results, *phases;

  Workspace(const Patches& p, const Blocks& blocks, int64_t depth, int64_t outputs) {
    const int64_t size = depth > 0 && Phases::pay(p) ? Phases(p, 0, blocks.rows).size() : 0, floats = size * channelsAtOnce(size);
    columns = scratch(Slot::kernel, static_cast<size_t>((depth + outputs) * blocks.apart + floats));
    results = columns + depth * blocks.apart, phases = results + outputs * blocks.apart;
  }
};

struct Matrix {
  const float* data;
  int64_t row, column;
};

void product(const Conv& c, int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, bool accumulate, float* out, int64_t outRow) {
  if (m > 0 && n > 0) c.multiply({1, m, n, k, a.data, 0, a.row, a.column, b.data, 0, b.row, b.column, nullptr, accumulate, out, 0, outRow});
}

/** The columns of some channels of x, whose samples are `sample` floats apart: in place, or unfolded. */
Matrix columnsOf(const Patches& p, bool plain, const float* x, int64_t sample, int64_t channels, const Block& b, const Workspace& space,
                 int64_t apart) {
  x += b.first * sample;
  if (plain && b.samples == 1) return {x + b.y0 * p.w, p.h * p.w, 1};
  for (int64_t s = 0; s < b.samples; s++)
    unfold(p, x + s * sample, channels, b.y0, b.y1, space.columns + s * b.places, apart, space.phases);
  return {space.columns, apart, 1};
}

/** The same of the channels of y. Several samples are joined in `to`. */
Matrix resultsOf(const Patches& p, const float* y, int64_t sample, int64_t outputs, const Block& b, float* to, int64_t apart) {
  const int64_t plane = p.oh * p.ow;
  y += b.first * sample + b.y0 * p.ow;
  if (b.samples == 1) return {y, plane, 1};
  for (int64_t o = 0; o < outputs; o++)
    for (int64_t s = 0; s < b.samples; s++) copyRun(plane, y + s * sample + o * plane, 1, to + o * apart + s * plane);
  return {to, apart, 1};
}

void conv2dOfBlock(const Conv& c, const Sizes& s, const Blocks& blocks, int64_t group, const Block& b) {
  const Patches& p = c.patches;
  const int64_t plane = p.h * p.w, sampleX = c.groups * c.channels * plane, sampleY = c.groups * c.outputs * s.places;
  const Workspace space(p, blocks, s.depth, c.outputs);
  const Matrix weight = {c.weight + group * c.outputs * s.depth, s.depth, 1};
  const Matrix x = columnsOf(p, s.plain, c.x + group * c.channels * plane, sampleX, c.channels, b, space, blocks.apart);
  const float* const bias = c.bias ? c.bias + group * c.outputs : nullptr;
  float* const out = c.out + b.first * sampleY + group * c.outputs * s.places + b.y0 * p.ow;
  if (b.samples == 1) {
    for (int64_t o = 0; bias && o < c.outputs; o++)
      forVectors(static_cast<size_t>(b.places), [&](size_t i, auto lanes) { store(out + o * s.places + i, broadcast(bias[o]), lanes); });
    return product(c, c.outputs, b.columns, s.depth, weight, x, bias != nullptr, out, s.places);
  }
  product(c, c.outputs, b.columns, s.depth, weight, x, false, space.results, blocks.apart);
  for (int64_t o = 0; o < c.outputs; o++)
    for (int64_t i = 0; i < b.samples; i++) {
      const float* const from = space.results + o * blocks.apart + i * s.places;
      float* const to = out + i * sampleY + o * s.places;
      const auto shifted = [&](size_t v, auto lanes) { store(to + v, load(from + v, lanes) + broadcast(bias[o]), lanes); };
      if (bias) forVectors(static_cast<size_t>(s.places), shifted);
      else copyRun(s.places, from, 1, to);
    }
}

void conv2d(const Conv& c) {
  const Sizes s(c);
  if (s.whole)
    return forTasks(c.groups, s.flops, [&](int64_t g) {
      const int64_t row = c.groups * s.depth;
      const float* const bias = c.bias ? c.bias + g * c.outputs : nullptr;
      const float* const weight = c.weight + g * c.outputs * s.depth;
      c.multiply({1, c.samples, c.outputs, s.depth, c.x + g * s.depth, 0, row, 1, weight, 0, 1, s.depth, bias, false,
                  c.out + g * c.outputs, 0, c.groups * c.outputs});
    });
  const Blocks blocks(c.patches, c.samples, s.depth, c.outputs, partsOf(tasksWanted, c.samples * c.groups));
  forTasks(blocks.count() * c.groups, s.flops, [&](int64_t task) {
    conv2dOfBlock(c, s, blocks, task % c.groups, blocks[task / c.groups]);
  });
}

void conv2dGradInput(const Conv& c) {
  const Patches& p = c.patches;
  const Sizes s(c);
  const int64_t plane = p.h * p.w, sampleX = c.groups * c.channels * plane, sampleY = c.groups * c.outputs * s.places;
  if (sampleY == 0) return clearRun(c.samples * sampleX, c.out);
  if (s.whole)
    return forTasks(c.groups, s.flops, [&](int64_t g) {
      const Matrix y = {c.y + g * c.outputs, sampleY, 1}, weight = {c.weight + g * c.outputs * s.depth, s.depth, 1};
      product(c, c.samples, s.depth, c.outputs, y, weight, false, c.out + g * s.depth, sampleX);
    });
  const Blocks blocks(p, c.samples, s.depth, c.outputs, 1);
  const int64_t sets = blocks.sampleBlocks * c.groups;
  const int64_t channels = most(least(c.channels, fewestChannels), partsOf(c.channels, partsOf(tasksWanted, sets)));
  const int64_t parts = partsOf(c.channels, channels);
  forTasks(sets * parts, s.flops, [&](int64_t task) {
    const int64_t set = task / parts, group = set % c.groups;
    const int64_t c0 = task % parts * channels, count = least(channels, c.channels - c0), depth = count * s.elements;
    const Matrix weight = {c.weight + group * c.outputs * s.depth + c0 * s.elements, 1, s.depth};
    const float* const y = c.y + group * c.outputs * s.places;
    const Workspace space(p, blocks, depth, c.outputs);
    for (int64_t part = 0; part < blocks.rowBlocks; part++) {
      const Block b = blocks[set / c.groups * blocks.rowBlocks + part];
      float* const out = c.out + b.first * sampleX + (group * c.channels + c0) * plane;
      const Matrix results = resultsOf(p, y, sampleY, c.outputs, b, space.results, blocks.apart);
      if (s.plain && b.samples == 1) {
        product(c, depth, b.columns, c.outputs, weight, results, false, out + b.y0 * p.ow, plane);
        continue;
      }
      product(c, depth, b.columns, c.outputs, weight, results, false, space.columns, blocks.apart);
      for (int64_t i = 0; i < b.samples; i++) {
        if (part == 0) clearRun(count * plane, out + i * sampleX);
        fold(p, space.columns + i * b.places, blocks.apart, count, b.y0, b.y1, out + i * sampleX, space.phases);
      }
    }
  });
}

/** Sums the transposed gradient over each part of the samples, then adds the sums of the parts. */
void conv2dGradWeight(const Conv& c) {
  const Patches& p = c.patches;
  const Sizes s(c);
  const int64_t plane = p.h * p.w, sampleX = c.groups * c.channels * plane, sampleY = c.groups * c.outputs * s.places;
  if (s.whole)
    return forTasks(c.groups, s.flops, [&](int64_t g) {
      const Matrix y = {c.y + g * c.outputs, 1, sampleY}, x = {c.x + g * s.depth, sampleX, 1};
      product(c, c.outputs, s.depth, c.samples, y, x, c.accumulate, c.out + g * c.outputs * s.depth, s.depth);
    });
  const int64_t size = s.depth * c.outputs;
  const int64_t fitting = most(partFloats / most(1, s.elements * c.outputs), partsOf(fewestRows, s.elements));
  const int64_t channels = partsOf(c.channels, partsOf(c.channels, fitting));
  const int64_t parts = partsOf(c.channels, channels);
  const int64_t sampleParts = most(1, least(c.samples, weightPartsWanted / (parts * c.groups)));
  float* const sums = scratch(Slot::shared, static_cast<size_t>(sampleParts * c.groups * size));
  forTasks(sampleParts * c.groups * parts, s.flops, [&](int64_t task) {
    const int64_t part = task / (c.groups * parts), group = task / parts % c.groups;
    const int64_t c0 = task % parts * channels, count = least(channels, c.channels - c0), depth = count * s.elements;
    float* const sum = sums + (part * c.groups + group) * size + c0 * s.elements * c.outputs;
    const int64_t first = part * c.samples / sampleParts, end = (part + 1) * c.samples / sampleParts;
    const Blocks blocks(p, end - first, depth, c.outputs, 1);
    if (blocks.count() == 0 || s.places == 0) return clearRun(depth * c.outputs, sum);
    const Workspace space(p, blocks, depth, c.outputs);
    const float* const x = c.x + first * sampleX + (group * c.channels + c0) * plane;
    const float* const y = c.y + first * sampleY + group * c.outputs * s.places;
    for (int64_t block = 0; block < blocks.count(); block++) {
      const Block b = blocks[block];
      const Matrix patches = columnsOf(p, s.plain, x, sampleX, count, b, space, blocks.apart);
      const Matrix results = resultsOf(p, y, sampleY, c.outputs, b, space.results, blocks.apart);
      product(c, depth, c.outputs, b.columns, patches, {results.data, 1, results.row}, block > 0, sum, c.outputs);
    }
  });
  // Squares of W rows and W outputs are added and transposed in registers.
  const int64_t strips = partsOf(s.depth, W);
  forTasks(c.groups * strips, sampleParts * c.groups * size, [&](int64_t task) {
    const int64_t group = task / strips, k = task % strips * W, rows = least(W, s.depth - k);
    const float* const from = sums + group * size + k * c.outputs;
    float* const out = c.out + group * size + k;
    for (int64_t o = 0; o < c.outputs; o += W) {
      const int64_t outputs = least(W, c.outputs - o);
      const int across = static_cast<int>(outputs), down = static_cast<int>(rows);
      Vec square[W];
      for (int64_t r = 0; r < W; r++) {
        square[r] = zero();
        if (r >= rows) continue;
        const float* const at = from + r * c.outputs + o;
        square[r] = load(at, across);
        for (int64_t part = 1; part < sampleParts; part++) square[r] = square[r] + load(at + part * c.groups * size, across);
      }
      transpose(square);
      for (int64_t i = 0; i < outputs; i++) {
        float* const to = out + (o + i) * s.depth;
        store(to, c.accumulate ? load(to, down) + square[i] : square[i], down);
      }
    }
  });
}

}  // namespace

void addConv(Isa& isa) {
  isa.conv2d = conv2d;
  isa.conv2dGradInput = conv2dGradInput;
  isa.conv2dGradWeight = conv2dGradWeight;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
