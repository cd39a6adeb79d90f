/** Digits like those of a pocket calculator, drawn by the page's own pen: a small data set for its tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fieldSide, inkOf, type Stroke } from "../../playground/src/digits/ink.js";
import { reduce } from "../../playground/src/digits/reduce.js";

/** Corners from the top left, row by row, and the segments between them that each digit has. */
const corners = [0, 1, 2, 3, 4, 5].map((i) => ({ x: 90 + 100 * (i % 2), y: 50 + 90 * Math.floor(i / 2) }));
const segments = [
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 3],
  [2, 4],
  [3, 5],
  [4, 5],
] as const;
const digits = ["012456", "25", "02346", "02356", "1235", "01356", "013456", "025", "0123456", "012356"];

/** A digit with its corners moved a little, the same for the same numbers. */
export function strokesOf(digit: number, variant: number): Stroke[] {
  const moved = corners.map(({ x, y }, i) => ({
    x: x + ((variant * 7 + i * 5) % 23) - 11,
    y: y + ((variant * 11 + i * 3) % 19) - 9,
  }));
  return [...digits[digit]!].map((name) => segments[Number(name)]!.map((i) => moved[i]!));
}

export const imageOf = (strokes: readonly Stroke[]): Uint8Array => reduce(inkOf(strokes), fieldSide)!;

/** An IDX file of bytes. */
export function idx(shape: readonly number[], values: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [d, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * d);
  return Buffer.concat([head, values]);
}

/** Writes the four files, `train` and `test` images each; those of the test part gzipped. */
export function writeFigures(folder: string, train: number, test: number): void {
  mkdirSync(folder, { recursive: true });
  for (const [part, count, first] of [
    ["train", train, 0],
    ["t10k", test, train],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const images = Buffer.concat([...labels].map((label, i) => imageOf(strokesOf(label, first + i))));
    const pack = part === "train" ? (bytes: Buffer) => bytes : gzipSync;
    const end = part === "train" ? "" : ".gz";
    writeFileSync(join(folder, `${part}-images-idx3-ubyte${end}`), pack(idx([count, 28, 28], images)));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte${end}`), pack(idx([count], labels)));
  }
}
