#include "table.h"

#include "../kernels/elementwise_rows.h"
#include "../kernels/op_names.h"
#include "arguments.h"

namespace simdgrad {

namespace {

#define ROW(name, Args) {#name, enter<Args, entries::name>},
const Row rows[] = {SIMDGRAD_KERNELS(ROW)};
#undef ROW

// The code of an op is its index in the list, in C++ and in JavaScript.
#define ROW(kernel, names) {#kernel, names, lengthOf(names)},
const OpList opLists[] = {SIMDGRAD_OP_LISTS(ROW)};
#undef ROW

}  // namespace

int kernelCount() { return lengthOf(rows); }
const Row& kernelAt(int index) { return rows[index]; }
int opListCount() { return lengthOf(opLists); }
const OpList& opListAt(int index) { return opLists[index]; }

}  // namespace simdgrad
