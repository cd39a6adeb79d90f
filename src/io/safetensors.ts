/**
 * The safetensors format, between bytes and named arrays.
 *
 *     u64 little-endian  N, length of the header
 *     N bytes            JSON: { "__metadata__": { text: text },
 *                                name: { dtype, shape, data_offsets: [begin, end] } }
 *     the data           little-endian, row-major, without gaps; offsets count from here
 *
 * Writes F64 F32 I32 U8 BOOL, widest elements first, so that every array starts at a multiple of its element
 * size. The header is padded with spaces so that the data starts at a multiple of 64. Reads these dtypes
 * without conversion. F16 and BF16 become float32; I8 I16 U16 become int32, and so do U32 I64 U64 when every
 * value fits (`VALUE_OUT_OF_RANGE` otherwise).
 */

import { arrayTypes, type Data, type DType } from "../dtype.js";
import { FileError, formatShape, ShapeError, SimdgradError, ValueError } from "../errors.js";
import { isLittleEndian } from "../host/memory.js";
import { quoted, quotedPath } from "../quote.js";
import { type Header, itemSizes, parseHeader, type TensorInfo } from "./safetensors-header.js";

/** A tensor as a safetensors file holds it. */
export interface RawTensor {
  /** The type of the elements. */
  dtype: DType;
  /** The sizes of the dims. */
  shape: readonly number[];
  /** Row-major, with exactly as many elements as the shape requires. */
  data: Data;
}

export interface Safetensors {
  tensors: Map<string, RawTensor>;
  metadata: Record<string, string>;
}

const ALIGNMENT = 64;

const names: Record<DType, string> = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};

/** The file as a list of pieces: the header, then the memory of each array (no copy). */
export function safetensorsChunks(
  tensors: Map<string, RawTensor> | Record<string, RawTensor>,
  metadata: Record<string, string> = {},
): Uint8Array[] {
  requireLittleEndian();
  const entries = tensors instanceof Map ? [...tensors] : Object.entries(namesWith("tensors", tensors));
  for (const [name, tensor] of entries) checkRawTensor(name, tensor);
  const header: string[] = [];
  const texts = Object.entries(namesWith("texts", metadata));
  for (const [key, value] of texts)
    if (typeof value !== "string")
      throw new FileError(
        `saveSafetensors: metadata values are strings: ${quoted(key)}: ${quoted(value)}`,
        "BAD_METADATA",
      );
  if (texts.length > 0) header.push(`"__metadata__":${JSON.stringify(metadata)}`);

  const begins = new Map<string, number>();
  const chunks: Uint8Array[] = [];
  let offset = 0;
  // The sort is stable: arrays of the same element size keep the order of the entries.
  for (const [name, { data }] of [...entries].sort((a, b) => itemSize(b[1]) - itemSize(a[1]))) {
    begins.set(name, offset);
    chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  for (const [name, { dtype, shape, data }] of entries) {
    const begin = begins.get(name) as number;
    const info = { dtype: names[dtype], shape, data_offsets: [begin, begin + data.byteLength] };
    header.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
  }

  const json = new TextEncoder().encode(`{${header.join(",")}}`);
  const first = new Uint8Array(Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT).fill(0x20);
  new DataView(first.buffer).setBigUint64(0, BigInt(first.length - 8), true);
  first.set(json, 8);
  return [first, ...chunks];
}

/**
 * Accepts only an object whose own entries are the named tensors. A Map (which has no own entries), a model
 * or a tensor is an error, because the file would not contain the intended tensors.
 * @throws ValueError `INVALID_VALUE`
 */
export function namesWith<T>(values: "tensors" | "texts", given: Readonly<Record<string, T>>) {
  const isObject = typeof given === "object" && given !== null;
  const prototype = isObject ? Object.getPrototypeOf(given) : undefined;
  if (prototype !== Object.prototype && prototype !== null)
    throw new ValueError(
      `saveSafetensors: an object of names with ${values} is needed, as model.stateDict() gives it: ${quoted(given)}`,
    );
  return given;
}

/** Refuses to write a file that could not be read back. */
function checkRawTensor(name: unknown, tensor: RawTensor): void {
  if (name === "__metadata__")
    throw new FileError("saveSafetensors: __metadata__ cannot be the name of a tensor", "BAD_NAME");
  const { dtype, shape, data } = tensor ?? {};
  const isRaw = typeof dtype === "string" && Object.hasOwn(arrayTypes, dtype) && Array.isArray(shape);
  if (!isRaw || typeof name !== "string")
    throw new ValueError(
      `saveSafetensors: a name with { dtype, shape, data } is needed: ${quoted(name)}: ${quoted(tensor)}`,
    );
  const count = shape.reduce((n, size) => n * size, 1);
  const isShape = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape || !(data instanceof arrayTypes[dtype]) || data.length !== count)
    throw new ShapeError(
      `saveSafetensors: data does not fit the shape: ${quoted(name)}: ${data?.length} elements for ${dtype} ${formatShape(shape)}`,
    );
  const wrong = dtype === "bool" ? data.findIndex((value) => value > 1) : -1;
  if (wrong >= 0)
    throw new FileError(
      `saveSafetensors: a bool is 0 or 1, not ${data[wrong]} (element ${wrong}): tensor ${quoted(name)}`,
      "INVALID_BOOL",
    );
}

/**
 * The file as one new array of bytes: a snapshot that later changes of the tensors do not affect. Without
 * `metadata`, the file has none.
 * @example io.encodeSafetensors(new nn.Linear(2, 3).stateDict()).length // 164
 * @throws FileError `BAD_METADATA` for metadata that are not strings.
 */
export function encodeSafetensors(
  tensors: Map<string, RawTensor> | Record<string, RawTensor>,
  metadata?: Record<string, string>,
): Uint8Array {
  const chunks = safetensorsChunks(tensors, metadata);
  const bytes = new Uint8Array(chunks.reduce((n, chunk) => n + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/**
 * Tensors in the order of the header. Arrays that are aligned in `bytes` are views of it; the others are
 * copies. Error messages call the bytes `path`. Without `path` they name no file.
 * @example io.decodeSafetensors(io.encodeSafetensors({ w: ones([2, 3]) })).tensors.get("w").shape // [2, 3]
 * @throws ValueError if `bytes` are not a Uint8Array; FileError for bytes that are not a safetensors file;
 * SimdgradError `UNSUPPORTED` on a big-endian machine.
 */
export function decodeSafetensors(bytes: Uint8Array, path?: string): Safetensors {
  requireLittleEndian();
  if (!(bytes instanceof Uint8Array))
    throw new ValueError(`decodeSafetensors: bytes are a Uint8Array or a Buffer: ${quoted(bytes)}`);
  const header = parseHeader(bytes, path);
  const tensors = new Map<string, RawTensor>();
  for (const [name, info] of header.tensors) tensors.set(name, decodeTensor(bytes, header, name, info, path));
  return { tensors, metadata: header.metadata };
}

function decodeTensor(
  bytes: Uint8Array,
  { dataStart }: Header,
  name: string,
  info: TensorInfo,
  path?: string,
): RawTensor {
  const reject = (code: string, rule: string) =>
    new FileError(
      `loadSafetensors: ${rule}: ${path === undefined ? "" : `${quotedPath(path)}, `}tensor ${quoted(name)}`,
      code,
      path,
    );
  const { shape, dtype } = info;
  const at = bytes.byteOffset + dataStart + info.begin;
  const count = (info.end - info.begin) / itemSizes[dtype];
  // A typed array may only start at a multiple of its element size.
  const aligned = at % itemSizes[dtype] === 0;
  const memory = aligned
    ? bytes.buffer
    : copyOf(bytes.subarray(dataStart + info.begin, dataStart + info.end));
  const start = aligned ? at : 0;
  const view = new DataView(memory, start, info.end - info.begin);
  const integers = (read: (offset: number) => number | bigint): RawTensor => {
    const data = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const value = read(i * itemSizes[dtype]);
      if (value < -(2 ** 31) || value >= 2 ** 31)
        throw reject(
          "VALUE_OUT_OF_RANGE",
          `${dtype} is read as int32, which cannot hold ${value} (element ${i})`,
        );
      data[i] = Number(value);
    }
    return { dtype: "int32", shape, data };
  };
  const halves = (widen: (bits: number) => number): RawTensor => ({
    dtype: "float32",
    shape,
    data: Float32Array.from(new Uint16Array(memory, start, count), widen),
  });
  switch (dtype) {
    case "F32":
      return { dtype: "float32", shape, data: new Float32Array(memory, start, count) };
    case "F64":
      return { dtype: "float64", shape, data: new Float64Array(memory, start, count) };
    case "I32":
      return { dtype: "int32", shape, data: new Int32Array(memory, start, count) };
    case "U8":
      return { dtype: "uint8", shape, data: new Uint8Array(memory, start, count) };
    case "BOOL": {
      const data = new Uint8Array(memory, start, count);
      const wrong = data.findIndex((value) => value > 1);
      if (wrong >= 0) throw reject("INVALID_BOOL", `a bool is 0 or 1, not ${data[wrong]} (element ${wrong})`);
      return { dtype: "bool", shape, data };
    }
    case "F16":
      return halves(halfToFloat);
    case "BF16":
      return halves(bfloatToFloat);
    case "I8":
      return integers((o) => view.getInt8(o));
    case "I16":
      return integers((o) => view.getInt16(o, true));
    case "U16":
      return integers((o) => view.getUint16(o, true));
    case "U32":
      return integers((o) => view.getUint32(o, true));
    case "I64":
      return integers((o) => view.getBigInt64(o, true));
    case "U64":
      return integers((o) => view.getBigUint64(o, true));
  }
}

/**
 * A copy of the bytes in new memory. `slice` is not used, because the slice of a Buffer is a view of the old
 * memory.
 */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

function itemSize(tensor: RawTensor): number {
  return tensor.data.BYTES_PER_ELEMENT;
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** bfloat16 is the upper half of a float32. */
function bfloatToFloat(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}

/** Exact: 1 sign, 5 exponent (bias 15) and 10 mantissa bits; every half is also a float32. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/**
 * Arrays keep their memory layout in the file. The format is little-endian, so the machine must be
 * little-endian too.
 */
function requireLittleEndian(): void {
  if (!isLittleEndian())
    throw new SimdgradError(
      "UNSUPPORTED",
      "safetensors: needs a little-endian machine: this one is big-endian",
    );
}
