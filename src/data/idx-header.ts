/** The header of an IDX file, and the errors of reading one. */
import type { Data, DType } from "../dtype.js";
import { FileError, formatShape } from "../errors.js";
import { excerpt, quotedPath } from "../quote.js";

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

export interface Header {
  type: ElementType;
  shape: number[];
  headerLength: number;
  /** Bytes of header and elements together. */
  length: number;
}

export function parseHeader(bytes: Uint8Array, path?: string): Header {
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

/**
 * The length in bytes that the IDX header in `start` states, if a gzip stream of `packed` bytes can hold it
 * and it is at most `maxBytes` (and what the engine can allocate, `most`). @throws FileError
 */
export function checkUnpackedLength(
  start: Uint8Array,
  packed: number,
  path: string | undefined,
  maxBytes: number,
  most = Number.POSITIVE_INFINITY,
): number {
  const { shape, length } = parseHeader(start, path);
  const given = `${excerpt(formatShape(shape))} in ${packed} bytes`;
  // Deflate expands at most 1032 times.
  if (length > packed * 1032)
    throw fail("TRUNCATED", "the dims are more than a gzip stream of this length can hold", path, given);
  if (length > Math.min(maxBytes, most))
    throw fail(
      "FILE_TOO_LARGE",
      `the gzip stream unpacks to more than maxBytes, ${maxBytes}`,
      path,
      `${length} bytes, ${given}`,
    );
  return length;
}

export function fail(
  code: string,
  rule: string,
  path?: string,
  given?: string,
  options?: ErrorOptions,
): FileError {
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
