#include "loops.h"

#include "../../native/simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

// Enough chains to hide 4 cycles of latency on two ports, few enough for 16 registers.
constexpr int chains = 12;
constexpr int unrolled = 16;

double fmaLoop(long rounds) {
  volatile float factor = 0.999f, addend = 0.001f;
  const Vec a = broadcast(factor), b = broadcast(addend);
  Vec sum[chains];
  for (int i = 0; i < chains; i++) sum[i] = broadcast(static_cast<float>(i));
  for (long r = 0; r < rounds; r++) {
    _Pragma("GCC unroll 16") for (int u = 0; u < unrolled; u++)
      _Pragma("GCC unroll 16") for (int i = 0; i < chains; i++) sum[i] = fma(sum[i], a, b);
  }
  float sink[W];
  for (int i = 1; i < chains; i++) sum[0] = sum[0] + sum[i];
  store(sink, sum[0]);
  volatile float keep = sink[0];
  (void)keep;
  return 2.0 * W * chains * unrolled * static_cast<double>(rounds);
}

template <int P, bool Past>
SIMD_INLINE void streamLoop(float* const* arrays, size_t n) {
  constexpr bench::Pattern pattern = bench::patterns[P];
  constexpr int steps = 8;  // independent sums, and few branches
  const float* in[bench::maxArrays];
  float* out[bench::maxArrays];
  for (int i = 0; i < pattern.reads; i++) in[i] = arrays[i];
  for (int i = 0; i < pattern.writes; i++) out[i] = arrays[pattern.inPlace ? i : pattern.reads + i];
  Vec sum[steps];
  for (int s = 0; s < steps; s++) sum[s] = broadcast(1);
  size_t i = 0;
  for (; i + steps * W <= n; i += steps * W)
    _Pragma("GCC unroll 16") for (int s = 0; s < steps; s++) {
      Vec value = pattern.writes ? zero() : sum[s];
      if (pattern.reads == 0) value = sum[s];
      for (int r = 0; r < pattern.reads; r++) value = value + load(in[r] + i + s * W);
      for (int w = 0; w < pattern.writes; w++)
        if (Past) storePast(out[w] + i + s * W, value);
        else store(out[w] + i + s * W, value);
      if (!pattern.writes) sum[s] = value;
    }
  if (!pattern.writes) {
    for (int s = 1; s < steps; s++) sum[0] = sum[0] + sum[s];
    float sink[W];
    store(sink, sum[0]);
    volatile float keep = sink[0];
    (void)keep;
  }
}

template <int P>
void stream(float* const* arrays, size_t n, bool past) {
  if (past)
    streamLoop<P, true>(arrays, n);
  else
    streamLoop<P, false>(arrays, n);
}

}  // namespace

bench::Loops benchLoops() { return {fmaLoop, {stream<0>, stream<1>, stream<2>, stream<3>, stream<4>, stream<5>}}; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
