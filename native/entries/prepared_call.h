#pragma once
// What is left of a call once its arguments were read and checked: the body of the kernel, with the arguments it takes, to be run
// as often as they hold. A recorded program keeps one for each of its calls: to read the arguments of a small call takes as long
// as its body does.

#include <type_traits>
#include <vector>

namespace simdgrad {

/** What an entry answers, apart from 0, 1, 2 … = position of the first bad label or index. */
constexpr double OK = -1;
constexpr double UNSUPPORTED = -2;    // a dtype or op without C++: the overlay calls the JS core instead
constexpr double OUT_OF_BOUNDS = -3;  // the addon throws a RangeError with the text of lastProblem()

/** Runs the rest of an entry, a lambda. It answers OK by answering nothing. */
template <class Rest>
inline double answerOf(const Rest& rest) {
  if constexpr (std::is_void_v<decltype(rest())>) {
    rest();
    return OK;
  } else {
    return rest();
  }
}

class PreparedCall {
 public:
  /** `rest` has copies of all that it needs. */
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
  std::vector<unsigned char> rest_;  // as `new` aligns it: for any number or pointer
};

}  // namespace simdgrad
