#pragma once
// Philox4x32-10 (src/random.ts), W blocks at a time.

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/**
 * The four words of W blocks: word h of block l is in lane l of words[h]. `lows` and `highs` hold the numbers
 * of the blocks.
 */
SIMD_INLINE void philox(uint32_t key0, uint32_t key1, IVec lows, IVec highs, IVec (&words)[4]) {
  IVec c0 = lows, c1 = highs, c2 = broadcastInt(0), c3 = broadcastInt(0);
  const IVec m0 = broadcastInt(static_cast<int32_t>(0xd2511f53u)), m1 = broadcastInt(static_cast<int32_t>(0xcd9e8d57u));
  for (int round = 0; round < 10; round++) {
    const IVec high0 = mulHigh(m0, c0), low0 = m0 * c0, high1 = mulHigh(m1, c2), low1 = m1 * c2;
    c0 = high1 ^ c1 ^ broadcastInt(static_cast<int32_t>(key0));
    c1 = low1;
    c2 = high0 ^ c3 ^ broadcastInt(static_cast<int32_t>(key1));
    c3 = low0;
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

/** What dropout multiplies by: 0 with probability p, else 1 / (1 - p). */
struct Dropout {
  int32_t limit;  // u < p, where u = (word >>> 8)·2^-24, means word >>> 8 < limit = ⌈p·2^24⌉
  float keep;

  SIMD_INLINE explicit Dropout(double p) {
    const double scaled = p * 0x1p24;
    const int32_t below = scaled >= 0x1p24 ? 1 << 24 : scaled > 0 ? static_cast<int32_t>(scaled) : 0;
    limit = below + (scaled > below && below < (1 << 24));
    keep = static_cast<float>(1 / (1 - p));
  }
  SIMD_INLINE Vec factor(IVec word) const { return select(igt(broadcastInt(limit), shr<8>(word)), zero(), broadcast(keep)); }
};

}  // namespace simdgrad::SIMDGRAD_ISA_NS
