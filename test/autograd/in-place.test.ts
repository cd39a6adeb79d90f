/** In-place changes in the graph, and their errors. */
import { describe, expect, it } from "vitest";
import { autograd, nn, noGrad, ones, SimdgradError, type Tensor, tensor, zeros } from "../../src/index.js";

const code = (value: string) => expect.objectContaining({ code: value });
const int = (values: number[]) => tensor(Int32Array.from(values));
const vector = (values: number[]) => tensor(values, { requiresGrad: true });

describe("what is refused", () => {
  it("a leaf that requires a gradient, and its views", () => {
    const x = vector([1, 2]);
    const early = x.slice([0, 1]);
    for (const change of [
      () => x.add_(1),
      () => x.copy_(tensor([0, 0])),
      () => x.zero_(),
      () => x.uniform_(),
      () => x.exp_(),
      () => early.zero_(),
      () => x.index(0).fill_(3),
    ])
      expect(change).toThrowError(code("IN_PLACE_NEEDS_NO_GRAD"));
    expect(() => early.mul_(2)).toThrow(
      "mul_: a view of a leaf that requires a gradient is changed in place only under noGrad(): [1]",
    );
    expect(x.toArray()).toEqual([1, 2]);
    noGrad(() => x.add_(1));
    expect(x.toArray()).toEqual([2, 3]);
    expect(x.requiresGrad && x.isLeaf).toBe(true);
  });

  it("a view whose base became a leaf with a gradient", () => {
    const base = zeros([2]);
    const view = base.slice([0, 1]);
    base.requiresGrad_();
    expect(() => view.copy_(vector([1]))).toThrowError(code("IN_PLACE_NEEDS_NO_GRAD"));
  });

  it("elements that share memory", () => {
    const y = vector([1]).mul(2);
    expect(() => y.expand(3).add_(1)).toThrowError(code("SHARED_ELEMENTS"));
    expect(() => vector([1, 2, 3]).mul(1).asStrided([2, 2], [1, 1]).add_(1)).toThrowError(
      code("SHARED_ELEMENTS"),
    );
    expect(() => zeros([1]).expand(3).detach().select(0, 0).copy_(y.sum())).toThrowError(
      code("SHARED_ELEMENTS"),
    );
  });

  it("a view that was made under noGrad: changed by constants outside", () => {
    const y = vector([1, 2]).mul(2);
    for (const view of noGrad(() => [y.reshape([2, 1]), y.slice([0, 1]), y.unsqueeze(0), y.index(0)]))
      for (const change of [() => view.mul_(3), () => view.fill_(1), () => view.copy_(zeros([1]))])
        expect(change).toThrowError(code("VIEW_WITHOUT_GRAD"));
    expect(y.toArray()).toEqual([2, 4]);
  });

  it("a view that was made under noGrad: changed outside, or used when its base was", () => {
    const y = vector([1, 2]).mul(2);
    const view = noGrad(() => y.slice([0, 1]));
    expect(view.requiresGrad).toBe(false);
    expect(() => view.copy_(vector([1]))).toThrowError(code("VIEW_WITHOUT_GRAD"));
    noGrad(() => view.add_(1));
    expect(y.toArray()).toEqual([3, 4]);
    y.mul_(2);
    expect(() => view.mul(2)).toThrowError(code("VIEW_WITHOUT_GRAD"));
    expect(() => view.unsqueeze(0)).toThrowError(code("VIEW_WITHOUT_GRAD"));
    expect(`${view}`).toBe("tensor([6.], gradFn=<invalid>)");
    expect(noGrad(() => view.mul(2)).toArray()).toEqual([12]);
  });

  it("shapes and dtypes that do not fit: nothing is changed", () => {
    const y = vector([1, 2]).mul(2);
    const node = y.gradFn;
    for (const change of [
      () => y.add_(ones([2, 2])),
      () => y.maximum_(ones([3, 2])),
      () => y.copy_(ones([3])),
      () => int([1, 2]).add_(y),
      () => int([1, 2]).sin_(),
      () => tensor([true, false]).copy_(y),
    ])
      expect(change).toThrow(SimdgradError);
    expect(y.toArray()).toEqual([2, 4]);
    expect(y.gradFn).toBe(node);
    expect(y.storage.version).toBe(0);
  });

  it("a backward that needs what was there before", () => {
    const x = vector([1, 2]);
    const y = x.mul(2);
    const z = y.square();
    y.slice([0, 1]).add_(1);
    expect(() => z.sum().backward()).toThrowError(code("SAVED_TENSOR_CHANGED"));
    const u = x.mul(2);
    const s = u.sigmoid();
    s.mul_(2);
    expect(() => s.sum().backward()).toThrowError(code("SAVED_TENSOR_CHANGED"));
  });

  it("also where only gradients of gradients need it", () => {
    const x = vector([1, 2, 3, 4, 5, 6]);
    const logits = x.reshape(3, 2).mul(1).T;
    const loss = nn.functional.crossEntropy(logits, int([1, 2]));
    const [before] = autograd.grad(loss, [x], { retainGraph: true });
    logits.add_(1);
    expect(() => autograd.grad(loss, [x], { createGraph: true })).toThrowError(code("SAVED_TENSOR_CHANGED"));
    expect(autograd.grad(loss, [x])[0]!.toArray()).toEqual(before!.toArray());
  });
});

describe("the graph after a change", () => {
  it("an integer and a tensor outside stay outside; what a tensor of the graph is written to joins it", () => {
    const w = vector([1, 2]);
    const out = zeros([2, 2]);
    const [row, other] = [out.index(0), out.index(1)];
    row.copy_(w.mul(3));
    expect([out, row, other].map((t) => t.requiresGrad)).toEqual([true, true, true]);
    expect(int([1, 2]).copy_(w).requiresGrad).toBe(false);
    other.copy_(w);
    other.mul_(row);
    out.sum().backward();
    // 3w + w · 3w
    expect(w.grad!.toArray()).toEqual([3 + 6, 3 + 12]);
  });

  it("a sum of losses", () => {
    const w = vector([1, 2]);
    const total = zeros([]);
    for (const factor of [1, 2, 3]) total.add_(w.mul(factor).sum());
    total.backward();
    expect(w.grad!.toArray()).toEqual([6, 6]);
  });

  it("scores masked, as in attention", () => {
    const scores = vector([1, 2, 3]).mul(1);
    scores.maskedFill_(tensor([false, false, true]), Number.NEGATIVE_INFINITY);
    expect(scores.softmax(0).toArray()[2]).toBe(0);
    expect(autograd.grad(scores.softmax(0).select(0, 0), scores)[0]!.toArray()[2]).toBeCloseTo(0);
  });

  it("of a value without the former one the former has a gradient of 0", () => {
    const w = vector([1, 2]);
    for (const change of [(t: Tensor) => t.zero_(), (t: Tensor) => t.fill_(2), (t: Tensor) => t.lt_(3)]) {
      w.grad = null;
      const y = w.mul(2);
      change(y);
      expect(y.requiresGrad).toBe(true);
      y.sum().backward();
      expect(w.grad!.toArray()).toEqual([0, 0]);
    }
  });

  it("of nothing, by the tensor itself", () => {
    const x = zeros([0, 2], { requiresGrad: true });
    const y = x.mul(1);
    y.mul_(y);
    y.sum().backward();
    expect(x.grad!.shape).toEqual([0, 2]);
  });

  it("operands that are the tensor itself, or look at its memory", () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    const y = x.mul(1);
    y.mul_(y.T);
    expect(y.toArray()).toEqual([
      [1, 6],
      [6, 16],
    ]);
    y.add_(y);
    y.sum().backward();
    // 2 · Σ x_ij x_ji
    expect(x.grad!.toArray()).toEqual([
      [4, 12],
      [8, 16],
    ]);
  });

  it("detach() shares memory and version, and no history", () => {
    const w = vector([1, 2]);
    const y = w.mul(2);
    const d = y.detach();
    d.add_(w);
    expect(d.requiresGrad).toBe(true);
    expect(y.toArray()).toEqual([3, 6]);
    expect(y.storage.version).toBe(1);
    y.sum().backward();
    expect(w.grad!.toArray()).toEqual([2, 2]);
  });

  it("hooks see the gradient of the value that they were registered for; retainGrad is about the tensor", () => {
    const w = vector([1, 2]);
    const y = w.mul(2).retainGrad();
    const seen: unknown[] = [];
    y.registerHook((g) => void seen.push(g.toArray()));
    y.mul_(3);
    y.registerHook((g) => void seen.push(g.toArray()));
    y.sum().backward();
    expect(seen).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(y.grad!.toArray()).toEqual([1, 1]);
    const base = w.mul(2).retainGrad();
    const view = base.slice([0, 1]).retainGrad();
    view.mul_(5);
    view.gradFn;
    base.sum().add(view.sum()).backward();
    expect([base.grad!.toArray(), view.grad!.toArray()]).toEqual([[2, 1], [1]]);
  });

  it("changes under noGrad leave it alone", () => {
    const w = vector([1, 2]);
    const y = w.mul(2);
    const view = y.slice([0, 1]);
    const [node, of] = [y.gradFn, view.gradFn];
    noGrad(() => {
      y.mul_(5);
      view.zero_();
    });
    expect([y.gradFn, view.gradFn]).toEqual([node, of]);
    expect(y.toArray()).toEqual([0, 20]);
  });

  it("views of views, and a base that is itself a part of other memory", () => {
    const w = vector([1, 2, 3]);
    const memory = zeros([4, 3]);
    const base = memory.T.detach();
    base.select(1, 2).add_(w).mul_(w);
    base
      .slice(null, [1, null, 2])
      .index(2)
      .copy_(w.slice([0, 2]));
    expect(memory.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [1, 4, 9],
      [0, 0, 2],
    ]);
    base.mul(base).sum().backward();
    // Σ w⁴ + w0² + w1²
    expect(w.grad!.toArray()).toEqual([4 + 2, 32 + 4, 108]);
    expect(memory.requiresGrad).toBe(false);
  });

  it("a gradient from autograd.grad may be changed, with gradients on", () => {
    const w = vector([1, 2]);
    const [g] = autograd.grad(w.reshape(2, 1).mul(3).sum(), [w]);
    g!.mul_(w);
    expect(g!.requiresGrad).toBe(true);
  });
});
