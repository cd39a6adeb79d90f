#include "../isa/dispatch.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

/** The words of a random stream, one after the other. */
struct Words {
  uint32_t key0, key1;
  uint64_t counter;
  uint32_t block[4];
  int left;

  uint32_t next() {
    if (left == 0) {
      uint32_t c0 = static_cast<uint32_t>(counter), c1 = static_cast<uint32_t>(counter >> 32), c2 = 0, c3 = 0;
      uint32_t k0 = key0, k1 = key1;
      for (int round = 0; round < 10; round++) {
        const uint64_t a = uint64_t{0xd2511f53u} * c0, b = uint64_t{0xcd9e8d57u} * c2;
        c0 = static_cast<uint32_t>(b >> 32) ^ c1 ^ k0;
        c1 = static_cast<uint32_t>(b);
        c2 = static_cast<uint32_t>(a >> 32) ^ c3 ^ k1;
        c3 = static_cast<uint32_t>(a);
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
      }
      block[0] = c0, block[1] = c1, block[2] = c2, block[3] = c3;
      counter++;
      left = 4;
    }
    return block[4 - left--];
  }
};

void setCounter(int32_t* state, uint64_t counter) {
  state[2] = static_cast<int32_t>(static_cast<uint32_t>(counter));
  state[3] = static_cast<int32_t>(static_cast<uint32_t>(counter >> 32));
}

uint64_t counterOf(const int32_t* state) {
  return (uint64_t{static_cast<uint32_t>(state[3])} << 32) | static_cast<uint32_t>(state[2]);
}

}  // namespace

/** Fisher-Yates from the end, with unbiased numbers below i + 1 (Lemire), as in src/kernels/js/random.ts. */
double permutation(PermutationArgs& a) {
  int32_t* s = a.state.as<int32_t>();
  int32_t* order = a.out.as<int32_t>();
  a.support(a.n <= INT32_MAX);
  return a.run([=, n = a.n] {
    Words words = {static_cast<uint32_t>(s[0]), static_cast<uint32_t>(s[1]), counterOf(s), {}, 0};
    for (int64_t i = 0; i < n; i++) order[i] = static_cast<int32_t>(i);
    for (int64_t i = n - 1; i > 0; i--) {
      const uint32_t bound = static_cast<uint32_t>(i) + 1;
      uint64_t product;
      // Rejects words in the biased remainder, 2^32 mod bound, and draws again.
      do product = uint64_t{words.next()} * bound;
      while (static_cast<uint32_t>(product) < bound && static_cast<uint32_t>(product) < (0u - bound) % bound);
      const int64_t j = static_cast<int64_t>(product >> 32);
      const int32_t swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    setCounter(s, words.counter);
  });
}

double random(RandomArgs& a) {
  Random job;
  job.kind = static_cast<RandomKind>(a.kind);
  job.p = a.p;
  job.q = a.q;
  job.n = a.n;
  int32_t* s = a.state.as<int32_t>();
  job.out = a.out.as<float>();
  return a.run([=] {
    Random now = job;
    now.key0 = static_cast<uint32_t>(s[0]);
    now.key1 = static_cast<uint32_t>(s[1]);
    const uint64_t counter = counterOf(s);
    now.counterLow = static_cast<uint32_t>(counter);
    now.counterHigh = static_cast<uint32_t>(counter >> 32);
    if (job.n > 0) isa().random(now);
    setCounter(s, counter + static_cast<uint64_t>((job.n + 3) / 4));
  });
}

}  // namespace simdgrad::entries
