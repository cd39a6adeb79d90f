// Recorded programs in WebAssembly. A program has an instance of the module to itself, so its memory is
// freed as a whole when nothing refers to the instance. JavaScript copies the ranges of its arrays in and
// out around each replay.

#include <cstdio>

#include "program_ranges.h"

namespace simdgrad {
namespace {

/** A list that JavaScript has written. */
struct GivenList {
  uint32_t address, length;
};

/** A spec as JavaScript writes it; src/kernels/wasm/program.ts has the same order. */
struct GivenSpec {
  double arenaBytes;
  GivenList kernels, numberCounts, arrayCounts, numbers, refs, slotKinds, slotTypes, slotPlaces, slotLengths, advances, chains;
  GivenList externalTypes, externalLengths;
};

/** What makeProgram leaves for JavaScript. */
struct Made {
  uint32_t in, inCount, out, outCount, unsupported, unsupportedCount;
};

GivenSpec given;
Made made;
Program* program = nullptr;
ProgramRanges* ranges = nullptr;
Refusal refusal;

template <class T>
List<T> listOf(const GivenList& list) {
  return {reinterpret_cast<const T*>(list.address), list.length};
}

template <class T>
uint32_t addressOf(const std::vector<T>& items) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(items.data()));
}

}  // namespace

/** Memory for a list, aligned for doubles; 0 when there is none. */
EXPORT(roomFor) void* roomFor(size_t bytes) { return linesOrNull(bytes > 0 ? bytes : 1); }
EXPORT(specAddress) GivenSpec* specAddress() { return &given; }
EXPORT(madeAddress) Made* madeAddress() { return &made; }

/** The code of the refusal, whose text is at refusalText. */
EXPORT(refusalCode) const char* refusalCode() { return refusal.code; }
EXPORT(refusalText) const char* refusalText() { return refusal.text; }

/** Makes the program of the given spec. OK, or OUT_OF_BOUNDS: refused, or NO_MEMORY. */
EXPORT(makeProgram) double makeProgram() {
  const List<int32_t> types = listOf<int32_t>(given.externalTypes);
  const List<double> lengths = listOf<double>(given.externalLengths);
  std::vector<Array> externals;
  for (size_t i = 0; i < types.length; i++)
    externals.push_back({nullptr, static_cast<size_t>(lengths.items[i]), static_cast<DType>(types.items[i])});
  const ProgramSpec spec = {listOf<int32_t>(given.kernels),    listOf<int32_t>(given.numberCounts), listOf<int32_t>(given.arrayCounts),
                            listOf<double>(given.numbers),     listOf<int32_t>(given.refs),         listOf<int32_t>(given.slotKinds),
                            listOf<int32_t>(given.slotTypes),  listOf<double>(given.slotPlaces),    listOf<double>(given.slotLengths),
                            {externals.data(), externals.size()}, given.arenaBytes,                 listOf<int32_t>(given.advances),
                            listOf<int32_t>(given.chains)};
  // The arena comes first, and the program that is made without memory for its arrays checks the spec.
  Arena* const arena = given.arenaBytes >= 0 && given.arenaBytes < 4294901760.0 ? Arena::make(static_cast<size_t>(given.arenaBytes)) : nullptr;
  if (!arena) return NO_MEMORY;
  Program* const checked = Program::make(spec, refusal, arena);
  if (!checked) return OUT_OF_BOUNDS;
  static std::vector<int> unsupported;
  unsupported = checked->unsupported();
  made.unsupported = addressOf(unsupported);
  made.unsupportedCount = static_cast<uint32_t>(unsupported.size());
  delete checked;
  if (!unsupported.empty()) return OK;
  ranges = new ProgramRanges(spec);
  if (!ranges->place()) return NO_MEMORY;
  for (size_t i = 0; i < externals.size(); i++) externals[i].data = ranges->begin(i);
  program = Program::make(spec, refusal, arena);
  if (!program) return OUT_OF_BOUNDS;
  Array parameters[maxParameters] = {};
  for (int i = 0; i < maxParameters; i++) parameters[i].data = ranges->begin(externals.size() + static_cast<size_t>(i));
  if (program->parameters() > 0) program->bind(parameters);
  made.in = addressOf(ranges->in());
  made.inCount = static_cast<uint32_t>(ranges->in().size());
  made.out = addressOf(ranges->out());
  made.outCount = static_cast<uint32_t>(ranges->out().size());
  return OK;
}

/** Runs all calls. -1, or the call that failed, whose status is in numbers[0]. */
EXPORT(replay) double replayProgram() {
  const Outcome outcome = program->run();
  if (outcome.call >= 0) door.numbers[0] = outcome.status;
  return outcome.call;
}

/** The same, and adds the time of each call to a list of doubles. */
EXPORT(profile) double profileProgram(double* nanoseconds) {
  const Outcome outcome = program->run(nanoseconds);
  if (outcome.call >= 0) door.numbers[0] = outcome.status;
  return outcome.call;
}

}  // namespace simdgrad
