#pragma once
// The tests of programs and jobs, one file each, and a program for them.

#include <atomic>
#include <cstring>
#include <vector>

#include "../../../native/program/job.h"
#include "../../../native/threads/pool.h"
#include "../../../native/entries/table.h"
#include "../death.h"
#include "../tally.h"

namespace simdgrad::test {

struct Test {
  const char* name;
  void (*run)(Tally&);
};

void testProgram(Tally&);
void testJob(Tally&);

inline int kernel(const char* name) {
  for (int i = 0; i < kernelCount(); i++)
    if (std::strcmp(kernelAt(i).name, name) == 0) return i;
  return -1;
}

/** Recorded calls, and the lists that a ProgramSpec points to. */
class Tape {
 public:
  int external(void* data, size_t length, DType type) {
    externals_.push_back({data, length, type});
    return slot(0, type, static_cast<double>(externals_.size() - 1), length);
  }
  int arena(double byte, size_t length, DType type) { return slot(1, type, byte, length); }
  int parameter(int index, size_t length, DType type) { return slot(2, type, index, length); }

  void call(const char* name, std::initializer_list<double> numbers, std::initializer_list<int> slots) {
    kernels_.push_back(kernel(name));
    numberCounts_.push_back(static_cast<int32_t>(numbers.size()));
    arrayCounts_.push_back(static_cast<int32_t>(slots.size()));
    numbers_.insert(numbers_.end(), numbers);
    refs_.insert(refs_.end(), slots.begin(), slots.end());
  }
  int local(int number, size_t length, DType type) { return slot(3, type, number, length); }
  void chain(int first, int count) { chains_.insert(chains_.end(), {first, count}); }
  void advance(int number, int delta) { advances_.insert(advances_.end(), {number, delta}); }

  Program* make(double arenaBytes, Refusal& refusal) const {
    return Program::make({of(kernels_), of(numberCounts_), of(arrayCounts_), of(numbers_), of(refs_), of(kinds_), of(types_), of(places_),
                          of(lengths_), of(externals_), arenaBytes, of(advances_), of(chains_)},
                         refusal);
  }

 private:
  template <class T>
  static List<T> of(const std::vector<T>& items) {
    return {items.data(), items.size()};
  }
  int slot(int kind, DType type, double place, size_t length) {
    kinds_.push_back(kind);
    types_.push_back(static_cast<int32_t>(type));
    places_.push_back(place);
    lengths_.push_back(static_cast<double>(length));
    return static_cast<int>(kinds_.size() - 1);
  }

  std::vector<int32_t> kernels_, numberCounts_, arrayCounts_, refs_, kinds_, types_, advances_, chains_;
  std::vector<double> numbers_, places_, lengths_;
  std::vector<Array> externals_;
};

}  // namespace simdgrad::test
