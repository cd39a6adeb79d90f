// The transposing copy. It is the only copy that needs SIMD.

#include "isa.h"
#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

/**
 * out[i·outStride + j] = x[i + j·xStride] for i < n0, j < n1. It works on blocks of W x W. Every load and
 * store is a whole vector (on AVX-512 a whole cache line), so strides of a power of two, which map to few
 * cache sets, do no harm.
 */
void transposeCopy(const float* x, int64_t xStride, float* out, int64_t outStride, int64_t n0, int64_t n1) {
  for (int64_t j = 0; j < n1; j += W) {
    const int columns = static_cast<int>(n1 - j < W ? n1 - j : W);
    for (int64_t i = 0; i < n0; i += W) {
      const int rows = static_cast<int>(n0 - i < W ? n0 - i : W);
      Vec square[W];
      const float* from = x + i + j * xStride;
      float* to = out + i * outStride + j;
      if (columns == W && rows == W) {
        for (int l = 0; l < W; l++) square[l] = load(from + l * xStride);
        transpose(square);
        for (int l = 0; l < W; l++) store(to + l * outStride, square[l]);
      } else {
        for (int l = 0; l < W; l++) square[l] = l < columns ? load(from + l * xStride, rows) : zero();
        transpose(square);
        for (int l = 0; l < rows; l++) store(to + l * outStride, square[l], columns);
      }
    }
  }
}

}  // namespace

void addCopy(Isa& isa) { isa.transposeCopy = transposeCopy; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
