/** Event files, read by a decoder of their own. Once they were read by TensorBoard's EventAccumulator too. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { data, fit, manualSeed, nn, optim, randn, type Tensor, tensor, train } from "../../src/index.js";
import { valuesEvent } from "../../src/train/report/tensorboard/events.js";
import { framed } from "../../src/train/report/tensorboard/records.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-tensorboard-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A field of a protocol buffer: its number, and its bytes or its value. */
type Field = [number, Uint8Array | number];

function fieldsOf(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  const fixed = (length: number) => {
    at += length;
    return at - length;
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, wire] = [key >> 3, key & 7];
    if (wire === 0) fields.push([number, varint()]);
    else if (wire === 1) fields.push([number, view.getFloat64(fixed(8), true)]);
    else if (wire === 5) fields.push([number, view.getFloat32(fixed(4), true)]);
    else if (wire === 2) {
      const length = varint();
      const from = fixed(length);
      fields.push([number, bytes.subarray(from, from + length)]);
    } else throw new Error(`wire type ${wire}`);
  }
  return fields;
}

const field = (fields: readonly Field[], number: number) => fields.find(([n]) => n === number)?.[1];
const doubles = (bytes: unknown) => {
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array;
  return Array.from(new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength)));
};

/** CRC-32C bit by bit, masked as TensorFlow masks it. */
function checksum(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  }
  c = ~c >>> 0;
  return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
}

interface Read {
  version?: string;
  step: number;
  scalars: Map<string, number>;
  histograms: Map<string, Record<string, number | number[]>>;
}

function eventsOf(file: Uint8Array): Read[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const events: Read[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(checksum(file.subarray(at, at + 8)));
    const content = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(checksum(content));
    at += 16 + length;
    const fields = fieldsOf(content);
    expect(Math.abs((field(fields, 1) as number) - Date.now() / 1000)).toBeLessThan(600);
    const version = field(fields, 3) as Uint8Array | undefined;
    const event: Read = {
      step: (field(fields, 2) as number) ?? 0,
      scalars: new Map(),
      histograms: new Map(),
    };
    if (version !== undefined) event.version = Buffer.from(version).toString();
    const summary = field(fields, 5) as Uint8Array | undefined;
    for (const [, value] of summary === undefined ? [] : fieldsOf(summary)) {
      const parts = fieldsOf(value as Uint8Array);
      const tag = Buffer.from(field(parts, 1) as Uint8Array).toString();
      const histogram = field(parts, 5);
      if (histogram === undefined) event.scalars.set(tag, field(parts, 2) as number);
      else {
        const numbers = fieldsOf(histogram as Uint8Array);
        const [min, max, num, sum, squares] = [1, 2, 3, 4, 5].map((n) => (field(numbers, n) as number) ?? 0);
        const [limits, counts] = [6, 7].map((n) => doubles(field(numbers, n)));
        event.histograms.set(tag, { min, max, num, sum, squares, limits, counts });
      }
    }
    events.push(event);
  }
  return events;
}

describe("records", () => {
  // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending.
  test.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(255), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])("have the checksums of CRC-32C", (content, crc) => {
    const record = framed(content);
    const view = new DataView(record.buffer);
    expect(record.length).toBe(48);
    expect(view.getBigUint64(0, true)).toBe(32n);
    const mask = (c: number) => (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
    expect(view.getUint32(44, true)).toBe(mask(crc));
    expect(record.subarray(12, 44)).toEqual(content);
  });
});

describe("histograms", () => {
  const of = (values: number[]) => {
    const file = framed(valuesEvent(Date.now() / 1000, 5, [{ tag: "w", value: Float32Array.from(values) }]));
    return eventsOf(file)[0].histograms.get("w")!;
  };

  test.each<[string, number[], number]>([
    ["of several values", [-1, 0.5, 2, 2], 4],
    ["of one value", [3], 1],
    ["of zeros", [0, 0], 2],
    ["without what is not finite", [1, Number.NaN, Number.POSITIVE_INFINITY, 2], 2],
    ["of nothing", [], 0],
  ])("%s count each once, below the limit of its bucket", (_, values, count) => {
    const { min, max, num, sum, squares, limits, counts } = of(values) as Record<string, any>;
    const finite = values.filter(Number.isFinite);
    expect([min, max, num]).toEqual([
      Math.min(...finite, ...(count ? [] : [0])),
      Math.max(...finite, ...(count ? [] : [0])),
      count,
    ]);
    expect(sum).toBe(finite.reduce((a, b) => a + b, 0));
    expect(squares).toBe(finite.reduce((a, b) => a + b * b, 0));
    expect(counts.reduce((a: number, b: number) => a + b, 0)).toBe(count);
    expect(limits.every((limit: number, i: number) => i === 0 || limit > limits[i - 1])).toBe(true);
    const below = limits.findIndex((limit: number) => max <= limit * (1 + 1e-12) + 1e-12);
    expect(counts.slice(below + 1).every((n: number) => n === 0)).toBe(true);
  });
});

describe("a run writes", () => {
  const run = async (directory: string, more: object = {}) => {
    manualSeed(0);
    const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const labels = tensor(Int32Array.from({ length: 60 }, (_, i) => i % 3));
    const set = new data.TensorDataset(randn([60, 4]), labels);
    const options = { optimizer, epochs: 3, batchSize: 20, seed: 1, validation: set, ...more };
    const result = await fit(model, set, { ...options, report: train.tensorboard(directory) });
    return { model, result };
  };
  const read = (directory: string) =>
    readdirSync(directory).map((name) => eventsOf(new Uint8Array(readFileSync(join(directory, name)))));

  test("scalars and histograms, into a new folder", async () => {
    const directory = join(folder, "new", "run");
    const { model, result } = await run(directory);
    const [events, ...others] = read(directory);
    expect(others).toEqual([]);
    expect(events[0].version).toBe("brain.Event:2");
    const scalars = (tag: string) =>
      events.filter((event) => event.scalars.has(tag)).map((event) => [event.step, event.scalars.get(tag)!]);
    expect(scalars("loss/validation").map(([step]) => step)).toEqual([3, 6, 9]);
    expect(scalars("loss/validation").at(-1)![1]).toBeCloseTo(result.validation!.loss, 6);
    expect(scalars("accuracy/validation").at(-1)![1]).toBeCloseTo(result.validation!.accuracy!, 6);
    expect(scalars("loss/train").at(-1)![0]).toBe(9);
    expect(scalars("lr").every(([, lr]) => lr === Math.fround(0.1))).toBe(true);
    expect(scalars("gradient_norm/0.weight")[0][0]).toBe(1);
    const squares = ["0.weight", "0.bias", "2.weight", "2.bias"].map(
      (name) => scalars(`gradient_norm/${name}`)[0][1] ** 2,
    );
    const total = scalars("gradient_norm/total")[0][1];
    expect(Math.sqrt(squares.reduce((a, b) => a + b, 0))).toBeCloseTo(total, 5);
    const histograms = events.filter(({ histograms }) => histograms.has("weights/2.bias"));
    expect([histograms[0].step, histograms.at(-1)!.step]).toEqual([0, 9]);
    const values = Array.from((model.parameters()[3] as Tensor).data);
    const last = histograms.at(-1)!.histograms.get("weights/2.bias")!;
    expect([last["min"], last["max"], last["num"]]).toEqual([Math.min(...values), Math.max(...values), 3]);
  });

  test("the norm of the gradient that the step applied", async () => {
    const directory = join(folder, "norm");
    await run(directory, { epochs: 1, batchSize: 60, shuffle: false });
    const [events] = read(directory);
    manualSeed(0);
    const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
    const labels = tensor(Int32Array.from({ length: 60 }, (_, i) => i % 3));
    new nn.CrossEntropyLoss().forward(model.forward(randn([60, 4])), labels).backward();
    const norm = Math.sqrt(model.parameters().reduce((sum, p) => sum + p.grad!.square().sum().item(), 0));
    const found = events.find(({ scalars }) => scalars.has("gradient_norm/total"))!;
    expect(found.scalars.get("gradient_norm/total")).toBeCloseTo(norm, 6);
  });

  test("a file of its own into the folder of another", async () => {
    const directory = join(folder, "twice");
    await run(directory);
    await run(directory);
    expect(read(directory)).toHaveLength(2);
  });

  test.each([
    ["a number", 5],
    ["nothing", undefined],
    ["no text", ""],
  ])("%s is no folder", (_, given) => {
    expect(() => train.tensorboard(given as string)).toThrow(
      expect.objectContaining({ code: "INVALID_PATH" }),
    );
  });

  test("nothing below a file, which is an error before the first step", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    await expect(run(join(file, "run"))).rejects.toMatchObject({ code: "WRITE_FAILED" });
  });
});
