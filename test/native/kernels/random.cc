#include "../../../native/kernels/op_names.h"
#include "families.h"

namespace simdgrad::test {

static void random(Case& c) {
  Random r = {};
  r.kind = static_cast<RandomKind>(c.number % lengthOf(randomNames));
  r.p = r.kind == RandomKind::dropout ? c.draw.pick({0.0, 0.3, 0.9999999, 1.0}) : c.draw.plain();
  r.q = c.draw.plain();
  r.n = c.large ? c.draw.between(17000, 50000) : c.draw.size(900);
  r.key0 = static_cast<uint32_t>(c.draw.next()), r.key1 = static_cast<uint32_t>(c.draw.next());
  // Includes counters whose low half, or all of it, overflows.
  const auto half = [&] { return c.draw.chance(40) ? 0xfffffff0u : static_cast<uint32_t>(c.draw.next()); };
  r.counterLow = half(), r.counterHigh = half();
  Operand& out = c.output<float>(r.n);
  c.describe("%s n %lld p %g q %g", randomNames[static_cast<int>(r.kind)], static_cast<long long>(r.n), r.p, r.q);
  c.call = [=, &out](const Isa& isa) {
    Random placed = r;
    placed.out = out.as<float>();
    if (r.n > 0) isa.random(placed);
  };
}

void addRandom(Families& families) { families.push_back(SIMDGRAD_FAMILY(random, 120, random)); }

}  // namespace simdgrad::test
