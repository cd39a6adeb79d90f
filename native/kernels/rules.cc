// Optimizers written as rules, as in src/kernels/js/rules.ts. A rule reads the step number and the options
// once, then goes over the parameters. All arithmetic is in double precision, and each kept value is rounded
// when it is stored: the bits are those of the JavaScript core.

#include <algorithm>

#include "isa.h"
#include "../threads/pool.h"
#include "../simd/simd64.h"
#include "../numerics/whole_power.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr size_t grain = 8192;

/** The doubles of one Vec. */
struct Wide {
  Double d[halves];
};

template <class F>
SIMD_INLINE Wide each(F f) {
  Wide r;
  for (int i = 0; i < halves; i++) r.d[i] = f(i);
  return r;
}

SIMD_INLINE Wide operator+(Wide a, Wide b) { return each([&](int i) { return a.d[i] + b.d[i]; }); }
SIMD_INLINE Wide operator-(Wide a, Wide b) { return each([&](int i) { return a.d[i] - b.d[i]; }); }
SIMD_INLINE Wide operator*(Wide a, Wide b) { return each([&](int i) { return a.d[i] * b.d[i]; }); }
SIMD_INLINE Wide operator/(Wide a, Wide b) { return each([&](int i) { return a.d[i] / b.d[i]; }); }
SIMD_INLINE Wide sqrt(Wide a) { return each([&](int i) { return sqrt64(a.d[i]); }); }
SIMD_INLINE Wide wide(double x) { return each([&](int) { return broadcast64(x); }); }
SIMD_INLINE Wide operator+(Wide a, double b) { return a + wide(b); }
SIMD_INLINE Wide operator*(double a, Wide b) { return wide(a) * b; }
SIMD_INLINE Wide operator/(Wide a, double b) { return a / wide(b); }
/** x where a < b, else y. */
SIMD_INLINE Wide whereLess(Wide a, Wide b, Wide x, Wide y) {
  return each([&](int i) { return select(less(a.d[i], b.d[i]), x.d[i], y.d[i]); });
}
/**
 * Math.max: propagates NaN; the sign of zeros does not matter here. If neither is less, they are equal or one
 * is NaN, and half their sum is the right result in both cases.
 */
SIMD_INLINE Wide largest(Wide a, Wide b) { return whereLess(b, a, a, whereLess(a, b, b, 0.5 * (a + b))); }
SIMD_INLINE Wide magnitude(Wide a) { return each([&](int i) { return andBits(a.d[i], bits64(INT64_MAX)); }); }
/** Math.sign, except for the sign of a zero. */
SIMD_INLINE Wide sign(Wide a) { return whereLess(a, wide(0), wide(-1), whereLess(wide(0), a, wide(1), a)); }

/** One vector of parameters: its index and its lanes. */
template <class Lanes>
struct Place {
  size_t i;
  Lanes lanes;

  SIMD_INLINE Wide get(const float* x) const {
    Wide w;
    widen(load(x + i, lanes), w.d);
    return w;
  }
  /** Stores `value` and returns the rounded value. */
  SIMD_INLINE Wide put(float* x, Wide value) const {
    const Vec rounded = narrow(value.d);
    store(x + i, rounded, lanes);
    widen(rounded, value.d);
    return value;
  }
  SIMD_INLINE Wide gradient(const RuleStep& s, bool maximize, double weightDecay) const {
    Wide d = get(s.g);
    if (maximize) d = -1 * d;
    if (weightDecay != 0) d = d + weightDecay * get(s.p);
    return d;
  }
  /** The same for rules with decoupled decay, which multiplies the parameter by 1 - lr · weightDecay. */
  SIMD_INLINE Wide gradient(const RuleStep& s, bool maximize, double weightDecay, bool decoupled, double lr) const {
    if (!decoupled) return gradient(s, maximize, weightDecay);
    if (weightDecay != 0) put(s.p, (1 - lr * weightDecay) * get(s.p));
    return gradient(s, maximize, 0);
  }
  SIMD_INLINE void descend(const RuleStep& s, Wide by) const { put(s.p, get(s.p) - by); }
};

struct Adagrad {
  const double lr, lrDecay, weightDecay, initial, eps;
  const bool maximize, first;
  const double rate;
  Adagrad(double t, const double* h)
      : lr(h[0]), lrDecay(h[1]), weightDecay(h[2]), initial(h[3]), eps(h[4]), maximize(h[5] != 0), first(t == 1),
        rate(lr / (1 + (t - 1) * lrDecay)) {}

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    const Wide d = at.gradient(s, maximize, weightDecay);
    const Wide a = at.put(s.a, (first ? wide(initial) : at.get(s.a)) + d * d);
    at.descend(s, rate * d / (sqrt(a) + eps));
  }
};

struct RmsProp {
  const double lr, alpha, eps, weightDecay, momentum;
  const bool centered, maximize;
  RmsProp(double, const double* h)
      : lr(h[0]), alpha(h[1]), eps(h[2]), weightDecay(h[3]), momentum(h[4]), centered(h[5] != 0), maximize(h[6] != 0) {}

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    Wide d = at.gradient(s, maximize, weightDecay);
    Wide variance = at.put(s.a, alpha * at.get(s.a) + (1 - alpha) * d * d);
    if (centered) {
      const Wide old = at.get(s.c);
      const Wide mean = at.put(s.c, old + (1 - alpha) * (d - old));
      variance = variance - mean * mean;
    }
    d = d / (sqrt(variance) + eps);
    if (momentum > 0) d = at.put(s.b, momentum * at.get(s.b) + d);
    at.descend(s, lr * d);
  }
};

struct Adadelta {
  const double lr, rho, eps, weightDecay;
  const bool maximize;
  Adadelta(double, const double* h) : lr(h[0]), rho(h[1]), eps(h[2]), weightDecay(h[3]), maximize(h[4] != 0) {}

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    const Wide d = at.gradient(s, maximize, weightDecay);
    const Wide a = at.put(s.a, rho * at.get(s.a) + (1 - rho) * d * d);
    const Wide b = at.get(s.b);
    const Wide delta = sqrt(b + eps) / sqrt(a + eps) * d;
    at.put(s.b, rho * b + (1 - rho) * delta * delta);
    at.descend(s, lr * delta);
  }
};

struct Adamax {
  const double lr, beta1, beta2, eps, weightDecay;
  const bool maximize;
  const double rate;
  Adamax(double t, const double* h)
      : lr(h[0]), beta1(h[1]), beta2(h[2]), eps(h[3]), weightDecay(h[4]), maximize(h[5] != 0), rate(lr / (1 - wholePower(beta1, t))) {}

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    const Wide d = at.gradient(s, maximize, weightDecay), old = at.get(s.a);
    const Wide a = at.put(s.a, old + (1 - beta1) * (d - old));
    const Wide b = at.put(s.b, largest(beta2 * at.get(s.b), magnitude(d) + eps));
    at.descend(s, rate * a / b);
  }
};

struct NAdam {
  const double lr, beta1, beta2, eps, weightDecay, decay;
  const bool decoupled, maximize;
  const double correction;
  double ofGradient, ofMean;  // the step sizes of both
  NAdam(double t, const double* h)
      : lr(h[0]), beta1(h[1]), beta2(h[2]), eps(h[3]), weightDecay(h[4]), decay(h[8]), decoupled(h[6] != 0), maximize(h[7] != 0),
        correction(1 - wholePower(beta2, t)) {
    double power = 1, product = 1;
    for (double step = 1; step <= t && product > 0x1p-60; step++) power *= decay, product *= momentum(power);
    const double now = momentum(wholePower(decay, t)), next = momentum(wholePower(decay, t + 1));
    ofGradient = lr * (1 - now) / (1 - product);
    ofMean = lr * next / (1 - product * next);
  }
  double momentum(double power) const { return beta1 * (1 - 0.5 * power); }

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    const Wide d = at.gradient(s, maximize, weightDecay, decoupled, lr), old = at.get(s.a);
    const Wide a = at.put(s.a, old + (1 - beta1) * (d - old));
    const Wide b = at.put(s.b, beta2 * at.get(s.b) + (1 - beta2) * d * d);
    at.descend(s, (ofGradient * d + ofMean * a) / (sqrt(b / correction) + eps));
  }
};

struct RAdam {
  const double lr, beta1, beta2, eps, weightDecay;
  const bool decoupled, maximize;
  bool known;   // after too few steps the variance is unknown, and the rule does not divide by it
  double rate;
  RAdam(double t, const double* h)
      : lr(h[0]), beta1(h[1]), beta2(h[2]), eps(h[3]), weightDecay(h[4]), decoupled(h[5] != 0), maximize(h[6] != 0) {
    const double power = wholePower(beta2, t), longest = 2 / (1 - beta2) - 1;
    const double length = longest - 2 * t * power / (1 - power);
    known = length > 5;
    const double rectified =
        known ? __builtin_sqrt((length - 4) * (length - 2) * longest * (1 - power) / ((longest - 4) * (longest - 2) * length)) : 1;
    rate = lr / (1 - wholePower(beta1, t)) * rectified;
  }

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    const Wide d = at.gradient(s, maximize, weightDecay, decoupled, lr), old = at.get(s.a);
    const Wide a = at.put(s.a, old + (1 - beta1) * (d - old));
    const Wide b = at.put(s.b, beta2 * at.get(s.b) + (1 - beta2) * d * d);
    const Wide by = rate * a;
    at.descend(s, known ? by / (sqrt(b) + eps) : by);
  }
};

struct Rprop {
  const double lr, shrink, grow, least, most;
  const bool maximize, first;
  Rprop(double t, const double* h) : lr(h[0]), shrink(h[1]), grow(h[2]), least(h[3]), most(h[4]), maximize(h[5] != 0), first(t == 1) {}

  template <class At>
  SIMD_INLINE void operator()(const RuleStep& s, At at) const {
    const Wide zero = wide(0);
    Wide d = at.gradient(s, maximize, 0);
    const Wide agreement = d * at.get(s.a);
    const Wide factor = whereLess(zero, agreement, wide(grow), whereLess(agreement, zero, wide(shrink), wide(1)));
    Wide size = (first ? wide(lr) : at.get(s.b)) * factor;
    size = whereLess(size, wide(least), wide(least), size);
    size = at.put(s.b, whereLess(wide(most), size, wide(most), size));
    d = whereLess(agreement, zero, zero, d);
    at.descend(s, sign(d) * size);
    at.put(s.a, d);
  }
};

template <class Rule>
void run(const RuleStep& given) {
  const Rule rule(*given.number, given.hyper);
  parallelFor(static_cast<size_t>(given.n), grain, [&](size_t begin, size_t end) {
    // Local copies, which no store can alias, so no iteration reloads them.
    const Rule r = rule;
    const RuleStep s = given;
    forVectors(end - begin, [&](size_t i, auto lanes) { r(s, Place<decltype(lanes)>{begin + i, lanes}); });
  });
}

/** In the order of ruleStepNames. */
constexpr void (*runs[])(const RuleStep&) = {run<Adagrad>, run<RmsProp>, run<Adadelta>, run<Adamax>, run<NAdam>, run<RAdam>, run<Rprop>};

void ruleStep(const RuleStep& s) { runs[s.rule](s); }

}  // namespace

void addRules(Isa& isa) { isa.ruleStep = ruleStep; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
