#include "../../../native/kernels/elementwise_rows.h"
#include "../../../native/strides/walk.h"
#include "families.h"
#include "view.h"

namespace simdgrad::test {

namespace {

/** Where the operand of a link is during a call. */
struct Where {
  Operand* operand;  // or null: `local`
  int64_t start;
  int local;

  LinkPlace placed() const { return operand ? LinkPlace{operand->as<char>(start * static_cast<int64_t>(sizeof(float))), -1} : LinkPlace{nullptr, local}; }
};

struct Step {
  Link link;
  Where in[3], out;
};

/**
 * A chain of unary and binary calls over one shape. Each reads memory with any strides, or a local that an
 * earlier link wrote, and writes a local or memory.
 */
void chain(Case& c) {
  const Dims shape = drawShape(c.draw, c.large);
  const int64_t total = shape.elements();
  View dense = {shape, 0, total, true};
  int64_t inner = 1;
  for (int d = shape.rank - 1; d >= 0; inner *= shape.d[d--]) dense.strides.d[d] = inner;
  const int count = static_cast<int>(c.draw.between(2, 6));
  int locals = 0;
  std::vector<Step> steps;
  const auto read = [&](View& view) {
    if (locals > 0 && c.draw.chance(60)) {
      view = dense;
      return Where{nullptr, 0, static_cast<int>(c.draw.between(0, locals - 1))};
    }
    view = drawView(c.draw, shape);
    return Where{&c.input(c.values(view.length)), view.start, -1};
  };
  for (int i = 0; i < count; i++) {
    Step step = {};
    View left, right;
    step.in[0] = read(left);
    const bool binary = c.draw.chance(50);
    if (binary) step.in[1] = read(right);
    step.link.kind = binary ? Link::binary : c.draw.chance(20) ? Link::copy : Link::unary;
    step.link.op = static_cast<int>(c.draw.between(0, (binary ? lengthOf(binaryNames) : lengthOf(unaryNames)) - 1));
    step.link.p = c.draw.pick({1.0f, 0.01f, -0.5f}), step.link.q = c.draw.pick({20.0f, 1.0f});
    step.link.walk = binary ? walkOver(shape, {&left.strides, &right.strides}) : walkOver(shape, {&left.strides});
    step.link.last = true;
    // The last link writes memory: otherwise nothing could be compared.
    if (i + 1 < count && c.draw.chance(70)) step.out = {nullptr, 0, locals++};
    else step.out = {&c.output<float>(total), 0, -1};
    steps.push_back(step);
  }
  c.describe("%d links over %lld elements, %d locals", count, static_cast<long long>(total), locals);
  c.call = [=](const Isa& isa) {
    std::vector<Link> links;
    for (const Step& step : steps) {
      Link link = step.link;
      link.operand[0] = step.in[0].placed();
      if (link.kind == Link::binary) link.operand[1] = step.in[1].placed();
      link.out = step.out.placed();
      links.push_back(link);
    }
    isa.chain({total, links.data(), static_cast<int>(links.size()), locals});
  };
}

}  // namespace

void addChain(Families& families) { families.push_back(SIMDGRAD_FAMILY(chain, 200, chain)); }

}  // namespace simdgrad::test
