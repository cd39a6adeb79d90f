#include <cstring>

#include "../isa/dispatch.h"
#include "../kernels/indices.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

template <class T>
double selectAs(IndexSelectArgs& a) {
  const T* from = a.x.as<T>();
  const Indices at = {a.index.as<int32_t>(), a.length};
  T* to = a.out.as<T>();
  return a.run([=, outer = a.outer, length = a.length, inner = a.inner, count = a.count] {
    const double bad = at.firstBad(count, OK);
    // If there is nothing to copy, `outer` may be any number: do not loop over it.
    if (bad != OK || count == 0 || inner == 0) return bad;
    T* next = to;
    for (int64_t o = 0; o < outer; o++)
      for (int64_t j = 0; j < count; j++, next += inner) {
        const T* row = from + (o * length + at[j]) * inner;
        if (inner == 1) *next = *row;
        else std::memmove(next, row, static_cast<size_t>(inner) * sizeof(T));
      }
    return OK;
  });
}

template <class T>
double gatherAs(GatherArgs& a) {
  const T* from = a.x.as<T>();
  const Indices at = {a.index.as<int32_t>(), a.length};
  T* to = a.out.as<T>();
  return a.run([=, outer = a.outer, length = a.length, inner = a.inner, count = a.count] {
    if (outer == 0 || count == 0 || inner == 0) return OK;
    const double bad = at.firstBad(outer * count * inner, OK);
    if (bad != OK) return bad;
    int64_t e = 0;  // element of the output
    for (int64_t o = 0; o < outer; o++)
      for (int64_t j = 0; j < count; j++)
        for (int64_t i = 0; i < inner; i++, e++) to[e] = from[(o * length + at[e]) * inner + i];
    return OK;
  });
}

}  // namespace

double indexSelect(IndexSelectArgs& a) {
  switch (a.x.type()) {
    case DType::i32:
      return selectAs<int32_t>(a);
    case DType::u8:
      return selectAs<uint8_t>(a);
    case DType::f64:
      return selectAs<double>(a);
    default:
      return selectAs<float>(a);
  }
}

double indexAdd(IndexAddArgs& a) {
  const Indices at = {a.index.as<int32_t>(), a.length};
  const float* from = a.g.as<float>();
  float* to = a.out.as<float>();
  return a.run([=, outer = a.outer, inner = a.inner, count = a.count] {
    const double bad = at.firstBad(count, OK);
    if (bad == OK && outer > 0 && count > 0 && inner > 0) isa().indexAdd(outer, inner, count, at, from, to);
    return bad;
  });
}

double gather(GatherArgs& a) {
  switch (a.x.type()) {
    case DType::i32:
      return gatherAs<int32_t>(a);
    case DType::u8:
      return gatherAs<uint8_t>(a);
    case DType::f64:
      return gatherAs<double>(a);
    default:
      return gatherAs<float>(a);
  }
}

/** One addition per element, in order, so SIMD does not help. */
double scatterAdd(ScatterAddArgs& a) {
  const Indices at = {a.index.as<int32_t>(), a.length};
  const float* from = a.g.as<float>();
  float* to = a.out.as<float>();
  return a.run([=, outer = a.outer, length = a.length, inner = a.inner, count = a.count] {
    if (outer == 0 || count == 0 || inner == 0) return OK;
    const double bad = at.firstBad(outer * count * inner, OK);
    if (bad != OK) return bad;
    int64_t e = 0;  // element of the gradient
    for (int64_t o = 0; o < outer; o++)
      for (int64_t j = 0; j < count; j++)
        for (int64_t i = 0; i < inner; i++, e++) to[(o * length + at[e]) * inner + i] += from[e];
    return OK;
  });
}

double takeRows(TakeRowsArgs& a) {
  TakeRows t;
  t.count = a.count;
  t.width = a.width;
  t.scale = static_cast<float>(a.scale);
  t.shift = static_cast<float>(a.shift);
  const bool bytes = a.x.type() == DType::u8;
  t.bytes = bytes ? a.x.as<uint8_t>() : nullptr;
  t.floats = bytes ? nullptr : a.x.as<float>();
  t.index = {a.index.as<int32_t>(), a.length};
  t.out = a.out.as<float>();
  return a.run([=] {
    const double bad = t.index.firstBad(t.count, OK);
    if (bad == OK && t.width > 0) isa().takeRows(t);
    return bad;
  });
}

}  // namespace simdgrad::entries
