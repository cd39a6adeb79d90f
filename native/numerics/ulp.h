#pragma once
// The largest error of each transcendental row, in ULP, with its default parameters. The numbers are
// promises. test/native/ulp.cc measures them over all 2^32 floats (pow has two arguments: 30 million random
// pairs were measured). The tests check samples, and the documentation quotes them.

namespace simdgrad {

struct UlpBound {
  const char* name;
  double ulp;
};

constexpr UlpBound ulpBounds[] = {
    {"exp", 1.1},  {"expm1", 1.7},   {"log", 1.1}, {"log1p", 1.2}, {"sin", 1.0},      {"cos", 1.0},        {"tanh", 1.1},
    {"sigmoid", 1.5}, {"erf", 1.2}, {"silu", 1.3}, {"softplus", 2.0}, {"logSigmoid", 2.0}, {"gelu", 1.4}, {"geluTanh", 1.4}, {"pow", 0.6},
};

}  // namespace simdgrad
