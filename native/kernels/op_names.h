#pragma once
// Written by `npm run generate` from src/kernels/schema.ts. A test fails when it is out of date.
// The op names of the families that are not elementwise: the code of an op is its place in its list.

#include "length_of.h"

namespace simdgrad {

constexpr const char* reduceNames[] = {"sum", "prod", "max", "min"};
constexpr const char* argReduceNames[] = {"argmax", "argmin"};
constexpr const char* softmaxNames[] = {"softmax", "logSoftmax"};
constexpr const char* ruleStepNames[] = {"adagrad", "rmsprop", "adadelta", "adamax", "nadam", "radam", "rprop"};
constexpr const char* randomNames[] = {"uniform", "normal", "dropout"};
constexpr const char* recurrentNames[] = {"lstm", "gru", "tanh", "relu"};

}  // namespace simdgrad
