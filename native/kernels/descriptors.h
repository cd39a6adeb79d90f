#pragma once
// Structs for the bodies in isa.h that take many arguments.

#include "indices.h"

namespace simdgrad {

enum class LossReduction { none, mean, sum };

/** Arguments of crossEntropy and its gradient. */
struct CrossEntropy {
  LossReduction reduction;
  int64_t rows, classes;
  double smoothing;
  int64_t ignoreIndex;
  const float* x;              // rows x classes
  const int32_t* targets;      // either this or byteTargets
  const uint8_t* byteTargets;
  const float* weight;         // one per class, or null
  float* loss;                 // one per row, or one in all; not used by the gradient
  float* stats;                // log-sum-exp of each row, then the divisor
  const float* g;              // gradient only: one per row, or one in all
  float* out;                  // gradient only: rows x classes

  // Always inlined, for the reason given in indices.h.
  __attribute__((always_inline)) int64_t given(int64_t row) const { return targets ? readOnce(targets + row) : readOnce(byteTargets + row); }
  __attribute__((always_inline)) bool isClass(int64_t target) const { return target >= 0 && target < classes; }
  /**
   * Returns a class or `ignoreIndex`. Any other value was written by another thread after the check
   * (indices.h).
   */
  __attribute__((always_inline)) int64_t target(int64_t row) const {
    const int64_t t = given(row);
    return isClass(t) ? t : ignoreIndex;
  }
};

struct Sgd {
  int64_t n;
  bool nesterov, maximize, first;
  float *p, *buffer;  // buffer may be null
  const float* g;
  float lr, momentum, dampeningRest, weightDecay;  // rest = 1 - dampening, rounded from double
};

struct Adam {
  int64_t n;
  bool maximize, decoupled;
  float *p, *m, *v, *vmax;  // vmax may be null
  const float* g;
  float stepSize;           // lr / (1 - β₁^t)
  float inverseCorrection;  // 1 / √(1 - β₂^t)
  float beta1Rest, beta2, beta2Rest, eps;  // rest = 1 - β, rounded from double
  float keep;               // 1 - lr·weightDecay when decoupled, else 1
  float decay;              // weightDecay when not decoupled, else 0
};

/** One step of an optimizer rule in rules.cc. */
/** Number of state buffers of each rule, in the order of ruleStepNames. */
constexpr int ruleStates[] = {1, 3, 2, 2, 2, 2, 2};

struct RuleStep {
  int rule;  // index in ruleStepNames
  int64_t n;
  float* p;
  const float* g;
  float *a, *b, *c;     // the state; null where the rule has no such buffer
  const double* number;  // the number of this step, from 1
  const double* hyper;   // the options of the optimizer, in order
};

/** out[j, :] = x[index[j], :]·scale + shift; x holds bytes or floats. */
struct TakeRows {
  int64_t count, width;
  float scale, shift;
  const uint8_t* bytes;
  const float* floats;
  Indices index;
  float* out;
};

/** Images and their patches: see src/kernels/js/patches.ts. */
struct Patches {
  int64_t h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw;
};

struct Gemm;

/** A convolution or one of its gradients. The operation decides which of the three operands is the output. */
struct Conv {
  int64_t samples, groups, channels, outputs;  // channels and outputs are per group
  Patches patches;
  const float *x, *weight, *y;
  const float* bias;  // or null
  bool accumulate;    // used by the gradient of the weight
  float* out;
  bool bfloat16;                  // whether products round their operands
  void (*multiply)(const Gemm&);  // the product of the instruction set in use
};

/** Pooling over arbitrary windows: see src/kernels/js/pool.ts. */
struct Pooling {
  int64_t planes, h, w, oh, ow, dh, dw;
  const int32_t* windows;
  const float* divisors;  // used by means
  const float* x;         // or the gradient of the output
  float* out;
  int32_t* index;  // used by maxima
};

/** Indices in recurrentNames. */
enum class Cell { lstm, gru, tanh, relu };

/** One direction of a recurrent layer over a sequence: see src/kernels/js/recurrent.ts. */
struct Sequence {
  Cell cell;
  bool reverse;
  int64_t steps, batch, rows, hidden, width, columns;
  const int32_t* counts;  // rows of each step, or null: `batch`
  const float *weight, *projection;  // columns x width; width x hidden or null
  const float *h0, *c0;
};

struct Recurrent : Sequence {
  const float* bias;  // or null
  float *gates, *inner, *whole, *out, *hn, *cn;  // inner: or null
};

struct RecurrentGrad : Sequence {
  const float *gates, *inner, *out;
  const float *g, *gh, *gc;  // each may be null
  float *gx, *gu, *gp, *previous, *gh0, *gc0;  // gp and previous: or null
};

/** Rows with strides for batch, heads and positions; each row is dense. Null if it is not given. */
template <class T>
struct Heads {
  T* first;
  int64_t batch, head, row;

  // Always inlined, for the reason given in indices.h.
  __attribute__((always_inline)) T* at(int64_t b, int64_t h) const { return first + b * batch + h * head; }
};

/**
 * Scaled dot product attention and its gradient: see src/kernels/js/attention.ts. The forward kernel writes
 * out and stats; its gradient reads them as givenOut and givenStats.
 */
struct Attention {
  int64_t batch, heads, groups, queries, keys, width, valueWidth;
  float scale;
  bool causal;
  double dropout;
  Heads<const float> q, k, v;
  const uint8_t* allowed;  // the mask: this, or `added`, or neither
  const float* added;
  int64_t maskStride[4];
  const int32_t* drawn;  // the state of the generator for dropout, or null
  Heads<float> out;
  float* stats;
  Heads<const float> givenOut, g;
  const float* givenStats;
  Heads<float> gq, gk, gv;  // any may be null
};

/** Normalisation of the groups of samples, or its gradients: see src/kernels/js/normalize.ts. */
struct Normalize {
  int64_t samples, groups, channels, inner;
  float eps;
  const float *x, *weight, *bias;  // weight and bias may be null
  float *mean, *variance;          // of each group of each sample; without a mean x is not centred
  float* out;                      // or the gradient of x, which may be null
  const float* g;
  bool addWeight, addBias;  // to the values of gWeight and gBias, which may be null
  float *gWeight, *gBias;
};

/** Batch normalisation or its gradients: see src/kernels/js/batch-norm.ts. */
struct BatchNorm {
  int64_t samples, channels, inner;
  float eps;
  const float *x, *weight, *bias;  // weight and bias may be null
  double momentum;
  bool cumulative, training;
  float *runningMean, *runningVar;  // or null
  int32_t* count;                   // or null
  float *mean, *variance;           // of each channel; written by the forward pass in training
  float* out;                       // or the gradient of x, which may be null
  const float* g;
  bool addWeight, addBias;  // to the values of gWeight and gBias, which may be null
  float *gWeight, *gBias;
};

enum class RandomKind { uniform, normal, dropout };

struct Random {
  RandomKind kind;
  double p, q;
  int64_t n;
  uint32_t key0, key1, counterLow, counterHigh;
  float* out;
};

}  // namespace simdgrad
