#include "arguments.h"
#include "products.h"
#include "updates.h"

namespace simdgrad::entries {

namespace {

bool isEmpty(const Gemm& g) { return g.batch == 0 || g.m == 0 || g.n == 0; }

/** Reads any product. This also checks the memory of C. */
template <class Args>
Gemm gemmOf(Args& a) {
  Gemm g;
  g.batch = a.batch, g.m = a.m, g.n = a.n, g.k = a.k;
  g.a = a.a.template as<float>();
  g.aBatch = a.a.stride[0], g.aRow = a.a.stride[1], g.aCol = a.a.stride[2];
  g.b = a.b.template as<float>();
  g.bBatch = a.b.stride[0], g.bRow = a.b.stride[1], g.bCol = a.b.stride[2];
  g.bias = a.bias.template orNull<float>();
  g.accumulate = a.accumulate != 0;
  g.c = a.c.template as<float>();
  g.cBatch = a.c.stride[0];
  // If the matrices of a batch overlap in C, the order of writes matters, and threads have no order.
  a.support(g.batch <= 1 || static_cast<double>(g.cBatch) >= static_cast<double>(g.m) * static_cast<double>(g.n));
  return g;
}

/** A product whose C is the gradient of an optimizer update. */
template <class Args, class Step>
double gemmThen(Args& a, Update<Step> update) {
  const Gemm g = gemmOf(a);
  a.support(g.batch == 1 && !g.accumulate);
  // Only computed after the checks. p has as many elements as C.
  update.given.n = a.failed() ? 0 : g.m * g.n;
  update.given.g = g.c;
  const bool bfloat16 = a.bfloat16 != 0;
  return a.run([=] {
    const auto now = update.now();
    const Consumer consumer = consumerOf(now);
    Gemm with = g;
    with.consumer = &consumer;
    if (!isEmpty(g)) productOf(bfloat16)(with);
  });
}

}  // namespace

double gemm(GemmArgs& a) {
  const Gemm g = gemmOf(a);
  const bool bfloat16 = a.bfloat16 != 0;
  return a.run([=] {
    if (!isEmpty(g)) productOf(bfloat16)(g);
  });
}

double gemmSgdStep(GemmSgdStepArgs& a) { return gemmThen(a, sgdOf(a)); }
double gemmAdamStep(GemmAdamStepArgs& a) { return gemmThen(a, adamOf(a)); }

}  // namespace simdgrad::entries
