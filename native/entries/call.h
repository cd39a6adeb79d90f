#pragma once
// How a kernel is called from outside: numbers in one list, typed arrays in another, both in the order of the table in
// src/kernels/js. The addon fills a Call from JavaScript's arguments; a recorded program fills it from its tape. An entry
// (native/entries) reads a Call with a Reader, which trusts nothing: every extent is checked against its array before any
// memory is touched.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include "../kernels/dims.h"
#include "prepared_call.h"

namespace simdgrad {

enum class DType : uint8_t { none, f32, f64, i32, u8, other };

/** Bytes of an element; 0 where it has none that kernels know. */
constexpr size_t bytesOf(DType type) {
  return type == DType::f64 ? 8 : type == DType::f32 || type == DType::i32 ? 4 : type == DType::u8 ? 1 : 0;
}

/** A typed array; `none` stands for null. */
struct Array {
  void* data;
  size_t length;
  DType type;
};

struct Call {
  const double* numbers;
  int numberCount;
  const Array* arrays;
  int arrayCount;
  bool probe = false;  // every check is made, and nothing runs: the entry answers what the arguments alone decide
  PreparedCall* prepared = nullptr;  // nothing runs either: what would have run is kept there
};

using Entry = double (*)(const Call&);

/** What was wrong in the last call on this thread that answered OUT_OF_BOUNDS. */
const char* lastProblem();

/** One axis of what a kernel reads or writes. */
struct Axis {
  int64_t size;
  int64_t stride;
};

/**
 * Takes the arguments of a call one after the other. The first thing that is wrong decides `status`; reading goes on with
 * harmless values, so an entry reads everything, and hands what is left to do to `run`.
 */
class Reader {
 public:
  explicit Reader(const Call& call) : call_(call) {}

  double number() { return nextNumber_ < call_.numberCount ? call_.numbers[nextNumber_++] : missingNumber(); }  // anything
  int64_t size() { return integer(0); }             // an integer >= 0: sizes, offsets, counts, flags
  int64_t stride() { return integer(-mostWhole); }  // any integer
  int op(int count);                                // an op code; UNSUPPORTED when it is not below `count`
  Dims shape();                                     // a list of sizes; UNSUPPORTED above maxRank dims
  Dims strides(const Dims& shape);                  // a list of strides, as many as `shape` has dims
  const Array& array();

  /** Marks the call UNSUPPORTED when the condition does not hold. */
  void support(bool condition);

  /** The product of sizes; OUT_OF_BOUNDS when doubles no longer count it in ones. */
  int64_t product(std::initializer_list<int64_t> sizes);

  // Pointer to element `offset` of the array, after checking its type (else UNSUPPORTED) and that `count` elements, or all
  // that the axes reach, lie inside (else OUT_OF_BOUNDS). Of a null array: OUT_OF_BOUNDS, or nullptr from orNull. Not to be
  // followed outside of `run`: in a probe there need not be any memory, and it is null.
  template <class T>
  T* at(const Array& array, int64_t offset, int64_t count) {
    return at<T>(array, offset, {Axis{count, 1}});
  }
  template <class T>
  T* at(const Array& array, int64_t offset, std::initializer_list<Axis> axes) {
    return within<T>(array, offset, reachOf(axes.begin(), static_cast<int>(axes.size())));
  }
  /** The same of a dense array of these sizes, whose product may be more than 64 bits hold. */
  template <class T>
  T* dense(const Array& array, int64_t offset, std::initializer_list<int64_t> sizes) {
    return within<T>(array, offset, {0, productOf(sizes) - 1});
  }
  template <class T>
  T* at(const Array& array, int64_t offset, const Dims& shape, const Dims& strides) {
    Axis axes[maxRank];
    for (int i = 0; i < shape.rank; i++) axes[i] = {shape.d[i], strides.d[i]};
    return within<T>(array, offset, reachOf(axes, shape.rank));
  }
  template <class T>
  T* orNull(const Array& array, int64_t offset, int64_t count) {
    return array.type == DType::none ? nullptr : at<T>(array, offset, count);
  }

  /**
   * The end of every entry, and what it answers: runs the rest, a lambda, when all checks have passed. The lambda copies ([=]) what
   * it needs, as it may be kept and run again and again, each time on what the memory holds then. It answers OK by answering nothing.
   */
  template <class Rest>
  double run(const Rest& rest) {
    if (status_ != OK || call_.probe) return status_;
    if (!call_.prepared) return answerOf(rest);
    call_.prepared->keep(rest);
    return OK;
  }
  double status() const { return status_; }
  /** Whether something was wrong so far, for what cannot be read on with harmless values. */
  bool failed() const { return status_ != OK; }

 private:
  static DType typeOf(const float*) { return DType::f32; }
  static DType typeOf(const double*) { return DType::f64; }
  static DType typeOf(const int32_t*) { return DType::i32; }
  static DType typeOf(const uint8_t*) { return DType::u8; }
  /** Elements from the first to the last that are reached, relative to the offset; the last is before the first when there is none. */
  struct Reach {
    double first, last;
  };
  static Reach reachOf(const Axis* axes, int count);
  static double productOf(std::initializer_list<int64_t> sizes);
  template <class T>
  T* within(const Array& array, int64_t offset, Reach reach) {
    return static_cast<T*>(check(array, typeOf(static_cast<T*>(nullptr)), sizeof(T), !std::is_const<T>::value, offset, reach));
  }
  void* check(const Array& array, DType type, size_t bytes, bool written, int64_t offset, Reach reach);

  // Beyond 2^53 a double no longer counts in ones.
  static constexpr double mostWhole = 9007199254740992.0;
  int64_t integer(double least) {
    const double value = number();
    // NaN fails both comparisons.
    if (value >= least && value <= mostWhole) {
      const int64_t whole = static_cast<int64_t>(value);
      if (static_cast<double>(whole) == value) return whole;
    }
    return noInteger(least, value);
  }
  int64_t noInteger(double least, double value);
  double missingNumber();
  void problem(const char* format, ...) __attribute__((format(printf, 2, 3)));

  const Call& call_;
  int nextNumber_ = 0;
  int nextArray_ = 0;
  double status_ = OK;
};

}  // namespace simdgrad
