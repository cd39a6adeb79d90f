#include "../isa/dispatch.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

// Operands that a cell does not use are ignored: c of a cell that is no LSTM, for example.

/** Reads the arguments that both kernels share. */
template <class Args>
Sequence sequenceOf(Args& a) {
  Sequence s = {};
  s.cell = static_cast<Cell>(a.cell);
  const bool lstm = s.cell == Cell::lstm;
  s.reverse = a.reverse != 0;
  s.steps = a.steps, s.batch = a.batch, s.rows = a.rows;
  s.hidden = a.hidden, s.width = a.width, s.columns = a.columns;
  s.counts = a.counts.template orNull<int32_t>();
  s.weight = a.weight.template as<float>();
  s.projection = a.projection.template orNull<float>();
  s.h0 = a.h0.template as<float>();
  s.c0 = lstm ? a.c0.template as<float>() : nullptr;
  const int64_t gates = lstm ? 4 : s.cell == Cell::gru ? 3 : 1;
  a.support(s.hidden > 0 && s.width > 0 && s.steps <= s.rows);
  a.support(static_cast<double>(s.columns) == static_cast<double>(gates) * static_cast<double>(s.hidden));
  a.support(a.counts.given() || static_cast<double>(s.rows) == static_cast<double>(s.steps) * static_cast<double>(s.batch));
  a.support(a.projection.given() ? s.cell != Cell::gru : s.width == s.hidden);
  return s;
}

}  // namespace

double recurrent(RecurrentArgs& a) {
  Recurrent r = {};
  static_cast<Sequence&>(r) = sequenceOf(a);
  r.bias = a.bias.orNull<float>();
  r.gates = a.gates.as<float>();
  r.inner = a.inner.orNull<float>();
  r.whole = a.projection.given() ? a.whole.as<float>() : nullptr;
  r.out = a.out.as<float>();
  r.hn = a.hn.as<float>();
  r.cn = r.cell == Cell::lstm ? a.cn.as<float>() : nullptr;
  return a.run([=] { isa().recurrent(r); });
}

double recurrentGrad(RecurrentGradArgs& a) {
  RecurrentGrad r = {};
  static_cast<Sequence&>(r) = sequenceOf(a);
  r.gates = a.gates.as<float>();
  const bool lstm = r.cell == Cell::lstm, gru = r.cell == Cell::gru;
  r.inner = lstm || gru ? a.inner.as<float>() : nullptr;
  r.out = a.out.as<float>();
  r.g = a.g.orNull<float>();
  r.gh = a.gh.orNull<float>();
  r.gc = a.gc.orNull<float>();
  r.gx = a.gx.as<float>();
  r.gu = gru ? a.gu.as<float>() : nullptr;
  r.gp = a.gp.orNull<float>();
  r.previous = a.previous.orNull<float>();
  r.gh0 = a.gh0.as<float>();
  r.gc0 = lstm ? a.gc0.as<float>() : nullptr;
  return a.run([=] { isa().recurrentGrad(r); });
}

}  // namespace simdgrad::entries
