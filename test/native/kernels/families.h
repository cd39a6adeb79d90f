#pragma once
// The families of cases, one file for each file in native/kernels.

#include <vector>

#include "case.h"

namespace simdgrad::test {

using Families = std::vector<Family>;

void addGemm(Families& families);
void addElementwise(Families& families);
void addCopy(Families& families);
void addReduce(Families& families);
void addSoftmax(Families& families);
void addLoss(Families& families);
void addIndex(Families& families);
void addOptim(Families& families);
void addRandom(Families& families);
void addConv(Families& families);
void addPooling(Families& families);
void addRecurrent(Families& families);
void addAttention(Families& families);
void addNormalize(Families& families);
void addChain(Families& families);

}  // namespace simdgrad::test

/**
 * A row of a family's list: SIMDGRAD_FAMILY(unary, 200, unaryCase). `member` is the member of Isa with that
 * name.
 */
#define SIMDGRAD_FAMILY(member, cases, make) \
  { #member, offsetof(Isa, member), cases, make }
