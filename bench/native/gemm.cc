// One library on one matrix product. Operands are warm and the same for every library, and the product is
// checked.
#include "gemm.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>

namespace bench {
namespace {

struct Free {
  void operator()(float* p) const { free(p); }
};

/** Grows with the largest operand. A linear congruential generator fills it with numbers in [-1, 1). */
class Operand {
 public:
  explicit Operand(uint32_t seed) : seed_(seed) {}
  float* atLeast(int64_t floats) {
    if (floats <= size_) return memory_.get();
    size_ = std::max<int64_t>(floats, 1 << 20);
    memory_.reset(static_cast<float*>(aligned_alloc(4096, (static_cast<size_t>(size_) * sizeof(float) + 4095) / 4096 * 4096)));
    if (!memory_) refuse("out of memory");
    uint32_t state = seed_;
    for (int64_t i = 0; i < size_; i++) {
      state = state * 1664525u + 1013904223u;
      memory_.get()[i] = static_cast<float>(state >> 8) * 0x1p-23f - 1;
    }
    return memory_.get();
  }

 private:
  uint32_t seed_;
  int64_t size_ = 0;
  std::unique_ptr<float, Free> memory_;
};

/** y = op(M)·t and the same with absolute values, for M stored in rows of `rowLength`. */
struct Dots {
  std::vector<double> value, size;
};

Dots times(const float* matrix, int64_t rows, int64_t columns, bool transposed, const Dots& t) {
  Dots y = {std::vector<double>(static_cast<size_t>(rows)), std::vector<double>(static_cast<size_t>(rows))};
  const int64_t stored = transposed ? columns : rows, length = transposed ? rows : columns;
  for (int64_t r = 0; r < stored; r++)
    for (int64_t c = 0; c < length; c++) {
      const size_t to = static_cast<size_t>(transposed ? c : r), from = static_cast<size_t>(transposed ? r : c);
      const double x = static_cast<double>(matrix[r * length + c]);
      y.value[to] += x * t.value[from];
      y.size[to] += std::fabs(x) * t.size[from];
    }
  return y;
}

/**
 * BLIS's test: C·t = A·(B·t) in double precision for a random t, which costs only as much as reading the
 * matrices. The error of an element of C is at most k·2^-24·|A||B|. Returns the largest |C·t - A·(B·t)| in
 * units of this bound, so the product is right if the result is <= 1.
 */
double error(const Product& p) {
  Dots t = {std::vector<double>(static_cast<size_t>(p.n)), std::vector<double>(static_cast<size_t>(p.n))};
  for (size_t j = 0; j < t.value.size(); j++) {
    t.value[j] = static_cast<double>(j * 7919 % 1000) / 500 - 1;
    t.size[j] = std::fabs(t.value[j]);
  }
  const Dots wanted = times(p.a, p.m, p.k, p.transA, times(p.b, p.k, p.n, p.transB, t));
  const Dots found = times(p.c, p.m, p.n, false, t);
  double worst = 0;
  for (size_t i = 0; i < wanted.value.size(); i++) {
    const double bound = static_cast<double>(p.k + 1) * 0x1p-24 * wanted.size[i];
    const double off = std::fabs(found.value[i] - wanted.value[i]) / (bound > 0 ? bound : 1e-30);
    if (!(off <= worst)) worst = off;  // also true for NaN
  }
  return worst;
}

}  // namespace

void runGemm(const Request& request, const Library& library) {
  static Operand a(1), b(2), c(3);
  Product p = {request.integer("m"), request.integer("n"), request.integer("k"), request.flag("transA"), request.flag("transB"),
               nullptr, nullptr, nullptr};
  p.a = a.atLeast(p.m * p.k), p.b = b.atLeast(p.k * p.n), p.c = c.atLeast(p.m * p.n);
  std::fill(p.c, p.c + p.m * p.n, std::numeric_limits<float>::quiet_NaN());
  library.setThreads(request.integer("threads"));
  const Times times = repeat(request.number("milliseconds"), [&] { library.multiply(p); });
  const double off = error(p);
  if (request.flag("quiet")) quiesce();
  answer(times, off);
}

}  // namespace bench
