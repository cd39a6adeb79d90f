/**
 * The IDX format of the MNIST files, raw or gzipped:
 *
 *     0 0 type rank      type of the elements, number of dims
 *     rank × u32         size of each dim, big-endian
 *     the elements       row-major, big-endian
 *
 * Sizes are compared with the length of the file before anything is allocated, and a gzip stream is unpacked no
 * further than its own header says.
 */

import { constants as bufferLimits } from "node:buffer";
import { constants, gunzip, gunzipSync } from "node:zlib";
import type { Data, DType } from "../dtype.js";
import { FileError, formatShape } from "../errors.js";
import { type Path, pathOf, readBytes, readBytesSync } from "../io/read.js";
import { fromData, type Tensor } from "../tensor/tensor.js";

export interface RawIdx {
  dtype: DType;
  shape: number[];
  data: Data;
}

interface ElementType {
  dtype: DType;
  size: number;
  read(view: DataView, count: number): Data;
}

/** The narrow integers are widened to int32, which the library has kernels for. */
const types: Record<number, ElementType> = {
  8: {
    dtype: "uint8",
    size: 1,
    read: (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
  },
  9: { dtype: "int32", size: 1, read: (view, n) => fill(new Int32Array(n), (i) => view.getInt8(i)) },
  11: { dtype: "int32", size: 2, read: (view, n) => fill(new Int32Array(n), (i) => view.getInt16(2 * i)) },
  12: { dtype: "int32", size: 4, read: (view, n) => fill(new Int32Array(n), (i) => view.getInt32(4 * i)) },
  13: {
    dtype: "float32",
    size: 4,
    read: (view, n) => fill(new Float32Array(n), (i) => view.getFloat32(4 * i)),
  },
  14: {
    dtype: "float64",
    size: 8,
    read: (view, n) => fill(new Float64Array(n), (i) => view.getFloat64(8 * i)),
  },
};

/**
 * A tensor from an IDX file, raw or gzipped, or from its bytes. int8 and int16 become int32.
 * @throws FileError that names the file and what is wrong with it.
 */
export async function readIdx(source: Path | Uint8Array): Promise<Tensor> {
  const { data, shape, dtype } = await readRawIdx(source);
  return fromData(data, shape, dtype);
}

/** `readIdx`, blocking. */
export function readIdxSync(source: Path | Uint8Array): Tensor {
  const { data, shape, dtype } = readRawIdxSync(source);
  return fromData(data, shape, dtype);
}

/** Reads a file, raw or gzipped, or bytes that are already in memory. */
export async function readRawIdx(source: Path | Uint8Array): Promise<RawIdx> {
  if (source instanceof Uint8Array) return decodeIdx(source);
  const path = pathOf(source);
  const bytes = await readBytes("readIdx", path);
  if (!isGzip(bytes)) return decodeRaw(bytes, path);
  const limit = unpackedLength(bytes, path);
  const unpacked = await new Promise<Uint8Array>((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: limit }, (error, out) => {
      if (error) reject(gzipError(error, limit, path));
      else resolve(out);
    });
  });
  return decodeRaw(unpacked, path);
}

export function readRawIdxSync(source: Path | Uint8Array): RawIdx {
  if (source instanceof Uint8Array) return decodeIdx(source);
  const path = pathOf(source);
  return decodeIdx(readBytesSync("readIdx", path), path);
}

/** `path` is what messages call the bytes. Elements of one byte are a view of `bytes` unless they were gzipped. */
export function decodeIdx(bytes: Uint8Array, path?: string): RawIdx {
  if (!isGzip(bytes)) return decodeRaw(bytes, path);
  const limit = unpackedLength(bytes, path);
  let unpacked: Uint8Array;
  try {
    unpacked = gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw gzipError(error, limit, path);
  }
  return decodeRaw(unpacked, path);
}

function decodeRaw(bytes: Uint8Array, path?: string): RawIdx {
  const { type, shape, headerLength, length } = parseHeader(bytes, path);
  const given = `${bytes.length} bytes for ${type.dtype} ${formatShape(shape)}, which take ${length}`;
  if (bytes.length < length) throw fail("TRUNCATED", "the file is shorter than its header says", path, given);
  if (bytes.length > length)
    throw fail("TRAILING_BYTES", "the file is longer than its header says", path, given);
  const view = new DataView(bytes.buffer, bytes.byteOffset + headerLength, length - headerLength);
  return { dtype: type.dtype, shape, data: type.read(view, view.byteLength / type.size) };
}

interface Header {
  type: ElementType;
  shape: number[];
  headerLength: number;
  /** Of header and elements together. */
  length: number;
}

function parseHeader(bytes: Uint8Array, path?: string): Header {
  if (bytes.length === 0) throw fail("EMPTY_FILE", "the file is empty", path);
  const first = [...bytes.subarray(0, 4)];
  if (first.some((byte, i) => i < 2 && byte !== 0))
    throw fail(
      "BAD_MAGIC",
      "an IDX file starts with two bytes 0",
      path,
      `it starts with ${formatShape(first)}`,
    );
  if (bytes.length < 4)
    throw fail("TRUNCATED", "the file ends within its header", path, `${bytes.length} bytes`);
  const [, , code, rank] = first;
  const type = types[code];
  if (type === undefined)
    throw fail("UNKNOWN_DTYPE", "the element type is none of 8 9 11 12 13 14", path, `type ${code}`);
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength)
    throw fail(
      "TRUNCATED",
      "the file ends within its header",
      path,
      `${bytes.length} of ${headerLength} bytes`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const shape = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const length = headerLength + (shape.includes(0) ? 0 : shape.reduce((n, size) => n * size, type.size));
  if (length > Number.MAX_SAFE_INTEGER)
    throw fail(
      "SHAPE_OVERFLOW",
      "the dims hold more bytes than a number can count",
      path,
      formatShape(shape),
    );
  return { type, shape, headerLength, length };
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What a gzip stream may unpack to: its first bytes are unpacked alone, to read the IDX header. */
function unpackedLength(bytes: Uint8Array, path?: string): number {
  // An IDX header has at most 4 + 4·255 bytes. Deflate expands at most 1032 times, so this unpacks to at most 8 MB.
  const start = 8192;
  const finishFlush = bytes.length > start ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  let unpacked: Uint8Array;
  try {
    unpacked = gunzipSync(bytes.subarray(0, start), { finishFlush });
  } catch (error) {
    throw gzipError(error, 0, path);
  }
  const { shape, length } = parseHeader(unpacked, path);
  const given = `${formatShape(shape)} in ${bytes.length} bytes`;
  if (length > bytes.length * 1032)
    throw fail("TRUNCATED", "the dims are more than a gzip stream of this length can hold", path, given);
  if (length > bufferLimits.MAX_LENGTH)
    throw fail("FILE_TOO_LARGE", "the gzip stream unpacks to more than one array can hold", path, given);
  return length;
}

function gzipError(error: unknown, limit: number, path?: string): FileError {
  const { code, message } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  if (code === "ERR_BUFFER_TOO_LARGE")
    return fail(
      "TRAILING_BYTES",
      "the gzip stream holds more than its IDX header says",
      path,
      `${limit} bytes`,
      cause,
    );
  return fail("CORRUPT_GZIP", "the gzip stream is broken", path, message, cause);
}

function fail(code: string, rule: string, path?: string, given?: string, options?: ErrorOptions): FileError {
  const where = [path === undefined ? undefined : JSON.stringify(path), given].filter(
    (text) => text !== undefined,
  );
  return new FileError(
    `readIdx: ${[rule, where.join(", ")].filter(Boolean).join(": ")}`,
    code,
    path,
    options,
  );
}

function fill<T extends Data>(data: T, read: (i: number) => number): T {
  for (let i = 0; i < data.length; i++) data[i] = read(i);
  return data;
}
