// Pooling of planes over windows. Neighbouring windows with the same length and the same distance form a run;
// each lane computes one window of it.

#include "isa.h"
#include "../threads/pool.h"
#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 16384;

template <class F>
SIMD_INLINE void forPlanes(int64_t planes, int64_t elements, F each) {
  const int64_t grain = elements >= grainElements ? 1 : grainElements / (elements > 0 ? elements : 1);
  parallelFor(static_cast<size_t>(planes), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t plane = static_cast<int64_t>(begin); plane < static_cast<int64_t>(end); plane++) each(plane);
  });
}

/**
 * The windows of columns `at` … `at + count - 1`, at most W. The first begins at `begin`, and each next one
 * begins `step` later.
 */
struct Run {
  int32_t at, count, begin, step, length;
};

/** Fills `runs`, which has room for ow runs. Returns their number. */
int64_t runsOf(const Pooling& p, Run* runs) {
  const int32_t* const columns = p.windows + 2 * p.oh;
  const auto beginOf = [&](int64_t i) { return columns[2 * i]; };
  const auto lengthOf = [&](int64_t i) { return columns[2 * i + 1] - columns[2 * i]; };
  int64_t count = 0;
  for (int64_t at = 0; at < p.ow;) {
    const int32_t step = at + 1 < p.ow ? beginOf(at + 1) - beginOf(at) : 0;
    int64_t end = at + 1;
    while (end < p.ow && end - at < W && step > 0 && lengthOf(end) == lengthOf(at) && beginOf(end) - beginOf(end - 1) == step) end++;
    runs[count++] = {static_cast<int32_t>(at), static_cast<int32_t>(end - at), beginOf(at), step, lengthOf(at)};
    at = end;
  }
  return count;
}

struct Runs {
  const Run* first;
  int64_t count;
  explicit Runs(const Pooling& p) {
    static_assert(sizeof(Run) == 5 * sizeof(float), "a run is five floats of scratch");
    Run* const to = reinterpret_cast<Run*>(scratch(Slot::shared, static_cast<size_t>(p.ow) * 5));
    count = to ? runsOf(p, to) : 0;
    first = to;
  }
};

SIMD_INLINE Vec loadRun(const float* x, const Run& run) {
  return run.step == 1 ? load(x, run.count) : run.step == 2 ? loadSecond(x, run.count) : loadStrided(x, run.step, run.count);
}

void maxPool2d(const Pooling& p) {
  const Runs runs(p);
  if (!runs.first) return;
  forPlanes(p.planes, p.h * p.w, [&](int64_t plane) {
    const float* const x = p.x + plane * p.h * p.w;
    for (int64_t y = 0; y < p.oh; y++) {
      const int64_t top = p.windows[2 * y], bottom = p.windows[2 * y + 1], to = (plane * p.oh + y) * p.ow;
      for (const Run* run = runs.first; run < runs.first + runs.count; run++) {
        const IVec steps = iota() * broadcastInt(run->step);
        const auto placesAt = [&](int64_t i, int64_t j) { return steps + broadcastInt(static_cast<int32_t>(i * p.w + run->begin + j)); };
        Vec best = broadcast(-__builtin_inff());
        IVec at = top < bottom && run->length > 0 ? placesAt(top, 0) : broadcastInt(0);
        for (int64_t i = top; i < bottom; i += p.dh)
          for (int64_t j = 0; j < run->length; j += p.dw) {
            const Vec value = loadRun(x + i * p.w + run->begin + j, *run);
            const Mask wins = gt(value, best) | isnan(value);
            best = select(wins, value, best);
            at = select(wins, placesAt(i, j), at);
          }
        store(p.out + to + run->at, best, run->count);
        storeInt(p.index + to + run->at, at, run->count);
      }
    }
  });
}

void maxPool2dGrad(int64_t planes, int64_t places, Indices index, const float* g, float* out) {
  const int64_t size = index.length;
  forPlanes(planes, size + places, [&](int64_t plane) {
    float* const to = out + plane * size;
    forVectors(static_cast<size_t>(size), [&](size_t i, auto lanes) { store(to + i, zero(), lanes); });
    for (int64_t i = plane * places; i < (plane + 1) * places; i++) to[index[i]] += g[i];
  });
}

void avgPool2d(const Pooling& p) {
  const Runs runs(p);
  if (!runs.first) return;
  forPlanes(p.planes, p.h * p.w, [&](int64_t plane) {
    const float* const x = p.x + plane * p.h * p.w;
    for (int64_t y = 0; y < p.oh; y++) {
      const int64_t top = p.windows[2 * y], bottom = p.windows[2 * y + 1];
      for (const Run* run = runs.first; run < runs.first + runs.count; run++) {
        // Row by row, so that the error of a large window grows with rows + columns instead of its area.
        Vec sum = zero();
        for (int64_t i = top; i < bottom; i++) {
          Vec row = zero();
          for (int64_t j = 0; j < run->length; j++) row = row + loadRun(x + i * p.w + run->begin + j, *run);
          sum = sum + row;
        }
        const int64_t place = y * p.ow + run->at;
        store(p.out + plane * p.oh * p.ow + place, sum / load(p.divisors + place, run->count), run->count);
      }
    }
  });
}

void avgPool2dGrad(const Pooling& p) {
  forPlanes(p.planes, p.h * p.w, [&](int64_t plane) {
    float* const out = p.out + plane * p.h * p.w;
    forVectors(static_cast<size_t>(p.h * p.w), [&](size_t i, auto lanes) { store(out + i, zero(), lanes); });
    for (int64_t y = 0; y < p.oh; y++)
      for (int64_t z = 0; z < p.ow; z++) {
        const float share = p.x[(plane * p.oh + y) * p.ow + z] / p.divisors[y * p.ow + z];
        const int64_t left = p.windows[2 * (p.oh + z)], right = p.windows[2 * (p.oh + z) + 1];
        for (int64_t i = p.windows[2 * y]; i < p.windows[2 * y + 1]; i++)
          for (int64_t j = left; j < right; j++) out[i * p.w + j] += share;
      }
  });
}

}  // namespace

void addPooling(Isa& isa) {
  isa.maxPool2d = maxPool2d;
  isa.maxPool2dGrad = maxPool2dGrad;
  isa.avgPool2d = avgPool2d;
  isa.avgPool2dGrad = avgPool2dGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
