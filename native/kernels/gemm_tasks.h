#pragma once
// How a product is shared among threads: C is cut into independent tasks of whole tiles. Each task packs what
// it needs into the scratch memory of its thread.

#include "../threads/pool.h"
#include "gemm_numbers.h"
#include "isa.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** A Gemm and the layout of C: the vectors hold rows of C, or, if outCol != 1, columns of the given C. */
struct Problem : Gemm {
  int64_t biasRow, biasCol, outRow, outCol;
};

/** Rows i0 … i1-1 and columns j0 … j1-1 of one matrix of the batch. */
struct Task {
  const float* a;
  const float* b;
  float* c;
  int64_t i0, i1, j0, j1;
};

using Product = void (*)(const Gemm&);
using Work = void (*)(const Problem&, const Task&);

double flopsOf(const Gemm& g) { return 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k); }

/** C as given. */
Problem straight(const Gemm& g) { return {g, 0, 1, g.cRow != 0 ? g.cRow : g.n, 1}; }

/** Cᵀ = Bᵀ·Aᵀ. */
Problem across(const Gemm& g) {
  Gemm t = g;
  t.m = g.n, t.n = g.m;
  t.a = g.b, t.aBatch = g.bBatch, t.aRow = g.bCol, t.aCol = g.bRow;
  t.b = g.a, t.bBatch = g.aBatch, t.bRow = g.aCol, t.bCol = g.aRow;
  return {t, 1, 0, 1, g.cRow != 0 ? g.cRow : g.n};
}

/** g where k = 0. Then A and B are not read. They may have no memory, so no address in them is computed. */
Gemm withoutSteps(const Gemm& g) {
  Gemm none = g;
  none.a = none.b = nullptr;
  none.aBatch = none.aRow = none.aCol = none.bBatch = none.bRow = none.bCol = 0;
  return none;
}

/** Whether all matrices share one B, and the rows of A and C are contiguous across the batch. */
bool isTall(const Gemm& g) {
  return g.batch > 1 && g.bBatch == 0 && g.aBatch == g.m * g.aRow && g.cBatch == g.m * g.n && g.cRow == 0;
}

/** Such a batch as one matrix with more rows. */
Gemm tall(const Gemm& g) {
  Gemm merged = g;
  merged.m *= g.batch;
  merged.batch = 1;
  return merged;
}

constexpr int64_t elementsPerTake = 16384;

/** For products that do not give C to their consumer piece by piece: computes all of C, then gives it. */
void computeThenTake(const Gemm& given, Product product) {
  Gemm alone = given;
  alone.consumer = nullptr;
  product(alone);
  const Consumer& consumer = *given.consumer;
  parallelFor(static_cast<size_t>(given.m), static_cast<size_t>(elementsPerTake / given.n + 1), [&](size_t begin, size_t end) {
    const int64_t first = static_cast<int64_t>(begin), rows = static_cast<int64_t>(end - begin);
    consumer.take(consumer.what, {given.c + first * given.n, given.n, first * given.n, given.n, rows, given.n});
  });
}

/** Prefetches into L2 what a consumer will read. */
void fetch(const Consumer& consumer, int64_t at, int64_t width, int64_t rows, int64_t columns) {
  constexpr int64_t line = 64 / sizeof(float);
  for (int s = 0; s < consumer.streamCount; s++)
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j += line) __builtin_prefetch(consumer.streams[s] + at + i * width + j, 0, 2);
}

/** How C is cut for each matrix of the batch: rows x columns tasks, which share the tiles evenly. */
struct Grid {
  int64_t rows, columns, tileRows, tileColumns, tileWidth;
};

/**
 * The number of tasks worth creating. Each task must take longer than handing it to a thread, and each thread
 * gets the same number of tasks.
 */
int64_t tasksWanted(double flops, double perThread, double perTask) {
  const int64_t all = threadsAtOnce();
  if (flops < 2 * perThread || all == 1) return 1;
  const double byWork = flops / perThread;
  if (byWork < static_cast<double>(all)) return static_cast<int64_t>(byWork);
  const double each = flops / (static_cast<double>(all) * perTask);
  return all * (each < 1 ? 1 : each < maxTasksPerThread ? static_cast<int64_t>(each) : maxTasksPerThread);
}

/**
 * Which operands each task packs, the width of a tile, and how many operations of a task are worth its
 * packing.
 */
struct Tiling {
  bool packsA, packsB;
  int64_t width;
  double flopsPerTask;
};

Grid cut(const Problem& g, const Tiling& tiling, double perThread) {
  Grid best = {1, 1, (g.m + MR - 1) / MR, (g.n + tiling.width - 1) / tiling.width, tiling.width};
  const int64_t wanted = (tasksWanted(flopsOf(g) * static_cast<double>(g.batch), perThread, tiling.flopsPerTask) + g.batch - 1) / g.batch;
  if (wanted == 1) return best;
  const int64_t atOnce = threadsAtOnce();
  double bestCost = 0;
  // Of all grids with that many tasks, choose the one with the shortest time for the busiest thread: the FMAs
  // of its tasks, plus packing and reading B, once per task. The unit is one vector per step of k.
  for (int64_t columns = 1; columns <= least(wanted, best.tileColumns); columns++) {
    const int64_t rows = least(wanted / columns, best.tileRows);
    const int64_t turns = (rows * columns * g.batch + atOnce - 1) / atOnce;
    const int64_t rowsEach = (g.m + rows - 1) / rows;
    const double height = static_cast<double>(rowsEach) + rowsOfTile * static_cast<double>((rowsEach + MR - 1) / MR);
    const double width = static_cast<double>(least((best.tileColumns + columns - 1) / columns * tiling.width, (g.n + W - 1) / W * W));
    const double packing = packingCost * ((tiling.packsB ? width : 0) + (tiling.packsA ? height : 0));
    const double cost = static_cast<double>(turns) * (height * width / W + packing + (g.consumer ? 0 : readingCost * width));
    if (bestCost != 0 && cost >= bestCost) continue;
    bestCost = cost;
    best.rows = rows, best.columns = columns;
  }
  return best;
}

/** Runs `work` over all of C, on as many threads as the product is worth. */
void share(const Problem& g, const Tiling& tiling, Work work) {
  const double total = flopsOf(g) * static_cast<double>(g.batch);
  const double perThread = total >= 2 * flopsPerThread || (total >= 2 * flopsPerWarmThread && isWarm()) ? flopsPerWarmThread : total;
  if (g.batch == 1 && total < 2 * perThread) return work(g, {g.a, g.b, g.c, 0, g.m, 0, g.n});
  const Grid grid = cut(g, tiling, perThread);
  const int64_t each = grid.rows * grid.columns;
  const double flops = flopsOf(g) / static_cast<double>(each);
  // Many small matrices: each chunk takes as many as are worth handing to a thread.
  const double grain = flops >= perThread ? 1 : perThread / (flops > 1 ? flops : 1);
  parallelFor(static_cast<size_t>(g.batch * each), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t t = static_cast<int64_t>(begin); t < static_cast<int64_t>(end); t++) {
      const int64_t matrix = t / each, row = t % each % grid.rows, column = t % each / grid.rows;
      const auto rowAt = [&](int64_t i) { return i * g.m / grid.rows; };
      const auto columnAt = [&](int64_t j) { return least(g.n, j * grid.tileColumns / grid.columns * grid.tileWidth); };
      work(g, {g.a + matrix * g.aBatch, g.b + matrix * g.bBatch, g.c + matrix * g.cBatch, rowAt(row), rowAt(row + 1),
               columnAt(column), columnAt(column + 1)});
    }
  });
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
