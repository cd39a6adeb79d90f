// C (+)= A·B + bias: five loops around a micro-kernel, after Goto and BLIS.
//
// Bits: k is cut into ceil(k / KC) blocks of equal depth. Within a block an element of C is one chain of FMAs over k in order, from
// 0; the blocks are added in order, with one rounding each. Then bias is added (one rounding), then the old C when accumulating
// (one more). That is a function of k alone: tile sizes, threads and vector width cannot change the result.
//
// Threads: C is cut into tasks that share nothing; each packs what it needs into the scratch of its thread.

#include "../isa.h"
#include "../pool.h"
#include "gemm_numbers.h"
#include "gemm_pack.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

/** Where a tile of C starts from and goes to. */
struct Tile {
  const float* partial;  // sum over the earlier blocks of k, or null
  int64_t partialRow;
  const float* bias;     // set in the last block, if there is a bias
  bool accumulate;       // set in the last block: add what C holds
  float* out;
  int64_t outRow;
  int lanes;             // of the last vector
};

/** M rows x N vectors, kc deep. A at a + i·ai + p·ak; B at b + p·bk. Tail: the last vector is not full. */
template <int M, int N, bool Tail>
void micro(int64_t kc, const float* a, int64_t ai, int64_t ak, const float* b, int64_t bk, const Tile& tile) {
  const int lanes = Tail ? tile.lanes : W;
  // Whether vector v is full is known at compile time.
#define EACH_TILE_VECTOR          \
  _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) \
      _Pragma("GCC unroll 16") for (int v = 0; v < N; v++)
  const auto get = [lanes](const float* p, int v) __attribute__((always_inline)) {
    return Tail && v == N - 1 ? load(p + v * W, lanes) : load(p + v * W);
  };

  Vec sum[M][N];
  EACH_TILE_VECTOR sum[i][v] = zero();

  for (int64_t p = 0; p < kc; p++) {
    Vec bv[N];
    _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) bv[v] = get(b, v);
    _Pragma("GCC unroll 16") for (int i = 0; i < M; i++) {
      const Vec x = broadcast(a[i * ai]);
      _Pragma("GCC unroll 16") for (int v = 0; v < N; v++) sum[i][v] = fma(x, bv[v], sum[i][v]);
    }
    a += ak;
    b += bk;
  }

  if (tile.partial) {
    EACH_TILE_VECTOR sum[i][v] = get(tile.partial + i * tile.partialRow, v) + sum[i][v];
  }
  if (tile.bias) {
    EACH_TILE_VECTOR sum[i][v] = sum[i][v] + get(tile.bias, v);
  }
  if (tile.accumulate) {
    EACH_TILE_VECTOR sum[i][v] = get(tile.out + i * tile.outRow, v) + sum[i][v];
  }
  EACH_TILE_VECTOR {
    float* out = tile.out + i * tile.outRow + v * W;
    if (Tail && v == N - 1)
      store(out, sum[i][v], lanes);
    else
      store(out, sum[i][v]);
  }
#undef EACH_TILE_VECTOR
}

using Micro = void (*)(int64_t, const float*, int64_t, int64_t, const float*, int64_t, const Tile&);

/** The instance for a tile of m rows and n vectors; whole tiles are found at once. */
template <int M, int N>
SIMD_INLINE Micro pick(int m, int n, bool tail) {
  if constexpr (M > 1) {
    if (m < M) return pick<M - 1, N>(m, n, tail);
  }
  if constexpr (N > 1) {
    if (n < N) return pick<M, N - 1>(m, n, tail);
  }
  if constexpr (W > 1) {
    if (tail) return micro<M, N, true>;
  }
  return micro<M, N, false>;
}

/** Rows i0 … i1-1 and columns j0 … j1-1 of one matrix of the batch. */
struct Task {
  const float* a;
  const float* b;
  float* c;
  int64_t i0, i1, j0, j1;
};

/**
 * Whether the micro-kernel may read A where it is: rows are contiguous, and MR of them do not fall on the same few sets of L1
 * (4 KB a way: with a stride of a multiple of 2 KB they would push each other out).
 */
bool readsWell(const Gemm& g) {
  const int64_t bytes = g.aRow * static_cast<int64_t>(sizeof(float));
  const int64_t apart = bytes & -bytes;  // its largest power of two
  return g.aCol == 1 && (apart == 0 || 4096 / apart * 4 >= MR);
}

void run(const Gemm& g, const Task& task) {
  const int64_t height = task.i1 - task.i0, width = task.j1 - task.j0;
  const bool packsA = width >= packAFrom && height > 1 && !readsWell(g);
  const bool packsB = g.bCol != 1 || height >= packBFrom;
  // With few rows a packed panel is used once or twice: packed just before, it is still in L1.
  const int64_t columnStep = height <= 2 * MR ? NR : NC;
  // Equal blocks: a last one of a few steps would load and store C for little work. Part of the contract, as KC is.
  const int64_t blocks = g.k > KC ? (g.k + KC - 1) / KC : 1;
  const int64_t depth = g.k > 0 ? (g.k + blocks - 1) / blocks : 1;
  const int64_t maxColumns = least(columnStep, width), maxRows = least(MC, height);
  // While C still holds what the finished sum will be added to, unfinished sums lie elsewhere.
  const bool aside = g.accumulate && blocks > 1;
  if (aside && height > sideRows) {
    // They are as many as C has rows: taken in parts, so that they stay in L2.
    for (int64_t i = task.i0; i < task.i1; i += sideRows)
      run(g, {task.a, task.b, task.c, i, least(task.i1, i + sideRows), task.j0, task.j1});
    return;
  }
  float* const packedA = packsA ? scratch(Slot::packedA, static_cast<size_t>(maxRows * depth + W)) : nullptr;
  float* const packedB = packsB ? scratch(Slot::packedB, static_cast<size_t>(depth * packedWidth(maxColumns))) : nullptr;
  float* const partial = aside ? scratch(Slot::partial, static_cast<size_t>(height * maxColumns)) : nullptr;

  for (int64_t jc = task.j0; jc < task.j1; jc += columnStep) {               // 5: columns of B that fit into L2/L3
    const int64_t nc = least(columnStep, task.j1 - jc);
    for (int64_t pc = 0; pc == 0 || pc < g.k; pc += depth) {                 // 4: depth
      const int64_t kc = least(depth, g.k - pc);
      const bool last = pc + depth >= g.k;
      const float* const bBlock = task.b + pc * g.bRow + jc * g.bCol;
      if (packsB) packB(bBlock, g.bRow, g.bCol, nc, kc, packedB);
      for (int64_t ic = task.i0; ic < task.i1; ic += MC) {                   // 3: rows of A that fit into L2
        const int64_t mc = least(MC, task.i1 - ic);
        const float* const aBlock = task.a + ic * g.aRow + pc * g.aCol;
        if (packsA) packA(aBlock, g.aRow, g.aCol, mc, kc, packedA);
        for (int64_t ir = 0; ir < mc; ir += MR) {                            // 2: panels of A, each in L1 during loop 1
          const int rows = static_cast<int>(least(MR, mc - ir));
          const float* const a = packsA ? packedA + ir * kc : aBlock + ir * g.aRow;
          for (int64_t jr = 0; jr < nc; jr += NR) {                          // 1: panels of B, streaming from L2
            const int64_t columns = least(NR, nc - jr);
            const int vectors = static_cast<int>((columns + W - 1) / W);
            const int lanes = static_cast<int>(columns - (vectors - 1) * W);
            const float* const b = packsB ? packedB + kc * jr : bBlock + jr;
            const int64_t bk = packsB ? vectors * W : g.bRow;
            float* const c = task.c + (ic + ir) * g.n + jc + jr;
            float* const side = aside ? partial + (ic + ir - task.i0) * maxColumns + jr : c;
            const int64_t sideRow = aside ? maxColumns : g.n;
            const Tile tile = {pc == 0 ? nullptr : side, sideRow, last && g.bias ? g.bias + jc + jr : nullptr,
                               last && g.accumulate, last ? c : side, last ? g.n : sideRow, lanes};
            pick<MR, NV>(rows, vectors, lanes < W)(kc, a, packsA ? 1 : g.aRow, packsA ? rows : g.aCol, b, bk, tile);
          }
        }
      }
    }
  }
}

/** How C is cut for each matrix of the batch: tiles are dealt out evenly to rows x columns tasks. */
struct Grid {
  int64_t rows, columns, tileRows, tileColumns;
};

/** Tasks that are worth having: none is shorter than handing it out costs, and as many for each thread. */
int64_t tasksWanted(double flops) {
  const int64_t all = threads();
  if (flops < 2 * flopsPerThread || all == 1) return 1;
  const double byWork = flops / flopsPerThread;
  if (byWork < static_cast<double>(all)) return static_cast<int64_t>(byWork);
  const double each = flops / (static_cast<double>(all) * flopsPerTask);
  return all * (each < 1 ? 1 : each < maxTasksPerThread ? static_cast<int64_t>(each) : maxTasksPerThread);
}

Grid cut(const Gemm& g) {
  const double flops = 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  const int64_t wanted = (tasksWanted(flops * static_cast<double>(g.batch)) + g.batch - 1) / g.batch;
  Grid best = {1, 1, (g.m + MR - 1) / MR, (g.n + NR - 1) / NR};
  double bestCost = 0;
  // Of the ways to cut C into that many, the one that keeps the busiest thread busy for the shortest time: the FMAs of its
  // largest task, and packing, once for each task. Both in vectors for each step of k.
  for (int64_t columns = 1; columns <= least(wanted, best.tileColumns); columns++) {
    const int64_t rows = least(wanted / columns, best.tileRows);
    const int64_t turns = (rows * columns * g.batch + threads() - 1) / threads();
    const double height = static_cast<double>((best.tileRows + rows - 1) / rows * MR);
    const double width = static_cast<double>((best.tileColumns + columns - 1) / columns * NR);
    const double packing = packingCost * (width + (readsWell(g) ? 0 : height));
    const double cost = static_cast<double>(turns) * (height * width / W + packing);
    if (bestCost != 0 && cost >= bestCost) continue;
    bestCost = cost;
    best.rows = rows, best.columns = columns;
  }
  return best;
}

void gemm(const Gemm& given) {
  Gemm g = given;
  if (g.batch > 1 && g.bBatch == 0 && g.aBatch == g.m * g.aRow && g.cBatch == g.m * g.n) {
    // One B for all, and the rows of A and C follow each other: one matrix with more rows.
    g.m *= g.batch;
    g.batch = 1;
  }
  const Grid grid = cut(g);
  const int64_t each = grid.rows * grid.columns;
  const double flops = 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k) / static_cast<double>(each);
  // Many small matrices: as many a chunk as are worth handing out.
  const double grain = flops >= flopsPerThread ? 1 : flopsPerThread / (flops > 1 ? flops : 1);
  parallelFor(static_cast<size_t>(g.batch * each), static_cast<size_t>(grain), [&](size_t begin, size_t end) {
    for (int64_t t = static_cast<int64_t>(begin); t < static_cast<int64_t>(end); t++) {
      const int64_t matrix = t / each, row = t % each % grid.rows, column = t % each / grid.rows;
      const auto rowAt = [&](int64_t i) { return least(g.m, i * grid.tileRows / grid.rows * MR); };
      const auto columnAt = [&](int64_t j) { return least(g.n, j * grid.tileColumns / grid.columns * NR); };
      run(g, {g.a + matrix * g.aBatch, g.b + matrix * g.bBatch, g.c + matrix * g.cBatch, rowAt(row), rowAt(row + 1),
              columnAt(column), columnAt(column + 1)});
    }
  });
}

}  // namespace

void addGemm(Isa& isa) { isa.gemm = gemm; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
