#include "../isa/dispatch.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

/** Limit of each size, so that products of two of them fit in 64 bits. */
constexpr int64_t largest = int64_t{1} << 30;

/**
 * An operand of rows: the strides of batch, heads and positions. A single row may have any stride, and a
 * kernel that steps past it must not leave the address space: its stride is 0 here.
 */
template <class T, class Operand>
Heads<T> headsOf(const Operand& x, int64_t rows) {
  return {x.template as<float>(), x.stride[0], x.stride[1], rows > 1 ? x.stride[2] : 0};
}

template <class T, class Operand>
Heads<T> headsOrNull(const Operand& x, int64_t rows) {
  return {x.template orNull<float>(), x.stride[0], x.stride[1], rows > 1 ? x.stride[2] : 0};
}

/** Reads what the kernel and its gradient have in common. */
template <class Args>
Attention attentionOf(Args& a) {
  Attention t = {};
  t.batch = a.batch, t.heads = a.heads, t.groups = a.groups, t.queries = a.queries, t.keys = a.keys;
  t.width = a.width, t.valueWidth = a.valueWidth;
  double elements = 1;
  for (const int64_t size : {t.batch, t.heads, t.queries, t.keys, t.width, t.valueWidth}) {
    a.support(size <= largest);
    if (size > 0) elements *= static_cast<double>(size);
  }
  a.support(elements <= 9007199254740992.0);
  // Every head of keys serves the same number of heads of queries.
  a.support(t.groups == 0 ? t.heads == 0 : t.groups <= t.heads && t.heads % t.groups == 0);
  t.scale = static_cast<float>(a.scale);
  t.causal = a.causal != 0;
  t.dropout = a.dropout;
  t.q = headsOf<const float>(a.q, t.queries), t.k = headsOf<const float>(a.k, t.keys), t.v = headsOf<const float>(a.v, t.keys);
  if (a.mask.type() == DType::u8) t.allowed = a.mask.template orNull<uint8_t>();
  else t.added = a.mask.template orNull<float>();
  for (int axis = 0; axis < 4; axis++) t.maskStride[axis] = a.mask.stride[axis];
  return t;
}

/** Whether different rows of an output are different memory: threads write them in any order. */
template <class T>
bool rowsAreApart(const Heads<T>& x, int64_t batch, int64_t heads, int64_t rows, int64_t width) {
  // The axes from the innermost out: each must step over everything that the inner ones reach.
  struct Axis {
    int64_t size, stride;
  } axes[] = {{rows, x.row}, {heads, x.head}, {batch, x.batch}};
  const auto swapIf = [&](int i, int j) {
    if (axes[j].stride >= axes[i].stride) return;
    const Axis kept = axes[i];
    axes[i] = axes[j];
    axes[j] = kept;
  };
  swapIf(0, 1), swapIf(1, 2), swapIf(0, 1);
  double reach = static_cast<double>(width);
  for (const Axis& axis : axes) {
    if (axis.size <= 1) continue;
    if (static_cast<double>(axis.stride) < reach) return false;
    reach += static_cast<double>(axis.size - 1) * static_cast<double>(axis.stride);
  }
  return true;
}

}  // namespace

double attention(AttentionArgs& a) {
  Attention t = attentionOf(a);
  int32_t* const state = a.state.orNull<int32_t>();
  int32_t* const drawn = a.drawn.orNull<int32_t>();
  a.support(a.drawn.given() || !a.state.given());
  t.out = headsOf<float>(a.out, t.queries);
  t.stats = a.stats.as<float>();
  a.support(rowsAreApart(t.out, t.batch, t.heads, t.queries, t.valueWidth));
  return a.run([=] {
    Attention now = t;
    if (state) {
      for (int i = 0; i < 4; i++) drawn[i] = state[i];
      now.drawn = drawn;
      const uint64_t counter = (uint64_t{static_cast<uint32_t>(state[3])} << 32 | static_cast<uint32_t>(state[2])) +
                               static_cast<uint64_t>(t.batch * t.heads * t.queries) * static_cast<uint64_t>((t.keys + 3) / 4);
      state[2] = static_cast<int32_t>(static_cast<uint32_t>(counter));
      state[3] = static_cast<int32_t>(static_cast<uint32_t>(counter >> 32));
    }
    if (t.batch * t.heads * t.queries > 0) isa().attention(now);
  });
}

double attentionGrad(AttentionGradArgs& a) {
  Attention t = attentionOf(a);
  t.drawn = a.drawn.orNull<int32_t>();
  t.givenOut = headsOf<const float>(a.out, t.queries);
  t.givenStats = a.stats.as<float>();
  t.g = headsOf<const float>(a.g, t.queries);
  t.gq = headsOrNull<float>(a.gq, t.queries), t.gk = headsOrNull<float>(a.gk, t.keys), t.gv = headsOrNull<float>(a.gv, t.keys);
  a.support(!a.gq.given() || rowsAreApart(t.gq, t.batch, t.heads, t.queries, t.width));
  a.support(!a.gk.given() || rowsAreApart(t.gk, t.batch, t.groups, t.keys, t.width));
  a.support(!a.gv.given() || rowsAreApart(t.gv, t.batch, t.groups, t.keys, t.valueWidth));
  return a.run([=] {
    if (t.batch * t.heads > 0) isa().attentionGrad(t);
  });
}

}  // namespace simdgrad::entries
