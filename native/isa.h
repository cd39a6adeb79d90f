#pragma once
// The bodies of the kernels as one table of function pointers per instruction set. native/kernels/*.cc are compiled once per
// instruction set and fill it (native/kernels/isa.cc); native/entries/*.cc check the arguments and call through it.
// Arguments here are trusted: pointers already include offsets, extents are known to be valid.

#include <cstddef>
#include <cstdint>

namespace simdgrad {

/** C[i,j] (+)= Σ_k A[i,k]·B[k,j] + bias[j], `batch` times. Strides in elements; rows of C are dense. */
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
};

struct Isa {
  const char* name;
  int width;  // lanes of a vector

  void (*gemm)(const Gemm&);
};

}  // namespace simdgrad
