#include "table.h"

#include "entries.h"
#include "../kernels/elementwise_rows.h"
#include "../kernels/op_names.h"

namespace simdgrad {

namespace {

const Row rows[] = {
    {"fill", entries::fill},
    {"gemm", entries::gemm},
    {"gemmSgdStep", entries::gemmSgdStep},
    {"gemmAdamStep", entries::gemmAdamStep},
    {"copy", entries::copy},
    {"unary", entries::unary},
    {"unaryGrad", entries::unaryGrad},
    {"binary", entries::binary},
    {"compare", entries::compare},
    {"where", entries::where},
    {"reduce", entries::reduce},
    {"argReduce", entries::argReduce},
    {"softmax", entries::softmax},
    {"softmaxGrad", entries::softmaxGrad},
    {"crossEntropy", entries::crossEntropy},
    {"crossEntropyGrad", entries::crossEntropyGrad},
    {"indexSelect", entries::indexSelect},
    {"indexAdd", entries::indexAdd},
    {"gather", entries::gather},
    {"scatterAdd", entries::scatterAdd},
    {"takeRows", entries::takeRows},
    {"tally", entries::tally},
    {"increment", entries::increment},
    {"sgdStep", entries::sgdStep},
    {"adamStep", entries::adamStep},
    {"ruleStep", entries::ruleStep},
    {"random", entries::random},
    {"permutation", entries::permutation},
    {"unfold2d", entries::unfold2d},
    {"fold2d", entries::fold2d},
    {"conv2d", entries::conv2d},
    {"conv2dGradInput", entries::conv2dGradInput},
    {"conv2dGradWeight", entries::conv2dGradWeight},
    {"maxPool2d", entries::maxPool2d},
    {"maxPool2dGrad", entries::maxPool2dGrad},
    {"avgPool2d", entries::avgPool2d},
    {"avgPool2dGrad", entries::avgPool2dGrad},
};

// Families whose first argument is an op name. The code of an op is its place in the list, on both sides.
const OpList opLists[] = {
    {"unary", unaryNames, lengthOf(unaryNames)},
    {"unaryGrad", unaryNames, lengthOf(unaryNames)},
    {"binary", binaryNames, lengthOf(binaryNames)},
    {"compare", compareNames, lengthOf(compareNames)},
    {"reduce", reduceNames, lengthOf(reduceNames)},
    {"argReduce", argReduceNames, lengthOf(argReduceNames)},
    {"softmax", softmaxNames, lengthOf(softmaxNames)},
    {"softmaxGrad", softmaxNames, lengthOf(softmaxNames)},
    {"random", randomNames, lengthOf(randomNames)},
    {"ruleStep", ruleNames, lengthOf(ruleNames)},
};

template <class T, size_t n>
constexpr int count(const T (&)[n]) {
  return static_cast<int>(n);
}

}  // namespace

int kernelCount() { return count(rows); }
const Row& kernelAt(int index) { return rows[index]; }
int opListCount() { return count(opLists); }
const OpList& opListAt(int index) { return opLists[index]; }

}  // namespace simdgrad
