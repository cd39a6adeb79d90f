#include "../../../native/kernels/op_names.h"
#include "families.h"

namespace simdgrad::test {

namespace {

int64_t drawCount(Case& c) { return c.large ? c.draw.between(17000, 60000) : c.draw.size(600); }

/**
 * A piece of a matrix of n elements. It leaves out columns on both sides, and its own rows have a gap after
 * each.
 */
Piece drawPiece(Case& c, int64_t n) {
  Piece piece = {};
  piece.rows = c.draw.between(1, 9);
  piece.width = n / piece.rows;
  piece.at = piece.width > 0 ? c.draw.between(0, piece.width - 1) : 0;
  piece.columns = piece.width > 0 ? c.draw.between(0, piece.width - piece.at) : 0;
  piece.rowStride = piece.columns + c.draw.between(0, 20);
  return piece;
}

/** For a whole step, or for the piece that a product passes on. */
template <bool taken>
void sgd(Case& c) {
  Sgd s = {};
  s.n = drawCount(c);
  const Piece piece = drawPiece(c, s.n);
  s.nesterov = c.draw.chance(50), s.maximize = c.draw.chance(30), s.first = c.draw.chance(30);
  s.lr = c.draw.plain(), s.dampeningRest = c.draw.plain();
  s.momentum = c.draw.chance(70) ? 0.9f : 0.0f, s.weightDecay = c.draw.chance(50) ? 0.01f : 0.0f;
  Operand& p = c.changed(c.values(s.n));
  Operand& g = c.input(c.values(taken ? piece.rows * piece.rowStride : s.n));
  Operand* buffer = c.draw.chance(70) ? &c.changed(c.values(s.n)) : nullptr;
  c.describe("n %lld%s%s%s momentum %g decay %g%s", static_cast<long long>(s.n), s.nesterov ? " nesterov" : "",
             s.maximize ? " maximize" : "", s.first ? " first" : "", s.momentum, s.weightDecay, buffer ? " buffer" : "");
  c.call = [=, &p, &g](const Isa& isa) {
    Sgd placed = s;
    placed.p = p.as<float>(), placed.g = g.as<float>(), placed.buffer = buffer ? buffer->as<float>() : nullptr;
    if (!taken) return isa.sgdStep(placed);
    Piece here = piece;
    here.data = g.as<float>();
    isa.sgdTake(&placed, here);
  };
}

template <bool taken>
void adam(Case& c) {
  Adam a = {};
  a.n = drawCount(c);
  const Piece piece = drawPiece(c, a.n);
  a.maximize = c.draw.chance(30);
  a.stepSize = 0.01f, a.inverseCorrection = 1.5f, a.beta1Rest = 0.1f, a.beta2 = 0.999f, a.beta2Rest = 0.001f, a.eps = 1e-8f;
  a.keep = c.draw.chance(50) ? 1.0f : 0.99f, a.decay = c.draw.chance(50) ? 0.0f : 0.02f;
  Operand& p = c.changed(c.values(a.n));
  Operand& g = c.input(c.values(taken ? piece.rows * piece.rowStride : a.n));
  Operand& m = c.changed(c.values(a.n));
  Operand& v = c.changed(c.values(a.n));
  Operand* vmax = c.draw.chance(50) ? &c.changed(c.values(a.n)) : nullptr;
  c.describe("n %lld%s keep %g decay %g%s", static_cast<long long>(a.n), a.maximize ? " maximize" : "", a.keep, a.decay,
             vmax ? " vmax" : "");
  c.call = [=, &p, &g, &m, &v](const Isa& isa) {
    Adam placed = a;
    placed.p = p.as<float>(), placed.g = g.as<float>(), placed.m = m.as<float>(), placed.v = v.as<float>();
    placed.vmax = vmax ? vmax->as<float>() : nullptr;
    if (!taken) return isa.adamStep(placed);
    Piece here = piece;
    here.data = g.as<float>();
    isa.adamTake(&placed, here);
  };
}

void rule(Case& c) {
  RuleStep s = {};
  s.rule = c.number % lengthOf(ruleStepNames);
  s.n = drawCount(c);
  const double number = c.draw.chance(30) ? 1 : c.draw.between(2, 3000);
  Operand& p = c.changed(c.values(s.n));
  Operand& g = c.input(c.values(s.n));
  Operand* state[3] = {};
  for (int i = 0; i < ruleStates[s.rule]; i++) state[i] = &c.changed(c.values(s.n));
  // Rates, decays below 1 and flags: nearly all of them are valid for every rule at the same time.
  std::vector<double> hyper = {0.01, 0.5, 0.9, 1e-6, 0.1, c.draw.chance(50) ? 1.0 : 0.0, c.draw.chance(50) ? 1.0 : 0.0, 0, 0.999};
  c.describe("%s n %lld at %g, flags %g %g", ruleStepNames[s.rule], static_cast<long long>(s.n), number, hyper[5], hyper[6]);
  c.call = [=, &p, &g](const Isa& isa) {
    RuleStep placed = s;
    placed.p = p.as<float>(), placed.g = g.as<float>();
    placed.a = state[0]->as<float>();
    placed.b = state[1] ? state[1]->as<float>() : nullptr, placed.c = state[2] ? state[2]->as<float>() : nullptr;
    placed.number = &number, placed.hyper = hyper.data();
    isa.ruleStep(placed);
  };
}

}  // namespace

void addOptim(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(sgdStep, 100, sgd<false>), SIMDGRAD_FAMILY(adamStep, 100, adam<false>),
                                    SIMDGRAD_FAMILY(sgdTake, 100, sgd<true>), SIMDGRAD_FAMILY(adamTake, 100, adam<true>),
                                    SIMDGRAD_FAMILY(ruleStep, 140, rule)});
}

}  // namespace simdgrad::test
