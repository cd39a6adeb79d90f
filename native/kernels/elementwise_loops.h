#pragma once
// The loops of elementwise.cc, for kernels that run them over parts of their operands.

#include "../simd/simd.h"
#include "../strides/walk.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/** Elements start … start + n - 1 of the output, and where their operands are, which are contiguous. */
struct Piece {
  const void* operand[3];
  bool still[3];  // the operand is a single element for the whole piece
  int64_t start, n;
};

struct Job {
  float p, q;
  void* out;
  bool past;  // whether to store past the caches (non-temporal)
};

using Dense = void (*)(const Job&, const Piece&);

struct Operands {
  const void* base[3];
  bool bytes[3];  // uint8 instead of float
};

/** The gradient of a unary op; each operand is dense. */
struct Gradient {
  float p, q;
  const float *x, *y, *g;
  float* out;
  bool past;
};

/** Runs elements begin … end - 1. */
using GradientLoop = void (*)(const Gradient&, size_t begin, size_t end);

// The loop of an op, by its index in elementwise_rows.h.
Dense unaryLoop(int op);
GradientLoop gradientLoop(int op);
Dense binaryLoop(int op);
Dense compareLoop(int op);
Dense whereLoop();

/** Runs `dense` over elements start … end - 1. `mayStandStill`: it supports one operand of stride 0. */
void walkPieces(const Walk& w, const Operands& o, Dense dense, const Job& job, bool mayStandStill, int64_t start, int64_t end);

}  // namespace simdgrad::SIMDGRAD_ISA_NS
