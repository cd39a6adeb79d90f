// The binding: of the kernels here, of recorded programs in addon-program.cc, of jobs in addon-job.cc. Written with the C functions of
// Node-API: node-addon-api ends the process when a Worker is told to end while it loads the addon, since nothing can be thrown then.
//
// Every kernel is one JavaScript function with one convention. Numbers, op codes and number lists are in `block`, a Float64Array
// that JavaScript fills before the call; typed arrays (or null) are the arguments, in order. So adding a kernel touches nothing
// here. The block stands on a SharedArrayBuffer: those cannot be detached or transferred, so its address may be kept.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "addon.h"
#include "cores.h"
#include "dispatch.h"
#include "pool.h"
#include "table.h"

#ifndef SIMDGRAD_SOURCE_HASH
#define SIMDGRAD_SOURCE_HASH "unknown"
#endif

namespace simdgrad {
namespace {

constexpr int maxArrays = 12;

DType dtypeOf(napi_typedarray_type type) {
  switch (type) {
    case napi_float32_array:
      return DType::f32;
    case napi_float64_array:
      return DType::f64;
    case napi_int32_array:
      return DType::i32;
    case napi_uint8_array:
      return DType::u8;
    default:
      return DType::other;
  }
}

}  // namespace

// Asking for the array first makes the usual case one call.
bool readArray(napi_env env, napi_value value, Array& array) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &array.length, &array.data, nullptr, nullptr) == napi_ok) {
    array.type = dtypeOf(type);
    return true;
  }
  napi_valuetype kind;
  if (napi_typeof(env, value, &kind) != napi_ok) return false;
  if (kind != napi_null && kind != napi_undefined) {
    // What stands in for memory while `compile` traces says by itself what is wrong: its traps throw. So would any proxy of a stranger,
    // but nobody uses an array after one that was not read.
    napi_value length;
    if (kind == napi_object) napi_get_named_property(env, value, "length", &length);
    return false;
  }
  array = {nullptr, 0, DType::none};
  return true;
}

napi_value fail(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text) {
  char message[256];
  snprintf(message, sizeof message, "%s: %s", where, text);
  if (kind == ErrorKind::range)
    napi_throw_range_error(env, code, message);
  else if (kind == ErrorKind::type)
    napi_throw_type_error(env, code, message);
  else
    napi_throw_error(env, code, message);
  return nullptr;
}

napi_value failAnew(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text) {
  napi_value thrown;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) napi_get_and_clear_last_exception(env, &thrown);
  return fail(env, kind, code, where, text);
}

napi_value fail(napi_env env, const char* where, const Refusal& refusal) {
  const auto is = [&](const char* code) { return strcmp(refusal.code, code) == 0; };
  const bool range = is("OUT_OF_BOUNDS") || is("DETACHED");
  return fail(env, range ? ErrorKind::range : is("INVALID_ARGUMENT") ? ErrorKind::type : ErrorKind::plain, refusal.code, where, refusal.text);
}

bool setFunction(napi_env env, napi_value object, const char* name, napi_callback callback, void* data) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) == napi_ok &&
         napi_set_named_property(env, object, name, function) == napi_ok;
}

namespace {

napi_value callKernel(napi_env env, napi_callback_info info) {
  size_t count = maxArrays;
  napi_value values[maxArrays];
  void* data;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  const Binding& binding = *static_cast<const Binding*>(data);
  const Row& row = *binding.row;
  const Instance& instance = *binding.instance;
  if (!instance.block) return fail(env, ErrorKind::type, "NOT_INITIALIZED", row.name, "init(block) was not called");
  if (count > maxArrays) return fail(env, ErrorKind::type, "INVALID_ARGUMENT", row.name, "too many arguments");
  Array arrays[maxArrays];
  for (size_t i = 0; i < count; i++)
    if (!readArray(env, values[i], arrays[i]))
      return fail(env, ErrorKind::type, "INVALID_ARGUMENT", row.name, "arguments are typed arrays or null");
  const double answer = row.entry({instance.block, instance.blockLength, arrays, static_cast<int>(count)});
  if (answer == OUT_OF_BOUNDS) return fail(env, ErrorKind::range, "OUT_OF_BOUNDS", row.name, lastProblem());
  napi_value result = nullptr;
  // Small integers need no heap number. OK, the usual answer, is one.
  if (answer >= -16 && answer < 1e9)
    napi_create_int32(env, static_cast<int32_t>(answer), &result);
  else
    napi_create_double(env, answer, &result);
  return result;
}

// Everything below runs once, or rarely.

/** The first argument; undefined where there is none. Null when Node-API refuses. */
napi_value firstArgument(napi_env env, napi_callback_info info, void** data = nullptr) {
  size_t count = 1;
  napi_value value;
  return napi_get_cb_info(env, info, &count, &value, nullptr, data) == napi_ok ? value : nullptr;
}

/**
 * init(block) → the block in use: the first one that was given, so that several copies of the library in one environment, which
 * share the addon, also share its block.
 */
napi_value init(napi_env env, napi_callback_info info) {
  void* own;
  const napi_value given = firstArgument(env, info, &own);
  if (!given) return nullptr;
  Instance& instance = *static_cast<Instance*>(own);
  napi_value used;
  if (instance.block && napi_get_reference_value(env, instance.blockArray, &used) == napi_ok) return used;
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  bool detachable = true;
  const bool ok = napi_get_typedarray_info(env, given, &type, &length, &data, &buffer, nullptr) == napi_ok &&
                  type == napi_float64_array && length > 0 && length <= 65536 &&
                  napi_is_arraybuffer(env, buffer, &detachable) == napi_ok && !detachable;
  if (!ok) return fail(env, ErrorKind::type, "INVALID_ARGUMENT", "init", "a Float64Array on a SharedArrayBuffer is needed");
  if (napi_create_reference(env, given, 1, &instance.blockArray) != napi_ok) return nullptr;
  instance.block = static_cast<double*>(data);
  instance.blockLength = static_cast<int>(length);
  return given;
}

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

napi_value boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value string(napi_env env, const char* text) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value getIsa(napi_env env, napi_callback_info) { return string(env, isa().name); }

napi_value useIsa(napi_env env, napi_callback_info info) {
  char name[32];
  size_t length;
  const napi_value given = firstArgument(env, info);
  return boolean(env, given && napi_get_value_string_utf8(env, given, name, sizeof name, &length) == napi_ok && setIsa(name));
}

napi_value getThreads(napi_env env, napi_callback_info) { return number(env, threads()); }

napi_value useThreads(napi_env env, napi_callback_info info) {
  double wanted;
  const napi_value given = firstArgument(env, info);
  if (!given || napi_get_value_double(env, given, &wanted) != napi_ok || wanted != wanted) return number(env, threads());
  return number(env, setThreads(wanted < 1 ? 1 : wanted > maxThreads ? maxThreads : static_cast<int>(wanted)));
}

napi_value getWorkerChunks(napi_env env, napi_callback_info) { return number(env, static_cast<double>(workerChunks())); }
napi_value getAffinity(napi_env env, napi_callback_info) { return number(env, affinityCores()); }
napi_value getQuota(napi_env env, napi_callback_info) { return number(env, quotaCores()); }

/** Bytes between the last cache line and the first element of a typed array. */
napi_value getBehindLine(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  const napi_value given = firstArgument(env, info);
  if (!given || napi_get_typedarray_info(env, given, nullptr, nullptr, &data, nullptr, nullptr) != napi_ok)
    return fail(env, ErrorKind::type, "INVALID_ARGUMENT", "behindLine", "a typed array is needed");
  return number(env, static_cast<double>(reinterpret_cast<uintptr_t>(data) % 64));
}

/** True once in a process: the first environment applies the settings of process.env, later ones leave them alone. */
bool firstEnvironment() {
  static bool used = false;
  return !__atomic_exchange_n(&used, true, __ATOMIC_SEQ_CST);
}

bool set(napi_env env, napi_value object, const char* name, napi_value value) {
  return value && napi_set_named_property(env, object, name, value) == napi_ok;
}

/** A list of at(0) … at(count - 1); null when Node-API refuses. */
template <class At>
napi_value strings(napi_env env, int count, At at) {
  napi_value list;
  if (napi_create_array(env, &list) != napi_ok) return nullptr;
  for (int i = 0; i < count; i++) {
    const napi_value text = string(env, at(i));
    if (!text || napi_set_element(env, list, static_cast<uint32_t>(i), text) != napi_ok) return nullptr;
  }
  return list;
}

/** Everything that the addon gives, up to the first refusal: then nobody is left to use it. */
bool addAll(napi_env env, napi_value exports, Instance* instance) {
  napi_value kernels, ops;
  if (napi_create_object(env, &kernels) != napi_ok || napi_create_object(env, &ops) != napi_ok) return false;
  for (int i = 0; i < kernelCount(); i++) {
    instance->bindings[i] = {&kernelAt(i), instance};
    if (!setFunction(env, kernels, kernelAt(i).name, callKernel, &instance->bindings[i])) return false;
  }
  for (int i = 0; i < opListCount(); i++) {
    const OpList& list = opListAt(i);
    if (!set(env, ops, list.family, strings(env, list.count, [&](int j) { return list.names[j]; }))) return false;
  }
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {{"init", init},
                   {"isa", getIsa},
                   {"setIsa", useIsa},
                   {"threads", getThreads},
                   {"setThreads", useThreads},
                   {"workerChunks", getWorkerChunks},
                   {"affinity", getAffinity},
                   {"quota", getQuota},
                   {"behindLine", getBehindLine}};
  for (const auto& function : functions)
    if (!setFunction(env, exports, function.name, function.callback, instance)) return false;
  return set(env, exports, "kernels", kernels) &&
         set(env, exports, "kernelNames", strings(env, kernelCount(), [](int i) { return kernelAt(i).name; })) &&
         set(env, exports, "ops", ops) && set(env, exports, "isas", strings(env, isaCount(), [](int i) { return isaAt(i).name; })) &&
         set(env, exports, "isaNote", string(env, isaNote())) && set(env, exports, "sourceHash", string(env, SIMDGRAD_SOURCE_HASH)) &&
         set(env, exports, "first", boolean(env, firstEnvironment()));
}

void start(napi_env env, napi_value exports) {
  if (isaCount() == 0) {
    fail(env, ErrorKind::type, "CPU_UNSUPPORTED", "simdgrad", isaNote());
    return;
  }
  const size_t bytes = sizeof(Instance) + sizeof(Binding) * static_cast<size_t>(kernelCount());
  Instance* instance = static_cast<Instance*>(calloc(1, bytes));
  if (!instance) {
    fail(env, ErrorKind::type, "NO_MEMORY", "simdgrad", "out of memory");
    return;
  }
  const auto release = [](napi_env, void* data, void*) { free(data); };
  if (napi_set_instance_data(env, instance, release, nullptr) != napi_ok) {
    free(instance);
    return;
  }
  if (!addAll(env, exports, instance)) return;
  addPrograms(env, exports, instance);
  addJobs(env, exports);
}

}  // namespace
}  // namespace simdgrad

NAPI_MODULE_INIT() {
  simdgrad::start(env, exports);
  return exports;
}
