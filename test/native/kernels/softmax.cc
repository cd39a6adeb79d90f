#include "../../../native/kernels/op_names.h"
#include "families.h"
#include "slices.h"

namespace simdgrad::test {

namespace {

void describe(Case& c, const char* op, const Slices& s) {
  c.describe("%s [%lld %lld %lld]", op, static_cast<long long>(s.outer), static_cast<long long>(s.length),
             static_cast<long long>(s.inner));
}

void softmax(Case& c) {
  const int op = c.number % lengthOf(softmaxNames);
  const Slices s = drawSlices(c.draw, c.large);
  const bool inPlace = c.draw.chance(25);
  Operand& x = inPlace ? c.changed(c.values(s.total())) : c.input(c.values(s.total()));
  Operand& out = inPlace ? x : c.output<float>(s.total());
  describe(c, softmaxNames[op], s);
  c.call = [=, &x, &out](const Isa& isa) {
    if (s.total() > 0) isa.softmax(op, s.outer, s.length, s.inner, x.as<float>(), out.as<float>());
  };
}

void softmaxGrad(Case& c) {
  const int op = c.number % lengthOf(softmaxNames);
  const Slices s = drawSlices(c.draw, c.large);
  const bool inPlace = c.draw.chance(25);
  Operand& y = c.input(c.values(s.total()));
  Operand& g = inPlace ? c.changed(c.values(s.total())) : c.input(c.values(s.total()));
  Operand& out = inPlace ? g : c.output<float>(s.total());
  describe(c, softmaxNames[op], s);
  c.call = [=, &y, &g, &out](const Isa& isa) {
    if (s.total() > 0) isa.softmaxGrad(op, s.outer, s.length, s.inner, y.as<float>(), g.as<float>(), out.as<float>());
  };
}

}  // namespace

void addSoftmax(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(softmax, 120, softmax), SIMDGRAD_FAMILY(softmaxGrad, 120, softmaxGrad)});
}

}  // namespace simdgrad::test
