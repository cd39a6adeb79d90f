#pragma once
// Exchanges through memory that the processes of all ranks map, where all ranks are on one host. MPI copies a
// message of shared memory at least once more, and progresses only when it is called.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "world.h"

namespace simdgrad::mpi {

/** Memory with a room of each rank. */
class SharedMemory {
 public:
  /** On rank 0: makes it. Returns a number by which the others find it; 0 if there is none. */
  uint64_t make(int ranks);
  /** On every other rank. Returns false if the memory is not on this host. */
  bool find(uint64_t number, int ranks);
  /** On rank 0, when all have looked for it: nobody else can find it from now on. */
  void hide();
  /** Does without it: another rank has not found it. */
  void leave();
  bool there() const { return base_ != nullptr; }

  /** What a rank shows to the others. */
  struct Room;
  Room& room(int rank) const;
  int ranks() const { return ranks_; }

 private:
  char* base_ = nullptr;
  int ranks_ = 0;
  uint64_t number_ = 0;
};

/**
 * One exchange after another. Ranks own the same parts as in an exchange through MPI, and a step goes through
 * a stretch of every part: every rank shows the others its nodes; each folds its own stretch and shows the
 * result; each takes the results.
 */
class SharedExchange {
 public:
  void open(const SharedMemory* memory, int rank);
  /** Whether there is memory, and room in it for every node; all ranks have the same answer. */
  bool canMake(const Exchange& exchange) const;
  void begin() {
    from_ = within_ = 0;
    stage_ = Stage::show;
  }
  enum class State { waits, moved, over, differs, noMemory };
  /** Goes on as far as the other ranks allow. */
  State advance(const Exchange& exchange);

 private:
  enum class Stage { show, fold, take };
  bool allHave(std::atomic<uint64_t> SharedMemory::Room::*flag, uint64_t count) const;
  void show(const Exchange& exchange);
  template <class T>
  bool fold(const Exchange& exchange);
  void take(const Exchange& exchange);
  void goOn(const Exchange& exchange);
  /** Elements of a node. */
  struct Stretch {
    int64_t begin, count;
  };
  /** What the step goes through of the part of a rank. */
  Stretch stretchOf(const Exchange& exchange, int rank) const;

  const SharedMemory* memory_ = nullptr;
  int rank_ = 0;
  uint64_t steps_ = 0;  // that are done, of all exchanges
  int64_t from_ = 0;    // where the piece begins, and the stretch in each of its parts
  int64_t within_ = 0;
  Stage stage_ = Stage::show;
};

}  // namespace simdgrad::mpi
