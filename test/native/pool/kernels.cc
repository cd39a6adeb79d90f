#include "../../../native/isa/dispatch.h"
#include "tests.h"

namespace simdgrad::test {

namespace {

struct Problem {
  int64_t m, n, k;
  std::vector<float> a, b;

  std::vector<float> solve() const {
    std::vector<float> c(static_cast<size_t>(m * n));
    Gemm g = {};
    g.batch = 1, g.m = m, g.n = n, g.k = k;
    g.a = a.data(), g.aRow = k, g.aCol = 1;
    g.b = b.data(), g.bRow = n, g.bCol = 1;
    g.c = c.data(), g.cBatch = m * n;
    isa().gemm(g);
    return c;
  }
};

Problem drawProblem(uint64_t seed) {
  Draw draw(seed);
  Problem p = {draw.between(60, 120), draw.between(60, 120), draw.between(150, 260), {}, {}};
  p.a.resize(static_cast<size_t>(p.m * p.k));
  p.b.resize(static_cast<size_t>(p.k * p.n));
  for (float& x : p.a) x = draw.plain();
  for (float& x : p.b) x = draw.plain();
  return p;
}

}  // namespace

/**
 * Products that are large enough for the workers, from several threads at once, while the instruction set
 * changes.
 */
void testKernels(Tally& tally) {
  constexpr int callers = 8;
  std::vector<Problem> problems;
  std::vector<std::vector<float>> expected;
  setThreads(1);
  for (int i = 0; i < callers; i++) {
    problems.push_back(drawProblem(static_cast<uint64_t>(i)));
    expected.push_back(problems.back().solve());
  }
  setThreads(4);
  const uint64_t before = workerChunks();
  std::atomic<int> wrong{0};
  onThreads(callers, [&](int i) {
    // On a busy machine a caller may finish before any worker has woken.
    for (int round = 0; round < 5 || (workerChunks() == before && round < 5000); round++) {
      setIsa(isaAt((i + round) % isaCount()).name);
      if (problems[static_cast<size_t>(i)].solve() != expected[static_cast<size_t>(i)]) wrong++;
    }
  });
  setIsa(isaAt(isaCount() - 1).name);
  tally.check(wrong == 0, "kernels: %d products were wrong with eight callers", wrong.load());
  tally.check(workerChunks() > before, "kernels: no worker took part");
}

}  // namespace simdgrad::test
