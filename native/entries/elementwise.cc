#include "../kernels/dispatch.h"
#include "../kernels/elementwise_rows.h"
#include "entries.h"

namespace simdgrad::entries {

// Walks are large: made where they are kept.

double unary(const Call& call) {
  Reader r(call);
  const int op = r.op(lengthOf(unaryNames));
  const float p = static_cast<float>(r.number()), q = static_cast<float>(r.number());
  const Dims shape = r.shape();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Dims xs = r.strides(shape);
  const Array& out = r.array();
  const int64_t oo = r.size();
  const float* from = r.at<const float>(x, xo, shape, xs);
  float* to = r.at<float>(out, oo, shape.elements());
  return r.run([=, w = walkOver(shape, {&xs})] { isa().unary(op, p, q, w, from, to); });
}

double unaryGrad(const Call& call) {
  Reader r(call);
  const int op = r.op(lengthOf(unaryNames));
  const float p = static_cast<float>(r.number()), q = static_cast<float>(r.number());
  const int64_t n = r.size();
  const Array& x = r.array();
  const int64_t xo = r.size();
  const Array& y = r.array();
  const int64_t yo = r.size();
  const Array& g = r.array();
  const int64_t go = r.size();
  const Array& out = r.array();
  const int64_t oo = r.size();
  const float* input = unaryReads[op] == Reads::x ? r.at<const float>(x, xo, n) : nullptr;
  const float* output = unaryReads[op] == Reads::y ? r.at<const float>(y, yo, n) : nullptr;
  const float* gradient = r.at<const float>(g, go, n);
  float* to = r.at<float>(out, oo, n);
  return r.run([=] { isa().unaryGrad(op, p, q, n, input, output, gradient, to); });
}

/** `body`: which member of the instruction set. */
template <class T, class Body>
static double pairwise(const Call& call, int count, Body Isa::*body) {
  Reader r(call);
  const int op = r.op(count);
  const Dims shape = r.shape();
  const Array& a = r.array();
  const int64_t ao = r.size();
  const Dims as = r.strides(shape);
  const Array& b = r.array();
  const int64_t bo = r.size();
  const Dims bs = r.strides(shape);
  const Array& out = r.array();
  const int64_t oo = r.size();
  const float* left = r.at<const float>(a, ao, shape, as);
  const float* right = r.at<const float>(b, bo, shape, bs);
  T* to = r.at<T>(out, oo, shape.elements());
  return r.run([=, w = walkOver(shape, {&as, &bs})] { (isa().*body)(op, w, left, right, to); });
}

double binary(const Call& call) { return pairwise<float>(call, lengthOf(binaryNames), &Isa::binary); }

double compare(const Call& call) { return pairwise<uint8_t>(call, lengthOf(compareNames), &Isa::compare); }

double where(const Call& call) {
  Reader r(call);
  const Dims shape = r.shape();
  const Array& c = r.array();
  const int64_t co = r.size();
  const Dims cs = r.strides(shape);
  const Array& a = r.array();
  const int64_t ao = r.size();
  const Dims as = r.strides(shape);
  const Array& b = r.array();
  const int64_t bo = r.size();
  const Dims bs = r.strides(shape);
  const Array& out = r.array();
  const int64_t oo = r.size();
  const uint8_t* condition = r.at<const uint8_t>(c, co, shape, cs);
  const float* left = r.at<const float>(a, ao, shape, as);
  const float* right = r.at<const float>(b, bo, shape, bs);
  float* to = r.at<float>(out, oo, shape.elements());
  return r.run([=, w = walkOver(shape, {&cs, &as, &bs})] { isa().where(w, condition, left, right, to); });
}

}  // namespace simdgrad::entries
