// The binding for WebAssembly: what the addon's binding is for Node. A call has two halves, because a module
// reaches only its own memory:
//
//   prepare(kernel, arrays)   reads the numbers and checks the arguments, as for every call. Gives each
//                             operand a place in the arena, and lists these ranges.
//   run()                     runs the kernel on them.
//
// JavaScript writes numbers, element types and lengths to `door` before the first half, and copies the ranges
// in and out around the second (src/kernels/wasm).

#include <wasm_simd128.h>

#include <cstdlib>

#include "../binding/version.h"
#include "../entries/table.h"
#include "../isa/dispatch.h"
#include "../kernels/length_of.h"
#include "../threads/pool.h"
#include "door.h"

#ifndef SIMDGRAD_SOURCE_HASH
#define SIMDGRAD_SOURCE_HASH "unknown"
#endif

namespace simdgrad {

Door door;

namespace {

constexpr int numberCount = lengthOf(door.numbers);

constexpr size_t page = 65536;

/** New pages at the end of the memory, which are never freed; null when there are none. */
void* newPages(size_t bytes) {
  const size_t before = __builtin_wasm_memory_grow(0, (bytes + page - 1) / page);
  return before == SIZE_MAX ? nullptr : reinterpret_cast<void*>(before * page);
}

/** The operands of one call. It grows and is never made smaller: JavaScript makes a new instance instead. */
struct OperandMemory {
  char* memory = nullptr;
  size_t capacity = 0;

  bool reserve(size_t bytes) {
    if (bytes <= capacity) return true;
    if (capacity <= mostAllocated) free(memory);
    // In steps of an eighth, so that growing operands do not each need a larger arena.
    const size_t step = bytes / 8 > 65536 ? bytes / 8 / 65536 * 65536 : 65536;
    const size_t wanted = (bytes + step - 1) / step * step;
    memory = static_cast<char*>(wanted < bytes ? nullptr : wanted > mostAllocated ? newPages(wanted) : linesOrNull(wanted));
    capacity = memory ? wanted : 0;
    return memory != nullptr;
  }
};

OperandMemory arena;

/** Places the operands of a call one after another. Beyond the arena it only counts. */
struct OperandsInArena : Placement {
  OperandsInArena() : Placement{placeOperand} {}

  double bytes = 0;

 private:
  static void* placeOperand(Placement& self, int array, int64_t first, int64_t count, size_t elementBytes, bool) {
    return static_cast<OperandsInArena&>(self).placed(static_cast<uint32_t>(array), first, count, elementBytes);
  }

  void* placed(uint32_t array, int64_t first, int64_t count, size_t elementBytes) {
    for (uint32_t i = 0; i < door.rangeCount; i++) {
      const Range& range = door.ranges[i];
      if (range.array == array && range.first == first && range.count == count) return reinterpret_cast<void*>(range.address);
    }
    if (door.rangeCount == lengthOf(door.ranges)) abort();
    constexpr double line = 64;
    const double size = static_cast<double>(count) * static_cast<double>(elementBytes);
    const double lines = size / line;
    const bool fits = bytes + size + line <= static_cast<double>(arena.capacity);
    char* const memory = fits ? arena.memory + static_cast<size_t>(bytes) : nullptr;
    bytes += line * (static_cast<double>(static_cast<int64_t>(lines)) + 1);
    door.ranges[door.rangeCount++] = {array, static_cast<uint32_t>(first), static_cast<uint32_t>(count),
                                      static_cast<uint32_t>(reinterpret_cast<uintptr_t>(memory))};
    return memory;
  }
};

PreparedCall prepared;

// The list of scratch memories is made while there is memory. Without it `scratch` would return null, which
// is an ordinary address here.
[[maybe_unused]] float* const firstScratch = scratch(Slot::kernel, 1);

/** The instruction that fma of native/simd/wasm.h is. */
float multiplyAdd(float a, float b, float c) {
#if defined(__wasm_relaxed_simd__)
  return wasm_f32x4_extract_lane(wasm_f32x4_relaxed_madd(wasm_f32x4_splat(a), wasm_f32x4_splat(b), wasm_f32x4_splat(c)), 0);
#else
  return a * b + c;
#endif
}

}  // namespace

// Near 4 GB malloc may return memory that ends behind the last page.
void* linesOrNull(size_t bytes) {
  void* const memory = bytes > mostAllocated ? nullptr : aligned_alloc(64, (bytes + 63) / 64 * 64);
  const uint64_t end = uint64_t{reinterpret_cast<uintptr_t>(memory)} + bytes;
  return end > uint64_t{__builtin_wasm_memory_size(0)} * page ? nullptr : memory;
}

/** The first half of a call: OK, UNSUPPORTED, OUT_OF_BOUNDS (lastProblem() says why) or NO_MEMORY. */
EXPORT(prepare) double prepare(int kernel, int arrayCount) {
  Array arrays[maxArrays];
  for (int i = 0; i < arrayCount; i++) arrays[i] = {nullptr, door.lengths[i], static_cast<DType>(door.types[i])};
  for (;;) {
    OperandsInArena operands;
    door.rangeCount = 0;
    Call call = {door.numbers, numberCount, arrays, arrayCount};
    call.placement = &operands;
    call.prepared = &prepared;
    const double status = kernelAt(kernel).entry(call);
    if (status != OK) return status;
    door.arenaBytes = operands.bytes < 4294967295.0 ? static_cast<uint32_t>(operands.bytes) : 4294967295u;
    if (operands.bytes <= static_cast<double>(arena.capacity)) return OK;
    if (operands.bytes >= 4294901760.0 || !arena.reserve(static_cast<size_t>(operands.bytes))) return NO_MEMORY;
  }
}

EXPORT(run) double run() { return prepared.run(); }

EXPORT(problem) const char* problem() { return lastProblem(); }

EXPORT(threads) int exportedThreads() { return threads(); }
EXPORT(setThreads) int exportedSetThreads(int count) { return setThreads(count); }
EXPORT(dismissThreads) void exportedDismissThreads() { dismissThreads(); }
EXPORT(workerChunks) double exportedWorkerChunks() { return static_cast<double>(workerChunks()); }

/** Bytes of the memory. JavaScript learns late that another thread has made shared memory grow. */
EXPORT(memoryBytes) double memoryBytes() { return static_cast<double>(__builtin_wasm_memory_size(0)) * page; }

EXPORT(doorAddress) Door* doorAddress() { return &door; }
EXPORT(arenaCapacity) size_t arenaCapacity() { return arena.capacity; }

EXPORT(kernelCount) int exportedKernelCount() { return kernelCount(); }
EXPORT(kernelName) const char* kernelName(int index) { return kernelAt(index).name; }
EXPORT(opListCount) int exportedOpListCount() { return opListCount(); }
EXPORT(opFamily) const char* opFamily(int list) { return opListAt(list).family; }
EXPORT(opCount) int opCount(int list) { return opListAt(list).count; }
EXPORT(opName) const char* opName(int list, int code) { return opListAt(list).names[code]; }
EXPORT(version) const char* version() { return SIMDGRAD_VERSION; }
EXPORT(isaName) const char* isaName() { return isa().name; }
EXPORT(sourceHash) const char* sourceHash() { return SIMDGRAD_SOURCE_HASH; }

/**
 * Whether the engine's multiply-add rounds once. (1 + e)·(1 - e) - 1 is -e², which two roundings make 0 for
 * e = 2^-12.
 */
EXPORT(fuses) int fuses() {
  volatile float e = 0x1p-12f;
  const float small = e;
  return multiplyAdd(1 + small, 1 - small, -1) != 0;
}

}  // namespace simdgrad
