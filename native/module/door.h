#pragma once
// What the module shares with JavaScript: how it exports functions, and the memory for the numbers of calls.

#include <cstddef>
#include <cstdint>

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace simdgrad {

constexpr int maxArrays = 20;
constexpr double NO_MEMORY = -4;

/** A range of an array that a call accesses, and its address here. In elements. */
struct Range {
  uint32_t array, first, count, address;
};

/** The memory that JavaScript writes and reads; src/kernels/wasm/module.ts has the same layout. */
struct Door {
  double numbers[512];
  uint32_t types[maxArrays];  // of DType
  uint32_t lengths[maxArrays];
  uint32_t rangeCount;
  uint32_t arenaBytes;  // of the last call
  Range ranges[2 * maxArrays];
};

extern Door door;

/**
 * The largest block of malloc. To ask the system for 2 GB at once is a trap, in which malloc keeps its lock.
 */
constexpr size_t mostAllocated = 0x7fff0000;

/** 64-byte aligned memory; null when there is none. */
void* linesOrNull(size_t bytes);

}  // namespace simdgrad
