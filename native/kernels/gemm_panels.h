#pragma once
// Products with a B that is packed once and used many times: the weights of a recurrent layer. B is packed
// in panels of up to `panelWidth` columns, and a product is with one panel at a time. No threads. gemm.cc has
// the bodies, so that the micro-kernels are compiled once.
//
// Bits: those of gemm_micro.h for any number of rows, so a row's result does not depend on the other rows.

#include "gemm_numbers.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

/** C (+)= A·B + bias for one panel of B. */
struct PanelProduct {
  int64_t m, n, k;
  const float* a;  // rows are contiguous
  int64_t aRow;
  const float* panel;
  const float* bias;  // n values or null
  bool accumulate;
  float* c;
  int64_t cRow;
};

/** The most columns of a panel for products with up to `rows` rows. */
int64_t panelWidth(int64_t rows);

/** Packs a panel: k times `columns` floats, rounded up to whole vectors. */
void packPanel(int64_t k, int64_t columns, const float* b, int64_t bRow, int64_t bCol, float* out);

void timesPanel(const PanelProduct& p);

}  // namespace simdgrad::SIMDGRAD_ISA_NS
