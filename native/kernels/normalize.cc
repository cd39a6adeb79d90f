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

// Rows of one block go W at a time, one in each lane of their statistics: the ends of the folds and the
// arithmetic of a row, chains of a few instructions that wait for each other, are then shared. They are in
// single precision; those of longer rows are in double precision.

/** Rows that are in L1 between their statistics and their output. */
int64_t rowsAtOnce(int64_t length) {
  const int64_t fit = 2 * foldBlock / (length > 0 ? length : 1);
  return fit < 1 ? 1 : fit < W ? fit : W;
}

/** Prefetches n floats. They may be beyond the end of their array: a prefetch never faults. */
SIMD_INLINE void fetch(const float* x, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) __builtin_prefetch(x + i);
}

/** Lane r is the sum over row r < rows of what `add` adds to the virtual lanes. */
template <class F>
SIMD_INLINE Vec sumRows(int64_t rows, F add) {
  Vec parts[W];
#pragma GCC unroll 1
  for (int64_t r = 0; r < W; r++) {
    if (r >= rows) {
      parts[r] = zero();
      continue;
    }
    Vec sums[laneVectors];
    clear(sums);
    add(r, sums);
    parts[r] = halved(sums);
  }
  return halveEach(parts);
}

/** Mean and variance of each of `rows` rows of one block. */
SIMD_INLINE void rowMoments(const float* x, int64_t length, int64_t rows, bool centered, Vec& mean, Vec& variance) {
  const Vec inverse = broadcast(1.0f / static_cast<float>(length));
  if (!centered) {
    mean = zero();
    variance = inverse * sumRows(rows, [&](int64_t r, Vec(&sums)[laneVectors]) __attribute__((always_inline)) {
      fetch(x + (rows + r) * length, length);
      forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) {
        const Vec v = load(x + r * length + i, lanes);
        sums[j] = fma(v, v, sums[j]);
      });
    });
    return;
  }
  float near[W];
  const Vec guess = inverse * sumRows(rows, [&](int64_t r, Vec(&sums)[laneVectors]) __attribute__((always_inline)) {
    forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) { sums[j] = sums[j] + load(x + r * length + i, lanes); });
  });
  store(near, guess);
  Vec squares[W];
  const Vec distances = sumRows(rows, [&](int64_t r, Vec(&sums)[laneVectors]) __attribute__((always_inline)) {
    fetch(x + (rows + r) * length, length);
    Vec square[laneVectors];
    clear(square);
    forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) {
      const Vec distance = kept(load(x + r * length + i, lanes) - broadcast(near[r]), lanes);
      sums[j] = sums[j] + distance;
      square[j] = fma(distance, distance, square[j]);
    });
    squares[r] = halved(square);
  });
  for (int64_t r = rows; r < W; r++) squares[r] = zero();
  const Vec rest = fnma(distances * inverse, distances, halveEach(squares));
  mean = select(eq(guess - guess, zero()), fma(distances, inverse, guess), guess);
  variance = max(zero(), rest * inverse);
}

/** The same of one row of any length. */
void longRowMoments(const float* x, int64_t length, bool centered, float& mean, float& variance) {
  Moments all;
  for (int64_t b = 0; b < length; b += foldBlock) {
    const int64_t n = length - b < foldBlock ? length - b : foldBlock;
    all.merge(centered ? blockMoments(x + b, 1, 0, n) : blockSquares(x + b, n));
  }
  mean = static_cast<float>(all.mean);
  variance = static_cast<float>(all.squares / all.count);
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
    float mean[W], variance[W], scale[W];
    for (int64_t r = static_cast<int64_t>(begin), count; r < static_cast<int64_t>(end); r += count) {
      count = static_cast<int64_t>(end) - r < together ? static_cast<int64_t>(end) - r : together;
      if (length > 0 && length <= foldBlock) {
        Vec means, variances;
        rowMoments(n.x + r * length, length, count, n.mean != nullptr, means, variances);
        store(mean, means);
        store(variance, variances);
      } else {
        longRowMoments(n.x + r * length, length, n.mean != nullptr, mean[0], variance[0]);
        for (int64_t i = 1; i < count; i++) mean[i] = mean[0], variance[i] = variance[0];  // without elements
      }
      for (int64_t i = 0; i < count; i++) {
        if (n.mean) n.mean[r + i] = mean[i];
        n.variance[r + i] = variance[i];
        scale[i] = inverseRoot(variance[i], n.eps);
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
  float mean, scale, shift, slope;
};

SIMD_INLINE Vec gradient(Vec h, Vec distance, Vec scale, Vec shift, Vec slope) { return fnma(distance, slope, h - shift) * scale; }

Row rowOf(const Normalize& n, int64_t row, const Products& h) {
  const float scale = inverseRoot(n.variance[row], n.eps);
  const double inverse = 1 / static_cast<double>(n.channels * n.inner), square = static_cast<double>(scale) * static_cast<double>(scale);
  return {n.mean ? n.mean[row] : 0.0f, scale, n.mean ? static_cast<float>(h.sum * inverse) : 0.0f, static_cast<float>(h.product * square * inverse)};
}

// Rows with a weight for each element (inner = 1). The gradients of weight and bias are sums over the
// samples: in order within blocks of 16384 elements, but at least 4 and at most 128 samples. Then
// neighbouring blocks are added in pairs, these sums in pairs, and so on.

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

/** Rows of one group, of consecutive samples. */
struct Rows {
  int64_t length, stride, count;
  const float *x, *g, *weight;
  float* out;
  Row row[W];
};

/** Computes `row` of rows of one block. */
void findRows(const Normalize& n, Rows& to, int64_t first) {
  const int64_t length = to.length, stride = to.stride;
  for (int64_t r = 0; r < to.count; r++) to.row[r] = rowOf(n, first + r * n.groups, {});
  if (!to.out || length == 0) return;
  if (length > foldBlock) {
    for (int64_t r = 0; r < to.count; r++)
      to.row[r] = rowOf(n, first + r * n.groups, rowProducts(to.x + r * stride, to.g + r * stride, to.weight, broadcast(to.row[r].mean), length));
    return;
  }
  Vec products[W];
  const Vec sums = sumRows(to.count, [&](int64_t r, Vec(&sums)[laneVectors]) __attribute__((always_inline)) {
    const float *x = to.x + r * stride, *g = to.g + r * stride, *weight = to.weight;
    fetch(x + to.count * stride, length);
    fetch(g + to.count * stride, length);
    const Vec mean = broadcast(to.row[r].mean);
    Vec product[laneVectors];
    clear(product);
    forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) {
      const Vec h = weight ? load(g + i, lanes) * load(weight + i, lanes) : load(g + i, lanes);
      sums[j] = sums[j] + h;
      product[j] = fma(h, kept(load(x + i, lanes) - mean, lanes), product[j]);
    });
    products[r] = halved(product);
  });
  for (int64_t r = to.count; r < W; r++) products[r] = zero();
  float shift[W], slope[W];
  const Vec inverse = broadcast(1.0f / static_cast<float>(length));
  store(shift, sums * inverse);
  store(slope, halveEach(products) * inverse);
  for (int64_t r = 0; r < to.count; r++) {
    if (n.mean) to.row[r].shift = shift[r];
    to.row[r].slope = slope[r] * to.row[r].scale * to.row[r].scale;
  }
}

/** The gradient of R rows of x, from row `from`. Adds their parts of the other gradients to the sums. */
template <int R, bool summed>
void gradRows(const Rows& rows, int64_t from, float* weightSums, float* biasSums) {
  const int64_t stride = rows.stride;
  const float *x = rows.x + from * stride, *g = rows.g + from * stride, *weight = rows.weight;
  float* const out = rows.out ? rows.out + from * stride : nullptr;
  const Row* const row = rows.row + from;
  forVectors(static_cast<size_t>(rows.length), [&](size_t i, auto lanes) __attribute__((always_inline)) {
    const Vec w = weight ? load(weight + i, lanes) : broadcast(1.0f);
    Vec weightSum = summed ? load(weightSums + i, lanes) : zero(), biasSum = summed ? load(biasSums + i, lanes) : zero();
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) {
      const Vec given = load(g + r * stride + static_cast<int64_t>(i), lanes), scale = broadcast(row[r].scale);
      const Vec distance = load(x + r * stride + static_cast<int64_t>(i), lanes) - broadcast(row[r].mean);
      if (summed) {
        weightSum = fma(given, distance * scale, weightSum);
        biasSum = biasSum + given;
      }
      if (out) store(out + r * stride + static_cast<int64_t>(i), gradient(given * w, distance, scale, broadcast(row[r].shift), broadcast(row[r].slope)), lanes);
    }
    if (summed) {
      store(weightSums + i, weightSum, lanes);
      store(biasSums + i, biasSum, lanes);
    }
  });
}

template <bool summed>
void gradBlock(const Normalize& n, int64_t group, int64_t sample, int64_t count, float* weightSums, float* biasSums) {
  if (summed) {
    __builtin_memset(weightSums, 0, static_cast<size_t>(n.channels) * sizeof(float));
    __builtin_memset(biasSums, 0, static_cast<size_t>(n.channels) * sizeof(float));
  }
  const int64_t together = rowsAtOnce(4 * n.channels), end = sample + count;
  Rows rows;
  rows.length = n.channels, rows.stride = n.groups * n.channels;
  rows.weight = n.weight ? n.weight + group * n.channels : nullptr;
  for (int64_t s = sample; s < end; s += together) {
    const int64_t first = s * n.groups + group;
    rows.count = end - s < together ? end - s : together;
    rows.x = n.x + first * n.channels, rows.g = n.g + first * n.channels;
    rows.out = n.out ? n.out + first * n.channels : nullptr;
    findRows(n, rows, first);
    int64_t r = 0;
    for (; r + 4 <= rows.count; r += 4) gradRows<4, summed>(rows, r, weightSums, biasSums);
    for (; r < rows.count; r++) gradRows<1, summed>(rows, r, weightSums, biasSums);
  }
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
  if (summed && !sums) return;
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
  const Vec scale = broadcast(r.scale), shift = broadcast(r.shift), slope = broadcast(r.slope);
  float* out = n.out + start;
  for (int64_t c = 0; c < n.channels; c++, x += n.inner, g += n.inner, out += n.inner) {
    const Vec w = broadcast(n.weight ? n.weight[first + c] : 1.0f);
    forVectors(static_cast<size_t>(n.inner), [&](size_t i, auto lanes) { store(out + i, gradient(load(g + i, lanes) * w, load(x + i, lanes) - mean, scale, shift, slope), lanes); });
  }
}

void gradByPlanes(const Normalize& n) {
  const int64_t rows = n.samples * n.groups, params = n.groups * n.channels, planes = rows * n.channels;
  const bool summed = n.gWeight || n.gBias;
  float* const products = summed ? scratch(Slot::shared, static_cast<size_t>(2 * planes)) : nullptr;
  if (summed && !products) return;
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
