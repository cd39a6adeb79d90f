#include "../mpi/world.h"
#include "arguments.h"

namespace simdgrad::entries {

double exchange(ExchangeArgs& a) {
  const int32_t* list = a.schedule.as<int32_t>();
  const bool single = a.x.type() == DType::f32;
  void* x = single ? static_cast<void*>(a.x.as<float>()) : static_cast<void*>(a.x.as<double>());
  const mpi::Rule rule = static_cast<mpi::Rule>(a.rule);
  return a.run([=, n = a.n, nodes = a.nodes, listed = a.listed]() -> double {
    // The schedule is memory like any other: its numbers may have changed since the call was checked.
    if (!mpi::isSchedule(list, listed, nodes)) return mpi::refused;
    return mpi::exchange({x, n, single ? mpi::Element::f32 : mpi::Element::f64, rule, {list}});
  });
}

}  // namespace simdgrad::entries
