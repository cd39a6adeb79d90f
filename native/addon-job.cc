// The binding of jobs: programs that run on a thread of their own, and the object by which JavaScript steers them.
//
// All here runs on the thread of the environment, except `tell…`. A job ends in one of two ways: its thread says so, and the loop
// calls `report`; or the environment ends first, and `abandon` waits for the step that is running.

#include "addon.h"
#include "job.h"

namespace simdgrad {

namespace {

const char* const invalid = "INVALID_ARGUMENT";
const char* const startName = "startJob";

constexpr int controlLength = 16;
constexpr double mostWhole = 9007199254740992.0;

/** Tells our objects from those that somebody else has wrapped. */
constexpr napi_type_tag jobTag = {0x73696d6467726164u, 0x6a6f6200u};

/** What a Job object of JavaScript stands for. Owned by the object and, until it is over, by the job: the last one frees it. */
struct HeldJob {
  Job* job;                            // null when it is over
  std::vector<HeldProgram*> programs;  // marked as running
  napi_ref kept;                       // a list of everything that must not be collected meanwhile
  napi_threadsafe_function loop;       // keeps the event loop alive
  napi_deferred done;
  std::vector<napi_deferred> pauses;   // not answered yet
  uint32_t pausedBy;                   // the last order that the thread has obeyed by waiting
  int owners;
};

void disown(HeldJob* held) {
  if (--held->owners == 0) delete held;
}

void tellPaused(void* context, uint32_t order) {
  napi_call_threadsafe_function(static_cast<HeldJob*>(context)->loop, reinterpret_cast<void*>(uintptr_t{order}), napi_tsfn_nonblocking);
}

// No order to wait is 0.
void tellEnded(void* context) { napi_call_threadsafe_function(static_cast<HeldJob*>(context)->loop, nullptr, napi_tsfn_nonblocking); }

void answerPauses(napi_env env, HeldJob* held, bool waiting) {
  napi_value value;
  napi_get_boolean(env, waiting, &value);
  for (const napi_deferred pause : held->pauses) napi_resolve_deferred(env, pause, value);
  held->pauses.clear();
}

/** What is left to do when the thread has ended or is about to. */
JobResult conclude(napi_env env, HeldJob* held) {
  held->job->join();
  const JobResult result = held->job->result();
  delete held->job;
  held->job = nullptr;
  for (HeldProgram* program : held->programs) {
    program->running = false;
    if (program->unwanted) freeProgram(env, *program);
  }
  held->programs.clear();
  napi_delete_reference(env, held->kept);
  return result;
}

/** Called before the environment goes, and with it what the thread works on. */
void abandon(void* data) {
  HeldJob* held = static_cast<HeldJob*>(data);
  held->job->stop();
  // The environment frees its own references; the thread's last words are dropped with the queue.
  held->job->join();
  delete held->job;
  held->job = nullptr;
  napi_release_threadsafe_function(held->loop, napi_tsfn_abort);
  disown(held);
}

bool setNumber(napi_env env, napi_value object, const char* name, double number) {
  napi_value value;
  return napi_create_double(env, number, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

/** What the thread has told, on the thread of the environment. */
void report(napi_env env, napi_value, void* context, void* data) {
  // Without an environment the queue is being emptied, and the job may be freed.
  if (!env) return;
  HeldJob* held = static_cast<HeldJob*>(context);
  if (const uint32_t order = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(data))) {
    held->pausedBy = order;
    // Nothing new when it was told to go on, or even to wait once more, meanwhile.
    if (held->job && held->job->waitsBy(order)) answerPauses(env, held, true);
    return;
  }
  if (!held->job) return;
  const JobResult result = conclude(env, held);
  napi_remove_env_cleanup_hook(env, abandon, held);
  answerPauses(env, held, false);
  napi_value answer;
  if (napi_create_object(env, &answer) == napi_ok && setNumber(env, answer, "steps", static_cast<double>(result.steps)) &&
      setNumber(env, answer, "failedStage", result.stage) && setNumber(env, answer, "failedCall", result.outcome.call) &&
      setNumber(env, answer, "status", result.outcome.status))
    napi_resolve_deferred(env, held->done, answer);
  napi_release_threadsafe_function(held->loop, napi_tsfn_release);
  disown(held);
}

/** The job behind the object that a method is called on; else throws, and answers null. */
HeldJob* jobOf(napi_env env, napi_callback_info info, const char* where) {
  size_t count = 0;
  napi_value self;
  bool ours = false;
  void* data;
  if (napi_get_cb_info(env, info, &count, nullptr, &self, nullptr) == napi_ok &&
      napi_check_object_type_tag(env, self, &jobTag, &ours) == napi_ok && ours && napi_unwrap(env, self, &data) == napi_ok)
    return static_cast<HeldJob*>(data);
  failAnew(env, ErrorKind::type, invalid, where, "a method of a job is called on something else");
  return nullptr;
}

napi_value stop(napi_env env, napi_callback_info info) {
  HeldJob* held = jobOf(env, info, "stop");
  if (held && held->job) held->job->stop();
  return nullptr;
}

napi_value resume(napi_env env, napi_callback_info info) {
  HeldJob* held = jobOf(env, info, "resume");
  if (!held || !held->job) return nullptr;
  held->job->resume();
  answerPauses(env, held, false);
  return nullptr;
}

napi_value pause(napi_env env, napi_callback_info info) {
  HeldJob* held = jobOf(env, info, "pause");
  napi_deferred deferred;
  napi_value promise;
  if (!held || napi_create_promise(env, &deferred, &promise) != napi_ok) return nullptr;
  held->pauses.push_back(deferred);
  if (!held->job) answerPauses(env, held, false);
  else if (held->job->pause() == held->pausedBy) answerPauses(env, held, true);
  return promise;
}

/** The properties of the stages, all read before the first array is looked at: getters may run JavaScript. */
struct StageValues {
  napi_value program, from, times;
  std::vector<napi_value> parameters, offsets;
};

bool readList(napi_env env, napi_value object, const char* name, std::vector<napi_value>& elements, napi_value kept) {
  napi_value list, own;
  bool is = false;
  uint32_t at;
  if (napi_get_named_property(env, object, name, &list) != napi_ok) return false;
  if (napi_is_array(env, list, &is) != napi_ok || !is) {
    fail(env, ErrorKind::type, invalid, startName, "params and offsets of a stage are lists");
    return false;
  }
  return copyElements(env, list, elements, own) && napi_get_array_length(env, kept, &at) == napi_ok &&
         napi_set_element(env, kept, at, own) == napi_ok;
}

bool readValues(napi_env env, napi_value list, std::vector<StageValues>& all, napi_value kept) {
  bool is = false;
  std::vector<napi_value> stages;
  napi_value own;
  if (napi_is_array(env, list, &is) != napi_ok || !is) {
    fail(env, ErrorKind::type, invalid, startName, "a list of stages is needed");
    return false;
  }
  if (!copyElements(env, list, stages, own)) return false;
  for (const napi_value stage : stages) {
    napi_valuetype kind;
    if (napi_typeof(env, stage, &kind) != napi_ok || kind != napi_object) {
      fail(env, ErrorKind::type, invalid, startName, "a stage is an object");
      return false;
    }
    StageValues values;
    uint32_t at;
    if (napi_get_named_property(env, stage, "program", &values.program) != napi_ok ||
        napi_get_named_property(env, stage, "from", &values.from) != napi_ok ||
        napi_get_named_property(env, stage, "times", &values.times) != napi_ok ||
        !readList(env, stage, "params", values.parameters, kept) || !readList(env, stage, "offsets", values.offsets, kept) ||
        napi_get_array_length(env, kept, &at) != napi_ok || napi_set_element(env, kept, at, values.program) != napi_ok)
      return false;
    all.push_back(values);
  }
  return true;
}

bool readWhole(napi_env env, napi_value value, int64_t& whole) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok || !(number >= 0 && number <= mostWhole)) return false;
  whole = static_cast<int64_t>(number);
  return static_cast<double>(whole) == number;
}

bool checkStage(napi_env env, const StageValues& values, Stage& stage, HeldProgram*& held) {
  held = readyProgram(env, startName, values.program);
  if (!held) return false;
  if (!readWhole(env, values.from, stage.from) || !readWhole(env, values.times, stage.times)) {
    fail(env, ErrorKind::type, invalid, startName, "from and times of a stage are integers >= 0");
    return false;
  }
  const char* const detachable = "the thread needs memory on SharedArrayBuffers, which nobody can pull away";
  if (held->detachable()) {
    fail(env, ErrorKind::type, "DETACHABLE", startName, detachable);
    return false;
  }
  double offsets[maxParameters] = {};
  for (size_t i = 0; i < values.offsets.size() && i < maxParameters; i++)
    if (napi_get_value_double(env, values.offsets[i], &offsets[i]) != napi_ok) {
      fail(env, ErrorKind::type, invalid, startName, "offsets are numbers");
      return false;
    }
  stage.program = held->program;
  stage.parameters.resize(maxParameters);
  if (!readParameters(env, startName, *held->program, values.parameters.data(), values.parameters.size(), offsets, stage.parameters.data()))
    return false;
  for (int i = 0; i < held->program->parameters(); i++) {
    const size_t at = static_cast<size_t>(i);
    if (stage.parameters[at].type == DType::none || isShared(env, values.parameters[at])) continue;
    fail(env, ErrorKind::type, "DETACHABLE", startName, detachable);
    return false;
  }
  return true;
}

/** The object that JavaScript gets, with its promise; null when something went wrong. */
napi_value wrap(napi_env env, HeldJob* held) {
  napi_value object, promise;
  const auto release = [](napi_env, void* data, void*) { disown(static_cast<HeldJob*>(data)); };
  if (napi_create_object(env, &object) != napi_ok || napi_create_promise(env, &held->done, &promise) != napi_ok ||
      napi_set_named_property(env, object, "done", promise) != napi_ok || !setFunction(env, object, "stop", stop, nullptr) ||
      !setFunction(env, object, "pause", pause, nullptr) || !setFunction(env, object, "resume", resume, nullptr) ||
      napi_type_tag_object(env, object, &jobTag) != napi_ok || napi_wrap(env, object, held, release, nullptr, nullptr) != napi_ok)
    return nullptr;
  held->owners++;
  return object;
}

/** Starts the thread and what has to be there before it; all or nothing. */
bool launch(napi_env env, HeldJob* held, napi_value kept) {
  napi_value name;
  if (napi_create_reference(env, kept, 1, &held->kept) != napi_ok) return false;
  if (napi_create_string_utf8(env, "simdgrad-job", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, held, report, &held->loop) == napi_ok) {
    // Hooks run last in, first out: this one before that of the function which the thread calls.
    if (napi_add_env_cleanup_hook(env, abandon, held) == napi_ok) {
      if (held->job->start()) return true;
      napi_remove_env_cleanup_hook(env, abandon, held);
    }
    napi_release_threadsafe_function(held->loop, napi_tsfn_abort);
  }
  napi_delete_reference(env, held->kept);
  return false;
}

napi_value startJob(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], kept;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok || napi_create_array(env, &kept) != napi_ok) return nullptr;
  std::vector<StageValues> values;
  if (!readValues(env, arguments[0], values, kept)) return nullptr;
  Array control;
  uint32_t at;
  if (!readArray(env, arguments[1], control) || control.type != DType::i32 || control.length < controlLength || !isShared(env, arguments[1]))
    return fail(env, ErrorKind::type, invalid, startName, "control: an Int32Array of 16 or more on a SharedArrayBuffer is needed");
  if (napi_get_array_length(env, kept, &at) != napi_ok || napi_set_element(env, kept, at, arguments[1]) != napi_ok) return nullptr;
  std::vector<Stage> stages(values.size());
  std::vector<HeldProgram*> programs(values.size());
  for (size_t i = 0; i < values.size(); i++)
    if (!checkStage(env, values[i], stages[i], programs[i])) return nullptr;

  HeldJob* held = new HeldJob{nullptr, {}, nullptr, nullptr, nullptr, {}, 0, 1};
  held->job = new Job(std::move(stages), static_cast<int32_t*>(control.data), {tellPaused, tellEnded, held});
  const napi_value object = wrap(env, held);
  if (object && launch(env, held, kept)) {
    held->programs = programs;
    for (HeldProgram* program : programs) program->running = true;
    return object;
  }
  delete held->job;
  held->job = nullptr;
  disown(held);
  return fail(env, ErrorKind::plain, "NO_THREAD", startName, "the system gives no thread");
}

}  // namespace

void addJobs(napi_env env, napi_value exports) { setFunction(env, exports, "startJob", startJob, nullptr); }

}  // namespace simdgrad
