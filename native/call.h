#pragma once
// How a kernel is called from outside: numbers in one list, typed arrays in another, both in the order of the table in
// src/kernels/js. The addon fills a Call from JavaScript's arguments; a recorded program fills it from its tape. An entry
// (native/entries) reads a Call with a Reader, which trusts nothing: every extent is checked against its array before any
// memory is touched.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

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
  bool known = false;  // a probe has found nothing wrong with these arguments, and they are what they were: extents are not checked again
};

/** What an entry answers, apart from 0, 1, 2 … = position of the first bad label or index. */
constexpr double OK = -1;
constexpr double UNSUPPORTED = -2;    // a dtype or op without C++: the overlay calls the JS core instead
constexpr double OUT_OF_BOUNDS = -3;  // the addon throws a RangeError with the text of lastProblem()

using Entry = double (*)(const Call&);

/** What was wrong in the last call on this thread that answered OUT_OF_BOUNDS. */
const char* lastProblem();

constexpr int maxRank = 16;

/** A shape, or the strides that go with one. */
struct Dims {
  int rank = 0;
  int64_t d[maxRank];
};

/** One axis of what a kernel reads or writes. */
struct Axis {
  int64_t size;
  int64_t stride;
};

/**
 * Takes the arguments of a call one after the other. The first thing that is wrong decides `status`; reading goes on with
 * harmless values, so an entry reads everything, asks `ready()`, and only then runs.
 *
 * A recorded program reads its numbers anew at each replay, thousands in a millisecond: what does that is inlined.
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

  // Pointer to element `offset` of the array, after checking its type (else UNSUPPORTED) and that `count` elements, or all
  // that the axes reach, lie inside (else OUT_OF_BOUNDS). Of a null array: OUT_OF_BOUNDS, or nullptr from orNull. Not to be
  // followed before `ready()`: in a probe there need not be any memory, and it is null.
  template <class T>
  T* at(const Array& array, int64_t offset, int64_t count) {
    return at<T>(array, offset, {Axis{count, 1}});
  }
  template <class T>
  T* at(const Array& array, int64_t offset, std::initializer_list<Axis> axes) {
    return static_cast<T*>(check(array, typeOf(static_cast<T*>(nullptr)), sizeof(T), !std::is_const<T>::value, offset, axes.begin(), static_cast<int>(axes.size())));
  }
  template <class T>
  T* at(const Array& array, int64_t offset, const Dims& shape, const Dims& strides) {
    Axis axes[maxRank];
    for (int i = 0; i < shape.rank; i++) axes[i] = {shape.d[i], strides.d[i]};
    return static_cast<T*>(check(array, typeOf(static_cast<T*>(nullptr)), sizeof(T), !std::is_const<T>::value, offset, axes, shape.rank));
  }
  template <class T>
  T* orNull(const Array& array, int64_t offset, int64_t count) {
    return array.type == DType::none ? nullptr : at<T>(array, offset, count);
  }

  /** The one question that decides: true when all checks have passed and the body is to run. Else the entry returns `status()`. */
  bool ready() const { return status_ == OK && !call_.probe; }
  double status() const { return status_; }
  /** Whether something was wrong so far, for what cannot be read on with harmless values. */
  bool failed() const { return status_ != OK; }

 private:
  static DType typeOf(const float*) { return DType::f32; }
  static DType typeOf(const double*) { return DType::f64; }
  static DType typeOf(const int32_t*) { return DType::i32; }
  static DType typeOf(const uint8_t*) { return DType::u8; }
  void* check(const Array& array, DType type, size_t bytes, bool written, int64_t offset, const Axis* axes, int axisCount);

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
