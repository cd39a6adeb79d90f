// Convolution and its gradients: matrix products with the patches of one group. A product takes several
// samples where each has few patches, or else as many rows of one image as stay in L2.
//
// Bits: how the work is cut depends on sizes alone, so the order of every sum does too. Threads process whole
// products.

#include "conv_columns.h"
#include "conv_direct.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** Minimum channels of a task of the gradient of the input. */
constexpr int64_t fewestChannels = 8;

/** Memory of a task. `columns` is null if there is none. */
struct Workspace {
  float *columns, *results = nullptr, *phases = nullptr;

  Workspace(const Patches& p, const Blocks& blocks, int64_t depth, int64_t outputs) {
    columns = scratch(Slot::kernel, static_cast<size_t>((depth + outputs) * blocks.apart + (depth > 0 ? phaseRoom(p, blocks.rows) : 0)));
    if (!columns) return;
    results = columns + depth * blocks.apart, phases = results + outputs * blocks.apart;
  }
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

void conv2dOfBlock(const Conv& c, const Sizes& s, const Blocks& blocks, int64_t group, const Block& b) {
  const Patches& p = c.patches;
  const int64_t plane = s.plane, sampleX = s.sampleX, sampleY = s.sampleY;
  const Workspace space(p, blocks, s.depth, c.outputs);
  if (!space.columns) return;
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
  if (conv2dDirect(c)) return;
  const Sizes s(c);
  if (s.whole)
    return forTasks(c.groups, s.flops, [&](int64_t g) {
      const int64_t row = c.groups * s.depth;
      const float* const bias = c.bias ? c.bias + g * c.outputs : nullptr;
      const float* const weight = c.weight + g * c.outputs * s.depth;
      c.multiply({1, c.samples, c.outputs, s.depth, c.x + g * s.depth, 0, row, 1, weight, 0, 1, s.depth, bias, false,
                  c.out + g * c.outputs, 0, c.groups * c.outputs});
    });
  const Blocks blocks(c.patches, c.samples, s.depth, c.outputs, ceiling(tasksWanted, c.samples * c.groups));
  forTasks(blocks.count() * c.groups, s.flops, [&](int64_t task) {
    conv2dOfBlock(c, s, blocks, task % c.groups, blocks[task / c.groups]);
  });
}

void conv2dGradInput(const Conv& c) {
  const Patches& p = c.patches;
  const Sizes s(c);
  const int64_t plane = s.plane, sampleX = s.sampleX, sampleY = s.sampleY;
  if (sampleY == 0) return clearRun(c.samples * sampleX, c.out);
  if (conv2dGradInputDirect(c)) return;
  if (s.whole)
    return forTasks(c.groups, s.flops, [&](int64_t g) {
      const Matrix y = {c.y + g * c.outputs, sampleY, 1}, weight = {c.weight + g * c.outputs * s.depth, s.depth, 1};
      product(c, c.samples, s.depth, c.outputs, y, weight, false, c.out + g * s.depth, sampleX);
    });
  const Blocks blocks(p, c.samples, s.depth, c.outputs, 1);
  const int64_t sets = blocks.sampleBlocks * c.groups;
  const int64_t channels = most(least(c.channels, fewestChannels), ceiling(c.channels, ceiling(tasksWanted, sets)));
  const int64_t parts = ceiling(c.channels, channels);
  forTasks(sets * parts, s.flops, [&](int64_t task) {
    const int64_t set = task / parts, group = set % c.groups;
    const int64_t c0 = task % parts * channels, count = least(channels, c.channels - c0), depth = count * s.elements;
    const Matrix weight = {c.weight + group * c.outputs * s.depth + c0 * s.elements, 1, s.depth};
    const float* const y = c.y + group * c.outputs * s.places;
    const Workspace space(p, blocks, depth, c.outputs);
    if (!space.columns) return;
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
  if (conv2dGradWeightDirect(c)) return;
  const Patches& p = c.patches;
  const Sizes s(c);
  const int64_t plane = s.plane, sampleX = s.sampleX, sampleY = s.sampleY;
  if (s.whole)
    return forTasks(c.groups, s.flops, [&](int64_t g) {
      const Matrix y = {c.y + g * c.outputs, 1, sampleY}, x = {c.x + g * s.depth, sampleX, 1};
      product(c, c.outputs, s.depth, c.samples, y, x, c.accumulate, c.out + g * c.outputs * s.depth, s.depth);
    });
  const int64_t size = s.depth * c.outputs;
  const WeightParts cut(c, s);
  const int64_t channels = cut.channels, parts = cut.parts, sampleParts = cut.sampleParts;
  float* const sums = scratch(Slot::shared, static_cast<size_t>(sampleParts * c.groups * size));
  if (!sums) return;
  forTasks(sampleParts * c.groups * parts, s.flops, [&](int64_t task) {
    const int64_t part = task / (c.groups * parts), group = task / parts % c.groups;
    const int64_t c0 = task % parts * channels, count = least(channels, c.channels - c0), depth = count * s.elements;
    float* const sum = sums + (part * c.groups + group) * size + c0 * s.elements * c.outputs;
    const int64_t first = part * c.samples / sampleParts, end = (part + 1) * c.samples / sampleParts;
    const Blocks blocks(p, end - first, depth, c.outputs, 1);
    if (blocks.count() == 0 || s.places == 0) return clearRun(depth * c.outputs, sum);
    const Workspace space(p, blocks, depth, c.outputs);
    if (!space.columns) return;
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
  const int64_t strips = ceiling(s.depth, W);
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
