// Elementwise kernels: one dense loop per row of elementwise_rows.h, and one walk that all of them share,
// which passes dense pieces to the loop.

#include "../numerics/gelu.h"
#include "isa.h"
#include "../numerics/math64.h"
#include "../simd/streaming_store.h"
#include "../threads/pool.h"
#include "elementwise_loops.h"
#include "elementwise_rows.h"
#include "../numerics/trig.h"
#include "../strides/walk.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

SIMD_INLINE Vec number(float x) { return broadcast(x); }

/** -1, 0 or 1; 0 for zeros and NaN. */
SIMD_INLINE Vec signOf(Vec x) {
  return select(gt(x, zero()), number(1), select(lt(x, zero()), number(-1), zero()));
}
/** NaN if either is NaN. Of zeros with different signs, the positive one is larger, as in JavaScript. */
SIMD_INLINE Vec maximum(Vec a, Vec b) {
  const Vec tie = bitcastFloat(bitcastInt(a) & bitcastInt(b));
  return select(eq(a, b), tie, select(gt(a, b) | isnan(a), a, b));
}
SIMD_INLINE Vec minimum(Vec a, Vec b) {
  const Vec tie = bitcastFloat(bitcastInt(a) | bitcastInt(b));
  return select(eq(a, b), tie, select(lt(a, b) | isnan(a), a, b));
}
SIMD_INLINE Vec siluDerivative(Vec x) {
  const Vec s = sigmoid(x);
  return s * fma(x, number(1) - s, number(1));
}

// --- the loops ---------------------------------------------------------------------------------------------

#define SIMDGRAD_UNARY_OP(name, value, reads, gradient)                                                                  \
  struct name##Row {                                                                                                     \
    static SIMD_INLINE Vec f([[maybe_unused]] Vec x, [[maybe_unused]] Vec p, [[maybe_unused]] Vec q) { return value; }   \
    static SIMD_INLINE Vec d([[maybe_unused]] Vec g, [[maybe_unused]] Vec x, [[maybe_unused]] Vec y, [[maybe_unused]] Vec p, \
                             [[maybe_unused]] Vec q) {                                                                   \
      return gradient;                                                                                                   \
    }                                                                                                                    \
  };
SIMDGRAD_UNARY_ROWS(SIMDGRAD_UNARY_OP)
#undef SIMDGRAD_UNARY_OP

#define SIMDGRAD_PAIR_OP(name, value)                                       \
  struct name##Row {                                                        \
    static SIMD_INLINE auto f(Vec a, Vec b) { return value; }               \
  };
SIMDGRAD_BINARY_ROWS(SIMDGRAD_PAIR_OP)
SIMDGRAD_COMPARE_ROWS(SIMDGRAD_PAIR_OP)
#undef SIMDGRAD_PAIR_OP

template <class Op>
void denseUnary(const Job& job, const Piece& piece) {
  const float* x = static_cast<const float*>(piece.operand[0]);
  float* out = static_cast<float*>(job.out) + piece.start;
  const Vec p = broadcast(job.p), q = broadcast(job.q);
  storeVectors(out, static_cast<size_t>(piece.n), job.past, [&](size_t i, auto lanes) { return Op::f(load(x + i, lanes), p, q); });
}

template <class Op, bool aStill, bool bStill>
SIMD_INLINE void denseBinaryOf(float* out, const float* a, const float* b, size_t n, bool past) {
  const Vec a0 = aStill ? broadcast(*a) : zero(), b0 = bStill ? broadcast(*b) : zero();
  storeVectors(out, n, past, [&](size_t i, auto lanes) { return Op::f(aStill ? a0 : load(a + i, lanes), bStill ? b0 : load(b + i, lanes)); });
}

template <class Op>
void denseBinary(const Job& job, const Piece& piece) {
  const float *a = static_cast<const float*>(piece.operand[0]), *b = static_cast<const float*>(piece.operand[1]);
  float* out = static_cast<float*>(job.out) + piece.start;
  const size_t n = static_cast<size_t>(piece.n);
  if (piece.still[0]) denseBinaryOf<Op, true, false>(out, a, b, n, job.past);
  else if (piece.still[1]) denseBinaryOf<Op, false, true>(out, a, b, n, job.past);
  else denseBinaryOf<Op, false, false>(out, a, b, n, job.past);
}

template <class Op>
void denseCompare(const Job& job, const Piece& piece) {
  const float *a = static_cast<const float*>(piece.operand[0]), *b = static_cast<const float*>(piece.operand[1]);
  uint8_t* out = static_cast<uint8_t*>(job.out) + piece.start;
  forVectors(static_cast<size_t>(piece.n),
             [&](size_t i, auto lanes) { storeMaskU8(out + i, Op::f(load(a + i, lanes), load(b + i, lanes)), lanes); });
}

void denseWhere(const Job& job, const Piece& piece) {
  const uint8_t* c = static_cast<const uint8_t*>(piece.operand[0]);
  const float *a = static_cast<const float*>(piece.operand[1]), *b = static_cast<const float*>(piece.operand[2]);
  float* out = static_cast<float*>(job.out) + piece.start;
  storeVectors(out, static_cast<size_t>(piece.n), job.past,
               [&](size_t i, auto lanes) { return select(loadMaskU8(c + i, lanes), load(a + i, lanes), load(b + i, lanes)); });
}

// --- the walk ----------------------------------------------------------------------------------------------

constexpr int64_t grain = 16384;       // elements per chunk of a thread
// Rows shorter than this are gathered, so that one call of the loop covers several.
constexpr int64_t shortRow = 64;
constexpr int64_t bufferLength = 512;  // elements gathered at once

/** A position in a walk: the index in each dim, and the offset of each operand. */
struct Odometer {
  int64_t index[maxRank];
  int64_t offset[3];

  Odometer(const Walk& w, int64_t start) {
    for (int k = 0; k < w.operands; k++) offset[k] = 0;
    for (int d = w.rank - 1; d >= 0; d--) {
      // Most walks have one dim and need no division.
      index[d] = d > 0 ? start % w.size[d] : start;
      if (d > 0) start /= w.size[d];
      for (int k = 0; k < w.operands; k++) offset[k] += index[d] * w.step[k][d];
    }
  }
  /** Advances by n elements, at most to the end of the innermost row. */
  void advance(const Walk& w, int64_t n) {
    int d = w.rank - 1;
    index[d] += n;
    for (int k = 0; k < w.operands; k++) offset[k] += n * w.step[k][d];
    while (index[d] == w.size[d] && d > 0) {
      for (int k = 0; k < w.operands; k++) offset[k] += w.step[k][d - 1] - w.size[d] * w.step[k][d];
      index[d] = 0;
      index[--d]++;
    }
  }
};

/** Copies n elements that are `step` apart to contiguous memory. */
template <class T>
void collect(T* to, const T* from, int64_t step, int64_t n) {
  if (step == 1)
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
  else
    for (int64_t i = 0; i < n; i++) to[i] = from[i * step];
}

template <class Op, Reads reads>
void denseGradient(const Gradient& j, size_t begin, size_t end) {
  const Vec p = broadcast(j.p), q = broadcast(j.q);
  storeVectors(j.out + begin, end - begin, j.past, [&](size_t i, auto lanes) {
    const Vec x = reads == Reads::x ? load(j.x + begin + i, lanes) : zero();
    const Vec y = reads == Reads::y ? load(j.y + begin + i, lanes) : zero();
    return Op::d(load(j.g + begin + i, lanes), x, y, p, q);
  });
}

}  // namespace

void walkPieces(const Walk& w, const Operands& o, Dense dense, const Job& job, bool mayStandStill, int64_t start, int64_t end) {
  const int inner = w.rank - 1;
  bool direct = w.size[inner] >= shortRow || w.rank == 1;
  int still = 0;
  for (int k = 0; k < w.operands; k++) {
    const int64_t step = w.step[k][inner];
    still += step == 0;
    direct = direct && (step == 1 || (step == 0 && mayStandStill));
  }
  direct = direct && still <= 1;
  alignas(64) float buffer[3][bufferLength];
  Odometer at(w, start);
  Piece piece;
  while (start < end) {
    piece.start = start;
    if (direct) {
      const int64_t left = w.size[inner] - at.index[inner];
      piece.n = left < end - start ? left : end - start;
      for (int k = 0; k < w.operands; k++) {
        piece.still[k] = w.step[k][inner] == 0;
        piece.operand[k] = static_cast<const char*>(o.base[k]) + at.offset[k] * (o.bytes[k] ? 1 : 4);
      }
      at.advance(w, piece.n);
    } else {
      piece.n = bufferLength < end - start ? bufferLength : end - start;
      for (int64_t done = 0; done < piece.n;) {
        int64_t run = w.size[inner] - at.index[inner];
        if (run > piece.n - done) run = piece.n - done;
        for (int k = 0; k < w.operands; k++) {
          if (o.bytes[k])
            collect(reinterpret_cast<uint8_t*>(buffer[k]) + done, static_cast<const uint8_t*>(o.base[k]) + at.offset[k],
                    w.step[k][inner], run);
          else
            collect(buffer[k] + done, static_cast<const float*>(o.base[k]) + at.offset[k], w.step[k][inner], run);
        }
        at.advance(w, run);
        done += run;
      }
      for (int k = 0; k < w.operands; k++) {
        piece.still[k] = false;
        piece.operand[k] = buffer[k];
      }
    }
    dense(job, piece);
    start += piece.n;
  }
}

Dense unaryLoop(int op) {
#define SIMDGRAD_ENTRY(name, ...) denseUnary<name##Row>,
  static constexpr Dense loops[] = {SIMDGRAD_UNARY_ROWS(SIMDGRAD_ENTRY)};
#undef SIMDGRAD_ENTRY
  return loops[op];
}

GradientLoop gradientLoop(int op) {
#define SIMDGRAD_ENTRY(name, value, reads, gradient) denseGradient<name##Row, Reads::reads>,
  static constexpr GradientLoop loops[] = {SIMDGRAD_UNARY_ROWS(SIMDGRAD_ENTRY)};
#undef SIMDGRAD_ENTRY
  return loops[op];
}

#define SIMDGRAD_ENTRY(name, value) denseBinary<name##Row>,
Dense binaryLoop(int op) {
  static constexpr Dense loops[] = {SIMDGRAD_BINARY_ROWS(SIMDGRAD_ENTRY)};
  return loops[op];
}
#undef SIMDGRAD_ENTRY

#define SIMDGRAD_ENTRY(name, value) denseCompare<name##Row>,
Dense compareLoop(int op) {
  static constexpr Dense loops[] = {SIMDGRAD_COMPARE_ROWS(SIMDGRAD_ENTRY)};
  return loops[op];
}
#undef SIMDGRAD_ENTRY

Dense whereLoop() { return denseWhere; }

namespace {

// --- the bodies --------------------------------------------------------------------------------------------

void run(const Walk& w, const Operands& o, Dense dense, const Job& job, bool mayStandStill) {
  parallelFor(static_cast<size_t>(w.total), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    walkPieces(w, o, dense, job, mayStandStill, static_cast<int64_t>(begin), static_cast<int64_t>(end));
    if (job.past) fencePast();
  });
}

void unary(int op, float p, float q, const Walk& w, const float* x, float* out) {
  run(w, {{x}, {false}}, unaryLoop(op), {p, q, out, goesPast(w.total, out, {x})}, false);
}

void unaryGrad(int op, float p, float q, int64_t n, const float* x, const float* y, const float* g, float* out) {
  const Gradient job = {p, q, x, y, g, out, goesPast(n, out, {x, y, g})};
  const GradientLoop loop = gradientLoop(op);
  parallelFor(static_cast<size_t>(n), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    loop(job, begin, end);
    if (job.past) fencePast();
  });
}

void binary(int op, const Walk& w, const float* a, const float* b, float* out) {
  run(w, {{a, b}, {false, false}}, binaryLoop(op), {0, 0, out, goesPast(w.total, out, {a, b})}, true);
}

void compare(int op, const Walk& w, const float* a, const float* b, uint8_t* out) {
  run(w, {{a, b}, {false, false}}, compareLoop(op), {0, 0, out, false}, false);
}

void where(const Walk& w, const uint8_t* c, const float* a, const float* b, float* out) {
  run(w, {{c, a, b}, {true, false, false}}, whereLoop(), {0, 0, out, goesPast(w.total, out, {a, b})}, false);
}

}  // namespace

void addElementwise(Isa& isa) {
  isa.unary = unary;
  isa.unaryGrad = unaryGrad;
  isa.binary = binary;
  isa.compare = compare;
  isa.where = where;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
