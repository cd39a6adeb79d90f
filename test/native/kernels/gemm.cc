#include "families.h"
#include "view.h"

namespace simdgrad::test {

namespace {

struct Sizes {
  int64_t batch, m, n, k;
  bool accumulate;
};

/**
 * Sizes beyond one block of gemm_numbers.h in each direction: KC, MC, NC, and a side buffer of more than one
 * part.
 */
constexpr Sizes beyondBlocks[] = {
    {1, 20, 40, 300, true}, {1, 150, 40, 130, false}, {1, 13, 500, 129, false}, {1, 40, 485, 70, true}, {1, 600, 20, 260, true},
};

Sizes drawSizes(Draw& draw, bool large) {
  if (large && draw.chance(35)) return beyondBlocks[draw.between(0, 4)];
  Sizes s = {draw.pick<int64_t>({1, 1, 1, 2, 5}), 0, 0, 0, draw.chance(40)};
  if (!large) {
    s.m = draw.size(70), s.n = draw.size(70), s.k = draw.size(140);
  } else if (draw.chance(25)) {
    s.batch = draw.between(20, 60), s.m = draw.between(8, 30), s.n = draw.between(8, 40), s.k = draw.between(40, 60);
  } else {
    s.batch = 1, s.m = draw.between(60, 140), s.n = draw.between(60, 140), s.k = draw.between(120, 280);
  }
  return s;
}

/** `bfloat16`: products of which many are near the smallest normal float, where results become zero. */
std::vector<float> drawValues(Case& c, int64_t n, bool bfloat16) {
  // Sums of arbitrary floats are mostly NaN.
  if (c.draw.chance(15)) return c.values(n);
  std::vector<float> values = c.plain(n);
  if (bfloat16 && c.draw.chance(50))
    for (float& x : values) x *= c.draw.chance(90) ? 0x1p-63f : 0x1p-66f;
  return values;
}

/** `product` is a member of Isa. */
template <void (*Isa::*product)(const Gemm&)>
void gemm(Case& c) {
  const Sizes s = drawSizes(c.draw, c.large);
  const auto view = [&](int64_t rows, int64_t columns) {
    Dims shape;
    shape.rank = 3;
    shape.d[0] = s.batch, shape.d[1] = rows, shape.d[2] = columns;
    return drawView(c.draw, shape);
  };
  View a = view(s.m, s.k);
  const View b = view(s.k, s.n);
  if (s.batch == 1 && s.m > 0 && s.k > 0 && s.m * s.k < 4000 && c.draw.chance(20)) {
    // Rows that map to the same sets of L1.
    a.strides.d[0] = 0, a.strides.d[1] = 1024, a.strides.d[2] = 1;
    a.start = 0, a.length = (s.m - 1) * 1024 + s.k;
  }
  const int64_t each = s.m * s.n, apart = each + (c.draw.chance(30) ? c.draw.between(1, 40) : 0);
  const bool any = s.batch > 0 && each > 0;
  const auto values = [&](int64_t n) { return drawValues(c, n, product == &Isa::gemmBf16); };
  Operand& left = c.input(values(a.length));
  Operand& right = c.input(values(b.length));
  Operand* bias = c.draw.chance(50) ? &c.input(values(s.n)) : nullptr;
  Operand& out = c.changed(values(any ? (s.batch - 1) * apart + each : 0));
  c.describe("batch %lld m %lld n %lld k %lld A %lld %lld %lld B %lld %lld %lld%s%s", static_cast<long long>(s.batch),
             static_cast<long long>(s.m), static_cast<long long>(s.n), static_cast<long long>(s.k),
             static_cast<long long>(a.strides.d[0]), static_cast<long long>(a.strides.d[1]), static_cast<long long>(a.strides.d[2]),
             static_cast<long long>(b.strides.d[0]), static_cast<long long>(b.strides.d[1]), static_cast<long long>(b.strides.d[2]),
             bias ? " bias" : "", s.accumulate ? " accumulate" : "");
  c.call = [=, &left, &right, &out](const Isa& isa) {
    // The entry makes no call for an empty result.
    if (!any) return;
    Gemm g;
    g.batch = s.batch, g.m = s.m, g.n = s.n, g.k = s.k;
    g.a = left.as<float>(a.start), g.aBatch = a.strides.d[0], g.aRow = a.strides.d[1], g.aCol = a.strides.d[2];
    g.b = right.as<float>(b.start), g.bBatch = b.strides.d[0], g.bRow = b.strides.d[1], g.bCol = b.strides.d[2];
    g.bias = bias ? bias->as<float>() : nullptr;
    g.accumulate = s.accumulate;
    g.c = out.as<float>();
    g.cBatch = apart;
    (isa.*product)(g);
  };
}

}  // namespace

void addGemm(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(gemm, 240, gemm<&Isa::gemm>), SIMDGRAD_FAMILY(gemmBf16, 240, gemm<&Isa::gemmBf16>)});
}

}  // namespace simdgrad::test
