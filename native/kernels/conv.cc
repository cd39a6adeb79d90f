// Convolution and its gradients: matrix products with the patches of one sample and group. Each product takes
// as many rows of the image as stay in L2.
//
// Bits: how the work is cut depends on sizes alone, so the order of every sum does too. Threads process whole
// samples, or parts of one.

#include "../threads/pool.h"
#include "patches.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/**
 * Floats of columns (unfolded patches) at a time: 400 KB, which leaves room in L2 for weights and results.
 */
constexpr int64_t columnFloats = 100 << 10;
/** Number of tasks per call where sizes allow: enough for threads to share evenly. */
constexpr int64_t tasksWanted = 16;
/** Minimum sizes of a task. */
constexpr int64_t fewestPlaces = 256, fewestChannels = 8;
/** Maximum floats of a weight gradient that stays in L2 while samples are accumulated. */
constexpr int64_t weightFloats = 100 << 10;
/** Number of parts into which the samples are cut. Each part has its own sum. */
constexpr int64_t samplePartsWanted = 8;
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

/** Sizes of the products, and how many rows of the output are computed at a time. */
struct Sizes {
  int64_t elements, depth, places, flops;
  int64_t rows;     // rows of the output at a time
  int64_t apart;    // row stride of the columns, chosen so that rows do not all map to a few cache sets
  bool plain;       // the patches are the image itself

  Sizes(const Conv& c, int64_t parts) {
    const Patches& p = c.patches;
    elements = p.kh * p.kw, depth = c.channels * elements, places = p.oh * p.ow;
    flops = 2 * c.samples * c.groups * c.outputs * depth * places;
    plain = elements == 1 && p.sh == 1 && p.sw == 1 && p.ph == 0 && p.pw == 0 && p.oh == p.h && p.ow == p.w;
    const int64_t fitting = most(1, columnFloats / most(1, depth * p.ow));
    const int64_t shared = most(partsOf(p.oh, most(parts, 1)), partsOf(fewestPlaces, most(1, p.ow)));
    rows = most(1, least(p.oh, least(fitting, shared)));
    apart = partsOf(rows * p.ow, 16) * 16;
    if (apart / 16 % 2 == 0) apart += 16;
  }
};

/** Calls f(i, j, row of columns of channel 0) for the elements of a patch. */
template <class F>
SIMD_INLINE void forElements(const Patches& p, float* columns, int64_t apart, F f) {
  for (int64_t i = 0; i < p.kh; i++)
    for (int64_t j = 0; j < p.kw; j++, columns += apart) f(i, j, columns);
}

/**
 * Writes the columns of the patches of rows y0 … y1-1 of `channels` planes. What depends on the element alone
 * is computed once for all channels: a row of columns is often only a few vectors.
 */
void unfold(const Patches& p, const float* planes, int64_t channels, int64_t y0, int64_t y1, float* columns, int64_t apart) {
  const int64_t plane = p.h * p.w, step = p.kh * p.kw * apart;
  forElements(p, columns, apart, [&](int64_t i, int64_t j, float* to) {
    if (!keepsRows(p)) {
      for (int64_t c = 0; c < channels; c++) unfoldElement(p, planes + c * plane, i, j, y0, y1, to + c * step);
      return;
    }
    const KeptRows rows(p, i, j, y0, y1);
    for (int64_t c = 0; c < channels; c++) rows.unfold(planes + c * plane, to + c * step);
  });
}

void fold(const Patches& p, float* columns, int64_t apart, int64_t channels, int64_t y0, int64_t y1, float* planes) {
  const int64_t plane = p.h * p.w, step = p.kh * p.kw * apart;
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

void product(const Conv& c, int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, bool accumulate, float* out, int64_t outRow) {
  if (m > 0 && n > 0) c.multiply({1, m, n, k, a.data, 0, a.row, a.column, b.data, 0, b.row, b.column, nullptr, accumulate, out, 0, outRow});
}

void conv2d(const Conv& c) {
  const Patches& p = c.patches;
  const int64_t images = c.samples * c.groups;
  const Sizes s(c, partsOf(tasksWanted, images));
  const int64_t blocks = partsOf(p.oh, s.rows);
  forTasks(images * blocks, s.flops, [&](int64_t task) {
    const int64_t image = task / blocks, group = image % c.groups;
    const int64_t y0 = task % blocks * s.rows, y1 = least(p.oh, y0 + s.rows), n = (y1 - y0) * p.ow;
    const float* const x = c.x + image * c.channels * p.h * p.w;
    float* const out = c.out + image * c.outputs * s.places + y0 * p.ow;
    Matrix columns = {x + y0 * p.w, p.h * p.w, 1};
    if (!s.plain) {
      float* const to = scratch(Slot::kernel, static_cast<size_t>(s.depth * s.apart));
      unfold(p, x, c.channels, y0, y1, to, s.apart);
      columns = {to, s.apart, 1};
    }
    if (c.bias)
      for (int64_t o = 0; o < c.outputs; o++) {
        const Vec value = broadcast(c.bias[group * c.outputs + o]);
        forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(out + o * s.places + i, value, lanes); });
      }
    product(c, c.outputs, n, s.depth, {c.weight + group * c.outputs * s.depth, s.depth, 1}, columns, c.bias != nullptr, out, s.places);
  });
}

void conv2dGradInput(const Conv& c) {
  const Patches& p = c.patches;
  const int64_t images = c.samples * c.groups;
  const Sizes s(c, 1);
  const int64_t channels = most(least(c.channels, fewestChannels), partsOf(c.channels, partsOf(tasksWanted, images)));
  const int64_t parts = partsOf(c.channels, channels);
  forTasks(images * parts, s.flops, [&](int64_t task) {
    const int64_t image = task / parts, group = image % c.groups;
    const int64_t c0 = task % parts * channels, count = least(channels, c.channels - c0), depth = count * s.elements;
    const Matrix weight = {c.weight + group * c.outputs * s.depth + c0 * s.elements, 1, s.depth};
    const float* const y = c.y + image * c.outputs * s.places;
    float* const out = c.out + (image * c.channels + c0) * p.h * p.w;
    if (s.plain) return product(c, depth, s.places, c.outputs, weight, {y, s.places, 1}, false, out, s.places);
    clearRun(count * p.h * p.w, out);
    float* const columns = scratch(Slot::kernel, static_cast<size_t>(depth * s.apart));
    for (int64_t y0 = 0; y0 < p.oh; y0 += s.rows) {
      const int64_t y1 = least(p.oh, y0 + s.rows);
      product(c, depth, (y1 - y0) * p.ow, c.outputs, weight, {y + y0 * p.ow, s.places, 1}, false, columns, s.apart);
      fold(p, columns, s.apart, count, y0, y1, out);
    }
  });
}

/** Sums the transposed gradient over each part of the samples, then adds the sums of the parts. */
void conv2dGradWeight(const Conv& c) {
  const Patches& p = c.patches;
  const Sizes s(c, 1);
  const int64_t whole = s.depth * c.outputs;
  const int64_t channels = whole <= weightFloats ? c.channels : most(1, weightFloats / (s.elements * c.outputs));
  const int64_t parts = partsOf(c.channels, most(channels, 1));
  const int64_t sampleParts = most(1, least(c.samples, samplePartsWanted / (parts * c.groups)));
  const int64_t samples = partsOf(c.samples, sampleParts);
  float* const sums = scratch(Slot::shared, static_cast<size_t>(sampleParts * c.groups * whole));
  forTasks(sampleParts * c.groups * parts, s.flops, [&](int64_t task) {
    const int64_t samplePart = task / (c.groups * parts), group = task / parts % c.groups;
    const int64_t c0 = task % parts * channels, count = least(channels, c.channels - c0), depth = count * s.elements;
    float* const sum = sums + (samplePart * c.groups + group) * whole + c0 * s.elements * c.outputs;
    float* const columns = s.plain ? nullptr : scratch(Slot::kernel, static_cast<size_t>(depth * s.apart));
    const int64_t first = samplePart * samples, end = least(c.samples, first + samples);
    if (first >= end || s.places == 0) clearRun(depth * c.outputs, sum);
    for (int64_t sample = first; sample < end; sample++) {
      const int64_t image = sample * c.groups + group;
      const float* const x = c.x + (image * c.channels + c0) * p.h * p.w;
      for (int64_t y0 = 0; y0 < p.oh; y0 += s.rows) {
        const int64_t y1 = least(p.oh, y0 + s.rows);
        Matrix a = {x + y0 * p.w, p.h * p.w, 1};
        if (!s.plain) {
          unfold(p, x, count, y0, y1, columns, s.apart);
          a = {columns, s.apart, 1};
        }
        const Matrix b = {c.y + image * c.outputs * s.places + y0 * p.ow, 1, s.places};
        product(c, depth, c.outputs, (y1 - y0) * p.ow, a, b, sample > first || y0 > 0, sum, c.outputs);
      }
    }
  });
  forTasks(c.groups * s.depth, sampleParts * c.groups * whole, [&](int64_t task) {
    const int64_t group = task / s.depth, at = task % s.depth;
    float* const sum = sums + (group * s.depth + at) * c.outputs;
    for (int64_t part = 1; part < sampleParts; part++) addRun(c.outputs, sum + part * c.groups * whole, sum, 1);
    float* const out = c.out + group * whole + at;
    if (c.accumulate)
      for (int64_t o = 0; o < c.outputs; o++) out[o * s.depth] += sum[o];
    else
      for (int64_t o = 0; o < c.outputs; o++) out[o * s.depth] = sum[o];
  });
}

}  // namespace

void addConv(Isa& isa) {
  isa.conv2d = conv2d;
  isa.conv2dGradInput = conv2dGradInput;
  isa.conv2dGradWeight = conv2dGradWeight;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
