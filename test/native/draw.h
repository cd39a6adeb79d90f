#pragma once
// Random numbers, sizes and values from a seed. They are the same on every machine, unlike those of the
// distributions in std.

#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace simdgrad::test {

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  /** splitmix64 */
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  int64_t between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(next() % static_cast<uint64_t>(most - least + 1));
  }
  bool chance(int percent) { return between(0, 99) < percent; }
  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[between(0, static_cast<int64_t>(values.size()) - 1)];
  }

  /** A size up to `most`, mostly at or next to the boundary of a vector, a tile or a block. */
  int64_t size(int64_t most) {
    if (chance(40)) return between(0, most < 12 ? most : 12);
    if (chance(20)) return between(0, most);
    const int64_t edge = pick<int64_t>({1, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 144, 256, 480, 512}) + between(-1, 1);
    return edge <= most ? edge : between(0, most);
  }

  /** Uniform in -4 … 4. */
  float plain() { return static_cast<float>(static_cast<int32_t>(next() >> 32)) * 0x1p-29f; }

  /**
   * Any float: ordinary values, every exponent, and special values: zeros of both signs, infinities, NaN, the
   * smallest.
   */
  float odd() {
    if (chance(60)) return plain();
    if (chance(70)) return bits(static_cast<uint32_t>(next() >> 32));
    return pick({0.0f, -0.0f, 1.0f, -1.0f, __builtin_inff(), -__builtin_inff(), __builtin_nanf(""), 0x1p-149f, -0x1p-126f, 0x1.fffffep127f});
  }

 private:
  static float bits(uint32_t word) {
    float value;
    std::memcpy(&value, &word, 4);
    return value;
  }
  uint64_t state_;
};

}  // namespace simdgrad::test
