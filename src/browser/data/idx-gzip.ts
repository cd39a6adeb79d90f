/** Unpacks gzipped IDX files, no further than their headers say. */
import { checkUnpackedLength, fail } from "../../data/idx-header.js";
import { piecesOfStream } from "../../io/source.js";
import { excerpt } from "../../quote.js";
import { MOST_BYTES } from "../io/read.js";
import { notInBrowser } from "../not-here.js";

export async function unpack(bytes: Uint8Array, path?: string, maxBytes = MOST_BYTES): Promise<Uint8Array> {
  const pieces = piecesOfStream(
    new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip")),
  );
  let unpacked = new Uint8Array(1 << 16);
  let used = 0;
  let length: number | undefined;
  try {
    for await (const piece of pieces) {
      if (used + piece.length > unpacked.length) {
        const larger = new Uint8Array(length ?? 2 * (used + piece.length));
        if (used + piece.length > larger.length) throw tooLong(larger.length, path);
        larger.set(unpacked.subarray(0, used));
        unpacked = larger;
      }
      unpacked.set(piece, used);
      used += piece.length;
      if (length === undefined && used >= 4 && used >= 4 + 4 * unpacked[3]) {
        length = checkUnpackedLength(unpacked.subarray(0, used), bytes.length, path, maxBytes);
        const whole = new Uint8Array(length);
        if (used > length) throw tooLong(length, path);
        whole.set(unpacked.subarray(0, used));
        unpacked = whole;
      }
    }
  } catch (error) {
    if (error instanceof TypeError)
      throw fail("CORRUPT_GZIP", "the gzip stream is broken", path, excerpt(error.message), { cause: error });
    throw error;
  }
  return unpacked.subarray(0, used);
}

const tooLong = (length: number, path?: string) =>
  fail("TRAILING_BYTES", "the gzip stream holds more than its IDX header says", path, `${length} bytes`);

export function unpackSync(_bytes: Uint8Array, path?: string, _maxBytes?: number): Uint8Array {
  throw notInBrowser(
    `readIdxSync: unpacking gzip${path === undefined ? "" : ` of ${path}`}`,
    "await readIdx",
  );
}
