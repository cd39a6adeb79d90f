#include <algorithm>

#include "families.h"

namespace simdgrad::test {

namespace {

/** Appends the windows of one axis: with even steps and cut off at the edges, or arbitrary ones. */
int64_t drawWindows(Draw& draw, int64_t size, std::vector<int32_t>& windows) {
  const int64_t step = draw.between(1, 4), length = draw.between(1, 4);
  const bool even = draw.chance(70);
  const int64_t count = even ? (size + step - 1) / step : draw.between(0, 12);
  for (int64_t i = 0; i < count; i++) {
    const int64_t begin = even ? std::max<int64_t>(0, i * step - 1) : draw.between(0, size);
    const int64_t end = even ? std::min(size, i * step - 1 + length) : draw.between(begin, size);
    windows.push_back(static_cast<int32_t>(std::min(begin, std::max(begin, end))));
    windows.push_back(static_cast<int32_t>(std::max(begin, end)));
  }
  return count;
}

struct Drawn {
  Pooling pool;
  std::vector<int32_t> windows;
};

Drawn drawPooling(Case& c) {
  Drawn drawn = {};
  Pooling& p = drawn.pool;
  p.planes = c.draw.between(1, c.large ? 80 : 4), p.h = c.draw.between(1, c.large ? 40 : 10), p.w = c.draw.between(1, c.large ? 70 : 40);
  p.dh = c.draw.between(1, 3), p.dw = c.draw.between(1, 3);
  p.oh = drawWindows(c.draw, p.h, drawn.windows), p.ow = drawWindows(c.draw, p.w, drawn.windows);
  c.describe("%lld planes [%lld %lld] to [%lld %lld]", static_cast<long long>(p.planes), static_cast<long long>(p.h),
             static_cast<long long>(p.w), static_cast<long long>(p.oh), static_cast<long long>(p.ow));
  return drawn;
}

void maxPool2d(Case& c) {
  const Drawn drawn = drawPooling(c);
  const Pooling p = drawn.pool;
  Operand& windows = c.input(drawn.windows);
  Operand& x = c.input(c.values(p.planes * p.h * p.w));
  Operand& out = c.output<float>(p.planes * p.oh * p.ow);
  Operand& index = c.output<int32_t>(p.planes * p.oh * p.ow);
  c.call = [=, &windows, &x, &out, &index](const Isa& isa) {
    Pooling placed = p;
    placed.windows = windows.as<int32_t>(), placed.x = x.as<float>(), placed.out = out.as<float>(), placed.index = index.as<int32_t>();
    isa.maxPool2d(placed);
  };
}

void maxPool2dGrad(Case& c) {
  const int64_t planes = c.draw.between(1, c.large ? 80 : 4), size = c.draw.between(1, c.large ? 1000 : 60), places = c.draw.size(c.large ? 300 : 40);
  Operand& index = c.input(c.indices(planes * places, size));
  Operand& g = c.input(c.values(planes * places));
  Operand& out = c.output<float>(planes * size);
  c.describe("%lld of %lld in %lld planes", static_cast<long long>(places), static_cast<long long>(size), static_cast<long long>(planes));
  c.call = [=, &index, &g, &out](const Isa& isa) { isa.maxPool2dGrad(planes, places, {index.as<int32_t>(), size}, g.as<float>(), out.as<float>()); };
}

template <bool gradient>
void avgPool2d(Case& c) {
  const Drawn drawn = drawPooling(c);
  const Pooling p = drawn.pool;
  const int64_t image = p.planes * p.h * p.w, pooled = p.planes * p.oh * p.ow;
  Operand& windows = c.input(drawn.windows);
  Operand& divisors = c.input(c.values(p.oh * p.ow));
  Operand& x = c.input(c.values(gradient ? pooled : image));
  Operand& out = c.output<float>(gradient ? image : pooled);
  c.call = [=, &windows, &divisors, &x, &out](const Isa& isa) {
    Pooling placed = p;
    placed.windows = windows.as<int32_t>(), placed.divisors = divisors.as<float>(), placed.x = x.as<float>(), placed.out = out.as<float>();
    (gradient ? isa.avgPool2dGrad : isa.avgPool2d)(placed);
  };
}

}  // namespace

void addPooling(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(maxPool2d, 100, maxPool2d), SIMDGRAD_FAMILY(maxPool2dGrad, 60, maxPool2dGrad),
                                   SIMDGRAD_FAMILY(avgPool2d, 100, avgPool2d<false>), SIMDGRAD_FAMILY(avgPool2dGrad, 100, avgPool2d<true>)});
}

}  // namespace simdgrad::test
