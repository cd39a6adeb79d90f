// Numbers derived from the words of Philox4x32-10 (philox.h). The bits are those of the JavaScript core.

#include "isa.h"
#include "../numerics/philox.h"
#include "../threads/pool.h"
#include "../simd/simd64.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr size_t grain = 4096;  // blocks of four words

/**
 * The words of W blocks of the stream, from block `first` on, `every` blocks apart: word h of block l is in
 * lane l of words[h].
 */
SIMD_INLINE void wordsOf(const Random& r, uint64_t first, uint32_t every, IVec (&words)[4]) {
  const uint64_t counter = ((uint64_t{r.counterHigh} << 32) | r.counterLow) + first;
  int32_t lows[W], highs[W];
  for (uint32_t l = 0; l < W; l++) {
    lows[l] = static_cast<int32_t>(counter + l * every);
    highs[l] = static_cast<int32_t>((counter + l * every) >> 32);
  }
  philox(r.key0, r.key1, loadInt(lows), loadInt(highs), words);
}

/** p + u·(q - p), u = (word >>> 8)·2^-24, computed in double and rounded once. */
SIMD_INLINE Vec uniformOf(IVec word, const Random& r) {
  const Vec u = toFloat(shr<8>(word)) * broadcast(0x1p-24f);
  return mapWide([&](Double d) { return broadcast64(r.p) + d * broadcast64(r.q - r.p); }, u);
}

// --- normals: double arithmetic without FMA, operation by operation as in src/elementary.ts
// ---------------------------

template <int n>
SIMD_INLINE Double horner(const double (&c)[n], Double z) {
  Double sum = broadcast64(c[0]);
#pragma GCC unroll 16
  for (int k = 1; k < n; k++) sum = sum * z + broadcast64(c[k]);
  return sum;
}

SIMD_INLINE Double negated(Double a) { return subBits(a, bits64(INT64_MIN)); }  // flips the sign bit

/** Natural logarithm of normal positive doubles: x = 2^e·m, m in √½…√2. */
SIMD_INLINE Double logOf(Double x) {
  const Double one = bits64(int64_t{1023} << 52), two52 = broadcast64(0x1p52);
  const Double biased = shrBits<52>(x), m0 = orBits(andBits(x, bits64(0xfffffffffffff)), one);
  const Double e0 = orBits(biased, two52) - broadcast64(0x1p52 + 1023.0);
  const DoubleMask above = less(broadcast64(1.4142135623730951), m0);
  const Double m = select(above, m0 * broadcast64(0.5), m0), e = select(above, e0 + broadcast64(1.0), e0);
  const Double s = (m - broadcast64(1.0)) / (m + broadcast64(1.0)), z = s * s;
  constexpr double c[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3};
  const Double twice = broadcast64(2.0) * s;
  return e * broadcast64(0.6931471803691238) + (e * broadcast64(1.9082149292705877e-10) + twice * z * horner(c, z) + twice);
}

/** cos and sin of 2π·turns, 0 ≤ turns < 1. */
SIMD_INLINE void cosSinTurns(Double turns, Double& cosine, Double& sine) {
  // ⌊4·turns + ½⌋: adding 2^52 rounds to the nearest integer, which may be one above the floor.
  const Double quarters = turns * broadcast64(4.0) + broadcast64(0.5), two52 = broadcast64(0x1p52);
  const Double nearest = (quarters + two52) - two52;
  const Double quarter = select(less(quarters, nearest), nearest - broadcast64(1.0), nearest);  // 0 … 4
  const Double a = (turns - quarter * broadcast64(0.25)) * broadcast64(6.283185307179586), z = a * a;
  constexpr double s[] = {1.0 / 355687428096000, -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800,
                          1.0 / 362880,          -1.0 / 5040,          1.0 / 120,        -1.0 / 6};
  constexpr double k[] = {-1.0 / 6402373705728000, 1.0 / 20922789888000, -1.0 / 87178291200, 1.0 / 479001600,
                          -1.0 / 3628800,          1.0 / 40320,          -1.0 / 720,         1.0 / 24};
  const Double sinSmall = a + a * z * horner(s, z);
  const Double cosSmall = broadcast64(1.0) - broadcast64(0.5) * z + z * z * horner(k, z);
  // In quarters 0 … 4 the pair (cos, sin) is (c, s), (-s, c), (-c, -s), (s, -c), (c, s).
  const auto between = [&](double low, double high, Double then, Double otherwise) {
    return select(less(broadcast64(low), quarter), select(less(quarter, broadcast64(high)), then, otherwise), otherwise);
  };
  const Double plainCosine = between(0.5, 1.5, sinSmall, between(2.5, 3.5, sinSmall, cosSmall));
  const Double plainSine = between(0.5, 1.5, cosSmall, between(2.5, 3.5, cosSmall, sinSmall));
  cosine = between(0.5, 2.5, negated(plainCosine), plainCosine);
  sine = between(1.5, 3.5, negated(plainSine), plainSine);
}

/** Box-Muller: turns two words a and b of half a block into two normals. */
SIMD_INLINE void normalsOf(IVec a, IVec b, const Random& r, Vec& first, Vec& second) {
  Double x[halves], y[halves];
  widenUnsigned(a, x);
  widenUnsigned(b, y);
  const Double mean = broadcast64(r.p), deviation = broadcast64(r.q), unit = broadcast64(0x1p-32);
  for (int i = 0; i < halves; i++) {
    const Double radius = sqrt64(broadcast64(-2.0) * logOf((x[i] + broadcast64(1.0)) * unit));
    Double cosine, sine;
    cosSinTurns(y[i] * unit, cosine, sine);
    x[i] = mean + deviation * (radius * cosine);
    y[i] = mean + deviation * (radius * sine);
  }
  first = narrow(x);
  second = narrow(y);
}

// -----------------------------------------------------------------------------------------------------------

/** Converts the four words of W blocks to values. */
SIMD_INLINE void valuesOf(const Random& r, const Dropout& dropout, const IVec (&words)[4], Vec* values) {
  if (r.kind == RandomKind::normal) {
    normalsOf(words[0], words[1], r, values[0], values[1]);
    normalsOf(words[2], words[3], r, values[2], values[3]);
  } else {
    for (int h = 0; h < 4; h++) values[h] = r.kind == RandomKind::uniform ? uniformOf(words[h], r) : dropout.factor(words[h]);
  }
}

// A group is the input of one W x W transposition. Batch k holds blocks k, k + batches, k + 2·batches …, so
// lane l of all rows, read across the rows, holds blocks l·batches … in order: W consecutive elements.
constexpr int batches = W < 4 ? 1 : W / 4;
constexpr size_t groupBlocks = static_cast<size_t>(batches) * W, groupElements = 4 * groupBlocks;

SIMD_INLINE void fillGroup(const Random& r, const Dropout& dropout, size_t block, float* out) {
  Vec rows[4 * batches];
  for (int k = 0; k < batches; k++) {
    IVec words[4];
    wordsOf(r, block + static_cast<size_t>(k), batches, words);
    valuesOf(r, dropout, words, rows + 4 * k);
  }
  // The single lane of the portable code is already in order.
  [](auto& square) {
    if constexpr (sizeof(square) == W * sizeof(Vec)) transpose(square);
  }(rows);
  for (int l = 0; l < 4 * batches; l++) store(out + l * W, rows[l]);
}

void random(const Random& r) {
  const size_t blocks = static_cast<size_t>((r.n + 3) / 4), n = static_cast<size_t>(r.n);
  const Dropout dropout(r.p);
  parallelFor(blocks, grain, [&](size_t begin, size_t end) {
    const size_t stop = 4 * end < n ? 4 * end : n;
    for (size_t b = begin; b < end; b += groupBlocks) {
      if (4 * b + groupElements <= stop) fillGroup(r, dropout, b, r.out + 4 * b);
      else {
        float rest[groupElements];
        fillGroup(r, dropout, b, rest);
        for (size_t i = 4 * b; i < stop; i++) r.out[i] = rest[i - 4 * b];
      }
    }
  });
}

}  // namespace

void addRandom(Isa& isa) { isa.random = random; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
