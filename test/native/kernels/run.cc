#include "run.h"

#include <cstdarg>

#include "../guarded.h"

namespace simdgrad::test {

void Case::describe(const char* format, ...) {
  char buffer[256];
  va_list list;
  va_start(list, format);
  vsnprintf(buffer, sizeof buffer, format, list);
  va_end(list);
  text = buffer;
}

namespace {

constexpr size_t most = 16;  // maximum number of operands
constexpr size_t margin = 512;
constexpr unsigned char mark = 0xc3;

/** Reused for all cases: mapping memory for each case would take longer than the kernels. */
Guarded memory[most];

struct Margins {
  unsigned char *before, *begin, *end, *behind;
};

Margins marginsOf(const Guarded& all, const Operand& operand) {
  unsigned char* begin = operand.memory;
  unsigned char* end = begin + operand.given.size();
  const auto room = [](const unsigned char* from, const unsigned char* to) {
    return static_cast<size_t>(to - from) < margin ? static_cast<size_t>(to - from) : margin;
  };
  return {begin - room(all.begin(), begin), begin, end, end + room(end, all.end())};
}

bool isMarked(const unsigned char* from, const unsigned char* to) {
  for (; from < to; from++)
    if (*from != mark) return false;
  return true;
}

uint32_t wordAt(const unsigned char* bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, 4);
  return word;
}

uint32_t canonical(uint32_t word) { return (word & 0x7fffffffu) > 0x7f800000u ? 0x7fc00000u : word; }

uint64_t hashOf(const Operand& operand, uint64_t hash) {
  const auto mix = [&](uint64_t value) {
    hash = (hash ^ value) * 0x9fb21c651e98df25u;
    hash ^= hash >> 28;
  };
  const size_t bytes = operand.given.size();
  if (operand.floats)
    for (size_t i = 0; i < bytes; i += 4) mix(canonical(wordAt(operand.memory + i)));
  else
    for (size_t i = 0; i < bytes; i++) mix(operand.memory[i]);
  return hash;
}

}  // namespace

Outcome run(Case& c, const Isa& isa, Draw& places) {
  Outcome outcome = {0, ""};
  if (c.operands.size() > most) return {0, "too many operands"};
  for (size_t i = 0; i < c.operands.size(); i++) {
    Operand& operand = *c.operands[i];
    const Guarded::Side side = places.pick({Guarded::Side::back, Guarded::Side::back, Guarded::Side::front, Guarded::Side::middle});
    // Any element may be at any position in a vector. Bytes may have any address.
    const size_t shift = static_cast<size_t>(places.between(0, 31)) * 4;
    operand.memory = memory[i].place(operand.given.size(), side, shift);
    const Margins margins = marginsOf(memory[i], operand);
    std::memset(margins.before, mark, static_cast<size_t>(margins.begin - margins.before));
    std::memset(margins.end, mark, static_cast<size_t>(margins.behind - margins.end));
    if (!operand.given.empty()) std::memcpy(operand.memory, operand.given.data(), operand.given.size());
  }
  c.call(isa);
  for (size_t i = 0; i < c.operands.size(); i++) {
    const Operand& operand = *c.operands[i];
    const Margins margins = marginsOf(memory[i], operand);
    const std::string which = "operand " + std::to_string(i);
    if (!isMarked(margins.before, margins.begin)) outcome.problem = which + ": written before its first element";
    if (!isMarked(margins.end, margins.behind)) outcome.problem = which + ": written behind its last element";
    if (operand.written) outcome.hash = hashOf(operand, outcome.hash);
    else if (!operand.given.empty() && std::memcmp(operand.memory, operand.given.data(), operand.given.size()) != 0)
      outcome.problem = which + ": an input was written to";
  }
  return outcome;
}

std::string firstDifference(Case& c, const Isa& isa, const Isa& reference) {
  Draw places(1);
  run(c, isa, places);
  std::vector<std::vector<unsigned char>> got;
  for (const auto& operand : c.operands) got.emplace_back(operand->memory, operand->memory + operand->given.size());
  run(c, reference, places);
  for (size_t i = 0; i < c.operands.size(); i++) {
    const Operand& operand = *c.operands[i];
    if (!operand.written) continue;
    const size_t step = operand.floats ? 4 : 1;
    for (size_t at = 0; at < got[i].size(); at += step) {
      const uint32_t a = operand.floats ? canonical(wordAt(&got[i][at])) : got[i][at];
      const uint32_t b = operand.floats ? canonical(wordAt(operand.memory + at)) : operand.memory[at];
      if (a == b) continue;
      char text[128];
      snprintf(text, sizeof text, "operand %zu, element %zu: %08x, the reference wrote %08x", i, at / step, a, b);
      return text;
    }
  }
  return "not the next time: the result varies";
}

}  // namespace simdgrad::test
