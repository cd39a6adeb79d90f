#include "dispatch.h"

#include <atomic>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace simdgrad {

// A build may leave out instruction sets: SIMDGRAD_WITHOUT_… (tools/platforms/targets.js).
#ifndef SIMDGRAD_WITHOUT_portable
namespace portable {
Isa isa();
}
#endif
#if defined(__x86_64__)
#ifndef SIMDGRAD_WITHOUT_avx2
namespace avx2 {
Isa isa();
}
#endif
#ifndef SIMDGRAD_WITHOUT_avx512
namespace avx512 {
Isa isa();
Isa isaWithPairs();  // the same, with products of pairs of bfloat16 numbers (AVX512_BF16)
}
#endif
#elif defined(__aarch64__)
namespace neon {
Isa isa();
}
#elif defined(__wasm_relaxed_simd__)
namespace relaxedsimd {
Isa isa();
}
#elif defined(__wasm_simd128__)
namespace simd128 {
Isa isa();
}
#endif

namespace {

struct Usable {
  int count = 0;
  Isa isas[4];
  const char* note = "";
};

#if defined(__x86_64__)

/**
 * The register state that the operating system saves on a context switch (XCR0). Wide registers can be used
 * only if it saves them.
 */
uint64_t savedState() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t{high} << 32) | low;
}

#ifdef SIMDGRAD_WITHOUT_avx512

void addAvx512(Usable& usable, uint32_t) { usable.note = "avx512: not in this addon"; }

#else

/** Adds AVX-512 if CPU (`features`: leaf 7, ebx) and operating system have it. */
void addAvx512(Usable& usable, uint32_t features) {
  constexpr uint32_t f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31, all = f | dq | bw | vl;
  constexpr uint64_t zmmState = 0xe6;
  if ((features & all) != all) {
    usable.note = "avx512: not on this CPU";
    return;
  }
  if ((savedState() & zmmState) != zmmState) {
    usable.note = "avx512: switched off by the operating system";
    return;
  }
  usable.isas[usable.count++] = avx512::isa();
  // leaf 7, subleaf 1, eax
  constexpr uint32_t bf16 = 1u << 5;
  uint32_t a, b, c, d;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & bf16)) usable.note = "avx512bf16: not on this CPU";
  else usable.isas[usable.count++] = avx512::isaWithPairs();
}

#endif

Usable detect() {
  Usable usable;
  uint32_t a, b, c, d;
  // leaf 1, ecx
  constexpr uint32_t osxsave = 1u << 27, avx = 1u << 28, fma = 1u << 12;
  // leaf 7, ebx
  constexpr uint32_t avx2Bit = 1u << 5;
  constexpr uint64_t ymmState = 0x6;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & (osxsave | avx | fma)) != (osxsave | avx | fma) ||
      (savedState() & ymmState) != ymmState) {
    usable.note = "the CPU has no FMA";
    return usable;
  }
#ifndef SIMDGRAD_WITHOUT_portable
  usable.isas[usable.count++] = portable::isa();
#endif
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) b = 0;
  if (!(b & avx2Bit)) {
    usable.note = "avx2: not on this CPU";
    return usable;
  }
#ifndef SIMDGRAD_WITHOUT_avx2
  usable.isas[usable.count++] = avx2::isa();
#endif
  addAvx512(usable, b);
  return usable;
}

#elif defined(__wasm_relaxed_simd__) || defined(__wasm_simd128__)

// An engine without the instructions does not load the module.
Usable detect() {
  Usable usable;
#if defined(__wasm_relaxed_simd__)
  usable.isas[usable.count++] = relaxedsimd::isa();
#else
  usable.isas[usable.count++] = simd128::isa();
#endif
  return usable;
}

#else

Usable detect() {
  Usable usable;
#ifndef SIMDGRAD_WITHOUT_portable
  usable.isas[usable.count++] = portable::isa();
#endif
#if defined(__aarch64__)
  usable.isas[usable.count++] = neon::isa();
#endif
  return usable;
}

#endif

// Initialized when the library is loaded, before any call.
const Usable usable = detect();

std::atomic<const Isa*> active{nullptr};

}  // namespace

int isaCount() { return usable.count; }
const Isa& isaAt(int index) { return usable.isas[index]; }
const char* isaNote() { return usable.note; }

const Isa& isa() {
  const Isa* current = active.load(std::memory_order_relaxed);
  return current ? *current : usable.isas[usable.count - 1];
}

bool setIsa(const char* name) {
  for (int i = 0; i < isaCount(); i++) {
    if (strcmp(isaAt(i).name, name) != 0) continue;
    active.store(&isaAt(i), std::memory_order_relaxed);
    return true;
  }
  return false;
}

}  // namespace simdgrad
