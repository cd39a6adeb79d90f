#include "../../../native/kernels/op_names.h"
#include "families.h"
#include "slices.h"

namespace simdgrad::test {

namespace {

void describe(Case& c, const char* op, const Slices& s) {
  c.describe("%s [%lld %lld %lld]", op, static_cast<long long>(s.outer), static_cast<long long>(s.length),
             static_cast<long long>(s.inner));
}

void reduce(Case& c) {
  const int op = c.number % lengthOf(reduceNames);
  const Slices s = drawSlices(c.draw, c.large);
  Operand& x = c.input(c.values(s.total()));
  Operand& out = c.output<float>(s.outer * s.inner);
  describe(c, reduceNames[op], s);
  c.call = [=, &x, &out](const Isa& isa) {
    if (s.outer > 0 && s.inner > 0) isa.reduce(op, s.outer, s.length, s.inner, x.as<float>(), out.as<float>());
  };
}

void argReduce(Case& c) {
  const int op = c.number % lengthOf(argReduceNames);
  Slices s = drawSlices(c.draw, c.large);
  if (s.length == 0) s.length = 1;
  // Few distinct values, so that the kernel has to find the first of several equal ones.
  Operand& x = c.input(c.draw.chance(40) ? c.make<float>(s.total(), [&] { return static_cast<float>(c.draw.between(0, 3)); })
                                         : c.values(s.total()));
  Operand& out = c.output<int32_t>(s.outer * s.inner);
  describe(c, argReduceNames[op], s);
  c.call = [=, &x, &out](const Isa& isa) {
    if (s.outer > 0 && s.inner > 0) isa.argReduce(op, s.outer, s.length, s.inner, x.as<float>(), out.as<int32_t>());
  };
}

}  // namespace

void addReduce(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(reduce, 160, reduce), SIMDGRAD_FAMILY(argReduce, 120, argReduce)});
}

}  // namespace simdgrad::test
