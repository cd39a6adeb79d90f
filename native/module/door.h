#pragma once
// What the module shares with JavaScript: how it exports functions, and the memory for the numbers of calls.

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

/** 64-byte aligned memory; null when there is none. */
void* linesOrNull(size_t bytes);

}  // namespace simdgrad
