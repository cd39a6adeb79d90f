#include "table.h"

#include "entries/entries.h"

namespace simdgrad {

namespace {

const Row rows[] = {
    {"fill", entries::fill},
    {"gemm", entries::gemm},
};

// Families whose first argument is an op name. The code of an op is its place in the list, on both sides.
const OpList opLists[] = {
    {"", nullptr, 0},
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
