#pragma once
// The ranks of this launch, and the thread that talks to them. MPI's main thread is whichever called Init, so
// one thread of ours makes every call, from Init to Finalize (MPI_THREAD_FUNNELED), and never a blocking one:
// it tests the requests under way and sleeps between two tests.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace simdgrad::mpi {

/** The outcome of a request. src/kernels/collective.ts knows the numbers. */
enum Outcome : int {
  done = -1,
  rankLeft = 0,    // a rank has left the world, and what was asked for needs it
  timedOut = 1,    // the others did not take part in time
  refused = 2,     // MPI reports an error
  notStarted = 3,  // there is no MPI
};

enum class Kind : uint8_t { start, barrier, broadcast, gather, exchange };
enum class Rule : uint8_t { sum, max, min };
enum class Element : uint8_t { f32, f64 };
/**
 * What an exchange does. Each rank owns a part of every node (partOf). `reduce`: the owner of a
 * part folds it. `gather`: all get the parts of node 0 from their owners.
 */
enum Phases : uint8_t { reduce = 1, gather = 2, reduceAndGather = 3 };

/** Bytes of one operation of MPI: its counts and places are ints. What has more is sent in pieces. */
constexpr int64_t mostBytes = int64_t{1} << 28;

/**
 * Which nodes of a tree each rank has, and how they become one. All ranks have the same schedule.
 * `list`: the number of ranks; for each rank its number of nodes; the number of folds; for each fold two
 * indices a, b of nodes, counted over the ranks in order: a becomes a + b. The result is in node 0.
 */
struct Schedule {
  const int32_t* list;
  int ranks() const { return list[0]; }
  int nodesOf(int rank) const { return list[1 + rank]; }
  int nodes() const;
  int folds() const { return list[1 + ranks()]; }
  const int32_t* fold(int index) const { return list + 2 + ranks() + 2 * index; }
};
/**
 * Whether the numbers are a schedule of this world, or of this rank alone, and memory for `nodes` nodes holds
 * those of this rank, and the result.
 */
bool isSchedule(const int32_t* list, int64_t length, int64_t nodes);

/**
 * The nodes of one rank, which are folded with those of the others. Afterwards the first has the result, also
 * of a rank that has no node.
 */
struct Exchange {
  void* nodes;     // [nodes, length]
  int64_t length;  // elements of a node
  Element element;
  Rule rule;
  Schedule schedule;
  Phases phases = reduceAndGather;
};
/**
 * Elements of a piece of an exchange in which all ranks together have so many nodes. What a rank receives of
 * a piece, all nodes of one part, must fit as well.
 */
int64_t pieceOf(int64_t nodes, int64_t elementBytes, int size);
/** Where the part of a rank begins, in a piece of which each rank has a part. */
int64_t partOf(int64_t length, int rank, int size);
/** Folds nodes of this process alone. */
void foldHere(const Exchange& exchange);

/** Something for the thread to do. It must stay until it is answered. */
struct Request {
  Kind kind;
  // Exchanges and all others have a communicator each, on which they keep their order.
  // Broadcast: `bytes` at `data`, from rank `root`. Gather: `bytes` of each rank, into `data` in order of
  // ranks; those of this rank are in place.
  void* data = nullptr;
  int64_t bytes = 0;
  int root = 0;
  Exchange exchange{};
  /** Called on the thread when there is an outcome; the last access to the request. */
  void (*answer)(Request* request, int outcome) = nullptr;
  void* context = nullptr;
  Request* next = nullptr;
};

/**
 * Starts the thread, which opens the library whose path is the data of the request and initializes MPI. At
 * most once per process. Returns false when the system provides no thread.
 */
bool start(Request* request);
/** Gives the thread a request. Returns notStarted, or done: the answer will come. */
int ask(Request* request);
/** Waits until the answer of an exchange has set this to 1. */
void awaitAnswer(std::atomic<uint32_t>& answered);
/**
 * Starts an exchange and returns before it has ended. Its nodes must stay, and nobody may access them, until
 * awaitExchange. All ranks start the same exchanges in the same order. Returns done, or why there is none.
 */
int startExchange(const Exchange& exchange);
/** Waits for the exchange of these nodes. Returns done when none is under way. */
int awaitExchange(const void* nodes);
/** Makes an exchange and waits for it. */
int exchange(const Exchange& exchange);

// Once started:

int rank();
int size();
/**
 * The most bytes of a node in an exchange that is made in one piece, where all ranks together have so many
 * nodes. Of a larger one each piece has parts of its own, and so no rank owns one part of the whole node.
 */
int64_t onePieceBytes(int64_t nodes);
/** The first line of what the library says that it is. */
const char* library();
/** Why requests had this outcome, as text; empty before one had it. */
const char* reasonOf(int outcome);
/** How long the others may keep a request waiting. */
void setLimit(double seconds);
/**
 * Notes the code with which the process is about to end. At its end a rank with code 0 waits until all are
 * there, then MPI is finalized; any other code, or none noted, ends all ranks.
 */
void noteExit(int code);

}  // namespace simdgrad::mpi
