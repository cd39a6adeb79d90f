#include "../../../native/isa/dispatch.h"
#include "../../../native/threads/pool.h"
#include "../library.h"

namespace bench {
namespace {

void multiply(const Product& p) {
  simdgrad::Gemm g = {};
  g.batch = 1, g.m = p.m, g.n = p.n, g.k = p.k;
  g.a = p.a, g.aRow = p.transA ? 1 : p.k, g.aCol = p.transA ? p.m : 1;
  g.b = p.b, g.bRow = p.transB ? 1 : p.n, g.bCol = p.transB ? p.k : 1;
  g.c = p.c;
  simdgrad::isa().gemm(g);
}

}  // namespace

Library ours() {
  const auto setThreads = [](int count) { simdgrad::setThreads(count); };
  return {"simdgrad", simdgrad::isa().name, reinterpret_cast<const void*>(multiply), setThreads, multiply};
}

}  // namespace bench
