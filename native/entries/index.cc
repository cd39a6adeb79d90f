#include <cstring>

#include "../kernels/dispatch.h"
#include "../kernels/indices.h"
#include "entries.h"

namespace simdgrad::entries {

namespace {

template <class T>
double selectAs(Reader& r, int64_t outer, int64_t length, int64_t inner, int64_t count, const Array& x, int64_t xo,
                const Array& index, int64_t io, const Array& out, int64_t oo) {
  const T* from = r.dense<const T>(x, xo, {outer, length, inner});
  const Indices at = {r.at<const int32_t>(index, io, count), length};
  T* to = r.dense<T>(out, oo, {outer, count, inner});
  return r.run([=] {
    const double bad = at.firstBad(count, OK);
    // Of nothing there may be any number: not counted through.
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
double gatherAs(Reader& r, int64_t outer, int64_t length, int64_t inner, int64_t count, const Array& x, int64_t xo,
                const Array& index, int64_t io, const Array& out, int64_t oo) {
  const T* from = r.dense<const T>(x, xo, {outer, length, inner});
  const Indices at = {r.dense<const int32_t>(index, io, {outer, count, inner}), length};
  T* to = r.dense<T>(out, oo, {outer, count, inner});
  return r.run([=] {
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

double indexSelect(const Call& call) {
  Reader r(call);
  const int64_t outer = r.size(), length = r.size(), inner = r.size(), count = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& index = r.array();
  const int64_t io = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (x.type == DType::i32) return selectAs<int32_t>(r, outer, length, inner, count, x, xo, index, io, out, oo);
  if (x.type == DType::u8) return selectAs<uint8_t>(r, outer, length, inner, count, x, xo, index, io, out, oo);
  if (x.type == DType::f64) return selectAs<double>(r, outer, length, inner, count, x, xo, index, io, out, oo);
  return selectAs<float>(r, outer, length, inner, count, x, xo, index, io, out, oo);
}

double indexAdd(const Call& call) {
  Reader r(call);
  const int64_t outer = r.size(), length = r.size(), inner = r.size(), count = r.size();
  const Array& index = r.array();
  const int64_t io = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const Indices at = {r.at<const int32_t>(index, io, count), length};
  const float* from = r.dense<const float>(g, go, {outer, count, inner});
  float* to = r.dense<float>(out, oo, {outer, length, inner});
  return r.run([=] {
    const double bad = at.firstBad(count, OK);
    if (bad == OK && outer > 0 && count > 0 && inner > 0) isa().indexAdd(outer, inner, count, at, from, to);
    return bad;
  });
}

double gather(const Call& call) {
  Reader r(call);
  const int64_t outer = r.size(), length = r.size(), inner = r.size(), count = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& index = r.array();
  const int64_t io = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  if (x.type == DType::i32) return gatherAs<int32_t>(r, outer, length, inner, count, x, xo, index, io, out, oo);
  if (x.type == DType::u8) return gatherAs<uint8_t>(r, outer, length, inner, count, x, xo, index, io, out, oo);
  if (x.type == DType::f64) return gatherAs<double>(r, outer, length, inner, count, x, xo, index, io, out, oo);
  return gatherAs<float>(r, outer, length, inner, count, x, xo, index, io, out, oo);
}

/** One addition an element, in order: nothing for vectors to do. */
double scatterAdd(const Call& call) {
  Reader r(call);
  const int64_t outer = r.size(), length = r.size(), inner = r.size(), count = r.size();
  const Array& index = r.array();
  const int64_t io = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const Indices at = {r.dense<const int32_t>(index, io, {outer, count, inner}), length};
  const float* from = r.dense<const float>(g, go, {outer, count, inner});
  float* to = r.dense<float>(out, oo, {outer, length, inner});
  return r.run([=] {
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

double takeRows(const Call& call) {
  Reader r(call);
  TakeRows t;
  t.count = r.size();
  const int64_t length = r.size();
  t.width = r.size();
  t.scale = static_cast<float>(r.number());
  t.shift = static_cast<float>(r.number());
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& index = r.array();
  const int64_t io = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  t.bytes = x.type == DType::u8 ? r.dense<const uint8_t>(x, xo, {length, t.width}) : nullptr;
  t.floats = x.type == DType::u8 ? nullptr : r.dense<const float>(x, xo, {length, t.width});
  t.index = {r.at<const int32_t>(index, io, t.count), length};
  t.out = r.dense<float>(out, oo, {t.count, t.width});
  return r.run([=] {
    const double bad = t.index.firstBad(t.count, OK);
    if (bad == OK && t.width > 0) isa().takeRows(t);
    return bad;
  });
}

}  // namespace simdgrad::entries
