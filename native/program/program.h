#pragma once
// A recorded training step: a flat list of kernel calls with their numbers and arrays, replayed by one tight
// loop. Arrays refer to slots, which are memory of the caller, pieces of one arena, or parameters that are
// bound before each replay.
//
// Everything is checked when a program is made, by probing every call. Arguments are read when they are
// bound, and again only when what is bound has moved; numbers that change from step to step at each replay.

#include <vector>

#include "../entries/call.h"

namespace simdgrad {

template <class T>
struct List {
  const T* items;
  size_t length;
};

/** What a program is made of (ProgramSpec in src/kernels/native.ts). Read once, while it is made. */
struct ProgramSpec {
  List<int32_t> kernels, numberCounts, arrayCounts;
  List<double> numbers;
  List<int32_t> refs, slotKinds, slotTypes;
  List<double> slotPlaces, slotLengths;
  List<Array> externals;
  double arenaBytes;
  List<int32_t> advances;
};

/** Why a program is not made, or not run. */
struct Refusal {
  const char* code;
  char text[200];
};

/** The call that failed, and what it answered; call -1 when all ran. */
struct Outcome {
  int call;
  double status;
};

constexpr int maxParameters = 64;

/**
 * Memory for what lives only within one replay, so programs that never run at the same time may share it.
 * Used by one thread at a time.
 */
class Arena {
 public:
  /** With one holder; null when there is no memory. */
  static Arena* make(size_t bytes);
  void hold() { holders_++; }
  /** The last holder to let go frees it. */
  void drop();

  /** From the first whole cache line on. */
  char* begin() const { return begin_; }
  size_t bytes() const { return bytes_; }

  /** Whether a job works in it. */
  bool running = false;

 private:
  Arena() = default;

  void* memory_ = nullptr;
  char* begin_ = nullptr;
  size_t bytes_ = 0;
  int holders_ = 1;
};

class Program {
 public:
  /**
   * Null when something is wrong with it, or there is no memory. Without a `lent` arena it makes one of its
   * own.
   */
  static Program* make(const ProgramSpec& spec, Refusal& refusal, Arena* lent = nullptr);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /** Calls that have no C++. A program with any must not run. */
  const std::vector<int>& unsupported() const { return unsupported_; }
  int calls() const { return static_cast<int>(calls_.size()); }
  /** All memory that it takes; an arena that was lent is counted where it was made. */
  size_t bytes() const;
  Arena& arena() const { return *arena_; }
  int parameters() const { return parameterCount_; }

  /** Whether these, as many as there are parameters, can be bound: type and length of all. */
  bool accepts(const Array* parameters, Refusal& refusal) const;
  /** Takes what was accepted. The memory has to stay while the program runs. */
  void bind(const Array* parameters);

  Outcome run();
  /** The same, adding the time of each call to nanoseconds[call]. */
  Outcome run(double* nanoseconds);

  /** Sets the numbers that change from step to step to what they are in step i of a job. */
  void advance(int64_t step);

 private:
  struct Step {
    Entry entry;
    Call call;
    PreparedCall prepared;
  };
  struct Parameter {  // a slot bound at each replay
    int index;
    DType type;
    size_t length;
  };
  struct Use {  // an argument that is a parameter
    size_t argument;
    int index;
    size_t call;
  };
  struct Advance {
    size_t number;
    double recorded, delta;
  };

  Program() = default;
  bool layOut(const ProgramSpec& spec, Refusal& refusal);
  bool placeSlots(const ProgramSpec& spec, std::vector<Array>& slots, std::vector<int>& parameterOf, Refusal& refusal);
  bool probe(Refusal& refusal);
  bool advances(const Call& call) const;
  void read(Step& step);

  std::vector<Step> calls_;
  std::vector<double> numbers_;
  std::vector<Array> arguments_;
  std::vector<Parameter> parameters_;
  std::vector<Use> uses_;
  std::vector<Advance> advances_;
  std::vector<int> unsupported_;
  int parameterCount_ = 0;
  Arena* arena_ = nullptr;
  bool ownsArena_ = true;
};

}  // namespace simdgrad
