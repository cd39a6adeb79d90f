#include "families.h"

namespace simdgrad::test {

namespace {

/** Rows with strides: dense, or parts of longer rows as after one product. */
template <class T>
struct Rows {
  Heads<T> strides;
  int64_t floats;
};

template <class T>
Rows<T> drawRows(Draw& draw, int64_t batch, int64_t heads, int64_t n, int64_t width) {
  const bool joined = draw.chance(50);
  const int64_t gap = joined ? draw.between(0, 20) : 0, row = joined ? heads * width + gap : width;
  const int64_t head = joined ? width : n * width, whole = joined ? n * row : heads * n * width;
  const int64_t last = joined ? (n - 1) * row + heads * width : whole;
  return {{nullptr, whole, head, row}, batch * heads * n == 0 ? 0 : (batch - 1) * whole + last};
}

Attention drawSizes(Case& c) {
  Attention t = {};
  t.batch = c.draw.between(1, 2);
  t.groups = c.draw.between(1, 3), t.heads = t.groups * c.draw.between(1, 2);
  const bool few = c.draw.chance(30);
  t.queries = few ? c.draw.between(1, 4) : c.draw.between(1, c.large ? 200 : 70);
  t.keys = c.draw.between(1, few ? 600 : c.large ? 300 : 140);
  t.width = c.draw.between(0, c.draw.chance(30) ? 70 : 17), t.valueWidth = c.draw.between(1, c.draw.chance(30) ? 70 : 17);
  t.scale = c.draw.plain();
  t.causal = !few && c.draw.chance(40);
  t.dropout = c.draw.pick({0.0, 0.3, 1.0});
  return t;
}

struct Mask {
  Operand *allowed = nullptr, *added = nullptr;

  Mask(Case& c, Attention& t) {
    if (c.draw.chance(50)) return;
    const bool padding = c.draw.chance(40);
    const int64_t strides[] = {padding ? t.keys : 0, padding ? 0 : t.queries * t.keys, padding ? 0 : t.keys, 1};
    for (int axis = 0; axis < 4; axis++) t.maskStride[axis] = strides[axis];
    const int64_t n = padding ? t.batch * t.keys : t.heads * t.queries * t.keys;
    if (c.draw.chance(50)) added = &c.input(c.values(n));
    else allowed = &c.input(c.make<uint8_t>(n, [&] { return static_cast<uint8_t>(c.draw.between(0, 2)); }));
  }
  void place(Attention& t) const {
    t.allowed = allowed ? allowed->as<uint8_t>() : nullptr;
    t.added = added ? added->as<float>() : nullptr;
  }
};

void describe(Case& c, const Attention& t) {
  c.describe("batch %lld heads %lld groups %lld queries %lld keys %lld widths %lld %lld%s dropout %g", static_cast<long long>(t.batch),
             static_cast<long long>(t.heads), static_cast<long long>(t.groups), static_cast<long long>(t.queries), static_cast<long long>(t.keys),
             static_cast<long long>(t.width), static_cast<long long>(t.valueWidth), t.causal ? " causal" : "", t.dropout);
}

template <class T>
Heads<T> at(const Heads<T>& strides, const Operand& operand) {
  Heads<T> placed = strides;
  placed.first = operand.as<float>();
  return placed;
}

/** What both kernels read. */
struct Inputs {
  Attention t;
  Operand *q, *k, *v, *drawn;
  Mask mask;

  explicit Inputs(Case& c) : t(drawSizes(c)), mask(c, t) {
    const auto input = [&](Heads<const float>& strides, int64_t heads, int64_t n, int64_t width) {
      const Rows<const float> rows = drawRows<const float>(c.draw, t.batch, heads, n, width);
      strides = rows.strides;
      return &c.input(c.values(rows.floats));
    };
    q = input(t.q, t.heads, t.queries, t.width);
    k = input(t.k, t.groups, t.keys, t.width);
    v = input(t.v, t.groups, t.keys, t.valueWidth);
    drawn = t.dropout > 0 ? &c.input(c.make<int32_t>(4, [&] { return static_cast<int32_t>(c.draw.next()); })) : nullptr;
    describe(c, t);
  }
  Attention placed() const {
    Attention now = t;
    now.q = at(t.q, *q), now.k = at(t.k, *k), now.v = at(t.v, *v);
    now.drawn = drawn ? drawn->as<int32_t>() : nullptr;
    mask.place(now);
    return now;
  }
};

void attention(Case& c) {
  const Inputs in(c);
  const Rows<float> rows = drawRows<float>(c.draw, in.t.batch, in.t.heads, in.t.queries, in.t.valueWidth);
  Operand& out = c.output<float>(rows.floats);
  Operand& stats = c.output<float>(in.t.batch * in.t.heads * in.t.queries);
  c.call = [=, &out, &stats](const Isa& isa) {
    Attention t = in.placed();
    t.out = at(rows.strides, out);
    t.stats = stats.as<float>();
    isa.attention(t);
  };
}

void attentionGrad(Case& c) {
  const Inputs in(c);
  const Attention& t = in.t;
  const Rows<const float> rows = drawRows<const float>(c.draw, t.batch, t.heads, t.queries, t.valueWidth);
  Operand &out = c.input(c.values(rows.floats)), &g = c.input(c.values(rows.floats));
  Operand& stats = c.input(c.plain(t.batch * t.heads * t.queries));
  // Any of the gradients may not be needed.
  const auto output = [&](const Rows<float>& of) { return c.draw.chance(75) ? &c.output<float>(of.floats) : nullptr; };
  const Rows<float> ofQ = drawRows<float>(c.draw, t.batch, t.heads, t.queries, t.width);
  const Rows<float> ofK = drawRows<float>(c.draw, t.batch, t.groups, t.keys, t.width);
  const Rows<float> ofV = drawRows<float>(c.draw, t.batch, t.groups, t.keys, t.valueWidth);
  Operand *const gq = output(ofQ), *const gk = output(ofK), *const gv = output(ofV);
  c.call = [=, &out, &g, &stats](const Isa& isa) {
    Attention now = in.placed();
    now.givenOut = at(rows.strides, out), now.g = at(rows.strides, g);
    now.givenStats = stats.as<float>();
    if (gq) now.gq = at(ofQ.strides, *gq);
    if (gk) now.gk = at(ofK.strides, *gk);
    if (gv) now.gv = at(ofV.strides, *gv);
    isa.attentionGrad(now);
  };
}

}  // namespace

void addAttention(Families& families) {
  families.insert(families.end(), {SIMDGRAD_FAMILY(attention, 160, attention), SIMDGRAD_FAMILY(attentionGrad, 160, attentionGrad)});
}

}  // namespace simdgrad::test
