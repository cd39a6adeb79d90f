#include "families.h"

namespace simdgrad::test {

static void transposeCopy(Case& c) {
  const int64_t n0 = c.draw.size(c.large ? 200 : 60), n1 = c.draw.size(c.large ? 200 : 60);
  const auto gap = [&] { return c.draw.chance(40) ? c.draw.between(1, 20) : 0; };
  const int64_t xStride = n0 + gap(), outStride = n1 + gap();
  const bool any = n0 > 0 && n1 > 0;
  Operand& x = c.input(c.values(any ? (n1 - 1) * xStride + n0 : 0));
  Operand& out = c.output<float>(any ? (n0 - 1) * outStride + n1 : 0);
  c.describe("%lld x %lld strides %lld %lld", static_cast<long long>(n0), static_cast<long long>(n1),
             static_cast<long long>(xStride), static_cast<long long>(outStride));
  c.call = [=, &x, &out](const Isa& isa) { isa.transposeCopy(x.as<float>(), xStride, out.as<float>(), outStride, n0, n1); };
}

void addCopy(Families& families) { families.push_back(SIMDGRAD_FAMILY(transposeCopy, 120, transposeCopy)); }

}  // namespace simdgrad::test
