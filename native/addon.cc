// The binding: the only file that sees Node-API, in its C form: no part of libstdc++ with exceptions in it comes along, so the
// addon needs no newer glibc than Node itself does.
//
// Every kernel is one JavaScript function with one convention. Numbers, op codes and number lists are in `block`, a Float64Array
// that JavaScript fills before the call; typed arrays (or null) are the arguments, in order. So adding a kernel touches nothing
// here. The block stands on a SharedArrayBuffer: those cannot be detached or transferred, so its address may be kept.

#define NAPI_VERSION 8
#include <node_api.h>

#include <cstdio>
#include <cstdlib>

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

struct Instance;

/** What a kernel's function is given: one for each kernel and environment. */
struct Binding {
  const Row* row;
  const Instance* instance;
};

/** One for each environment: the main thread and every Worker has its own. `bindings` follow it in memory. */
struct Instance {
  double* block;
  int blockLength;
  napi_ref blockArray;  // keeps the memory alive
  Binding bindings[1];
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

/** A typed array or null. Asking for the array first makes the usual case one call. A detached array has length 0. */
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

enum class ErrorKind { type, range };

napi_value fail(napi_env env, ErrorKind kind, const char* code, const char* where, const char* text) {
  char message[256];
  snprintf(message, sizeof message, "%s: %s", where, text);
  if (kind == ErrorKind::range)
    napi_throw_range_error(env, code, message);
  else
    napi_throw_type_error(env, code, message);
  return nullptr;
}

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

// Everything below runs once, or rarely. A value that cannot be made (memory, a pending exception) stays undefined.

/** The first argument and the environment's instance. */
struct Arguments {
  napi_value first = nullptr;
  Instance* instance = nullptr;
  Arguments(napi_env env, napi_callback_info info) {
    size_t count = 1;
    void* data = nullptr;
    if (napi_get_cb_info(env, info, &count, &first, nullptr, &data) != napi_ok) return;
    instance = static_cast<Instance*>(data);
  }
};

/**
 * init(block) → the block in use: the first one that was given, so that several copies of the library in one environment, which
 * share the addon, also share its block.
 */
napi_value init(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Instance& instance = *arguments.instance;
  napi_value used;
  if (instance.block && napi_get_reference_value(env, instance.blockArray, &used) == napi_ok) return used;
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  bool detachable = true;
  const bool ok = napi_get_typedarray_info(env, arguments.first, &type, &length, &data, &buffer, nullptr) == napi_ok &&
                  type == napi_float64_array && length > 0 && length <= 65536 &&
                  napi_is_arraybuffer(env, buffer, &detachable) == napi_ok && !detachable;
  if (!ok) return fail(env, ErrorKind::type, "INVALID_ARGUMENT", "init", "a Float64Array on a SharedArrayBuffer is needed");
  if (napi_create_reference(env, arguments.first, 1, &instance.blockArray) != napi_ok) return nullptr;
  instance.block = static_cast<double*>(data);
  instance.blockLength = static_cast<int>(length);
  return arguments.first;
}

napi_value text(napi_env env, const char* value) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result);
  return result;
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

napi_value getIsa(napi_env env, napi_callback_info) { return text(env, isa().name); }

napi_value useIsa(napi_env env, napi_callback_info info) {
  char name[32];
  size_t length;
  const bool given = napi_get_value_string_utf8(env, Arguments(env, info).first, name, sizeof name, &length) == napi_ok;
  return boolean(env, given && setIsa(name));
}

napi_value getThreads(napi_env env, napi_callback_info) { return number(env, threads()); }

napi_value useThreads(napi_env env, napi_callback_info info) {
  double wanted;
  if (napi_get_value_double(env, Arguments(env, info).first, &wanted) != napi_ok || wanted != wanted) return number(env, threads());
  return number(env, setThreads(wanted < 1 ? 1 : wanted > maxThreads ? maxThreads : static_cast<int>(wanted)));
}

napi_value getWorkerChunks(napi_env env, napi_callback_info) { return number(env, static_cast<double>(workerChunks())); }
napi_value getAffinity(napi_env env, napi_callback_info) { return number(env, affinityCores()); }
napi_value getQuota(napi_env env, napi_callback_info) { return number(env, quotaCores()); }

/** True once in a process: the first environment applies the settings of process.env, later ones leave them alone. */
bool firstEnvironment() {
  static bool used = false;
  return !__atomic_exchange_n(&used, true, __ATOMIC_SEQ_CST);
}

void addFunction(napi_env env, napi_value object, const char* name, napi_callback callback, void* data) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) == napi_ok)
    napi_set_named_property(env, object, name, function);
}

napi_value start(napi_env env, napi_value exports) {
  if (isaCount() == 0) return fail(env, ErrorKind::type, "CPU_UNSUPPORTED", "simdgrad", isaNote());

  const size_t bytes = sizeof(Instance) + sizeof(Binding) * static_cast<size_t>(kernelCount());
  Instance* instance = static_cast<Instance*>(calloc(1, bytes));
  if (!instance) return fail(env, ErrorKind::type, "NO_MEMORY", "simdgrad", "out of memory");
  const auto release = [](napi_env, void* data, void*) { free(data); };
  if (napi_set_instance_data(env, instance, release, nullptr) != napi_ok) {
    free(instance);
    return nullptr;
  }

  napi_value kernels, ops, isas, names;
  napi_create_object(env, &kernels);
  for (int i = 0; i < kernelCount(); i++) {
    instance->bindings[i] = {&kernelAt(i), instance};
    addFunction(env, kernels, kernelAt(i).name, callKernel, &instance->bindings[i]);
  }
  napi_create_object(env, &ops);
  for (int i = 0; i < opListCount(); i++) {
    const OpList& list = opListAt(i);
    napi_create_array(env, &names);
    for (int j = 0; j < list.count; j++) napi_set_element(env, names, static_cast<uint32_t>(j), text(env, list.names[j]));
    napi_set_named_property(env, ops, list.family, names);
  }
  napi_create_array(env, &isas);
  for (int i = 0; i < isaCount(); i++) napi_set_element(env, isas, static_cast<uint32_t>(i), text(env, isaAt(i).name));

  napi_set_named_property(env, exports, "kernels", kernels);
  napi_set_named_property(env, exports, "ops", ops);
  napi_set_named_property(env, exports, "isas", isas);
  napi_set_named_property(env, exports, "isaNote", text(env, isaNote()));
  napi_set_named_property(env, exports, "sourceHash", text(env, SIMDGRAD_SOURCE_HASH));
  napi_set_named_property(env, exports, "first", boolean(env, firstEnvironment()));
  addFunction(env, exports, "init", init, instance);
  addFunction(env, exports, "isa", getIsa, nullptr);
  addFunction(env, exports, "setIsa", useIsa, nullptr);
  addFunction(env, exports, "threads", getThreads, nullptr);
  addFunction(env, exports, "setThreads", useThreads, nullptr);
  addFunction(env, exports, "workerChunks", getWorkerChunks, nullptr);
  addFunction(env, exports, "affinity", getAffinity, nullptr);
  addFunction(env, exports, "quota", getQuota, nullptr);
  return exports;
}

}  // namespace
}  // namespace simdgrad

NAPI_MODULE_INIT() { return simdgrad::start(env, exports); }
