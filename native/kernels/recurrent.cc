// A recurrent layer over a whole sequence, and its gradient.
//
// Bits: each product is that of gemm_panels.h, so a row's result depends on its own sequence alone: not on
// the batch, on how it is packed, or on threads.
//
// Weights are packed once per call. Forward, the panels of all gates of a few hidden units lie side by side:
// their products are still in L1 when the gates of these units are computed.
//
// Threads: each takes some sequences through all steps, without a barrier. If there are fewer sequences than
// threads and the weights are large, threads share the units of each step instead.

#include "gemm_panels.h"
#include "indices.h"
#include "isa.h"
#include "recurrent_cells.h"
#include "../threads/pool.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/** Minimum operations to give to a thread: if threads sleep, and if they are awake (see gemm_numbers.h). */
constexpr double flopsPerThread = 1e6, flopsPerWarmThread = 1.2e5;
/**
 * Minimum operations of a step that threads share: several times what a thread is worth, because they meet
 * after each step.
 */
constexpr double flopsPerSharedStep = 4 * flopsPerWarmThread;
/** Maximum rows of a task: the gates and states of a step stay in L2 beside a panel. */
constexpr int64_t mostRows = 96;
/** Floats that a thread packs at a time: about 3 µs. */
constexpr int64_t floatsPerPacking = 32 << 10;

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
int64_t partsOf(int64_t n, int64_t each) { return (n + each - 1) / each; }
int64_t wholeVectors(int64_t n) { return partsOf(n, W) * W; }

void copyFloats(int64_t n, const float* from, float* to) {
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(to + i, load(from + i, lanes), lanes); });
}

/** `from`, or zeros if it is null. */
void copyOrClear(int64_t n, const float* from, float* to) {
  if (from) return copyFloats(n, from, to);
  forVectors(static_cast<size_t>(n), [&](size_t i, auto lanes) { store(to + i, zero(), lanes); });
}

template <class F>
SIMD_INLINE void over(bool shared, int64_t n, F each) {
  if (!shared)
    for (int64_t i = 0; i < n; i++) each(i);
  else
    parallelFor(static_cast<size_t>(n), 1, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; i++) each(static_cast<int64_t>(i));
    });
}

/** How the work is given to threads. */
struct Share {
  int64_t tasks;    // each takes some sequences through all steps
  bool withinStep;  // or: threads share each step

  explicit Share(const Sequence& s) {
    const int64_t threads = threadsAtOnce();
    const double weights = static_cast<double>(s.width) * static_cast<double>(s.columns + (s.projection ? s.hidden : 0));
    const double total = 2 * static_cast<double>(s.rows) * weights, step = 2 * static_cast<double>(s.batch) * weights;
    const bool worth = total >= 2 * flopsPerThread || (total >= 2 * flopsPerWarmThread && isWarm());
    withinStep = threads > 1 && s.batch < threads && step >= flopsPerSharedStep;
    const int64_t parts = threads * partsOf(s.batch, threads * mostRows);
    tasks = withinStep ? 1 : most(1, least(s.batch, worth ? parts : partsOf(s.batch, mostRows)));
  }
  int64_t rows(const Sequence& s) const { return partsOf(s.batch, tasks); }

  /** Calls each(first sequence, the one after the last). */
  template <class F>
  SIMD_INLINE void run(const Sequence& s, F each) const {
    over(tasks > 1, tasks, [&](int64_t t) { each(t * s.batch / tasks, (t + 1) * s.batch / tasks); });
  }
};

/** One step: its rows, and those of the step before. */
struct Step {
  int64_t count, first, running, firstBefore;
};

/** Memory of a call: the steps, then packed weights. `packed` is null if there is no memory. */
class Memory {
 public:
  Memory(const Sequence& s, int64_t floats) : s_(s) {
    float* const memory = scratch(Slot::shared, static_cast<size_t>(wholeLines(4 * s.steps) + floats));
    starts_ = reinterpret_cast<int64_t*>(memory);
    packed = memory ? memory + wholeLines(4 * s.steps) : nullptr;
    if (!memory) return;
    // Counts that rise, are negative or exceed the rows are limited, so that no row is outside the operands.
    int64_t count = s.batch, first = 0;
    for (int64_t t = 0; t < s.steps; t++) {
      if (s.counts) count = least(count, most(0, readOnce(s.counts + t)));
      count = least(count, s.rows - first);
      starts_[2 * t] = count, starts_[2 * t + 1] = first;
      first += count;
    }
  }

  /** The steps in the order in which they run. */
  Step operator[](int64_t i) const {
    const int64_t t = at(i);
    if (i == 0) return {starts_[2 * t], starts_[2 * t + 1], 0, 0};
    const int64_t before = at(i - 1);
    return {starts_[2 * t], starts_[2 * t + 1], starts_[2 * before], starts_[2 * before + 1]};
  }

  float* packed;

 private:
  static int64_t wholeLines(int64_t floats) { return partsOf(floats, 16) * 16; }
  int64_t at(int64_t i) const { return s_.reverse ? s_.steps - 1 - i : i; }

  const Sequence& s_;
  int64_t* starts_;
};

/**
 * Packed panels of a matrix B with k rows and `groups` times n columns. The panels of the same columns of all
 * groups lie together.
 */
struct Panels {
  int64_t k, n, groups, width;
  float* data;

  int64_t count() const { return partsOf(n, width); }
  int64_t columns(int64_t panel) const { return least(width, n - panel * width); }
  float* at(int64_t panel, int64_t group) const { return data + k * (groups * panel * width + group * wholeVectors(columns(panel))); }
  int64_t floats() const { return k * groups * wholeVectors(n); }

  void pack(const float* b, int64_t bRow, int64_t bCol) const {
    const int64_t grain = most(1, floatsPerPacking / most(1, k * width));
    parallelFor(static_cast<size_t>(count() * groups), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
      for (int64_t i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end); i++) {
        const int64_t panel = i / groups, group = i % groups;
        packPanel(k, columns(panel), b + (group * n + panel * width) * bCol, bRow, bCol, at(panel, group));
      }
    });
  }

  void times(int64_t rows, int64_t panel, const float* a, bool accumulate, float* c) const {
    timesPanel({rows, columns(panel), k, a, k, at(panel, 0), nullptr, accumulate, c + panel * width, n});
  }
};

int64_t widthOf(const Share& share, const Sequence& s, int64_t n) {
  const int64_t width = panelWidth(share.rows(s));
  return share.withinStep ? least(width, wholeVectors(partsOf(n, threadsAtOnce()))) : width;
}

/** `units` units from `unit` on, of n sequences from `sequence` on: their rows begin at `row`. */
template <Cell cell>
void forwardRows(const Recurrent& r, int64_t row, int64_t sequence, int64_t n, int64_t unit, int64_t units, const float* part, int64_t partRow) {
  float* const to = r.whole ? r.whole : r.out;
  for (int64_t b = 0; b < n; b++) {
    const int64_t at = (row + b) * r.hidden + unit, state = (sequence + b) * r.hidden + unit;
    forwardRow<cell>(units, {r.gates + (row + b) * r.columns + unit, r.hidden, part + b * partRow, n * partRow, r.hn + state,
                             r.cn + (cell == Cell::lstm ? state : 0), r.inner ? r.inner + at : nullptr, to + at});
  }
}

void recurrent(const Recurrent& r) {
  if (r.batch == 0) return;
  const Share share(r);
  const int64_t gates = gatesOf(r.cell);
  Panels weight = {r.width, r.hidden, gates, widthOf(share, r, r.hidden), nullptr};
  Panels projection = {r.hidden, r.width, 1, widthOf(share, r, r.width), nullptr};
  const Memory steps(r, weight.floats() + (r.projection ? projection.floats() : 0));
  if (!steps.packed) return;
  weight.data = steps.packed;
  projection.data = steps.packed + weight.floats();
  if (r.rows > 0) {
    weight.pack(r.weight, 1, r.width);
    if (r.projection) projection.pack(r.projection, 1, r.hidden);
  }
  const auto compute = r.cell == Cell::lstm   ? forwardRows<Cell::lstm>
                       : r.cell == Cell::gru  ? forwardRows<Cell::gru>
                       : r.cell == Cell::tanh ? forwardRows<Cell::tanh>
                                              : forwardRows<Cell::relu>;
  share.run(r, [&](int64_t begin, int64_t end) {
    copyFloats((end - begin) * r.width, r.h0 + begin * r.width, r.hn + begin * r.width);
    if (r.cn) copyFloats((end - begin) * r.hidden, r.c0 + begin * r.hidden, r.cn + begin * r.hidden);
    float* const h = r.hn + begin * r.width;
    for (int64_t i = 0; i < r.steps; i++) {
      const Step step = steps[i];
      const int64_t n = least(step.count, end) - begin, row = step.first + begin;
      if (n <= 0) continue;
      over(share.withinStep, weight.count(), [&](int64_t panel) {
        const int64_t units = weight.columns(panel), unit = panel * weight.width, apart = wholeVectors(units);
        float* const part = scratch(Slot::kernel, static_cast<size_t>(gates * n * apart));
        if (!part) return;
        for (int64_t q = 0; q < gates; q++)
          timesPanel({n, units, r.width, h, r.width, weight.at(panel, q), r.bias ? r.bias + q * r.hidden + unit : nullptr, false,
                      part + q * n * apart, apart});
        compute(r, row, begin, n, unit, units, part, apart);
      });
      if (r.projection)
        over(share.withinStep, projection.count(), [&](int64_t panel) {
          projection.times(n, panel, r.whole + row * r.hidden, false, r.out + row * r.width);
        });
      copyFloats(n * r.width, r.out + row * r.width, h);
    }
  });
}

template <Cell cell>
void backwardRows(const RecurrentGrad& r, const Step& step, int64_t sequence, int64_t n, const float* g) {
  const int64_t row = step.first + sequence;
  const float* const then = cell == Cell::lstm ? r.inner : r.out;
  const float* const start = cell == Cell::lstm ? r.c0 : r.h0;
  for (int64_t b = 0; b < n; b++) {
    const int64_t at = (row + b) * r.hidden, gate = (row + b) * r.columns, s = sequence + b;
    const float* const before = s < step.running ? then + (step.firstBefore + s) * r.hidden : start + s * r.hidden;
    backwardRow<cell>(r.hidden, {r.gates + gate, r.hidden, r.inner + (cell == Cell::lstm || cell == Cell::gru ? at : 0), before,
                                 g + b * r.hidden, r.gx + gate, r.gu + (cell == Cell::gru ? gate : 0),
                                 r.gc0 + (cell == Cell::lstm ? s * r.hidden : 0), r.gh0 + s * r.width});
  }
}

void recurrentGrad(const RecurrentGrad& r) {
  if (r.batch == 0) return;
  const Share share(r);
  Panels weight = {r.columns, r.width, 1, widthOf(share, r, r.width), nullptr};
  Panels projection = {r.width, r.hidden, 1, widthOf(share, r, r.hidden), nullptr};
  const Memory steps(r, weight.floats() + (r.projection ? projection.floats() : 0));
  if (!steps.packed) return;
  weight.data = steps.packed;
  projection.data = steps.packed + weight.floats();
  if (r.rows > 0) {
    weight.pack(r.weight, r.width, 1);
    if (r.projection) projection.pack(r.projection, r.hidden, 1);
  }
  const auto compute = r.cell == Cell::lstm   ? backwardRows<Cell::lstm>
                       : r.cell == Cell::gru  ? backwardRows<Cell::gru>
                       : r.cell == Cell::tanh ? backwardRows<Cell::tanh>
                                              : backwardRows<Cell::relu>;
  const float* const products = r.cell == Cell::gru ? r.gu : r.gx;
  share.run(r, [&](int64_t begin, int64_t end) {
    const int64_t all = end - begin;
    float* const gh0 = r.gh0 + begin * r.width;
    copyOrClear(all * r.width, r.gh ? r.gh + begin * r.width : nullptr, gh0);
    if (r.gc0) copyOrClear(all * r.hidden, r.gc ? r.gc + begin * r.hidden : nullptr, r.gc0 + begin * r.hidden);
    float* const g = scratch(Slot::kernel, static_cast<size_t>(all * (r.width + (r.projection ? r.hidden : 0))));
    if (!g) return;
    float* const whole = r.projection ? g + all * r.width : g;
    for (int64_t i = r.steps - 1; i >= 0; i--) {
      const Step step = steps[i];
      const int64_t n = least(step.count, end) - begin, row = step.first + begin;
      if (n <= 0) continue;
      const float* const given = r.g ? r.g + row * r.width : nullptr;
      forVectors(static_cast<size_t>(n * r.width), [&](size_t j, auto lanes) {
        const Vec carried = load(gh0 + j, lanes), sum = given ? carried + load(given + j, lanes) : carried;
        store(g + j, sum, lanes);
      });
      if (r.gp) copyFloats(n * r.width, g, r.gp + row * r.width);
      if (r.projection)
        over(share.withinStep, projection.count(), [&](int64_t panel) { projection.times(n, panel, g, false, whole); });
      if (r.previous) {
        const int64_t running = most(0, least(n, step.running - begin));
        float* const previous = r.previous + row * r.width;
        copyFloats(running * r.width, r.out + (step.firstBefore + begin) * r.width, previous);
        copyFloats((n - running) * r.width, r.h0 + (begin + running) * r.width, previous + running * r.width);
      }
      compute(r, step, begin, n, whole);
      over(share.withinStep, weight.count(), [&](int64_t panel) {
        weight.times(n, panel, products + row * r.columns, r.cell == Cell::gru, gh0);
      });
    }
  });
}

}  // namespace

void addRecurrent(Isa& isa) {
  isa.recurrent = recurrent;
  isa.recurrentGrad = recurrentGrad;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
