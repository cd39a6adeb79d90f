#pragma once
// The op names of the families that are not elementwise (those are in elementwise_rows.h). The code of an op is its place in its
// list, in JavaScript and in C++.

namespace simdgrad {

template <class T, int n>
constexpr int lengthOf(const T (&)[n]) {
  return n;
}

constexpr const char* reduceNames[] = {"sum", "prod", "max", "min"};
constexpr const char* argReduceNames[] = {"argmax", "argmin"};
constexpr const char* softmaxNames[] = {"softmax", "logSoftmax"};
constexpr const char* randomNames[] = {"uniform", "normal", "dropout"};

// The rules of optimizers (kernels/rules.cc), how many buffers of state each has, and how many numbers among its options.
constexpr const char* ruleNames[] = {"adagrad", "rmsprop", "adadelta", "adamax", "nadam", "radam", "rprop"};
constexpr int ruleStates[] = {1, 3, 2, 2, 2, 2, 2};
constexpr int ruleOptions[] = {6, 7, 5, 6, 9, 7, 6};

}  // namespace simdgrad
