#include "../../../native/kernels/elementwise_rows.h"
#include "../../../native/strides/walk.h"
#include "families.h"
#include "view.h"

namespace simdgrad::test {

namespace {

std::string textOf(const Dims& dims) {
  std::string text = "[";
  for (int d = 0; d < dims.rank; d++) text += (d ? " " : "") + std::to_string(dims.d[d]);
  return text + "]";
}

/**
 * An output operand of n floats: a new one, or an input whose elements are at the same positions as those of
 * the output.
 */
Operand& resultOf(Case& c, int64_t n, std::initializer_list<std::pair<const View*, Operand*>> inputs) {
  for (const auto& [view, operand] : inputs)
    if (view->dense && c.draw.chance(20)) {
      operand->written = true;
      return *operand;
    }
  return c.output<float>(n);
}

void unary(Case& c) {
  const int op = c.number % lengthOf(unaryNames);
  const Dims shape = drawShape(c.draw, c.large);
  const View view = drawView(c.draw, shape);
  const float p = c.draw.pick({1.0f, 0.01f, -0.5f, 2.0f}), q = c.draw.pick({20.0f, 1.0f, 3.0f});
  const Walk walk = walkOver(shape, {&view.strides});
  Operand& x = c.input(c.values(view.length));
  Operand& out = resultOf(c, walk.total, {{&view, &x}});
  c.describe("%s %s strides %s", unaryNames[op], textOf(shape).c_str(), textOf(view.strides).c_str());
  c.call = [=, &x, &out](const Isa& isa) { isa.unary(op, p, q, walk, x.as<float>(view.start), out.as<float>()); };
}

void unaryGrad(Case& c) {
  const int op = c.number % lengthOf(unaryNames);
  const int64_t n = c.large ? c.draw.between(17000, 60000) : c.draw.size(1000);
  const float p = c.draw.pick({1.0f, 0.01f, -0.5f, 2.0f}), q = c.draw.pick({20.0f, 1.0f, 3.0f});
  const Reads reads = unaryReads[op];
  Operand* x = reads == Reads::x ? &c.input(c.values(n)) : nullptr;
  Operand* y = reads == Reads::y ? &c.input(c.values(n)) : nullptr;
  Operand& g = c.input(c.values(n));
  const View dense = {{}, 0, n, true};
  Operand& out = resultOf(c, n, {{&dense, &g}});
  c.describe("%s n %lld", unaryNames[op], static_cast<long long>(n));
  c.call = [=, &g, &out](const Isa& isa) {
    isa.unaryGrad(op, p, q, n, x ? x->as<float>() : nullptr, y ? y->as<float>() : nullptr, g.as<float>(), out.as<float>());
  };
}

void binary(Case& c) {
  const int op = c.number % lengthOf(binaryNames);
  const Dims shape = drawShape(c.draw, c.large);
  const View left = drawView(c.draw, shape), right = drawView(c.draw, shape);
  const Walk walk = walkOver(shape, {&left.strides, &right.strides});
  Operand& a = c.input(c.values(left.length));
  Operand& b = c.input(c.values(right.length));
  Operand& out = resultOf(c, walk.total, {{&left, &a}, {&right, &b}});
  c.describe("%s %s strides %s %s", binaryNames[op], textOf(shape).c_str(), textOf(left.strides).c_str(),
             textOf(right.strides).c_str());
  c.call = [=, &a, &b, &out](const Isa& isa) {
    isa.binary(op, walk, a.as<float>(left.start), b.as<float>(right.start), out.as<float>());
  };
}

void compare(Case& c) {
  const int op = c.number % lengthOf(compareNames);
  const Dims shape = drawShape(c.draw, c.large);
  const View left = drawView(c.draw, shape), right = drawView(c.draw, shape);
  const Walk walk = walkOver(shape, {&left.strides, &right.strides});
  Operand& a = c.input(c.values(left.length));
  // Sometimes the same operand twice, so that elements are equal.
  Operand& b = left.length == right.length && c.draw.chance(30) ? a : c.input(c.values(right.length));
  Operand& out = c.output<uint8_t>(walk.total);
  c.describe("%s %s strides %s %s", compareNames[op], textOf(shape).c_str(), textOf(left.strides).c_str(),
             textOf(right.strides).c_str());
  c.call = [=, &a, &b, &out](const Isa& isa) {
    isa.compare(op, walk, a.as<float>(left.start), b.as<float>(right.start), out.as<uint8_t>());
  };
}

void where(Case& c) {
  const Dims shape = drawShape(c.draw, c.large);
  const View which = drawView(c.draw, shape), left = drawView(c.draw, shape), right = drawView(c.draw, shape);
  const Walk walk = walkOver(shape, {&which.strides, &left.strides, &right.strides});
  Operand& condition = c.input(c.make<uint8_t>(which.length, [&] {
    return static_cast<uint8_t>(c.draw.chance(50) ? 0 : c.draw.next());
  }));
  Operand& a = c.input(c.values(left.length));
  Operand& b = c.input(c.values(right.length));
  Operand& out = resultOf(c, walk.total, {{&left, &a}, {&right, &b}});
  c.describe("%s strides %s %s %s", textOf(shape).c_str(), textOf(which.strides).c_str(), textOf(left.strides).c_str(),
             textOf(right.strides).c_str());
  c.call = [=, &condition, &a, &b, &out](const Isa& isa) {
    isa.where(walk, condition.as<uint8_t>(which.start), a.as<float>(left.start), b.as<float>(right.start), out.as<float>());
  };
}

}  // namespace

void addElementwise(Families& families) {
  families.insert(families.end(), {
                                      SIMDGRAD_FAMILY(unary, 8 * lengthOf(unaryNames), unary),
                                      SIMDGRAD_FAMILY(unaryGrad, 8 * lengthOf(unaryNames), unaryGrad),
                                      SIMDGRAD_FAMILY(binary, 16 * lengthOf(binaryNames), binary),
                                      SIMDGRAD_FAMILY(compare, 16 * lengthOf(compareNames), compare),
                                      SIMDGRAD_FAMILY(where, 80, where),
                                  });
}

}  // namespace simdgrad::test
