#include "../dispatch.h"
#include "entries.h"

namespace simdgrad::entries {

double gemm(const Call& call) {
  Reader r(call);
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

  const bool empty = g.batch == 0 || g.m == 0 || g.n == 0;
  g.a = r.at<const float>(a, ao, {{empty ? 0 : g.batch, g.aBatch}, {g.m, g.aRow}, {g.k, g.aCol}});
  g.b = r.at<const float>(b, bo, {{empty ? 0 : g.batch, g.bBatch}, {g.k, g.bRow}, {g.n, g.bCol}});
  g.bias = r.orNull<const float>(bias, biasOffset, g.n);
  g.c = r.at<float>(c, co, {{g.batch, g.cBatch}, {g.m, g.n}, {g.n, 1}});
  // Matrices of a batch that overlap in C have an order of writing; threads have none.
  r.support(g.batch <= 1 || g.cBatch >= g.m * g.n);
  return r.run([=] {
    if (!empty) isa().gemm(g);
  });
}

}  // namespace simdgrad::entries
