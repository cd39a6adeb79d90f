#include "../isa/dispatch.h"
#include "../kernels/elementwise_rows.h"
#include "arguments.h"

namespace simdgrad::entries {

// A Walk is large, so each is constructed inside the lambda that keeps it.

double unary(UnaryArgs& a) {
  const float* x = a.x.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, op = a.op, p = static_cast<float>(a.p), q = static_cast<float>(a.q),
                w = walkOver(a.shape, {&a.x.strides})] { isa().unary(op, p, q, w, x, out); });
}

double unaryGrad(UnaryGradArgs& a) {
  const Reads reads = unaryReads[a.op];
  const float* x = reads == Reads::x ? a.x.as<float>() : nullptr;
  const float* y = reads == Reads::y ? a.y.as<float>() : nullptr;
  const float* g = a.g.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, op = a.op, p = static_cast<float>(a.p), q = static_cast<float>(a.q), n = a.n] {
    isa().unaryGrad(op, p, q, n, x, y, g, out);
  });
}

double binary(BinaryArgs& a) {
  const float* left = a.a.as<float>();
  const float* right = a.b.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, op = a.op, w = walkOver(a.shape, {&a.a.strides, &a.b.strides})] { isa().binary(op, w, left, right, out); });
}

double compare(CompareArgs& a) {
  const float* left = a.a.as<float>();
  const float* right = a.b.as<float>();
  uint8_t* out = a.out.as<uint8_t>();
  return a.run([=, op = a.op, w = walkOver(a.shape, {&a.a.strides, &a.b.strides})] { isa().compare(op, w, left, right, out); });
}

double where(WhereArgs& a) {
  const uint8_t* condition = a.condition.as<uint8_t>();
  const float* left = a.a.as<float>();
  const float* right = a.b.as<float>();
  float* out = a.out.as<float>();
  return a.run([=, w = walkOver(a.shape, {&a.condition.strides, &a.a.strides, &a.b.strides})] {
    isa().where(w, condition, left, right, out);
  });
}

}  // namespace simdgrad::entries
