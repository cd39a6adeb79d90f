#include "shared_exchange.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "../system/system.h"
#include "fold.h"

namespace simdgrad::mpi {

namespace {

/**
 * Bytes of the nodes that a rank shows at a time. With 64 to 256 KB, which fit into a cache of the second
 * level (1 MB), exchanges of 1 MB took 10 to 30% longer, and a step of a large network up to 8%. Docker gives
 * 64 MB of shared memory: 40 ranks.
 */
constexpr int64_t nodeBytes = 1 << 20;
/** Of its result: there are at least two ranks. */
constexpr int64_t resultBytes = nodeBytes / 2;

int64_t bytesOf(Element element) { return element == Element::f32 ? 4 : 8; }

/** The most bytes of a stretch of a part: the room holds one of every part of every node. */
int64_t stretchBytes(const Exchange& exchange) {
  const Schedule& schedule = exchange.schedule;
  int64_t most = 1;
  for (int rank = 0; rank < schedule.ranks(); rank++)
    if (schedule.nodesOf(rank) > most) most = schedule.nodesOf(rank);
  return nodeBytes / (most * schedule.ranks()) / 64 * 64;
}

/** A number for what ranks must agree on (FNV-1a). */
uint64_t callOf(const Exchange& exchange) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](uint64_t value) { hash = (hash ^ value) * 0x100000001b3; };
  add(static_cast<uint64_t>(exchange.length));
  add(static_cast<uint64_t>(exchange.element));
  add(static_cast<uint64_t>(exchange.rule));
  add(exchange.phases);
  const Schedule& schedule = exchange.schedule;
  for (int i = 0; i < 2 + schedule.ranks() + 2 * schedule.folds(); i++) add(static_cast<uint64_t>(schedule.list[i]));
  return hash;
}

}  // namespace

struct SharedMemory::Room {
  /** The number of the memory, in the first room. */
  uint64_t number;
  /** Steps whose nodes are there to see, and whose result. Each rank writes its own. */
  alignas(64) std::atomic<uint64_t> shown;
  uint64_t call;
  alignas(64) std::atomic<uint64_t> folded;
  alignas(64) char nodes[nodeBytes];
  char result[resultBytes];
};

SharedMemory::Room& SharedMemory::room(int rank) const { return reinterpret_cast<Room*>(base_)[rank]; }

uint64_t SharedMemory::make(int ranks) {
  ranks_ = ranks;
  number_ = static_cast<uint64_t>(nanosecondsNow()) | 1;
  base_ = static_cast<char*>(makeSharedMemory(number_, sizeof(Room) * static_cast<size_t>(ranks)));
  if (!base_) return 0;
  room(0).number = number_;
  return number_;
}

bool SharedMemory::find(uint64_t number, int ranks) {
  if (number == 0) return false;
  ranks_ = ranks;
  base_ = static_cast<char*>(findSharedMemory(number, sizeof(Room) * static_cast<size_t>(ranks)));
  if (base_ && room(0).number != number) base_ = nullptr;
  return base_ != nullptr;
}

void SharedMemory::hide() { hideSharedMemory(number_); }
void SharedMemory::leave() { base_ = nullptr; }

void SharedExchange::open(const SharedMemory* memory, int rank) {
  memory_ = memory;
  rank_ = rank;
}

bool SharedExchange::canMake(const Exchange& exchange) const { return memory_ && stretchBytes(exchange) > 0; }

bool SharedExchange::allHave(std::atomic<uint64_t> SharedMemory::Room::*flag, uint64_t count) const {
  for (int rank = 0; rank < memory_->ranks(); rank++)
    if ((memory_->room(rank).*flag).load(std::memory_order_acquire) < count) return false;
  return true;
}

SharedExchange::Stretch SharedExchange::stretchOf(const Exchange& exchange, int rank) const {
  const int ranks = memory_->ranks();
  const int64_t left = exchange.length - from_, most = pieceOf(exchange.schedule.nodes(), bytesOf(exchange.element), ranks);
  const int64_t piece = left < most ? left : most, begin = partOf(piece, rank, ranks) + within_;
  const int64_t rest = partOf(piece, rank + 1, ranks) - begin, longest = stretchBytes(exchange) / bytesOf(exchange.element);
  return {from_ + begin, rest < 0 ? 0 : rest < longest ? rest : longest};
}

// The room of this rank may be written again when all have folded the step before; its result, once all show
// their nodes of the next step: then they have taken it.
SharedExchange::State SharedExchange::advance(const Exchange& exchange) {
  if (from_ >= exchange.length) return State::over;
  using Room = SharedMemory::Room;
  Room& own = memory_->room(rank_);
  const uint64_t next = steps_ + 1;
  switch (stage_) {
    case Stage::show:
      if (!allHave(&Room::folded, steps_)) return State::waits;
      own.call = callOf(exchange);
      if (exchange.phases & reduce) show(exchange);
      own.shown.store(next, std::memory_order_release);
      stage_ = Stage::fold;
      break;
    case Stage::fold: {
      if (!allHave(&Room::shown, next)) return State::waits;
      for (int rank = 0; rank < memory_->ranks(); rank++)
        if (memory_->room(rank).call != own.call) return State::differs;
      if (!(exchange.element == Element::f32 ? fold<float>(exchange) : fold<double>(exchange))) return State::noMemory;
      own.folded.store(next, std::memory_order_release);
      stage_ = Stage::take;
      break;
    }
    case Stage::take:
      if ((exchange.phases & gather) && !allHave(&Room::folded, next)) return State::waits;
      take(exchange);
      steps_ = next;
      within_ += stretchBytes(exchange) / bytesOf(exchange.element);
      goOn(exchange);
      stage_ = Stage::show;
      break;
  }
  return State::moved;
}

/** To the next piece, when all parts of this one are done. */
void SharedExchange::goOn(const Exchange& exchange) {
  for (int rank = 0; rank < memory_->ranks(); rank++)
    if (stretchOf(exchange, rank).count > 0) return;
  within_ = 0;
  from_ += pieceOf(exchange.schedule.nodes(), bytesOf(exchange.element), memory_->ranks());
}

// The parts that others own.
void SharedExchange::show(const Exchange& exchange) {
  const int64_t bytes = bytesOf(exchange.element), space = stretchBytes(exchange);
  char* to = memory_->room(rank_).nodes;
  for (int node = 0; node < exchange.schedule.nodesOf(rank_); node++)
    for (int rank = 0; rank < memory_->ranks(); rank++, to += space) {
      const Stretch stretch = stretchOf(exchange, rank);
      const char* const from = static_cast<const char*>(exchange.nodes) + (node * exchange.length + stretch.begin) * bytes;
      if (rank != rank_) memcpy(to, from, static_cast<size_t>(stretch.count * bytes));
    }
}

template <class T>
bool SharedExchange::fold(const Exchange& exchange) {
  const Schedule& schedule = exchange.schedule;
  const auto [begin, mine] = stretchOf(exchange, rank_);
  T* const own = static_cast<T*>(exchange.nodes) + begin;
  const int64_t space = stretchBytes(exchange) / static_cast<int64_t>(sizeof(T));
  T* const result = reinterpret_cast<T*>(memory_->room(rank_).result);
  if (!(exchange.phases & reduce)) {
    memcpy(result, own, static_cast<size_t>(mine) * sizeof(T));
    return true;
  }
  // Where the part of each node is to be read, and memory for sums that are not the result.
  const int all = schedule.nodes();
  const T** const nodes = static_cast<const T**>(malloc(static_cast<size_t>(all) * sizeof(T*)));
  T* sums = nullptr;
  if (!nodes) return false;
  for (int rank = 0, node = 0; rank < memory_->ranks(); rank++)
    for (int i = 0; i < schedule.nodesOf(rank); i++)
      nodes[node++] = rank == rank_ ? own + i * exchange.length
                                    : reinterpret_cast<const T*>(memory_->room(rank).nodes) + (i * memory_->ranks() + rank_) * space;
  bool enough = true;
  for (int i = 0; i < schedule.folds() && enough; i++) {
    const int a = schedule.fold(i)[0], b = schedule.fold(i)[1];
    if (a != 0 && !sums) sums = static_cast<T*>(malloc(static_cast<size_t>(all * mine) * sizeof(T) + 1));
    enough = a == 0 || sums;
    if (!enough) break;
    T* const out = a == 0 ? result : sums + a * mine;
    foldInto(out, nodes[a], nodes[b], mine, exchange.rule);
    nodes[a] = out;
  }
  if (enough && nodes[0] != result) memcpy(result, nodes[0], static_cast<size_t>(mine) * sizeof(T));
  free(sums);
  free(nodes);
  return enough;
}

void SharedExchange::take(const Exchange& exchange) {
  const int64_t bytes = bytesOf(exchange.element);
  for (int rank = 0; rank < memory_->ranks(); rank++) {
    if (rank != rank_ && !(exchange.phases & gather)) continue;
    const Stretch stretch = stretchOf(exchange, rank);
    memcpy(static_cast<char*>(exchange.nodes) + stretch.begin * bytes, memory_->room(rank).result, static_cast<size_t>(stretch.count * bytes));
  }
}

}  // namespace simdgrad::mpi
