/** Initialisers: bounds, moments, and which fan they look at. */
import { describe, expect, it } from "vitest";
import { Generator, manualSeed, nn, type Tensor, zeros } from "../../src/index.js";

const { init } = nn;
const [out, inputs] = [200, 300];
const n = out * inputs;
const generator = () => new Generator(11);
const make = () => zeros([out, inputs]);

/** Six standard errors: of a mean σ/√n; of a variance σ²√((κ-1)/n), κ = 3 for a normal, 1.8 for a uniform. */
function expectMoments(x: Tensor, std: number, kurtosis: number): void {
  expect(Math.abs(x.mean().item())).toBeLessThan((6 * std) / Math.sqrt(n));
  expect(Math.abs(x.var().item() / (std * std) - 1)).toBeLessThan(6 * Math.sqrt((kurtosis - 1) / n));
}

describe("uniform initialisers fill their interval", () => {
  it.each<[string, (x: Tensor) => Tensor, number]>([
    [
      "xavierUniform",
      (x) => init.xavierUniform(x, { generator: generator() }),
      Math.sqrt(6 / (out + inputs)),
    ],
    [
      "xavierUniform with a gain",
      (x) => init.xavierUniform(x, { gain: 2, generator: generator() }),
      2 * Math.sqrt(6 / (out + inputs)),
    ],
    ["kaimingUniform", (x) => init.kaimingUniform(x, { generator: generator() }), Math.sqrt(6 / inputs)],
    [
      "kaimingUniform with a slope",
      (x) => init.kaimingUniform(x, { a: Math.sqrt(5), generator: generator() }),
      1 / Math.sqrt(inputs),
    ],
    [
      "kaimingUniform, fan out, tanh",
      (x) => init.kaimingUniform(x, { mode: "fanOut", nonlinearity: "tanh", generator: generator() }),
      (5 / 3) * Math.sqrt(3 / out),
    ],
    ["uniform", (x) => init.uniform(x, -2, 2, { generator: generator() }), 2],
  ])("%s", (_, run, bound) => {
    const x = run(make());
    const largest = x.abs().max().item();
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(largest).toBeGreaterThan(bound * 0.999);
    expectMoments(x, bound / Math.sqrt(3), 1.8);
  });
});

describe("normal initialisers", () => {
  it.each<[string, (x: Tensor) => Tensor, number]>([
    ["xavierNormal", (x) => init.xavierNormal(x, { generator: generator() }), Math.sqrt(2 / (out + inputs))],
    ["kaimingNormal", (x) => init.kaimingNormal(x, { generator: generator() }), Math.sqrt(2 / inputs)],
    [
      "kaimingNormal, fan out",
      (x) => init.kaimingNormal(x, { mode: "fanOut", nonlinearity: "linear", generator: generator() }),
      Math.sqrt(1 / out),
    ],
    ["normal", (x) => init.normal(x, 0, 0.5, { generator: generator() }), 0.5],
  ])("%s", (_, run, std) => expectMoments(run(make()), std, 3));
});

it("constants", () => {
  expect(init.zeros(init.ones(zeros([2]))).toArray()).toEqual([0, 0]);
  expect(init.constant(zeros([2]), 3).toArray()).toEqual([3, 3]);
});

it("they write into parameters, without a graph, and return them", () => {
  const p = new nn.Parameter(zeros([2, 3]));
  expect(init.kaimingNormal(p)).toBe(p);
  expect([p.requiresGrad, p.isLeaf]).toEqual([true, true]);
});

it("convolution weights count their window", () => {
  expect(init.fans(zeros([8, 4, 3, 5]))).toEqual({ fanIn: 60, fanOut: 120 });
  expect(() => init.fans(zeros([8]))).toThrow(/at least 2 dims: \[8\]/);
});

describe("Linear starts as PyTorch's does", () => {
  it("weight and bias are uniform on ±1/√in, and a seed decides them", () => {
    manualSeed(4);
    const layer = new nn.Linear(inputs, out);
    const bound = 1 / Math.sqrt(inputs);
    expectMoments(layer.weight.detach(), bound / Math.sqrt(3), 1.8);
    expect(layer.weight.abs().max().item()).toBeLessThanOrEqual(bound * (1 + 1e-6));
    const largest = layer.bias!.abs().max().item();
    expect([largest <= bound * (1 + 1e-6), largest > bound * 0.9]).toEqual([true, true]);
    manualSeed(4);
    expect(new nn.Linear(inputs, out).weight.toArray()).toEqual(layer.weight.toArray());
  });
});
