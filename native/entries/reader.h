#pragma once
// Reads the arguments of a call in the order of its row. The structs of arguments.h, which are generated from
// the rows, are composed of these classes: their members read themselves as they are initialized. No argument
// is trusted: every extent is checked against its array before any memory is accessed.

#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include "../strides/dims.h"
#include "call.h"

namespace simdgrad {

/** The first and last element accessed, relative to the offset. `last` is before `first` when none is. */
struct Reach {
  double first, last;
};

/**
 * The base of all arguments. The first error decides `status`. Reading continues with harmless values, so an
 * entry reads all its arguments and passes the rest of its work to `run`.
 */
class Arguments {
 public:
  explicit Arguments(const Call& call) : call_(call) {}
  // Operands refer to their Arguments, so no copies.
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /** Marks the call UNSUPPORTED when the condition is false. */
  void support(bool condition) {
    if (!condition && status_ == OK) status_ = UNSUPPORTED;
  }

  /**
   * The end of every entry and its result: runs the rest, a lambda, if all checks passed. The lambda must
   * copy what it needs: it may be kept and run many times, each time on the current contents of memory. If it
   * returns nothing, the result is OK.
   */
  template <class Rest>
  double run(const Rest& rest) {
    if (status_ != OK || call_.probe) return status_;
    if (!call_.prepared) return answerOf(rest);
    call_.prepared->keep(rest);
    return OK;
  }
  double status() const { return status_; }
  /** Whether there was an error so far; for code that cannot continue with harmless values. */
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
  /** The code of an op, which is its index among the names. UNSUPPORTED if there is no such op. */
  template <int n>
  int readOp(const char* const (&)[n]) {
    return readCode(n);
  }
  /** A list of sizes, preceded by its length. UNSUPPORTED above maxRank dims. */
  Dims readShape();

 private:
  friend class Place;
  friend class Listed;
  template <int>
  friend class Strided;
  template <bool, class>
  friend class Operand;

  /** A list of strides, preceded by its length, one for each dim of `shape`. */
  Dims readStrides(const Dims& shape);
  const Array& readArray();
  int readCode(int count);
  // Returns a pointer to element `offset`, if the array has this type (else UNSUPPORTED) and the accessed
  // range is inside it (else OUT_OF_BOUNDS, also for null). In a probe there may be no memory, and the
  // pointer is null.
  void* check(const Array& array, DType type, size_t bytes, bool written, int64_t offset, Reach reach);

  // Above 2^53, consecutive integers are no longer exact in a double.
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

// The layout of an operand in memory. Sizes have not been checked against any array yet. Doubles do not
// overflow, and they round only above 2^53, which never makes a large value look small.

/** For axes of which the first `strided` have strides and the others are dense. */
Reach reachOf(std::initializer_list<double> sizes, const int64_t* strides, int strided);
Reach reachOf(const Dims& shape, const Dims& strides);

/** Row-major, without gaps. */
class Dense {
 protected:
  template <class... Sizes>
  explicit Dense(Arguments&, Sizes... sizes) : reach_{0, (1.0 * ... * static_cast<double>(sizes)) - 1} {}
  /** Over a shape whose number of elements readShape has checked. */
  Dense(Arguments&, const Dims& shape) : reach_{0, static_cast<double>(shape.elements()) - 1} {}

  Reach reach_;
};

/** The first `count` axes have strides. */
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

/** A shape with a list of strides. */
class Listed {
 public:
  const Dims strides;

 protected:
  Listed(Arguments& args, const Dims& shape) : strides(args.readStrides(shape)), reach_(reachOf(shape, strides)) {}

  Reach reach_;
};

/** The array and the offset of an operand, which are read before its strides. */
class Place {
 protected:
  explicit Place(Arguments& args) : args_(args), array_(args.readArray()), offset_(args.readSize()) {}

  Arguments& args_;
  const Array& array_;
  const int64_t offset_;
};

/**
 * An operand. Its memory is checked when an entry asks for it, with the element type that the entry expects.
 */
template <bool written, class Layout>
class Operand : Place, public Layout {
  template <class T>
  using Element = std::conditional_t<written, T, const T>;

 public:
  template <class... Sizes>
  explicit Operand(Arguments& args, const Sizes&... sizes) : Place(args), Layout(args, sizes...) {}

  DType type() const { return array_.type; }

  /** A pointer to its first element. OUT_OF_BOUNDS for null. It may be dereferenced only inside `run`. */
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
/** An operand that the kernel writes, updates or uses as scratch memory. */
template <class Layout>
using Write = Operand<true, Layout>;

/** An operand that may be null. */
template <class Of>
class Optional : public Of {
 public:
  using Of::Of;

  bool given() const { return this->type() != DType::none; }
  /** A pointer to its first element, or null. */
  template <class T>
  auto orNull() const {
    return given() ? this->template as<T>() : nullptr;
  }
};

/** An extent that depends on the op; a row lists its values. */
constexpr int64_t countOf(int op, std::initializer_list<int64_t> counts) { return counts.begin()[op]; }

/** The entry of a kernel, as called by the addon and by recorded programs. */
template <class Args, double (*entry)(Args&)>
double enter(const Call& call) {
  Args args(call);
  return entry(args);
}

}  // namespace simdgrad
