#pragma once
// One call of a kernel, generated from a seed: its operands, and a function that makes the call with the
// operands at their current addresses.

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../../../native/kernels/isa.h"
#include "../draw.h"

namespace simdgrad::test {

struct Operand {
  std::vector<unsigned char> given;  // contents before the call
  bool written;
  bool floats;
  unsigned char* memory = nullptr;  // address during the call

  template <class T>
  T* as(int64_t offset = 0) const {
    // A stride may lead back from a pointer before the memory, but C++ does not allow such a pointer. So this
    // computes with integers.
    return reinterpret_cast<T*>(reinterpret_cast<uintptr_t>(memory) + static_cast<uintptr_t>(offset) * sizeof(T));
  }
};

class Case {
 public:
  Case(uint64_t seed, int number, bool large) : draw(seed), number(number), large(large) {}

  Draw draw;
  const int number;  // index among the cases of its family
  const bool large;  // has enough work for several threads
  std::string text;  // description for a failure
  std::function<void(const Isa&)> call;
  std::vector<std::unique_ptr<Operand>> operands;

  template <class T>
  Operand& input(const std::vector<T>& values) {
    return add(values, false);
  }
  /** An operand that the call reads and writes. */
  template <class T>
  Operand& changed(const std::vector<T>& values) {
    return add(values, true);
  }
  template <class T>
  Operand& output(int64_t count) {
    Operand& operand = add(std::vector<T>(static_cast<size_t>(count)), true);
    for (unsigned char& byte : operand.given) byte = 0xa5;
    return operand;
  }

  std::vector<float> plain(int64_t n) {
    return make<float>(n, [&] { return draw.plain(); });
  }
  /** Ordinary numbers, or any floats: decided once per operand. */
  std::vector<float> values(int64_t n) {
    return draw.chance(50) ? plain(n) : make<float>(n, [&] { return draw.odd(); });
  }
  std::vector<uint8_t> bytes(int64_t n) {
    return make<uint8_t>(n, [&] { return static_cast<uint8_t>(draw.next()); });
  }
  std::vector<int32_t> indices(int64_t n, int64_t length) {
    return make<int32_t>(n, [&] { return static_cast<int32_t>(draw.between(0, length - 1)); });
  }
  template <class T, class F>
  std::vector<T> make(int64_t n, F value) {
    std::vector<T> all(static_cast<size_t>(n));
    for (T& one : all) one = value();
    return all;
  }

  void describe(const char* format, ...) __attribute__((format(printf, 2, 3)));

 private:
  template <class T>
  Operand& add(const std::vector<T>& values, bool written) {
    operands.push_back(std::make_unique<Operand>());
    Operand& operand = *operands.back();
    operand.given.resize(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(operand.given.data(), values.data(), operand.given.size());
    operand.written = written;
    operand.floats = std::is_same_v<T, float>;
    return operand;
  }
};

/** A kernel of the table and the function that generates its cases. */
struct Family {
  const char* name;
  size_t member;  // offsetof in Isa
  int cases;
  void (*make)(Case&);
};

}  // namespace simdgrad::test
