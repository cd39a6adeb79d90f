/**
 * The IDX format of the MNIST files, raw or gzipped:
 *
 *     0 0 type rank      type of the elements, number of dims
 *     rank × u32         size of each dim, big-endian
 *     the elements       row-major, big-endian
 *
 * Sizes are compared with the length of the file before any allocation. A gzip stream is unpacked no further
 * than the length that its IDX header states, and no further than `maxBytes`.
 */

import { constants as bufferLimits } from "node:buffer";
import { constants, gunzip, gunzipSync } from "node:zlib";
import type { Data, DType } from "../dtype.js";
import { FileError, formatShape, ValueError } from "../errors.js";
import { MOST_BYTES, type Path, pathOf, readBytes, readBytesSync } from "../io/read.js";
import { checkOptions } from "../options.js";
import { excerpt, quoted, quotedPath } from "../quote.js";
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

/** The narrow integers are widened to int32, because the library has kernels for int32. */
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

export interface IdxOptions {
  /** The largest memory for the unpacked file if it is gzipped or a pipe. Default 1 GiB. */
  maxBytes?: number;
}

/**
 * A tensor from an IDX file, raw or gzipped, or from its bytes. int8 and int16 become int32.
 * @throws FileError that names the file and the error in it; `FILE_TOO_LARGE` beyond `maxBytes`.
 */
export async function readIdx(source: Path | Uint8Array, options: IdxOptions = {}): Promise<Tensor> {
  checkOptions("readIdx", options, ["maxBytes"]);
  checkMaxBytes("readIdx", options);
  const { data, shape, dtype } = await readRawIdx(source, options);
  return fromData(data, shape, dtype);
}

/** `readIdx`, blocking. */
export function readIdxSync(source: Path | Uint8Array, options: IdxOptions = {}): Tensor {
  checkOptions("readIdxSync", options, ["maxBytes"]);
  checkMaxBytes("readIdxSync", options);
  const { data, shape, dtype } = readRawIdxSync(source, options);
  return fromData(data, shape, dtype);
}

export function checkMaxBytes(op: string, { maxBytes }: IdxOptions): void {
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes > 0))
    throw new ValueError(`${op}: maxBytes is an integer >= 1: ${quoted(maxBytes)}`, "INVALID_OPTION");
}

/** Reads a file, raw or gzipped, or bytes that are already in memory. */
export async function readRawIdx(source: Path | Uint8Array, options: IdxOptions = {}): Promise<RawIdx> {
  if (source instanceof Uint8Array) return decodeIdx(source, undefined, options);
  const path = pathOf(source);
  const bytes = await readBytes("readIdx", path, { lengthFrom, ...options });
  if (!isGzip(bytes)) return decodeRaw(bytes, path);
  const limit = unpackedLength(bytes, path, options);
  const unpacked = await new Promise<Uint8Array>((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: limit }, (error, out) => {
      if (error) reject(gzipError(error, limit, path));
      else resolve(out);
    });
  });
  return decodeRaw(unpacked, path);
}

export function readRawIdxSync(source: Path | Uint8Array, options: IdxOptions = {}): RawIdx {
  if (source instanceof Uint8Array) return decodeIdx(source, undefined, options);
  const path = pathOf(source);
  return decodeIdx(readBytesSync("readIdx", path, { lengthFrom, ...options }), path, options);
}

/**
 * Error messages call the bytes `path`. Elements of one byte are a view of `bytes` unless they were gzipped.
 */
export function decodeIdx(bytes: Uint8Array, path?: string, options: IdxOptions = {}): RawIdx {
  if (!isGzip(bytes)) return decodeRaw(bytes, path);
  const limit = unpackedLength(bytes, path, options);
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
  const given = `${bytes.length} bytes for ${type.dtype} ${excerpt(formatShape(shape))}, which take ${length}`;
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
  /** Bytes of header and elements together. */
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
      excerpt(formatShape(shape)),
    );
  return { type, shape, headerLength, length };
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The length of a raw file, computed from its header, for reading a pipe; a gzip stream does not state its
 * length.
 */
function lengthFrom(start: Uint8Array): number | undefined {
  if (isGzip(start) || start.length < 4 || start.length < 4 + 4 * start[3]) return undefined;
  try {
    return parseHeader(start).length;
  } catch {
    return 4;
  }
}

/**
 * Bytes of a gzip stream, after its own header, that must contain the IDX header: at most 4 + 4·255 bytes.
 * Deflate expands at most 1032 times, so unpacking the first 8 KiB gives at most 8 MB.
 */
const [FIRST_LOOK, LAST_LOOK] = [1 << 13, 1 << 16];

/**
 * The unpacked size of a gzip stream, from the IDX header in it: only its start is unpacked to read that
 * header.
 */
function unpackedLength(
  bytes: Uint8Array,
  path: string | undefined,
  { maxBytes = MOST_BYTES }: IdxOptions,
): number {
  const body = gzipHeaderLength(bytes);
  let unpacked: Uint8Array;
  // If several streams follow each other, the first may contain only a few bytes.
  for (let look = FIRST_LOOK; ; look *= 2) {
    const whole = bytes.length <= body + look;
    try {
      unpacked = gunzipSync(bytes.subarray(0, body + look), {
        finishFlush: whole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      });
    } catch (error) {
      throw gzipError(error, 0, path);
    }
    if (whole || look === LAST_LOOK || unpacked.length >= 4 + 4 * unpacked[3]) break;
  }
  const { shape, length } = parseHeader(unpacked, path);
  const given = `${excerpt(formatShape(shape))} in ${bytes.length} bytes`;
  if (length > bytes.length * 1032)
    throw fail("TRUNCATED", "the dims are more than a gzip stream of this length can hold", path, given);
  if (length > Math.min(maxBytes, bufferLimits.MAX_LENGTH))
    throw fail(
      "FILE_TOO_LARGE",
      `the gzip stream unpacks to more than maxBytes, ${maxBytes}`,
      path,
      `${length} bytes, ${given}`,
    );
  return length;
}

/** The length of a gzip header (RFC 1952), including its strings, such as the name of the original file. */
function gzipHeaderLength(bytes: Uint8Array): number {
  const flags = bytes[3];
  const [EXTRA, NAME, COMMENT, CHECK] = [4, 8, 16, 2];
  let length = 10;
  if (flags & EXTRA) length += 2 + (bytes[length] | (bytes[length + 1] << 8));
  for (const text of [NAME, COMMENT])
    if (flags & text) {
      const end = bytes.indexOf(0, length);
      if (end < 0) return bytes.length; // unpacking reports the error
      length = end + 1;
    }
  return flags & CHECK ? length + 2 : length;
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
  return fail("CORRUPT_GZIP", "the gzip stream is broken", path, excerpt(message), cause);
}

function fail(code: string, rule: string, path?: string, given?: string, options?: ErrorOptions): FileError {
  const where = [path === undefined ? undefined : quotedPath(path), given].filter(
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
