// The binding of jobs: programs that run on a native thread, and the JavaScript object that controls them.
//
// All functions here run on the environment's thread, except `tell…`. A job ends in one of two ways. Its
// thread reports the end, and the event loop calls `report`. Or the environment ends first, and `abandon`
// waits for the running step. Once a Worker has been told to end, which is before `abandon`, Node-API may
// refuse any call that could run JavaScript, and `report` may still be called.

#include "addon.h"
#include "../program/job.h"

namespace simdgrad {

namespace {

const char* const invalid = "INVALID_ARGUMENT";
const char* const startName = "startJob";

constexpr double mostWhole = 9007199254740992.0;

/** Distinguishes our objects from objects that others have wrapped. */
constexpr napi_type_tag jobTag = {0x73696d6467726164u, 0x6a6f6200u};

/**
 * The native side of a JavaScript Job object. `holders` counts the owners of its address: the call that makes
 * it, the object (through its wrap) and the thread-safe function. The last owner to release it frees it, so
 * the object and the function may be finalized in either order. The cleanup hook and the thread are not
 * owners: both are gone before the function is released.
 */
struct HeldJob {
  int holders;
  Job* job;                            // null once the job is over
  std::vector<HeldProgram*> programs;  // marked as running
  napi_ref object;
  napi_ref kept;                       // a list of everything that must not be collected while the job runs
  napi_threadsafe_function loop;       // keeps the event loop alive
  napi_deferred done;
  std::vector<napi_deferred> pauses;   // not answered yet
  uint32_t pausedBy;                   // the last pause order that the thread has obeyed
};

void tellPaused(void* context, uint32_t order) {
  napi_call_threadsafe_function(static_cast<HeldJob*>(context)->loop, reinterpret_cast<void*>(uintptr_t{order}), napi_tsfn_nonblocking);
}

// Passes null: no pause order is 0.
void tellEnded(void* context) { napi_call_threadsafe_function(static_cast<HeldJob*>(context)->loop, nullptr, napi_tsfn_nonblocking); }

void answerPause(napi_env env, napi_deferred pause, bool waiting) {
  napi_value value;
  napi_get_boolean(env, waiting, &value);
  napi_resolve_deferred(env, pause, value);
}

void answerPauses(napi_env env, HeldJob* held, bool waiting) {
  for (const napi_deferred pause : held->pauses) answerPause(env, pause, waiting);
  held->pauses.clear();
}

void drop(HeldJob* held) {
  if (--held->holders == 0) delete held;
}

/** The finalizer of both the wrap and the thread-safe function. */
void finalize(napi_env, void* data, void*) { drop(static_cast<HeldJob*>(data)); }

/**
 * Removes the wrap from the object. V8's minor collections treat wrapped objects as alive, so the jobs of a
 * run would accumulate. If Node-API refuses, the wrap stays and its finalizer drops the job.
 */
void unwrap(napi_env env, HeldJob* held) {
  napi_value object;
  void* data;
  const bool removed = napi_get_reference_value(env, held->object, &object) == napi_ok && napi_remove_wrap(env, object, &data) == napi_ok;
  napi_delete_reference(env, held->object);
  if (removed) drop(held);
}

/** Waits for the thread. It has left the job, or will leave it after the current step. */
JobResult join(HeldJob* held) {
  held->job->join();
  const JobResult result = held->job->result();
  delete held->job;
  held->job = nullptr;
  return result;
}

void setRunning(HeldProgram& held, bool running) {
  held.running = running;
  held.program->arena().running = running;
}

/** Ends a job whose thread has left it or is about to. */
JobResult conclude(napi_env env, HeldJob* held) {
  const JobResult result = join(held);
  for (HeldProgram* program : held->programs) {
    setRunning(*program, false);
    if (program->unwanted) freeProgram(env, *program);
  }
  held->programs.clear();
  napi_delete_reference(env, held->kept);
  unwrap(env, held);
  return result;
}

/** Called before the environment, and the memory that the thread works on, is destroyed. */
void abandon(void* data) {
  HeldJob* held = static_cast<HeldJob*>(data);
  held->job->stop();
  // The environment frees its own references. Node-API drops the thread's pending reports with the queue.
  join(held);
  napi_release_threadsafe_function(held->loop, napi_tsfn_abort);
}

bool setNumber(napi_env env, napi_value object, const char* name, double number) {
  napi_value value;
  return napi_create_double(env, number, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

/** Handles a report of the thread, on the environment's thread. */
void report(napi_env env, napi_value, void* context, void* data) {
  // Without an environment, Node-API is emptying the queue. The job may be freed, because the function was
  // finalized before.
  if (!env) return;
  HeldJob* held = static_cast<HeldJob*>(context);
  if (!held->job) return;
  if (const uint32_t order = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(data))) {
    held->pausedBy = order;
    // The report is outdated if the job has since been resumed, or paused again.
    if (held->job->waitsBy(order)) answerPauses(env, held, true);
    return;
  }
  const JobResult result = conclude(env, held);
  napi_remove_env_cleanup_hook(env, abandon, held);
  answerPauses(env, held, false);
  napi_value answer;
  if (napi_create_object(env, &answer) == napi_ok && setNumber(env, answer, "steps", static_cast<double>(result.steps)) &&
      setNumber(env, answer, "failedStage", result.stage) && setNumber(env, answer, "failedCall", result.outcome.call) &&
      setNumber(env, answer, "status", result.outcome.status))
    napi_resolve_deferred(env, held->done, answer);
  napi_release_threadsafe_function(held->loop, napi_tsfn_release);
}

/**
 * Reads the job of the object on which a method is called; null when the job is over. Otherwise throws and
 * returns false.
 */
bool readJob(napi_env env, napi_callback_info info, const char* where, HeldJob*& held) {
  size_t count = 0;
  napi_value self;
  bool ours = false;
  void* data;
  if (napi_get_cb_info(env, info, &count, nullptr, &self, nullptr) == napi_ok &&
      napi_check_object_type_tag(env, self, &jobTag, &ours) == napi_ok && ours) {
    held = napi_unwrap(env, self, &data) == napi_ok ? static_cast<HeldJob*>(data) : nullptr;
    if (held && !held->job) held = nullptr;
    return true;
  }
  failAnew(env, ErrorKind::type, invalid, where, "a method of a job is called on something else");
  return false;
}

napi_value stop(napi_env env, napi_callback_info info) {
  HeldJob* held;
  if (readJob(env, info, "stop", held) && held) held->job->stop();
  return nullptr;
}

napi_value resume(napi_env env, napi_callback_info info) {
  HeldJob* held;
  if (!readJob(env, info, "resume", held) || !held) return nullptr;
  held->job->resume();
  answerPauses(env, held, false);
  return nullptr;
}

napi_value pause(napi_env env, napi_callback_info info) {
  HeldJob* held;
  napi_deferred deferred;
  napi_value promise;
  if (!readJob(env, info, "pause", held) || napi_create_promise(env, &deferred, &promise) != napi_ok) return nullptr;
  if (!held) {
    answerPause(env, deferred, false);
    return promise;
  }
  held->pauses.push_back(deferred);
  if (held->job->pause() == held->pausedBy) answerPauses(env, held, true);
  return promise;
}

/**
 * The properties of the stages. All are read before any array is inspected, because getters may run
 * JavaScript.
 */
struct StageValues {
  napi_value program;
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

/** Makes the JavaScript object and its promise. Returns null on failure. */
napi_value wrap(napi_env env, HeldJob* held, napi_value jobClass) {
  napi_value object, promise;
  if (napi_new_instance(env, jobClass, 0, nullptr, &object) != napi_ok || napi_create_promise(env, &held->done, &promise) != napi_ok ||
      napi_set_named_property(env, object, "done", promise) != napi_ok || napi_type_tag_object(env, object, &jobTag) != napi_ok ||
      napi_create_reference(env, object, 1, &held->object) != napi_ok)
    return nullptr;
  if (napi_wrap(env, object, held, finalize, nullptr, nullptr) == napi_ok) {
    held->holders++;
    return object;
  }
  napi_delete_reference(env, held->object);
  return nullptr;
}

/** Creates everything that the job needs and starts it. On failure nothing is left behind. */
bool launch(napi_env env, HeldJob* held, napi_value kept) {
  napi_value name;
  if (napi_create_reference(env, kept, 1, &held->kept) != napi_ok) return false;
  if (napi_create_string_utf8(env, "simdgrad-job", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, held, finalize, held, report, &held->loop) == napi_ok) {
    held->holders++;
    // Hooks run in reverse order of registration: this one before that of the thread-safe function.
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
  size_t count = 4;
  napi_value arguments[4], kept, jobClass;
  void* data;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok || napi_create_array(env, &kept) != napi_ok ||
      napi_get_reference_value(env, static_cast<napi_ref>(data), &jobClass) != napi_ok)
    return nullptr;
  std::vector<StageValues> values;
  if (!readValues(env, arguments[0], values, kept)) return nullptr;
  Steps steps;
  if (!readWhole(env, arguments[1], steps.from) || !readWhole(env, arguments[2], steps.times))
    return fail(env, ErrorKind::type, invalid, startName, "from and times are integers >= 0");
  Array finished;
  uint32_t at;
  if (!readArray(env, arguments[3], finished) || finished.type != DType::i32 || finished.length < 1 || !isShared(env, arguments[3]))
    return fail(env, ErrorKind::type, invalid, startName, "finished: an Int32Array on a SharedArrayBuffer is needed");
  if (napi_get_array_length(env, kept, &at) != napi_ok || napi_set_element(env, kept, at, arguments[3]) != napi_ok) return nullptr;
  std::vector<Stage> stages(values.size());
  std::vector<HeldProgram*> programs(values.size());
  for (size_t i = 0; i < values.size(); i++) {
    if (!checkStage(env, values[i], stages[i], programs[i])) return nullptr;
    for (size_t j = 0; j < i; j++)
      if (programs[j] == programs[i]) return fail(env, ErrorKind::type, invalid, startName, "a program is in one stage");
  }

  HeldJob* held = new HeldJob{1, nullptr, {}, nullptr, nullptr, nullptr, nullptr, {}, 0};
  held->job = new Job(std::move(stages), steps, static_cast<int32_t*>(finished.data), {tellPaused, tellEnded, held});
  const napi_value object = wrap(env, held, jobClass);
  const bool runs = object && launch(env, held, kept);
  if (runs) {
    held->programs = programs;
    for (HeldProgram* program : programs) setRunning(*program, true);
  } else {
    delete held->job;
    held->job = nullptr;
    if (object) unwrap(env, held);
  }
  drop(held);
  return runs ? object : fail(env, ErrorKind::plain, "NO_THREAD", startName, "the system gives no thread");
}

}  // namespace

void addJobs(napi_env env, napi_value exports) {
  const napi_callback constructor = [](napi_env, napi_callback_info) -> napi_value { return nullptr; };
  napi_value jobClass, prototype;
  napi_ref kept;
  // Methods that Node-API defines on a class reject a wrong `this` before we can throw an explanation.
  if (napi_define_class(env, "Job", NAPI_AUTO_LENGTH, constructor, nullptr, 0, nullptr, &jobClass) == napi_ok &&
      napi_get_named_property(env, jobClass, "prototype", &prototype) == napi_ok && setFunction(env, prototype, "stop", stop, nullptr) &&
      setFunction(env, prototype, "pause", pause, nullptr) && setFunction(env, prototype, "resume", resume, nullptr) &&
      napi_create_reference(env, jobClass, 1, &kept) == napi_ok)
    setFunction(env, exports, "startJob", startJob, kept);
}

}  // namespace simdgrad
