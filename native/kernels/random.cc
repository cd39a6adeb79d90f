// Philox4x32-10 (src/random.ts), W blocks at a time, and the numbers made of its words: the same bits as the JavaScript core.

#include "../isa.h"
#include "../pool.h"
#include "../simd64.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr size_t grain = 4096;  // blocks of four words

/** The words of W blocks of the stream, `every` blocks apart from block `first` on: word h of the l-th in words[h] lane l. */
SIMD_INLINE void philox(const Random& r, uint64_t first, uint32_t every, IVec (&words)[4]) {
  const uint64_t counter = ((uint64_t{r.counterHigh} << 32) | r.counterLow) + first;
  int32_t lows[W], highs[W];
  for (uint32_t l = 0; l < W; l++) {
    lows[l] = static_cast<int32_t>(counter + l * every);
    highs[l] = static_cast<int32_t>((counter + l * every) >> 32);
  }
  IVec c0 = loadInt(lows), c1 = loadInt(highs), c2 = broadcastInt(0), c3 = broadcastInt(0);
  uint32_t k0 = r.key0, k1 = r.key1;
  const IVec m0 = broadcastInt(static_cast<int32_t>(0xd2511f53u)), m1 = broadcastInt(static_cast<int32_t>(0xcd9e8d57u));
  for (int round = 0; round < 10; round++) {
    const IVec high0 = mulHigh(m0, c0), low0 = m0 * c0, high1 = mulHigh(m1, c2), low1 = m1 * c2;
    c0 = high1 ^ c1 ^ broadcastInt(static_cast<int32_t>(k0));
    c1 = low1;
    c2 = high0 ^ c3 ^ broadcastInt(static_cast<int32_t>(k1));
    c3 = low0;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

/** p + u·(q - p), u = (word >>> 8)·2^-24, in double and rounded once. */
SIMD_INLINE Vec uniformOf(IVec word, const Random& r) {
  const Vec u = toFloat(shr<8>(word)) * broadcast(0x1p-24f);
  return mapWide([&](Double d) { return broadcast64(r.p) + d * broadcast64(r.q - r.p); }, u);
}

/** 0 where u < p: u counts in steps of 2^-24, so that is word >>> 8 below ⌈p·2^24⌉. */
SIMD_INLINE Vec dropoutOf(IVec word, int32_t limit, float keep) {
  return select(igt(broadcastInt(limit), shr<8>(word)), zero(), broadcast(keep));
}

// --- normals: plain double arithmetic, operation by operation as in src/elementary.ts ---------------------------------

constexpr double ln2High64 = 0.6931471803691238, ln2Low64 = 1.9082149292705877e-10;

/** Natural logarithm of a normal positive double. */
double logScalar(double x) {
  uint64_t bits = __builtin_bit_cast(uint64_t, x);
  int e = static_cast<int>(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  double m = __builtin_bit_cast(double, bits);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e += 1;
  }
  const double s = (m - 1) / (m + 1), z = s * s;
  double r = 1.0 / 21;
  for (int k = 19; k >= 3; k -= 2) r = r * z + 1.0 / k;
  return e * ln2High64 + (e * ln2Low64 + 2 * s * z * r + 2 * s);
}

double sinSmall(double a) {
  const double z = a * a;
  double r = 1.0 / 355687428096000;
  r = r * z - 1.0 / 1307674368000;
  r = r * z + 1.0 / 6227020800;
  r = r * z - 1.0 / 39916800;
  r = r * z + 1.0 / 362880;
  r = r * z - 1.0 / 5040;
  r = r * z + 1.0 / 120;
  r = r * z - 1.0 / 6;
  return a + a * z * r;
}

double cosSmall(double a) {
  const double z = a * a;
  double r = -1.0 / 6402373705728000;
  r = r * z + 1.0 / 20922789888000;
  r = r * z - 1.0 / 87178291200;
  r = r * z + 1.0 / 479001600;
  r = r * z - 1.0 / 3628800;
  r = r * z + 1.0 / 40320;
  r = r * z - 1.0 / 720;
  r = r * z + 1.0 / 24;
  return 1 - 0.5 * z + z * z * r;
}

/** Box and Muller on two words. */
void normalPair(uint32_t a, uint32_t b, const Random& r, double (&values)[2]) {
  const double radius = __builtin_sqrt(-2 * logScalar((static_cast<double>(a) + 1) * 0x1p-32));
  const double turns = static_cast<double>(b) * 0x1p-32;
  const int quarter = static_cast<int>(turns * 4 + 0.5), side = quarter & 3;
  const double angle = (turns - quarter * 0.25) * 6.283185307179586;
  const double s = sinSmall(angle), c = cosSmall(angle);
  const double cosine = side & 1 ? s : c, sine = side & 1 ? c : s;
  values[0] = r.p + r.q * (radius * (side == 1 || side == 2 ? -cosine : cosine));
  values[1] = r.p + r.q * (radius * (side & 2 ? -sine : sine));
}

// ----------------------------------------------------------------------------------------------------------------------

/** What becomes of the four words of W blocks. */
SIMD_INLINE void valuesOf(const Random& r, int32_t limit, float keep, const IVec (&words)[4], Vec* values) {
  if (r.kind == RandomKind::normal) {
    int32_t raw[4][W];
    float normals[4][W];
    for (int h = 0; h < 4; h++) storeInt(raw[h], words[h]);
    for (int h = 0; h < 4; h += 2)
      for (int l = 0; l < W; l++) {
        double pair[2];
        normalPair(static_cast<uint32_t>(raw[h][l]), static_cast<uint32_t>(raw[h + 1][l]), r, pair);
        normals[h][l] = static_cast<float>(pair[0]);
        normals[h + 1][l] = static_cast<float>(pair[1]);
      }
    for (int h = 0; h < 4; h++) values[h] = load(normals[h]);
  } else {
    for (int h = 0; h < 4; h++) values[h] = r.kind == RandomKind::uniform ? uniformOf(words[h], r) : dropoutOf(words[h], limit, keep);
  }
}

// A group is what one transposition of W x W needs: batch k holds blocks k, k + batches, k + 2·batches …, so that lane l of all
// rows, read across, is blocks l·batches … in order: W consecutive elements.
constexpr int batches = W < 4 ? 1 : W / 4;
constexpr size_t groupBlocks = static_cast<size_t>(batches) * W, groupElements = 4 * groupBlocks;

SIMD_INLINE void fillGroup(const Random& r, int32_t limit, float keep, size_t block, float* out) {
  Vec rows[4 * batches];
  for (int k = 0; k < batches; k++) {
    IVec words[4];
    philox(r, block + static_cast<size_t>(k), batches, words);
    valuesOf(r, limit, keep, words, rows + 4 * k);
  }
  // The one lane of the portable code is in order as it is.
  [](auto& square) {
    if constexpr (sizeof(square) == W * sizeof(Vec)) transpose(square);
  }(rows);
  for (int l = 0; l < 4 * batches; l++) store(out + l * W, rows[l]);
}

void random(const Random& r) {
  const size_t blocks = static_cast<size_t>((r.n + 3) / 4), n = static_cast<size_t>(r.n);
  const double scaled = r.p * 0x1p24;
  const int32_t below = scaled >= 0x1p24 ? 1 << 24 : scaled > 0 ? static_cast<int32_t>(scaled) : 0;
  const int32_t limit = below + (scaled > below && below < (1 << 24));
  const float keep = static_cast<float>(1 / (1 - r.p));
  parallelFor(blocks, grain, [&](size_t begin, size_t end) {
    const size_t stop = 4 * end < n ? 4 * end : n;
    for (size_t b = begin; b < end; b += groupBlocks) {
      if (4 * b + groupElements <= stop) fillGroup(r, limit, keep, b, r.out + 4 * b);
      else {
        float rest[groupElements];
        fillGroup(r, limit, keep, b, rest);
        for (size_t i = 4 * b; i < stop; i++) r.out[i] = rest[i - 4 * b];
      }
    }
  });
}

}  // namespace

void addRandom(Isa& isa) { isa.random = random; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
