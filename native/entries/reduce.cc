#include "../dispatch.h"
#include "../rows.h"
#include "entries.h"

namespace simdgrad::entries {

// All of these view their arrays as [outer, length, inner].

double reduce(const Call& call) {
  Reader r(call);
  const int op = r.op(lengthOf(reduceNames));
  const int64_t outer = r.size(), length = r.size(), inner = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const float* from = r.at<const float>(x, xo, {{outer, length * inner}, {length, inner}, {inner, 1}});
  float* to = r.at<float>(out, oo, {{outer, inner}, {inner, 1}});
  return r.run([=] {
    if (outer > 0 && inner > 0) isa().reduce(op, outer, length, inner, from, to);
  });
}

double argReduce(const Call& call) {
  Reader r(call);
  const int op = r.op(lengthOf(argReduceNames));
  const int64_t outer = r.size(), length = r.size(), inner = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const float* from = r.at<const float>(x, xo, {{outer, length * inner}, {length, inner}, {inner, 1}});
  int32_t* to = r.at<int32_t>(out, oo, {{outer, inner}, {inner, 1}});
  r.support(length > 0 && length <= INT32_MAX);
  return r.run([=] {
    if (outer > 0 && inner > 0) isa().argReduce(op, outer, length, inner, from, to);
  });
}

double softmax(const Call& call) {
  Reader r(call);
  const int op = r.op(lengthOf(softmaxNames));
  const int64_t outer = r.size(), length = r.size(), inner = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const float* from = r.at<const float>(x, xo, {{outer, length * inner}, {length, inner}, {inner, 1}});
  float* to = r.at<float>(out, oo, {{outer, length * inner}, {length, inner}, {inner, 1}});
  return r.run([=] {
    if (outer > 0 && length > 0 && inner > 0) isa().softmax(op, outer, length, inner, from, to);
  });
}

double softmaxGrad(const Call& call) {
  Reader r(call);
  const int op = r.op(lengthOf(softmaxNames));
  const int64_t outer = r.size(), length = r.size(), inner = r.size();
  const Array& y = r.array();
  const int64_t yo = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const std::initializer_list<Axis> axes = {{outer, length * inner}, {length, inner}, {inner, 1}};
  const float* output = r.at<const float>(y, yo, axes);
  const float* gradient = r.at<const float>(g, go, axes);
  float* to = r.at<float>(out, oo, axes);
  return r.run([=] {
    if (outer > 0 && length > 0 && inner > 0) isa().softmaxGrad(op, outer, length, inner, output, gradient, to);
  });
}

}  // namespace simdgrad::entries
