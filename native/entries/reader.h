#pragma once
// Reads the arguments of a call in the order of its row. The structs of arguments.h, which are generated from the rows, are made of
// these parts: their members read themselves as they are initialized. Nothing is trusted: every extent is checked against its array
// before any memory is touched.

#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include "../strides/dims.h"
#include "call.h"

namespace simdgrad {

/** Elements from the first to the last that are reached, relative to the offset; the last is before the first when there is none. */
struct Reach {
  double first, last;
};

/**
 * The base of all arguments. The first thing that is wrong decides `status`; reading goes on with harmless values, so an entry takes
 * everything, and hands what is left to do to `run`.
 */
class Arguments {
 public:
  explicit Arguments(const Call& call) : call_(call) {}
  // Operands refer to their arguments.
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /** Marks the call UNSUPPORTED when the condition does not hold. */
  void support(bool condition) {
    if (!condition && status_ == OK) status_ = UNSUPPORTED;
  }

  /**
   * The end of every entry, and what it answers: runs the rest, a lambda, when all checks have passed. The lambda copies what it
   * needs, as it may be kept and run again and again, each time on what the memory holds then. It answers OK by answering nothing.
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

 protected:
  /** Any double. */
  double readNumber() { return nextNumber_ < call_.numberCount ? call_.numbers[nextNumber_++] : missingNumber(); }
  /** An integer >= 0; UNSUPPORTED below `least`. */
  int64_t readSize(int64_t least = 0) {
    const int64_t size = integer(0);
    support(size >= least);
    return size;
  }
  /** An integer >= 0; UNSUPPORTED above `most`. */
  int64_t readFlags(int64_t most) {
    const int64_t flags = integer(0);
    support(flags <= most);
    return flags <= most ? flags : 0;
  }
  /** Any integer. */
  int64_t readStride() { return integer(-mostWhole); }
  /** The code of an op: its place among the names. UNSUPPORTED where there is none. */
  template <int n>
  int readOp(const char* const (&)[n]) {
    return readCode(n);
  }
  /** A list of sizes behind its length. UNSUPPORTED above maxRank dims. */
  Dims readShape();

 private:
  friend class Place;
  friend class Listed;
  template <int>
  friend class Strided;
  template <bool, class>
  friend class Operand;

  /** A list of strides behind its length, as many as `shape` has dims. */
  Dims readStrides(const Dims& shape);
  const Array& readArray();
  int readCode(int count);
  // A pointer to element `offset`, when the array has this type (else UNSUPPORTED) and what is reached lies inside (else
  // OUT_OF_BOUNDS, as of null). In a probe there need not be any memory, and it is null.
  void* check(const Array& array, DType type, size_t bytes, bool written, int64_t offset, Reach reach);

  // Beyond 2^53 a double no longer counts in ones.
  static constexpr double mostWhole = 9007199254740992.0;
  int64_t integer(double least) {
    const double value = readNumber();
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

// How an operand lies in memory. Sizes have not been checked against any array yet: doubles cannot overflow, and round only beyond
// 2^53, which never makes something large look small.

/** Of axes of which the first `strided` have strides, and those behind them are dense. */
Reach reachOf(std::initializer_list<double> sizes, const int64_t* strides, int strided);
Reach reachOf(const Dims& shape, const Dims& strides);

/** Row-major, without gaps. */
class Dense {
 protected:
  template <class... Sizes>
  explicit Dense(Arguments&, Sizes... sizes) : reach_{0, (1.0 * ... * static_cast<double>(sizes)) - 1} {}
  /** Over a shape, whose number of elements readShape has checked. */
  Dense(Arguments&, const Dims& shape) : reach_{0, static_cast<double>(shape.elements()) - 1} {}

  Reach reach_;
};

/** With strides of its first `count` axes. */
template <int count>
class Strided {
 public:
  int64_t stride[count];

 protected:
  template <class... Sizes>
  explicit Strided(Arguments& args, Sizes... sizes) {
    for (int64_t& axis : stride) axis = args.readStride();
    reach_ = reachOf({static_cast<double>(sizes)...}, stride, count);
  }

  Reach reach_;
};

/** Over a shape, with a list of strides. */
class Listed {
 public:
  const Dims strides;

 protected:
  Listed(Arguments& args, const Dims& shape) : strides(args.readStrides(shape)), reach_(reachOf(shape, strides)) {}

  Reach reach_;
};

/** Where an operand begins: read before its strides. */
class Place {
 protected:
  explicit Place(Arguments& args) : args_(args), array_(args.readArray()), offset_(args.readSize()) {}

  Arguments& args_;
  const Array& array_;
  const int64_t offset_;
};

/** An operand. Its memory is checked when an entry asks for it, as the type of element that the entry takes. */
template <bool written, class Layout>
class Operand : Place, public Layout {
  template <class T>
  using Element = std::conditional_t<written, T, const T>;

 public:
  template <class... Sizes>
  explicit Operand(Arguments& args, const Sizes&... sizes) : Place(args), Layout(args, sizes...) {}

  DType type() const { return array_.type; }

  /** Its first element. OUT_OF_BOUNDS of null. Not to be followed outside of `run`. */
  template <class T>
  Element<T>* as() const {
    return static_cast<Element<T>*>(args_.check(array_, typeOf(static_cast<T*>(nullptr)), sizeof(T), written, offset_, this->reach_));
  }

 private:
  static constexpr DType typeOf(float*) { return DType::f32; }
  static constexpr DType typeOf(double*) { return DType::f64; }
  static constexpr DType typeOf(int32_t*) { return DType::i32; }
  static constexpr DType typeOf(uint8_t*) { return DType::u8; }
};

template <class Layout>
using Read = Operand<false, Layout>;
/** Written, updated, or used as scratch. */
template <class Layout>
using Write = Operand<true, Layout>;

/** An operand in whose place a call may pass null. */
template <class Of>
class Optional : public Of {
 public:
  using Of::Of;

  bool given() const { return this->type() != DType::none; }
  /** Its first element, or null. */
  template <class T>
  auto orNull() const {
    return given() ? this->template as<T>() : nullptr;
  }
};

/** An extent that a row gives for each op. */
constexpr int64_t countOf(int op, std::initializer_list<int64_t> counts) { return counts.begin()[op]; }

/** The entry of a kernel as the addon and recorded programs call it. */
template <class Args, double (*entry)(Args&)>
double enter(const Call& call) {
  Args args(call);
  return entry(args);
}

}  // namespace simdgrad
