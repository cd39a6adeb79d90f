#pragma once
// A recorded training step: a flat list of kernel calls with their numbers and arrays, replayed by one tight
// loop. Arrays refer to slots: memory of the caller, pieces of one arena, or parameters that are bound before
// each replay.
//
// A program is checked when it is made, by probing every call. Arguments are read when they are bound, and
// read again only if the bound memory has moved. Numbers that change at each step are read at each replay.

#include <vector>

#include "chain_of_calls.h"
#include "refusal.h"

namespace simdgrad {

template <class T>
struct List {
  const T* items;
  size_t length;
};

/**
 * The description from which a program is made (ProgramSpec in src/kernels/native.ts). It is only read while
 * the program is made.
 */
struct ProgramSpec {
  List<int32_t> kernels, numberCounts, arrayCounts;
  List<double> numbers;
  List<int32_t> refs, slotKinds, slotTypes;
  List<double> slotPlaces, slotLengths;
  List<Array> externals;
  double arenaBytes;
  List<int32_t> advances;
  List<int32_t> chains;
};

/** The call that failed and its status. Call -1 means that all calls succeeded. */
struct Outcome {
  int call;
  double status;
};

constexpr int maxParameters = 64;

/**
 * Memory for values that live only within one replay. Programs that never run at the same time may share an
 * arena. Only one thread uses it at a time.
 */
class Arena {
 public:
  /** Has one holder. Returns null when there is no memory. */
  static Arena* make(size_t bytes);
  void hold() { holders_++; }
  /** The last holder to drop it frees it. */
  void drop();

  /** The memory, from the first cache line boundary on. */
  char* begin() const { return begin_; }
  size_t bytes() const { return bytes_; }

  /** Whether a job is using it. */
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
   * Returns null if the spec is invalid or there is no memory. Without a `lent` arena the program makes its
   * own.
   */
  static Program* make(const ProgramSpec& spec, Refusal& refusal, Arena* lent = nullptr);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /** Calls without a C++ implementation. A program that has any must not run. */
  const std::vector<int>& unsupported() const { return unsupported_; }
  int calls() const { return static_cast<int>(calls_.size()); }
  /** All memory that it uses. A lent arena counts for the program that made it. */
  size_t bytes() const;
  Arena& arena() const { return *arena_; }
  int parameters() const { return parameterCount_; }

  /** Whether these arrays, one per parameter, can be bound: checks the type and length of each. */
  bool accepts(const Array* parameters, Refusal& refusal) const;
  /** Binds arrays that were accepted. Their memory must stay while the program runs. */
  void bind(const Array* parameters);

  Outcome run();
  /** The same, but adds the time of each call to nanoseconds[call]. */
  Outcome run(double* nanoseconds);

  /** Sets the numbers that change at each step to their values in step `step` of a job. */
  void advance(int64_t step);

 private:
  struct Parameter {  // a slot that is bound at each replay
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
  bool layOutChains(const ProgramSpec& spec, Refusal& refusal);
  bool probe(Refusal& refusal);
  bool advances(const Call& call) const;
  void read(Step& step);
  void readChain(Step& step);
  /** Ends what the calls before have started: the thread of MPI may still write to memory of the program. */
  Outcome failed(int call, double status);

  std::vector<Step> calls_;
  std::vector<double> numbers_;
  std::vector<Array> arguments_;
  std::vector<Parameter> parameters_;
  std::vector<Use> uses_;
  std::vector<Advance> advances_;
  std::vector<ChainOfCalls> chains_;
  std::vector<int> unsupported_;
  int parameterCount_ = 0;
  Arena* arena_ = nullptr;
  bool ownsArena_ = true;
};

}  // namespace simdgrad
