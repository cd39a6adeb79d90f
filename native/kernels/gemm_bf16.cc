// C (+)= A·B + bias, where the elements of A and B are rounded to bfloat16: five loops around a micro-kernel,
// as in gemm.cc.
//
// Bits: see gemm_bf16_micro.h; the rounding of operands is in gemm_bf16_pack.h. All shapes take the same
// path, except that k beyond 2^14 is cut into pieces (gemm_long.h). Tile sizes, blocks, threads and vector
// width change no bit.
//
// Both operands are always packed, because packing rounds them. Threads: gemm_tasks.h.

#include <type_traits>

#include "gemm_bf16_micro.h"
#include "gemm_long.h"
#include "gemm_tasks.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

// Pairs of a block of k. With Pairs, a panel of B for 32 columns has 64 KB.
constexpr int64_t pairsOfBlock = 512;
// Elements of a panel of B that is used once, by a single tile of rows: 16 KB, half of L1. If columns are
// contiguous, such short pieces of them are slow to read.
constexpr int64_t elementsUsedOnce = 4096;
// Pairs of B that are packed at a time when several blocks of rows use them: 2 MB, as Floats 4 MB.
constexpr int64_t keptPairs = 1 << 19;

/** A part of a packed operand: `lines` lines of `pairs` pairs. */
template <class F>
int64_t elementsOf(int64_t lines, int64_t pairs) {
  return lines * pairs * F::rowsPerPair;
}

template <class F>
typename F::Element* elements(Slot slot, int64_t count) {
  static_assert(sizeof(typename F::Element) == sizeof(float), "scratch memory is counted in floats");
  return reinterpret_cast<typename F::Element*>(scratch(slot, static_cast<size_t>(count)));
}

template <class F>
void runBf16(const Problem& g, const Task& task) {
  using Element = typename F::Element;
  const int64_t height = task.i1 - task.i0, width = task.j1 - task.j0;
  // Tiles of equal height: a last tile of a few rows would use few accumulators.
  const int64_t tiles = partsOf(height, MR), lower = height / tiles, taller = height - lower * tiles;
  const auto rowAt = [&](int64_t t) { return t * lower + least(t, taller); };
  const int64_t rowBlocks = partsOf(tiles, MC / MR);
  const int64_t tileColumns = vectorsFor(lower + (taller > 0)) * W;
  const int64_t allPairs = g.k > 0 ? pairsOf(g.k) : 1;
  const bool usedOnce = tiles == 1 && g.bRow != 1;
  const int64_t blockPairs = least(allPairs, usedOnce ? elementsUsedOnce / elementsOf<F>(tileColumns, 1) : pairsOfBlock);
  const int64_t blockSteps = 2 * blockPairs;
  // Sums that another block of k continues, and those that the consumer takes, are in a piece of C.
  const bool aside = blockPairs < allPairs || g.consumer;
  const int64_t wanted = least(aside ? takenColumns : width, rowBlocks > 1 ? keptPairs / (allPairs + 1) : width);
  const int64_t columnStep = least(width, wanted < tileColumns ? tileColumns : wanted / tileColumns * tileColumns);
  // All of packed A is kept if it fits in L2. Otherwise each block is packed again for each group of columns.
  const bool keepsA = elementsOf<F>(height, allPairs) <= MC * KC;
  Element* const packedA = elements<F>(Slot::packedA, elementsOf<F>(keepsA ? height : rowBlocks == 1 ? height : MC + MR, keepsA ? allPairs : blockPairs) + W);
  const int64_t columnsOfB = packedWidth(rowBlocks > 1 ? columnStep : least(tileColumns, width));
  Element* const packedB = elements<F>(Slot::packedB, elementsOf<F>(columnsOfB, rowBlocks > 1 ? allPairs : blockPairs));
  const int64_t pieceRow = packedWidth(columnStep);
  // Where the rule for tiny results takes time, it is computed only from the first panels on that need it.
  constexpr bool choosesFma = std::is_same_v<F, Floats> && !tinyAsZeroIsFree;
  [[maybe_unused]] Smallest smallest;
  float* const piece = aside ? scratch(Slot::partial, static_cast<size_t>((rowBlocks == 1 ? height : MC + MR) * pieceRow)) : nullptr;
  if (!packedA || !packedB || (aside && !piece)) return;

  for (int64_t jc = task.j0; jc < task.j1; jc += columnStep) {       // 5: columns of C
    const int64_t nc = least(columnStep, task.j1 - jc);
    for (int64_t ic = 0; ic < rowBlocks; ic++) {                     // 4: rows of A that stay in L2
      const int64_t first = ic * tiles / rowBlocks, end = (ic + 1) * tiles / rowBlocks, base = rowAt(first);
      for (int64_t pc = 0; pc == 0 || pc < g.k; pc += blockSteps) {  // 3: depth
        const int64_t kc = least(blockSteps, g.k - pc), pairs = pairsOf(kc);
        const bool last = pc + kc >= g.k;
        Element* const blockA = packedA + (keepsA ? elementsOf<F>(height, pc / 2) + elementsOf<F>(base, pairs) : 0);
        for (int64_t jr = 0; jr < nc; jr += tileColumns) {           // 2: panels of B
          const int64_t columns = least(tileColumns, nc - jr);
          const int vectors = static_cast<int>((columns + W - 1) / W);
          const int lanes = static_cast<int>(columns - (vectors - 1) * W);
          Element* const panelB = packedB + (rowBlocks > 1 ? elementsOf<F>(packedWidth(nc), pc / 2) + elementsOf<F>(jr, pairs) : 0);
          if (ic == 0) packColumnsOfB<F>(task.b + pc * g.bRow + (jc + jr) * g.bCol, g.bRow, g.bCol, columns, kc, panelB);
          if constexpr (choosesFma) Smallest::note(smallest.b, panelB, elementsOf<F>(packedWidth(columns), pairs));
          for (int64_t t = first; t < end; t++) {                    // 1: rows of A
            const int64_t ir = rowAt(t), i = task.i0 + ir;
            const int rows = static_cast<int>(rowAt(t + 1) - ir);
            Element* const panelA = blockA + elementsOf<F>(ir - base, pairs);
            if (jr == 0 && (!keepsA || jc == task.j0)) {
              packRowsOfA<F>(task.a + i * g.aRow + pc * g.aCol, g.aRow, g.aCol, rows, kc, panelA);
              if constexpr (choosesFma) Smallest::note(smallest.a, panelA, elementsOf<F>(rows, pairs));
            }
            float* const c = task.c + i * g.outRow + (jc + jr) * g.outCol;
            float* const side = aside ? piece + (ir - base) * pieceRow + jr : nullptr;
            const bool intoC = last && !g.consumer;
            if (last && g.consumer) fetch(*g.consumer, i * g.n + jc + jr, g.n, rows, columns);
            const Tile tile = {pc == 0 ? nullptr : side,
                               pieceRow,
                               last && g.bias ? g.bias + i * g.biasRow + (jc + jr) * g.biasCol : nullptr,
                               g.biasRow,
                               g.biasCol,
                               last && g.accumulate,
                               intoC ? c : side,
                               intoC ? g.outRow : pieceRow,
                               intoC ? g.outCol : 1,
                               lanes};
            if constexpr (choosesFma) {
              if (!smallest.allowsTiny()) {
                pickBf16<LargeFloats, MR>(rows, vectors, lanes == W)(pairs, panelA, panelB, tile);
                continue;
              }
            }
            pickBf16<F, MR>(rows, vectors, lanes == W)(pairs, panelA, panelB, tile);
          }
        }
      }
      if (g.consumer) {
        const int64_t at = (task.i0 + base) * g.n + jc, rows = rowAt(end) - base;
        g.consumer->take(g.consumer->what, {piece, pieceRow, at, g.n, rows, nc});
      }
    }
  }
}

/** Whether to compute C as given, or else Cᵀ: the vectors lie along the side that fills them better. */
bool liesWell(const Gemm& g) {
  if (W == 1 || g.n >= 4 * W) return true;
  const auto vectors = [](int64_t length) { return static_cast<double>((length + W - 1) / W); };
  const double m = static_cast<double>(g.m), n = static_cast<double>(g.n), pairs = static_cast<double>(pairsOf(g.k));
  return vectors(g.n) * m * pairs <= vectors(g.m) * n * pairs + scatterCost * m * n;
}

template <class F>
void gemmBf16(const Gemm& given) {
  if (given.k == 0 && (given.a || given.b)) return gemmBf16<F>(withoutSteps(given));
  if (given.k > longestSum) {
    if (given.consumer) return computeThenTake(given, gemmBf16<F>);
    if (gemmLong(given, gemmBf16<F>)) return;
  }
  if (isTall(given)) return gemmBf16<F>(tall(given));
  const Problem g = given.consumer || liesWell(given) ? straight(given) : across(given);
  // Every task packs both operands, and multiplies up to twice as fast as in float32: tasks are longer.
  share(g, {true, true, vectorsFor(least(g.m, MR)) * W, 4 * flopsPerTask}, runBf16<F>);
}

}  // namespace

void addGemmBf16(Isa& isa) { isa.gemmBf16 = gemmBf16<Floats>; }

#if SIMDGRAD_ISA_ID == 3
void addPairProducts(Isa& isa) { isa.gemmBf16 = gemmBf16<Pairs>; }
#endif

}  // namespace simdgrad::SIMDGRAD_ISA_NS
