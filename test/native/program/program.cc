#include "tests.h"

namespace simdgrad::test {

void testProgram(Tally& tally) {
  Refusal refusal = {"", ""};
  // From a parameter through the whole arena to an external.
  constexpr size_t n = 1000;
  std::vector<float> out(n), in(2 * n);
  for (size_t i = 0; i < in.size(); i++) in[i] = static_cast<float>(i);
  Tape tape;
  const int x = tape.parameter(0, n, DType::f32), middle = tape.arena(64, n, DType::f32), end = tape.external(out.data(), n, DType::f32);
  tape.call("copy", {1, n, 0, 1, 1, 0, 1, 1}, {x, middle});
  tape.call("copy", {1, n, 0, 1, 1, 0, 1, 1}, {middle, end});
  tape.call("fill", {-1, 1, 5}, {end});
  tape.advance(16, 2);
  Program* program = tape.make(64 + 4 * n, refusal);
  if (!tally.check(program != nullptr, "program: refused: %s: %s", refusal.code, refusal.text)) return;

  // bytes() includes the memory of its calls, as well as its arena.
  const size_t least = 64 + 4 * n + 19 * sizeof(double) + 5 * sizeof(Array) + 3 * sizeof(Call);
  tally.check(program->bytes() > least, "program: says that it takes %zu bytes", program->bytes());

  Array parameter = {in.data() + n, n, DType::f32};
  tally.check(program->parameters() == 1 && program->accepts(&parameter, refusal), "program: its parameter is refused");
  program->bind(&parameter);
  Outcome outcome = program->run();
  tally.check(outcome.call == -1 && out[n - 1] == 2 * n - 1 && out[5] == -1, "program: call %d answered %g", outcome.call, outcome.status);
  program->advance(3);
  std::vector<double> times(3);
  outcome = program->run(times.data());
  tally.check(outcome.call == -1 && out[5] == 5, "program: an advanced number is %g", static_cast<double>(out[5]));
  tally.check(times[0] > 0 && times[1] > 0 && times[2] > 0, "program: a call took no time");

  // Each run reads the contents of a parameter. Its address is read when it is bound.
  in[n + 7] = -7;
  program->run();
  tally.check(out[7] == -7, "program: a parameter that was written holds %g", static_cast<double>(out[7]));
  parameter.data = in.data();
  program->bind(&parameter);
  program->run();
  tally.check(out[7] == 7, "program: a parameter that was bound anew holds %g", static_cast<double>(out[7]));

  parameter.length = n - 1;
  tally.check(!program->accepts(&parameter, refusal) && std::strcmp(refusal.code, "OUT_OF_BOUNDS") == 0, "program: takes less than it needs");
  parameter = {in.data(), n, DType::i32};
  tally.check(!program->accepts(&parameter, refusal) && std::strcmp(refusal.code, "INVALID_ARGUMENT") == 0, "program: takes another type");
  delete program;

  tally.check(!tape.make(63 + 4 * n, refusal), "program: reaches behind its arena");
  Tape outside;
  outside.call("fill", {1, 5, 0}, {outside.external(out.data(), 4, DType::f32)});
  tally.check(!outside.make(0, refusal) && std::strcmp(refusal.code, "OUT_OF_BOUNDS") == 0, "program: reaches behind an external");
}

}  // namespace simdgrad::test
