#include "families.h"

namespace simdgrad::test {

namespace {

constexpr float epsilons[] = {0.0f, 1e-5f, 0.5f};

float epsilonOf(Case& c) { return c.draw.pick({epsilons[0], epsilons[1], epsilons[2]}); }

template <class T>
T* orNull(const Operand* operand) {
  return operand ? operand->as<T>() : nullptr;
}

Operand* maybeInput(Case& c, int64_t n) { return c.draw.chance(60) ? &c.input(c.values(n)) : nullptr; }
Operand* maybeChanged(Case& c, int64_t n) { return c.draw.chance(60) ? &c.changed(c.plain(n)) : nullptr; }

/** Rows: layer and RMS normalisation have one group; group normalisation has several. */
Normalize drawRows(Case& c) {
  Normalize n = {};
  const bool oneGroup = c.draw.chance(50), oneElement = c.draw.chance(50);
  n.samples = c.draw.between(1, c.large ? 90 : 5);
  n.groups = oneGroup ? 1 : c.draw.between(1, 5);
  n.channels = c.draw.between(1, oneElement ? (c.large ? 700 : 90) : 6);
  n.inner = oneElement ? 1 : c.draw.between(1, c.large ? 300 : 40);
  n.eps = epsilonOf(c);
  c.describe("samples %lld groups %lld channels %lld inner %lld", static_cast<long long>(n.samples), static_cast<long long>(n.groups),
             static_cast<long long>(n.channels), static_cast<long long>(n.inner));
  return n;
}

int64_t elementsOf(const Normalize& n) { return n.samples * n.groups * n.channels * n.inner; }

void normalize(Case& c) {
  const Normalize sizes = drawRows(c);
  const int64_t rows = sizes.samples * sizes.groups, width = sizes.groups * sizes.channels;
  const bool centred = c.draw.chance(70);
  Operand& x = c.input(c.values(elementsOf(sizes)));
  Operand *const weight = maybeInput(c, width), *const bias = maybeInput(c, width);
  Operand& out = c.output<float>(elementsOf(sizes));
  Operand* const mean = centred ? &c.output<float>(rows) : nullptr;
  Operand& variance = c.output<float>(rows);
  c.call = [=, &x, &out, &variance](const Isa& isa) {
    Normalize n = sizes;
    n.x = x.as<float>(), n.weight = orNull<float>(weight), n.bias = orNull<float>(bias);
    n.out = out.as<float>(), n.mean = orNull<float>(mean), n.variance = variance.as<float>();
    isa.normalize(n);
  };
}

void normalizeGrad(Case& c) {
  const Normalize sizes = drawRows(c);
  const int64_t rows = sizes.samples * sizes.groups, width = sizes.groups * sizes.channels;
  Operand &x = c.input(c.values(elementsOf(sizes))), &g = c.input(c.values(elementsOf(sizes)));
  Operand *const weight = maybeInput(c, width), *const mean = c.draw.chance(70) ? &c.input(c.plain(rows)) : nullptr;
  Operand& variance = c.input(c.make<float>(rows, [&] { const float v = c.draw.plain(); return v * v; }));
  Operand* const gx = c.draw.chance(80) ? &c.output<float>(elementsOf(sizes)) : nullptr;
  Operand *const gWeight = maybeChanged(c, width), *const gBias = maybeChanged(c, width);
  const bool addWeight = c.draw.chance(50), addBias = c.draw.chance(50);
  c.call = [=, &x, &g, &variance](const Isa& isa) {
    Normalize n = sizes;
    n.x = x.as<float>(), n.weight = orNull<float>(weight), n.g = g.as<float>();
    n.mean = orNull<float>(mean), n.variance = variance.as<float>(), n.out = orNull<float>(gx);
    n.gWeight = orNull<float>(gWeight), n.gBias = orNull<float>(gBias);
    n.addWeight = addWeight, n.addBias = addBias;
    isa.normalizeGrad(n);
  };
}

/** Images, or (inner 1) the columns of a matrix. */
BatchNorm drawChannels(Case& c) {
  BatchNorm b = {};
  const bool matrix = c.draw.chance(40);
  b.samples = c.draw.between(1, c.large ? 60 : 9);
  b.channels = c.draw.between(1, matrix ? (c.large ? 300 : 100) : 9);
  b.inner = matrix ? 1 : c.draw.between(1, c.large ? 700 : 50);
  b.eps = epsilonOf(c);
  c.describe("samples %lld channels %lld inner %lld", static_cast<long long>(b.samples), static_cast<long long>(b.channels),
             static_cast<long long>(b.inner));
  return b;
}

int64_t elementsOf(const BatchNorm& b) { return b.samples * b.channels * b.inner; }

void batchNorm(Case& c) {
  BatchNorm sizes = drawChannels(c);
  sizes.momentum = c.draw.pick({0.1, 0.0, 1.0}), sizes.cumulative = c.draw.chance(30);
  Operand& x = c.input(c.values(elementsOf(sizes)));
  Operand *const weight = maybeInput(c, sizes.channels), *const bias = maybeInput(c, sizes.channels);
  const bool running = c.draw.chance(70);
  Operand* const runningMean = running ? &c.changed(c.plain(sizes.channels)) : nullptr;
  Operand* const runningVar = running ? &c.changed(c.plain(sizes.channels)) : nullptr;
  Operand* const count = running ? &c.changed(std::vector<int32_t>{static_cast<int32_t>(c.draw.between(0, 9))}) : nullptr;
  Operand &out = c.output<float>(elementsOf(sizes)), &mean = c.output<float>(sizes.channels), &variance = c.output<float>(sizes.channels);
  c.call = [=, &x, &out, &mean, &variance](const Isa& isa) {
    BatchNorm b = sizes;
    b.x = x.as<float>(), b.weight = orNull<float>(weight), b.bias = orNull<float>(bias);
    b.runningMean = orNull<float>(runningMean), b.runningVar = orNull<float>(runningVar), b.count = orNull<int32_t>(count);
    b.out = out.as<float>(), b.mean = mean.as<float>(), b.variance = variance.as<float>();
    isa.batchNorm(b);
  };
}

void batchNormEval(Case& c) {
  const BatchNorm sizes = drawChannels(c);
  Operand &x = c.input(c.values(elementsOf(sizes))), &mean = c.input(c.values(sizes.channels)), &variance = c.input(c.values(sizes.channels));
  Operand *const weight = maybeInput(c, sizes.channels), *const bias = maybeInput(c, sizes.channels);
  Operand& out = c.output<float>(elementsOf(sizes));
  c.call = [=, &x, &mean, &variance, &out](const Isa& isa) {
    BatchNorm b = sizes;
    b.x = x.as<float>(), b.weight = orNull<float>(weight), b.bias = orNull<float>(bias);
    b.mean = mean.as<float>(), b.variance = variance.as<float>(), b.out = out.as<float>();
    isa.batchNormEval(b);
  };
}

void batchNormGrad(Case& c) {
  BatchNorm sizes = drawChannels(c);
  sizes.training = c.draw.chance(60), sizes.addWeight = c.draw.chance(50), sizes.addBias = c.draw.chance(50);
  Operand &x = c.input(c.values(elementsOf(sizes))), &g = c.input(c.values(elementsOf(sizes)));
  Operand &mean = c.input(c.plain(sizes.channels)), &variance = c.input(c.plain(sizes.channels));
  Operand* const weight = maybeInput(c, sizes.channels);
  Operand* const gx = c.draw.chance(80) ? &c.output<float>(elementsOf(sizes)) : nullptr;
  Operand *const gWeight = maybeChanged(c, sizes.channels), *const gBias = maybeChanged(c, sizes.channels);
  c.call = [=, &x, &g, &mean, &variance](const Isa& isa) {
    BatchNorm b = sizes;
    b.x = x.as<float>(), b.weight = orNull<float>(weight), b.g = g.as<float>();
    b.mean = mean.as<float>(), b.variance = variance.as<float>(), b.out = orNull<float>(gx);
    b.gWeight = orNull<float>(gWeight), b.gBias = orNull<float>(gBias);
    isa.batchNormGrad(b);
  };
}

}  // namespace

void addNormalize(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(normalize, 60, normalize), SIMDGRAD_FAMILY(normalizeGrad, 60, normalizeGrad),
                                   SIMDGRAD_FAMILY(batchNorm, 60, batchNorm), SIMDGRAD_FAMILY(batchNormEval, 40, batchNormEval),
                                   SIMDGRAD_FAMILY(batchNormGrad, 60, batchNormGrad)});
}

}  // namespace simdgrad::test
