/**
 * Files that are cut, extended, changed, glued together or made to be wrong, of every format that is read:
 * each ends with a SimdgradError that has a code, names the file and fits a terminal, or with values that the
 * file does hold.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { data, fit, io, nn, optim, randn, SimdgradError, type Tensor, tensor } from "../../src/index.js";
import fc from "../property.js";
import { patience, times } from "./effort.js";

const folder = fs.mkdtempSync(join(tmpdir(), "simdgrad-attack-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Checks tensors that were read: as many values as the shape says. */
const whole = (tensors: Iterable<Tensor>) => {
  for (const x of tensors) expect(x.numel).toBe(x.shape.reduce((n, size) => n * size, 1));
};

interface Format {
  name: string;
  /** Files that are right, to begin with. */
  good: () => Uint8Array[];
  read: (path: string) => Promise<unknown> | unknown;
}

const bytesOf = (values: number[]) => Uint8Array.from(values);
const idx = bytesOf([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
const floats = Buffer.concat([bytesOf([0, 0, 13, 1, 0, 0, 0, 2]), bytesOf([63, 128, 0, 0, 64, 0, 0, 0])]);
const csv = 'a,b,"kind"\n1,2.5,cat\n"3",-4e2,"do""g"\r\n\n5,6,cat\n';
const cifar = new Uint8Array(3073 * 2).map((_, i) => (i % 3073 === 0 ? i / 3073 : i));
const safetensors = () =>
  io.encodeSafetensors(
    {
      weight: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      steps: { dtype: "int32", shape: [], data: Int32Array.of(7) },
      mask: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
    },
    { note: "x" },
  );

function training(checkpoint: string, resume: boolean) {
  const model = new nn.Linear(2, 2);
  const set = new data.TensorDataset(randn([8, 2]), tensor(new Int32Array(8)));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  return fit(model, set, { optimizer, epochs: 1, batchSize: 4, compile: false, checkpoint, resume });
}
const checkpoint = join(folder, "good.ckpt");
await training(checkpoint, false);

const columns = { kind: "label" } as const;
const formats: Format[] = [
  {
    name: "IDX",
    good: () => [
      idx,
      floats,
      gzipSync(idx),
      Buffer.concat([gzipSync(idx.subarray(0, 5)), gzipSync(idx.subarray(5))]),
    ],
    read: async (path) => {
      const x = await data.readIdx(path);
      whole([x]);
      expect(data.readIdxSync(path).toArray()).toEqual(x.toArray());
    },
  },
  {
    name: "safetensors",
    good: () => [safetensors()],
    read: async (path) => {
      const { tensors } = await io.readSafetensors(path);
      whole(Object.values(tensors));
      // From a Buffer at an odd place come the same values.
      const bytes = fs.readFileSync(path);
      const moved = Buffer.concat([Buffer.of(0), bytes]).subarray(1);
      for (const [name, x] of io.decodeSafetensors(moved).tensors)
        expect([...x.data]).toEqual([...tensors[name]!.contiguous().data]);
    },
  },
  {
    name: "CSV",
    good: () => [Buffer.from(csv), Buffer.from(`\ufeff${csv}`)],
    read: async (path) => {
      const { x, y, classes, features } = await data.readCsv(path, { columns });
      whole([x, y!]);
      expect(features.length).toBe(x.shape[1]);
      expect(classes.length).toBeGreaterThan(0);
      for (const value of x.data) expect(Number.isFinite(value)).toBe(true);
      expect(data.parseCsv(fs.readFileSync(path, "utf8"), { columns }).x.toArray()).toEqual(x.toArray());
    },
  },
  {
    name: "CIFAR-10",
    good: () => [cifar],
    read: async (path) => {
      const set = await data.cifar10(join(path, ".."), { train: false });
      whole(set.tensors);
    },
  },
  {
    name: "a checkpoint",
    good: () => [fs.readFileSync(checkpoint)],
    // Only reading is tested here; the tests of `fit` test how a run uses the content.
    read: (path) => whole(Object.values(io.loadSafetensorsSync(path))),
  },
];

/** A random change of a file. */
const damages: ((bytes: Uint8Array, a: number, b: number) => Uint8Array)[] = [
  (bytes, a) => bytes.subarray(0, a % (bytes.length + 1)),
  (bytes, a) => bytes.subarray(a % (bytes.length + 1)),
  (bytes, a, b) => Uint8Array.from(bytes).fill(b, a % bytes.length, (a % bytes.length) + 1),
  (bytes, a, b) =>
    Uint8Array.from(bytes, (byte, i) => (i === a % bytes.length ? byte ^ (1 << (b & 7)) : byte)),
  (bytes, a, b) => Uint8Array.from(bytes).copyWithin(a % bytes.length, b % bytes.length),
  (bytes, a, b) => Buffer.concat([bytes, Buffer.alloc(a % 5000, b)]),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes, a, b) => {
    const at = a % bytes.length;
    const noise = Buffer.from("\x1b[31m\u009b\u202e\0\"',\r\n{}[]:e9".repeat(1 + (b % 3)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  (bytes, a, b) => {
    const at = a % bytes.length;
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(20_000, b), bytes.subarray(at)]);
  },
  (bytes) => gzipSync(bytes),
];

/** Reads a file that may be wrong. @throws unless it ends as it should. */
async function attack({ name, read }: Format, bytes: Uint8Array): Promise<void> {
  const path = join(folder, name === "CIFAR-10" ? "test_batch.bin" : "file");
  fs.writeFileSync(path, bytes);
  try {
    await read(path);
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    expect(error.code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(error.message).toContain(JSON.stringify(path));
    expect(error.message.length).toBeLessThan(1000);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
  }
}

describe.each(formats)("$name", (format) => {
  test("is read when it is right", async () => {
    for (const bytes of format.good()) {
      const path = join(folder, format.name === "CIFAR-10" ? "test_batch.bin" : "file");
      fs.writeFileSync(path, bytes);
      await format.read(path);
    }
  });

  test(
    "ends with an error that has a code, or with what the file holds",
    async () => {
      const number = fc.integer({ min: 0, max: 2 ** 31 - 1 });
      const damage = fc.tuple(fc.constantFrom(...damages), number, number);
      const cases = fc.tuple(
        fc.constantFrom(...format.good()),
        fc.array(damage, { minLength: 1, maxLength: 3 }),
      );
      await fc.assert(
        fc.asyncProperty(cases, async ([good, all]) => {
          let bytes = good;
          for (const [change, a, b] of all) bytes = bytes.length === 0 ? bytes : change(bytes, a, b);
          await attack(format, bytes);
        }),
        { numRuns: times(150) },
      );
    },
    patience(),
  );

  test("of zeros, of another format, of nothing and of one letter, has an end", async () => {
    const others = formats.flatMap(({ good }) => good());
    const zeros = [0, 1, 7, 8, 9, 100_000].map((length) => new Uint8Array(length));
    const letters = ["a", ",", '"', "1", "[", "{", "\n", "\r", "\x1f\x8b", "\xff"].map((letter) =>
      Buffer.from(letter.repeat(30_000), "latin1"),
    );
    for (const bytes of [...others, ...zeros, ...letters]) await attack(format, bytes);
  });
});
