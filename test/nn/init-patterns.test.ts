/** Initialisers with a structure: identities, orthogonality, zeros, bounds, moments. */
import { describe, expect, it } from "vitest";
import { Generator, nn, ones, type Tensor, zeros } from "../../src/index.js";
import { expectClose } from "../close.js";
import { elements } from "../fixtures/pytorch/read.js";

const { init } = nn;
const generator = () => new Generator(5);

it("eye_ is the identity as far as it fits", () => {
  expect(init.eye_(ones([2, 3])).toArray()).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
});

it.each<[number[], number, number[][]]>([
  [
    [2, 3, 3],
    1,
    [
      [0, 0, 1],
      [1, 1, 1],
    ],
  ],
  [
    [4, 2, 3, 2],
    2,
    [
      [0, 0, 1, 1],
      [1, 1, 1, 1],
      [2, 0, 1, 1],
      [3, 1, 1, 1],
    ],
  ],
  [[1, 1, 1, 1, 3], 1, [[0, 0, 0, 0, 1]]],
])("dirac_ of %j in %i groups has ones at %j", (shape, groups, places) => {
  const x = init.dirac_(ones(shape), groups);
  expect(x.sum().item()).toBe(places.length);
  for (const place of places) expect(place.reduce((at: Tensor, i) => at.select(0, i), x).item()).toBe(1);
});

it.each([
  [[5, 3], 1],
  [[3, 5], 2],
  [[4, 4], 1],
  [[3, 2, 2], 0.5],
])("orthogonal_ of %j", (shape, gain) => {
  const x = init.orthogonal_(zeros(shape as number[], { dtype: "float64" }), {
    gain: gain as number,
    generator: generator(),
  });
  const w = x.reshape(x.shape[0], -1);
  const gram = w.shape[0] < w.shape[1] ? w.matmul(w.T) : w.T.matmul(w);
  const n = gram.shape[0];
  const expected = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? (gain as number) ** 2 : 0));
  expectClose(elements(gram), expected, { rtol: 1e-12, atol: 1e-12 });
});

it("sparse_ leaves a share of each column", () => {
  const x = init.sparse_(zeros([1000, 20]), 0.25, { std: 2, generator: generator() });
  expect(x.eq(0).sum(0).toArray()).toEqual(new Array(20).fill(250));
  // The variance of 15000 normal numbers: six standard errors are 7 %.
  const variance = x.square().sum().item() / 15000;
  expect(Math.abs(variance / 4 - 1)).toBeLessThan(0.07);
});

it("truncNormal_ stays within its bounds and has the variance of what is left", () => {
  const x = init.truncNormal_(zeros([400, 400]), 1, 2, -1, 3, { generator: generator() });
  expect([x.min().item() >= -1, x.max().item() <= 3]).toEqual([true, true]);
  // Between ±1 standard deviations: 1 - 2φ(1) / (2Φ(1) - 1) of the variance.
  const share = 1 - (2 * 0.24197072) / 0.68268949;
  expect(Math.abs(x.mean().item() - 1)).toBeLessThan((6 * 2 * Math.sqrt(share)) / 400);
  expect(Math.abs(x.var().item() / (4 * share) - 1)).toBeLessThan(0.02);
});

it("PyTorch's names are there", () => {
  for (const name of [
    "uniform_",
    "normal_",
    "constant_",
    "ones_",
    "zeros_",
    "xavierUniform_",
    "xavierNormal_",
    "kaimingUniform_",
    "kaimingNormal_",
  ])
    expect((init as any)[name], name).toBe((init as any)[name.slice(0, -1)]);
});

describe("what is refused", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["eye_", () => init.eye_(zeros([2])), /eye_: a matrix is needed: \[2\]/],
    ["dirac_", () => init.dirac_(zeros([2, 2])), /dirac_: 3 to 5 dims/],
    ["dirac_", () => init.dirac_(zeros([3, 2, 1]), 2), /groups divide the outputs: 2 for 3/],
    ["orthogonal_", () => init.orthogonal_(zeros([3])), /orthogonal_: at least 2 dims/],
    ["sparse_", () => init.sparse_(zeros([3, 3]), 2), /sparsity is in \[0, 1\]: 2/],
    ["truncNormal_", () => init.truncNormal_(zeros([3]), 0, 1, 2, 1), /a < b/],
    [
      "kaimingNormal_",
      () => init.kaimingNormal_(zeros([3, 3]), { mode: "fan_out" as any }),
      /mode is fanIn or fanOut: fan_out/,
    ],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
  });
});
