#include "program.h"

#include <cstdlib>
#include <cstring>

#include "../kernels/chain.h"
#include "../system/system.h"

namespace simdgrad {

namespace {

enum SlotKind { external, arena, parameter, local, kindCount };

// A type is encoded as its DType value.
static_assert(static_cast<int>(DType::f32) == 1 && static_cast<int>(DType::f64) == 2 && static_cast<int>(DType::i32) == 3 &&
                  static_cast<int>(DType::u8) == 4,
              "slotTypes of ProgramSpec in src/kernels/native.ts");

/** Whether `value` is an integer from 0 to `most`. */
bool isWhole(double value, double most) { return value >= 0 && value <= most && value == static_cast<double>(static_cast<uint64_t>(value)); }

constexpr size_t lineBytes = 64;
constexpr double mostWhole = 9007199254740992.0;

/** Whether no count is negative and their sum is `total`. */
bool addUp(const List<int32_t>& counts, size_t total) {
  size_t sum = 0;
  for (size_t i = 0; i < counts.length; i++) {
    if (counts.items[i] < 0) return false;
    sum += static_cast<size_t>(counts.items[i]);
  }
  return sum == total;
}

}  // namespace

Arena* Arena::make(size_t bytes) {
  // calloc clears the arena, so a faulty plan that reads memory before writing it at least does the same each
  // time. For a large arena the system clears each page when it is first used.
  void* memory = calloc(1, bytes + lineBytes);
  if (!memory) return nullptr;
  expectWrites(memory, bytes + lineBytes);
  Arena* arena = new Arena;
  arena->memory_ = memory;
  arena->begin_ = static_cast<char*>(memory) + (lineBytes - reinterpret_cast<uintptr_t>(memory) % lineBytes);
  arena->bytes_ = bytes;
  return arena;
}

void Arena::drop() {
  if (--holders_ > 0) return;
  free(memory_);
  delete this;
}

Program* Program::make(const ProgramSpec& spec, Refusal& refusal, Arena* lent) {
  Program* program = new Program;
  if (lent) {
    lent->hold();
    program->arena_ = lent;
    program->ownsArena_ = false;
  }
  if (program->layOut(spec, refusal) && program->layOutChains(spec, refusal) && program->probe(refusal)) {
    if (program->parameters() == 0) program->bind(nullptr);
    return program;
  }
  delete program;
  return nullptr;
}

Program::~Program() {
  if (arena_) arena_->drop();
}

bool Program::placeSlots(const ProgramSpec& spec, std::vector<Array>& slots, std::vector<int>& parameterOf, Refusal& refusal) {
  const char* const bad = "INVALID_ARGUMENT";
  const size_t count = spec.slotKinds.length;
  if (spec.slotTypes.length != count || spec.slotPlaces.length != count || spec.slotLengths.length != count)
    return refuse(refusal, bad, "the four lists of slots are not of one length");
  if (!isWhole(spec.arenaBytes, 0x1p46)) return refuse(refusal, bad, "arenaBytes is no size: %g", spec.arenaBytes);
  const size_t arenaBytes = static_cast<size_t>(spec.arenaBytes);
  if (!arena_) arena_ = Arena::make(arenaBytes);
  if (!arena_) return refuse(refusal, "NO_MEMORY", "no memory for an arena of %zu bytes", arenaBytes);
  if (arena_->bytes() < arenaBytes)
    return refuse(refusal, bad, "the arena that is lent has %zu bytes, %zu are needed", arena_->bytes(), arenaBytes);
  char* const begin = arena_->begin();
  for (size_t i = 0; i < count; i++) {
    const int kind = spec.slotKinds.items[i], type = spec.slotTypes.items[i];
    const double place = spec.slotPlaces.items[i], elements = spec.slotLengths.items[i];
    if (kind < 0 || kind >= kindCount || type < 1 || type > static_cast<int>(DType::u8) || !isWhole(place, mostWhole) || !isWhole(elements, mostWhole))
      return refuse(refusal, bad, "slot %zu: kind %d, type %d, place %g, length %g", i, kind, type, place, elements);
    Array array = {nullptr, static_cast<size_t>(elements), static_cast<DType>(type)};
    const size_t bytes = bytesOf(array.type);
    int index = -1;
    if (kind == external) {
      if (place >= static_cast<double>(spec.externals.length)) return refuse(refusal, bad, "slot %zu: there is no external %g", i, place);
      const Array& given = spec.externals.items[static_cast<size_t>(place)];
      if (given.type != array.type || given.length < array.length)
        return refuse(refusal, bad, "slot %zu: external %g is of another type or has fewer than %g elements", i, place, elements);
      array.data = given.data;
    } else if (kind == SlotKind::arena) {
      // Exact: both are below 2^57, and the sum is a multiple of the element size.
      if (static_cast<uint64_t>(place) % bytes != 0 || place + elements * static_cast<double>(bytes) > spec.arenaBytes)
        return refuse(refusal, bad, "slot %zu: %g elements at byte %g are not in the arena", i, elements, place);
      array.data = begin + static_cast<size_t>(place);
    } else if (kind == local) {
      if (place >= maxLocals || bytes > sizeof(float)) return refuse(refusal, bad, "slot %zu: local %g of type %d", i, place, type);
    } else {
      if (place >= maxParameters) return refuse(refusal, bad, "slot %zu: parameter %g: there are at most %d", i, place, maxParameters);
      index = static_cast<int>(place);
      if (index >= parameterCount_) parameterCount_ = index + 1;
      parameters_.push_back({index, array.type, array.length});
    }
    slots.push_back(array);
    parameterOf.push_back(index);
  }
  return true;
}

bool Program::layOut(const ProgramSpec& spec, Refusal& refusal) {
  const char* const bad = "INVALID_ARGUMENT";
  const size_t count = spec.kernels.length;
  if (spec.numberCounts.length != count || spec.arrayCounts.length != count)
    return refuse(refusal, bad, "the three lists of calls are not of one length");
  if (!addUp(spec.numberCounts, spec.numbers.length)) return refuse(refusal, bad, "numberCounts do not add up to the length of numbers");
  if (!addUp(spec.arrayCounts, spec.refs.length)) return refuse(refusal, bad, "arrayCounts do not add up to the length of refs");
  std::vector<Array> slots;
  std::vector<int> parameterOf;
  if (!placeSlots(spec, slots, parameterOf, refusal)) return false;

  numbers_.assign(spec.numbers.items, spec.numbers.items + spec.numbers.length);
  arguments_.reserve(spec.refs.length);
  calls_.reserve(count);
  for (size_t i = 0; i < spec.refs.length; i++) {
    const int32_t slot = spec.refs.items[i];
    if (slot < -1 || (slot >= 0 && static_cast<size_t>(slot) >= slots.size()))
      return refuse(refusal, bad, "array argument %zu: there is no slot %d", i, slot);
    arguments_.push_back(slot < 0 ? Array{nullptr, 0, DType::none} : slots[static_cast<size_t>(slot)]);
  }
  const double* numbers = numbers_.data();
  size_t argument = 0;
  for (size_t i = 0; i < count; i++) {
    const int32_t kernel = spec.kernels.items[i];
    if (kernel < 0 || kernel >= kernelCount()) return refuse(refusal, bad, "call %zu: there is no kernel %d", i, kernel);
    const int numberCount = spec.numberCounts.items[i], arrayCount = spec.arrayCounts.items[i];
    calls_.push_back({&kernelAt(kernel), {numbers, numberCount, arguments_.data() + argument, arrayCount}, {}, -1});
    numbers += numberCount;
    for (const size_t end = argument + static_cast<size_t>(arrayCount); argument < end; argument++) {
      const int32_t slot = spec.refs.items[argument];
      if (slot >= 0 && parameterOf[static_cast<size_t>(slot)] >= 0) uses_.push_back({argument, parameterOf[static_cast<size_t>(slot)], i});
    }
  }
  if (spec.advances.length % 2 != 0) return refuse(refusal, bad, "advances are pairs");
  for (size_t i = 0; i < spec.advances.length; i += 2) {
    const int32_t at = spec.advances.items[i];
    if (at < 0 || static_cast<size_t>(at) >= numbers_.size()) return refuse(refusal, bad, "advances: there is no number %d", at);
    const size_t number = static_cast<size_t>(at);
    advances_.push_back({number, numbers_[number], static_cast<double>(spec.advances.items[i + 1])});
  }
  return true;
}

/** Makes the chains, and tells each which operands of its calls are locals. */
bool Program::layOutChains(const ProgramSpec& spec, Refusal& refusal) {
  const char* const bad = "INVALID_ARGUMENT";
  if (spec.chains.length % 2 != 0) return refuse(refusal, bad, "chains are pairs");
  chains_.reserve(spec.chains.length / 2);
  size_t after = 0;
  for (size_t i = 0; i < spec.chains.length; i += 2) {
    const int64_t first = spec.chains.items[i], count = spec.chains.items[i + 1];
    if (first < static_cast<int64_t>(after) || count < 1 || first + count > static_cast<int64_t>(calls_.size()))
      return refuse(refusal, bad, "chain %zu: calls %d to %d", i / 2, static_cast<int>(first), static_cast<int>(first + count - 1));
    after = static_cast<size_t>(first + count);
    chains_.emplace_back(static_cast<size_t>(first), static_cast<size_t>(count));
    for (size_t call = static_cast<size_t>(first); call < after; call++) calls_[call].chain = static_cast<int>(i / 2);
  }
  size_t argument = 0;
  for (const Step& step : calls_)
    for (int k = 0; k < step.call.arrayCount; k++, argument++) {
      const int32_t slot = spec.refs.items[argument];
      if (slot < 0 || spec.slotKinds.items[slot] != SlotKind::local) continue;
      if (step.chain < 0) return refuse(refusal, bad, "array argument %zu: a local outside a chain", argument);
      chains_[static_cast<size_t>(step.chain)].addLocal(step, static_cast<size_t>(&step - calls_.data()), k,
                                                        static_cast<int>(spec.slotPlaces.items[slot]));
    }
  return true;
}

bool Program::probe(Refusal& refusal) {
  for (size_t i = 0; i < calls_.size(); i++) {
    const Row& kernel = *calls_[i].kernel;
    Call call = calls_[i].call;
    call.probe = true;
    const double answer = kernel.entry(call);
    if (answer == UNSUPPORTED) unsupported_.push_back(static_cast<int>(i));
    if (answer == OUT_OF_BOUNDS) return refuse(refusal, "OUT_OF_BOUNDS", "call %zu, %s: %s", i, kernel.name, lastProblem());
  }
  if (!unsupported_.empty()) return true;
  for (ChainOfCalls& chain : chains_)
    if (!chain.probe(calls_.data(), refusal)) return false;
  return true;
}

/** Whether a number of the call changes at each step, so that it could become out of bounds. */
bool Program::advances(const Call& call) const {
  for (const Advance& a : advances_) {
    const double* number = numbers_.data() + a.number;
    if (number >= call.numbers && number < call.numbers + call.numberCount) return true;
  }
  return false;
}

size_t Program::bytes() const {
  size_t kept = 0;
  for (const Step& step : calls_) kept += step.prepared.bytes();
  for (const ChainOfCalls& chain : chains_) kept += chain.bytes();
  const size_t own = ownsArena_ ? sizeof(Arena) + arena_->bytes() + lineBytes : 0;
  return sizeof(Program) + kept + own + calls_.capacity() * sizeof(Step) + numbers_.capacity() * sizeof(double) +
         arguments_.capacity() * sizeof(Array) + parameters_.capacity() * sizeof(Parameter) + uses_.capacity() * sizeof(Use) +
         advances_.capacity() * sizeof(Advance) + unsupported_.capacity() * sizeof(int);
}

/**
 * Reads the arguments of a call once for all replays. If a number of the call advances, each replay reads
 * them again.
 */
void Program::read(Step& step) {
  if (step.chain >= 0) return readChain(step);
  Call once = step.call;
  once.prepared = &step.prepared;
  const Entry entry = step.kernel->entry;
  if (advances(step.call) || entry(once) != OK) step.prepared.keep([entry, call = step.call] { return entry(call); });
}

/** The first call of a chain runs all of it. */
void Program::readChain(Step& step) {
  ChainOfCalls* const chain = &chains_[static_cast<size_t>(step.chain)];
  if (&step != &calls_[chain->first()]) return step.prepared.keep([] {});
  bool moves = false;
  for (size_t i = chain->first(); i < chain->end(); i++) moves = moves || advances(calls_[i].call);
  if (!moves && chain->read(calls_.data()) == OK) return step.prepared.keep([chain] { chain->run(); });
  step.prepared.keep([chain, calls = calls_.data()] {
    const double status = chain->read(calls);
    if (status == OK) chain->run();
    return status;
  });
}

bool Program::accepts(const Array* parameters, Refusal& refusal) const {
  for (const Parameter& wanted : parameters_) {
    const Array& given = parameters[wanted.index];
    if (given.type != wanted.type) return refuse(refusal, "INVALID_ARGUMENT", "parameter %d is of another type", wanted.index);
    if (given.length < wanted.length)
      return refuse(refusal, "OUT_OF_BOUNDS", "parameter %d has %zu elements from its offset on, %zu are needed", wanted.index, given.length, wanted.length);
  }
  return true;
}

void Program::bind(const Array* parameters) {
  for (const Use& use : uses_) {
    void*& data = arguments_[use.argument].data;
    const int chain = calls_[use.call].chain;
    const size_t reader = chain < 0 ? use.call : chains_[static_cast<size_t>(chain)].first();
    if (data != parameters[use.index].data) calls_[reader].prepared.drop();
    data = parameters[use.index].data;
  }
  for (Step& step : calls_)
    if (!step.prepared.isKept()) read(step);
}

Outcome Program::failed(int call, double status) {
  for (int i = call + 1; i < calls(); i++) {
    const Step& step = calls_[static_cast<size_t>(i)];
    if (strcmp(step.kernel->name, "exchangeWait") == 0) step.prepared.run();
  }
  return {call, status};
}

Outcome Program::run() {
  const int count = calls();
  const Step* step = calls_.data();
  for (int i = 0; i < count; i++, step++) {
    const double status = step->prepared.run();
    if (status != OK) return failed(i, status);
  }
  return {-1, OK};
}

Outcome Program::run(double* nanoseconds) {
  int64_t before = nanosecondsNow();
  for (int i = 0; i < calls(); i++) {
    const double status = calls_[static_cast<size_t>(i)].prepared.run();
    const int64_t after = nanosecondsNow();
    nanoseconds[i] += static_cast<double>(after - before);
    before = after;
    if (status != OK) return failed(i, status);
  }
  return {-1, OK};
}

void Program::advance(int64_t step) {
  for (const Advance& a : advances_) numbers_[a.number] = a.recorded + static_cast<double>(step) * a.delta;
}

}  // namespace simdgrad
