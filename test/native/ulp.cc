// Measures the elementary functions of native/numerics against double-precision libm.
//
//   ulp [stride [function…]]      every stride-th of all 2^32 floats (default 1: about a minute per function)
//
// Prints one line per function: name, largest error in ULP, its argument, the stated bound, and a hash of the
// results (all NaN count as one value), which must be the same on every instruction set. Exits with 1 if a
// bound or an edge case is wrong.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../../native/numerics/gelu.h"
#include "../../native/numerics/math.h"
#include "../../native/numerics/math64.h"
#include "../../native/numerics/trig.h"
#include "../../native/numerics/ulp.h"

namespace isa = simdgrad::SIMDGRAD_ISA_NS;

namespace {

struct Function {
  const char* name;
  isa::Vec (*vector)(isa::Vec);
  double (*exact)(double);
};

double exactSigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
double exactSoftplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
// Below -38, e^-x²/2 underflows in double precision, long after gelu has underflowed in float.
double exactGelu(double x) { return x * 0.5 * std::erfc(-x * 0.70710678118654752440); }
double exactGeluTanh(double x) { return x * exactSigmoid(2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x)); }

#define SIMDGRAD_FUNCTION(name, exact) {#name, [](isa::Vec x) { return isa::name(x); }, exact}
const Function functions[] = {
    SIMDGRAD_FUNCTION(exp, std::exp),
    SIMDGRAD_FUNCTION(expm1, std::expm1),
    SIMDGRAD_FUNCTION(log, std::log),
    SIMDGRAD_FUNCTION(log1p, std::log1p),
    SIMDGRAD_FUNCTION(sin, std::sin),
    SIMDGRAD_FUNCTION(cos, std::cos),
    SIMDGRAD_FUNCTION(tanh, std::tanh),
    SIMDGRAD_FUNCTION(sigmoid, exactSigmoid),
    SIMDGRAD_FUNCTION(erf, std::erf),
    SIMDGRAD_FUNCTION(silu, [](double x) { return x * exactSigmoid(x); }),
    SIMDGRAD_FUNCTION(softplus, exactSoftplus),
    SIMDGRAD_FUNCTION(logSigmoid, [](double x) { return -exactSoftplus(-x); }),
    SIMDGRAD_FUNCTION(gelu, exactGelu),
    SIMDGRAD_FUNCTION(geluTanh, exactGeluTanh),
};

/**
 * Distance in units of the float spacing at the exact value. 1e9 if a result should be NaN or inf and is not.
 */
double ulps(float x, float got, double exact) {
  if (x == 0 && exact == 0) return got == 0 && std::signbit(got) == std::signbit(exact) ? 0 : 1e9;
  if (std::isnan(exact)) return std::isnan(got) ? 0 : 1e9;
  if (std::isinf(exact)) return got == exact ? 0 : 1e9;
  if (std::isnan(got)) return 1e9;
  int exponent;
  std::frexp(std::fmin(std::fabs(exact), 0x1.fffffep127), &exponent);
  const double spacing = std::ldexp(1.0, exponent - 24 < -149 ? -149 : exponent - 24);
  // An overflow one step early or late counts as one step instead of infinity.
  const double value = std::isinf(got) ? std::copysign(0x1p128, got) : got;
  return std::fabs(value - std::copysign(std::fmin(std::fabs(exact), 0x1p128), exact)) / spacing;
}

bool measure(const Function& f, uint64_t stride) {
  double worst = 0, bound = 0;
  float where = 0;
  uint64_t hash = 14695981039346656037u;
  for (const auto& row : simdgrad::ulpBounds)
    if (!std::strcmp(row.name, f.name)) bound = row.ulp;
  for (uint64_t base = 0; base < (uint64_t{1} << 32); base += stride * 16) {
    float x[16], y[16];
    for (int i = 0; i < 16; i++) {
      const uint32_t bits = static_cast<uint32_t>(base + stride * i);
      std::memcpy(&x[i], &bits, 4);
    }
    for (int i = 0; i < 16; i += isa::W) isa::store(y + i, f.vector(isa::load(x + i)));
    for (int i = 0; i < 16; i++) {
      uint32_t bits;
      std::memcpy(&bits, &y[i], 4);
      hash = (hash ^ (std::isnan(y[i]) ? 0x7fc00000u : bits)) * 1099511628211u;
      const double error = ulps(x[i], y[i], f.exact(x[i]));
      if (error > worst) worst = error, where = x[i];
    }
  }
  std::printf("%-12s max %.4f ulp at %a (%g)   bound %.2f   hash %016llx%s\n", f.name, worst, where, where, bound,
              static_cast<unsigned long long>(hash), worst <= bound ? "" : "   BROKEN");
  std::fflush(stdout);
  return worst <= bound;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t stride = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  bool good = true;
  for (const Function& f : functions) {
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; i++) wanted |= !std::strcmp(argv[i], f.name);
    if (wanted) good &= measure(f, stride);
  }
  return good ? 0 : 1;
}
