#pragma once
// Non-temporal stores. An ordinary store reads its cache line from memory before writing it. If the output
// will not be in cache when it is next read, a non-temporal store, past the caches, saves that third of the
// traffic (a quarter with two operands). On a CPU with 32 MB of cache, relu, add and the kernels that read
// their outputs gain from 16 MB of output on (up to twice the speed) and lose at 8 MB.

#include "simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

constexpr int64_t pastBytes = 12 << 20;

/**
 * Not when the output overwrites an operand: its lines are in cache anyway. Compares integers, because
 * operands may be null.
 */
template <int operands>
SIMD_INLINE bool goesPast(int64_t n, const float* out, const float* const (&operand)[operands]) {
  const uintptr_t bytes = static_cast<uintptr_t>(n) * sizeof(float), to = reinterpret_cast<uintptr_t>(out);
  bool past = n * 4 >= pastBytes;
  for (const float* x : operand) {
    const uintptr_t from = reinterpret_cast<uintptr_t>(x);
    past = past && (from + bytes <= to || to + bytes <= from);
  }
  return past;
}

/**
 * out[i] = f(i, lanes), i = 0 … n-1, as in forVectors. f must not depend on what is stored. A caller with
 * `past` must fence once, after storing its whole chunk: a fence waits until memory has the data.
 */
template <class F>
SIMD_INLINE void storeVectors(float* out, size_t n, bool past, F f) {
  constexpr size_t bytes = sizeof(float) * W;
  // The portable code has no such store, and a piece of a few vectors is mostly edges.
  if (W == 1 || !past || n < 4 * W) return forVectors(n, [&](size_t i, auto lanes) { store(out + i, f(i, lanes), lanes); });
  // Both edges share one copy of the code: they are rare, and a copy would be as large as the loop.
  const auto edge = [&](size_t i, size_t count) __attribute__((noinline)) {
    const int lanes = static_cast<int>(count);
    store(out + i, f(i, lanes), lanes);
  };
  size_t i = (bytes - reinterpret_cast<uintptr_t>(out) % bytes) % bytes / sizeof(float);
  if (i > 0) edge(0, i);
  for (; i + W <= n; i += W) storePast(out + i, f(i, All{}));
  if (i < n) edge(i, n - i);
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
