// Recorded programs in WebAssembly. With one thread a program has an instance of the module to itself, whose
// memory is freed as a whole. With more, programs share one instance and are freed one by one. JavaScript
// copies the ranges of its arrays in and out around each replay.

#include <cstdlib>

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
  uint32_t in, inCount, out, outCount, unsupported, unsupportedCount, recorded;
};

/** A program, and all memory that it uses. */
struct Recorded {
  Arena* arena;
  ProgramRanges* ranges = nullptr;
  Program* program = nullptr;

  explicit Recorded(Arena* made) : arena(made) {}
  Recorded(const Recorded&) = delete;
  ~Recorded() {
    delete program;
    delete ranges;
    arena->drop();
  }
};

GivenSpec given;
Made made;
Refusal refusal;
std::vector<int> unsupported;

template <class T>
List<T> listOf(const GivenList& list) {
  return {reinterpret_cast<const T*>(list.address), list.length};
}

template <class T>
uint32_t addressOf(const std::vector<T>& items) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(items.data()));
}

/**
 * Makes a program of a spec and the externals. OK, or OUT_OF_BOUNDS: refused, or NO_MEMORY. A program without
 * ranges has calls without C++ and must not run.
 */
double record(const ProgramSpec& spec, std::vector<Array>& externals, Recorded& recorded) {
  Program* const checked = Program::make(spec, refusal, recorded.arena);
  if (!checked) return OUT_OF_BOUNDS;
  unsupported = checked->unsupported();
  delete checked;
  if (!unsupported.empty()) return OK;
  recorded.ranges = new ProgramRanges(spec);
  ProgramRanges& ranges = *recorded.ranges;
  if (!ranges.place()) return NO_MEMORY;
  for (size_t i = 0; i < externals.size(); i++) externals[i].data = ranges.begin(i);
  recorded.program = Program::make(spec, refusal, recorded.arena);
  if (!recorded.program) return OUT_OF_BOUNDS;
  Array parameters[maxParameters] = {};
  for (int i = 0; i < maxParameters; i++) parameters[i].data = ranges.begin(externals.size() + static_cast<size_t>(i));
  if (recorded.program->parameters() > 0) recorded.program->bind(parameters);
  return OK;
}

/** Runs all calls. -1, or the call that failed, whose status is then in numbers[0]. */
double callOf(const Outcome& outcome) {
  if (outcome.call >= 0) door.numbers[0] = outcome.status;
  return outcome.call;
}

}  // namespace

/** Memory for a list, aligned for doubles; 0 when there is none. */
EXPORT(roomFor) void* roomFor(size_t bytes) { return linesOrNull(bytes > 0 ? bytes : 1); }
EXPORT(freeRoom) void freeRoom(void* memory) { free(memory); }
EXPORT(specAddress) GivenSpec* specAddress() { return &given; }
EXPORT(madeAddress) Made* madeAddress() { return &made; }

/** The code of the refusal, whose text is at refusalText. */
EXPORT(refusalCode) const char* refusalCode() { return refusal.code; }
EXPORT(refusalText) const char* refusalText() { return refusal.text; }

/** Makes the program of the given spec: see `record`. */
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
  made = {};
  unsupported.clear();
  // The arena comes first, and the program that is made without memory for its arrays checks the spec.
  const bool fits = given.arenaBytes >= 0 && given.arenaBytes < static_cast<double>(mostAllocated);
  Arena* const arena = fits ? Arena::make(static_cast<size_t>(given.arenaBytes)) : nullptr;
  if (!arena) return NO_MEMORY;
  Recorded* const recorded = new Recorded(arena);
  const double status = record(spec, externals, *recorded);
  made.unsupported = addressOf(unsupported);
  made.unsupportedCount = static_cast<uint32_t>(unsupported.size());
  if (status != OK || !recorded->program) {
    delete recorded;
    return status;
  }
  made.recorded = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(recorded));
  made.in = addressOf(recorded->ranges->in());
  made.inCount = static_cast<uint32_t>(recorded->ranges->in().size());
  made.out = addressOf(recorded->ranges->out());
  made.outCount = static_cast<uint32_t>(recorded->ranges->out().size());
  return OK;
}

EXPORT(freeProgram) void freeProgram(Recorded* recorded) { delete recorded; }

EXPORT(replay) double replayProgram(Recorded* recorded) { return callOf(recorded->program->run()); }

/** The same, and adds the time of each call to a list of doubles. */
EXPORT(profile) double profileProgram(Recorded* recorded, double* nanoseconds) {
  return callOf(recorded->program->run(nanoseconds));
}

}  // namespace simdgrad
