#include <algorithm>
#include <initializer_list>
#include <utility>

#include "families.h"

namespace simdgrad::test {

namespace {

struct Drawn {
  Sequence sequence = {};
  std::vector<int32_t> counts;  // empty: each step has all sequences
};

Drawn drawSequence(Case& c) {
  Drawn drawn;
  Sequence& s = drawn.sequence;
  s.cell = static_cast<Cell>(c.draw.between(0, 3));
  s.reverse = c.draw.chance(50);
  s.steps = c.draw.between(1, 4), s.batch = c.draw.between(1, c.large ? 70 : 15), s.hidden = c.draw.between(1, c.large ? 150 : 40);
  const bool projects = s.cell != Cell::gru && c.draw.chance(30);
  s.width = projects ? c.draw.between(1, s.hidden) : s.hidden;
  s.columns = s.hidden * (s.cell == Cell::lstm ? 4 : s.cell == Cell::gru ? 3 : 1);
  s.rows = s.steps * s.batch;
  // Also counts that rise, are negative or exceed the rows: they are limited, and never lead outside.
  if (c.draw.chance(50))
    for (int64_t t = 0; t < s.steps; t++) drawn.counts.push_back(static_cast<int32_t>(c.draw.between(-1, s.batch + 2)));
  c.describe("cell %d, %lld steps of %lld, %lld hidden, width %lld", static_cast<int>(s.cell), static_cast<long long>(s.steps),
             static_cast<long long>(s.batch), static_cast<long long>(s.hidden), static_cast<long long>(s.width));
  return drawn;
}

/** The operands of a call, and the members that get their addresses. */
template <class Descriptor>
class Placing {
 public:
  explicit Placing(Case& c) : case_(c), drawn_(drawSequence(c)), sequence(drawn_.sequence) {
    const Sequence& s = sequence;
    if (!drawn_.counts.empty()) counts_ = &c.input(drawn_.counts);
    input(&Descriptor::weight, s.columns * s.width);
    if (s.width != s.hidden) input(&Descriptor::projection, s.width * s.hidden);
    input(&Descriptor::h0, s.batch * s.width);
    if (s.cell == Cell::lstm) input(&Descriptor::c0, s.batch * s.hidden);
  }

  template <class Member>
  void input(Member member, int64_t n) {
    read_.push_back({member, &case_.input(case_.plain(n))});
  }
  void output(float* Descriptor::*member, int64_t n) { written_.push_back({member, &case_.output<float>(n)}); }
  void changed(float* Descriptor::*member, int64_t n) { written_.push_back({member, &case_.changed(case_.plain(n))}); }

  Descriptor placed() const {
    Descriptor d = {};
    static_cast<Sequence&>(d) = sequence;
    if (counts_) d.counts = counts_->template as<int32_t>();
    for (const auto& [member, operand] : read_) d.*member = operand->template as<float>();
    for (const auto& [member, operand] : written_) d.*member = operand->template as<float>();
    return d;
  }

 private:
  Case& case_;
  const Drawn drawn_;
  const Operand* counts_ = nullptr;
  std::vector<std::pair<const float * Descriptor::*, const Operand*>> read_;
  std::vector<std::pair<float * Descriptor::*, const Operand*>> written_;

 public:
  const Sequence sequence;
};

void recurrent(Case& c) {
  Placing<Recurrent> placing(c);
  const Sequence& s = placing.sequence;
  if (c.draw.chance(70)) placing.input(&Recurrent::bias, s.columns);
  placing.changed(&Recurrent::gates, s.rows * s.columns);
  const bool kept = (s.cell == Cell::lstm || s.cell == Cell::gru) && c.draw.chance(70);
  if (kept) placing.output(&Recurrent::inner, s.rows * s.hidden);
  if (s.width != s.hidden) placing.changed(&Recurrent::whole, s.rows * s.hidden);
  placing.changed(&Recurrent::out, s.rows * s.width);
  placing.output(&Recurrent::hn, s.batch * s.width);
  if (s.cell == Cell::lstm) placing.output(&Recurrent::cn, s.batch * s.hidden);
  c.call = [placing](const Isa& isa) { isa.recurrent(placing.placed()); };
}

void recurrentGrad(Case& c) {
  Placing<RecurrentGrad> placing(c);
  const Sequence& s = placing.sequence;
  placing.input(&RecurrentGrad::gates, s.rows * s.columns);
  placing.input(&RecurrentGrad::out, s.rows * s.width);
  if (s.cell == Cell::lstm || s.cell == Cell::gru) placing.input(&RecurrentGrad::inner, s.rows * s.hidden);
  if (c.draw.chance(70)) placing.input(&RecurrentGrad::g, s.rows * s.width);
  if (c.draw.chance(50)) placing.input(&RecurrentGrad::gh, s.batch * s.width);
  if (c.draw.chance(50)) placing.input(&RecurrentGrad::gc, s.batch * s.hidden);
  placing.changed(&RecurrentGrad::gx, s.rows * s.columns);
  if (s.cell == Cell::gru) placing.changed(&RecurrentGrad::gu, s.rows * s.columns);
  if (c.draw.chance(50)) placing.changed(&RecurrentGrad::gp, s.rows * s.width);
  if (c.draw.chance(70)) placing.changed(&RecurrentGrad::previous, s.rows * s.width);
  placing.output(&RecurrentGrad::gh0, s.batch * s.width);
  if (s.cell == Cell::lstm) placing.output(&RecurrentGrad::gc0, s.batch * s.hidden);
  c.call = [placing](const Isa& isa) { isa.recurrentGrad(placing.placed()); };
}

}  // namespace

void addRecurrent(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(recurrent, 120, recurrent), SIMDGRAD_FAMILY(recurrentGrad, 120, recurrentGrad)});
}

}  // namespace simdgrad::test
