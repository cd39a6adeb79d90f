/** The framing of TFRecord files: each record with its length and two checksums. */

/** The table of CRC-32C (Castagnoli), reflected. */
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0x82f63b78 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** TensorFlow stores checksums rotated and shifted: a file may hold checksums of checksums. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record: length (uint64), checksum of the length, content, checksum of the content; little-endian. */
export function framed(content: Uint8Array): Uint8Array {
  const record = new Uint8Array(content.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(content, 12);
  view.setUint32(12 + content.length, masked(crc32c(content)), true);
  return record;
}
