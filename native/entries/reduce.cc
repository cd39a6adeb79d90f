#include "../kernels/dispatch.h"
#include "../kernels/op_names.h"
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
  const float* from = r.dense<const float>(x, xo, {outer, length, inner});
  float* to = r.dense<float>(out, oo, {outer, inner});
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
  const float* from = r.dense<const float>(x, xo, {outer, length, inner});
  int32_t* to = r.dense<int32_t>(out, oo, {outer, inner});
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
  const float* from = r.dense<const float>(x, xo, {outer, length, inner});
  float* to = r.dense<float>(out, oo, {outer, length, inner});
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
  const float* output = r.dense<const float>(y, yo, {outer, length, inner});
  const float* gradient = r.dense<const float>(g, go, {outer, length, inner});
  float* to = r.dense<float>(out, oo, {outer, length, inner});
  return r.run([=] {
    if (outer > 0 && length > 0 && inner > 0) isa().softmaxGrad(op, outer, length, inner, output, gradient, to);
  });
}

}  // namespace simdgrad::entries
