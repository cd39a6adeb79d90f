#include "../kernels/dispatch.h"
#include "entries.h"
#include "updates.h"

namespace simdgrad::entries {

namespace {

bool isEmpty(const Gemm& g) { return g.batch == 0 || g.m == 0 || g.n == 0; }

Gemm readGemm(Reader& r) {
  Gemm g;
  g.batch = r.size(), g.m = r.size(), g.n = r.size(), g.k = r.size();
  const Array& a = r.array();
  const int64_t ao = r.size();
  g.aBatch = r.stride(), g.aRow = r.stride(), g.aCol = r.stride();
  const Array& b = r.array();
  const int64_t bo = r.size();
  g.bBatch = r.stride(), g.bRow = r.stride(), g.bCol = r.stride();
  const Array& bias = r.array();
  const int64_t biasOffset = r.size();
  g.accumulate = r.number() != 0;
  const Array& c = r.array();
  const int64_t co = r.size();
  g.cBatch = r.stride();

  g.a = r.at<const float>(a, ao, {{isEmpty(g) ? 0 : g.batch, g.aBatch}, {g.m, g.aRow}, {g.k, g.aCol}});
  g.b = r.at<const float>(b, bo, {{isEmpty(g) ? 0 : g.batch, g.bBatch}, {g.k, g.bRow}, {g.n, g.bCol}});
  g.bias = r.orNull<const float>(bias, biasOffset, g.n);
  g.c = r.at<float>(c, co, {{g.batch, g.cBatch}, {g.m, g.n}, {g.n, 1}});
  // Matrices of a batch that overlap in C have an order of writing; threads have none.
  r.support(g.batch <= 1 || static_cast<double>(g.cBatch) >= static_cast<double>(g.m) * static_cast<double>(g.n));
  return g;
}

/** A product whose C is the gradient of an update. */
template <class Update>
double gemmThen(const Call& call, Update (*read)(Reader&, const Gemm*)) {
  Reader r(call);
  const Gemm g = readGemm(r);
  const Update update = read(r, &g);
  r.support(g.batch == 1 && !g.accumulate);
  return r.run([=] {
    const auto now = update.now();
    const Consumer consumer = consumerOf(now);
    Gemm with = g;
    with.consumer = &consumer;
    if (!isEmpty(g)) isa().gemm(with);
  });
}

}  // namespace

double gemm(const Call& call) {
  Reader r(call);
  const Gemm g = readGemm(r);
  return r.run([=] {
    if (!isEmpty(g)) isa().gemm(g);
  });
}

double gemmSgdStep(const Call& call) { return gemmThen(call, readSgd); }
double gemmAdamStep(const Call& call) { return gemmThen(call, readAdam); }

}  // namespace simdgrad::entries
