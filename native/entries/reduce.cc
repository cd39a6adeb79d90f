#include "../isa/dispatch.h"
#include "arguments.h"

namespace simdgrad::entries {

// All of these view their arrays as [outer, length, inner].

double reduce(ReduceArgs& a) {
  const float* x = a.x.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, op = a.op, outer = a.outer, length = a.length, inner = a.inner] {
    if (outer > 0 && inner > 0) isa().reduce(op, outer, length, inner, x, out);
  });
}

double argReduce(ArgReduceArgs& a) {
  const float* x = a.x.as<float>();
  int32_t* out = a.out.as<int32_t>();
  a.support(a.length > 0 && a.length <= INT32_MAX);
  return a.run([=, op = a.op, outer = a.outer, length = a.length, inner = a.inner] {
    if (outer > 0 && inner > 0) isa().argReduce(op, outer, length, inner, x, out);
  });
}

double softmax(SoftmaxArgs& a) {
  const float* x = a.x.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, op = a.op, outer = a.outer, length = a.length, inner = a.inner] {
    if (outer > 0 && length > 0 && inner > 0) isa().softmax(op, outer, length, inner, x, out);
  });
}

double softmaxGrad(SoftmaxGradArgs& a) {
  const float* y = a.y.as<float>();
  const float* g = a.g.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, op = a.op, outer = a.outer, length = a.length, inner = a.inner] {
    if (outer > 0 && length > 0 && inner > 0) isa().softmaxGrad(op, outer, length, inner, y, g, out);
  });
}

}  // namespace simdgrad::entries
