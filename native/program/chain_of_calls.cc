#include "chain_of_calls.h"

#include "../entries/links.h"
#include "../isa/dispatch.h"

namespace simdgrad {

namespace {

/** Whether a walk accesses the elements of an operand in order, without gaps. */
bool isDense(const Walk& walk, int operand) {
  int64_t inner = 1;
  for (int d = walk.rank - 1; d >= 0; inner *= walk.size[d--])
    if (walk.size[d] > 1 && walk.step[operand][d] != inner) return false;
  return true;
}

}  // namespace

void ChainOfCalls::addLocal(const Step& step, size_t call, int argument, int local) {
  uses_.push_back({call - first_, argument, argument == step.call.arrayCount - 1, local});
  if (local >= locals_) locals_ = local + 1;
}

double ChainOfCalls::read(const Step* calls, bool probe) {
  for (size_t i = 0; i < links_.size(); i++) {
    const Step& step = calls[first_ + i];
    Call call = step.call;
    call.probe = probe;
    const double status = readLink(step.kernel->name, call, links_[i]);
    if (status != OK) return status;
  }
  for (const LocalUse& use : uses_) {
    Link& link = links_[use.link];
    (use.out ? link.out : link.operand[use.argument]) = {nullptr, use.local};
  }
  for (size_t i = 0; i < links_.size(); i++)
    for (size_t later = i + 1; later < links_.size(); later++)
      for (const LinkPlace& place : links_[later].operand)
        if (place.memory && place.memory == links_[i].out.memory) links_[i].last = false;
  return OK;
}

bool ChainOfCalls::probe(const Step* calls, Refusal& refusal) {
  const char* const bad = "INVALID_ARGUMENT";
  if (read(calls, true) != OK) return refuse(refusal, bad, "calls %zu to %zu cannot be a chain", first_, end() - 1);
  const int64_t total = links_[0].walk.total;
  int reductions = 0;
  int64_t row = 0;
  for (const Link& link : links_) {
    if (link.walk.total != total) return refuse(refusal, bad, "a chain of calls over %g and %g elements", static_cast<double>(total), static_cast<double>(link.walk.total));
    if (link.kind != Link::reduce) continue;
    if (++reductions > maxReductions) return refuse(refusal, bad, "a chain of more than %d reductions", maxReductions);
    // A block of the chain begins and ends where those of its reductions along rows do.
    if (link.inner == 1 && row != 0 && link.length != row) return refuse(refusal, bad, "a chain that reduces rows of two lengths");
    if (link.inner == 1) row = link.length;
  }
  for (const LocalUse& use : uses_) {
    const Link& link = links_[use.link];
    const Array& array = calls[first_ + use.link].call.arrays[use.argument];
    const bool reduced = link.kind == Link::reduce;
    const bool walked = !use.out && link.kind != Link::unaryGrad && !reduced && total > 1;
    if ((use.out && reduced) || (walked && !isDense(link.walk, use.argument)) || static_cast<int64_t>(array.length) != total)
      return refuse(refusal, bad, "call %zu: a local that is not dense", first_ + use.link);
  }
  return true;
}

void ChainOfCalls::run() const { isa().chain({links_[0].walk.total, links_.data(), static_cast<int>(links_.size()), locals_}); }

}  // namespace simdgrad
