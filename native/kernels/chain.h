#pragma once
// A chain: elementwise calls over one number of elements, and reductions of as many, run together, block by
// block. What one call of a block writes is in L1 when the next call reads it, and what only the chain needs
// is never in memory.

#include "../strides/walk.h"

namespace simdgrad {

/** Where an operand lies. */
struct LinkPlace {
  char* memory = nullptr;
  int local = -1;  // a local of the chain, which exists only for the elements of a block; -1: `memory`
};

/** One call of a chain. Its operands are in the order of the kernel's row; a local is dense. */
struct Link {
  enum Kind { unary, unaryGrad, binary, compare, where, copy, widen, reduce };  // widen: uint8 to float

  Kind kind;
  int op;
  float p, q;
  Walk walk;  // of unaryGrad and reduce only the total
  LinkPlace operand[3];
  LinkPlace out;
  bool last;  // no later link reads what it writes
  int64_t length, inner;  // of reduce: it folds the middle axis of [outer, length, inner]
};

struct Chain {
  int64_t total;  // elements
  const Link* links;
  int count;
  int locals;
};

/** The most locals of a chain, and the most reductions. */
constexpr int maxLocals = 16, maxReductions = 8;

}  // namespace simdgrad
