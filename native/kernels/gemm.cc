// C (+)= A·B + bias: five loops around a micro-kernel, after Goto and BLIS.
//
// Bits: see gemm_micro.h. The bits depend on k alone. Tile sizes, threads, vector width and the choice of
// which operand lies along the vectors do not change them.
//
// An operand is read in place where that is as fast as reading packed panels: B when its rows are contiguous,
// A nearly always. Packing works panel by panel and packs each panel just before its first use.
//
// Other kernels compute the shapes for which these loops are slow: few rows or columns (gemm_thin.h, which
// sums in its own order), few rows times columns that are contiguous along k (gemm_narrow.h), few steps of k
// (gemm_outer.h), and very large k, which is cut into pieces (gemm_long.h).
//
// Threads: gemm_tasks.h.

#include "isa.h"
#include "../threads/pool.h"
#include "gemm_long.h"
#include "gemm_micro.h"
#include "gemm_narrow.h"
#include "gemm_numbers.h"
#include "gemm_outer.h"
#include "gemm_pack.h"
#include "gemm_panels.h"
#include "gemm_tasks.h"
#include "gemm_thin.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/**
 * Whether `lines` rows, `stride` floats apart, evict each other from a cache when they are read together
 * repeatedly. One way of the cache has `way` bytes. Rows whose stride is a multiple of a high power of two
 * map to few cache sets.
 */
bool conflicts(int64_t stride, int64_t lines, int64_t way) {
  const int64_t bytes = stride * static_cast<int64_t>(sizeof(float));
  const int64_t apart = bytes & -bytes;  // the largest power of two that divides it
  return apart > 64 && lines * apart > 8 * way;
}
constexpr int64_t wayOfL1 = 4096, wayOfL2 = 65536;

bool packsA(const Problem& g, int64_t height, int64_t width) {
  if (g.aRow == 1 || height == 1) return false;
  if (g.aCol == 1 && !conflicts(g.aRow, least(height, MR), wayOfL1)) return width >= packAFrom;
  return width >= packConflictingAFrom;
}

/** How `m` rows are cut into tiles of equal height. A last tile of a few rows would use few accumulators. */
struct RowTiles {
  int64_t count, lower, taller;  // `taller` tiles have one row more than `lower`

  explicit RowTiles(int64_t m) : count(partsOf(m, MR)), lower(m / count), taller(m - lower * count) {}
  int64_t height() const { return lower + (taller > 0); }
  int64_t rowAt(int64_t tile) const { return tile * lower + least(tile, taller); }
};

bool packsB(const Problem& g, int64_t height) {
  return g.bCol != 1 || (height > 2 * MR && conflicts(g.bRow, Blocking(g.k, g.aRow == 1).depth, wayOfL2));
}

void run(const Problem& g, const Task& task) {
  const int64_t height = task.i1 - task.i0, width = task.j1 - task.j0;
  const RowTiles cutRows(height);
  const int64_t tiles = cutRows.count;
  const auto rowAt = [&](int64_t t) { return cutRows.rowAt(t); };
  const Blocking blocking(g.k, g.aRow == 1);
  const int64_t blocks = blocking.blocks, depth = blocking.depth;
  const int64_t rowBlocks = partsOf(tiles, blocking.rows / MR);
  const int64_t NRH = vectorsFor(cutRows.height()) * W;  // columns of a tile
  const bool packingA = packsA(g, height, width), packingB = packsB(g, height);
  // Several blocks of rows share the packed panels of B: process about NC columns at a time and keep their
  // panels. Otherwise each panel would be packed again.
  const int64_t columnTiles = partsOf(width, NRH);
  const int64_t columnStep = g.consumer ? takenColumns : packingB && rowBlocks > 1 ? partsOf(columnTiles, partsOf(width, NC)) * NRH : width;
  // While C still holds the values to be added to the finished sum, partial sums are stored in a side buffer.
  const bool aside = blocks > 1 && (g.accumulate || g.outCol != 1);
  if (aside && height > sideRows) {
    // The side buffer has as many rows as C. Process the rows in parts, so that the buffer stays in L2.
    for (int64_t i = task.i0; i < task.i1; i += sideRows)
      run(g, {task.a, task.b, task.c, i, least(task.i1, i + sideRows), task.j0, task.j1});
    return;
  }
  const int64_t maxColumns = least(columnStep, width);
  float* const packedA = packingA ? scratch(Slot::packedA, static_cast<size_t>((rowBlocks == 1 ? height : blocking.rows + MR) * depth + W)) : nullptr;
  const int64_t panelsB = rowBlocks > 1 ? packedWidth(maxColumns) : least(NRH, packedWidth(maxColumns));
  float* const packedB = packingB ? scratch(Slot::packedB, static_cast<size_t>(depth * panelsB)) : nullptr;
  float* const piece = g.consumer ? scratch(Slot::partial, static_cast<size_t>(blocking.rows * columnStep)) : nullptr;
  float* const partial = aside ? scratch(Slot::partial, static_cast<size_t>(height * maxColumns)) : nullptr;
  if ((packingA && !packedA) || (packingB && !packedB) || (g.consumer && !piece) || (aside && !partial)) return;

  for (int64_t jc = task.j0; jc < task.j1; jc += columnStep) {               // 5: columns of B packed at once
    const int64_t nc = least(columnStep, task.j1 - jc);
    for (int64_t pc = 0; pc == 0 || pc < g.k; pc += depth) {                 // 4: depth
      const int64_t kc = least(depth, g.k - pc);
      const bool last = pc + kc >= g.k;
      for (int64_t ic = 0; ic < rowBlocks; ic++) {                           // 3: rows of A that stay in L2
        const int64_t first = rowBlocks == 1 ? 0 : ic * tiles / rowBlocks;
        const int64_t end = rowBlocks == 1 ? tiles : (ic + 1) * tiles / rowBlocks;
        const int64_t base = rowAt(first);
        // 2: panels of B, each in L1 during loop 1
        for (int64_t jr = 0; jr < nc; jr += NRH) {
          const int64_t columns = least(NRH, nc - jr);
          const int vectors = static_cast<int>((columns + W - 1) / W);
          const int lanes = static_cast<int>(columns - (vectors - 1) * W);
          const float* const inPlace = task.b + pc * g.bRow + (jc + jr) * g.bCol;
          float* const panelB = !packingB ? nullptr : packedB + (rowBlocks > 1 ? kc * jr : 0);
          if (packingB && ic == 0) packPanelB(inPlace, g.bRow, g.bCol, columns, kc, panelB);
          const float* const b = packingB ? panelB : inPlace;
          const int64_t bk = packingB ? vectors * W : g.bRow;
          for (int64_t t = first; t < end; t++) {                            // 1: rows of A
            const int64_t ir = rowAt(t);
            const int rows = static_cast<int>(rowAt(t + 1) - ir), i = static_cast<int>(task.i0 + ir);
            const float* const rowsA = task.a + i * g.aRow + pc * g.aCol;
            float* const panelA = packingA ? packedA + (ir - base) * kc : nullptr;
            if (packingA && jr == 0) packPanelA(rowsA, g.aRow, g.aCol, rows, kc, panelA);
            const float* const a = packingA ? panelA : rowsA;
            const int64_t ai = packingA ? 1 : g.aRow, ak = packingA ? rows : g.aCol;
            float* const c = task.c + i * g.outRow + (jc + jr) * g.outCol;
            float* const side = aside ? partial + ir * maxColumns + jr : c;
            const int64_t sideRow = aside ? maxColumns : g.outRow;
            const bool intoPiece = last && g.consumer;
            if (intoPiece) fetch(*g.consumer, i * g.n + jc + jr, g.n, rows, columns);
            const Tile tile = {pc == 0 ? nullptr : side,
                               sideRow,
                               last && g.bias ? g.bias + i * g.biasRow + (jc + jr) * g.biasCol : nullptr,
                               g.biasRow,
                               g.biasCol,
                               last && g.accumulate,
                               intoPiece ? piece + (ir - base) * nc + jr : last ? c : side,
                               intoPiece ? nc : last ? g.outRow : sideRow,
                               last ? g.outCol : 1,
                               lanes};
            pick<MR>(rows, vectors, lastOf(lanes))(kc, a, ai, ak, b, bk, tile);
          }
        }
        if (last && g.consumer) {
          const int64_t at = (task.i0 + base) * g.n + jc, rows = rowAt(end) - base;
          g.consumer->take(g.consumer->what, {piece, nc, at, g.n, rows, nc});
        }
      }
    }
  }
}

/**
 * The rows of A for a task of few rows. Each row is contiguous; consecutive rows are `apart` floats apart.
 */
struct Rows {
  const float* first;
  int64_t apart;
  bool there;  // false if there is no memory for a copy
};

Rows contiguousRows(const Problem& g, const float* a) {
  if (g.aCol == 1) return {a, g.aRow, true};
  float* const rows = scratch(Slot::packedA, static_cast<size_t>(g.m * g.k));
  if (rows) packRows(a, g.aRow, g.aCol, g.m, g.k, rows);
  return {rows, g.k, rows != nullptr};
}

/** Where a task stores its results, from row 0 and column j on. */
Tile tileFrom(const Problem& g, const Task& task, int64_t j) {
  const float* const bias = g.bias ? g.bias + j * g.biasCol : nullptr;
  return {nullptr, 0, bias, g.biasRow, g.biasCol, g.accumulate, task.c + j * g.outCol, g.outRow, g.outCol, 0};
}

/** Runs a task of a product with up to four rows. */
void runThin(const Problem& g, const Task& task) {
  const Rows a = contiguousRows(g, task.a);
  if (!a.there) return;
  const Thin kernel = thinFor(g.m);
  kernel(g.k, a.first, a.apart, task.b + task.j0 * g.bCol, g.bRow, g.bCol, task.j1 - task.j0, tileFrom(g, task, task.j0));
}

/** Runs a task of a product with up to MR rows, where the columns of B are contiguous along k. */
void runNarrow(const Problem& g, const Task& task) {
  const Rows a = contiguousRows(g, task.a);
  if (!a.there) return;
  for (int64_t j = task.j0; j < task.j1; j += W) {
    Tile tile = tileFrom(g, task, j);
    tile.lanes = lanesOf(task.j1 - j);
    pickNarrow<MR>(g.m, tile.lanes < W)(g.k, a.first, a.apart, task.b + j * g.bCol, g.bCol, tile);
  }
}

/** Runs a task of a product of few steps of k. The vectors hold rows of C. */
void runOuter(const Problem& g, const Task& task) {
  const auto kernel = g.k == 1 ? outerColumns<1> : g.k == 2 ? outerColumns<2> : g.k == 3 ? outerColumns<3> : outerColumns<4>;
  Tile tile = tileFrom(g, task, task.j0);
  tile.out += task.i0 * g.outRow;
  if (tile.bias) tile.bias += task.i0 * g.biasRow;
  kernel(task.i1 - task.i0, task.j1 - task.j0, task.a + task.i0 * g.aRow, g.aRow, g.aCol, task.b + task.j0 * g.bCol, g.bRow, g.bCol, tile);
}

bool isThin(const Gemm& g) { return g.m <= thinRows || g.n <= thinRows; }
bool isOuter(const Gemm& g) { return g.k > 0 && g.k <= outerSteps && g.n >= W; }
bool isNarrow(int64_t rows, int64_t step, int64_t column) { return W > 1 && rows <= MR && step == 1 && column != 1; }

/**
 * Whether to compute C as given, or else Cᵀ = Bᵀ·Aᵀ. A thin product must have few rows. In any other product
 * the vectors lie along the side that fills them better. Costs are counted in vector FMAs: those of the
 * product, of packing an operand with the wrong layout, and of storing a transposed tile.
 */
bool fitsAsItIs(const Gemm& g) {
  if (isThin(g)) return g.m <= g.n;
  if (W == 1 || g.n >= 4 * W || isOuter(g)) return true;
  const auto vectors = [](int64_t length) { return static_cast<double>((length + W - 1) / W); };
  const double m = static_cast<double>(g.m), n = static_cast<double>(g.n), k = static_cast<double>(g.k);
  const auto turning = [](bool lies, bool inRegisters) { return lies ? 0 : inRegisters ? transposingCost : packingCost; };
  const double straight = vectors(g.n) * m * k + turning(g.bCol == 1, isNarrow(g.m, g.bRow, g.bCol)) * n * k;
  const double across = vectors(g.m) * n * k + turning(g.aRow == 1, isNarrow(g.n, g.aCol, g.aRow)) * m * k + scatterCost * m * n;
  return straight <= across;
}

/**
 * Whether the product is one tile that is read in place. Deciding more about it would take longer than
 * computing it.
 */
bool isOneTile(const Gemm& g) {
  return !g.consumer && g.batch == 1 && g.m <= MR && g.m <= g.n && g.n <= vectorsFor(g.m) * W && g.k <= KC && g.bCol == 1 && !isThin(g) && !isOuter(g);
}

void runOneTile(const Gemm& g) {
  const int vectors = static_cast<int>((g.n + W - 1) / W), lanes = static_cast<int>(g.n - (vectors - 1) * W);
  const Tile tile = {nullptr, 0, g.bias, 0, 1, g.accumulate, g.c, g.cRow != 0 ? g.cRow : g.n, 1, lanes};
  pick<MR>(static_cast<int>(g.m), vectors, lastOf(lanes))(g.k, g.a, g.aRow, g.aCol, g.b, g.bRow, tile);
}

void gemm(const Gemm& given) {
  if (given.k == 0 && (given.a || given.b)) return gemm(withoutSteps(given));
  if (given.consumer && (given.k > longestSum || isThin(given) || isOuter(given) || isNarrow(given.m, given.bRow, given.bCol)))
    return computeThenTake(given, gemm);
  if (isOneTile(given)) return runOneTile(given);
  if (given.k > longestSum && gemmLong(given, gemm)) return;
  if (isTall(given) && !isThin(given)) return gemm(tall(given));
  const Problem g = given.consumer || fitsAsItIs(given) ? straight(given) : across(given);
  const auto work = isThin(g) ? runThin : isOuter(g) && g.outCol == 1 ? runOuter : isNarrow(g.m, g.bRow, g.bCol) ? runNarrow : run;
  share(g, {packsA(g, g.m, g.n), packsB(g, g.m), g.m <= thinRows ? W : vectorsFor(least(g.m, MR)) * W, flopsPerTask}, work);
}

}  // namespace

int64_t panelWidth(int64_t rows) { return vectorsFor(RowTiles(rows).height()) * W; }

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

Thin thinFor(int64_t rows) { return rows == 1 ? thin<1> : rows == 2 ? thin<2> : rows == 3 ? thin<3> : thin<4>; }

Micro microFor(int rows, int vectors, int lanes) { return pick<MR>(rows, vectors, lastOf(lanes)); }

void addGemm(Isa& isa) { isa.gemm = gemm; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
