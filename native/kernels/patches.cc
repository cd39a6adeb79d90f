// Copies patches to columns, and adds columns back to images, plane by plane.

#include "patches.h"

#include "../threads/pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 16384;

template <class F>
SIMD_INLINE void forPlanes(int64_t planes, const Patches& p, F each) {
  const int64_t elements = p.kh * p.kw * p.oh * p.ow;
  const int64_t grain = elements >= grainElements ? 1 : grainElements / (elements > 0 ? elements : 1);
  parallelFor(static_cast<size_t>(planes), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t plane = static_cast<int64_t>(begin); plane < static_cast<int64_t>(end); plane++) each(plane);
  });
}

void unfold2d(int64_t planes, const Patches& p, const float* x, float* out) {
  forPlanes(planes, p, [&](int64_t plane) {
    float* to = out + plane * p.kh * p.kw * p.oh * p.ow;
    for (int64_t i = 0; i < p.kh; i++)
      for (int64_t j = 0; j < p.kw; j++, to += p.oh * p.ow) unfoldElement(p, x + plane * p.h * p.w, i, j, 0, p.oh, to);
  });
}

void fold2d(int64_t planes, const Patches& p, const float* columns, float* out) {
  forPlanes(planes, p, [&](int64_t plane) {
    const float* from = columns + plane * p.kh * p.kw * p.oh * p.ow;
    clearRun(p.h * p.w, out + plane * p.h * p.w);
    for (int64_t i = 0; i < p.kh; i++)
      for (int64_t j = 0; j < p.kw; j++, from += p.oh * p.ow) foldElement(p, from, i, j, 0, p.oh, out + plane * p.h * p.w);
  });
}

}  // namespace

void addPatches(Isa& isa) {
  isa.unfold2d = unfold2d;
  isa.fold2d = fold2d;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
