// The binding of MPI: requests that answer with a promise, and an exchange that JavaScript waits for.
//
// There is one world per process, and only the main thread's environment uses it (src/distributed checks it).

#include <cstdlib>
#include <cstring>

#include "addon.h"
#include "../mpi/world.h"

namespace simdgrad {

namespace {

const char* const invalid = "INVALID_ARGUMENT";

/** A request of JavaScript. The thread-safe function keeps the event loop alive until it is answered. */
struct Asked {
  mpi::Request request{};
  napi_deferred promise = nullptr;
  napi_threadsafe_function loop = nullptr;
  napi_ref array = nullptr, schedule = nullptr;  // keep the memory alive
  char* path = nullptr;
};

void finalize(napi_env, void* data, void*) {
  Asked* const asked = static_cast<Asked*>(data);
  free(asked->path);
  delete asked;
}

/** On MPI's thread. */
void answer(mpi::Request* request, int outcome) {
  napi_call_threadsafe_function(static_cast<Asked*>(request->context)->loop, reinterpret_cast<void*>(intptr_t{outcome}), napi_tsfn_nonblocking);
}

/** On the environment's thread. */
void settle(napi_env env, napi_value, void* context, void* data) {
  if (!env) return;
  Asked* const asked = static_cast<Asked*>(context);
  napi_value value;
  const int32_t outcome = static_cast<int32_t>(reinterpret_cast<intptr_t>(data));
  // After a failure MPI may still write to the memory, which stays for as long as the process.
  for (const napi_ref kept : {asked->array, asked->schedule})
    if (kept && outcome == mpi::done) napi_delete_reference(env, kept);
  if (napi_create_int32(env, outcome, &value) == napi_ok)
    napi_resolve_deferred(env, asked->promise, value);
  napi_release_threadsafe_function(asked->loop, napi_tsfn_release);
}

/** Gives the request to the thread. Returns its promise. */
napi_value launch(napi_env env, Asked* asked, const char* where) {
  napi_value name, promise;
  if (napi_create_string_utf8(env, "simdgrad-mpi", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_promise(env, &asked->promise, &promise) != napi_ok ||
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, asked, finalize, asked, settle, &asked->loop) != napi_ok) {
    finalize(env, asked, nullptr);
    return fail(env, ErrorKind::plain, "NO_THREAD", where, "Node gives no function for another thread");
  }
  asked->request.context = asked;
  asked->request.answer = answer;
  const bool starts = asked->request.kind == mpi::Kind::start;
  const int accepted = !starts ? mpi::ask(&asked->request) : mpi::start(&asked->request) ? mpi::done : mpi::notStarted;
  if (accepted != mpi::done) answer(&asked->request, accepted);
  return promise;
}

/** start(path): opens a library and initializes MPI. */
napi_value start(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value path;
  if (napi_get_cb_info(env, info, &count, &path, nullptr, nullptr) != napi_ok || count < 1 ||
      napi_get_value_string_utf8(env, path, nullptr, 0, &length) != napi_ok)
    return failAnew(env, ErrorKind::type, invalid, "start", "a path is needed");
  Asked* const asked = new Asked;
  asked->path = static_cast<char*>(calloc(length + 1, 1));
  napi_get_value_string_utf8(env, path, asked->path, length + 1, &length);
  asked->request.kind = mpi::Kind::start;
  asked->request.data = asked->path;
  return launch(env, asked, "start");
}

/** Keeps an array while the thread works on it. */
bool keep(napi_env env, napi_value array, Asked* asked, napi_ref& kept) {
  if (napi_create_reference(env, array, 1, &kept) == napi_ok) return true;
  finalize(env, asked, nullptr);
  return false;
}

struct Elements {
  Array array;
  double values[4] = {};
};

/** An array, or null, and numbers after it. */
bool read(napi_env env, napi_callback_info info, size_t numbers, Elements& given, napi_value* values) {
  size_t count = 5;
  if (napi_get_cb_info(env, info, &count, values, nullptr, nullptr) != napi_ok || count < numbers + 1 || !readArray(env, values[0], given.array))
    return false;
  for (size_t i = 0; i < numbers; i++)
    if (napi_get_value_double(env, values[i + 1], &given.values[i]) != napi_ok) return false;
  return true;
}

/** run(array, kind, root): a barrier (0; no array), a broadcast (1), or a gather (2). */
napi_value run(napi_env env, napi_callback_info info) {
  Elements given;
  napi_value values[5];
  if (!read(env, info, 2, given, values) || (given.array.type == DType::none) != (given.values[0] == 0) ||
      (given.array.type != DType::none && bytesOf(given.array.type) == 0))
    return failAnew(env, ErrorKind::type, invalid, "run", "an array, a kind and a rank are needed");
  const int ranks = mpi::size() > 0 ? mpi::size() : 1;
  const double kind = given.values[0], root = given.values[1];
  const size_t bytes = given.array.length * bytesOf(given.array.type);
  if (!(root >= 0 && root < ranks) || !(kind == 0 || kind == 1 || kind == 2) || (kind == 2 && bytes % static_cast<size_t>(ranks) != 0))
    return fail(env, ErrorKind::range, invalid, "run", "no such kind or rank, or not as many elements from each rank");
  Asked* const asked = new Asked;
  asked->request.kind = kind == 0 ? mpi::Kind::barrier : kind == 1 ? mpi::Kind::broadcast : mpi::Kind::gather;
  asked->request.data = given.array.data;
  asked->request.bytes = static_cast<int64_t>(kind == 2 ? bytes / static_cast<size_t>(ranks) : bytes);
  asked->request.root = static_cast<int>(root);
  if (kind != 0 && !keep(env, values[0], asked, asked->array)) return nullptr;
  return launch(env, asked, "run");
}

/** exchange(nodes, count, rule, schedule): the kernel of this name, with a promise. */
napi_value exchange(napi_env env, napi_callback_info info) {
  Elements given;
  Array schedule;
  napi_value values[5];
  if (!read(env, info, 2, given, values) || !readArray(env, values[3], schedule) || schedule.type != DType::i32 ||
      (given.array.type != DType::f32 && given.array.type != DType::f64))
    return failAnew(env, ErrorKind::type, invalid, "exchange", "nodes, their count, a rule and a schedule are needed");
  // A number that is none, or has no place in an int64_t, must not be converted to one.
  const double count = given.values[0];
  const int64_t nodes = count >= 1 && count <= static_cast<double>(given.array.length) ? static_cast<int64_t>(count) : 0;
  const int32_t* const list = static_cast<const int32_t*>(schedule.data);
  if (nodes < 1 || !mpi::isSchedule(list, static_cast<int64_t>(schedule.length), nodes) || !(given.values[1] >= 0 && given.values[1] <= 2))
    return fail(env, ErrorKind::range, invalid, "exchange", "no such rule, or no schedule for so many nodes");
  Asked* const asked = new Asked;
  asked->request.kind = mpi::Kind::exchange;
  asked->request.exchange = {given.array.data, static_cast<int64_t>(given.array.length) / nodes,
                             given.array.type == DType::f32 ? mpi::Element::f32 : mpi::Element::f64,
                             static_cast<mpi::Rule>(static_cast<int>(given.values[1])), {list}};
  if (!keep(env, values[0], asked, asked->array) || !keep(env, values[3], asked, asked->schedule)) return nullptr;
  return launch(env, asked, "exchange");
}

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

napi_value text(napi_env env, const char* value) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value rank(napi_env env, napi_callback_info) { return number(env, mpi::rank()); }
napi_value size(napi_env env, napi_callback_info) { return number(env, mpi::size()); }
/** onePieceBytes(nodes) */
napi_value onePieceBytes(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value;
  double nodes;
  if (napi_get_cb_info(env, info, &count, &value, nullptr, nullptr) != napi_ok || count < 1 || napi_get_value_double(env, value, &nodes) != napi_ok ||
      !(nodes >= 1 && nodes <= 0x7fffffff) || mpi::size() < 1)
    return failAnew(env, ErrorKind::range, invalid, "onePieceBytes", "a number of nodes is needed, and ranks");
  return number(env, static_cast<double>(mpi::onePieceBytes(static_cast<int64_t>(nodes))));
}

napi_value library(napi_env env, napi_callback_info) { return text(env, mpi::library()); }

/** reasonOf(outcome) */
napi_value reasonOf(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value;
  int32_t outcome = mpi::done;
  if (napi_get_cb_info(env, info, &count, &value, nullptr, nullptr) == napi_ok && count == 1) napi_get_value_int32(env, value, &outcome);
  return text(env, mpi::reasonOf(outcome));
}

template <void (*set)(double)>
napi_value take(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value;
  double given;
  if (napi_get_cb_info(env, info, &count, &value, nullptr, nullptr) == napi_ok && count == 1 && napi_get_value_double(env, value, &given) == napi_ok)
    set(given);
  return nullptr;
}

void noteExit(double code) { mpi::noteExit(static_cast<int>(code)); }

}  // namespace

void addMpi(napi_env env, napi_value exports) {
  napi_value object;
  if (napi_create_object(env, &object) == napi_ok && setFunction(env, object, "start", start, nullptr) &&
      setFunction(env, object, "run", run, nullptr) && setFunction(env, object, "exchange", exchange, nullptr) && setFunction(env, object, "rank", rank, nullptr) &&
      setFunction(env, object, "size", size, nullptr) && setFunction(env, object, "library", library, nullptr) &&
      setFunction(env, object, "onePieceBytes", onePieceBytes, nullptr) && setFunction(env, object, "reasonOf", reasonOf, nullptr) && setFunction(env, object, "setLimit", take<mpi::setLimit>, nullptr) &&
      setFunction(env, object, "noteExit", take<noteExit>, nullptr))
    napi_set_named_property(env, exports, "mpi", object);
}

}  // namespace simdgrad
