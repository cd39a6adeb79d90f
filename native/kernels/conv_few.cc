// The gradient of the weight of a convolution with up to four outputs per group, for example a depthwise one.
// Its elements are sums along rows of patches, which are read from shifted copies of the image. Many groups
// are copied together, because each copy has a fixed cost.
//
// Bits: the order is that of conv.cc.

#include "conv_direct.h"
#include "conv_shifts.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** Rows of patches of a block: in shifted copies, or where these do not pay, unfolded. */
struct Rows {
  Patches p;
  Shifts shifts;
  int64_t channels, apart;  // row stride of unfolded patches
  bool shifted;

  Rows(const Patches& p, int64_t channels, const Blocks& blocks)
      : p(p), shifts(p, channels, blocks.rows), channels(channels), apart(blocks.apart), shifted(blocks.sampleBlocks == blocks.samples && Shifts::pay(p, payingQuartersOfFew)) {}

  /** Floats of the rows of a group. */
  int64_t group() const { return shifted ? shifts.image() : channels * p.kh * p.kw * apart; }

  int32_t at(int64_t row) const {
    const int64_t elements = p.kh * p.kw;
    return static_cast<int32_t>(shifted ? shifts.at(row / elements, row % elements / p.kw, row % p.kw) : row * apart);
  }

  void fill(const Block& b, const float* x, int64_t sample, int64_t groups, float* out, float* phases) const {
    x += b.first * sample;
    if (shifted) return unfold(shifts.once, x, groups * channels, b.y0, b.y1 + shifts.reach, out, shifts.apart, phases);
    for (int64_t s = 0; s < b.samples; s++) unfold(p, x + s * sample, groups * channels, b.y0, b.y1, out + s * b.places, apart, phases);
  }

  int64_t phases() const { return phaseRoom(shifted ? shifts.once : p, shifts.rows + shifts.reach); }
};

/**
 * Adds R sums over k to `sum`: those of rows r of A times one row of b. Both are contiguous along k. Row r of
 * A is at a + rows[r].
 */
template <int R>
void dotsOf(int64_t k, const float* a, const int32_t* rows, const float* b, bool accumulate, float* sum) {
  constexpr int vectors = fewLanes / W;
  Vec sums[R][vectors];
  _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++) sums[r][v] = zero();
  const auto step = [&](int64_t p, int v, auto lanes) __attribute__((always_inline)) {
    const Vec y = load(b + p, lanes);
    _Pragma("GCC unroll 16") for (int r = 0; r < R; r++) sums[r][v] = fma(load(a + rows[r] + p, lanes), y, sums[r][v]);
  };
  int64_t p = 0;
  for (; p + fewLanes <= k; p += fewLanes)
    _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++) step(p + v * W, v, All{});
  _Pragma("GCC unroll 16") for (int v = 0; v < vectors; v++)
    if (p + v * W < k) step(p + v * W, v, lanesOf(k - p - v * W));
  for (int r = 0; r < R; r++)
    for (int h = vectors / 2; h > 0; h /= 2)
      for (int v = 0; v < h; v++) sums[r][v] = sums[r][v] + sums[r][v + h];
  for (int r = 0; r < R; r += W) {
    const int lanes = R - r < W ? R - r : W;
    Vec t[W];
    for (int j = 0; j < W; j++) t[j] = r + j < R ? sums[r + j][0] : zero();
    const Vec each = halveEach(t);
    store(sum + r, accumulate ? load(sum + r, lanes) + each : each, lanes);
  }
}

/** Rows of a call of dotsOf: their sums fit in the registers of AVX-512, AVX2 and NEON. */
constexpr int dotRows = W == 16 ? 12 : 5;

using Dots = void (*)(int64_t k, const float* a, const int32_t* rows, const float* b, bool accumulate, float* sum);

template <int R>
SIMD_INLINE Dots pickDots(int rows) {
  if constexpr (R > 1) {
    if (rows < R) return pickDots<R - 1>(rows);
  }
  return dotsOf<R>;
}

}  // namespace

bool conv2dGradWeightFew(const Conv& c) {
  const Patches& p = c.patches;
  const Sizes s(c);
  const WeightParts cut(c, s);
  if (c.bfloat16 || s.whole || s.places == 0 || c.samples == 0 || cut.parts > 1) return false;
  const int64_t size = c.groups * c.outputs * s.depth;
  const Blocks largest(p, ceiling(c.samples, cut.sampleParts), s.depth, c.outputs, 1);
  const int64_t each = Rows(p, c.channels, largest).group();
  if (each > mostCopied) return false;
  const int64_t together = most(1, least(jointFloats / most(1, each), ceiling(c.groups * cut.sampleParts, tasksWanted)));
  const int64_t sets = ceiling(c.groups, together);
  float* const sums = scratch(Slot::shared, static_cast<size_t>(cut.sampleParts * size));
  if (!sums) return true;
  forTasks(cut.sampleParts * sets, s.flops, [&](int64_t task) {
    const int64_t part = task / sets, group = task % sets * together, groups = least(together, c.groups - group);
    const int64_t first = part * c.samples / cut.sampleParts, end = (part + 1) * c.samples / cut.sampleParts;
    const Blocks blocks(p, end - first, s.depth, c.outputs, 1);
    const Rows rows(p, c.channels, blocks);
    const int64_t lines = groups * c.outputs, floats = groups * rows.group();
    float* const copies = scratch(Slot::kernel, static_cast<size_t>(floats + lines * blocks.apart + rows.phases() + s.depth));
    if (!copies) return;
    float* const joined = copies + floats;
    float* const phases = joined + lines * blocks.apart;
    int32_t* const offsets = reinterpret_cast<int32_t*>(phases + rows.phases());
    for (int64_t row = 0; row < s.depth; row++) offsets[row] = rows.at(row);
    const Parts parts(s.depth, dotRows);
    for (int64_t block = 0; block < blocks.count(); block++) {
      const Block b = blocks[block];
      rows.fill(b, c.x + first * s.sampleX + group * c.channels * s.plane, s.sampleX, groups, copies, phases);
      const Matrix y = resultsOf(p, c.y + first * s.sampleY + group * c.outputs * s.places, s.sampleY, lines, b, joined, blocks.apart);
      for (int64_t line = 0; line < lines; line++) {
        const float* const from = copies + line / c.outputs * rows.group();
        float* const sum = sums + part * size + (group * c.outputs + line) * s.depth;
        for (int64_t t = 0; t < parts.count; t++) {
          const int64_t row = parts.at(t);
          pickDots<dotRows>(static_cast<int>(parts.at(t + 1) - row))(b.columns, from, offsets + row, y.data + line * y.row, block > 0, sum + row);
        }
      }
    }
  });
  forVectors(static_cast<size_t>(size), [&](size_t i, auto lanes) {
    Vec sum = load(sums + i, lanes);
    for (int64_t part = 1; part < cut.sampleParts; part++) sum = sum + load(sums + part * size + i, lanes);
    store(c.out + i, c.accumulate ? load(c.out + i, lanes) + sum : sum, lanes);
  });
  return true;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
