import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { arrayTypes, type DType } from "../../src/dtype.js";
import { FileError } from "../../src/errors.js";
import { decodeSafetensors, encodeSafetensors, type RawTensor } from "../../src/io/safetensors.js";
import fc from "../property.js";

const fixtures = new URL("../fixtures/safetensors/", import.meta.url);

/** A file from the text of its header, padded or not, and the bytes of its data. */
function file(header: string | Uint8Array, data = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const info = (dtype: unknown, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });
const json = (entries: Record<string, unknown>) => JSON.stringify(entries);

describe("files that PyTorch wrote", () => {
  const expected = JSON.parse(fs.readFileSync(new URL("expected.json", fixtures), "utf8"));
  const readAs: Record<string, DType> = {
    float16: "float32",
    bfloat16: "float32",
    int8: "int32",
    int16: "int32",
    uint16: "int32",
    int64: "int32",
  };

  it.each(["mlp", "dtypes"])("reads %s", (name) => {
    const { tensors, metadata } = decodeSafetensors(
      fs.readFileSync(new URL(`${name}.safetensors`, fixtures)),
    );
    expect(metadata).toEqual(expected[name].metadata);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected[name].tensors).sort());
    for (const [key, { dtype, shape, values }] of Object.entries<any>(expected[name].tensors)) {
      const tensor = tensors.get(key) as RawTensor;
      expect(tensor.dtype, key).toBe(readAs[dtype] ?? dtype);
      expect(tensor.shape, key).toEqual(shape);
      const numbers = values.map((v: number | string) =>
        v === "inf" ? Infinity : v === "-inf" ? -Infinity : Number(v),
      );
      expect([...tensor.data], key).toEqual(numbers);
    }
  });

  it("refuses an int64 that int32 cannot hold, by name and value", () => {
    const bytes = fs.readFileSync(new URL("long.safetensors", fixtures));
    expect(() => decodeSafetensors(bytes, "long.safetensors")).toThrow(
      expect.objectContaining({
        code: "VALUE_OUT_OF_RANGE",
        message: expect.stringMatching(/2147483648.*"long\.safetensors", tensor "counter"/),
      }),
    );
  });
});

it("reads every dtype at any place of a Buffer, whose slices are views", () => {
  const values: Record<string, [bytes: Uint8Array<ArrayBuffer>, expected: number[]]> = {
    F64: [new Uint8Array(Float64Array.of(1.5, -2).buffer), [1.5, -2]],
    F32: [new Uint8Array(Float32Array.of(1.5, -2).buffer), [1.5, -2]],
    F16: [Uint8Array.of(0, 0x3e, 0, 0xc0), [1.5, -2]],
    BF16: [Uint8Array.of(0xc0, 0x3f, 0, 0xc0), [1.5, -2]],
    I64: [new Uint8Array(BigInt64Array.of(7n, -2n).buffer), [7, -2]],
    I32: [new Uint8Array(Int32Array.of(7, -2).buffer), [7, -2]],
    I16: [new Uint8Array(Int16Array.of(7, -2).buffer), [7, -2]],
    U8: [Uint8Array.of(7, 2), [7, 2]],
  };
  for (const [dtype, [data, expected]] of Object.entries(values)) {
    const bytes = file(json({ x: info(dtype, [2], [0, data.length]) }), data);
    for (let at = 0; at < 9; at++) {
      const moved = Buffer.alloc(at + bytes.length, 0x55);
      moved.set(bytes, at);
      const { tensors } = decodeSafetensors(moved.subarray(at));
      expect([dtype, at, [...tensors.get("x")!.data]]).toEqual([dtype, at, expected]);
    }
  }
});

it("says in a short and printable message what is wrong, whatever the file holds", () => {
  const long = "\x1b[2J\u009b".repeat(100_000);
  const deep = (n: number) => "[".repeat(n) + "]".repeat(n);
  const headers: [string, string][] = [
    [json({ [long]: info("F32", [1], [0, 4]) }), "TRUNCATED"],
    [json({ x: info(long, [1], [0, 4]) }), "UNKNOWN_DTYPE"],
    [json({ x: info("F32", Array(100_000).fill(-1), [0, 4]) }), "BAD_SHAPE"],
    [json({ x: info("F32", { [long]: long }, [0, 4]) }), "BAD_SHAPE"],
    [`{"x":${deep(20_000)}}`, "BAD_HEADER"],
    [`{"x":{"dtype":"F32","shape":${deep(20_000)},"data_offsets":[0,4]}}`, "BAD_HEADER"],
    [deep(5_000_000), "BAD_HEADER"],
    [`{"${long}`, "BAD_HEADER"],
    ["\0".repeat(1_000_000), "BAD_HEADER"],
  ];
  for (const [header, code] of headers) {
    const error = (() => {
      try {
        return decodeSafetensors(file(header), "model.safetensors");
      } catch (e) {
        return e as Error;
      }
    })();
    expect(error).toMatchObject({ code });
    expect((error as Error).message.length).toBeLessThan(600);
    expect((error as Error).message).not.toMatch(/\p{Cc}/u);
  }
});

it("widens every half and every bfloat16 exactly", () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const data = new Uint8Array(bits.buffer);
  const read = (dtype: string) => {
    const bytes = file(json({ x: info(dtype, [65536], [0, data.length]) }), data);
    return decodeSafetensors(bytes).tensors.get("x")?.data as Float32Array;
  };
  const half = read("F16");
  const bfloat = read("BF16");
  const words = new Uint32Array(bfloat.buffer);
  for (let i = 0; i < 65536; i++) {
    if (!Number.isNaN(bfloat[i])) expect(words[i]).toBe(i * 65536);
    else expect((i & 0x7f80) === 0x7f80 && (i & 0x7f) !== 0).toBe(true);
    const sign = i & 0x8000 ? -1 : 1;
    const [exponent, mantissa] = [(i >> 10) & 31, i & 1023];
    const value =
      exponent === 31
        ? mantissa === 0
          ? sign * Infinity
          : NaN
        : exponent === 0
          ? sign * mantissa * 2 ** -24
          : sign * (1024 + mantissa) * 2 ** (exponent - 25);
    if (!Object.is(half[i], value)) expect.fail(`half ${i}: ${half[i]}, not ${value}`);
  }
});

describe("round trips", () => {
  const anyTensor = fc
    .record({
      dtype: fc.constantFrom<DType>("float32", "float64", "int32", "uint8", "bool"),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      seed: fc.integer(),
    })
    .map(({ dtype, shape, seed }): RawTensor => {
      const count = shape.reduce((n, size) => n * size, 1);
      const data = new arrayTypes[dtype](count).map((_: number, i: number) =>
        dtype === "bool" ? (seed + i) & 1 : Math.imul(seed + i, 2654435761) / 7,
      );
      return { dtype, shape, data };
    });
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom("0", "1", "__proto__", "constructor", 'a"b\\', "weights.名"),
  );

  it("returns names, their order, dtypes, shapes, data and metadata", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(names, anyTensor), { selector: ([name]) => name, maxLength: 6 }),
        fc.dictionary(fc.string(), fc.string()),
        (entries, metadata) => {
          const bytes = encodeSafetensors(new Map(entries), metadata);
          const back = decodeSafetensors(bytes);
          expect([...back.tensors]).toEqual(entries);
          expect({ ...back.metadata }).toEqual({ ...metadata });
        },
      ),
    );
  });

  it("reads at any alignment of the bytes in memory", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), anyTensor, (shift, tensor) => {
        const bytes = encodeSafetensors({ x: tensor });
        const moved = new Uint8Array(bytes.length + shift).subarray(shift);
        moved.set(bytes);
        expect(decodeSafetensors(moved).tensors.get("x")).toEqual(tensor);
      }),
    );
  });

  it("survives any single changed byte of the header: the same form, or a FileError", () => {
    const tensors = {
      w: { dtype: "float32", shape: [2, 3], data: new Float32Array(6) },
      b: { dtype: "uint8", shape: [3], data: new Uint8Array(3) },
    } as const;
    const bytes = encodeSafetensors(tensors, { note: "x" });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          for (const { data, shape } of decodeSafetensors(changed, "f").tensors.values())
            expect(data.length).toBe(shape.reduce((n, size) => n * size, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

it("lays out data without gaps, widest first, from a multiple of 64 on", () => {
  const bytes = encodeSafetensors({
    byte: { dtype: "uint8", shape: [3], data: Uint8Array.of(1, 2, 3) },
    double: { dtype: "float64", shape: [1], data: Float64Array.of(1) },
    float: { dtype: "float32", shape: [1], data: Float32Array.of(1) },
  });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect((8 + length) % 64).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(Object.keys(header)).toEqual(["byte", "double", "float"]);
  expect(header.double.data_offsets).toEqual([0, 8]);
  expect(header.float.data_offsets).toEqual([8, 12]);
  expect(header.byte.data_offsets).toEqual([12, 15]);
  expect(bytes.length).toBe(8 + length + 15);
});

it("refuses to encode data that does not fit its shape or its dtype", () => {
  expect(() => encodeSafetensors({ x: { dtype: "float32", shape: [3], data: new Float32Array(2) } })).toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH" }),
  );
  expect(() => encodeSafetensors({ x: { dtype: "float32", shape: [2], data: new Int32Array(2) } })).toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH" }),
  );
  expect(() =>
    encodeSafetensors({ __metadata__: { dtype: "uint8", shape: [0], data: new Uint8Array(0) } }),
  ).toThrow(expect.objectContaining({ code: "BAD_NAME" }));
  expect(() => encodeSafetensors({}, { epoch: 3 as unknown as string })).toThrow(
    expect.objectContaining({ code: "BAD_METADATA" }),
  );
});

describe("bad files", () => {
  const data = (n: number) => new Uint8Array(n);
  const x = info("F32", [2], [0, 8]);
  const cases: [what: string, bytes: Uint8Array, code: string][] = [
    ["no bytes", data(0), "EMPTY_FILE"],
    ["fewer than 8 bytes", data(7), "TRUNCATED"],
    ["a header of 2^63 bytes", file("{}", data(8), 2n ** 63n), "HEADER_TOO_LONG"],
    ["a header of 2^64 - 1 bytes", file("{}", data(8), 2n ** 64n - 1n), "HEADER_TOO_LONG"],
    ["a header longer than the file", file("{}", data(0), 3n), "HEADER_TOO_LONG"],
    ["a header of 0 bytes", file(""), "BAD_HEADER"],
    [
      "a header that is no text",
      file(Uint8Array.from(Buffer.from(json({ "\xff": info("U8", [0], [0, 0]) }), "latin1"))),
      "BAD_HEADER",
    ],
    ["a byte order mark", file("\ufeff{}"), "BAD_HEADER"],
    ["a header that is no JSON", file("{x}"), "BAD_HEADER"],
    ["half a header", file(json({ x }).slice(0, 20)), "BAD_HEADER"],
    ["a list", file("[]"), "BAD_HEADER"],
    ["null", file("null"), "BAD_HEADER"],
    ["a tensor that is a number", file(json({ x: 3 })), "BAD_HEADER"],
    ["a tensor that is null", file(json({ x: null })), "BAD_HEADER"],
    ["a name twice", file(`{"x":${json(x)},"x":${json(x)}}`, data(8)), "DUPLICATE_KEY"],
    ["a name twice, once escaped", file(`{"x":${json(x)},"\\u0078":${json(x)}}`, data(8)), "DUPLICATE_KEY"],
    [
      "a field twice",
      file('{"x":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}}', data(1)),
      "DUPLICATE_KEY",
    ],
    ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), "DUPLICATE_KEY"],
    ["metadata that is a list", file('{"__metadata__":[]}'), "BAD_METADATA"],
    ["metadata with a number", file('{"__metadata__":{"a":1}}'), "BAD_METADATA"],
    ["an unknown dtype", file(json({ x: info("F7", [2], [0, 8]) }), data(8)), "UNKNOWN_DTYPE"],
    [
      "a dtype from Object.prototype",
      file(json({ x: info("toString", [2], [0, 8]) }), data(8)),
      "UNKNOWN_DTYPE",
    ],
    ["no dtype", file(json({ x: info(undefined, [2], [0, 8]) }), data(8)), "UNKNOWN_DTYPE"],
    ["a dtype that is a list", file(json({ x: info(["F32"], [2], [0, 8]) }), data(8)), "UNKNOWN_DTYPE"],
    ["a negative size", file(json({ x: info("F32", [-2], [0, 8]) }), data(8)), "BAD_SHAPE"],
    ["two negative sizes", file(json({ x: info("F32", [-2, -1], [0, 8]) }), data(8)), "BAD_SHAPE"],
    ["half a size", file(json({ x: info("F32", [0.5, 4], [0, 8]) }), data(8)), "BAD_SHAPE"],
    ["a size that is text", file(json({ x: info("F32", ["2"], [0, 8]) }), data(8)), "BAD_SHAPE"],
    [
      "a size beyond 2^53",
      file('{"x":{"dtype":"F32","shape":[1e300],"data_offsets":[0,8]}}', data(8)),
      "BAD_SHAPE",
    ],
    ["no shape", file(json({ x: info("F32", undefined, [0, 8]) }), data(8)), "BAD_SHAPE"],
    [
      "a shape whose product overflows",
      file(json({ x: info("F32", [2 ** 40, 2 ** 40], [0, 8]) }), data(8)),
      "SHAPE_OVERFLOW",
    ],
    [
      "an overflow times zero",
      file(json({ x: info("U8", [2 ** 40, 2 ** 40, 0], [0, 0]) })),
      "SHAPE_OVERFLOW",
    ],
    ["no offsets", file(json({ x: info("F32", [2], undefined) }), data(8)), "BAD_OFFSETS"],
    ["one offset", file(json({ x: info("F32", [2], [8]) }), data(8)), "BAD_OFFSETS"],
    ["a negative offset", file(json({ x: info("F32", [2], [-8, 0]) }), data(8)), "BAD_OFFSETS"],
    ["a fractional offset", file(json({ x: info("F32", [2], [0.5, 8.5]) }), data(9)), "BAD_OFFSETS"],
    ["offsets the wrong way round", file(json({ x: info("F32", [2], [8, 0]) }), data(8)), "BAD_OFFSETS"],
    ["data beyond the end", file(json({ x }), data(7)), "TRUNCATED"],
    [
      "data far beyond the end",
      file(json({ x: info("U8", [8], [2 ** 52, 2 ** 52 + 8]) }), data(8)),
      "TRUNCATED",
    ],
    ["fewer bytes than the shape", file(json({ x: info("F32", [3], [0, 8]) }), data(8)), "SIZE_MISMATCH"],
    ["more bytes than the shape", file(json({ x: info("F32", [1], [0, 8]) }), data(8)), "SIZE_MISMATCH"],
    ["a scalar of 8 bytes", file(json({ x: info("F32", [], [0, 8]) }), data(8)), "SIZE_MISMATCH"],
    ["the same bytes twice", file(json({ x, y: x }), data(8)), "OVERLAPPING_DATA"],
    ["tensors that overlap", file(json({ x, y: info("F32", [2], [4, 12]) }), data(12)), "OVERLAPPING_DATA"],
    [
      "an empty tensor inside another",
      file(json({ x, y: info("F32", [0], [4, 4]) }), data(8)),
      "OVERLAPPING_DATA",
    ],
    ["a hole", file(json({ x, y: info("F32", [2], [12, 20]) }), data(20)), "HOLE_IN_DATA"],
    ["a hole at the start", file(json({ x: info("F32", [2], [4, 12]) }), data(12)), "HOLE_IN_DATA"],
    ["bytes behind the last tensor", file(json({ x }), data(9)), "TRAILING_BYTES"],
    ["bytes and no tensor", file("{}", data(1)), "TRAILING_BYTES"],
    ["a bool that is 7", file(json({ x: info("BOOL", [2], [0, 2]) }), Uint8Array.of(1, 7)), "INVALID_BOOL"],
    [
      "an unsigned integer beyond int32",
      file(json({ x: info("U32", [1], [0, 4]) }), Uint8Array.of(0, 0, 0, 128)),
      "VALUE_OUT_OF_RANGE",
    ],
  ];

  it.each(cases)("%s", (_, bytes, code) => {
    let error: unknown;
    try {
      decodeSafetensors(bytes, "some/model.safetensors");
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code, path: "some/model.safetensors" });
    expect((error as Error).message).toMatch(/^loadSafetensors: .*: "some\/model\.safetensors"/);
  });

  it("reads a deeply nested header without exhausting the stack", () => {
    const deep = `{"x":${"[".repeat(1e6)}${"]".repeat(1e6)}}`;
    expect(() => decodeSafetensors(file(deep))).toThrow(expect.objectContaining({ code: "BAD_HEADER" }));
  });

  it("ignores fields it does not know", () => {
    const bytes = file(json({ x: { ...x, note: { deep: [1, { a: 1 }] } } }), data(8));
    expect(decodeSafetensors(bytes).tensors.get("x")?.shape).toEqual([2]);
  });
});

describe("arguments of another kind", () => {
  const raw = (entry: unknown) => () => encodeSafetensors({ x: entry } as Record<string, RawTensor>);
  const floats = new Float32Array(1);
  const cases: [name: string, call: () => unknown, code: string][] = [
    ["no bytes", () => decodeSafetensors(undefined as never), "INVALID_VALUE"],
    ["an ArrayBuffer", () => decodeSafetensors(new ArrayBuffer(20) as never), "INVALID_VALUE"],
    ["a list of numbers", () => decodeSafetensors([1, 2, 3, 4, 5, 6, 7, 8, 9] as never), "INVALID_VALUE"],
    ["no tensors", () => encodeSafetensors(null as never), "INVALID_VALUE"],
    ["a text for tensors", () => encodeSafetensors("abc" as never), "INVALID_VALUE"],
    ["no metadata", () => encodeSafetensors({}, null as never), "INVALID_VALUE"],
    ["a number for metadata", () => encodeSafetensors({}, 5 as never), "INVALID_VALUE"],
    ["a number for a tensor", raw(1), "INVALID_VALUE"],
    ["null for a tensor", raw(null), "INVALID_VALUE"],
    ["an unknown dtype", raw({ dtype: "constructor", shape: [1], data: floats }), "INVALID_VALUE"],
    ["a shape that is no list", raw({ dtype: "float32", shape: "1", data: floats }), "INVALID_VALUE"],
    ["negative sizes", raw({ dtype: "float32", shape: [-1, -1], data: floats }), "SHAPE_MISMATCH"],
    ["fractions", raw({ dtype: "float32", shape: [0.5, 2], data: floats }), "SHAPE_MISMATCH"],
    ["a bool that is 7", raw({ dtype: "bool", shape: [1], data: Uint8Array.of(7) }), "INVALID_BOOL"],
  ];

  it.each(cases)("%s", (_, call, code) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});
