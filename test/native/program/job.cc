#include <dirent.h>

#include <cstdio>
#include <ctime>

#include "tests.h"

namespace simdgrad::test {

namespace {

/** What a listener has been told. */
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

int32_t read(const int32_t& finished) { return __atomic_load_n(&finished, __ATOMIC_SEQ_CST); }

/**
 * A step large enough for two threads. Its counter is in memory that only the order of the job's commands
 * protects.
 */
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
  int32_t finished = 0;
  Job job({{work.program, {}}}, {0, forever}, &finished, heard.listener());
  if (!tally.check(work.program && job.start(), "job: does not start")) return;
  bool good = true;
  for (int round = 0; round < 100 && good; round++) {
    const uint32_t order = job.pause();
    good = job.pause() == order && waitFor([&] { return heard.paused == order; }) && job.waitsBy(order);
    // The job is paused, so this thread may read and write the job's memory.
    good = good && work.steps == read(finished) && work.b[39999] == static_cast<float>(work.steps);
    if (round % 3 == 0) {
      work.steps = read(finished);
      work.b.assign(work.b.size(), static_cast<float>(work.steps));
    }
    const int32_t before = read(finished);
    job.resume();
    if (round % 2 == 0) good = good && waitFor([&] { return read(finished) > before; });
  }
  tally.check(good, "job: a pause was not one");
  // Orders that arrive faster than the thread handles them: the last one counts.
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
  int32_t finished[2] = {};
  Job a({{one.program, {}}}, {0, 200}, &finished[0], first.listener());
  Job b({{two.program, {}}}, {0, forever}, &finished[1], second.listener());
  if (!tally.check(a.start() && b.start(), "job: two do not start")) return;
  // Meanwhile this thread computes and resizes the pool.
  for (int i = 0; i < 200; i++) {
    here.program->run();
    if (i % 20 == 0) setThreads(1 + i / 20 % 4);
  }
  a.join();
  tally.check(a.result().steps == 200 && read(finished[0]) == 200, "job: ended after %lld steps",
              static_cast<long long>(a.result().steps));
  tally.check(one.b == here.b && one.steps == 200, "job: other results than here");
  waitFor([&] { return read(finished[1]) > 3; });
  b.stop();
  b.join();
  tally.check(second.ended && two.steps == b.result().steps, "job: %g steps are %lld", two.steps, static_cast<long long>(b.result().steps));
}

void testFailure(Tally& tally) {
  Work before(10);
  float out[4] = {};
  Tape tape;
  tape.call("fill", {1, 1, 0}, {tape.external(out, 4, DType::f32)});
  tape.advance(2, 1);
  Refusal refusal = {"", ""};
  Program* program = tape.make(0, refusal);
  Heard heard;
  int32_t finished = 0;
  Job job({{before.program, {}}, {program, {}}}, {0, 9}, &finished, heard.listener());
  job.start();
  job.join();
  const JobResult& result = job.result();
  tally.check(result.steps == 4 && before.steps == 5 && result.stage == 1 && result.outcome.call == 0 && result.outcome.status == OUT_OF_BOUNDS,
              "job: a step that leads outside: %lld steps, stage %d, call %d", static_cast<long long>(result.steps), result.stage, result.outcome.call);
  tally.check(program->run().call == -1, "job: recorded numbers are not what they were");
  delete program;
}

/** Number of threads of this process with the name of job threads. */
int jobThreads() {
  int count = 0;
  DIR* tasks = opendir("/proc/self/task");
  while (const dirent* entry = readdir(tasks)) {
    char path[300], name[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
    FILE* file = fopen(path, "r");
    if (!file) continue;
    if (fgets(name, sizeof name, file) && !strcmp(name, "simdgrad-job\n")) count++;
    fclose(file);
  }
  closedir(tasks);
  return count;
}

/**
 * Short jobs, each freed as soon as it was joined. They use one thread, and when several ran at a time one
 * thread stays.
 */
void testParked(Tally& tally) {
  Work work(4);
  bool good = true;
  for (int i = 0; i < 2000 && good; i++) {
    Heard heard;
    int32_t finished = 0;
    Job* const job = new Job({{work.program, {}}}, {0, 3}, &finished, heard.listener());
    good = job->start();
    job->join();
    good = good && heard.ended && job->result().steps == 3;
    delete job;
  }
  tally.check(good && work.steps == 6000, "job: one after the other made %g steps", work.steps);
  Work others[4] = {Work(4), Work(4), Work(4), Work(4)};
  for (int round = 0; round < 50; round++) {
    Heard heard[4];
    int32_t finished[4];
    std::vector<Job*> jobs;
    for (int i = 0; i < 4; i++) jobs.push_back(new Job({{others[i].program, {}}}, {0, 5}, &finished[i], heard[i].listener()));
    for (Job* job : jobs) good = job->start() && good;
    for (Job* job : jobs) {
      job->join();
      good = good && job->result().steps == 5;
      delete job;
    }
  }
  tally.check(good, "job: several at a time");
  tally.check(waitFor([] { return jobThreads() == 1; }), "job: %d threads stay", jobThreads());
}

}  // namespace

void testJob(Tally& tally) {
  setThreads(3);
  testPauses(tally);
  testTwo(tally);
  testFailure(tally);
  testParked(tally);
}

}  // namespace simdgrad::test
