#pragma once
// A communicator and the requests on it, one after the other. Only the communication thread uses this, except
// for exchanges that need no MPI: world.cc has a lock for them.

#include <cstddef>

#include "library.h"
#include "shared_exchange.h"
#include "world.h"

namespace simdgrad::mpi {

class Lane {
 public:
  void open(const Mpi* mpi, MpiHandle communicator, int rank, int size);
  /** Exchanges go through this memory. */
  void share(const SharedMemory* memory) { shared_.open(memory, rank_); }
  void add(Request* request);
  bool busy() const { return first_ != nullptr; }
  bool failed() const { return dead_ != done; }
  /** Nanoseconds at which the operation under way was begun. */
  int64_t begun() const { return begun_; }
  /** Tests what is under way and begins what comes next. Returns false when nothing has changed. */
  bool advance();
  /** As advance, if what comes first is an exchange that needs no MPI: any thread may call this. */
  bool advanceShared();
  /** Answers all requests with this outcome. MPI may still hold their memory, so no more can follow. */
  void fail(int outcome);

 private:
  void begin();
  /** Begins the next operation of the request. Returns 0, `over`, `noMemory`, or MPI's error. */
  int beginNext();
  int beginGather();
  int beginExchange();
  void finish(int outcome);
  bool reserve(int64_t bytes);

  const Mpi* mpi_ = nullptr;
  MpiHandle communicator_ = 0, operation_ = 0;
  int rank_ = 0, size_ = 0;
  Request* first_ = nullptr;
  Request** last_ = &first_;
  int64_t begun_ = 0;
  bool underWay_ = false;
  int dead_ = done;  // the outcome of all further requests, after a failure
  // The operations of a request: bytes or elements from `from_` on, in pieces that MPI's int counts can hold;
  // for each piece of an exchange a round for each node, then the results.
  int64_t from_ = 0;
  int round_ = 0;
  int* counts_ = nullptr;  // 4 lists of an int for each rank
  char* memory_ = nullptr;
  size_t reserved_ = 0;
  SharedExchange shared_;
};

/** Notes why requests are about to have this outcome, for reasonOf(). Only the first reason is kept. */
void noteReason(Outcome outcome, const char* format, ...) __attribute__((format(printf, 2, 3)));

}  // namespace simdgrad::mpi
