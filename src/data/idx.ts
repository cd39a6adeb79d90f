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

import type { Data, DType } from "../dtype.js";
import { formatShape, ValueError } from "../errors.js";
import { bytesOf, bytesOfSync, type Source } from "../io/source.js";
import { checkOptions } from "../options.js";
import { excerpt, quoted } from "../quote.js";
import { fromData, type Tensor } from "../tensor/tensor.js";
import { unpack, unpackSync } from "./idx-gzip.js";
import { fail, parseHeader } from "./idx-header.js";

export interface RawIdx {
  dtype: DType;
  shape: number[];
  data: Data;
}

export interface IdxOptions {
  /** The largest memory for the unpacked file if it is gzipped or a pipe. Default 1 GiB. */
  maxBytes?: number;
}

/**
 * A tensor from an IDX file, raw or gzipped: a path, a Blob (a File of a browser), or its bytes. int8 and
 * int16 become int32. The shape is the one that the file states: [10000, 28, 28] for images, [10000] for
 * labels.
 *
 *     const images = await data.readIdx("t10k-images-idx3-ubyte.gz")      uint8 [10000, 28, 28]
 *
 * @throws FileError that names the file and the error in it; `FILE_TOO_LARGE` beyond `maxBytes`.
 */
export async function readIdx(source: Source, options: IdxOptions = {}): Promise<Tensor> {
  checkOptions("readIdx", options, ["maxBytes"]);
  checkMaxBytes("readIdx", options);
  const { data, shape, dtype } = await readRawIdx(source, options);
  return fromData(data, shape, dtype);
}

/**
 * `readIdx`, blocking. The shape is the one that the file states.
 *
 *     const labels = data.readIdxSync("t10k-labels-idx1-ubyte")           uint8 [10000]
 *
 * @throws FileError as `readIdx`.
 */
export function readIdxSync(source: Source, options: IdxOptions = {}): Tensor {
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
export async function readRawIdx(source: Source, options: IdxOptions = {}): Promise<RawIdx> {
  const { bytes, name } = await bytesOf("readIdx", source, { lengthFrom, ...options });
  return decodeRaw(isGzip(bytes) ? await unpack(bytes, name, options.maxBytes) : bytes, name);
}

export function readRawIdxSync(source: Source, options: IdxOptions = {}): RawIdx {
  const { bytes, name } = bytesOfSync("readIdx", source, { lengthFrom, ...options });
  return decodeIdx(bytes, name, options);
}

/**
 * Error messages call the bytes `path`. Elements of one byte are a view of `bytes` unless they were gzipped.
 */
export function decodeIdx(bytes: Uint8Array, path?: string, options: IdxOptions = {}): RawIdx {
  return decodeRaw(isGzip(bytes) ? unpackSync(bytes, path, options.maxBytes) : bytes, path);
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
