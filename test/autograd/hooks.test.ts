/** Hooks on gradients, and gradients of tensors that are no leaves. */
import { describe, expect, it } from "vitest";
import { tensor } from "../../src/index.js";

const leaf = (values: number[] | number[][]) => tensor(values, { requiresGrad: true });
const code = (value: string) => expect.objectContaining({ code: value });

describe("hooks", () => {
  it("see the whole gradient of a leaf once, and may replace it", () => {
    const x = leaf([1, 2]);
    const seen: unknown[] = [];
    const remove = x.registerHook((g) => {
      seen.push(g.toArray());
      return g.mul(10);
    });
    x.mul(2).add(x).sum().backward();
    expect(seen).toEqual([[3, 3]]);
    expect(x.grad!.toArray()).toEqual([30, 30]);
    remove();
    remove();
    x.sum().backward();
    expect(seen.length).toBe(1);
    expect(x.grad!.toArray()).toEqual([31, 31]);
  });

  it("of other tensors change what flows on", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const order: string[] = [];
    y.registerHook((g) => {
      order.push("first");
      return g.mul(2);
    });
    y.registerHook((g) => {
      order.push("second");
      return g.add(1);
    });
    y.sum().backward();
    expect(order).toEqual(["first", "second"]);
    expect(x.grad!.toArray()).toEqual([6, 6]);
  });

  it("apply to a weight whose gradient is usually written in place", () => {
    const w = leaf([[1], [2]]);
    w.registerHook((g) => g.neg());
    tensor([[1, 1]])
      .matmul(w)
      .sum()
      .backward();
    expect(w.grad!.toArray()).toEqual([[-1], [-1]]);
  });

  it("may not change the shape or dtype", () => {
    const x = leaf([1, 2]);
    x.registerHook((g) => g.sum());
    expect(() => x.mul(2).sum().backward()).toThrow(/hook.*\[\].*\[2\]/);
    const y = leaf([1, 2]);
    y.registerHook((g) => g.double());
    expect(() => y.mul(2).sum().backward()).toThrow(/hook.*float64.*float32/);
  });

  it("need a tensor that requires a gradient", () => {
    expect(() => tensor([1]).registerHook(() => undefined)).toThrowError(code("NO_GRAD"));
    expect(() => tensor([1]).retainGrad()).toThrowError(code("NO_GRAD"));
  });
});

describe("retainGrad", () => {
  it("keeps the gradient of a tensor that is no leaf, summed over backwards", () => {
    const x = leaf([1, 2]);
    const y = x.square().retainGrad();
    const z = y.mul(3).sum();
    z.backward(undefined, { retainGraph: true });
    expect(y.grad!.toArray()).toEqual([3, 3]);
    z.backward();
    expect(y.grad!.toArray()).toEqual([6, 6]);
    expect(y.isLeaf).toBe(false);
  });

  it("without it only leaves have one", () => {
    const y = leaf([1, 2]).square();
    y.sum().backward();
    expect(y.grad).toBe(null);
  });
});
