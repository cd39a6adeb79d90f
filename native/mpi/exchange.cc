// Trees of nodes, folded in a fixed order, so that the number of ranks does not show in the bits.

#include "fold.h"
#include "world.h"

namespace simdgrad::mpi {

namespace {

template <class T>
void foldAll(const Exchange& exchange) {
  T* const nodes = static_cast<T*>(exchange.nodes);
  for (int i = 0; i < exchange.schedule.folds(); i++) {
    const int32_t* const pair = exchange.schedule.fold(i);
    T* const sum = nodes + pair[0] * exchange.length;
    foldInto(sum, sum, nodes + pair[1] * exchange.length, exchange.length, exchange.rule);
  }
}

}  // namespace

int Schedule::nodes() const {
  int sum = 0;
  for (int rank = 0; rank < ranks(); rank++) sum += nodesOf(rank);
  return sum;
}

bool isSchedule(const int32_t* list, int64_t length, int64_t nodes) {
  const int ranks = length > 0 ? list[0] : 0;
  if ((ranks != 1 && ranks != size()) || length < 2 + int64_t{ranks}) return false;
  int64_t all = 0;
  for (int rank = 0; rank < ranks; rank++) {
    if (list[1 + rank] < 0) return false;
    all += list[1 + rank];
  }
  const int64_t folds = list[1 + ranks], mine = list[1 + (ranks == 1 ? 0 : rank())];
  if (nodes < 1 || nodes < mine || folds < 0 || length != 2 + ranks + 2 * folds) return false;
  for (int64_t i = 2 + ranks; i < length; i++)
    if (list[i] < 0 || list[i] >= all) return false;
  return true;
}

int64_t pieceOf(int64_t nodes, int64_t elementBytes, int size) {
  const int64_t widest = nodes > size ? nodes : size;
  const int64_t most = mostBytes / elementBytes / widest * size;
  return most < size ? size : most;
}

int64_t partOf(int64_t length, int rank, int size) { return length / size * rank + length % size * rank / size; }

void foldHere(const Exchange& exchange) {
  if (exchange.element == Element::f32)
    foldAll<float>(exchange);
  else
    foldAll<double>(exchange);
}

}  // namespace simdgrad::mpi
