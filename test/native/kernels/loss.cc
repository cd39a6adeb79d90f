#include "families.h"

namespace simdgrad::test {

namespace {

/** What both kernels read. */
struct Loss {
  CrossEntropy arguments;
  Operand *x, *targets, *weight;
  bool byteTargets;

  CrossEntropy placed() const {
    CrossEntropy c = arguments;
    c.x = x->as<float>();
    c.targets = byteTargets ? nullptr : targets->as<int32_t>();
    c.byteTargets = byteTargets ? targets->as<uint8_t>() : nullptr;
    c.weight = weight ? weight->as<float>() : nullptr;
    return c;
  }
};

Loss drawLoss(Case& c) {
  Loss loss = {};
  CrossEntropy& a = loss.arguments;
  a.reduction = static_cast<LossReduction>(c.draw.between(0, 2));
  // Up to 32 classes are processed with one row in each lane, more classes one row at a time.
  a.classes = c.draw.chance(50) ? c.draw.between(1, 32) : c.draw.between(33, c.large ? 120 : 300);
  a.rows = c.large ? c.draw.between(9000, 20000) / a.classes + 300 : c.draw.size(80);
  a.smoothing = c.draw.chance(50) ? 0 : 0.1;
  a.ignoreIndex = c.draw.chance(50) ? -100 : c.draw.between(0, a.classes - 1);
  loss.x = &c.input(c.values(a.rows * a.classes));
  loss.byteTargets = a.classes < 256 && a.ignoreIndex >= 0 && c.draw.chance(40);
  const auto target = [&] { return c.draw.chance(10) ? a.ignoreIndex : c.draw.between(0, a.classes - 1); };
  if (loss.byteTargets) loss.targets = &c.input(c.make<uint8_t>(a.rows, [&] { return static_cast<uint8_t>(target()); }));
  else loss.targets = &c.input(c.make<int32_t>(a.rows, [&] { return static_cast<int32_t>(target()); }));
  loss.weight = c.draw.chance(40) ? &c.input(c.values(a.classes)) : nullptr;
  c.describe("reduction %d rows %lld classes %lld smoothing %g ignore %lld%s%s", static_cast<int>(a.reduction),
             static_cast<long long>(a.rows), static_cast<long long>(a.classes), a.smoothing, static_cast<long long>(a.ignoreIndex),
             loss.weight ? " weight" : "", loss.byteTargets ? " bytes" : "");
  return loss;
}

void crossEntropy(Case& c) {
  const Loss loss = drawLoss(c);
  Operand& each = c.output<float>(loss.arguments.reduction == LossReduction::none ? loss.arguments.rows : 1);
  Operand& stats = c.output<float>(loss.arguments.rows + 1);
  c.call = [=, &each, &stats](const Isa& isa) {
    CrossEntropy arguments = loss.placed();
    arguments.loss = each.as<float>();
    arguments.stats = stats.as<float>();
    isa.crossEntropy(arguments);
  };
}

void crossEntropyGrad(Case& c) {
  const Loss loss = drawLoss(c);
  Operand& stats = c.input(c.plain(loss.arguments.rows + 1));
  Operand& g = c.input(c.plain(loss.arguments.reduction == LossReduction::none ? loss.arguments.rows : 1));
  Operand& out = c.output<float>(loss.arguments.rows * loss.arguments.classes);
  c.call = [=, &stats, &g, &out](const Isa& isa) {
    CrossEntropy arguments = loss.placed();
    arguments.stats = stats.as<float>();
    arguments.g = g.as<float>();
    arguments.out = out.as<float>();
    isa.crossEntropyGrad(arguments);
  };
}

}  // namespace

void addLoss(Families& families) {
  families.insert(families.end(),
                  {SIMDGRAD_FAMILY(crossEntropy, 120, crossEntropy), SIMDGRAD_FAMILY(crossEntropyGrad, 120, crossEntropyGrad)});
}

}  // namespace simdgrad::test
