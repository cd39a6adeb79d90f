#include "program_ranges.h"

#include <algorithm>
#include <cstdlib>

namespace simdgrad {

namespace {

constexpr int64_t lineBytes = 64;

/** Kinds of slots in a ProgramSpec. */
enum SlotKind { external, arena, parameter, local };

}  // namespace

/** Takes note of the operands of one call. */
struct ProgramRanges::Recorder : Placement {
  explicit Recorder(ProgramRanges& owner) : Placement{note}, ranges(owner) {}

  ProgramRanges& ranges;
  std::vector<int64_t> arrays;  // the array of the spec for each of the call; -1: memory of the program

 private:
  static void* note(Placement& self, int array, int64_t first, int64_t count, size_t, bool written) {
    Recorder& recorder = static_cast<Recorder&>(self);
    const int64_t of = recorder.arrays[static_cast<size_t>(array)];
    if (of >= 0 && count > 0) recorder.ranges.accesses_.push_back({static_cast<uint32_t>(of), first, first + count, written});
    return nullptr;
  }
};

ProgramRanges::ProgramRanges(const ProgramSpec& spec) {
  elementBytes_.assign(spec.externals.length + maxParameters, 1);
  record(spec);
  std::sort(accesses_.begin(), accesses_.end(),
            [](const Access& a, const Access& b) { return a.array != b.array ? a.array < b.array : a.first < b.first; });
  in_ = joined(false);
  out_ = joined(true);
  for (size_t i = 0; i < in_.size(); i++) {
    // The ranges of one array keep their distances.
    const size_t size = elementBytes_[in_[i].array];
    const double first = static_cast<double>(in_[i].first);
    while (i + 1 < in_.size() && in_[i + 1].array == in_[i].array) i++;
    const double elements = static_cast<double>(in_[i].first) + static_cast<double>(in_[i].count) - first;
    bytes_ += elements * static_cast<double>(size) + 2 * lineBytes;
  }
}

ProgramRanges::~ProgramRanges() { free(memory_); }

void ProgramRanges::record(const ProgramSpec& spec) {
  Recorder recorder(*this);
  PreparedCall unused;
  std::vector<Array> arrays;
  const double* numbers = spec.numbers.items;
  const int32_t* refs = spec.refs.items;
  for (size_t i = 0; i < spec.kernels.length; i++) {
    const int count = spec.arrayCounts.items[i];
    arrays.clear();
    recorder.arrays.clear();
    for (int k = 0; k < count; k++) {
      const int32_t slot = *refs++;
      if (slot < 0) {
        arrays.push_back({nullptr, 0, DType::none});
        recorder.arrays.push_back(-1);
        continue;
      }
      const DType type = static_cast<DType>(spec.slotTypes.items[slot]);
      const int kind = spec.slotKinds.items[slot];
      const int64_t place = static_cast<int64_t>(spec.slotPlaces.items[slot]);
      arrays.push_back({nullptr, static_cast<size_t>(spec.slotLengths.items[slot]), type});
      const int64_t of = kind == external ? place : kind == parameter ? static_cast<int64_t>(spec.externals.length) + place : -1;
      recorder.arrays.push_back(of);
      if (of >= 0) elementBytes_[static_cast<size_t>(of)] = bytesOf(type);
    }
    Call call = {numbers, spec.numberCounts.items[i], arrays.data(), count};
    call.placement = &recorder;
    call.prepared = &unused;
    kernelAt(spec.kernels.items[i]).entry(call);
    numbers += spec.numberCounts.items[i];
  }
}

/** The accesses as ranges that do not touch each other. */
std::vector<Range> ProgramRanges::joined(bool writtenOnly) const {
  std::vector<Range> ranges;
  for (const Access& access : accesses_) {
    if (writtenOnly && !access.written) continue;
    if (!ranges.empty() && ranges.back().array == access.array) {
      Range& last = ranges.back();
      const int64_t end = static_cast<int64_t>(last.first) + last.count;
      if (access.first <= end) {
        if (access.end > end) last.count = static_cast<uint32_t>(access.end - last.first);
        continue;
      }
    }
    ranges.push_back({access.array, static_cast<uint32_t>(access.first), static_cast<uint32_t>(access.end - access.first), 0});
  }
  return ranges;
}

bool ProgramRanges::place() {
  begins_.assign(elementBytes_.size(), 0);
  if (bytes_ >= 4294901760.0) return false;
  memory_ = linesOrNull(static_cast<size_t>(bytes_) + lineBytes);
  if (!memory_) return false;
  uintptr_t at = reinterpret_cast<uintptr_t>(memory_);
  for (size_t i = 0; i < in_.size(); i++) {
    const uint32_t array = in_[i].array;
    const size_t size = elementBytes_[array];
    // Where its elements are on their cache lines in an array that begins on one, they are here.
    at = (at + lineBytes - 1) / lineBytes * lineBytes + in_[i].first * size % lineBytes;
    begins_[array] = at - in_[i].first * size;
    for (; i < in_.size() && in_[i].array == array; i++) in_[i].address = static_cast<uint32_t>(begins_[array] + in_[i].first * size);
    i--;
    at = begins_[array] + (static_cast<size_t>(in_[i].first) + in_[i].count) * size;
  }
  for (Range& range : out_) range.address = static_cast<uint32_t>(begins_[range.array] + range.first * elementBytes_[range.array]);
  return true;
}

}  // namespace simdgrad
