#pragma once
// The entry of every kernel: reads and checks the arguments of a Call in the order of the table, then runs the body of the
// instruction set in use. To add a family: a file here, a line here, its row in table.cc, its members in isa.h, its bodies in
// kernels/, its add… line in kernels/isa.cc, and both files in sources.json.

#include "call.h"

namespace simdgrad::entries {

// memory.cc
double fill(const Call& call);

// gemm.cc
double gemm(const Call& call);
double gemmSgdStep(const Call& call);
double gemmAdamStep(const Call& call);

// copy.cc
double copy(const Call& call);

// elementwise.cc
double unary(const Call& call);
double unaryGrad(const Call& call);
double binary(const Call& call);
double compare(const Call& call);
double where(const Call& call);

// reduce.cc
double reduce(const Call& call);
double argReduce(const Call& call);
double softmax(const Call& call);
double softmaxGrad(const Call& call);

// loss.cc
double crossEntropy(const Call& call);
double crossEntropyGrad(const Call& call);

// index.cc
double indexSelect(const Call& call);
double indexAdd(const Call& call);
double gather(const Call& call);
double scatterAdd(const Call& call);
double takeRows(const Call& call);

// conv.cc
double unfold2d(const Call& call);
double fold2d(const Call& call);
double conv2d(const Call& call);
double conv2dGradInput(const Call& call);
double conv2dGradWeight(const Call& call);

// pooling.cc
double maxPool2d(const Call& call);
double maxPool2dGrad(const Call& call);
double avgPool2d(const Call& call);
double avgPool2dGrad(const Call& call);

// tally.cc
double tally(const Call& call);

// optim.cc
double increment(const Call& call);
double sgdStep(const Call& call);
double adamStep(const Call& call);
double ruleStep(const Call& call);

// random.cc
double random(const Call& call);
double permutation(const Call& call);

}  // namespace simdgrad::entries
