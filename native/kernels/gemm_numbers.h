#pragma once
// The constants of the matrix product, separate from its algorithm (gemm.cc), and the roundings of sizes.
//
//   CHAIN: how many steps of k are summed as one chain of FMAs. It decides the order of the sum, so it is
//   part of the contract and the same for every instruction set. No other constant changes a bit of the
//   result.
//   MR x NV: the register tile, which is the tile of C in one micro-kernel call: MR rows of NV vectors. A
//   tile with at most half the rows has twice the vectors.
//   KC: depth of a block. A packed panel holds KC steps of k; after each block C is loaded and stored again.
//   MC: rows of A that stay in L2 (MC·KC floats) while all panels of B are multiplied with them.
//   KC1: if k is at most this, it is one block, so C is stored once. The rows of A are then fewer. Not where
//   a step of k is a row of A's memory: 1024 rows evict each other from the caches.
//   NC: columns of B packed together when several blocks of A share them.

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#if SIMDGRAD_ISA_ID == 1
// 12 scalar accumulators + 4 of B + 1 of A = 17 values in 16 registers, so the values of B are memory
// operands.
constexpr int MR = 3, NV = 4;
#elif SIMDGRAD_ISA_ID == 2
// 16 registers: 6·2 accumulators + 2 of B + 1 broadcast of A = 15. Two FMA ports x 4 cycles of latency need
// at least 8 independent chains.
constexpr int MR = 6, NV = 2;
#elif SIMDGRAD_ISA_ID == 3
// 32 registers: 12·2 accumulators + 2 of B + 1 broadcast of A = 27.
constexpr int MR = 12, NV = 2;
#elif SIMDGRAD_ISA_ID == 5 || SIMDGRAD_ISA_ID == 6
// An engine on x64 has 15 registers to give: 3·3 accumulators + 3 of B + 3 broadcasts of A. 4·2 accumulators,
// 8 chains, are just enough for the latency of the FMAs: 42 to 43 GFLOP/s instead of 44 to 47 (V8, Zen 4).
// V8 spills tiles of 5 x 2, 6 x 2, 2 x 5 and 2 x 6: 31 to 36 GFLOP/s.
constexpr int MR = 3, NV = 3;
#else
// 32 registers of four floats: 8·3 accumulators + 3 of B + 1 broadcast of A = 28.
constexpr int MR = 8, NV = 3;
#endif

/**
 * Vectors per row of a tile with `rows` rows. Tiles of few rows have more, so that enough accumulators hide
 * the FMA latency. Twice as many again for a quarter of the rows would be a fifth of the code of products,
 * and products of so few rows are computed otherwise (gemm_thin.h): only panels (gemm_tile.h) have such
 * tiles.
 */
constexpr int vectorsFor(int64_t rows) { return 2 * rows > MR ? NV : 2 * NV; }
constexpr int widestTile = vectorsFor(1);

// Each rounding error in a chain is proportional to its partial sum, so n equal chains have √n times less
// error than one chain. Shorter chains add an addition, a load and a store per accumulator: 64 loses 1.5 % of
// the speed, 32 loses 2.5 %. At k = 784 the RMS error of a 784-512 layer is 3.3e-8 (PyTorch's: 5e-8; one
// chain: 1.0e-7).
constexpr int64_t CHAIN = 64;

constexpr int64_t KC = 512;
// One block of 1024 steps instead of two of 512: 7 % faster where k = 768 to 1024 and C does not fit in L2.
constexpr int64_t KC1 = 1024;
constexpr int64_t MC = 240;  // 240·512 floats = 480 KB: half of an L2 of 1 MB
// 512·1024 floats = 2 MB. A panel (64 KB) is read from L3, then serves MC rows of A from L1 and L2.
constexpr int64_t NC = 1024;
// Columns of C that a consumer gets at a time. MC rows of them (245 KB) stay in L2, and the consumer's other
// operands are read in pieces of 1 KB, which come from memory as fast as longer ones. Tile by tile (128 bytes
// of a row at a time) takes twice as long.
constexpr int64_t takenColumns = 256;
// Rows of the side buffer for partial sums when accumulating, so that those of a task stay in L2.
constexpr int64_t sideRows = 576;

static_assert(KC % CHAIN == 0, "a block is whole chains");

/** How a product over k steps is cut: the depth of a block and the rows of A that stay in L2 meanwhile. */
struct Blocking {
  int64_t blocks, depth, rows;

  Blocking(int64_t k, bool stepsAreRows)
      : blocks(k <= (stepsAreRows ? KC : KC1) ? 1 : (k + KC - 1) / KC),
        depth(blocks > 1 ? KC : k > 0 ? k : 1),  // k = 0: one block without steps
        rows(depth > KC ? MC * KC / depth : MC) {}
};
static_assert(MC * KC / KC1 >= 8 * MR, "a panel of B serves several tiles");

// Cost of packing one float, in vector FMAs: 0.08 to 0.12 ns measured, at 3.7 FMAs per nanosecond.
constexpr double packingCost = 0.4;
// The same when it is transposed in registers, overlapping with the FMAs (gemm_narrow.h).
constexpr double transposingCost = 0.1;
// Cost of reading a float of B from L2, once per task.
constexpr double readingCost = 0.1;
// Cost of starting and finishing a tile, in rows of the tile.
constexpr double rowsOfTile = 0.5;
// Cost of storing a float of a transposed tile.
constexpr double scatterCost = 1.5;

// Minimum widths at which packing A saves more than it costs. Packing saves 2 % where rows are fast to read
// in place, and 10 % where cache conflicts make them slow.
constexpr int64_t packAFrom = 16 * NV * W;
constexpr int64_t packConflictingAFrom = 4 * NV * W;

// Minimum operations (two per FMA) to give to a thread. If threads sleep: 10 µs of one core, because waking a
// thread takes a few microseconds. If they are awake: 1.2 µs, because handing work to one and waiting for it
// takes 0.3 µs.
constexpr double flopsPerThread = 1e6;
constexpr double flopsPerWarmThread = 1.2e5;
// With more tasks than threads, other threads can take over from a delayed one. But each task packs its own
// operands, so this is only done when tasks are long.
constexpr double flopsPerTask = 8e6;
constexpr int64_t maxTasksPerThread = 4;

SIMD_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
SIMD_INLINE int64_t partsOf(int64_t n, int64_t most) { return n <= most ? 1 : (n + most - 1) / most; }
/** Lanes in use of a vector of which `left` or more are left. */
SIMD_INLINE int lanesOf(int64_t left) { return left < W ? static_cast<int>(left) : W; }
/** Columns of packed B for `columns` columns: rounded up to whole vectors. */
SIMD_INLINE int64_t packedWidth(int64_t columns) { return (columns + W - 1) / W * W; }

}  // namespace simdgrad::SIMDGRAD_ISA_NS
