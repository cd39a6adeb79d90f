import { describe, expect, it } from "vitest";
import { classWeights, StandardScaler } from "../../src/data/index.js";
import { tensor, zeros } from "../../src/index.js";
import fc from "../property.js";

describe("StandardScaler", () => {
  const train = tensor([
    [1, 10, 7],
    [2, 20, 7],
    [3, 60, 7],
  ]);

  it("keeps mean and deviation of what it was fitted to, and applies them to others", () => {
    const scaler = new StandardScaler();
    const x = scaler.fitTransform(train);
    expect(scaler.mean).toEqual([2, 30, 7]);
    // Of the population; 1 for the feature that never changes.
    expect(scaler.std).toEqual([Math.sqrt(2 / 3), Math.sqrt(1400 / 3), 1]);
    expect((x.toArray() as number[][]).map((row) => row[2])).toEqual([0, 0, 0]);
    const other = scaler.transform(tensor([[5, 30, 8]])).toArray() as number[][];
    expect(other[0][0]).toBeCloseTo(3 / Math.sqrt(2 / 3), 5);
    expect(other[0].slice(1)).toEqual([0, 1]);
    const again = new StandardScaler();
    again.loadStateDict(JSON.parse(JSON.stringify(scaler.stateDict())));
    expect(again.transform(train).toArray()).toEqual(x.toArray());
  });

  it("gives mean 0 and deviation 1, and goes back", () => {
    // The square of a number below 1e-154 is 0, and then so is the deviation.
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((v) => (Math.abs(v) < 1e-100 ? 0 : v));
    const row = fc.array(value, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), (rows) => {
        const x = tensor(rows, { dtype: "float64" });
        const scaler = new StandardScaler();
        const z = scaler.fitTransform(x).toArray() as number[][];
        const back = scaler.inverseTransform(tensor(z, { dtype: "float64" })).toArray() as number[][];
        for (const f of [0, 1]) {
          const column = z.map((values) => values[f]);
          const mean = column.reduce((a, b) => a + b, 0) / column.length;
          const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length;
          expect(mean).toBeCloseTo(0, 4);
          if (scaler.std[f] !== 1) expect(variance).toBeCloseTo(1, 4);
          for (const [i, values] of back.entries())
            expect(Math.abs(values[f] - rows[i][f])).toBeLessThanOrEqual(
              1e-9 * (1 + Math.abs(scaler.mean[f])),
            );
        }
      }),
    );
  });

  it("a constant feature with digits that round does not blow up", () => {
    const scaler = new StandardScaler().fit(
      tensor(
        Array.from({ length: 10 }, () => [0.1]),
        { dtype: "float64" },
      ),
    );
    expect(scaler.std).toEqual([1]);
  });

  it.each<[string, () => unknown, string, string]>([
    [
      "NaN",
      () =>
        new StandardScaler().fit(
          tensor([
            [1, 2],
            [3, Number.NaN],
          ]),
        ),
      "NOT_FINITE",
      "NaN in sample 1, feature 1",
    ],
    ["no samples", () => new StandardScaler().fit(zeros([0, 3])), "EMPTY_DATASET", "[0, 3]"],
    ["no features", () => new StandardScaler().fit(zeros([3, 0])), "EMPTY_DATASET", "[3, 0]"],
    ["one dim", () => new StandardScaler().fit(zeros([3])), "SHAPE_MISMATCH", "[3]"],
    [
      "integers",
      () => new StandardScaler().fit(tensor([[1]], { dtype: "int32" })),
      "DTYPE_MISMATCH",
      "int32",
    ],
    ["nothing fitted", () => new StandardScaler().transform(train), "NOT_FITTED", "fit comes first"],
    [
      "other features",
      () => new StandardScaler().fit(train).transform(zeros([2, 2])),
      "SHAPE_MISMATCH",
      "[2, 2]",
    ],
    [
      "a state of two lengths",
      () => new StandardScaler().loadStateDict({ mean: [1], std: [] }),
      "STATE_DICT_MISMATCH",
      "1",
    ],
  ])("%s is an error", (_, make, code, message) => {
    expect(make).toThrow(expect.objectContaining({ code }));
    expect(make).toThrow(message);
  });
});

describe("classWeights", () => {
  const labels = tensor([0, 0, 0, 1, 2, 2], { dtype: "int32" });

  it("make all classes count the same", () => {
    const weights = classWeights(labels).toArray() as number[];
    expect(weights).toEqual([6 / 9, 2, 1].map(Math.fround));
    const share = (label: number, n: number) => weights[label] * n;
    expect([share(0, 3), share(1, 1), share(2, 2)].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([2, 2, 2]);
    expect(classWeights(tensor(Uint8Array.of(1, 0))).toArray()).toEqual([1, 1]);
  });

  it.each<[string, () => unknown, string]>([
    ["a class without samples", () => classWeights(labels, 4), "EMPTY_CLASS"],
    ["a label outside the classes", () => classWeights(labels, 2), "INDEX_OUT_OF_RANGE"],
    ["floats", () => classWeights(tensor([0, 1])), "DTYPE_MISMATCH"],
    ["no labels", () => classWeights(zeros([0], { dtype: "int32" })), "SHAPE_MISMATCH"],
    ["half a class", () => classWeights(labels, 2.5), "INVALID_CLASSES"],
  ])("%s is an error", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
