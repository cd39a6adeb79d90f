/** Unpacks gzipped IDX files, no further than their headers say. */
import { constants as bufferLimits } from "node:buffer";
import { constants, gunzip, gunzipSync } from "node:zlib";
import type { FileError } from "../errors.js";
import { MOST_BYTES } from "../io/read.js";
import { excerpt } from "../quote.js";
import { checkUnpackedLength, fail } from "./idx-header.js";

/** Unpacks a gzip stream. `maxBytes`: the largest memory for it. @throws FileError */
export function unpack(bytes: Uint8Array, path?: string, maxBytes?: number): Promise<Uint8Array> {
  const limit = unpackedLength(bytes, path, maxBytes);
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: limit }, (error, out) => {
      if (error) reject(gzipError(error, limit, path));
      else resolve(out);
    });
  });
}

/** `unpack`, blocking. */
export function unpackSync(bytes: Uint8Array, path?: string, maxBytes?: number): Uint8Array {
  const limit = unpackedLength(bytes, path, maxBytes);
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw gzipError(error, limit, path);
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
function unpackedLength(bytes: Uint8Array, path: string | undefined, maxBytes = MOST_BYTES): number {
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
  return checkUnpackedLength(unpacked, bytes.length, path, maxBytes, bufferLimits.MAX_LENGTH);
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
