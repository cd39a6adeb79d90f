/**
 * The header of a safetensors file and all its possible errors. No number is trusted before it has been
 * compared with the length of the file.
 */

import { FileError, formatShape } from "../errors.js";
import { excerpt, quoted, quotedPath } from "../quote.js";

/** The limit of the reference implementation. */
const LONGEST_HEADER = 100_000_000;

/** Bytes per element, for every dtype that can be read. */
export const itemSizes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

export interface TensorInfo {
  dtype: keyof typeof itemSizes;
  shape: number[];
  /** Bytes, counted from the start of the data. */
  begin: number;
  end: number;
}

export interface Header {
  tensors: Map<string, TensorInfo>;
  metadata: Record<string, string>;
  /** Where the data starts, counted from the start of the file. */
  dataStart: number;
}

type Fail = (code: string, rule: string, given?: string) => FileError;

export function parseHeader(bytes: Uint8Array, path?: string): Header {
  const fail: Fail = (code, rule, given) => {
    const where = [path === undefined ? undefined : quotedPath(path), given].filter((s) => s !== undefined);
    return new FileError(
      `loadSafetensors: ${[rule, where.join(", ")].filter(Boolean).join(": ")}`,
      code,
      path,
    );
  };
  if (bytes.length === 0) throw fail("EMPTY_FILE", "the file is empty");
  if (bytes.length < 8)
    throw fail("TRUNCATED", "shorter than the 8 bytes of the header length", `${bytes.length} bytes`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (claimed > BigInt(bytes.length - 8))
    throw fail(
      "HEADER_TOO_LONG",
      "the header would be longer than the file",
      `${claimed} of ${bytes.length - 8} bytes`,
    );
  if (claimed > LONGEST_HEADER)
    throw fail("HEADER_TOO_LONG", `a header may have ${LONGEST_HEADER} bytes`, `${claimed} bytes`);
  const dataStart = 8 + Number(claimed);

  const text = decodeText(bytes.subarray(8, dataStart), fail);
  const parsed = parseObject(text, fail);
  const { names, repeated } = scanKeys(text);
  if (repeated !== undefined)
    throw fail("DUPLICATE_KEY", "a name appears twice in the header", quoted(repeated));

  const tensors = new Map<string, TensorInfo>();
  let metadata: Record<string, string> = {};
  for (const name of names) {
    if (name === "__metadata__") metadata = checkMetadata(parsed[name], fail);
    else tensors.set(name, checkTensor(name, parsed[name], bytes.length - dataStart, fail));
  }
  checkLayout(tensors, bytes.length - dataStart, fail);
  return { tensors, metadata, dataStart };
}

/**
 * The length of a file, computed from its header, for reading a pipe; undefined until the header is complete.
 */
export function lengthFrom(start: Uint8Array): number | undefined {
  if (start.length < 8) return undefined;
  const dataStart = 8 + Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  // The header parser reports its errors; this function only stops waiting for more bytes.
  if (dataStart > 8 + LONGEST_HEADER) return 8;
  if (start.length < dataStart) return undefined;
  try {
    const fail: Fail = (code, rule) => new FileError(rule, code);
    const header = parseObject(decodeText(start.subarray(8, dataStart), fail), fail);
    let length = 0;
    for (const name in header) {
      const end = (header[name] as { data_offsets?: unknown[] } | null)?.data_offsets?.[1];
      if (Number.isSafeInteger(end)) length = Math.max(length, end as number);
    }
    return dataStart + length;
  } catch {
    return dataStart;
  }
}

function decodeText(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail("BAD_HEADER", "the header is not UTF-8 text");
  }
}

function parseObject(text: string, fail: Fail): Record<string, unknown> {
  // The format requires the brace at the very start; padding comes after the text.
  if (text[0] !== "{") throw fail("BAD_HEADER", "the header is not a JSON object", quoted(text.slice(0, 20)));
  if (isDeeperThan(DEEPEST, text))
    throw fail("BAD_HEADER", `the header is nested deeper than ${DEEPEST} levels`, quoted(text.slice(0, 20)));
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw fail("BAD_HEADER", "the header is not JSON", excerpt((error as Error).message, 200));
  }
  return parsed as Record<string, unknown>;
}

/** The nesting depth of the header, a tensor and its shape, plus room for extensions. */
const DEEPEST = 8;

/**
 * Checked before the text is parsed: nested arrays or objects need 50 times their bytes as objects, and stack
 * space when they are traversed.
 */
function isDeeperThan(levels: number, text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34 /* " */) {
      for (i++; i < text.length && text.charCodeAt(i) !== 34; i++) if (text.charCodeAt(i) === 92 /* \ */) i++;
    } else if (c === 91 /* [ */ || c === 123 /* { */) {
      if (++depth > levels) return true;
    } else if (c === 93 /* ] */ || c === 125 /* } */) depth--;
  }
  return false;
}

/**
 * The names in the order of the file, and the first key that an object repeats. JavaScript objects do not
 * keep the order for names like "0", and JSON.parse accepts repeated keys. `text` is an object and valid
 * JSON.
 */
function scanKeys(text: string): { names: Iterable<string>; repeated?: string } {
  const open: (Set<string> | null)[] = []; // keys of each enclosing object; null for an array
  let names = new Set<string>();
  let string = "";
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '"': {
        const start = i;
        for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
        string = text.slice(start, i + 1);
        break;
      }
      case "{":
        open.push(new Set());
        if (open.length === 1) names = open[0] as Set<string>;
        break;
      case "[":
        open.push(null);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ":": {
        const keys = open[open.length - 1] as Set<string>;
        const key = JSON.parse(string) as string;
        if (keys.has(key)) return { names, repeated: key };
        keys.add(key);
      }
    }
  }
  return { names };
}

function checkMetadata(value: unknown, fail: Fail): Record<string, string> {
  const ok = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!ok || !Object.values(value).every((text) => typeof text === "string"))
    throw fail("BAD_METADATA", "__metadata__ is not a map from strings to strings");
  return value as Record<string, string>;
}

function checkTensor(name: string, value: unknown, dataLength: number, fail: Fail): TensorInfo {
  const reject = (code: string, rule: string, given = "") =>
    fail(code, rule, `tensor ${quoted(name)}${given && `, ${given}`}`);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw reject("BAD_HEADER", "a tensor's entry is an object with dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;

  if (typeof dtype !== "string" || !Object.hasOwn(itemSizes, dtype))
    throw reject("UNKNOWN_DTYPE", `dtype is none of ${Object.keys(itemSizes).join(" ")}`, quoted(dtype));
  const known = dtype as keyof typeof itemSizes;
  if (!isSizes(shape)) throw reject("BAD_SHAPE", "shape is a list of integers >= 0", quoted(shape));
  let size: number = itemSizes[known];
  for (const extent of shape) {
    size *= extent;
    if (size > Number.MAX_SAFE_INTEGER)
      throw reject("SHAPE_OVERFLOW", "shape holds more bytes than a number can count", quoted(shape));
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    throw reject("BAD_OFFSETS", "data_offsets are two integers, 0 <= begin <= end", quoted(offsets));
  const [begin, end] = offsets;
  if (end > dataLength)
    throw reject(
      "TRUNCATED",
      "data ends beyond the end of the file",
      `${formatShape(offsets)} of ${dataLength} bytes`,
    );
  if (end - begin !== size)
    throw reject(
      "SIZE_MISMATCH",
      "data_offsets do not fit dtype and shape",
      `${end - begin} bytes for ${known} ${quoted(shape)}, which is ${size}`,
    );
  return { dtype: known, shape: shape.map((extent) => extent + 0), begin, end };
}

/** Checks that the arrays follow each other without gap or overlap and fill the rest of the file. */
function checkLayout(tensors: Map<string, TensorInfo>, dataLength: number, fail: Fail): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  let before = "";
  for (const [name, { begin, end }] of sorted) {
    const given = `tensor ${quoted(name)} begins at ${begin}, ${before || "the data"} ${before ? "ends" : "begins"} at ${reached}`;
    if (begin < reached) throw fail("OVERLAPPING_DATA", "two tensors overlap", given);
    if (begin > reached) throw fail("HOLE_IN_DATA", "bytes that belong to no tensor", given);
    reached = end;
    before = `tensor ${quoted(name)}`;
  }
  if (reached !== dataLength)
    throw fail("TRAILING_BYTES", "bytes after the last tensor", `${dataLength - reached} bytes`);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
