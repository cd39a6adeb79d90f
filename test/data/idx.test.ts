import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeIdx, type RawIdx, readRawIdx, readRawIdxSync } from "../../src/data/idx.js";
import type { Data, DType } from "../../src/dtype.js";
import { FileError } from "../../src/errors.js";
import fc from "../property.js";

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(join(tmpdir(), "simdgrad-idx-"));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

/** The header of an IDX file, then the bytes of the elements. */
function idx(type: number, shape: number[], body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, type);
  view.setUint8(3, shape.length);
  shape.forEach((size, d) => void view.setUint32(4 + 4 * d, size));
  bytes.set(body, 4 + 4 * shape.length);
  return bytes;
}

/** Of gzip; `zlib.crc32` came with Node 20.15 and 22.2. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Bytes that do not compress. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1664525) + 1013904223;
    return state >>> 24;
  });
}

type Writer = (view: DataView, at: number, value: number) => void;
const elementTypes: [
  type: number,
  name: string,
  dtype: DType,
  size: number,
  values: fc.Arbitrary<number>,
  Writer,
][] = [
  [8, "u8", "uint8", 1, fc.integer({ min: 0, max: 255 }), (v, at, x) => v.setUint8(at, x)],
  [9, "i8", "int32", 1, fc.integer({ min: -128, max: 127 }), (v, at, x) => v.setInt8(at, x)],
  [11, "i16", "int32", 2, fc.integer({ min: -32768, max: 32767 }), (v, at, x) => v.setInt16(at, x)],
  [12, "i32", "int32", 4, fc.integer(), (v, at, x) => v.setInt32(at, x)],
  [13, "f32", "float32", 4, fc.float(), (v, at, x) => v.setFloat32(at, x)],
  [14, "f64", "float64", 8, fc.double(), (v, at, x) => v.setFloat64(at, x)],
];

describe.each(elementTypes)("element type %i (%s)", (type, _, dtype, size, values, write) => {
  it("gives back every value, of any rank, raw and gzipped", () => {
    const cases = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }).chain((shape) => {
      const count = shape.reduce((n, s) => n * s, 1);
      return fc.tuple(fc.constant(shape), fc.array(values, { minLength: count, maxLength: count }));
    });
    fc.assert(
      fc.property(cases, ([shape, numbers]) => {
        const body = new Uint8Array(size * numbers.length);
        const view = new DataView(body.buffer);
        numbers.forEach((x, i) => void write(view, i * size, x));
        for (const bytes of [idx(type, shape, body), gzipSync(idx(type, shape, body))]) {
          const read = decodeIdx(bytes);
          expect(read.dtype).toBe(dtype);
          expect(read.shape).toEqual(shape);
          expect(Array.from<number, number>(read.data as ArrayLike<number>, (x) => x)).toEqual(numbers);
        }
      }),
    );
  });
});

it("reads files, raw or gzipped whatever their name says, and bytes", async () => {
  const bytes = idx(8, [2, 2], Uint8Array.of(1, 2, 3, 4));
  const expected: RawIdx = { dtype: "uint8", shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) };
  const raw = join(dir, "images.gz");
  const packed = join(dir, "images");
  fs.writeFileSync(raw, bytes);
  fs.writeFileSync(packed, gzipSync(bytes));
  for (const source of [raw, packed, bytes, new Uint8Array(gzipSync(bytes))]) {
    for (const read of [await readRawIdx(source), readRawIdxSync(source)]) {
      expect({ ...read, data: Uint8Array.from(read.data as Data) }).toEqual(expected);
    }
  }
});

it("reads more than the first 8 KiB of a gzip stream, and several members of one", async () => {
  const data = noise(50_000);
  const bytes = idx(8, [50_000], data);
  expect(gzipSync(bytes).length).toBeGreaterThan(16_384);
  expect(decodeIdx(gzipSync(bytes)).data).toEqual(data);
  expect(
    decodeIdx(Buffer.concat([gzipSync(bytes.subarray(0, 3)), gzipSync(bytes.subarray(3))])).data,
  ).toEqual(data);
});

/** A gzip header with every text that it may have (RFC 1952), then the deflate stream. */
function named(bytes: Uint8Array, length: number): Uint8Array {
  const text = Buffer.concat([Buffer.alloc(length, "n"), Buffer.of(0)]);
  const flags = 2 | 4 | 8 | 16; // the checksum, extra bytes, the name, the comment
  const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3, 3, 0, 0, 1, 2]);
  const header = Buffer.concat([head, text, text]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc32(header) & 0xffff);
  return Buffer.concat([header, check, gzipSync(bytes).subarray(10)]);
}

it("reads a gzip stream that names its file at length, and many streams in one", () => {
  const bytes = idx(8, [3], Uint8Array.of(7, 8, 9));
  for (const length of [0, 100, 8_192, 100_000])
    expect(decodeIdx(named(bytes, length)).data).toEqual(Uint8Array.of(7, 8, 9));
  const pieces = [...bytes].map((byte) => gzipSync(Buffer.of(byte)));
  const empty = gzipSync(new Uint8Array(0));
  expect(decodeIdx(Buffer.concat([...Array(1000).fill(empty), ...pieces])).data).toEqual(
    Uint8Array.of(7, 8, 9),
  );
  expect(() => decodeIdx(Buffer.concat(Array(10_000).fill(empty)))).toThrow(FileError);
});

it("unpacks no more than maxBytes", async () => {
  const bytes = gzipSync(idx(8, [1_000_000], new Uint8Array(1_000_000)));
  const path = join(dir, "large.gz");
  fs.writeFileSync(path, bytes);
  expect((await readRawIdx(path, { maxBytes: 1_000_008 })).shape).toEqual([1_000_000]);
  const expected = { code: "FILE_TOO_LARGE", path };
  await expect(readRawIdx(path, { maxBytes: 1_000_007 })).rejects.toMatchObject(expected);
  expect(() => readRawIdxSync(path, { maxBytes: 1_000_007 })).toThrow(expect.objectContaining(expected));
  // 1032 times as much as there is, and more than 1 GiB.
  const claims = gzipSync(Buffer.concat([idx(8, [2 ** 31], new Uint8Array(0)), noise(2_200_000)]));
  expect(() => decodeIdx(claims)).toThrow(expect.objectContaining({ code: "FILE_TOO_LARGE" }));
});

describe("bad files", () => {
  const good = idx(8, [2, 3], new Uint8Array(6));
  const changed = (bytes: Uint8Array, at: number, value: number) => {
    const copy = new Uint8Array(bytes);
    copy[at < 0 ? copy.length + at : at] = value;
    return copy;
  };
  const long = gzipSync(idx(8, [20_000], noise(20_000)));
  const cases: [what: string, bytes: Uint8Array, code: string][] = [
    ["empty", new Uint8Array(0), "EMPTY_FILE"],
    ["one byte", Uint8Array.of(0), "TRUNCATED"],
    ["half a header", good.subarray(0, 9), "TRUNCATED"],
    ["only a header", good.subarray(0, 12), "TRUNCATED"],
    ["one byte short", good.subarray(0, good.length - 1), "TRUNCATED"],
    ["one byte too many", Buffer.concat([good, Uint8Array.of(0)]), "TRAILING_BYTES"],
    ["text", new TextEncoder().encode("<!doctype html>"), "BAD_MAGIC"],
    ["a wrong first byte", changed(good, 0, 1), "BAD_MAGIC"],
    ["a wrong second byte", changed(good, 1, 8), "BAD_MAGIC"],
    ["element type 0", changed(good, 2, 0), "UNKNOWN_DTYPE"],
    ["element type 10", changed(good, 2, 10), "UNKNOWN_DTYPE"],
    ["element type 255", changed(good, 2, 255), "UNKNOWN_DTYPE"],
    ["a rank larger than the file", changed(good, 3, 255), "TRUNCATED"],
    ["dims of 4 GB", idx(8, [2 ** 32 - 1], new Uint8Array(4)), "TRUNCATED"],
    ["dims beyond 2^53", idx(14, [2 ** 32 - 1, 2 ** 32 - 1], new Uint8Array(8)), "SHAPE_OVERFLOW"],
    ["dims beyond any double", idx(14, Array(40).fill(2 ** 32 - 1), new Uint8Array(8)), "SHAPE_OVERFLOW"],
    ["the gzip magic alone", Uint8Array.of(0x1f, 0x8b), "CORRUPT_GZIP"],
    ["a gzip header alone", gzipSync(good).subarray(0, 10), "CORRUPT_GZIP"],
    ["a gzip stream cut short", gzipSync(good).subarray(0, -9), "CORRUPT_GZIP"],
    ["a long gzip stream cut short", long.subarray(0, 15_000), "CORRUPT_GZIP"],
    ["a gzip stream without its checksum", gzipSync(good).subarray(0, -8), "CORRUPT_GZIP"],
    ["a wrong checksum", changed(gzipSync(good), -5, 0x55), "CORRUPT_GZIP"],
    ["a wrong checksum far in", changed(long, -5, 0x55), "CORRUPT_GZIP"],
    ["a broken deflate block", changed(gzipSync(good), 10, 0xff), "CORRUPT_GZIP"],
    ["no gzip but its magic", changed(Buffer.alloc(40, 7), 0, 0x1f).with(1, 0x8b), "CORRUPT_GZIP"],
    ["gzip of nothing", gzipSync(new Uint8Array(0)), "EMPTY_FILE"],
    ["gzip of text", gzipSync("hello, hello, hello"), "BAD_MAGIC"],
    ["gzip of a truncated file", gzipSync(good.subarray(0, 13)), "TRUNCATED"],
    ["gzip of a file with bytes behind", gzipSync(Buffer.concat([good, Buffer.alloc(3)])), "TRAILING_BYTES"],
    ["gzip of absurd dims", gzipSync(idx(8, [2 ** 31, 64], new Uint8Array(4))), "TRUNCATED"],
    ["a gzip bomb", gzipSync(Buffer.concat([good, Buffer.alloc(50_000_000)])), "TRAILING_BYTES"],
    ["gzip in gzip", gzipSync(gzipSync(good)), "BAD_MAGIC"],
  ];

  it.each(cases)("%s", async (what, bytes, code) => {
    const path = join(dir, what.replaceAll(/\W/g, "-"));
    fs.writeFileSync(path, bytes);
    const expected = { name: "FileError", code, path };
    const errors = [
      await readRawIdx(path).catch((e) => e),
      (() => {
        try {
          return readRawIdxSync(path);
        } catch (e) {
          return e;
        }
      })(),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(FileError);
      expect(error).toMatchObject(expected);
      expect(error.message).toContain(`: ${JSON.stringify(path)}`);
    }
    expect(() => decodeIdx(bytes)).toThrow(expect.objectContaining({ code }));
  });

  it("unpacks a bomb no further than its header says", () => {
    const bomb = gzipSync(Buffer.concat([good, Buffer.alloc(100_000_000)]));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodeIdx(bomb)).toThrow(FileError);
    // 8 MiB for the first look; the second stops at 18 bytes.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  });

  it("never throws anything but a FileError, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (tail, gzip) => {
        const bytes = Uint8Array.of(...(gzip ? [0x1f, 0x8b, 8, 0] : [0, 0]), ...tail);
        try {
          const { shape, data } = decodeIdx(bytes);
          expect(data.length).toBe(shape.reduce((n, size) => n * size, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("files that cannot be read", () => {
  it("names the path, and the name that was probably meant", async () => {
    fs.writeFileSync(join(dir, "train-images-idx3-ubyte"), "");
    const path = join(dir, "train-image-idx3-ubyte");
    const error = await readRawIdx(path).catch((e) => e);
    expect(error).toMatchObject({ code: "FILE_NOT_FOUND", path, cause: { code: "ENOENT" } });
    expect(error.message).toContain(
      `${JSON.stringify(path)} (did you mean ${JSON.stringify(join(dir, "train-images-idx3-ubyte"))}?)`,
    );
    expect(() => readRawIdxSync(path)).toThrow(expect.objectContaining({ code: "FILE_NOT_FOUND", path }));
  });

  it("does not guess when no name is near, and says when the directory is missing", async () => {
    const far = await readRawIdx(join(dir, "quite something else")).catch((e) => e);
    expect(far.message).not.toContain("did you mean");
    const error = await readRawIdx(join(dir, "nowhere", "x")).catch((e) => e);
    expect(error.code).toBe("FILE_NOT_FOUND");
    expect(error.message).toContain(`no directory ${JSON.stringify(join(dir, "nowhere"))}`);
  });

  it("rejects a directory and a path with a zero byte", async () => {
    expect(await readRawIdx(dir).catch((e) => e)).toMatchObject({ code: "NOT_A_FILE", path: dir });
    expect(() => readRawIdxSync(dir)).toThrow(expect.objectContaining({ code: "NOT_A_FILE" }));
    expect(() => readRawIdxSync("a\0b")).toThrow(expect.objectContaining({ name: "FileError" }));
  });
});
