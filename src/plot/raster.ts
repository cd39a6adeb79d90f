/** Pixels as a PNG in a `data:` URL: an SVG shows a coloured field as this single element. */
import { deflateSync } from "node:zlib";
import type { Color } from "./palette.js";

const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/**
 * An image of `width` × `height` pixels, each enlarged to `scale` × `scale` pixels. The image is enlarged
 * here because viewers would blur it.
 */
export function rasterUrl(
  width: number,
  height: number,
  colorAt: (x: number, y: number) => Color,
  scale = 1,
): string {
  const stride = 1 + 3 * width * scale; // a line begins with its filter type: 0, none
  const lines = new Uint8Array(stride * height * scale);
  for (let y = 0; y < height; y++) {
    const start = y * scale * stride;
    for (let x = 0; x < width; x++) {
      const color = colorAt(x, y);
      for (let s = 0; s < scale; s++) lines.set(color, start + 1 + 3 * (x * scale + s));
    }
    for (let s = 1; s < scale; s++) lines.copyWithin(start + s * stride, start, start + stride);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width * scale);
  header.setUint32(4, height * scale);
  header.setUint8(8, 8); // bits per channel
  header.setUint8(9, 2); // red, green and blue
  const png = Buffer.concat([
    signature,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", new Uint8Array(0)),
  ]);
  return `data:image/png;base64,${png.toString("base64")}`;
}

function chunk(kind: string, bytes: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), bytes]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(bytes.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
