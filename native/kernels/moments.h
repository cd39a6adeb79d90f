#pragma once
// Mean and sum of squared distances of float runs, and the sums of the gradients of normalisations.
//
// The order of the sums depends on the sizes alone. A block is a run of at most 4096 elements, or several
// pieces of one channel from consecutive samples: as many as have at most 4096 elements together, and at most
// 128. Within a block there are 64 virtual lanes, as in numerics/fold.h: element i of each piece goes to lane
// i mod 64, piece after piece, and the lanes are folded by halves. Blocks are merged in order, in double
// precision.
//
// A block is read twice (Chan, Golub and LeVeque, 1983). The first sum gives a value near the mean. Then the
// distances d from this value are summed, and their squares: mean = near + Σd / n, and the sum of squared
// distances from the mean is Σd² - (Σd)² / n. The subtrahend is as small as `near` is close to the mean, so
// nothing cancels, however far the mean is from 0.

#include "../numerics/fold.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

constexpr int laneVectors = virtualLanes / W;
constexpr int64_t mostPieces = 128;

/** The number of pieces of this length in a block. */
SIMD_INLINE int64_t piecesOf(int64_t length) {
  const int64_t fit = foldBlock / (length > 0 ? length : 1);
  return fit < 1 ? 1 : fit < mostPieces ? fit : mostPieces;
}

/** Calls f(j, i, lanes) for the vectors of a run of n elements; vector j of the virtual lanes is at i. */
template <class F>
SIMD_INLINE void forLanes(int64_t n, F f) {
  int64_t i = 0;
  const auto full = [&](auto j) __attribute__((always_inline)) { f(j, i + j * W, All{}); };
  for (; i + virtualLanes <= n; i += virtualLanes) forPlaces<laneVectors>(full);
  const auto rest = [&](auto j) __attribute__((always_inline)) {
    const int64_t at = i + j * W, left = n - at;
    if (left >= W) f(j, at, All{});
    else if (left > 0) f(j, at, static_cast<int>(left));
  };
  if (i < n) forPlaces<laneVectors>(rest);
}

/** v, with zeros behind the first `lanes`. */
SIMD_INLINE Vec kept(Vec v, All) { return v; }
SIMD_INLINE Vec kept(Vec v, int lanes) { return select(igt(broadcastInt(lanes), iota()), v, zero()); }

SIMD_INLINE void clear(Vec (&sums)[laneVectors]) {
  const auto start = [&](auto j) __attribute__((always_inline)) { sums[j] = zero(); };
  forPlaces<laneVectors>(start);
}
SIMD_INLINE float total(Vec (&sums)[laneVectors]) { return foldLanes<SumFold, laneVectors / 2>(sums); }

/** The first steps of `total`, down to one vector. */
template <int h = laneVectors / 2>
SIMD_INLINE Vec halved(Vec (&sums)[laneVectors]) {
  if constexpr (h == 0) return sums[0];
  else {
    const auto halve = [&](auto j) __attribute__((always_inline)) { sums[j] = sums[j] + sums[j + h]; };
    forPlaces<h>(halve);
    return halved<h / 2>(sums);
  }
}

/** Mean and sum of squared distances from it. Without elements the mean is NaN. */
struct Moments {
  double count = 0, mean = __builtin_nan(""), squares = 0;

  /** Adds other elements with these moments. */
  SIMD_INLINE void merge(const Moments& other) {
    if (count == 0) return void(*this = other);
    const double all = count + other.count, distance = other.mean - mean;
    mean += distance * (other.count / all);
    squares += other.squares + distance * distance * (count * other.count / all);
    count = all;
  }
};

/** The moments of elements whose distances from `near` have this sum and this sum of squares. */
SIMD_INLINE Moments momentsNear(float near, float distances, float squares, double count, double inverse) {
  const double sum = static_cast<double>(distances), rest = static_cast<double>(squares) - sum * sum * inverse;
  const bool finite = near - near == 0;  // otherwise the distances are NaN, and the mean is infinite or NaN
  return {count, finite ? static_cast<double>(near) + sum * inverse : static_cast<double>(near), rest < 0 ? 0 : rest};
}

/** The moments of a block. */
SIMD_INLINE Moments blockMoments(const float* x, int64_t pieces, int64_t stride, int64_t length) {
  const double count = static_cast<double>(pieces * length), inverse = 1 / count;
  Vec sums[laneVectors], squares[laneVectors];
  clear(sums);
  for (int64_t p = 0; p < pieces; p++)
    forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) { sums[j] = sums[j] + load(x + p * stride + i, lanes); });
  const float near = static_cast<float>(static_cast<double>(total(sums)) * inverse);
  clear(sums);
  clear(squares);
  for (int64_t p = 0; p < pieces; p++)
    forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) {
      const Vec distance = kept(load(x + p * stride + i, lanes) - broadcast(near), lanes);
      sums[j] = sums[j] + distance;
      squares[j] = fma(distance, distance, squares[j]);
    });
  return momentsNear(near, total(sums), total(squares), count, inverse);
}

/** The mean of squares, as `squares` of moments whose mean is 0. */
SIMD_INLINE Moments blockSquares(const float* x, int64_t length) {
  Vec squares[laneVectors];
  clear(squares);
  forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) {
    const Vec v = load(x + i, lanes);
    squares[j] = fma(v, v, squares[j]);
  });
  return {static_cast<double>(length), 0, static_cast<double>(total(squares))};
}

/** Σ h and Σ h (x - mean). */
struct Products {
  double sum = 0, product = 0;

  SIMD_INLINE void add(const Products& other) { sum += other.sum, product += other.product; }
};

/** The products of a block with h = g, or h = g · weight. */
template <bool weighted>
SIMD_INLINE Products blockProducts(const float* x, const float* g, const float* weight, Vec mean, int64_t pieces, int64_t stride, int64_t length) {
  Vec sums[laneVectors], products[laneVectors];
  clear(sums);
  clear(products);
  for (int64_t p = 0; p < pieces; p++)
    forLanes(length, [&](auto j, int64_t i, auto lanes) __attribute__((always_inline)) {
      const int64_t at = p * stride + i;
      const Vec given = load(g + at, lanes);
      const Vec h = weighted ? given * load(weight + i, lanes) : given;
      sums[j] = sums[j] + h;
      // Behind the end h is 0.
      products[j] = fma(h, kept(load(x + at, lanes) - mean, lanes), products[j]);
    });
  return {static_cast<double>(total(sums)), static_cast<double>(total(products))};
}

/** Calls f(piece, offset in it, pieces, length) for the blocks of `pieces` pieces of this length. */
template <class F>
SIMD_INLINE void forBlocks(int64_t pieces, int64_t length, F f) {
  const int64_t together = piecesOf(length);
  for (int64_t p = 0; p < pieces; p += together)
    for (int64_t b = 0; b < length; b += foldBlock)
      f(p, b, pieces - p < together ? pieces - p : together, length - b < foldBlock ? length - b : foldBlock);
}

/** 1 / √(variance + eps). */
SIMD_INLINE float inverseRoot(float variance, float eps) { return 1.0f / __builtin_sqrtf(variance + eps); }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
