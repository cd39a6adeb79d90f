#pragma once
// Products with a B that is packed once and used many times: the weights of a recurrent layer. B is packed in
// panels of up to `panelWidth` columns, and a product is one panel at a time. No threads.
//
// Bits: those of gemm_micro.h for any number of rows, so a row's result does not depend on the rows beside it.

#include "gemm_micro.h"
#include "gemm_pack.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** How `m` rows are cut into tiles of equal height. */
struct RowTiles {
  int64_t count, lower, taller;  // `taller` tiles have one row more than `lower`

  explicit RowTiles(int64_t m) : count((m + MR - 1) / MR), lower(m / (count > 0 ? count : 1)), taller(m - lower * count) {}
  int64_t rowAt(int64_t tile) const { return tile * lower + least(tile, taller); }
};

/** The most columns of a panel for products with up to `rows` rows. */
int64_t panelWidth(int64_t rows) {
  const RowTiles tiles(rows);
  return vectorsFor(tiles.lower + (tiles.taller > 0)) * W;
}

/** Packs a panel: k·packedWidth(columns) floats. */
void packPanel(int64_t k, int64_t columns, const float* b, int64_t bRow, int64_t bCol, float* out) {
  packPanelB(b, bRow, bCol, columns, k, out);
}

void timesPanel(const PanelProduct& p) {
  const RowTiles tiles(p.m);
  const int vectors = static_cast<int>((p.n + W - 1) / W), lanes = static_cast<int>(p.n - (vectors - 1) * W);
  for (int64_t t = 0; t < tiles.count; t++) {
    const int64_t i = tiles.rowAt(t), rows = tiles.rowAt(t + 1) - i;
    const Tile tile = {nullptr, 0, p.bias, 0, 1, p.accumulate, p.c + i * p.cRow, p.cRow, 1, lanes};
    pick<MR>(static_cast<int>(rows), vectors, lastOf(lanes))(p.k, p.a + i * p.aRow, p.aRow, 1, p.panel, vectors * W, tile);
  }
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
