#include "../mpi/world.h"
#include "arguments.h"

namespace simdgrad::entries {

namespace {

using Begin = int (*)(const mpi::Exchange&);

template <class Args>
double exchangeBy(Begin begin, mpi::Phases phases, Args& a) {
  const int32_t* list = a.schedule.template as<int32_t>();
  const bool single = a.x.type() == DType::f32;
  void* x = single ? static_cast<void*>(a.x.template as<float>()) : static_cast<void*>(a.x.template as<double>());
  const mpi::Rule rule = static_cast<mpi::Rule>(a.rule);
  return a.run([=, n = a.n, nodes = a.nodes, listed = a.listed]() -> double {
    // The schedule is memory like any other: its numbers may have changed since the call was checked.
    if (!mpi::isSchedule(list, listed, nodes)) return mpi::refused;
    return begin({x, n, single ? mpi::Element::f32 : mpi::Element::f64, rule, {list}, phases});
  });
}

}  // namespace

double exchange(ExchangeArgs& a) { return exchangeBy(mpi::exchange, mpi::reduceAndGather, a); }

double exchangeStart(ExchangeStartArgs& a) { return exchangeBy(mpi::startExchange, static_cast<mpi::Phases>(a.phases), a); }

double exchangeWait(ExchangeWaitArgs& a) {
  const void* x = a.x.type() == DType::f32 ? static_cast<void*>(a.x.as<float>()) : static_cast<void*>(a.x.as<double>());
  return a.run([=]() -> double { return mpi::awaitExchange(x); });
}

}  // namespace simdgrad::entries
