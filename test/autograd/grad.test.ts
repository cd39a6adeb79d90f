/** `autograd.grad`: gradients as values, and gradients of them. */
import { describe, expect, it } from "vitest";
import { autograd, nn, tensor } from "../../src/index.js";

const leaf = (values: number[] | number[][]) => tensor(values, { requiresGrad: true });
const code = (value: string) => expect.objectContaining({ code: value });

describe("autograd.grad", () => {
  it("gives gradients of leaves and of other tensors and touches no grad", () => {
    const x = leaf([1, 2]);
    const y = x.square();
    const [gx, gy] = autograd.grad(y.mul(3).sum(), [x, y]);
    expect(gx!.toArray()).toEqual([6, 12]);
    expect(gy!.toArray()).toEqual([3, 3]);
    expect(x.grad).toBe(null);
  });

  it("leaves other leaves alone", () => {
    const x = leaf([1]);
    const w = leaf([2]);
    autograd.grad(x.mul(w).sum(), [x]);
    expect(w.grad).toBe(null);
  });

  it("of weights: does not write into their gradients", () => {
    const w = leaf([[1], [2]]);
    const y = () =>
      tensor([[1, 1]])
        .matmul(w)
        .sum();
    y().backward();
    const before = w.grad!.toArray();
    expect(autograd.grad(y(), [w])[0]!.toArray()).toEqual([[1], [1]]);
    expect(w.grad!.toArray()).toEqual(before);
  });

  it("names an input that takes no part, or gives null", () => {
    const x = leaf([1]);
    const other = leaf([1]);
    expect(() => autograd.grad(x.sum(), [x, other])).toThrowError(code("UNUSED_INPUT"));
    expect(autograd.grad(x.sum(), [x, other], { allowUnused: true })[1]).toBe(null);
    expect(() => autograd.grad(x.sum(), [tensor([1])])).toThrowError(code("NO_GRAD"));
  });

  it("third derivative of x⁴", () => {
    const x = tensor(Float64Array.of(2), { requiresGrad: true });
    let y = x.pow(4).sum();
    for (const expected of [32, 48, 48]) {
      const [g] = autograd.grad(y, [x], { createGraph: true });
      expect(g!.item()).toBeCloseTo(expected, 10);
      y = g!.sum();
    }
  });

  it("a gradient penalty reaches the weights through linear, relu and cross-entropy", () => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
    const x = leaf([[1, 2, 3]]);
    const loss = nn.functional.crossEntropy(model.forward(x), tensor([1], { dtype: "int32" }));
    const [g] = autograd.grad(loss, [x], { createGraph: true });
    g!.square().sum().backward();
    const grads = model.parameters().map((p) => p.grad!.abs().sum().item());
    expect(grads.every((v) => Number.isFinite(v) && v > 0)).toBe(true);
  });

  it("createGraph leaves the graph in place", () => {
    const x = leaf([2]);
    const y = x.square();
    autograd.grad(y, [x], { createGraph: true });
    y.backward();
    expect(x.grad!.toArray()).toEqual([4]);
  });

  it("a gradient made with createGraph is not changed by a later backward into the same leaf", () => {
    const x = leaf([2]);
    const g = tensor([1]);
    x.mul(1).backward(g, { createGraph: true });
    x.mul(5).sum().backward();
    expect(g.toArray()).toEqual([1]);
    expect(x.grad!.toArray()).toEqual([6]);
  });
});

describe("backward({ inputs })", () => {
  it("adds to the gradients of these tensors alone, leaves or not", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const y = x.mul(2);
    const loss = () => y.mul(w).sum();
    loss().backward({ inputs: [y, w], retainGraph: true });
    loss().backward({ inputs: w, retainGraph: true });
    expect([x.grad, y.grad!.toArray(), w.grad!.toArray()]).toEqual([null, [3, 4], [4, 8]]);
    loss().backward({ inputs: [x], createGraph: true });
    x.grad!.sum().backward();
    expect(w.grad!.toArray()).toEqual([6, 10]);
  });

  it("refuses none, what has no gradient, and options that do not exist", () => {
    const x = leaf([1, 2]);
    expect(() => x.sum().backward({ inputs: [] })).toThrow("backward: inputs are one tensor or more: []");
    expect(() => x.sum().backward({ inputs: [tensor([1])] })).toThrowError(code("NO_GRAD"));
    expect(() => x.sum().backward({ retain_graph: true } as any)).toThrow(/retainGraph/);
  });
});
