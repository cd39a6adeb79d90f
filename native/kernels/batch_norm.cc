// Batch normalisation and its gradients: see src/kernels/js/batch-norm.ts. moments.h has the order of the
// sums over the samples and elements of a channel. In a matrix (inner = 1) that is the order of the samples,
// in blocks of 128; there the lanes of a vector are channels.

#include "../simd/streaming_store.h"
#include "../threads/pool.h"
#include "isa.h"
#include "moments.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 8192;
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }

/** Memory for `count` values of each channel. */
float* perChannel(const BatchNorm& b, int64_t count) { return scratch(Slot::shared, static_cast<size_t>(count * b.channels)); }

float weightOf(const BatchNorm& b, int64_t c) { return b.weight ? b.weight[c] : 1.0f; }
float scaleOf(const BatchNorm& b, int64_t c) { return weightOf(b, c) * inverseRoot(b.variance[c], b.eps); }

// --- columns of a matrix (inner = 1) -----------------------------------------------------------------------

constexpr int tileVectors = 4;

/** Calls f(column, Place<vectors>, lanes of the last vector) for the tiles of all columns. */
template <class F>
void forTiles(const BatchNorm& b, F f) {
  constexpr int64_t columns = tileVectors * W;
  const int64_t tiles = (b.channels + columns - 1) / columns;
  parallelFor(static_cast<size_t>(tiles), static_cast<size_t>(grainOf(b.samples * columns)), [&](size_t begin, size_t end) {
    for (int64_t t = static_cast<int64_t>(begin); t < static_cast<int64_t>(end); t++) {
      const int64_t left = b.channels - t * columns, wide = left < columns ? left : columns, vectors = (wide + W - 1) / W;
      const int lanes = static_cast<int>(wide - (vectors - 1) * W);
      if (vectors == 4) f(t * columns, Place<4>{}, lanes);
      else if (vectors == 3) f(t * columns, Place<3>{}, lanes);
      else if (vectors == 2) f(t * columns, Place<2>{}, lanes);
      else f(t * columns, Place<1>{}, lanes);
    }
  });
}

/** v-th vector of N at p; the last has `lanes` lanes. */
template <int N>
SIMD_INLINE Vec loadPart(const float* p, int v, int lanes) {
  return v < N - 1 ? load(p + v * W) : load(p + v * W, lanes);
}

/** Σ a and Σ b over rows, where f(row, v) gives a and b of vector v. */
template <int N, class F>
SIMD_INLINE void sumRows(int64_t rows, float* sumsA, float* sumsB, F f) {
  Vec a[N], b[N];
  for (int v = 0; v < N; v++) a[v] = b[v] = zero();
  for (int64_t r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < N; v++) f(r, v, a[v], b[v]);
  for (int v = 0; v < N; v++) {
    store(sumsA + v * W, a[v]);
    store(sumsB + v * W, b[v]);
  }
}

template <int N>
void columnMoments(const float* x, int64_t samples, int64_t stride, int lanes, Moments* moments) {
  float near[N * W], distances[N * W], squares[N * W];
  const int columns = (N - 1) * W + lanes;
  for (int64_t s = 0; s < samples; s += mostPieces) {
    const float* rows = x + s * stride;
    const int64_t count = samples - s < mostPieces ? samples - s : mostPieces;
    const double n = static_cast<double>(count), inverse = 1 / n;
    sumRows<N>(count, near, squares, [&](int64_t r, int v, Vec& sum, Vec&) __attribute__((always_inline)) { sum = sum + loadPart<N>(rows + r * stride, v, lanes); });
    for (int c = 0; c < N * W; c++) near[c] = static_cast<float>(static_cast<double>(near[c]) * inverse);
    sumRows<N>(count, distances, squares, [&](int64_t r, int v, Vec& sum, Vec& square) __attribute__((always_inline)) {
      const Vec distance = loadPart<N>(rows + r * stride, v, lanes) - load(near + v * W);
      sum = sum + distance;
      square = fma(distance, distance, square);
    });
    for (int c = 0; c < columns; c++) moments[c].merge(momentsNear(near[c], distances[c], squares[c], n, inverse));
  }
}

template <int N>
void columnProducts(const float* x, const float* g, const float* mean, int64_t samples, int64_t stride, int lanes, Products* products) {
  float sums[N * W], parts[N * W];
  const int columns = (N - 1) * W + lanes;
  for (int64_t s = 0; s < samples; s += mostPieces) {
    const int64_t count = samples - s < mostPieces ? samples - s : mostPieces;
    sumRows<N>(count, sums, parts, [&](int64_t r, int v, Vec& sum, Vec& product) __attribute__((always_inline)) {
      const int64_t at = (s + r) * stride;
      const Vec given = loadPart<N>(g + at, v, lanes);
      sum = sum + given;
      product = fma(given, loadPart<N>(x + at, v, lanes) - loadPart<N>(mean, v, lanes), product);
    });
    for (int c = 0; c < columns; c++) products[c].add({static_cast<double>(sums[c]), static_cast<double>(parts[c])});
  }
}

/** Calls f(row, i, lanes) for the vectors of all rows. */
template <class F>
void forRows(const BatchNorm& b, F f) {
  parallelFor(static_cast<size_t>(b.samples), static_cast<size_t>(grainOf(b.channels)), [&](size_t begin, size_t end) {
    for (int64_t s = static_cast<int64_t>(begin); s < static_cast<int64_t>(end); s++)
      forVectors(static_cast<size_t>(b.channels), [&](size_t i, auto lanes) __attribute__((always_inline)) { f(s * b.channels, i, lanes); });
  });
}

// --- forward -----------------------------------------------------------------------------------------------

/** Stores the statistics of a channel, and moves the running ones. */
void settleStatistics(const BatchNorm& b, int64_t c, const Moments& m, double rate) {
  b.mean[c] = static_cast<float>(m.mean);
  b.variance[c] = static_cast<float>(m.squares / m.count);
  const auto move = [&](float* running, double value) {
    if (running) running[c] = static_cast<float>((1 - rate) * static_cast<double>(running[c]) + rate * value);
  };
  move(b.runningMean, m.mean);
  move(b.runningVar, m.squares / (m.count - 1));
}

/** One channel of one sample. */
SIMD_INLINE void writePlane(const BatchNorm& b, int64_t sample, int64_t c, float scale, bool past) {
  const int64_t at = (sample * b.channels + c) * b.inner;
  const float* const x = b.x + at;
  const Vec mean = broadcast(b.mean[c]), a = broadcast(scale), bias = broadcast(b.bias ? b.bias[c] : 0.0f);
  const bool shifted = b.bias;
  storeVectors(b.out + at, static_cast<size_t>(b.inner), past, [&](size_t i, auto lanes) __attribute__((always_inline)) {
    const Vec distance = load(x + i, lanes) - mean;
    return shifted ? fma(distance, a, bias) : distance * a;
  });
}

bool goesPastAll(const BatchNorm& b) { return goesPast(b.samples * b.channels * b.inner, b.out, {b.x}); }

void writeRows(const BatchNorm& b) {
  float* const scales = perChannel(b, 1);
  if (!scales) return;
  for (int64_t c = 0; c < b.channels; c++) scales[c] = scaleOf(b, c);
  forRows(b, [&](int64_t row, size_t i, auto lanes) __attribute__((always_inline)) {
    const Vec distance = load(b.x + row + i, lanes) - load(b.mean + i, lanes), a = load(scales + i, lanes);
    store(b.out + row + i, b.bias ? fma(distance, a, load(b.bias + i, lanes)) : distance * a, lanes);
  });
}

void batchNormEval(const BatchNorm& b) {
  if (b.inner == 1) return writeRows(b);
  float* const scales = perChannel(b, 1);
  if (!scales) return;
  for (int64_t c = 0; c < b.channels; c++) scales[c] = scaleOf(b, c);
  const bool past = goesPastAll(b);
  parallelFor(static_cast<size_t>(b.samples * b.channels), static_cast<size_t>(grainOf(b.inner)), [&](size_t begin, size_t end) {
    for (int64_t p = static_cast<int64_t>(begin); p < static_cast<int64_t>(end); p++)
      writePlane(b, p / b.channels, p % b.channels, scales[p % b.channels], past);
    if (past) fencePast();
  });
}

void batchNorm(const BatchNorm& b) {
  if (b.count) ++*b.count;
  const double rate = b.cumulative && b.count ? 1.0 / *b.count : b.momentum;
  if (b.inner == 1) {
    forTiles(b, [&](int64_t column, auto vectors, int lanes) {
      Moments moments[tileVectors * W];
      columnMoments<vectors>(b.x + column, b.samples, b.channels, lanes, moments);
      for (int c = 0; c < (vectors - 1) * W + lanes; c++) settleStatistics(b, column + c, moments[c], rate);
    });
    return writeRows(b);
  }
  const bool past = goesPastAll(b);
  const int64_t stride = b.channels * b.inner;
  parallelFor(static_cast<size_t>(b.channels), static_cast<size_t>(grainOf(b.samples * b.inner)), [&](size_t begin, size_t end) {
    for (int64_t c = static_cast<int64_t>(begin); c < static_cast<int64_t>(end); c++) {
      Moments moments;
      forBlocks(b.samples, b.inner, [&](int64_t sample, int64_t offset, int64_t pieces, int64_t length) {
        moments.merge(blockMoments(b.x + sample * stride + c * b.inner + offset, pieces, stride, length));
      });
      settleStatistics(b, c, moments, rate);
      const float scale = scaleOf(b, c);
      for (int64_t s = 0; s < b.samples; s++) writePlane(b, s, c, scale, past);
    }
    if (past) fencePast();
  });
}

// --- gradients ---------------------------------------------------------------------------------------------
//
// With the distances d of x from the mean: out = (g - shift - d · slope) · scale, where in training shift is
// the mean of g, and slope = Σ g d / (n (variance + eps)); otherwise both are 0.

struct Line {
  float scale, shift, slope;
};

/** Stores the gradients of weight and bias, and returns what determines that of x. */
Line settleProducts(const BatchNorm& b, int64_t c, const Products& products) {
  const double root = static_cast<double>(inverseRoot(b.variance[c], b.eps)), n = static_cast<double>(b.samples * b.inner);
  const auto settle = [&](float* out, bool add, double sum) {
    if (out) out[c] = static_cast<float>(add ? static_cast<double>(out[c]) + sum : sum);
  };
  settle(b.gWeight, b.addWeight, products.product * root);
  settle(b.gBias, b.addBias, products.sum);
  if (!b.training) return {scaleOf(b, c), 0, 0};
  return {scaleOf(b, c), static_cast<float>(products.sum / n), static_cast<float>(products.product * root * root / n)};
}

SIMD_INLINE Vec gradient(Vec given, Vec distance, Vec scale, Vec shift, Vec slope) { return fnma(distance, slope, given - shift) * scale; }

void gradColumns(const BatchNorm& b) {
  const int64_t channels = b.channels;
  float* const scales = perChannel(b, 3);
  if (!scales) return;
  float *const shifts = scales + channels, *const slopes = shifts + channels;
  forTiles(b, [&](int64_t column, auto vectors, int lanes) {
    Products products[tileVectors * W];
    columnProducts<vectors>(b.x + column, b.g + column, b.mean + column, b.samples, channels, lanes, products);
    for (int c = 0; c < (vectors - 1) * W + lanes; c++) {
      const Line line = settleProducts(b, column + c, products[c]);
      scales[column + c] = line.scale, shifts[column + c] = line.shift, slopes[column + c] = line.slope;
    }
  });
  if (!b.out) return;
  forRows(b, [&](int64_t row, size_t i, auto lanes) __attribute__((always_inline)) {
    const Vec distance = load(b.x + row + i, lanes) - load(b.mean + i, lanes);
    store(b.out + row + i, gradient(load(b.g + row + i, lanes), distance, load(scales + i, lanes), load(shifts + i, lanes), load(slopes + i, lanes)), lanes);
  });
}

void gradChannel(const BatchNorm& b, int64_t c) {
  const int64_t stride = b.channels * b.inner;
  const float *x = b.x + c * b.inner, *g = b.g + c * b.inner;
  const Vec mean = broadcast(b.mean[c]);
  Products products;
  if (b.training || b.gWeight || b.gBias)
    forBlocks(b.samples, b.inner, [&](int64_t sample, int64_t offset, int64_t pieces, int64_t length) {
      const int64_t at = sample * stride + offset;
      products.add(blockProducts<false>(x + at, g + at, nullptr, mean, pieces, stride, length));
    });
  const Line line = settleProducts(b, c, products);
  if (!b.out) return;
  const Vec scale = broadcast(line.scale), shift = broadcast(line.shift), slope = broadcast(line.slope);
  float* out = b.out + c * b.inner;
  for (int64_t s = 0; s < b.samples; s++, x += stride, g += stride, out += stride)
    forVectors(static_cast<size_t>(b.inner), [&](size_t i, auto lanes) __attribute__((always_inline)) {
      store(out + i, gradient(load(g + i, lanes), load(x + i, lanes) - mean, scale, shift, slope), lanes);
    });
}

void batchNormGrad(const BatchNorm& b) {
  if (b.inner == 1) return gradColumns(b);
  parallelFor(static_cast<size_t>(b.channels), static_cast<size_t>(grainOf(b.samples * b.inner)), [&](size_t begin, size_t end) {
    for (size_t c = begin; c < end; c++) gradChannel(b, static_cast<int64_t>(c));
  });
}

}  // namespace

void addBatchNorm(Isa& isa) {
  isa.batchNorm = batchNorm;
  isa.batchNormEval = batchNormEval;
  isa.batchNormGrad = batchNormGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
