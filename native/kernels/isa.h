#pragma once
// The kernel bodies as one table of function pointers per instruction set. native/kernels/*.cc are compiled
// once per instruction set and fill the table (native/kernels/isa.cc). native/entries/*.cc check the
// arguments and call through the table. The bodies trust their arguments: pointers already include offsets,
// and extents are known to be valid.

#include <cstddef>
#include <cstdint>

#include "chain.h"
#include "descriptors.h"
#include "../strides/walk.h"

namespace simdgrad {

/** A finished piece of C. Its first element is element `at` of C. */
struct Piece {
  const float* data;
  int64_t rowStride;  // row stride of the piece
  int64_t at, width;  // `width`: row stride of C
  int64_t rows, columns;
};

/**
 * A function that receives C piece by piece while the piece is in L1. When C is a gradient, it is an
 * optimizer step.
 */
struct Consumer {
  void (*take)(const void* what, const Piece&);
  const void* what;
  const float* streams[4];  // arrays that it reads at the position of the piece; the product prefetches them
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
  int64_t cRow = 0;  // row stride of C; 0: rows are dense
  const Consumer* consumer = nullptr;  // only for a single matrix, without accumulation
};

/**
 * The files of this folder that fill the table. Each defines `void addGemm(Isa&)`, with its own name, which
 * sets its members.
 */
#define SIMDGRAD_FAMILIES(FAMILY) \
  FAMILY(Gemm) FAMILY(GemmBf16) FAMILY(Copy) FAMILY(Elementwise) FAMILY(Chain) FAMILY(Reduce) FAMILY(Softmax) FAMILY(Loss) FAMILY(Index) \
  FAMILY(Optim) FAMILY(Rules) FAMILY(Random) FAMILY(Patches) FAMILY(Conv) FAMILY(Pooling) \
  FAMILY(Recurrent) FAMILY(Attention) FAMILY(AttentionGrad) FAMILY(Normalize) FAMILY(BatchNorm)

struct Isa {
  const char* name;
  int width;  // lanes of a vector

  void (*gemm)(const Gemm&);
  void (*gemmBf16)(const Gemm&);  // rounds the elements of A and B to bfloat16

  // elementwise.cc; an op is its index in elementwise_rows.h
  void (*unary)(int op, float p, float q, const Walk& walk, const float* x, float* out);
  void (*unaryGrad)(int op, float p, float q, int64_t n, const float* x, const float* y, const float* g, float* out);
  void (*binary)(int op, const Walk& walk, const float* a, const float* b, float* out);
  void (*compare)(int op, const Walk& walk, const float* a, const float* b, uint8_t* out);
  void (*where)(const Walk& walk, const uint8_t* c, const float* a, const float* b, float* out);
  // chain.cc
  void (*chain)(const Chain&);
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
  // `what` is an Sgd or an Adam; the piece is the gradient.
  void (*sgdTake)(const void* what, const Piece&);
  void (*adamTake)(const void* what, const Piece&);
  void (*random)(const Random&);
  // patches.cc
  void (*unfold2d)(int64_t planes, const Patches&, const float* x, float* out);
  void (*fold2d)(int64_t planes, const Patches&, const float* columns, float* out);
  // conv.cc: computes y from x and weight, the gradient of x from y and weight, that of weight from x and y
  void (*conv2d)(const Conv&);
  void (*conv2dGradInput)(const Conv&);
  void (*conv2dGradWeight)(const Conv&);
  // attention.cc and attention_grad.cc
  void (*attention)(const Attention&);
  void (*attentionGrad)(const Attention&);
  // pooling.cc
  void (*maxPool2d)(const Pooling&);
  void (*maxPool2dGrad)(int64_t planes, int64_t places, Indices index, const float* g, float* out);
  void (*avgPool2d)(const Pooling&);
  void (*avgPool2dGrad)(const Pooling&);
  // recurrent.cc
  void (*recurrent)(const Recurrent&);
  void (*recurrentGrad)(const RecurrentGrad&);
  // normalize.cc and batch_norm.cc
  void (*normalize)(const Normalize&);
  void (*normalizeGrad)(const Normalize&);
  void (*batchNorm)(const BatchNorm&);
  void (*batchNormEval)(const BatchNorm&);
  void (*batchNormGrad)(const BatchNorm&);
};

}  // namespace simdgrad
