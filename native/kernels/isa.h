#pragma once
// The bodies of the kernels as one table of function pointers per instruction set. native/kernels/*.cc are compiled once per
// instruction set and fill it (native/kernels/isa.cc); native/entries/*.cc check the arguments and call through it.
// Arguments here are trusted: pointers already include offsets, extents are known to be valid.

#include <cstddef>
#include <cstdint>

#include "descriptors.h"
#include "../strides/walk.h"

namespace simdgrad {

/** A finished piece of C: its first element is element `at` of C. */
struct Piece {
  const float* data;
  int64_t rowStride;  // from row to row of the piece
  int64_t at, width;  // and of C
  int64_t rows, columns;
};

/** What takes C piece by piece, while it is in L1: the step of an optimizer, when C is the gradient. */
struct Consumer {
  void (*take)(const void* what, const Piece&);
  const void* what;
  const float* streams[4];  // what it will read at the places of the piece: fetched meanwhile
  int streamCount;
};

/** C[i,j] (+)= Σ_k A[i,k]·B[k,j] + bias[j], `batch` times. Strides in elements. */
struct Gemm {
  int64_t batch, m, n, k;
  const float* a;
  int64_t aBatch, aRow, aCol;
  const float* b;
  int64_t bBatch, bRow, bCol;
  const float* bias;  // n values or null
  bool accumulate;
  float* c;
  int64_t cBatch;
  int64_t cRow = 0;  // from row to row of C; 0: rows are dense
  const Consumer* consumer = nullptr;  // only of one matrix that nothing is added to
};

/** The files of this folder that fill the table: each defines `void addGemm(Isa&)` of its name, which sets its members. */
#define SIMDGRAD_FAMILIES(FAMILY) \
  FAMILY(Gemm) FAMILY(Copy) FAMILY(Elementwise) FAMILY(Reduce) FAMILY(Softmax) FAMILY(Loss) FAMILY(Index) \
  FAMILY(Optim) FAMILY(Rules) FAMILY(Random) FAMILY(Patches) FAMILY(Conv) FAMILY(Pooling)

struct Isa {
  const char* name;
  int width;  // lanes of a vector

  void (*gemm)(const Gemm&);

  // elementwise.cc; ops by their place in elementwise_rows.h
  void (*unary)(int op, float p, float q, const Walk& walk, const float* x, float* out);
  void (*unaryGrad)(int op, float p, float q, int64_t n, const float* x, const float* y, const float* g, float* out);
  void (*binary)(int op, const Walk& walk, const float* a, const float* b, float* out);
  void (*compare)(int op, const Walk& walk, const float* a, const float* b, uint8_t* out);
  void (*where)(const Walk& walk, const uint8_t* c, const float* a, const float* b, float* out);
  // copy.cc: out[i*outStride + j] = x[i + j*xStride] for i < n0, j < n1
  void (*transposeCopy)(const float* x, int64_t xStride, float* out, int64_t outStride, int64_t n0, int64_t n1);
  // reduce.cc and softmax.cc
  void (*reduce)(int op, int64_t outer, int64_t length, int64_t inner, const float* x, float* out);
  void (*argReduce)(int op, int64_t outer, int64_t length, int64_t inner, const float* x, int32_t* out);
  void (*softmax)(int op, int64_t outer, int64_t length, int64_t inner, const float* x, float* out);
  void (*softmaxGrad)(int op, int64_t outer, int64_t length, int64_t inner, const float* y, const float* g, float* out);
  // loss.cc
  void (*crossEntropy)(const CrossEntropy&);
  void (*crossEntropyGrad)(const CrossEntropy&);
  // index.cc
  void (*takeRows)(const TakeRows&);
  void (*indexAdd)(int64_t outer, int64_t inner, int64_t count, Indices index, const float* g, float* out);
  // optim.cc, rules.cc and random.cc
  void (*sgdStep)(const Sgd&);
  void (*adamStep)(const Adam&);
  void (*ruleStep)(const RuleStep&);
  // `what` is Sgd or Adam; g is the piece.
  void (*sgdTake)(const void* what, const Piece&);
  void (*adamTake)(const void* what, const Piece&);
  void (*random)(const Random&);
  // patches.cc
  void (*unfold2d)(int64_t planes, const Patches&, const float* x, float* out);
  void (*fold2d)(int64_t planes, const Patches&, const float* columns, float* out);
  // conv.cc: y of x and weight, x of y and weight, weight of x and y
  void (*conv2d)(const Conv&);
  void (*conv2dGradInput)(const Conv&);
  void (*conv2dGradWeight)(const Conv&);
  // pooling.cc
  void (*maxPool2d)(const Pooling&);
  void (*maxPool2dGrad)(int64_t planes, int64_t places, Indices index, const float* g, float* out);
  void (*avgPool2d)(const Pooling&);
  void (*avgPool2dGrad)(const Pooling&);
};

}  // namespace simdgrad
