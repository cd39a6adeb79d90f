// The code signature of a Mach-O file: the hashes of its pages. macOS kills a process that runs arm64 code
// from a page whose hash is wrong. See xnu, osfmk/kern/cs_blobs.h: numbers in the signature are big-endian.
import { createHash } from "node:crypto";

const machHeader = 32;
const codeSignatureCommand = 0x1d; // LC_CODE_SIGNATURE
const embeddedSignature = 0xfade0cc0; // CSMAGIC_EMBEDDED_SIGNATURE
const codeDirectory = 0xfade0c02; // CSMAGIC_CODEDIRECTORY
const sha256 = 2; // CS_HASHTYPE_SHA256
const adHoc = 0x2; // CS_ADHOC

/** Place and size of the signature in a 64-bit little-endian Mach-O file; undefined if it has none. */
function findSignature(bytes) {
  const count = bytes.readUInt32LE(16);
  for (let i = 0, at = machHeader; i < count; at += bytes.readUInt32LE(at + 4), i++)
    if (bytes.readUInt32LE(at) === codeSignatureCommand)
      return { at: bytes.readUInt32LE(at + 8), size: bytes.readUInt32LE(at + 12) };
  return undefined;
}

/** What is wrong with the signature of a Mach-O file; undefined if every page has its hash. */
export function signatureDefect(bytes) {
  const signature = findSignature(bytes);
  if (!signature) return "it has no code signature";
  const blob = bytes.subarray(signature.at, signature.at + signature.size);
  if (blob.length < signature.size || blob.readUInt32BE(0) !== embeddedSignature)
    return "its code signature is damaged";
  const entries = Array.from({ length: blob.readUInt32BE(8) }, (_, i) => blob.readUInt32BE(12 + 8 * i + 4));
  const place = entries.find((at) => blob.readUInt32BE(at) === codeDirectory);
  if (place === undefined) return "its code signature has no code directory";
  const directory = blob.subarray(place);
  const [flags, hashes, slots, limit] = [12, 16, 28, 32].map((at) => directory.readUInt32BE(at));
  const [hashSize, hashType, pageBits] = [36, 37, 39].map((at) => directory[at]);
  if ((flags & adHoc) === 0) return "its code signature is not ad hoc";
  if (hashType !== sha256) return `its code signature has hashes of type ${hashType}`;
  const page = 2 ** pageBits;
  if (limit !== signature.at || slots !== Math.ceil(limit / page))
    return `its code signature covers ${limit} bytes in ${slots} pages, expected ${signature.at} bytes`;
  for (let i = 0; i < slots; i++) {
    const content = bytes.subarray(i * page, Math.min((i + 1) * page, limit));
    const expected = directory.subarray(hashes + i * hashSize, hashes + (i + 1) * hashSize);
    if (!createHash("sha256").update(content).digest().equals(expected))
      return `page ${i} of ${slots} does not have its hash`;
  }
  return undefined;
}
