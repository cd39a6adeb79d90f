// Normalisation over the channels and elements of each group of a sample, and its gradients: see
// src/kernels/js/normalize.ts. A row is a group of a sample; its elements are contiguous. moments.h has the
// order of the sums over a row.

#include "../simd/streaming_store.h"
#include "../threads/pool.h"
#include "isa.h"
#include "moments.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 8192;
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }

/** Rows that are in L1 between their statistics and their output. */
constexpr int64_t mostRows = 16;
int64_t rowsAtOnce(int64_t length) {
  const int64_t fit = foldBlock / (length > 0 ? length : 1);
  return fit < 1 ? 1 : fit < mostRows ? fit : mostRows;
}

Moments rowMoments(const float* x, int64_t length, bool centered) {
  Moments all;
  for (int64_t b = 0; b < length; b += foldBlock) {
    const int64_t n = length - b < foldBlock ? length - b : foldBlock;
    all.merge(centered ? blockMoments(x + b, 1, 0, n) : blockSquares(x + b, n));
  }
  return all;
}

/** One row of the output. `first`: its first channel among those of all groups. */
void writeRow(const Normalize& n, const float* x, int64_t first, float mean, float scale, bool past, float* out) {
  const Vec m = broadcast(mean), s = broadcast(scale);
  const float *weight = n.weight ? n.weight + first : nullptr, *bias = n.bias ? n.bias + first : nullptr;
  if (n.inner == 1) {
    storeVectors(out, static_cast<size_t>(n.channels), past, [&](size_t i, auto lanes) __attribute__((always_inline)) {
      const Vec y = (load(x + i, lanes) - m) * s;
      if (weight && bias) return fma(y, load(weight + i, lanes), load(bias + i, lanes));
      return weight ? y * load(weight + i, lanes) : bias ? y + load(bias + i, lanes) : y;
    });
    return;
  }
  for (int64_t c = 0; c < n.channels; c++, x += n.inner, out += n.inner) {
    const Vec a = broadcast(weight ? scale * weight[c] : scale), b = broadcast(bias ? bias[c] : 0.0f);
    storeVectors(out, static_cast<size_t>(n.inner), past, [&](size_t i, auto lanes) __attribute__((always_inline)) {
      const Vec distance = load(x + i, lanes) - m;
      return bias ? fma(distance, a, b) : distance * a;
    });
  }
}

void normalize(const Normalize& n) {
  const int64_t length = n.channels * n.inner, rows = n.samples * n.groups, together = rowsAtOnce(length);
  const bool past = goesPast(rows * length, n.out, {n.x});
  parallelFor(static_cast<size_t>(rows), static_cast<size_t>(grainOf(length)), [&](size_t begin, size_t end) {
    float mean[mostRows], scale[mostRows];
    for (int64_t r = static_cast<int64_t>(begin), count; r < static_cast<int64_t>(end); r += count) {
      count = static_cast<int64_t>(end) - r < together ? static_cast<int64_t>(end) - r : together;
      for (int64_t i = 0; i < count; i++) {
        const Moments moments = rowMoments(n.x + (r + i) * length, length, n.mean != nullptr);
        mean[i] = static_cast<float>(moments.mean);
        if (n.mean) n.mean[r + i] = mean[i];
        n.variance[r + i] = static_cast<float>(moments.squares / moments.count);
        scale[i] = inverseRoot(n.variance[r + i], n.eps);
      }
      for (int64_t i = 0; i < count; i++)
        writeRow(n, n.x + (r + i) * length, (r + i) % n.groups * n.channels, mean[i], scale[i], past, n.out + (r + i) * length);
    }
    if (past) fencePast();
  });
}

// --- gradients ---------------------------------------------------------------------------------------------
//
// With h = g · weight and the distances d of x from the mean: out = (h - mean(h) - d · slope) · scale, where
// slope = Σ h d · scale² / n.

struct Row {
  Vec mean, scale, shift, slope;
};

Row rowOf(const Normalize& n, int64_t row, const Products& h) {
  const float scale = inverseRoot(n.variance[row], n.eps);
  const double inverse = 1 / static_cast<double>(n.channels * n.inner), square = static_cast<double>(scale) * static_cast<double>(scale);
  return {broadcast(n.mean ? n.mean[row] : 0.0f), broadcast(scale), broadcast(n.mean ? static_cast<float>(h.sum * inverse) : 0.0f),
          broadcast(static_cast<float>(h.product * square * inverse))};
}

SIMD_INLINE Vec gradient(const Row& row, Vec h, Vec distance) { return fnma(distance, row.slope, h - row.shift) * row.scale; }

// Rows with a weight for each element (inner = 1). The gradients of weight and bias are sums over the samples:
// in order within blocks of samples, whose number depends on the length of a row; then neighbouring blocks are
// added in pairs, these sums in pairs, and so on.

constexpr int64_t leastBlockRows = 4, mostBlockRows = 128, blockElements = 16384;
int64_t blockRowsOf(int64_t length) {
  const int64_t fit = blockElements / (length > 0 ? length : 1);
  return fit < leastBlockRows ? leastBlockRows : fit < mostBlockRows ? fit : mostBlockRows;
}

Products rowProducts(const float* x, const float* g, const float* weight, Vec mean, int64_t length) {
  Products all;
  for (int64_t b = 0; b < length; b += foldBlock) {
    const int64_t n = length - b < foldBlock ? length - b : foldBlock;
    all.add(weight ? blockProducts<true>(x + b, g + b, weight + b, mean, 1, 0, n) : blockProducts<false>(x + b, g + b, nullptr, mean, 1, 0, n));
  }
  return all;
}

/** R rows of the gradient of x, and their parts of the other gradients, which are added to `sums`. */
template <int R, bool summed>
void gradRows(const Normalize& n, int64_t first, int64_t row, int64_t stride, float* weightSums, float* biasSums) {
  const int64_t length = n.channels;
  const float *x = n.x + row * length, *g = n.g + row * length, *weight = n.weight ? n.weight + first : nullptr;
  float* const out = n.out ? n.out + row * length : nullptr;
  Row rows[R];
  for (int r = 0; r < R; r++) {
    const int64_t at = row + r * n.groups;
    rows[r].mean = broadcast(n.mean ? n.mean[at] : 0.0f);
    const Products h = out ? rowProducts(x + r * stride, g + r * stride, weight, rows[r].mean, length) : Products{};
    rows[r] = rowOf(n, at, h);
  }
  forVectors(static_cast<size_t>(length), [&](size_t i, auto lanes) __attribute__((always_inline)) {
    const Vec w = weight ? load(weight + i, lanes) : broadcast(1.0f);
    Vec weightSum = summed ? load(weightSums + i, lanes) : zero(), biasSum = summed ? load(biasSums + i, lanes) : zero();
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) {
      const Vec given = load(g + r * stride + static_cast<int64_t>(i), lanes);
      const Vec distance = load(x + r * stride + static_cast<int64_t>(i), lanes) - rows[r].mean;
      if (summed) {
        weightSum = fma(given, distance * rows[r].scale, weightSum);
        biasSum = biasSum + given;
      }
      if (out) store(out + r * stride + static_cast<int64_t>(i), gradient(rows[r], given * w, distance), lanes);
    }
    if (summed) {
      store(weightSums + i, weightSum, lanes);
      store(biasSums + i, biasSum, lanes);
    }
  });
}

template <bool summed>
void gradBlock(const Normalize& n, int64_t group, int64_t sample, int64_t count, float* weightSums, float* biasSums) {
  constexpr int together = 4;
  const int64_t stride = n.groups * n.channels, first = group * n.channels;
  if (summed) {
    __builtin_memset(weightSums, 0, static_cast<size_t>(n.channels) * sizeof(float));
    __builtin_memset(biasSums, 0, static_cast<size_t>(n.channels) * sizeof(float));
  }
  int64_t s = sample;
  for (; s + together <= sample + count; s += together) gradRows<together, summed>(n, first, s * n.groups + group, stride, weightSums, biasSums);
  for (; s < sample + count; s++) gradRows<1, summed>(n, first, s * n.groups + group, stride, weightSums, biasSums);
}

/** out (+)= Σ over the blocks, whose sums are `stride` apart, neighbours first; overwrites the sums. */
void settle(float* sums, int64_t blocks, int64_t stride, int64_t begin, int64_t end, bool add, float* out) {
  if (!out) return;
  const size_t n = static_cast<size_t>(end - begin);
  for (int64_t step = 1; step < blocks; step *= 2)
    for (int64_t b = 0; b + step < blocks; b += 2 * step) {
      float* const into = sums + b * stride + begin;
      forVectors(n, [&](size_t i, auto lanes) { store(into + i, load(into + i, lanes) + load(into + step * stride + static_cast<int64_t>(i), lanes), lanes); });
    }
  forVectors(n, [&](size_t i, auto lanes) {
    const Vec sum = load(sums + begin + i, lanes);
    store(out + begin + i, add ? load(out + begin + i, lanes) + sum : sum, lanes);
  });
}

void gradByRows(const Normalize& n) {
  const int64_t per = blockRowsOf(n.channels), blocks = (n.samples + per - 1) / per, params = n.groups * n.channels;
  const bool summed = n.gWeight || n.gBias;
  float* const sums = summed ? scratch(Slot::shared, static_cast<size_t>((blocks > 0 ? blocks : 1) * 2 * params)) : nullptr;
  if (blocks == 0 && summed) __builtin_memset(sums, 0, static_cast<size_t>(2 * params) * sizeof(float));
  parallelFor(static_cast<size_t>(blocks * n.groups), 1, [&](size_t begin, size_t end) {
    for (int64_t t = static_cast<int64_t>(begin); t < static_cast<int64_t>(end); t++) {
      const int64_t block = t / n.groups, group = t % n.groups, sample = block * per;
      const int64_t count = n.samples - sample < per ? n.samples - sample : per;
      float* const at = summed ? sums + block * 2 * params + group * n.channels : nullptr;
      if (summed) gradBlock<true>(n, group, sample, count, at, at + params);
      else gradBlock<false>(n, group, sample, count, nullptr, nullptr);
    }
  });
  if (!summed) return;
  parallelFor(static_cast<size_t>(params), static_cast<size_t>(grainOf(2 * blocks)), [&](size_t begin, size_t end) {
    settle(sums, blocks, 2 * params, static_cast<int64_t>(begin), static_cast<int64_t>(end), n.addWeight, n.gWeight);
    settle(sums + params, blocks, 2 * params, static_cast<int64_t>(begin), static_cast<int64_t>(end), n.addBias, n.gBias);
  });
}

// Rows whose channels have several elements each. The gradients of weight and bias are sums, over the samples
// in order and in double precision, of the sums of each channel of each sample.

void gradPlanes(const Normalize& n, int64_t row, float* products, float* sums) {
  const int64_t first = row % n.groups * n.channels, start = row * n.channels * n.inner;
  const float *x = n.x + start, *g = n.g + start;
  const Vec mean = broadcast(n.mean ? n.mean[row] : 0.0f);
  Products all;
  for (int64_t c = 0; c < n.channels; c++) {
    const Products plane = rowProducts(x + c * n.inner, g + c * n.inner, nullptr, mean, n.inner);
    const double w = n.weight ? static_cast<double>(n.weight[first + c]) : 1;
    all.add({plane.sum * w, plane.product * w});
    if (!sums) continue;
    products[c] = static_cast<float>(plane.product * static_cast<double>(inverseRoot(n.variance[row], n.eps)));
    sums[c] = static_cast<float>(plane.sum);
  }
  if (!n.out) return;
  const Row r = rowOf(n, row, all);
  float* out = n.out + start;
  for (int64_t c = 0; c < n.channels; c++, x += n.inner, g += n.inner, out += n.inner) {
    const Vec w = broadcast(n.weight ? n.weight[first + c] : 1.0f);
    forVectors(static_cast<size_t>(n.inner), [&](size_t i, auto lanes) { store(out + i, gradient(r, load(g + i, lanes) * w, load(x + i, lanes) - mean), lanes); });
  }
}

void gradByPlanes(const Normalize& n) {
  const int64_t rows = n.samples * n.groups, params = n.groups * n.channels, planes = rows * n.channels;
  const bool summed = n.gWeight || n.gBias;
  float* const products = summed ? scratch(Slot::shared, static_cast<size_t>(2 * planes)) : nullptr;
  float* const sums = summed ? products + planes : nullptr;
  parallelFor(static_cast<size_t>(rows), static_cast<size_t>(grainOf(n.channels * n.inner)), [&](size_t begin, size_t end) {
    for (int64_t r = static_cast<int64_t>(begin); r < static_cast<int64_t>(end); r++)
      gradPlanes(n, r, summed ? products + r * n.channels : nullptr, summed ? sums + r * n.channels : nullptr);
  });
  const auto overSamples = [&](const float* of, bool add, float* out, int64_t p) {
    if (!out) return;
    double sum = 0;
    for (int64_t s = 0; s < n.samples; s++) sum += static_cast<double>(of[s * params + p]);
    out[p] = static_cast<float>(add ? static_cast<double>(out[p]) + sum : sum);
  };
  if (!summed) return;
  parallelFor(static_cast<size_t>(params), static_cast<size_t>(grainOf(8 * n.samples)), [&](size_t begin, size_t end) {
    for (int64_t p = static_cast<int64_t>(begin); p < static_cast<int64_t>(end); p++) {
      overSamples(products, n.addWeight, n.gWeight, p);
      overSamples(sums, n.addBias, n.gBias, p);
    }
  });
}

void normalizeGrad(const Normalize& n) {
  if (n.inner == 1) gradByRows(n);
  else gradByPlanes(n);
}

}  // namespace

void addNormalize(Isa& isa) {
  isa.normalize = normalize;
  isa.normalizeGrad = normalizeGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
