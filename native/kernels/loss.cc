// Cross-entropy of logits against class indices, with log-softmax in the same pass. src/kernels/js/loss.ts
// defines the semantics.

#include "../simd/columns.h"
#include "../numerics/fold.h"
#include "isa.h"
#include "../numerics/math.h"
#include "../threads/pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** The loss and the divisor of a block of rows, in double precision. */
struct Part {
  double loss, divisor;
};

/** Σ value(i, lanes) over all classes of a row, block by block (fold.h). */
template <class F>
SIMD_INLINE float sumOver(int64_t classes, F value) {
  if (classes <= foldBlock) return fold<SumFold>(classes, value);
  const int64_t blocks = blocksOf(classes);
  float* const parts = scratch(Slot::kernel, static_cast<size_t>(blocks));
  if (!parts) return 0;
  for (int64_t b = 0; b < blocks; b++)
    parts[b] = fold<SumFold>(blockLength(classes, b), [&](int64_t i, auto lanes) { return value(b * foldBlock + i, lanes); });
  return foldParts<SumFold>(parts, blocks);
}

/** The largest logit and log Σ e^(x - largest) of one row. */
void longRow(const float* x, int64_t classes, float& max, float& logSum) {
  // foldRun ignores NaN, but a NaN still reaches the sum.
  max = foldRun<ShiftFold>(x, classes);
  const Vec shift = broadcast(max);
  const float sum = sumOver(classes, [&](int64_t i, auto lanes) { return expNotPositive(load(x + i, lanes) - shift); });
  store(&logSum, log(broadcast(sum)), 1);
}

/**
 * The loss of row r. Adds the weight of its target to `divisor`. Plain means no weights and no smoothing: the
 * same bits, without checking for them in each row.
 */
template <bool Plain>
SIMD_INLINE double rowLoss(const CrossEntropy& c, int64_t r, float max, float logSum, double& divisor) {
  const float* x = c.x + r * c.classes;
  const int64_t t = c.target(r);
  if (t == c.ignoreIndex) return 0;
  const double w = !Plain && c.weight ? c.weight[t] : 1.0;
  divisor += w;
  // ℓ = (x - max) - log Σ: subtracts the large numbers first, so that they cancel.
  double loss = -w * (static_cast<double>(x[t] - max) - logSum);
  if (!Plain && c.smoothing > 0) {
    const Vec shift = broadcast(max);
    const Vec minus = broadcast(logSum);
    const float smooth = sumOver(c.classes, [&](int64_t i, auto lanes) {
      const Vec l = minus - (load(x + i, lanes) - shift);
      return c.weight ? l * load(c.weight + i, lanes) : l;
    });
    loss = (1 - c.smoothing) * loss + c.smoothing / static_cast<double>(c.classes) * smooth;
  }
  return loss;
}

/**
 * The largest logit and log Σ e^(x - largest) of up to W rows of few classes (columns.h). The result of a row
 * does not depend on the number of rows.
 */
SIMD_INLINE void shortRows(const float* x, int64_t classes, int rows, float* max, float* logSum) {
  Columns columns;
  loadColumns(columns, x, classes, rows);
  Vec top = ShiftFold::start(), sum = zero();
  for (int64_t c = 0; c < classes; c++) top = ShiftFold::step(top, columns[c]);
  for (int64_t c = 0; c < classes; c++) sum = sum + expNotPositive(columns[c] - top);
  store(max, top, rows);
  store(logSum, log(sum), rows);
}

/** The losses of rows first … last - 1. It also writes the log-sum-exp of each row to stats. */
template <bool Plain>
SIMD_INLINE Part lossOf(const CrossEntropy& c, int64_t first, int64_t last) {
  Part part = {0, 0};
  float max[W], logSum[W];
  for (int64_t r = first; r < last; r += W) {
    const int rows = static_cast<int>(last - r < W ? last - r : W);
    const float* x = c.x + r * c.classes;
    if (c.classes <= shortRow) shortRows(x, c.classes, rows, max, logSum);
    else
      for (int l = 0; l < rows; l++) longRow(x + l * c.classes, c.classes, max[l], logSum[l]);
    store(c.stats + r, load(max, rows) + load(logSum, rows), rows);
    for (int l = 0; l < rows; l++) {
      const double loss = rowLoss<Plain>(c, r + l, max[l], logSum[l], part.divisor);
      if (c.reduction == LossReduction::none) c.loss[r + l] = static_cast<float>(loss);
      part.loss += loss;
    }
  }
  return part;
}

/** The loss is summed in double: the rows of a block in order, then the blocks in order. */
void crossEntropy(const CrossEntropy& c) {
  constexpr int64_t maxBlocks = 256;
  const int64_t even = (c.rows + maxBlocks - 1) / maxBlocks, block = even < 16 ? 16 : even;
  const int64_t blocks = (c.rows + block - 1) / block;
  Part parts[maxBlocks];
  const int64_t each = block * (c.classes < 16 ? 16 : c.classes);
  parallelFor(static_cast<size_t>(blocks), static_cast<size_t>(each >= 4096 ? 1 : 4096 / each), [&](size_t begin, size_t end) {
    const CrossEntropy own = c;  // a local copy: no store can alias it, so no row reloads it
    const bool plain = !own.weight && own.smoothing <= 0;
    for (size_t b = begin; b < end; b++) {
      const int64_t first = static_cast<int64_t>(b) * block, last = first + block < own.rows ? first + block : own.rows;
      parts[b] = plain ? lossOf<true>(own, first, last) : lossOf<false>(own, first, last);
    }
  });
  Part total = {0, 0};
  for (int64_t b = 0; b < blocks; b++) {
    total.loss += parts[b].loss;
    total.divisor += parts[b].divisor;
  }
  const bool mean = c.reduction == LossReduction::mean;
  c.stats[c.rows] = mean ? static_cast<float>(total.divisor) : 1.0f;
  if (mean) *c.loss = static_cast<float>(total.loss / total.divisor);
  else if (c.reduction == LossReduction::sum) *c.loss = static_cast<float>(total.loss);
}

/**
 * out = p·share - (each·w + own at the target), where p is the softmax and w the weight of a class. The
 * factors are computed in double and rounded once. The product is not rounded, so a row that is almost
 * certain (p = 1 at its target, share = own) gives 0 there.
 */
struct Factors {
  float share, each, own;
};

/** `g` is the gradient with respect to the row's loss; `weights` is the sum of all weights. */
SIMD_INLINE Factors factorsOf(const CrossEntropy& c, double g, double weight, double weights) {
  const double hit = (1 - c.smoothing) * weight, spread = c.smoothing / static_cast<double>(c.classes);
  return {static_cast<float>(g * (hit + spread * weights)), static_cast<float>(g * spread), static_cast<float>(g * hit)};
}

SIMD_INLINE void gradientRow(const CrossEntropy& c, int64_t r, int64_t target, const Factors& f) {
  const float* x = c.x + r * c.classes;
  float* out = c.out + r * c.classes;
  const Vec lse = broadcast(c.stats[r]), share = broadcast(f.share), each = broadcast(f.each), own = broadcast(f.own);
  forVectors(static_cast<size_t>(c.classes), [&](size_t i, auto lanes) {
    Vec less = c.weight ? each * load(c.weight + i, lanes) : each;
    const Mask atTarget = ieq(iota(), broadcastInt(static_cast<int32_t>(target - static_cast<int64_t>(i))));
    less = less + select(atTarget, own, zero());
    store(out + i, fma(exp(load(x + i, lanes) - lse), share, -less), lanes);
  });
}

SIMD_INLINE void clearRow(const CrossEntropy& c, int64_t r) {
  float* out = c.out + r * c.classes;
  forVectors(static_cast<size_t>(c.classes), [&](size_t i, auto lanes) { store(out + i, zero(), lanes); });
}

// Elements of the rows processed together: their temporary values stay in L1.
constexpr int64_t manyElements = 256;

/**
 * The same for contiguous rows that are shorter than a vector and share one f: vectors cross row boundaries.
 * It first writes, for each element, what to subtract inside and outside the exponential. It stores one
 * vector per row; the next row overwrites the excess lanes.
 */
SIMD_INLINE void gradientRows(const CrossEntropy& c, int64_t begin, int64_t end, const Factors& f) {
  float lse[manyElements + W], less[manyElements + W];
  const Vec share = broadcast(f.share);
  const float away = f.each + 0.0f, hit = f.each + f.own;
  const int64_t together = manyElements / c.classes;
  for (int64_t r = begin; r < end; r += together) {
    const int64_t rows = end - r < together ? end - r : together;
    bool all = true;
    for (int64_t l = 0, at = 0; l < rows; l++, at += c.classes) {
      const int64_t t = c.target(r + l);
      store(lse + at, broadcast(c.stats[r + l]));
      store(less + at, broadcast(away));
      if (t == c.ignoreIndex) all = false;
      else less[at + t] = hit;
    }
    const float* x = c.x + r * c.classes;
    float* out = c.out + r * c.classes;
    forVectors(static_cast<size_t>(rows * c.classes), [&](size_t i, auto lanes) {
      store(out + i, fma(exp(load(x + i, lanes) - load(lse + i, lanes)), share, -load(less + i, lanes)), lanes);
    });
    for (int64_t l = 0; l < rows && !all; l++)
      if (c.target(r + l) == c.ignoreIndex) clearRow(c, r + l);
  }
}

void crossEntropyGrad(const CrossEntropy& c) {
  double weights = static_cast<double>(c.classes);
  if (c.weight) {
    weights = 0;
    for (int64_t i = 0; i < c.classes; i++) weights += c.weight[i];
  }
  const bool none = c.reduction == LossReduction::none;
  const double g = none ? 0 : static_cast<double>(*c.g) / c.stats[c.rows];
  const Factors common = factorsOf(c, g, 1, weights);
  const int64_t each = c.classes < 16 ? 16 : c.classes;
  parallelFor(static_cast<size_t>(c.rows), static_cast<size_t>(each >= 8192 ? 1 : 8192 / each), [&](size_t begin, size_t end) {
    const int64_t first = static_cast<int64_t>(begin), last = static_cast<int64_t>(end);
    if (c.classes > 0 && c.classes < W && !none && !c.weight) return gradientRows(c, first, last, common);
    for (int64_t r = first; r < last; r++) {
      const int64_t t = c.target(r);
      if (t == c.ignoreIndex) clearRow(c, r);
      else if (none || c.weight) gradientRow(c, r, t, factorsOf(c, none ? c.g[r] : g, c.weight ? c.weight[t] : 1, weights));
      else gradientRow(c, r, t, common);
    }
  });
}

}  // namespace

void addLoss(Isa& isa) {
  isa.crossEntropy = crossEntropy;
  isa.crossEntropyGrad = crossEntropyGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
