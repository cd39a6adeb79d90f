import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DataLoader, StreamLoader, TensorDataset } from "../../src/data/index.js";
import {
  arange,
  fit,
  Generator,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
  train,
  zeros,
} from "../../src/index.js";
import fc from "../property.js";

/** A data set that counts how many of its batches are under way. */
class Counting {
  underWay = 0;
  most = 0;
  asked = 0;
  constructor(
    readonly length: number,
    readonly fails = -1,
  ) {}
  async batch(indices: Int32Array): Promise<[Tensor]> {
    this.asked++;
    this.most = Math.max(this.most, ++this.underWay);
    const given = indices.slice();
    await setImmediate();
    this.underWay--;
    if (given.includes(this.fails)) throw new Error("lost");
    return [tensor(given)];
  }
}

describe("DataLoader over promises", () => {
  it("has at most the bound under way, and the samples in their order", async () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 20 }),
      batchSize: fc.integer({ min: 1, max: 4 }),
      prefetchFactor: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, batchSize, prefetchFactor }) => {
        const dataset = new Counting(n);
        const loader = new DataLoader(dataset, { batchSize, prefetchFactor });
        const seen: number[] = [];
        let handed = 0;
        for await (const [x] of loader) {
          expect(loader.stateDict().position).toBe(++handed);
          await sleep(0);
          // While the consumer works: those ahead and no more.
          expect(dataset.asked).toBe(Math.min(loader.length, handed + prefetchFactor));
          seen.push(...(x.toArray() as number[]));
        }
        expect(seen).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(dataset.most).toBe(Math.min(loader.length, Math.max(1, prefetchFactor)));
      }),
      { numRuns: 25 },
    );
  });

  it("asks a data set that answers at once for nothing ahead", async () => {
    let asked = 0;
    const dataset = { length: 5, batch: (indices: Int32Array) => [asked++, indices.length] };
    let handed = 0;
    for await (const _ of new DataLoader(dataset, { prefetchFactor: 3 })) expect(asked).toBe(++handed);
    expect(handed).toBe(5);
  });

  it("an error comes in its turn, after the batches before it; who left does not see it", async () => {
    const seen: number[] = [];
    const loader = new DataLoader(new Counting(6, 3), { prefetchFactor: 4 });
    await expect(
      (async () => {
        for await (const [x] of loader) seen.push(x.toArray()[0] as number);
      })(),
    ).rejects.toThrow("lost");
    expect([seen, loader.stateDict().position]).toEqual([[0, 1, 2], 3]);
    for await (const _ of new DataLoader(new Counting(6, 2), { prefetchFactor: 4 })) break;
    await sleep(5); // an unhandled rejection would fail this file
  });

  it("resumes where the consumer was, not where the fetches were", async () => {
    const loader = new DataLoader(new Counting(8), { shuffle: true, seed: 1, prefetchFactor: 3 });
    const all: number[] = [];
    let state = loader.stateDict();
    for await (const [x] of loader) {
      all.push(x.toArray()[0] as number);
      if (all.length === 3) state = loader.stateDict();
    }
    const again = new DataLoader(new Counting(8), { shuffle: true, seed: 2 });
    again.loadStateDict(state);
    const rest: number[] = [];
    for await (const [x] of again) rest.push(x.toArray()[0] as number);
    expect(rest).toEqual(all.slice(3));
    expect(again.stateDict()).toMatchObject({ epoch: 1, position: 0 });
  });

  it.each([-1, 0.5, Number.NaN])("rejects prefetchFactor %d", (prefetchFactor) => {
    expect(() => new DataLoader(new Counting(3), { prefetchFactor })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  });

  const inner = new TensorDataset(
    randn([12, 2], { generator: new Generator(1) }),
    tensor(Int32Array.from({ length: 12 }, (_, i) => i % 2)),
  );
  // A trace refuses reads of the indices: no rejected promise may stay unhandled.
  const fetch = async (at: Int32Array) => {
    const given = at.slice();
    await setImmediate();
    return inner.batch(given);
  };

  it.each<[string, (at: Int32Array) => unknown]>([
    ["an async function", fetch],
    ["a function that gives a promise", (at) => fetch(at)],
    ["tensors at once", (at) => inner.batch(at)],
  ])("fit and evaluate take %s, with the same result", async (_, batch) => {
    const trained = async (dataset: TensorDataset<[Tensor, Tensor]>, compile: boolean) => {
      manualSeed(1);
      const model = new nn.Linear(2, 2);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const { steps, loss } = await fit(model, dataset, {
        optimizer,
        epochs: 2,
        batchSize: 4,
        seed: 3,
        compile,
      });
      return { steps, loss, samples: (await train.evaluate(model, dataset)).samples };
    };
    const found = await trained({ length: 12, batch } as never, true);
    expect(found).toEqual(await trained(inner, false));
    expect(found).toMatchObject({ steps: 6, samples: 12 });
  });
});

describe("StreamLoader", () => {
  const count = (n: number, pulled = { n: 0 }) =>
    async function* () {
      for (let i = 0; i < n; i++) {
        pulled.n++;
        yield tensor(i, { dtype: "int32" });
      }
    };
  async function values(loader: StreamLoader<Tensor>): Promise<number[][]> {
    const out: number[][] = [];
    for await (const x of loader) out.push(x.toArray() as number[]);
    return out;
  }

  it("hands out each sample once and never reads further ahead than it says", async () => {
    const cases = fc.record({
      ...{ n: fc.nat(40), batchSize: fc.integer({ min: 1, max: 5 }), prefetchFactor: fc.nat(3) },
      ...{ shuffleBuffer: fc.nat(8), dropLast: fc.boolean(), seed: fc.nat() },
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, ...options }) => {
        const pulled = { n: 0 };
        const { batchSize, prefetchFactor, shuffleBuffer, dropLast } = options;
        const seen: number[] = [];
        for await (const x of new StreamLoader(count(n, pulled), options)) {
          seen.push(...(x.toArray() as number[]));
          await sleep(0);
          expect(pulled.n - seen.length).toBeLessThanOrEqual(batchSize * prefetchFactor + shuffleBuffer + 1);
        }
        const whole = dropLast ? n - (n % batchSize) : n;
        expect(seen).toHaveLength(whole);
        expect(new Set(seen).size).toBe(whole);
        if (shuffleBuffer === 0) expect(seen).toEqual(Array.from({ length: whole }, (_, i) => i));
      }),
      { numRuns: 40 },
    );
  });

  it("shuffles as its seed says, anew every epoch", async () => {
    const make = (seed?: number) => new StreamLoader(count(30), { batchSize: 30, shuffleBuffer: 10, seed });
    const loader = make(1);
    const [first, second] = [await values(loader), await values(loader)];
    expect(first).not.toEqual(second);
    expect(first[0]).not.toEqual(first[0].toSorted((a, b) => a - b));
    expect(await values(make(1))).toEqual(first);
    manualSeed(1);
    expect(await values(make())).toEqual(first);
  });

  it("closes the stream when the loop is left, and passes errors on after the batches before them", async () => {
    let closed = false;
    async function* stream() {
      try {
        for (let i = 0; ; i++) yield tensor(i);
      } finally {
        closed = true;
      }
    }
    for await (const _ of new StreamLoader(stream)) break;
    expect(closed).toBe(true);
    async function* failing() {
      yield tensor(0);
      throw new Error("lost");
    }
    const seen: unknown[] = [];
    await expect(
      (async () => {
        for await (const x of new StreamLoader(failing)) seen.push(x.toArray());
      })(),
    ).rejects.toThrow("lost");
    expect(seen).toEqual([[0]]);
  });

  it("feeds fit, epoch after epoch", async () => {
    const samples = Array.from({ length: 10 }, (_, i) => [tensor([i / 10, 1]), i % 2] as const);
    const model = new nn.Linear(2, 2);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const result = await fit(model, new StreamLoader(samples, { batchSize: 4 }), { optimizer, epochs: 3 });
    expect([result.steps, result.completed]).toEqual([9, true]);
  });

  it.each<[string, () => unknown, string]>([
    ["a number", () => new StreamLoader(3 as never), "INVALID_DATASET"],
    ["null", () => new StreamLoader(null as never), "INVALID_DATASET"],
    ["a batch of none", () => new StreamLoader([1], { batchSize: 0 }), "INVALID_OPTION"],
    ["a negative buffer", () => new StreamLoader([1], { shuffleBuffer: -1 }), "INVALID_OPTION"],
    ["shuffle", () => new StreamLoader([1], { shuffle: true } as never), "UNKNOWN_OPTION"],
  ])("%s is an error", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe("batches without samples, dims of size 0, NaN", () => {
  const model = () => new nn.Linear(2, 2);
  const over = (batch: [Tensor, Tensor]) => {
    const net = model();
    return fit(net, [batch], { optimizer: new optim.SGD(net.parameters(), { lr: 0.1 }) });
  };

  it("an empty batch is an error of fit and of evaluate", async () => {
    const empty: [Tensor, Tensor] = [zeros([0, 2]), zeros([0], { dtype: "int32" })];
    await expect(over(empty)).rejects.toMatchObject({ code: "EMPTY_BATCH" });
    await expect(train.evaluate(model(), [empty])).rejects.toMatchObject({ code: "EMPTY_BATCH" });
  });

  it("samples without features are loaded as they are, and refused by the layer that they do not fit", async () => {
    const dataset = new TensorDataset(zeros([3, 0]), zeros([3], { dtype: "int32" }));
    const [[x]] = [...new DataLoader(dataset, { batchSize: 2 })];
    expect(x.shape).toEqual([2, 0]);
    await expect(train.evaluate(model(), dataset)).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  });

  it("a data set without samples is refused by the loader", () => {
    expect(() => new DataLoader(new TensorDataset(zeros([0, 2])))).toThrow(
      expect.objectContaining({ code: "EMPTY_DATASET" }),
    );
  });

  it("NaN in the data is named as the reason", async () => {
    const x = arange(4).reshape([2, 2]).div(0).sub(Number.POSITIVE_INFINITY);
    await expect(over([x, zeros([2], { dtype: "int32" })])).rejects.toThrow(
      "the inputs of this batch hold NaN",
    );
  });
});
