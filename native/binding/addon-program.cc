// The binding of recorded programs: makes them from a ProgramSpec (src/kernels/native.ts), replays and frees
// them.

#include <cstdio>

#include "addon.h"

namespace simdgrad {

namespace {

/** Distinguishes our objects from objects that others have wrapped. */
constexpr napi_type_tag programTag = {0x73696d6467726164u, 0x70726f6772616d00u};

const char* const invalid = "INVALID_ARGUMENT";

/** The fields of a spec, in the order in which they are read. */
enum Field { kernels, numberCounts, arrayCounts, numbers, refs, slotKinds, slotTypes, slotPlaces, slotLengths, externals, arenaBytes, advances, chains, fieldCount };
const char* const fieldNames[fieldCount] = {"kernels",   "numberCounts", "arrayCounts", "numbers",   "refs",       "slotKinds",
                                            "slotTypes", "slotPlaces",   "slotLengths", "externals", "arenaBytes", "advances", "chains"};

/** Copies the list: values in shared memory could change between check and use. */
template <class T>
bool copyList(napi_env env, napi_value value, DType type, std::vector<T>& copy) {
  Array array;
  if (!readArray(env, value, array) || array.type != type) return false;
  const T* items = static_cast<const T*>(array.data);
  copy.assign(items, items + array.length);
  return true;
}

template <class T>
List<T> listOf(const std::vector<T>& items) {
  return {items.data(), items.size()};
}

void tell(napi_env env, int64_t bytes) {
  int64_t outside;
  napi_adjust_external_memory(env, bytes, &outside);
}

void finalize(napi_env env, void* data, void*) {
  HeldProgram* held = static_cast<HeldProgram*>(data);
  freeProgram(env, *held);
  delete held;
}

/** Makes the JavaScript object. */
napi_value wrap(napi_env env, HeldProgram* held, napi_value list) {
  napi_value object, unsupported;
  const std::vector<int>& calls = held->program->unsupported();
  bool good = napi_create_object(env, &object) == napi_ok && napi_create_array(env, &unsupported) == napi_ok;
  for (size_t i = 0; good && i < calls.size(); i++) {
    napi_value call;
    good = napi_create_int32(env, calls[i], &call) == napi_ok &&
           napi_set_element(env, unsupported, static_cast<uint32_t>(i), call) == napi_ok;
  }
  good = good && napi_set_named_property(env, object, "unsupported", unsupported) == napi_ok &&
         napi_create_reference(env, list, 1, &held->externals) == napi_ok;
  if (good && napi_wrap(env, object, held, finalize, nullptr, nullptr) == napi_ok) {
    held->told = static_cast<int64_t>(held->program->bytes() + sizeof(HeldProgram) + held->seen.capacity() * sizeof(Array));
    tell(env, held->told);
    if (napi_type_tag_object(env, object, &programTag) == napi_ok) return object;
    return nullptr;
  }
  finalize(env, held, nullptr);
  return nullptr;
}

/** The program of a Program object. Otherwise throws and returns null. */
HeldProgram* heldProgram(napi_env env, const char* where, napi_value value) {
  bool ours = false;
  void* data;
  if (napi_check_object_type_tag(env, value, &programTag, &ours) == napi_ok && ours && napi_unwrap(env, value, &data) == napi_ok)
    return static_cast<HeldProgram*>(data);
  failAnew(env, ErrorKind::type, invalid, where, "a program of createProgram is needed");
  return nullptr;
}

napi_value createProgram(napi_env env, napi_callback_info info) {
  const char* const where = "createProgram";
  size_t count = 2;
  napi_value given[2], values[fieldCount], list;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok) return nullptr;
  const napi_value spec = given[0];
  napi_valuetype kind;
  if (napi_typeof(env, spec, &kind) != napi_ok || kind != napi_object) return fail(env, ErrorKind::type, invalid, where, "a ProgramSpec is needed");
  // Getters and proxies may run JavaScript, so all of them run before any array is inspected. Their
  // exceptions are passed on.
  for (int i = 0; i < fieldCount; i++)
    if (napi_get_named_property(env, spec, fieldNames[i], &values[i]) != napi_ok) return nullptr;
  std::vector<napi_value> elements;
  bool isList = false;
  if (napi_is_array(env, values[externals], &isList) != napi_ok || !isList)
    return fail(env, ErrorKind::type, invalid, where, "externals: a list of typed arrays is needed");
  if (!copyElements(env, values[externals], elements, list)) return nullptr;

  std::vector<int32_t> whole[fieldCount];
  std::vector<double> real[fieldCount];
  for (const Field field : {kernels, numberCounts, arrayCounts, refs, slotKinds, slotTypes, advances, chains})
    if (!copyList(env, values[field], DType::i32, whole[field])) return fail(env, ErrorKind::type, invalid, where, fieldNames[field]);
  for (const Field field : {numbers, slotPlaces, slotLengths})
    if (!copyList(env, values[field], DType::f64, real[field])) return fail(env, ErrorKind::type, invalid, where, fieldNames[field]);
  double bytes;
  if (napi_get_value_double(env, values[arenaBytes], &bytes) != napi_ok) return fail(env, ErrorKind::type, invalid, where, fieldNames[arenaBytes]);
  std::vector<Array> arrays, seen;
  for (const napi_value element : elements) {
    Array array;
    if (!readArray(env, element, array) || array.type == DType::none)
      return fail(env, ErrorKind::type, invalid, where, "externals: a list of typed arrays is needed");
    arrays.push_back(array);
    seen.push_back(isShared(env, element) ? Array{nullptr, 0, DType::none} : array);
  }

  // Read last: a getter may have released that program.
  Arena* lent = nullptr;
  if (napi_typeof(env, given[1], &kind) != napi_ok) return nullptr;
  if (kind != napi_undefined && kind != napi_null) {
    HeldProgram* lender = heldProgram(env, where, given[1]);
    if (!lender) return nullptr;
    if (!lender->program) return fail(env, ErrorKind::plain, "PROGRAM_RELEASED", where, "the program that lends its arena was released");
    lent = &lender->program->arena();
  }

  Refusal refusal;
  Program* program = Program::make({listOf(whole[kernels]), listOf(whole[numberCounts]), listOf(whole[arrayCounts]), listOf(real[numbers]),
                                    listOf(whole[refs]), listOf(whole[slotKinds]), listOf(whole[slotTypes]), listOf(real[slotPlaces]),
                                    listOf(real[slotLengths]), listOf(arrays), bytes, listOf(whole[advances]), listOf(whole[chains])},
                                   refusal, lent);
  if (!program) return fail(env, where, refusal);
  return wrap(env, new HeldProgram{program, nullptr, seen, 0, false, false}, list);
}

/** Whether all externals are still at the same address with the same length. */
bool externalsStay(napi_env env, const HeldProgram& held) {
  napi_value list = nullptr;
  for (size_t i = 0; i < held.seen.size(); i++) {
    const Array& seen = held.seen[i];
    if (seen.type == DType::none) continue;
    if (!list && napi_get_reference_value(env, held.externals, &list) != napi_ok) return false;
    napi_value element;
    Array now;
    if (napi_get_element(env, list, static_cast<uint32_t>(i), &element) != napi_ok || !readArray(env, element, now)) return false;
    if (now.data != seen.data || now.length != seen.length) return false;
  }
  return true;
}

/**
 * The arguments that replay and profile share: first the program, then their own arguments, then parameters.
 */
struct Replay {
  size_t count = 2 + maxParameters;
  napi_value values[2 + maxParameters];
  Instance* instance;
  Program* program;

  bool read(napi_env env, napi_callback_info info, const char* where, size_t firstParameter) {
    void* data;
    if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return false;
    instance = static_cast<Instance*>(data);
    if (!instance->block || instance->blockLength < maxParameters) {
      fail(env, ErrorKind::type, "NOT_INITIALIZED", where, "init(block) was not called");
      return false;
    }
    if (count > 2 + maxParameters) count = 2 + maxParameters;
    HeldProgram* held = readyProgram(env, where, values[0]);
    if (!held) return false;
    program = held->program;
    Array parameters[maxParameters];
    if (!readParameters(env, where, *program, values + firstParameter, count > firstParameter ? count - firstParameter : 0, instance->block, parameters))
      return false;
    program->bind(parameters);
    return true;
  }

  napi_value answer(napi_env env, Outcome outcome) {
    if (outcome.call >= 0) instance->block[0] = outcome.status;
    napi_value result = nullptr;
    napi_create_int32(env, outcome.call, &result);
    return result;
  }
};

napi_value replay(napi_env env, napi_callback_info info) {
  Replay r;
  return r.read(env, info, "replay", 1) ? r.answer(env, r.program->run()) : nullptr;
}

napi_value profile(napi_env env, napi_callback_info info) {
  Replay r;
  if (!r.read(env, info, "profile", 2)) return nullptr;
  Array times;
  if (r.count < 2 || !readArray(env, r.values[1], times) || times.type != DType::f64 || times.length < static_cast<size_t>(r.program->calls()))
    return fail(env, ErrorKind::type, invalid, "profile", "a Float64Array with an element for each call is needed");
  return r.answer(env, r.program->run(static_cast<double*>(times.data)));
}

/**
 * Frees a program now. Finalizers run only in a turn of the event loop; code that never returns to the event
 * loop would keep all programs that it made.
 */
napi_value releaseProgram(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value;
  if (napi_get_cb_info(env, info, &count, &value, nullptr, nullptr) != napi_ok) return nullptr;
  HeldProgram* held = heldProgram(env, "releaseProgram", value);
  if (!held) return nullptr;
  if (held->running) held->unwanted = true;
  else freeProgram(env, *held);
  return nullptr;
}

}  // namespace

bool isShared(napi_env env, napi_value array) {
  napi_value buffer;
  bool detachable = true;
  return napi_get_typedarray_info(env, array, nullptr, nullptr, nullptr, &buffer, nullptr) == napi_ok &&
         napi_is_arraybuffer(env, buffer, &detachable) == napi_ok && !detachable;
}

bool copyElements(napi_env env, napi_value list, std::vector<napi_value>& elements, napi_value& own) {
  uint32_t length;
  if (napi_get_array_length(env, list, &length) != napi_ok || napi_create_array(env, &own) != napi_ok) return false;
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    if (napi_get_element(env, list, i, &element) != napi_ok || napi_set_element(env, own, i, element) != napi_ok) return false;
    elements.push_back(element);
  }
  return true;
}

void freeProgram(napi_env env, HeldProgram& held) {
  if (!held.program) return;
  tell(env, -held.told);
  if (held.externals) napi_delete_reference(env, held.externals);
  std::vector<Array>().swap(held.seen);
  delete held.program;
  held.program = nullptr;
}

HeldProgram* readyProgram(napi_env env, const char* where, napi_value value) {
  HeldProgram* held = heldProgram(env, where, value);
  if (!held) return nullptr;
  if (!held->program || held->unwanted)
    fail(env, ErrorKind::plain, "PROGRAM_RELEASED", where, "the program was released");
  else if (held->running || held->program->arena().running)
    fail(env, ErrorKind::plain, "PROGRAM_RUNNING", where, "the program, or one that shares its arena, is part of a job that runs");
  else if (!held->program->unsupported().empty())
    fail(env, ErrorKind::plain, "UNSUPPORTED", where, "the program has calls without C++");
  else if (!externalsStay(env, *held))
    fail(env, ErrorKind::range, "DETACHED", where, "the memory of an external is gone");
  else
    return held;
  return nullptr;
}

bool readParameters(napi_env env, const char* where, const Program& program, const napi_value* values, size_t count,
                    const double* offsets, Array* parameters) {
  // Extra parameters are allowed: a plan may have found that it does not need the last ones.
  for (int i = 0; i < program.parameters(); i++) {
    Array& array = parameters[i];
    if (static_cast<size_t>(i) >= count || !readArray(env, values[i], array)) {
      fail(env, ErrorKind::type, invalid, where, "parameters are typed arrays, as many as the program has");
      return false;
    }
    if (array.type == DType::none) continue;
    const double offset = offsets[i];
    // Written so that NaN fails.
    if (!(offset >= 0 && offset <= static_cast<double>(array.length)) || offset != static_cast<double>(static_cast<size_t>(offset))) {
      char text[100];
      snprintf(text, sizeof text, "parameter %d of length %zu: offset %g", i, array.length, offset);
      fail(env, ErrorKind::range, "OUT_OF_BOUNDS", where, text);
      return false;
    }
    array.data = static_cast<char*>(array.data) + static_cast<size_t>(offset) * bytesOf(array.type);
    array.length -= static_cast<size_t>(offset);
  }
  Refusal refusal;
  if (program.accepts(parameters, refusal)) return true;
  fail(env, where, refusal);
  return false;
}

void addPrograms(napi_env env, napi_value exports, Instance* instance) {
  setFunction(env, exports, "createProgram", createProgram, instance);
  setFunction(env, exports, "replay", replay, instance);
  setFunction(env, exports, "profile", profile, instance);
  setFunction(env, exports, "releaseProgram", releaseProgram, instance);
}

}  // namespace simdgrad
