#pragma once
// The elementwise operations of the native backend, one row each. The names are those of src/kernels/rows.ts.
// Adding an op means adding one row here. The expressions are C++ over Vec and are compiled once per
// instruction set (kernels/elementwise.cc). All other code reads only the names.
//
//   UNARY: name, f(x, p, q), what its gradient reads (none, x or y), the gradient g·f'(x), where y = f(x)
//   BINARY: name, f(a, b)
//   COMPARE: name, a Mask of (a, b)

#include "length_of.h"

#define SIMDGRAD_UNARY_ROWS(ROW)                                                                                        \
  ROW(neg, -x, none, -g)                                                                                                \
  ROW(abs, abs(x), x, g * signOf(x))                                                                                    \
  ROW(sign, signOf(x), none, g * zero())                                                                                \
  ROW(square, x * x, x, (g * x) * number(2))                                                                              \
  ROW(sqrt, sqrt(x), y, g * (number(0.5f) / y))                                                                         \
  ROW(rsqrt, number(1) / sqrt(x), y, g * (y * y * y * number(-0.5f)))                                                   \
  ROW(reciprocal, number(1) / x, y, g * -(y * y))                                                                       \
  ROW(exp, exp(x), y, g * y)                                                                                            \
  ROW(expm1, expm1(x), y, g * (y + number(1)))                                                                          \
  ROW(log, log(x), x, g / x)                                                                                            \
  ROW(log1p, log1p(x), x, g / (x + number(1)))                                                                          \
  ROW(sin, sin(x), x, g * cos(x))                                                                                       \
  ROW(cos, cos(x), x, g * -sin(x))                                                                                      \
  ROW(tanh, tanh(x), y, g * fnma(y, y, number(1)))                                                                      \
  ROW(sigmoid, sigmoid(x), y, g * (y * (number(1) - y)))                                                                \
  ROW(erf, erf(x), x, g * (exp(-(x * x)) * number(1.12837917f)))                                                        \
  ROW(relu, select(le(x, zero()), zero(), x), y, select(le(y, zero()), g * zero(), g))                                  \
  ROW(leakyRelu, select(gt(x, zero()), x, x * p), x, select(gt(x, zero()), g, g * p))                                   \
  ROW(elu, select(gt(x, zero()), x, p * expm1(x)), x, select(le(x, zero()), g * (p * exp(x)), g))                       \
  ROW(gelu, gelu(x), x, g * geluDerivative(x))                                                                          \
  ROW(geluTanh, geluTanh(x), x, g * geluTanhDerivative(x))                                                              \
  ROW(silu, silu(x), x, g * siluDerivative(x))                                                                          \
  ROW(softplus, select(gt(x * p, q), x, softplus(x * p) / p), x, select(gt(x * p, q), g, g * sigmoid(x * p)))           \
  ROW(logSigmoid, logSigmoid(x), x, g * sigmoid(-x))                                                                    \
  ROW(floor, floor(x), none, g * zero())                                                                                \
  ROW(ceil, ceil(x), none, g * zero())                                                                                  \
  ROW(round, round(x), none, g * zero())                                                                                \
  ROW(trunc, trunc(x), none, g * zero())                                                                                \
  ROW(clamp, minimum(maximum(x, p), q), x, g * select(ge(x, p) & le(x, q), number(1), zero()))

#define SIMDGRAD_BINARY_ROWS(ROW) \
  ROW(add, a + b)                 \
  ROW(sub, a - b)                 \
  ROW(mul, a * b)                 \
  ROW(div, a / b)                 \
  ROW(pow, pow(a, b))             \
  ROW(maximum, maximum(a, b))     \
  ROW(minimum, minimum(a, b))

#define SIMDGRAD_COMPARE_ROWS(ROW) \
  ROW(eq, eq(a, b))                \
  ROW(ne, ne(a, b))                \
  ROW(lt, lt(a, b))                \
  ROW(le, le(a, b))                \
  ROW(gt, gt(a, b))                \
  ROW(ge, ge(a, b))

namespace simdgrad {

#define SIMDGRAD_ROW_NAME(name, ...) #name,
constexpr const char* unaryNames[] = {SIMDGRAD_UNARY_ROWS(SIMDGRAD_ROW_NAME)};
constexpr const char* binaryNames[] = {SIMDGRAD_BINARY_ROWS(SIMDGRAD_ROW_NAME)};
constexpr const char* compareNames[] = {SIMDGRAD_COMPARE_ROWS(SIMDGRAD_ROW_NAME)};
#undef SIMDGRAD_ROW_NAME

/** Which operand a gradient reads, by op code. */
enum class Reads { none, x, y };
#define SIMDGRAD_ROW_READS(name, value, reads, gradient) Reads::reads,
constexpr Reads unaryReads[] = {SIMDGRAD_UNARY_ROWS(SIMDGRAD_ROW_READS)};
#undef SIMDGRAD_ROW_READS

}  // namespace simdgrad
