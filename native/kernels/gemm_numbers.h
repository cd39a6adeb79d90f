#pragma once
// The numbers of the matrix product, apart from its algorithm (gemm.cc).
//
//   MR x NV   the tile of C that one micro-kernel call keeps in registers: MR rows of NV vectors, NR = NV·W columns
//   KC        greatest depth of a block: how much of k is summed before C is touched again
//   MC        rows of A packed at a time: MC·KC floats
//   NC        columns of B packed at a time: KC·NC floats stay in L2 while a panel of A (KC·MR floats in L1) is multiplied with them
//
// KC decides the order of the sum, so it is the same for every instruction set and part of the contract. None of the others changes
// a bit of the result.

#include "../simd.h"

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

constexpr int NR = NV * W;
// Long enough that adding a finished block to C (a load, an addition and a store for 128 FMAs) does not show; short enough that the
// chains lose less than half as many bits as whole ones do at k = 784: the RMS error of a 784-512 layer falls from 1.0e-7 to
// 4e-8 (PyTorch's: 5e-8), and with it the distance that training drifts from double precision.
constexpr int64_t KC = 128;
constexpr int64_t MC = 144;  // a multiple of every MR; 144·384 floats = 216 KB
constexpr int64_t NC = 480;  // a multiple of every NR; 384·480 floats = 720 KB
constexpr int64_t sideRows = 4 * MC;  // of unfinished sums kept beside C when accumulating

static_assert(MC % MR == 0 && NC % NR == 0, "blocks are whole tiles");

// Below these, packing costs more than it saves: a packed element of A serves n columns, one of B serves m rows.
constexpr int64_t packAFrom = 4 * NR;
constexpr int64_t packBFrom = 3 * MR;

// Operations (two for each FMA) that are worth a thread: 10 µs of one core, against the few that it takes to wake one.
constexpr double flopsPerThread = 1e6;
// More tasks than threads let the others take over from one that is held up, but each packs anew: only when they are long.
constexpr double flopsPerTask = 8e6;
constexpr int64_t maxTasksPerThread = 4;

// What packing a float costs, in vector FMAs: measured 0.25 to 0.5 cycles, at one FMA a cycle.
constexpr double packingCost = 0.4;

}  // namespace simdgrad::SIMDGRAD_ISA_NS
