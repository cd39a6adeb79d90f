import { describe, expect, it } from "vitest";
import { DataLoader, type DataLoaderOptions, TensorDataset } from "../../src/data/index.js";
import { arange, manualSeed, type Tensor, tensor } from "../../src/index.js";
import fc from "../property.js";

const numbers = (n: number) => new TensorDataset(arange(n, { dtype: "int32" }));
const values = (batches: Iterable<[Tensor]>) => Array.from(batches, ([x]) => x.toArray() as number[]);

async function valuesAsync(batches: AsyncIterable<[Tensor]>): Promise<number[][]> {
  const out: number[][] = [];
  for await (const [x] of batches) out.push(x.toArray());
  return out;
}

describe("batches", () => {
  const options = fc.record({
    n: fc.integer({ min: 1, max: 40 }),
    batchSize: fc.integer({ min: 1, max: 12 }),
    dropLast: fc.boolean(),
    shuffle: fc.boolean(),
    seed: fc.integer(),
  });

  it("hold every sample once, in batches of the size asked for; for and for await agree", async () => {
    await fc.assert(
      fc.asyncProperty(options, async ({ n, ...rest }) => {
        fc.pre(!rest.dropLast || n >= rest.batchSize);
        const loader = new DataLoader(numbers(n), rest);
        const batches = values(loader);
        expect(batches.length).toBe(loader.length);
        const sizes = batches.map((b) => b.length);
        const whole = Math.floor(n / rest.batchSize);
        const tail = rest.dropLast || n % rest.batchSize === 0 ? [] : [n % rest.batchSize];
        expect(sizes).toEqual([...Array(whole).fill(rest.batchSize), ...tail]);
        const seen = batches.flat();
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.every((i) => i >= 0 && i < n)).toBe(true);
        if (!rest.shuffle) expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i));
        expect(await valuesAsync(new DataLoader(numbers(n), rest))).toEqual(batches);
      }),
      { numRuns: 50 },
    );
  });

  it("have one sample each unless told otherwise", () => {
    expect(values(new DataLoader(numbers(3)))).toEqual([[0], [1], [2]]);
  });

  it("come in a new order every epoch; the seed decides which", () => {
    const options = { batchSize: 50, shuffle: true, seed: 7 };
    const [a, b] = [new DataLoader(numbers(50), options), new DataLoader(numbers(50), options)];
    const epochs = [values(a), values(a), values(a)];
    expect([values(b), values(b), values(b)]).toEqual(epochs);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[1]).not.toEqual(epochs[2]);
    expect(values(new DataLoader(numbers(50), { ...options, seed: 8 }))).not.toEqual(epochs[0]);
  });

  it("follow manualSeed without a seed of their own, and leave its stream alone when not shuffled", () => {
    const options = { batchSize: 50, shuffle: true };
    const first = () => values(new DataLoader(numbers(50), options));
    manualSeed(3);
    const [a, b] = [first(), first()];
    manualSeed(3);
    new DataLoader(numbers(50), { batchSize: 2 });
    expect(first()).toEqual(a);
    expect(b).not.toEqual(a);
    manualSeed(4);
    expect(first()).not.toEqual(a);
  });
});

describe("state", () => {
  it("resumes anywhere: the rest of the epoch, then the same epochs", () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 20 }),
      batchSize: fc.integer({ min: 1, max: 6 }),
      shuffle: fc.boolean(),
      epochs: fc.integer({ min: 0, max: 3 }),
      stop: fc.nat(20),
    });
    fc.assert(
      fc.property(cases, ({ n, epochs, stop, ...options }) => {
        const loader = new DataLoader(numbers(n), { ...options, seed: 5 });
        for (let e = 0; e < epochs; e++) values(loader);
        const at = stop % (loader.length + 1);
        let state = loader.stateDict();
        const rest: number[][] = [];
        let position = 0;
        for (const [x] of loader) {
          if (++position > at) rest.push(x.toArray());
          if (position === at) state = loader.stateDict();
        }
        expect(state).toMatchObject({ epoch: epochs, position: at });

        const resumed = new DataLoader(numbers(n), { ...options, seed: 999 });
        resumed.loadStateDict(JSON.parse(JSON.stringify(state)));
        expect(resumed.stateDict()).toEqual(state);
        expect(values(resumed)).toEqual(rest);
        expect(resumed.stateDict()).toEqual(loader.stateDict());
        expect([values(resumed), values(resumed)]).toEqual([values(loader), values(loader)]);
      }),
    );
  });

  it("starts a new epoch after a loop that was left", () => {
    const loader = new DataLoader(numbers(6), { batchSize: 2 });
    for (const _ of loader) break;
    expect(loader.stateDict()).toMatchObject({ epoch: 0, position: 1 });
    expect(values(loader).length).toBe(3);
    expect(loader.stateDict()).toMatchObject({ epoch: 1, position: 0 });
  });

  it.each([
    ["another data set", { samples: 9 }],
    ["another batch size", { batchSize: 3 }],
    ["another shuffle", { shuffle: true }],
    ["a negative epoch", { epoch: -1 }],
    ["a position beyond the end", { position: 6 }],
    ["half a position", { position: 0.5 }],
  ])("of %s is rejected", (_, change) => {
    const loader = new DataLoader(numbers(10), { batchSize: 2 });
    const state = loader.stateDict();
    expect(() => loader.loadStateDict({ ...state, ...change })).toThrow(
      expect.objectContaining({ code: "STATE_DICT_MISMATCH" }),
    );
    expect(() => loader.loadStateDict({ ...state, generator: [1, 2] })).toThrow(
      expect.objectContaining({ code: "INVALID_STATE" }),
    );
    expect(loader.stateDict()).toEqual(state);
  });
});

describe("for await", () => {
  it("gives the event loop turns, also when epochs are short", async () => {
    const loader = new DataLoader(numbers(4));
    const busy = (ms: number) => {
      for (const end = performance.now() + ms; performance.now() < end; );
    };
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    for (let epoch = 0; epoch < 40; epoch++) for await (const _ of loader) busy(1);
    clearInterval(timer);
    // 160 ms of work: a turn each 20 ms, and one less than that for slow clocks. Nothing here depends on
    // speed.
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("stops when the loop is left and passes errors on", async () => {
    const loader = new DataLoader(numbers(4));
    for await (const _ of loader) break;
    expect(loader.stateDict().position).toBe(1);
    const failing = {
      length: 2,
      get: async (i: number) => (i === 1 ? Promise.reject(new Error("lost")) : tensor(i)),
    };
    await expect(
      (async () => {
        for await (const _ of new DataLoader(failing)) void _;
      })(),
    ).rejects.toThrow("lost");
  });
});

describe("data sets of one's own", () => {
  it("are stacked sample by sample: tensors, class indices, booleans, typed arrays, tuples, records", () => {
    const dataset = {
      length: 3,
      get: (i: number) => ({
        pair: [tensor([i, -i]), i] as const,
        flag: i > 1,
        raw: Float64Array.of(i, 0.5),
      }),
    };
    const [batch] = new DataLoader(dataset, { batchSize: 3 });
    expect(batch.pair[0].toArray()).toEqual([
      [0, -0],
      [1, -1],
      [2, -2],
    ]);
    expect(batch.pair[1].dtype).toBe("int32");
    expect(batch.pair[1].toArray()).toEqual([0, 1, 2]);
    expect(batch.flag.toArray()).toEqual([false, false, true]);
    expect(batch.raw.dtype).toBe("float64");
    expect(batch.raw.toArray()).toEqual([
      [0, 0.5],
      [1, 0.5],
      [2, 0.5],
    ]);
  });

  it("may fetch whole batches, of any form", () => {
    const dataset = { length: 5, batch: (indices: Int32Array) => Array.from(indices) };
    const batches: number[][] = [...new DataLoader(dataset, { batchSize: 2 })];
    expect(batches).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("may answer with promises, for for await", async () => {
    const datasets = [
      { length: 3, get: async (i: number) => [tensor(i)] },
      { length: 3, batch: async (indices: Int32Array) => [tensor(indices.slice())] },
    ];
    for (const dataset of datasets) {
      const seen: number[] = [];
      for await (const [x] of new DataLoader(dataset, { batchSize: 2 })) seen.push(...x.toArray());
      expect(seen).toEqual([0, 1, 2]);
      expect(() => [...new DataLoader(dataset)]).toThrow(expect.objectContaining({ code: "ASYNC_DATASET" }));
    }
  });

  it.each<[string, unknown[], string]>([
    ["fractions", [0.5, 1], "NOT_AN_INTEGER"],
    ["whole numbers beyond int32", [2 ** 31, 1], "NOT_AN_INTEGER"],
    ["different shapes", [tensor([1]), tensor([1, 2])], "SHAPE_MISMATCH"],
    ["a tensor and a number", [tensor([1]), 1], "SAMPLES_DIFFER"],
    ["a number and a text", [1, "1"], "SAMPLES_DIFFER"],
    ["tuples of different lengths", [[1, 2], [1]], "SAMPLES_DIFFER"],
    ["tuples that grow", [[1], [1, 2]], "SAMPLES_DIFFER"],
    ["records that grow", [{ a: 1 }, { a: 1, b: 2 }], "SAMPLES_DIFFER"],
    ["records that shrink", [{ a: 1, b: [] }, { a: 1 }], "SAMPLES_DIFFER"],
    ["records of different keys", [{ a: 1 }, { b: 1 }], "SAMPLES_DIFFER"],
    ["texts", ["a", "b"], "NOT_STACKABLE"],
    ["nothing", [undefined, undefined], "NOT_STACKABLE"],
  ])("cannot stack %s", (_, samples, code) => {
    const loader = new DataLoader({ length: 2, get: (i: number) => samples[i] }, { batchSize: 2 });
    expect(() => [...loader]).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^DataLoader: .*sample/) }),
    );
  });
});

describe("bad options", () => {
  it.each<[string, unknown, DataLoaderOptions, string]>([
    ["batchSize 0", numbers(4), { batchSize: 0 }, "INVALID_BATCH_SIZE"],
    ["a negative batchSize", numbers(4), { batchSize: -2 }, "INVALID_BATCH_SIZE"],
    ["half a batchSize", numbers(4), { batchSize: 1.5 }, "INVALID_BATCH_SIZE"],
    ["batchSize NaN", numbers(4), { batchSize: NaN }, "INVALID_BATCH_SIZE"],
    ["batchSize as text", numbers(4), { batchSize: "2" as unknown as number }, "INVALID_BATCH_SIZE"],
    ["half a seed", numbers(4), { seed: 0.5 }, "INVALID_SEED"],
    ["shuffle as a number", numbers(4), { shuffle: 1 as unknown as boolean }, "INVALID_OPTION"],
    ["an empty data set", numbers(0), {}, "EMPTY_DATASET"],
    ["dropLast that drops all", numbers(4), { batchSize: 5, dropLast: true }, "NO_BATCHES"],
    ["nothing for a data set", undefined, {}, "INVALID_DATASET"],
    ["an array for a data set", [1, 2], {}, "INVALID_DATASET"],
    ["a data set without length", { get: () => 0 }, {}, "INVALID_DATASET"],
    ["a negative length", { length: -1, get: () => 0 }, {}, "INVALID_DATASET"],
    ["a length beyond int32", { length: 2 ** 31, get: () => 0 }, {}, "INVALID_DATASET"],
  ])("%s", (_, dataset, options, code) => {
    expect(() => new DataLoader(dataset as any, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^DataLoader: /) }),
    );
  });
});
