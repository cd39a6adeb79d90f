// The binding: the only file that sees Node-API.
//
// Every kernel is one JavaScript function with one convention. Numbers, op codes and number lists are in `block`, a Float64Array
// that JavaScript fills before the call; typed arrays (or null) are the arguments, in order. So adding a kernel touches nothing
// here. The block stands on a SharedArrayBuffer: those cannot be detached or transferred, so its address may be kept.

#define NAPI_VERSION 8
#include <napi.h>

#include <cstdio>

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

/** One for each environment: the main thread and every Worker has its own. */
struct Instance {
  double* block = nullptr;
  int blockLength = 0;
  Napi::Reference<Napi::TypedArray> blockArray;  // keeps the memory alive
};

/** What a kernel's function is given: one for each kernel and environment. */
struct Binding {
  const Row* row;
  Instance* instance;
};

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

/** napi_get_typedarray_info fails for anything else, and counts as a call that succeeded only then: one call in the usual case. */
bool readArray(napi_env env, napi_value value, Array& array) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &array.length, &array.data, nullptr, nullptr) == napi_ok) {
    array.type = dtypeOf(type);
    return true;
  }
  napi_valuetype kind;
  if (napi_typeof(env, value, &kind) != napi_ok || (kind != napi_null && kind != napi_undefined)) return false;
  array = {nullptr, 0, DType::none};
  return true;
}

napi_value throwText(napi_env env, bool range, const char* code, const char* kernel, const char* text) {
  char message[256];
  snprintf(message, sizeof message, "%s: %s", kernel, text);
  range ? napi_throw_range_error(env, code, message) : napi_throw_type_error(env, code, message);
  return nullptr;
}

napi_value callKernel(napi_env env, napi_callback_info info) {
  size_t count = maxArrays;
  napi_value values[maxArrays];
  void* data;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  const Binding& binding = *static_cast<Binding*>(data);
  const Row& row = *binding.row;
  if (!binding.instance->block) return throwText(env, false, "NOT_INITIALIZED", row.name, "init(block) was not called");
  if (count > maxArrays) return throwText(env, false, "INVALID_ARGUMENT", row.name, "too many arguments");
  Array arrays[maxArrays];
  for (size_t i = 0; i < count; i++)
    if (!readArray(env, values[i], arrays[i]))
      return throwText(env, false, "INVALID_ARGUMENT", row.name, "arguments are typed arrays or null");
  const double answer = row.entry({binding.instance->block, binding.instance->blockLength, arrays, static_cast<int>(count)});
  if (answer == OUT_OF_BOUNDS) return throwText(env, true, "OUT_OF_BOUNDS", row.name, lastProblem());
  napi_value result;
  // Small integers need no heap number.
  const napi_status status = answer >= -16 && answer < 1e9 ? napi_create_int32(env, static_cast<int32_t>(answer), &result)
                                                           : napi_create_double(env, answer, &result);
  return status == napi_ok ? result : nullptr;
}

Napi::Value init(const Napi::CallbackInfo& info) {
  Instance* instance = static_cast<Instance*>(info.Data());
  const Napi::Env env = info.Env();
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  bool plain = true;
  const bool ok = info.Length() == 1 && napi_get_typedarray_info(env, info[0], &type, &length, &data, &buffer, nullptr) == napi_ok &&
                  type == napi_float64_array && length > 0 && length <= 65536 && napi_is_arraybuffer(env, buffer, &plain) == napi_ok;
  if (!ok || plain) {
    Napi::TypeError::New(env, "init: a Float64Array on a SharedArrayBuffer is needed").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  instance->blockArray = Napi::Persistent(info[0].As<Napi::TypedArray>());
  instance->block = static_cast<double*>(data);
  instance->blockLength = static_cast<int>(length);
  return env.Undefined();
}

Napi::Value getIsa(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), isa().name); }

Napi::Value useIsa(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsString()) return Napi::Boolean::New(info.Env(), false);
  return Napi::Boolean::New(info.Env(), setIsa(info[0].As<Napi::String>().Utf8Value().c_str()));
}

Napi::Value getThreads(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), threads()); }

Napi::Value useThreads(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsNumber()) return Napi::Number::New(info.Env(), threads());
  const double wanted = info[0].As<Napi::Number>().DoubleValue();
  const int count = wanted >= 1 && wanted <= maxThreads ? static_cast<int>(wanted) : wanted > maxThreads ? maxThreads : 1;
  return Napi::Number::New(info.Env(), setThreads(count));
}

Napi::Value getWorkerChunks(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(workerChunks()));
}

Napi::Value getCores(const Napi::CallbackInfo& info) {
  Napi::Object cores = Napi::Object::New(info.Env());
  cores.Set("affinity", Napi::Number::New(info.Env(), affinityCores()));
  cores.Set("quota", Napi::Number::New(info.Env(), quotaCores()));
  return cores;
}

/** True once in a process: the first environment applies the settings of process.env, later ones leave them. */
bool firstEnvironment() {
  static bool used = false;
  return !__atomic_exchange_n(&used, true, __ATOMIC_SEQ_CST);
}

Napi::Object start(Napi::Env env, Napi::Object exports) {
  if (isaCount() == 0) {
    Napi::Error::New(env, isaNote()).ThrowAsJavaScriptException();
    return exports;
  }
  Instance* instance = new Instance;
  Binding* bindings = new Binding[static_cast<size_t>(kernelCount())];
  env.AddCleanupHook([instance, bindings]() {
    instance->blockArray.Reset();
    delete instance;
    delete[] bindings;
  });
  Napi::Object kernels = Napi::Object::New(env);
  for (int i = 0; i < kernelCount(); i++) {
    const Row& row = kernelAt(i);
    bindings[i] = {&row, instance};
    napi_value function;
    if (napi_create_function(env, row.name, NAPI_AUTO_LENGTH, callKernel, &bindings[i], &function) != napi_ok) return exports;
    kernels.Set(row.name, function);
  }
  exports.Set("kernels", kernels);

  Napi::Object ops = Napi::Object::New(env);
  for (int i = 0; i < opListCount(); i++) {
    const OpList& list = opListAt(i);
    Napi::Array names = Napi::Array::New(env, static_cast<size_t>(list.count));
    for (int j = 0; j < list.count; j++) names.Set(static_cast<uint32_t>(j), list.names[j]);
    ops.Set(list.family, names);
  }
  exports.Set("ops", ops);

  Napi::Array isas = Napi::Array::New(env);
  for (int i = 0; i < isaCount(); i++) isas.Set(static_cast<uint32_t>(i), isaAt(i).name);
  exports.Set("isas", isas);
  exports.Set("isaNote", isaNote());
  exports.Set("sourceHash", SIMDGRAD_SOURCE_HASH);
  exports.Set("first", firstEnvironment());
  exports.Set("init", Napi::Function::New(env, init, "init", instance));
  exports.Set("isa", Napi::Function::New(env, getIsa, "isa"));
  exports.Set("setIsa", Napi::Function::New(env, useIsa, "setIsa"));
  exports.Set("threads", Napi::Function::New(env, getThreads, "threads"));
  exports.Set("setThreads", Napi::Function::New(env, useThreads, "setThreads"));
  exports.Set("workerChunks", Napi::Function::New(env, getWorkerChunks, "workerChunks"));
  exports.Set("cores", Napi::Function::New(env, getCores, "cores"));
  return exports;
}

}  // namespace
}  // namespace simdgrad

static Napi::Object startAddon(Napi::Env env, Napi::Object exports) { return simdgrad::start(env, exports); }
NODE_API_MODULE(simdgrad, startAddon)
