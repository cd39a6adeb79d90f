/** Small data sets of the form of MNIST: each class is a pattern, and noise is laid over it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export function idx(shape: readonly number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 8;
  header[3] = shape.length;
  for (const [d, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * d);
  return Buffer.concat([header, bytes]);
}

export interface PatternOptions {
  train?: number;
  test?: number;
  /** Labels are firstLabel … classes - 1: EMNIST letters count from 1. */
  classes?: number;
  firstLabel?: number;
  side?: number;
  gzip?: boolean;
  /** Of file names: `emnist-letters-`. */
  prefix?: string;
}

/** A small linear congruential generator: the files are the same in every run. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function writePatterns(folder: string, options: PatternOptions = {}): string {
  const {
    train = 300,
    test = 60,
    classes = 10,
    firstLabel = 0,
    side = 8,
    gzip = false,
    prefix = "",
  } = options;
  mkdirSync(folder, { recursive: true });
  const random = noise(1);
  const patterns = Array.from({ length: classes }, () =>
    Array.from({ length: side * side }, () => (random() < 0.4 ? 200 : 20)),
  );
  const write = (name: string, bytes: Buffer) =>
    writeFileSync(join(folder, prefix + name + (gzip ? ".gz" : "")), gzip ? gzipSync(bytes) : bytes);
  for (const [part, count] of [
    ["train", train],
    [prefix === "" ? "t10k" : "test", test],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => firstLabel + (i % (classes - firstLabel)));
    const images = Uint8Array.from({ length: count * side * side }, (_, at) => {
      const pixel = patterns[labels[Math.floor(at / side ** 2)]][at % side ** 2];
      return pixel + Math.floor(random() * 50);
    });
    write(`${part}-images-idx3-ubyte`, idx([count, side, side], images));
    write(`${part}-labels-idx1-ubyte`, idx([count], labels));
  }
  return folder;
}
