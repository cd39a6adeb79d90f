#pragma once
// The order of every sum, product, minimum and maximum over a run of floats. It depends on the length alone:
//
//   There are 64 virtual lanes. Element i goes to lane i mod 64, and each lane accumulates in index order.
//   Then lane l adds lane l + 32, then l + 16, … l + 1. A run longer than a block of 4096 is folded block by
//   block. The results of 256 blocks are folded in the same way, then 256 of these results, until one is
//   left. So an element passes through at most 64 + 6 operations in its block and 4 + 6 in each later round;
//   10^8 elements have two later rounds.
//
// 64 lanes are 4 vectors of AVX-512 or 64 scalars of the portable code: the same additions in the same order.

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

struct SumFold {
  static SIMD_INLINE Vec start() { return zero(); }
  static SIMD_INLINE Vec step(Vec s, Vec v) { return s + v; }
};
struct ProductFold {
  static SIMD_INLINE Vec start() { return broadcast(1.0f); }
  static SIMD_INLINE Vec step(Vec s, Vec v) { return s * v; }
};
/**
 * A NaN stays once it is in s: max and min keep s unless v beats it. The NaN test of v does not depend on s,
 * so a step of the chain is only two instructions.
 */
struct MaxFold {
  static SIMD_INLINE Vec start() { return broadcast(-__builtin_inff()); }
  static SIMD_INLINE Vec step(Vec s, Vec v) { return select(isnan(v), v, max(v, s)); }
};
struct MinFold {
  static SIMD_INLINE Vec start() { return broadcast(__builtin_inff()); }
  static SIMD_INLINE Vec step(Vec s, Vec v) { return select(isnan(v), v, min(v, s)); }
};

/**
 * The largest element that is not NaN. It is the shift of exponents, where a NaN appears in the result
 * anyway.
 */
struct ShiftFold {
  static SIMD_INLINE Vec start() { return broadcast(-__builtin_inff()); }
  static SIMD_INLINE Vec step(Vec s, Vec v) { return max(v, s); }
};

constexpr int virtualLanes = 64;
constexpr int64_t foldBlock = 4096, blocksTogether = 256;

SIMD_INLINE int64_t blocksOf(int64_t length) { return (length + foldBlock - 1) / foldBlock; }
SIMD_INLINE int64_t blockLength(int64_t length, int64_t block) {
  const int64_t left = length - block * foldBlock;
  return left < foldBlock ? left : foldBlock;
}

/** Folds lanes 0 … 2h-1 into lane 0. */
template <class Op, int h>
SIMD_INLINE Vec foldHalves(Vec v) {
  if constexpr (h == 0) return v;
  else return foldHalves<Op, h / 2>(Op::step(v, upper<h>(v)));
}

template <int n>
struct Place {
  SIMD_INLINE constexpr operator int() const { return n; }
};

/**
 * Calls f(0), … f(n - 1) with compile-time constants, so that the compiler can keep an array in registers; it
 * unrolls loops too late for that. For n > mostPlaces it is a loop: the 64 scalars of the portable code do
 * not fit in registers, and one copy of f for each would take minutes to compile. The 16 vectors of
 * WebAssembly do not fit in x64's registers beside others, and the copies would be a quarter of the module.
 */
constexpr int mostPlaces = isWasm ? 4 : 16;

template <int n, class F>
SIMD_INLINE void forPlaces(F& f) {
  if constexpr (n > mostPlaces) {
    for (int j = 0; j < n; j++) f(j);
  } else if constexpr (n > 0) {
    forPlaces<n - 1>(f);
    f(Place<n - 1>{});
  }
}

/** Folds the first 2h vectors of `acc`, and then their lanes, into one value. */
template <class Op, int h>
SIMD_INLINE float foldLanes(Vec (&acc)[virtualLanes / W]) {
  if constexpr (h == 0) return first(foldHalves<Op, W / 2>(acc[0]));
  else {
    const auto halve = [&](auto j) __attribute__((always_inline)) { acc[j] = Op::step(acc[j], acc[j + h]); };
    forPlaces<h>(halve);
    return foldLanes<Op, h / 2>(acc);
  }
}

/** Folds value(i, lanes) for i = 0, W, 2W … below n. The last vector may have fewer lanes. */
template <class Op, class F>
SIMD_INLINE float fold(int64_t n, F value) {
  constexpr int vectors = virtualLanes / W;
  Vec acc[vectors];
  const auto start = [&](auto j) __attribute__((always_inline)) { acc[j] = Op::start(); };
  forPlaces<vectors>(start);
  int64_t i = 0;
  const auto full = [&](auto j) __attribute__((always_inline)) { acc[j] = Op::step(acc[j], value(i + j * W, All{})); };
  for (; i + virtualLanes <= n; i += virtualLanes) forPlaces<vectors>(full);
  const auto rest = [&](auto j) __attribute__((always_inline)) {
    const int64_t at = i + j * W, left = n - at;
    if (left >= W) acc[j] = Op::step(acc[j], value(at, All{}));
    else if (left > 0) {
      const int lanes = static_cast<int>(left);
      const Vec next = Op::step(acc[j], value(at, lanes));
      acc[j] = select(igt(broadcastInt(lanes), iota()), next, acc[j]);
    }
  };
  forPlaces<vectors>(rest);
  return foldLanes<Op, vectors / 2>(acc);
}

/** Folds a block, or results that are folded together. */
template <class Op>
SIMD_INLINE float foldRun(const float* x, int64_t n) {
  return fold<Op>(n, [&](int64_t i, auto lanes) { return load(x + i, lanes); });
}

/** Folds the results of the blocks of a run. It overwrites them. */
template <class Op>
SIMD_INLINE float foldParts(float* parts, int64_t count) {
  while (count > blocksTogether) {
    int64_t folded = 0;
    for (int64_t i = 0; i < count; i += blocksTogether)
      parts[folded++] = foldRun<Op>(parts + i, count - i < blocksTogether ? count - i : blocksTogether);
    count = folded;
  }
  return foldRun<Op>(parts, count);
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
