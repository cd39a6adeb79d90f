#pragma once
// Which ranges of its arrays a recorded program accesses, and their places in the module's memory.

#include <vector>

#include "../program/program.h"
#include "door.h"

namespace simdgrad {

class ProgramRanges {
 public:
  /** Reads all calls of a spec that Program::make accepts. */
  explicit ProgramRanges(const ProgramSpec& spec);
  ~ProgramRanges();
  ProgramRanges(const ProgramRanges&) = delete;
  ProgramRanges& operator=(const ProgramRanges&) = delete;

  /** Gives every range its place. Returns false when there is no memory. */
  bool place();

  /**
   * Ranges that are copied in, and those that are copied out. `array` is an external of the spec or, after
   * the externals, a parameter.
   */
  const std::vector<Range>& in() const { return in_; }
  const std::vector<Range>& out() const { return out_; }
  /** Where element 0 of an array would be. */
  void* begin(size_t array) const { return reinterpret_cast<void*>(begins_[array]); }
  double bytes() const { return bytes_; }

 private:
  struct Access {
    uint32_t array;
    int64_t first, end;
    bool written;
  };
  struct Recorder;

  void record(const ProgramSpec& spec);
  std::vector<Range> joined(bool writtenOnly) const;

  std::vector<Access> accesses_;
  std::vector<size_t> elementBytes_;  // by array
  std::vector<uintptr_t> begins_;     // by array
  std::vector<Range> in_, out_;
  double bytes_ = 0;
  void* memory_ = nullptr;
};

}  // namespace simdgrad
