/**
 * Distributions as a whole: continuous ones by the largest distance of distribution functions, discrete ones
 * by χ².
 */
import { describe, expect, it } from "vitest";
import { bernoulli, Generator, randint, randperm, type Tensor, tensor, zeros } from "../src/index.js";
import { ndtr } from "../src/kernels/gaussian.js";

const n = 20_000;
const generator = () => new Generator(11);

/** How to fill a tensor, and the probability of a number below x. */
const continuous: [string, (x: Tensor, generator: Generator) => Tensor, (x: number) => number][] = [
  ["uniform_", (x, generator) => x.uniform_(-2, 3, { generator }), (x) => (x + 2) / 5],
  ["normal_", (x, generator) => x.normal_(1, 2, { generator }), (x) => ndtr((x - 1) / 2)],
  ["exponential_", (x, generator) => x.exponential_(1.5, { generator }), (x) => 1 - Math.exp(-1.5 * x)],
  [
    "cauchy_",
    (x, generator) => x.cauchy_(2, 0.5, { generator }),
    (x) => 0.5 + Math.atan((x - 2) / 0.5) / Math.PI,
  ],
  [
    "logNormal_",
    (x, generator) => x.logNormal_(0.5, 0.75, { generator }),
    (x) => ndtr((Math.log(x) - 0.5) / 0.75),
  ],
];

describe.each(["float32", "float64"] as const)("continuous in %s", (dtype) => {
  it.each(continuous)("%s", (_, fill, below) => {
    const x = fill(zeros([n / 100, 100], { dtype }), generator());
    expect([x.dtype, x.shape]).toEqual([dtype, [n / 100, 100]]);
    const sorted = Float64Array.from(x.data).sort();
    const distance = sorted.reduce((most, v, i) => Math.max(most, Math.abs(below(v) - (i + 0.5) / n)), 0);
    // Kolmogorov's distribution: more than this in one of a thousand.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
  });
});

/** Numbers 0, 1, 2, …, and the probability of each. The last one stands for all from there on. */
const discrete: [string, (generator: Generator) => Tensor, number[]][] = [
  ["randint", (generator) => randint(3, 8, [n], { generator }).sub(3), [0.2, 0.2, 0.2, 0.2, 0.2]],
  [
    "random_",
    (generator) => zeros([n], { dtype: "uint8" }).random_(4, { generator }),
    [0.25, 0.25, 0.25, 0.25],
  ],
  [
    "geometric_",
    (generator) => zeros([n], { dtype: "int32" }).geometric_(0.5, { generator }).sub(1),
    [0.5, 0.25, 0.125, 0.0625, 0.0625],
  ],
  ["bernoulli", (generator) => bernoulli(zeros([n]).add(0.7), { generator }), [0.3, 0.7]],
  [
    "bernoulli_ of a tensor",
    (generator) => zeros([n]).bernoulli_(zeros([n]).add(0.2), { generator }),
    [0.8, 0.2],
  ],
  [
    "bernoulli_ of booleans",
    (generator) => zeros([n], { dtype: "bool" }).bernoulli_(0.2, { generator }),
    [0.8, 0.2],
  ],
];

describe("discrete", () => {
  it.each(discrete)("%s", (_, draw, probabilities) => {
    const counts = probabilities.map(() => 0);
    for (const v of draw(generator()).data) counts[Math.min(v, counts.length - 1)]!++;
    const squares = probabilities.map((p, i) => (counts[i]! - n * p) ** 2 / (n * p));
    const chiSquare = squares.reduce((a, b) => a + b);
    // The mean is the number of degrees of freedom; six deviations above it.
    const freedom = counts.length - 1;
    expect(chiSquare).toBeLessThan(freedom + 6 * Math.sqrt(2 * freedom));
  });

  it("randperm holds each number once, in any dtype", () => {
    for (const dtype of ["int32", "float64", "uint8"] as const) {
      const x = randperm(200, { dtype, generator: generator() });
      expect(x.dtype).toBe(dtype);
      expect(x.data.slice().sort()).toEqual(randperm(200, { dtype }).data.slice().sort());
      expect(new Set(x.data).size).toBe(200);
    }
  });
});

it("bernoulli has a gradient of 0", () => {
  const p = tensor([0.2, 0.9], { requiresGrad: true });
  bernoulli(p).sum().backward();
  expect(p.grad!.toArray()).toEqual([0, 0]);
});

describe("mistakes", () => {
  const x = zeros([2]);
  const cases: [string, () => unknown, string][] = [
    ["a probability of 2", () => bernoulli(x.add(2)), "INVALID_VALUE"],
    ["a range the wrong way round", () => x.uniform_(2, 1), "INVALID_VALUE"],
    ["a negative deviation", () => x.normal_(0, -1), "INVALID_VALUE"],
    ["a continuous distribution of integers", () => x.int().exponential_(), "DTYPE_MISMATCH"],
    ["counts of trials as booleans", () => x.bool().geometric_(0.5), "DTYPE_MISMATCH"],
    ["300 for bytes", () => randint(301, [2], { dtype: "uint8" }), "VALUE_OUT_OF_RANGE"],
    ["300 different bytes", () => randperm(300, { dtype: "uint8" }), "VALUE_OUT_OF_RANGE"],
  ];
  it.each(cases)("%s", (_, wrong, code) => {
    expect(wrong).toThrow(expect.objectContaining({ code }));
  });
});
