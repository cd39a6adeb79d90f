import { describe, expect, it } from "vitest";
import { kFold, randomSplit, Subset, TensorDataset, trainTestSplit } from "../../src/data/index.js";
import { arange, fit, Generator, manualSeed, nn, optim, randn, tensor } from "../../src/index.js";
import fc from "../property.js";

const numbers = (n: number) => new TensorDataset(arange(n, { dtype: "int32" }));
const indicesOf = (parts: { indices: Int32Array }[]) => parts.map(({ indices }) => [...indices]);
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
function counts(labels: number[]): Record<number, number> {
  const found: Record<number, number> = {};
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found;
}

describe("Subset", () => {
  const dataset = new TensorDataset(
    arange(6).reshape([6, 1]),
    tensor([0, 1, 2, 3, 4, 5], { dtype: "int32" }),
  );

  it("has the samples chosen, in their order, also of a subset", () => {
    const some = new Subset(dataset, [5, 0, 3]);
    expect(some.length).toBe(3);
    expect(some.get(0).map((x) => x.toArray())).toEqual([[5], 5]);
    expect(some.batch(Int32Array.of(2, 0, 2))[1].toArray()).toEqual([3, 5, 3]);
    expect(new Subset(some, [1, 2]).batch(Int32Array.of(1, 0))[0].toArray()).toEqual([[3], [0]]);
    expect(some.batch(new Int32Array(0))[0].shape).toEqual([0, 1]);
  });

  it("asks sample by sample where there are no batches", () => {
    const single = new Subset({ length: 3, get: (i: number) => i * 10 }, [2, 1]);
    expect([single.get(0), single.get(1), single.batch]).toEqual([20, 10, undefined]);
  });

  it.each<[string, () => unknown, string]>([
    ["an index beyond the end", () => new Subset(dataset, [6]), "INDEX_OUT_OF_RANGE"],
    ["a fraction", () => new Subset(dataset, [0.5]), "INDEX_OUT_OF_RANGE"],
    ["a position beyond the end", () => new Subset(dataset, [1]).get(1), "INDEX_OUT_OF_RANGE"],
    ["a batch beyond the end", () => new Subset(dataset, [1]).batch(Int32Array.of(1)), "INDEX_OUT_OF_RANGE"],
    ["no data set", () => new Subset([1, 2] as never, [0]), "INVALID_DATASET"],
  ])("%s is an error", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  it("trains compiled, to the bits of a data set with the same samples", async () => {
    const [x, y] = [
      randn([40, 3], { generator: new Generator(1) }),
      tensor(Int32Array.from({ length: 40 }, (_, i) => i % 3)),
    ];
    const chosen = Int32Array.from({ length: 25 }, (_, i) => (i * 7) % 40);
    const all = new TensorDataset(x, y);
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const weights: unknown[] = [];
    for (const data of [new Subset(all, chosen), new TensorDataset(...all.batch(chosen))]) {
      manualSeed(4);
      const model = new nn.Linear(3, 3);
      const optimizer = new optim.Adam(model.parameters());
      await fit(model, data, { optimizer, epochs: 3, batchSize: 4, seed: 2 });
      weights.push(model.weight.toArray());
    }
    process.off("warning", listen);
    expect(weights[0]).toEqual(weights[1]);
    expect(warnings.map(String)).toEqual([]);
  });
});

describe("randomSplit", () => {
  it("divides all samples, by numbers or by shares", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), fc.nat(), (lengths, seed) => {
        const n = lengths.reduce((a, b) => a + b, 0);
        const parts = randomSplit(numbers(n), lengths, { seed });
        expect(parts.map(({ length }) => length)).toEqual(lengths);
        expect(sorted(indicesOf(parts).flat())).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
    // As PyTorch documents it: each share rounded down, the rest dealt out from the first part on.
    const lengths = (n: number, shares: number[]) =>
      randomSplit(numbers(n), shares).map((part) => part.length);
    expect(lengths(10, [0.3, 0.3, 0.4])).toEqual([3, 3, 4]);
    expect(lengths(30, [0.3, 0.3, 0.4])).toEqual([9, 9, 12]);
    expect(lengths(11, [0.5, 0.5])).toEqual([6, 5]);
    expect(lengths(8, [1 / 3, 1 / 3, 1 / 3])).toEqual([3, 3, 2]);
  });

  it("follows its seed, its generator or manualSeed", () => {
    const split = (options?: object) => indicesOf(randomSplit(numbers(30), [10, 20], options));
    expect(split({ seed: 1 })).toEqual(split({ generator: new Generator(1) }));
    expect(split({ seed: 1 })).not.toEqual(split({ seed: 2 }));
    manualSeed(1);
    expect(split()).toEqual(split({ seed: 1 }));
  });

  it.each<[string, number[]]>([
    ["numbers that do not add up", [3, 3]],
    ["shares that do not add up", [0.5, 0.4]],
    ["a negative number", [12, -2]],
    ["NaN", [Number.NaN, 10]],
    ["nothing", []],
  ])("%s is an error", (_, lengths) => {
    expect(() => randomSplit(numbers(10), lengths)).toThrow(
      expect.objectContaining({ code: "INVALID_SPLIT" }),
    );
  });
});

const labelled = (labels: number[]) =>
  new TensorDataset(arange(labels.length), tensor(labels, { dtype: "int32" }));
const labelLists = fc
  .array(fc.integer({ min: 4, max: 12 }), { minLength: 2, maxLength: 4 })
  .map((sizes) => sizes.flatMap((size, label) => Array<number>(size).fill(label)));

describe("trainTestSplit", () => {
  it("divides all samples; stratified, no class is off by a sample", () => {
    fc.assert(
      fc.property(
        labelLists,
        fc.double({ min: 0.2, max: 0.7, noNaN: true }),
        fc.nat(),
        (labels, testSize, seed) => {
          const dataset = labelled(labels);
          for (const stratify of [false, true, labels, tensor(labels, { dtype: "int32" })]) {
            const [train, test] = trainTestSplit(dataset, { testSize, stratify, seed });
            expect(test.length).toBe(Math.ceil(labels.length * testSize));
            expect(sorted([...train.indices, ...test.indices])).toEqual(labels.map((_, i) => i));
            if (stratify === false) continue;
            const inTest = counts(Array.from(test.indices, (i) => labels[i]));
            for (const [label, size] of Object.entries(counts(labels)))
              expect(Math.abs(inTest[Number(label)] - (size * test.length) / labels.length)).toBeLessThan(1);
          }
        },
      ),
    );
  });

  it("a number of samples, a subset, and no shuffle", () => {
    const [train, test] = trainTestSplit(numbers(5), { testSize: 2, shuffle: false });
    expect(indicesOf([train, test])).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    const half = new Subset(labelled([0, 1, 0, 1, 0, 1, 0, 1]), [0, 1, 2, 3]);
    const [, second] = trainTestSplit(half, { testSize: 0.5, stratify: true });
    expect(sorted(Array.from(second.indices, (i) => i % 2))).toEqual([0, 1]);
    expect(trainTestSplit(numbers(8))[1].length).toBe(2);
  });

  it.each<[string, object]>([
    ["everything as test", { testSize: 10 }],
    ["nothing as test", { testSize: 0 }],
    ["NaN", { testSize: Number.NaN }],
    ["too few classes given", { stratify: [1, 2] }],
    ["a class with one sample", { stratify: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] }],
  ])("%s is an error", (_, options) => {
    expect(() => trainTestSplit(numbers(10), options)).toThrow(
      expect.objectContaining({ code: "INVALID_SPLIT" }),
    );
  });
});

describe("kFold", () => {
  it("validates each sample once; folds and classes differ by one sample at most", () => {
    fc.assert(
      fc.property(
        labelLists,
        fc.integer({ min: 2, max: 4 }),
        fc.boolean(),
        fc.nat(),
        (labels, k, stratify, seed) => {
          const folds = kFold(labelled(labels), k, { stratify, seed });
          expect(folds.length).toBe(k);
          expect(sorted(folds.flatMap(({ validation }) => [...validation.indices]))).toEqual(
            labels.map((_, i) => i),
          );
          const most = (values: number[]) => Math.max(...values) - Math.min(...values);
          expect(most(folds.map(({ validation }) => validation.length))).toBeLessThanOrEqual(1);
          for (const { train, validation } of folds)
            expect(sorted([...train.indices, ...validation.indices])).toEqual(labels.map((_, i) => i));
          if (!stratify) return;
          for (const label of new Set(labels)) {
            const inFold = folds.map(
              ({ validation }) => [...validation.indices].filter((i) => labels[i] === label).length,
            );
            expect(most(inFold)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it("keeps the order without shuffle, follows its seed with it", () => {
    const folds = (options: object) =>
      indicesOf(kFold(numbers(7), 3, options).map(({ validation }) => validation));
    expect(folds({ shuffle: false })).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(folds({ seed: 3 })).toEqual(folds({ seed: 3 }));
    expect(folds({ seed: 3 })).not.toEqual(folds({ seed: 4 }));
  });

  it.each<[string, number, object]>([
    ["one fold", 1, {}],
    ["more folds than samples", 11, {}],
    ["a class smaller than the folds", 3, { stratify: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1] }],
  ])("%s is an error", (_, k, options) => {
    expect(() => kFold(numbers(10), k, options)).toThrow(expect.objectContaining({ code: "INVALID_SPLIT" }));
  });
});
