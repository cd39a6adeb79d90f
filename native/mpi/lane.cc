#include "lane.h"

#include <cstdlib>
#include <cstring>

#include "../system/system.h"

namespace simdgrad::mpi {

namespace {

size_t sizeOf(Element element) { return element == Element::f32 ? 4 : 8; }

// Results of beginNext beside MPI's errors, which are positive.
constexpr int over = -1, noMemory = -2;

int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace

int64_t onePieceBytes(int64_t nodes) {
  constexpr int64_t largest = 8;
  return pieceOf(nodes, largest, size()) * largest;
}

void Lane::open(const Mpi* mpi, MpiHandle communicator, int rank, int size) {
  mpi_ = mpi;
  communicator_ = communicator;
  rank_ = rank;
  size_ = size;
  counts_ = static_cast<int*>(calloc(4 * static_cast<size_t>(size), sizeof(int)));
}

void Lane::add(Request* request) {
  if (dead_ != done) return request->answer(request, dead_);
  request->next = nullptr;
  *last_ = request;
  last_ = &request->next;
  if (first_ == request) begin();
}

void Lane::begin() {
  from_ = 0;
  round_ = 0;
  shared_.begin();
  begun_ = nanosecondsNow();
}

void Lane::finish(int outcome) {
  Request* const request = first_;
  first_ = request->next;
  if (first_)
    begin();
  else
    last_ = &first_;
  request->answer(request, outcome);
}

void Lane::fail(int outcome) {
  dead_ = outcome;
  while (first_) finish(outcome);
}

bool Lane::reserve(int64_t bytes) {
  const size_t wanted = static_cast<size_t>(bytes) + 1;
  if (wanted <= reserved_) return true;
  free(memory_);
  memory_ = static_cast<char*>(malloc(wanted));
  reserved_ = memory_ ? wanted : 0;
  return memory_ != nullptr;
}

bool Lane::advanceShared() {
  if (!first_ || first_->kind != Kind::exchange || !shared_.canMake(first_->exchange)) return false;
  using State = SharedExchange::State;
  const State state = shared_.advance(first_->exchange);
  if (state == State::over) finish(done);
  if (state == State::differs) noteReason(refused, "the ranks make different exchanges");
  if (state == State::noMemory) noteReason(refused, "there is no memory");
  if (state == State::differs || state == State::noMemory) fail(refused);
  return state != State::waits;
}

bool Lane::advance() {
  if (!first_) return false;
  if (first_->kind == Kind::exchange && shared_.canMake(first_->exchange)) return advanceShared();
  int error = 0;
  if (underWay_) {
    int finished = 0;
    error = mpi_->Test(&operation_, &finished, mpi_->statusIgnore);
    if (error == 0 && !finished) return false;
    underWay_ = false;
  }
  if (error == 0) {
    operation_ = 0;
    error = beginNext();
  }
  if (error == over) {
    finish(done);
  } else if (error == 0) {
    underWay_ = true;
  } else {
    char text[mpiLongestText] = "there is no memory";
    int length = 0;
    if (error != noMemory) mpi_->Error_string(error, text, &length);
    noteReason(refused, "%s", text);
    fail(refused);
  }
  return true;
}

int Lane::beginNext() {
  Request& request = *first_;
  switch (request.kind) {
    case Kind::barrier:
      return round_++ > 0 ? over : mpi_->Ibarrier(communicator_, &operation_);
    case Kind::broadcast: {
      if (from_ >= request.bytes) return over;
      char* const data = static_cast<char*>(request.data) + from_;
      const int64_t piece = lesser(request.bytes - from_, mostBytes);
      from_ += piece;
      return mpi_->Ibcast(data, static_cast<int>(piece), mpi_->byte, request.root, communicator_, &operation_);
    }
    case Kind::gather:
      return beginGather();
    default:
      return beginExchange();
  }
}

// In pieces that are gathered aside, because the parts of a piece are not side by side in the result.
int Lane::beginGather() {
  Request& request = *first_;
  char* const data = static_cast<char*>(request.data);
  const int64_t most = mostBytes / size_, gathered = lesser(request.bytes - from_, most);
  if (round_++ > 0) {
    for (int rank = 0; rank < size_; rank++)
      memcpy(data + rank * request.bytes + from_, memory_ + rank * gathered, static_cast<size_t>(gathered));
    from_ += gathered;
  }
  if (from_ >= request.bytes) return over;
  const int64_t piece = lesser(request.bytes - from_, most);
  if (!reserve(piece * size_)) return noMemory;
  int *const counts = counts_, *const places = counts_ + size_;
  for (int rank = 0; rank < size_; rank++) {
    counts[rank] = static_cast<int>(piece);
    places[rank] = static_cast<int>(piece * rank);
  }
  return mpi_->Iallgatherv(data + rank_ * request.bytes + from_, counts[0], mpi_->byte, memory_, counts, places, mpi_->byte, communicator_, &operation_);
}

// Each rank owns a part of every node. For each of its nodes a rank sends the parts to their owners; the
// owner folds, and all gather the results: the volume of a ring where every rank has one node. Either half
// may be left out.
int Lane::beginExchange() {
  const Exchange& exchange = first_->exchange;
  const Schedule schedule = exchange.schedule;
  const int64_t bytes = static_cast<int64_t>(sizeOf(exchange.element));
  const int all = schedule.nodes();
  int rounds = 0;
  for (int rank = 0; rank < size_ && (exchange.phases & reduce); rank++)
    if (schedule.nodesOf(rank) > rounds) rounds = schedule.nodesOf(rank);
  const int64_t most = pieceOf(all, bytes, size_);
  if (round_ > rounds) {  // the results of a piece are there
    from_ += lesser(exchange.length - from_, most);
    round_ = 0;
  }
  if (from_ >= exchange.length) return over;
  const int64_t piece = lesser(exchange.length - from_, most);
  const auto begins = [&](int rank) { return partOf(piece, rank, size_); };
  const int64_t mine = begins(rank_ + 1) - begins(rank_);
  char* const nodes = static_cast<char*>(exchange.nodes);
  int *const counts = counts_, *const places = counts_ + size_, *const toCounts = places + size_, *const toPlaces = toCounts + size_;
  const int round = round_++;
  if (round == rounds) {
    char* const own = nodes + (from_ + begins(rank_)) * bytes;
    if (exchange.phases & reduce)
      foldHere({memory_, mine, exchange.element, exchange.rule, schedule});
    else if (reserve(mine * bytes))
      memcpy(memory_, own, static_cast<size_t>(mine * bytes));
    else
      return noMemory;
    if (!(exchange.phases & gather)) {
      memcpy(own, memory_, static_cast<size_t>(mine * bytes));
      return beginExchange();  // of the next piece
    }
    for (int rank = 0; rank < size_; rank++) {
      toCounts[rank] = static_cast<int>((begins(rank + 1) - begins(rank)) * bytes);
      toPlaces[rank] = static_cast<int>(begins(rank) * bytes);
    }
    return mpi_->Iallgatherv(memory_, static_cast<int>(mine * bytes), mpi_->byte, nodes + from_ * bytes, toCounts, toPlaces, mpi_->byte, communicator_,
                             &operation_);
  }
  if (!reserve(all * mine * bytes)) return noMemory;
  const bool sends = round < schedule.nodesOf(rank_);
  for (int rank = 0, before = 0; rank < size_; before += schedule.nodesOf(rank++)) {
    const bool receives = round < schedule.nodesOf(rank);
    counts[rank] = sends ? static_cast<int>((begins(rank + 1) - begins(rank)) * bytes) : 0;
    places[rank] = static_cast<int>(begins(rank) * bytes);
    toCounts[rank] = receives ? static_cast<int>(mine * bytes) : 0;
    toPlaces[rank] = receives ? static_cast<int>((before + round) * mine * bytes) : 0;
  }
  const char* const sent = nodes + ((sends ? round * exchange.length : 0) + from_) * bytes;
  return mpi_->Ialltoallv(sent, counts, places, mpi_->byte, memory_, toCounts, toPlaces, mpi_->byte, communicator_, &operation_);
}

}  // namespace simdgrad::mpi
