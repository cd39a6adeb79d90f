// Runs every kernel of the table on every instruction set of this machine and with 1, 2, 3, 4 and 7 threads,
// over random shapes, strides, alignments and values. The results must have the same bits (except for NaN
// payloads), and the kernel must access only its operands.
//
//   kernels_test [--digest] [--threaded] [--few] [--widest] [--seed n] [--only kernel]
//
//   --digest     prints a hash of all that each kernel wrote, to compare with another machine
//   --threaded   only the cases that are large enough for several threads
//   --few        what is too small for several threads with one thread, the rest with three
//   --widest     only the fastest instruction set
//
// One test is one kernel on one instruction set with one number of threads.

#include <cinttypes>
#include <cstdlib>

#include "../../../native/isa/dispatch.h"
#include "../../../native/threads/pool.h"
#include "../death.h"
#include "../tally.h"
#include "families.h"
#include "run.h"

namespace simdgrad::test {
namespace {

struct Options {
  bool digest = false, threaded = false, few = false, widest = false;
  uint64_t seed = 1;
  const char* only = nullptr;
};

constexpr size_t firstSlot = offsetof(Isa, gemm), slotSize = sizeof(void (*)());
static_assert(firstSlot == sizeof(const char*) + 8, "kernels stand behind the name and the width, and only those");

Families allFamilies() {
  Families families;
  addGemm(families);
  addElementwise(families);
  addCopy(families);
  addReduce(families);
  addSoftmax(families);
  addLoss(families);
  addIndex(families);
  addOptim(families);
  addRandom(families);
  addConv(families);
  addPooling(families);
  addRecurrent(families);
  addAttention(families);
  addNormalize(families);
  addChain(families);
  return families;
}

/** The table with only one kernel, so that no family can test another family's kernel. */
Isa only(const Isa& isa, size_t member) {
  Isa one = {};
  one.name = isa.name;
  one.width = isa.width;
  std::memcpy(reinterpret_cast<char*>(&one) + member, reinterpret_cast<const char*>(&isa) + member, slotSize);
  return one;
}

/** Every member of the table has a body on every instruction set, and test cases here. */
void checkTable(const Families& families, Tally& tally) {
  for (size_t slot = firstSlot; slot < sizeof(Isa); slot += slotSize) {
    bool tested = false;
    for (const Family& family : families) tested |= family.member == slot;
    tally.check(tested, "member %zu of Isa has no cases in test/native/kernels", (slot - firstSlot) / slotSize);
    for (int i = 0; i < isaCount(); i++) {
      const char* body = reinterpret_cast<const char*>(&isaAt(i)) + slot;
      void (*function)();
      std::memcpy(&function, body, slotSize);
      tally.check(function != nullptr, "member %zu of Isa has no body in %s", (slot - firstSlot) / slotSize, isaAt(i).name);
    }
  }
}

uint64_t seedOf(const Family& family, int number, uint64_t seed) {
  for (const char* p = family.name; *p; p++) seed = (seed ^ static_cast<unsigned char>(*p)) * 0x100000001b3u;
  return seed * 1000003 + static_cast<uint64_t>(number);
}

/**
 * Runs all cases of a family with the current number of threads. The first run of a case sets what is
 * `expected` of the others: its hash, by number; 0 before.
 */
void checkFamily(const Family& family, const Options& options, std::vector<uint64_t>& expected, Tally& tally) {
  std::vector<std::string> problems(static_cast<size_t>(isaCount()));
  expected.resize(static_cast<size_t>(family.cases));
  const int count = threads(), least = options.widest ? isaCount() - 1 : 0;
  for (int number = 0; number < family.cases; number++) {
    // 5 is coprime to the number of ops of every family, so each op has large cases.
    const bool large = number % 5 == 4;
    if (!large && (options.threaded || (options.few && count > 1))) continue;
    if (large && options.few && count == 1) continue;
    Case c(seedOf(family, number, options.seed), number, large);
    family.make(c);
    Draw places(seedOf(family, number, options.seed + static_cast<uint64_t>(count)));
    for (int i = 0; i < isaCount(); i++) {
      if (i < least) continue;
      std::string& problem = problems[static_cast<size_t>(i)];
      const Isa isa = only(isaAt(i), family.member), reference = only(isaAt(least), family.member);
      snprintf(doing, sizeof doing, "%s case %d on %s with %d threads, seed %" PRIu64 ": %s", family.name, number, isa.name, count,
               options.seed, c.text.c_str());
      const Outcome outcome = run(c, isa, places);
      uint64_t& wanted = expected[static_cast<size_t>(number)];
      if (wanted == 0) wanted = outcome.hash;
      if (!problem.empty()) continue;
      if (!outcome.problem.empty()) problem = std::string(doing) + "\n  " + outcome.problem;
      else if (outcome.hash != wanted)
        problem = std::string(doing) + "\n  " + firstDifference(c, isa, reference);
    }
  }
  for (int i = least; i < isaCount(); i++)
    tally.check(problems[static_cast<size_t>(i)].empty(), "%s", problems[static_cast<size_t>(i)].c_str());
}

/** A hash of all that the kernel wrote. */
void printDigest(const Family& family, const std::vector<uint64_t>& expected) {
  uint64_t digest = 0;
  for (const uint64_t hash : expected) digest = (digest ^ hash) * 0x100000001b3u;
  std::printf("digest %s %016" PRIx64 "\n", family.name, digest);
}

Options read(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i++) {
    const std::string name = argv[i];
    if (name == "--digest") options.digest = true;
    else if (name == "--threaded") options.threaded = true;
    else if (name == "--few") options.few = true;
    else if (name == "--widest") options.widest = true;
    else if (name == "--seed" && i + 1 < argc) options.seed = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--only" && i + 1 < argc) options.only = argv[++i];
    else {
      std::fprintf(stderr, "unknown option: %s\n", argv[i]);
      std::exit(2);
    }
  }
  return options;
}

}  // namespace
}  // namespace simdgrad::test

int main(int argc, char** argv) {
  using namespace simdgrad::test;
  const Options options = read(argc, argv);
  sayWhatRanAtDeath();
  Tally tally;
  const Families families = allFamilies();
  checkTable(families, tally);
  std::vector<std::vector<uint64_t>> expected(families.size());
  const auto isAsked = [&](const Family& family) { return !options.only || std::strcmp(options.only, family.name) == 0; };
  for (const int count : {1, 2, 3, 4, 7}) {
    if (options.few && count != 3 && (count != 1 || options.threaded)) continue;
    tally.check(simdgrad::setThreads(count) == count, "setThreads(%d)", count);
    const uint64_t before = simdgrad::workerChunks();
    for (size_t i = 0; i < families.size(); i++)
      if (isAsked(families[i])) checkFamily(families[i], options, expected[i], tally);
    if (count > 1 && !options.only) tally.check(simdgrad::workerChunks() > before, "with %d threads, none but the caller worked", count);
  }
  if (options.digest)
    for (size_t i = 0; i < families.size(); i++)
      if (isAsked(families[i])) printDigest(families[i], expected[i]);
  return tally.finish();
}
