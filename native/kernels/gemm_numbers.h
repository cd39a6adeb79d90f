#pragma once
// The numbers of the matrix product, apart from its algorithm (gemm.cc).
//
//   CHAIN     how many steps of k are summed as one chain of FMAs. It decides the order of the sum, so it is the same for every
//             instruction set and part of the contract. None of the others changes a bit of the result.
//   MR x NV   the tile of C that one micro-kernel call keeps in registers: MR rows of NV vectors. Lower tiles are wider: half
//             the rows, twice the vectors
//   KC        depth of a block: how much of k a packed panel holds, and after which C is loaded and stored again
//   MC        rows of A that stay in L2 (MC·KC floats) while all panels of B are multiplied with them
//   NC        columns of B packed at a time when several blocks of A share them

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#if SIMDGRAD_ISA_ID == 1
// 12 scalar accumulators + 4 of B + 1 of A: 17 values for 16 registers, of which B is read from memory.
constexpr int MR = 3, NV = 4;
#elif SIMDGRAD_ISA_ID == 2
// 16 registers: 6·2 accumulators + 2 of B + 1 broadcast of A = 15. Two FMA ports x 4 cycles of latency need 8 chains at least.
constexpr int MR = 6, NV = 2;
#elif SIMDGRAD_ISA_ID == 3
// 32 registers: 12·2 accumulators + 2 of B + 1 broadcast of A = 27.
constexpr int MR = 12, NV = 2;
#else
// 32 registers of four floats: 8·3 accumulators + 3 of B + 1 broadcast of A = 28.
constexpr int MR = 8, NV = 3;
#endif

/** Vectors of a tile of that many rows: the accumulators stay as many, so that their latency stays hidden. */
constexpr int vectorsFor(int64_t rows) { return 2 * rows > MR ? NV : 4 * rows > MR ? 2 * NV : 4 * NV; }
constexpr int widestTile = vectorsFor(1);

// One rounding error of a chain is as large as its partial sum, so n equal chains lose √n times less than one. Shorter chains cost
// an addition, a load and a store of every accumulator: 64 loses 1.5 % of the speed, 32 loses 2.5 %. At k = 784 the RMS error of
// a 784-512 layer is 3.3e-8 (PyTorch's: 5e-8; one chain: 1.0e-7).
constexpr int64_t CHAIN = 64;

constexpr int64_t KC = 512;
constexpr int64_t MC = 240;  // 240·512 floats = 480 KB: half of an L2 of 1 MB
constexpr int64_t NC = 1024;  // 512·1024 floats = 2 MB: a panel (64 KB) comes from L3 and serves MC rows of A from L1 and L2
// Columns of C that its consumer takes at a time: MC rows of them (245 KB) stay in L2, and pieces of 1 KB of the other operands come
// from memory as fast as longer ones. Tile by tile, 128 bytes of a row at a time, they take twice as long.
constexpr int64_t takenColumns = 256;
constexpr int64_t sideRows = 576;  // of unfinished sums kept beside C when accumulating, so that those of a task stay in L2

constexpr int64_t pageFloats = 4096 / sizeof(float);

static_assert(KC % CHAIN == 0, "a block is whole chains");

// What packing costs for each float, in vector FMAs: 0.08 to 0.12 ns measured, at 3.7 FMAs in a nanosecond.
constexpr double packingCost = 0.4;
// The same where it happens in registers, beside the FMAs (gemm_narrow.h).
constexpr double transposingCost = 0.1;
// A float of B from L2, once for each task.
constexpr double readingCost = 0.1;
// What beginning and ending a tile costs, in rows of it.
constexpr double rowsOfTile = 0.5;
// And storing a float of a transposed tile.
constexpr double scatterCost = 1.5;

// Below these widths packing A costs more than it saves: where rows are read well it saves 2 %, where they are not, 10 %.
constexpr int64_t packAFrom = 16 * NV * W;
constexpr int64_t packConflictingAFrom = 4 * NV * W;

// Operations (two for each FMA) that are worth a thread: 10 µs of one core, against the few that it takes to wake one; and 1.2 µs
// where the threads are awake, against 0.3 for handing work to one and hearing that it is done.
constexpr double flopsPerThread = 1e6;
constexpr double flopsPerWarmThread = 1.2e5;
// More tasks than threads let the others take over from one that is held up, but each packs anew: only when they are long.
constexpr double flopsPerTask = 8e6;
constexpr int64_t maxTasksPerThread = 4;

}  // namespace simdgrad::SIMDGRAD_ISA_NS
