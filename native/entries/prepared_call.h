#pragma once
// The rest of a call after its arguments were read and checked: the kernel's body with its arguments, ready
// to run repeatedly while they stay valid. A recorded program keeps one for each of its calls, because
// reading the arguments of a small call takes as long as its body.

#include <type_traits>
#include <vector>

#include "../threads/pool.h"

namespace simdgrad {

/** Results of an entry. 0, 1, 2 … is the position of the first bad label or index. */
constexpr double OK = -1;
// A dtype or op without C++; the overlay calls the JavaScript core instead.
constexpr double UNSUPPORTED = -2;
constexpr double OUT_OF_BOUNDS = -3;  // the addon throws a RangeError with the text of lastProblem()
constexpr double OUT_OF_MEMORY = -4;  // no scratch memory; outputs hold anything

/** Runs the rest of an entry, a lambda. If the lambda returns nothing, the result is OK. */
template <class Rest>
inline double answerOf(const Rest& rest) {
  double answer = OK;
  if constexpr (std::is_void_v<decltype(rest())>) rest();
  else answer = rest();
  return ranOutOfScratch() ? OUT_OF_MEMORY : answer;
}

class PreparedCall {
 public:
  /** `rest` must own copies of everything it needs. */
  template <class Rest>
  void keep(const Rest& rest) {
    static_assert(std::is_trivially_copyable_v<Rest>, "moves with the program, and needs no destructor");
    const unsigned char* bytes = reinterpret_cast<const unsigned char*>(&rest);
    rest_.assign(bytes, bytes + sizeof rest);
    run_ = [](const void* kept) { return answerOf(*static_cast<const Rest*>(kept)); };
  }
  void drop() { run_ = nullptr; }
  size_t bytes() const { return rest_.capacity(); }
  bool isKept() const { return run_ != nullptr; }

  double run() const { return run_(rest_.data()); }

 private:
  double (*run_)(const void* rest) = nullptr;
  std::vector<unsigned char> rest_;  // aligned as by `new`: for any number or pointer
};

}  // namespace simdgrad
