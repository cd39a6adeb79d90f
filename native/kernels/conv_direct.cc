// Convolutions without unfolded patches. The rows of the matrix of patches are read from copies of the image
// by a table of offsets (conv_tile.h):
//
//   y, gradient of x     Shifted copies (conv_shifts.h): one for each column of the kernel.
//   gradient of weight   One padded copy with the channels innermost, so that vectors hold the channels of
//                        neighbouring elements of a patch, and patches are the steps of the sum.
//
// Bits: the order of the sums of y and of the gradient of the weight is that of conv.cc, step by step. An
// element of the gradient of x adds its products with the elements of the kernel in order, where conv.cc adds
// those of one block of rows of y after the other. So whether this file computes it depends on sizes (and
// infinite weights) alone, and not on the instruction set.

#include "conv_direct.h"

#include "conv_few.h"
#include "conv_shifts.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** Floats of the weights of a group. */
constexpr int64_t weightFloats = 64 << 10;
/** Longest sum of a single piece: see gemm_long.h. */
constexpr int64_t longestPiece = 1 << 14;

/** Images of one row as images of one column, which have the same memory. */
Patches upright(const Patches& p) {
  if (p.h != 1 || p.kh != 1 || p.oh != 1 || p.ph != 0) return p;
  return {p.w, 1, p.kw, 1, p.ow, 1, p.sw, 1, p.pw, 0, p.dw, 1};
}

/** The patches of a convolution that computes the gradient of x, with stride 1. Padding may be negative. */
Patches backwards(const Patches& p) {
  return {p.oh, p.ow, p.kh, p.kw, p.h, p.w, 1, 1, (p.kh - 1) * p.dh - p.ph, (p.kw - 1) * p.dw - p.pw, p.dh, p.dw};
}

/** How the lines of a result are cut into tiles, and the micro-kernels of these. */
struct Tiles {
  Parts rows;
  int64_t vectors;
  TileKernel (*pick)(int rows, int vectors);

  explicit Tiles(int64_t lines) : rows(lines, tileRows), vectors(tileVectorsFor(rows.largest())), pick(pickTile<tileRows>) {}

  /** Of y: with few outputs the order of its sums is another one. */
  static Tiles ofOutputs(int64_t outputs) {
    Tiles tiles(outputs);
    if (outputs <= fewOutputs) tiles.rows = Parts(outputs, fewOutputs), tiles.vectors = fewVectorsFor(outputs), tiles.pick = pickFew<fewOutputs>;
    return tiles;
  }
};

/** Memory of a call: weights in the order in which tiles read them, and offsets. Null if there is none. */
struct Packed {
  float* weights;
  int32_t* offsets;

  Packed(int64_t weightCount, int64_t offsetCount) {
    weights = scratch(Slot::shared, static_cast<size_t>(weightCount + offsetCount));
    offsets = weights ? reinterpret_cast<int32_t*>(weights + weightCount) : nullptr;
    static_assert(sizeof(int32_t) == sizeof(float), "scratch memory is counted in floats");
  }
};

/** What the tasks of y and of the gradient of x share: sums of `lines` lines over `depth` steps. */
struct Pass {
  Patches patches;
  int64_t images, groups, channels, lines, depth;  // images: samples x groups
  const float* image;
  const float* bias;
  float* out;
  Steps steps;
  int64_t flops;
};

/** Computes all tiles. `weights` are packed: for each group, tiles of lines, each [depth][lines]. */
void runPass(const Pass& a, const Shifts& shifts, const Tiles& tiles, const float* weights) {
  const Patches& p = a.patches;
  const int64_t plane = p.h * p.w, places = p.oh * p.ow, rowBlocks = ceiling(p.oh, shifts.rows);
  // Small images are copied together, because each copy has a fixed cost.
  const int64_t together = most(1, least(jointFloats / shifts.size(), a.images * rowBlocks / tasksWanted));
  forTasks(ceiling(a.images, together) * rowBlocks, a.flops, [&](int64_t task) {
    const int64_t first = task / rowBlocks * together, count = least(together, a.images - first);
    const int64_t y0 = task % rowBlocks * shifts.rows, y1 = least(p.oh, y0 + shifts.rows), n = (y1 - y0) * p.ow;
    const float* const copies = shifts.fill(a.image + first * a.channels * plane, count, y0, y1);
    if (!copies) return;
    const Parts parts(ceiling(n, W), tiles.vectors);
    for (int64_t image = first; image < first + count; image++) {
      const int64_t group = image % a.groups;
      const float* const packed = weights + group * a.lines * a.depth;
      const float* const b = copies + (image - first) * shifts.image();
      float* const out = a.out + image * a.lines * places + y0 * p.ow;
      for (int64_t v = 0; v < parts.count; v++) {
        const int64_t from = parts.at(v) * W, vectors = parts.at(v + 1) - parts.at(v);
        const int lanes = lanesOf(n - from - (vectors - 1) * W);
        for (int64_t t = 0; t < tiles.rows.count; t++) {
          const int64_t line = tiles.rows.at(t), lines = tiles.rows.at(t + 1) - line;
          const float* const bias = a.bias ? a.bias + group * a.lines + line : nullptr;
          const Tile tile = {nullptr, 0, bias, 1, 0, false, out + line * places + from, places, 1, lanes};
          tiles.pick(static_cast<int>(lines), static_cast<int>(vectors))(a.steps, packed + line * a.depth, 1, lines, b + from, tile);
        }
      }
    }
  });
}

/** Calls f(group, first line, lines, where) for each tile of packed weights. */
template <class F>
void forWeightTiles(int64_t groups, int64_t lines, int64_t depth, const Tiles& tiles, float* weights, F f) {
  forTasks(groups * tiles.rows.count, groups * lines * depth * 8, [&](int64_t task) {
    const int64_t group = task / tiles.rows.count, tile = task % tiles.rows.count, line = tiles.rows.at(tile);
    f(group, line, tiles.rows.at(tile + 1) - line, weights + (group * lines + line) * depth);
  });
}

/** Whether the weights stay in L2 beside the copies, so that all tiles may read them for each few places. */
bool fitsInCache(const Conv& c, const Sizes& s) { return c.outputs * s.depth <= weightFloats; }

/** Rows into which to cut an image, so that there are enough tasks. */
int64_t rowBlocksWanted(const Conv& c) { return most(1, ceiling(tasksWanted, most(1, c.samples * c.groups))); }

bool areFinite(const float* x, int64_t n) {
  Vec sum = zero();
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { sum = fma(load(x + i, lanes), zero(), sum); });
  return !any(isnan(sum));
}

/** Writes `channels` planes of n floats, `plane` apart, as n rows of channels, `row` apart. */
void channelsInnermost(const float* x, int64_t plane, int64_t channels, int64_t n, float* out, int64_t row) {
  for (int64_t c = 0; c < channels; c += W) {
    const int across = lanesOf(channels - c);
    for (int64_t i = 0; i < n; i += W) {
      const int along = lanesOf(n - i);
      Vec t[W];
      for (int r = 0; r < W; r++) t[r] = r < across ? load(x + (c + r) * plane + i, along) : zero();
      transpose(t);
      for (int r = 0; r < along; r++) store(out + (i + r) * row + c, t[r], across);
    }
  }
}

/** The padded copy of a block of patches, with the channels innermost. */
struct Padded {
  int64_t height, width, channels;

  Padded(const Patches& p, const Block& b, int64_t channels)
      : height((b.y1 - b.y0 - 1) * p.sh + (p.kh - 1) * p.dh + 1), width((p.ow - 1) * p.sw + (p.kw - 1) * p.dw + 1), channels(channels) {}

  /** Floats of the copy. Its last element is read as a whole vector. */
  int64_t size(const Block& b) const { return b.samples * height * width * channels + W; }

  void fill(const Patches& p, const Block& b, const float* x, int64_t sample, float* out) const {
    const int64_t row = width * channels, first = least(p.pw, width), end = most(first, least(width, p.pw + p.w));
    for (int64_t s = b.first; s < b.first + b.samples; s++)
      for (int64_t i = 0; i < height; i++, out += row) {
        const int64_t y = b.y0 * p.sh + i - p.ph;
        if (y < 0 || y >= p.h || end == first) {
          clearRun(row, out);
          continue;
        }
        clearRun(first * channels, out);
        channelsInnermost(x + s * sample + y * p.w, p.h * p.w, channels, end - first, out + first * channels, channels);
        clearRun((width - end) * channels, out + end * channels);
      }
  }

  /** The offset of each patch. */
  void locate(const Patches& p, const Block& b, int32_t* offsets) const {
    for (int64_t s = 0; s < b.samples; s++)
      for (int64_t y = 0; y < b.y1 - b.y0; y++)
        for (int64_t x = 0; x < p.ow; x++) *offsets++ = static_cast<int32_t>(((s * height + y * p.sh) * width + x * p.sw) * channels);
  }
};

/** Elements of a patch that are contiguous in such a copy: one row of the kernel, if it is not dilated. */
struct Runs {
  int64_t count, perRow, length;

  Runs(const Patches& p, int64_t channels) : count(p.kh * p.kw), perRow(p.kw), length(channels) {
    if (p.dw == 1) count = p.kh, perRow = 1, length *= p.kw;
  }

  /** Whether the vectors are about as full as with the outputs along them. A tile of one vector is slow. */
  bool pay(int64_t outputs) const {
    const auto filled = [](int64_t n) { return static_cast<double>(n) / static_cast<double>(packedWidth(n)); };
    return filled(length) * (length <= W ? 0.6 : 1) >= 0.7 * filled(outputs);
  }
};

/** Adds the sums over one block to `sum`, which is [outputs][kh][kw][channels]. */
void sumOfBlock(const Conv& c, const Sizes& s, const Blocks& blocks, const Block& b, int64_t channels, const float* x, const float* y,
                bool accumulate, float* sum) {
  const Patches& p = c.patches;
  const Padded padded(p, b, channels);
  const Runs runs(p, channels);
  const int64_t depth = channels * s.elements, results = b.samples > 1 ? c.outputs * blocks.apart : 0;
  float* const copy = scratch(Slot::kernel, static_cast<size_t>(padded.size(b) + results + b.columns));
  if (!copy) return;
  int32_t* const offsets = reinterpret_cast<int32_t*>(copy + padded.size(b) + results);
  padded.fill(p, b, x, s.sampleX, copy);
  padded.locate(p, b, offsets);
  const Matrix from = resultsOf(p, y, s.sampleY, c.outputs, b, copy + padded.size(b), blocks.apart);
  const Steps steps = {1, b.columns, offsets, false};
  const Parts tiles(c.outputs, tileRows), parts(ceiling(runs.length, W), tileVectors);
  for (int64_t t = 0; t < tiles.count; t++) {
    const int64_t o = tiles.at(t), outputs = tiles.at(t + 1) - o;
    for (int64_t r = 0; r < runs.count; r++) {
      const int64_t i = r / runs.perRow, j = r % runs.perRow;
      const float* const run = copy + (i * p.dh * padded.width + j * p.dw) * channels;
      for (int64_t v = 0; v < parts.count; v++) {
        const int64_t at = parts.at(v) * W, vectors = parts.at(v + 1) - parts.at(v);
        const int lanes = lanesOf(runs.length - at - (vectors - 1) * W);
        const Tile tile = {nullptr, 0, nullptr, 0, 0, accumulate, sum + o * depth + (i * p.kw + j) * channels + at, depth, 1, lanes};
        pickTile<tileRows>(static_cast<int>(outputs), static_cast<int>(vectors))(steps, from.data + o * from.row, from.row, 1, run + at, tile);
      }
    }
  }
}

/** Adds the sums of the parts of the samples, and writes them in the order of the weight. */
void addParts(const Conv& c, const Sizes& s, const WeightParts& cut, const float* sums) {
  const int64_t size = s.depth * c.outputs;
  forTasks(c.groups * c.outputs, cut.sampleParts * c.groups * size, [&](int64_t task) {
    const int64_t group = task / c.outputs, o = task % c.outputs;
    for (int64_t c0 = 0; c0 < c.channels; c0 += cut.channels) {
      const int64_t channels = least(cut.channels, c.channels - c0), depth = channels * s.elements;
      const float* const from = sums + group * size + c0 * s.elements * c.outputs + o * depth;
      float* const out = c.out + group * size + o * s.depth + c0 * s.elements;
      for (int64_t e = 0; e < s.elements; e += W)
        for (int64_t k = 0; k < channels; k += W) {
          const int along = lanesOf(s.elements - e), across = lanesOf(channels - k);
          Vec square[W];
          for (int r = 0; r < W; r++) {
            square[r] = zero();
            if (r >= along) continue;
            const float* const at = from + (e + r) * channels + k;
            square[r] = load(at, across);
            for (int64_t part = 1; part < cut.sampleParts; part++) square[r] = square[r] + load(at + part * c.groups * size, across);
          }
          transpose(square);
          for (int r = 0; r < across; r++) {
            float* const to = out + (k + r) * s.elements + e;
            store(to, c.accumulate ? load(to, along) + square[r] : square[r], along);
          }
        }
    }
  });
}

}  // namespace

bool conv2dDirect(const Conv& c) {
  const Patches p = upright(c.patches);
  const Sizes s(c);
  if (c.bfloat16 || s.whole || (c.outputs > fewOutputs && c.patches.ow <= fewOutputs) || s.depth > longestPiece || !fitsInCache(c, s) ||
      !Shifts::pay(p, c.outputs > fewOutputs ? payingQuarters : payingQuartersOfFew))
    return false;
  const Shifts shifts(p, c.channels, Shifts::rowsAtOnce(p, c.channels, rowBlocksWanted(c)));
  if (shifts.image() > mostCopied) return false;
  const Tiles tiles = Tiles::ofOutputs(c.outputs);
  const Packed packed(c.groups * c.outputs * s.depth, s.depth);
  if (!packed.weights) return true;
  for (int64_t k = 0; k < s.depth; k++)
    packed.offsets[k] = static_cast<int32_t>(shifts.at(k / s.elements, k % s.elements / p.kw, k % p.kw));
  forWeightTiles(c.groups, c.outputs, s.depth, tiles, packed.weights, [&](int64_t group, int64_t line, int64_t lines, float* to) {
    channelsInnermost(c.weight + (group * c.outputs + line) * s.depth, s.depth, lines, s.depth, to, lines);
  });
  const Steps steps = {1, s.depth, packed.offsets, false};
  runPass({p, c.samples * c.groups, c.groups, c.channels, c.outputs, s.depth, c.x, c.bias, c.out, steps, s.flops}, shifts, tiles, packed.weights);
  return true;
}

bool conv2dGradInputDirect(const Conv& c) {
  const Patches p = upright(c.patches);
  const Sizes s(c);
  // The copies add zeros outside of y, which is right unless a weight is infinite.
  if (c.bfloat16 || s.whole || s.places == 0 || p.sh != 1 || p.sw != 1 || s.elements <= fewOutputs || c.patches.ow <= fewOutputs ||
      !fitsInCache(c, s) || c.outputs > longestPiece || c.outputs > c.channels * p.kh || !areFinite(c.weight, c.groups * c.outputs * s.depth))
    return false;
  const Patches back = backwards(p);
  if (!Shifts::pay(back, payingQuarters)) return false;
  const Shifts shifts(back, c.outputs, Shifts::rowsAtOnce(back, c.outputs, rowBlocksWanted(c)));
  if (shifts.image() > mostCopied) return false;
  const Tiles tiles(c.channels);
  const int64_t depth = s.elements * c.outputs;
  const Packed packed(c.groups * c.channels * depth, depth);
  if (!packed.weights) return true;
  for (int64_t k = 0; k < depth; k++) {
    const int64_t element = k / c.outputs, i = element / p.kw, j = element % p.kw;
    packed.offsets[k] = static_cast<int32_t>(shifts.at(k % c.outputs, p.kh - 1 - i, p.kw - 1 - j));
  }
  forWeightTiles(c.groups, c.channels, depth, tiles, packed.weights, [&](int64_t group, int64_t line, int64_t lines, float* to) {
    const float* const from = c.weight + group * c.outputs * s.depth + line * s.elements;
    for (int64_t o = 0; o < c.outputs; o++)
      channelsInnermost(from + o * s.depth, s.elements, lines, s.elements, to + o * lines, c.outputs * lines);
  });
  const Steps steps = {s.elements, c.outputs, packed.offsets, true};
  runPass({back, c.samples * c.groups, c.groups, c.outputs, c.channels, depth, c.y, nullptr, c.out, steps, s.flops}, shifts, tiles, packed.weights);
  return true;
}

bool conv2dGradWeightDirect(const Conv& c) {
  if (c.outputs <= fewOutputs) return conv2dGradWeightFew(c);
  const Patches& p = c.patches;
  const Sizes s(c);
  if (c.bfloat16 || s.whole || s.places == 0 || c.outputs <= fewOutputs || s.depth <= fewOutputs) return false;
  const WeightParts cut(c, s);
  const Runs runs(p, cut.channels);
  const int64_t lastChannels = c.channels - (cut.parts - 1) * cut.channels;
  if (lastChannels * s.elements <= fewOutputs || s.depth * c.outputs > manyWeights || !runs.pay(c.outputs)) return false;
  // With a large stride, the padded copy would be larger than the unfolded patches.
  const Blocks largest(p, ceiling(c.samples, cut.sampleParts), cut.channels * s.elements, c.outputs, 1);
  const Padded padded(p, {0, 1, 0, largest.rows, 0, 0}, cut.channels);
  const int64_t samples = ceiling(largest.samples, most(1, largest.sampleBlocks));
  if (padded.height * padded.width > s.elements * largest.rows * p.ow || samples * padded.height * padded.width * cut.channels > mostCopied)
    return false;
  const int64_t size = s.depth * c.outputs;
  float* const sums = scratch(Slot::shared, static_cast<size_t>(cut.sampleParts * c.groups * size));
  if (!sums) return true;
  forTasks(cut.sampleParts * c.groups * cut.parts, s.flops, [&](int64_t task) {
    const int64_t part = task / (c.groups * cut.parts), group = task / cut.parts % c.groups;
    const int64_t c0 = task % cut.parts * cut.channels, count = least(cut.channels, c.channels - c0);
    float* const sum = sums + (part * c.groups + group) * size + c0 * s.elements * c.outputs;
    const int64_t first = part * c.samples / cut.sampleParts, end = (part + 1) * c.samples / cut.sampleParts;
    const Blocks blocks(p, end - first, count * s.elements, c.outputs, 1);
    const float* const x = c.x + first * s.sampleX + (group * c.channels + c0) * s.plane;
    const float* const y = c.y + first * s.sampleY + group * c.outputs * s.places;
    if (blocks.count() == 0) return clearRun(count * s.elements * c.outputs, sum);
    for (int64_t block = 0; block < blocks.count(); block++) sumOfBlock(c, s, blocks, blocks[block], count, x, y, block > 0, sum);
  });
  addParts(c, s, cut, sums);
  return true;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
