#pragma once
// Consecutive calls of a program that run as one chain (kernels/chain.h), block by block.

#include <vector>

#include "../entries/table.h"
#include "../kernels/chain.h"
#include "refusal.h"

namespace simdgrad {

/** A recorded call. */
struct Step {
  const Row* kernel;
  Call call;
  PreparedCall prepared;  // of a chain: its first call runs all of it, the others do nothing
  int chain = -1;         // index among the chains of the program
};

/** `calls` of its methods are those of the whole program. */
class ChainOfCalls {
 public:
  ChainOfCalls(size_t first, size_t count) : first_(first), links_(count) {}

  size_t first() const { return first_; }
  size_t end() const { return first_ + links_.size(); }
  size_t bytes() const { return sizeof *this + links_.capacity() * sizeof(Link) + uses_.capacity() * sizeof(LocalUse); }

  /** Array argument `argument` of `step`, call number `call` of the program, is a local. */
  void addLocal(const Step& step, size_t call, int argument, int local);
  /** Checks that all calls have one number of elements and that locals are dense and have as many. */
  bool probe(const Step* calls, Refusal& refusal);
  /** Reads the calls as links. The result is OK or that of the first call that cannot be one. */
  double read(const Step* calls) { return read(calls, false); }
  /** Runs the links that were read. */
  void run() const;

 private:
  struct LocalUse {  // an operand of a link that is a local
    size_t link;
    int argument;  // the array argument of the call
    bool out;      // the output of the link; otherwise operand `argument`
    int local;
  };

  double read(const Step* calls, bool probe);

  size_t first_;
  int locals_ = 0;
  std::vector<LocalUse> uses_;
  std::vector<Link> links_;
};

}  // namespace simdgrad
