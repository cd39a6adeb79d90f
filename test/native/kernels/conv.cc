#include <algorithm>

#include "../../../native/isa/dispatch.h"
#include "families.h"

namespace simdgrad::test {

namespace {

int64_t placesOf(int64_t size, int64_t padding, int64_t dilation, int64_t kernel, int64_t stride) {
  const int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

Patches drawPatches(Draw& draw, bool large) {
  Patches p = {};
  // Half of the cases keep the size of the image.
  const bool kept = draw.chance(50);
  p.h = draw.between(1, large ? 70 : 9), p.w = draw.between(1, large ? 40 : 20);
  p.kh = kept ? 3 : draw.between(1, 4), p.kw = kept ? 3 : draw.between(1, 4);
  p.sh = kept ? 1 : draw.between(1, 3), p.sw = kept ? 1 : draw.between(1, 3);
  p.dh = kept ? 1 : draw.between(1, 3), p.dw = kept ? 1 : draw.between(1, 3);
  p.ph = kept ? 1 : draw.between(0, 3), p.pw = kept ? 1 : draw.between(0, 3);
  p.oh = placesOf(p.h, p.ph, p.dh, p.kh, p.sh), p.ow = placesOf(p.w, p.pw, p.dw, p.kw, p.sw);
  return p;
}

void describe(Case& c, const char* what, int64_t planes, const Patches& p) {
  c.describe("%s of %lld planes [%lld %lld], kernel [%lld %lld], stride [%lld %lld], padding [%lld %lld], dilation [%lld %lld]", what,
             static_cast<long long>(planes), static_cast<long long>(p.h), static_cast<long long>(p.w), static_cast<long long>(p.kh),
             static_cast<long long>(p.kw), static_cast<long long>(p.sh), static_cast<long long>(p.sw), static_cast<long long>(p.ph),
             static_cast<long long>(p.pw), static_cast<long long>(p.dh), static_cast<long long>(p.dw));
}

void unfold2d(Case& c) {
  const Patches p = drawPatches(c.draw, c.large);
  const int64_t planes = c.draw.between(1, c.large ? 60 : 4);
  Operand& x = c.input(c.values(planes * p.h * p.w));
  Operand& out = c.output<float>(planes * p.kh * p.kw * p.oh * p.ow);
  describe(c, "patches", planes, p);
  c.call = [=, &x, &out](const Isa& isa) { isa.unfold2d(planes, p, x.as<float>(), out.as<float>()); };
}

void fold2d(Case& c) {
  const Patches p = drawPatches(c.draw, c.large);
  const int64_t planes = c.draw.between(1, c.large ? 60 : 4);
  Operand& columns = c.input(c.values(planes * p.kh * p.kw * p.oh * p.ow));
  Operand& out = c.output<float>(planes * p.h * p.w);
  describe(c, "sums", planes, p);
  c.call = [=, &columns, &out](const Isa& isa) { isa.fold2d(planes, p, columns.as<float>(), out.as<float>()); };
}

/** A product of the instruction set of `isa`, which holds the tested kernel alone. */
auto productOf(const Isa& isa, bool bfloat16) {
  for (int i = 0;; i++)
    if (std::strcmp(isaAt(i).name, isa.name) == 0) return bfloat16 ? isaAt(i).gemmBf16 : isaAt(i).gemm;
}

enum class Operation { forward, input, weight };

/** The large cases of all three operations are cut into tasks: samples, rows, channels. */
template <Operation operation>
void convolution(Case& c) {
  Conv conv = {};
  conv.patches = drawPatches(c.draw, c.large);
  const Patches& p = conv.patches;
  conv.samples = c.draw.between(1, c.large ? 20 : 3), conv.groups = c.draw.between(1, 2);
  conv.channels = c.draw.between(1, c.large ? 24 : 6), conv.outputs = c.draw.between(1, c.large ? 40 : 20);
  // A quarter is depthwise.
  if (c.draw.chance(25)) conv.groups = c.draw.between(1, c.large ? 40 : 9), conv.channels = 1, conv.outputs = c.draw.between(1, 3);
  // At most about 20 million multiply-adds: a case runs 15 times and more, in part with sanitizers.
  const int64_t each = conv.groups * conv.channels * conv.outputs * p.oh * p.ow * p.kh * p.kw;
  conv.samples = std::max<int64_t>(1, std::min(conv.samples, 20'000'000 / std::max<int64_t>(1, each)));
  const int64_t images = conv.samples * conv.groups;
  const int64_t sizeX = images * conv.channels * p.h * p.w, sizeY = images * conv.outputs * p.oh * p.ow;
  const int64_t sizeWeight = conv.groups * conv.outputs * conv.channels * p.kh * p.kw;
  const bool biased = c.draw.chance(50);
  conv.accumulate = c.draw.chance(50), conv.bfloat16 = c.draw.chance(40);
  describe(c, operation == Operation::forward ? "convolution" : operation == Operation::input ? "gradient" : "gradient of weights",
           images * conv.channels, p);
  Operand& first = c.input(c.values(operation == Operation::input ? sizeY : sizeX));
  Operand& second = c.input(c.values(operation == Operation::weight ? sizeY : sizeWeight));
  Operand& bias = c.input(c.values(conv.groups * conv.outputs));
  const int64_t size = operation == Operation::forward ? sizeY : operation == Operation::input ? sizeX : sizeWeight;
  Operand& out = operation == Operation::weight && conv.accumulate ? c.changed(c.values(size)) : c.output<float>(size);
  c.call = [=, &first, &second, &bias, &out](const Isa& isa) {
    Conv placed = conv;
    placed.x = operation == Operation::input ? nullptr : first.as<float>();
    placed.y = operation == Operation::input ? first.as<float>() : operation == Operation::weight ? second.as<float>() : nullptr;
    placed.weight = operation == Operation::weight ? nullptr : second.as<float>();
    placed.bias = biased ? bias.as<float>() : nullptr;
    placed.out = out.as<float>();
    placed.multiply = productOf(isa, conv.bfloat16);
    (operation == Operation::forward ? isa.conv2d : operation == Operation::input ? isa.conv2dGradInput : isa.conv2dGradWeight)(placed);
  };
}

}  // namespace

void addConv(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(unfold2d, 100, unfold2d), SIMDGRAD_FAMILY(fold2d, 100, fold2d),
                                   SIMDGRAD_FAMILY(conv2d, 100, convolution<Operation::forward>),
                                   SIMDGRAD_FAMILY(conv2dGradInput, 100, convolution<Operation::input>),
                                   SIMDGRAD_FAMILY(conv2dGradWeight, 100, convolution<Operation::weight>)});
}

}  // namespace simdgrad::test
