#include "families.h"

namespace simdgrad::test {

namespace {

void takeRows(Case& c) {
  TakeRows t = {};
  const int64_t length = c.draw.between(1, 40);
  t.count = c.large ? c.draw.between(300, 900) : c.draw.size(40);
  t.width = c.large ? c.draw.between(60, 130) : c.draw.between(1, 70);
  t.scale = c.draw.plain(), t.shift = c.draw.plain();
  const bool bytes = c.draw.chance(50);
  Operand& x = bytes ? c.input(c.bytes(length * t.width)) : c.input(c.values(length * t.width));
  Operand& index = c.input(c.indices(t.count, length));
  Operand& out = c.output<float>(t.count * t.width);
  c.describe("%lld of %lld rows of %lld %s", static_cast<long long>(t.count), static_cast<long long>(length),
             static_cast<long long>(t.width), bytes ? "bytes" : "floats");
  c.call = [=, &x, &index, &out](const Isa& isa) {
    TakeRows placed = t;
    placed.bytes = bytes ? x.as<uint8_t>() : nullptr;
    placed.floats = bytes ? nullptr : x.as<float>();
    placed.index = {index.as<int32_t>(), length};
    placed.out = out.as<float>();
    isa.takeRows(placed);
  };
}

void indexAdd(Case& c) {
  const int64_t outer = c.draw.between(1, c.large ? 12 : 4), length = c.draw.between(1, 20);
  const int64_t inner = c.large ? c.draw.between(200, 700) : c.draw.between(1, 80);
  const int64_t count = c.large ? c.draw.between(20, 40) : c.draw.size(40);
  Operand& index = c.input(c.indices(count, length));
  Operand& g = c.input(c.values(outer * count * inner));
  Operand& out = c.changed(c.values(outer * length * inner));
  c.describe("[%lld %lld %lld] count %lld", static_cast<long long>(outer), static_cast<long long>(length),
             static_cast<long long>(inner), static_cast<long long>(count));
  c.call = [=, &index, &g, &out](const Isa& isa) {
    isa.indexAdd(outer, inner, count, {index.as<int32_t>(), length}, g.as<float>(), out.as<float>());
  };
}

}  // namespace

void addIndex(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(takeRows, 100, takeRows), SIMDGRAD_FAMILY(indexAdd, 100, indexAdd)});
}

}  // namespace simdgrad::test
