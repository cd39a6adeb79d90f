// The binding of kernels. Recorded programs are in addon-program.cc, jobs in addon-job.cc. Code that runs
// once per environment uses node-addon-api. The call of a kernel runs thousands of times a second and uses
// the C functions of Node-API.
//
// Every kernel is one JavaScript function with the same convention. Numbers, op codes and number lists are in
// `block`, a Float64Array that JavaScript fills before the call. The arguments are typed arrays (or null), in
// order. So adding a kernel changes nothing here. The block is in a SharedArrayBuffer, which cannot be
// detached or transferred, so its address may be cached.

#define NAPI_VERSION 8
#define NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS
// A Worker may be told to end while it loads the addon. Then nothing can be thrown, and without this macro
// node-addon-api would end the process.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "addon.h"
#include "version.h"
#include "../isa/dispatch.h"
#include "../system/system.h"
#include "../threads/pool.h"
#include "../entries/table.h"

#ifndef SIMDGRAD_SOURCE_HASH
#define SIMDGRAD_SOURCE_HASH "unknown"
#endif

namespace simdgrad {
namespace {

constexpr int maxArrays = 20;

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

// Asks for the array info first, so that the common case is a single call.
bool readArray(napi_env env, napi_value value, Array& array) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &array.length, &array.data, nullptr, nullptr) == napi_ok) {
    array.type = dtypeOf(type);
    return true;
  }
  napi_valuetype kind;
  if (napi_typeof(env, value, &kind) != napi_ok) return false;
  if (kind != napi_null && kind != napi_undefined) {
    // The placeholder for memory while `compile` traces is a proxy whose traps throw an explanation. Reading
    // a property triggers them. A user's proxy might throw here too, which is harmless: the call has failed
    // anyway.
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
  if (answer == OUT_OF_MEMORY) return fail(env, ErrorKind::range, "OUT_OF_MEMORY", row.name, "there is no memory for intermediate results");
  napi_value result = nullptr;
  // A small integer needs no heap number. OK, the common result, is one.
  if (answer >= -16 && answer < 1e9)
    napi_create_int32(env, static_cast<int32_t>(answer), &result);
  else
    napi_create_double(env, answer, &result);
  return result;
}

// Everything below runs once, or rarely.

/**
 * init(block) → the block in use, which is the first block that was given. Several copies of the library in
 * one environment share the addon, so they also share its block.
 */
Napi::Value init(const Napi::CallbackInfo& info) {
  Instance& instance = *static_cast<Instance*>(info.Data());
  const Napi::Env env = info.Env();
  napi_value used;
  if (instance.block && napi_get_reference_value(env, instance.blockArray, &used) == napi_ok) return {env, used};
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  bool detachable = true;
  const bool ok = napi_get_typedarray_info(env, info[0], &type, &length, &data, &buffer, nullptr) == napi_ok &&
                  type == napi_float64_array && length > 0 && length <= 65536 &&
                  napi_is_arraybuffer(env, buffer, &detachable) == napi_ok && !detachable;
  if (!ok) {
    fail(env, ErrorKind::type, "INVALID_ARGUMENT", "init", "a Float64Array on a SharedArrayBuffer is needed");
    return {};
  }
  if (napi_create_reference(env, info[0], 1, &instance.blockArray) != napi_ok) return {};
  instance.block = static_cast<double*>(data);
  instance.blockLength = static_cast<int>(length);
  return info[0];
}

Napi::Value number(const Napi::CallbackInfo& info, double value) { return Napi::Number::New(info.Env(), value); }

/** For tests: see `limitScratch` in pool.h. */
Napi::Value setScratchLimit(const Napi::CallbackInfo& info) {
  limitScratch(static_cast<int64_t>(info[0].As<Napi::Number>().DoubleValue()));
  return info.Env().Undefined();
}

Napi::Value getIsa(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), isa().name); }

Napi::Value useIsa(const Napi::CallbackInfo& info) {
  char name[32];
  size_t length;
  const bool given = napi_get_value_string_utf8(info.Env(), info[0], name, sizeof name, &length) == napi_ok;
  return Napi::Boolean::New(info.Env(), given && setIsa(name));
}

Napi::Value getThreads(const Napi::CallbackInfo& info) { return number(info, threads()); }

Napi::Value useThreads(const Napi::CallbackInfo& info) {
  double wanted;
  if (napi_get_value_double(info.Env(), info[0], &wanted) != napi_ok || wanted != wanted) return number(info, threads());
  return number(info, setThreads(wanted < 1 ? 1 : wanted > maxThreads ? maxThreads : static_cast<int>(wanted)));
}

Napi::Value getWorkerChunks(const Napi::CallbackInfo& info) { return number(info, static_cast<double>(workerChunks())); }
Napi::Value getAffinity(const Napi::CallbackInfo& info) { return number(info, affinityCores()); }
Napi::Value getQuota(const Napi::CallbackInfo& info) { return number(info, quotaCores()); }

Napi::Value keepMemory(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), keepFreedMemory()); }

/** Bytes from the start of the cache line to the first element of a typed array. */
Napi::Value getBehindLine(const Napi::CallbackInfo& info) {
  void* data = nullptr;
  if (info.Length() != 1 || napi_get_typedarray_info(info.Env(), info[0], nullptr, nullptr, &data, nullptr, nullptr) != napi_ok)
    fail(info.Env(), ErrorKind::type, "INVALID_ARGUMENT", "behindLine", "a typed array is needed");
  return number(info, static_cast<double>(reinterpret_cast<uintptr_t>(data) % 64));
}

/** True once per process: only the first environment applies the settings of process.env. */
bool firstEnvironment() {
  static bool used = false;
  return !__atomic_exchange_n(&used, true, __ATOMIC_SEQ_CST);
}

template <Napi::Value (*callback)(const Napi::CallbackInfo&)>
void addFunction(Napi::Object& exports, const char* name, Instance* instance) {
  exports.Set(name, Napi::Function::New<callback>(exports.Env(), name, instance));
}

Napi::Array strings(Napi::Env env, int count, const char* (*at)(int, const void*), const void* data) {
  Napi::Array list = Napi::Array::New(env, static_cast<size_t>(count));
  for (int i = 0; i < count; i++) list.Set(static_cast<uint32_t>(i), Napi::String::New(env, at(i, data)));
  return list;
}

Napi::Object start(Napi::Env env, Napi::Object exports) {
  if (isaCount() == 0) {
    fail(env, ErrorKind::type, "CPU_UNSUPPORTED", "simdgrad", isaNote());
    return exports;
  }
  stayLoaded();
  const size_t bytes = sizeof(Instance) + sizeof(Binding) * static_cast<size_t>(kernelCount());
  Instance* instance = static_cast<Instance*>(calloc(1, bytes));
  if (!instance) {
    fail(env, ErrorKind::type, "NO_MEMORY", "simdgrad", "out of memory");
    return exports;
  }
  const auto release = [](napi_env, void* data, void*) { free(data); };
  if (napi_set_instance_data(env, instance, release, nullptr) != napi_ok) {
    free(instance);
    return exports;
  }

  Napi::Object kernels = Napi::Object::New(env);
  for (int i = 0; i < kernelCount(); i++) {
    instance->bindings[i] = {&kernelAt(i), instance};
    setFunction(env, kernels, kernelAt(i).name, callKernel, &instance->bindings[i]);
  }
  Napi::Object ops = Napi::Object::New(env);
  for (int i = 0; i < opListCount(); i++) {
    const OpList& list = opListAt(i);
    ops.Set(list.family,
            strings(env, list.count, [](int j, const void* data) { return static_cast<const OpList*>(data)->names[j]; }, &list));
  }
  exports.Set("kernels", kernels);
  exports.Set("kernelNames", strings(env, kernelCount(), [](int i, const void*) { return kernelAt(i).name; }, nullptr));
  exports.Set("ops", ops);
  exports.Set("isas", strings(env, isaCount(), [](int i, const void*) { return isaAt(i).name; }, nullptr));
  exports.Set("isaNote", isaNote());
  exports.Set("version", SIMDGRAD_VERSION);
  exports.Set("sourceHash", SIMDGRAD_SOURCE_HASH);
  exports.Set("first", firstEnvironment());
  addFunction<init>(exports, "init", instance);
  addFunction<getIsa>(exports, "isa", instance);
  addFunction<useIsa>(exports, "setIsa", instance);
  addFunction<getThreads>(exports, "threads", instance);
  addFunction<useThreads>(exports, "setThreads", instance);
  addFunction<getWorkerChunks>(exports, "workerChunks", instance);
  addFunction<setScratchLimit>(exports, "limitScratch", instance);
  addFunction<getAffinity>(exports, "affinity", instance);
  addFunction<getQuota>(exports, "quota", instance);
  addFunction<keepMemory>(exports, "keepFreedMemory", instance);
  addFunction<getBehindLine>(exports, "behindLine", instance);
  addPrograms(env, exports, instance);
  addJobs(env, exports);
  addMpi(env, exports);
  return exports;
}

}  // namespace
}  // namespace simdgrad

static Napi::Object startSimdgrad(Napi::Env env, Napi::Object exports) { return simdgrad::start(env, exports); }

NODE_API_MODULE(simdgrad, startSimdgrad)
