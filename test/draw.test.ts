/**
 * Distributions: moments of many draws, ranges, one seed one result, and new draws in each replay of a
 * compiled step.
 */
import { describe, expect, it } from "vitest";
import {
  bernoulli,
  compile,
  Generator,
  multinomial,
  normal,
  randint,
  randintLike,
  randLike,
  randnLike,
  type Tensor,
  tensor,
  zeros,
} from "../src/index.js";

const n = 20_000;
const double = () => zeros([n], { dtype: "float64" });
const generator = () => new Generator(7);

/** Mean and variance, each with what n draws may be off by: five standard errors. */
const moments: [string, (generator: Generator) => Tensor, mean: number, variance: number, fourth: number][] =
  [
    ["rand", (generator) => randLike(double(), { generator }), 1 / 2, 1 / 12, 1 / 80],
    ["randn", (generator) => randnLike(double(), { generator }), 0, 1, 3],
    ["normal", (generator) => normal(3, 2, [n], { generator }), 3, 4, 48],
    ["normal of tensors", (generator) => normal(double().add(3), double().add(2), { generator }), 3, 4, 48],
    ["randint", (generator) => randint(-2, 4, [n], { generator }).double(), 0.5, 35 / 12, 14.7],
    ["bernoulli", (generator) => bernoulli(double().add(0.3), { generator }), 0.3, 0.21, 0.08],
    ["bernoulli_", (generator) => double().bernoulli_(0.3, { generator }), 0.3, 0.21, 0.08],
    ["exponential_", (generator) => double().exponential_(2, { generator }), 1 / 2, 1 / 4, 9 / 16],
    ["geometric_", (generator) => double().geometric_(0.25, { generator }), 4, 12, 1400],
    ["logNormal_", (generator) => double().logNormal_(0, 0.5, { generator }), 1.1331, 0.3647, 2],
    ["random_", (generator) => double().random_(3, { generator }), 1, 2 / 3, 2 / 3],
  ];

describe("moments", () => {
  it.each(moments)("%s", (_, draw, mean, variance, fourth) => {
    const x = draw(generator());
    expect(Math.abs(x.mean().item() - mean)).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(Math.abs(x.var().item() - variance)).toBeLessThan(5 * Math.sqrt((fourth - variance ** 2) / n));
    expect(draw(generator()).toArray()).toEqual(x.toArray());
  });

  it("the median of cauchy_", () => {
    const x = double().cauchy_(2, 0.5, { generator: generator() });
    expect(Math.abs(x.gt(2).double().mean().item() - 0.5)).toBeLessThan(2.5 / Math.sqrt(n));
    expect(Math.abs(x.gt(2.5).double().mean().item() - 0.25)).toBeLessThan(2.5 / Math.sqrt(n));
  });
});

describe("integers", () => {
  it("cover their range and nothing else", () => {
    const x = randint(5, [1000], { generator: generator() });
    expect(x.dtype).toBe("int32");
    expect(new Set(x.toArray() as number[])).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(new Set(randintLike(zeros([500]), 2, 4).toArray() as number[])).toEqual(new Set([2, 3]));
    expect(randintLike(zeros([2, 3], { dtype: "uint8" }), 4).dtype).toBe("uint8");
    expect(randint(1, [0, 3]).shape).toEqual([0, 3]);
  });
  it("large ranges are not made of 24 bits", () => {
    const x = randint(0, 2 ** 31 - 1, [1000], { generator: generator() });
    expect((x.toArray() as number[]).some((v) => v % 128 !== 0)).toBe(true);
  });
});

describe("multinomial", () => {
  const weights = tensor([1, 0, 3, 4]);
  it("draws classes in proportion to their weights", () => {
    const drawn = multinomial(weights, n, {
      replacement: true,
      generator: generator(),
    }).toArray() as number[];
    for (const [i, p] of [1 / 8, 0, 3 / 8, 1 / 2].entries()) {
      const share = drawn.filter((v) => v === i).length / n;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
    }
  });
  it("without replacement no class comes twice, and one of weight 0 comes last", () => {
    const rows = multinomial(weights.expand(2000, 4), 4, { generator: generator() });
    expect(rows.shape).toEqual([2000, 4]);
    expect(rows.dtype).toBe("int32");
    const all = rows.toArray() as number[][];
    for (const row of all) expect([[...row].sort(), row[3]]).toEqual([[0, 1, 2, 3], 1]);
    // Of the first two draws: 4/8 · 3/4 for 3 and then 2.
    const share = all.filter(([a, b]) => a === 3 && b === 2).length / 2000;
    expect(Math.abs(share - 0.375)).toBeLessThan(0.055);
  });
});

it("compile draws afresh in each replay", () => {
  const source = generator();
  const same = generator();
  const draw = (generator: Generator) => (p: Tensor) =>
    multinomial(p, 2, { generator }).float().add(bernoulli(p, { generator }).sum());
  const replayed = compile(draw(source));
  const p = tensor([0.2, 0.3, 0.5]);
  for (let i = 0; i < 4; i++) expect(replayed(p).toArray()).toEqual(draw(same)(p).toArray());
});

it.each<[string, () => unknown, string]>([
  ["low >= high", () => randint(3, 3, [2]), "INVALID_VALUE"],
  ["more draws than classes", () => multinomial(tensor([1, 2]), 3), "INVALID_VALUE"],
  ["weights that are integers", () => multinomial(tensor([1, 2], { dtype: "int32" }), 1), "DTYPE_MISMATCH"],
  ["numbers without a shape", () => normal(0, 1), "SHAPE_MISMATCH"],
  ["a negative deviation", () => normal(0, -1, [2]), "INVALID_VALUE"],
  ["a probability of 2", () => zeros([2]).bernoulli_(2), "INVALID_VALUE"],
  ["a rate of 0", () => zeros([2]).exponential_(0), "INVALID_VALUE"],
  ["a misspelt option", () => bernoulli(tensor([0.5]), { seed: 1 } as any), "UNKNOWN_OPTION"],
])("refuses %s", (_, call, code) => {
  expect(call).toThrowError(expect.objectContaining({ code }));
});
