#include <ctime>

#include "tests.h"

namespace simdgrad::test {

namespace {

/** What a listener is told. */
struct Heard {
  std::atomic<uint32_t> paused{0};
  std::atomic<bool> ended{false};

  Listener listener() {
    return {[](void* heard, uint32_t order) { static_cast<Heard*>(heard)->paused = order; },
            [](void* heard) { static_cast<Heard*>(heard)->ended = true; }, this};
  }
};

template <class F>
bool waitFor(F condition) {
  const time_t limit = time(nullptr) + 20;
  while (!condition()) {
    if (time(nullptr) > limit) return false;
    const timespec moment = {0, 20000};
    nanosleep(&moment, nullptr);
  }
  return true;
}

int32_t read(const int32_t* control, int place) { return __atomic_load_n(control + place, __ATOMIC_SEQ_CST); }

/** A step worth two threads, with its count in memory that nothing but the job's orders protects. */
struct Work {
  std::vector<float> a, b;
  double steps = 0;
  Program* program = nullptr;

  explicit Work(size_t n) : a(n, 1.0f), b(n) {
    Tape tape;
    const int x = tape.external(a.data(), n, DType::f32), y = tape.external(b.data(), n, DType::f32);
    const double size = static_cast<double>(n);
    tape.call("binary", {0, 1, size, 0, 1, 1, 0, 1, 1, 0}, {x, y, y});
    tape.call("increment", {1, 0}, {tape.external(&steps, 1, DType::f64)});
    Refusal refusal = {"", ""};
    program = tape.make(0, refusal);
  }
  ~Work() { delete program; }
};

constexpr int64_t forever = int64_t{1} << 50;

void testPauses(Tally& tally) {
  Work work(40000);
  Heard heard;
  int32_t control[16] = {};
  Job job({{work.program, {}, 0, forever}}, control, heard.listener());
  if (!tally.check(work.program && job.start(), "job: does not start")) return;
  bool good = true;
  for (int round = 0; round < 100 && good; round++) {
    const uint32_t order = job.pause();
    good = job.pause() == order && waitFor([&] { return heard.paused == order; }) && job.waitsBy(order);
    // The job waits: this thread may read and write what is the job's.
    good = good && work.steps == read(control, 0) && work.b[39999] == static_cast<float>(work.steps);
    if (round % 3 == 0) {
      work.steps = read(control, 0);
      work.b.assign(work.b.size(), static_cast<float>(work.steps));
    }
    const int32_t before = read(control, 0);
    job.resume();
    if (round % 2 == 0) good = good && waitFor([&] { return read(control, 0) > before; });
  }
  tally.check(good, "job: a pause was not one");
  // Orders faster than the thread can hear them: the last one counts.
  for (int i = 0; i < 1000; i++) i % 2 == 0 ? void(job.pause()) : job.resume();
  const uint32_t last = job.pause();
  tally.check(waitFor([&] { return heard.paused == last; }), "job: does not hear the last of many orders");
  job.stop();
  job.resume();
  job.join();
  tally.check(heard.ended && job.result().steps == work.steps && job.result().outcome.call == -1, "job: does not stop while it waits");
}

void testTwo(Tally& tally) {
  Work one(30000), two(30000), here(30000);
  Heard first, second;
  int32_t controls[2][16] = {};
  Job a({{one.program, {}, 0, 150}, {one.program, {}, 0, 50}}, controls[0], first.listener());
  Job b({{two.program, {}, 0, forever}}, controls[1], second.listener());
  if (!tally.check(a.start() && b.start(), "job: two do not start")) return;
  // This thread computes, and resizes the pool, meanwhile.
  for (int i = 0; i < 200; i++) {
    here.program->run();
    if (i % 20 == 0) setThreads(1 + i / 20 % 4);
  }
  a.join();
  tally.check(a.result().steps == 200 && read(controls[0], 1) == 1 && read(controls[0], 2) == 50, "job: ended after %lld steps",
              static_cast<long long>(a.result().steps));
  tally.check(one.b == here.b && one.steps == 200, "job: other results than here");
  waitFor([&] { return read(controls[1], 0) > 3; });
  b.stop();
  b.join();
  tally.check(second.ended && two.steps == b.result().steps, "job: %g steps are %lld", two.steps, static_cast<long long>(b.result().steps));
}

void testFailure(Tally& tally) {
  float out[4] = {};
  Tape tape;
  tape.call("fill", {1, 1, 0}, {tape.external(out, 4, DType::f32)});
  tape.advance(2, 1);
  Refusal refusal = {"", ""};
  Program* program = tape.make(0, refusal);
  Heard heard;
  int32_t control[16] = {};
  Job job({{program, {}, 2, 1}, {program, {}, 0, 9}}, control, heard.listener());
  job.start();
  job.join();
  const JobResult& result = job.result();
  tally.check(result.steps == 5 && result.stage == 1 && result.outcome.call == 0 && result.outcome.status == OUT_OF_BOUNDS,
              "job: a step that leads outside: %lld steps, stage %d, call %d", static_cast<long long>(result.steps), result.stage, result.outcome.call);
  tally.check(program->run().call == -1, "job: recorded numbers are not what they were");
  delete program;
}

}  // namespace

void testJob(Tally& tally) {
  setThreads(3);
  testPauses(tally);
  testTwo(tally);
  testFailure(tally);
}

}  // namespace simdgrad::test
