/** The rules of backward: where gradients go, when memory is reused, and what is refused. */
import { describe, expect, it } from "vitest";
import { autograd, nn, noGrad, optim, type Tensor, tensor, zeros } from "../../src/index.js";

const leaf = (values: number[] | number[][]) => tensor(values, { requiresGrad: true });
const code = (value: string) => expect.objectContaining({ code: value });

describe("accumulation", () => {
  it("adds the gradients of all uses and of all backwards", () => {
    const x = leaf([1, 2]);
    x.mul(3).add(x.square()).sum().backward();
    expect(x.grad!.toArray()).toEqual([5, 7]);
    x.sum().backward();
    expect(x.grad!.toArray()).toEqual([6, 8]);
  });

  it("adds to a weight that is used twice in one graph, and again in the next", () => {
    const w = leaf([
      [1, 2],
      [3, 4],
    ]);
    const x = tensor([[1, 1]]);
    const loss = () => x.matmul(w).matmul(w).sum();
    loss().backward();
    // d/dW of 1ᵀ… : xᵀ(W1)ᵀ + (xW)ᵀ1
    expect(w.grad!.toArray()).toEqual([
      [3 + 4, 7 + 4],
      [3 + 6, 7 + 6],
    ]);
    loss().backward();
    expect(w.grad!.toArray()).toEqual([
      [14, 22],
      [18, 26],
    ]);
  });

  it("adds both gradients of a weight that is both operands", () => {
    const w = leaf([
      [1, 2],
      [3, 4],
    ]);
    for (let times = 1; times <= 2; times++) {
      w.matmul(w).sum().backward();
      // row sums of w by column, plus column sums of w by row
      expect(w.grad!.toArray()).toEqual([
        [(3 + 4) * times, (7 + 4) * times],
        [(3 + 6) * times, (7 + 6) * times],
      ]);
    }
  });

  it("reads its cotangent before it adds to the same memory", () => {
    const w = leaf([
      [1, 2],
      [3, 4],
    ]);
    w.grad = tensor([
      [1, 2],
      [3, 4],
    ]);
    const swap = tensor([
      [0, 1],
      [1, 0],
    ]);
    w.matmul(swap).backward(w.grad);
    expect(w.grad.toArray()).toEqual([
      [3, 3],
      [7, 7],
    ]);
  });

  it("counts the leaf's own gradient, given as cotangent, like any other tensor", () => {
    const x = leaf([1, 2]);
    x.grad = tensor([10, 20]);
    x.add(0).backward(x.grad);
    expect(x.grad.toArray()).toEqual([20, 40]);
  });

  it("a leaf can be the root", () => {
    const x = leaf([1, 2]);
    x.backward(tensor([3, 4]));
    x.backward(tensor([3, 4]));
    expect(x.grad!.toArray()).toEqual([6, 8]);
  });

  it("several roots in one pass", () => {
    const x = leaf([2]);
    const h = x.square();
    autograd.backward([h.sum(), h.mul(10)], [undefined, tensor([1])]);
    expect(x.grad!.toArray()).toEqual([44]);
  });

  it("gives no gradient to what does not require one", () => {
    const x = leaf([1]);
    const y = tensor([2]);
    x.mul(y).sum().backward();
    expect(y.grad).toBe(null);
  });

  it("goes through 100,000 operations without running out of stack", () => {
    const x = leaf([1]);
    let y: Tensor = x;
    for (let i = 0; i < 100_000; i++) y = y.add(1);
    y.sum().backward();
    expect(x.grad!.toArray()).toEqual([1]);
  });

  it("the gradient of a broadcast operand has the operand's shape", () => {
    const x = leaf([[1], [2]]);
    const b = leaf([1, 2, 3]);
    x.mul(b).sum().backward();
    expect(x.grad!.toArray()).toEqual([[6], [6]]);
    expect(b.grad!.toArray()).toEqual([3, 3, 3]);
  });

  it("gradients come back in the dtype of the leaf", () => {
    const x = tensor(Float64Array.of(1, 2), { requiresGrad: true });
    x.to("float32").mul(2).sum().backward();
    expect(x.grad!.dtype).toBe("float64");
  });
});

describe("memory of gradients", () => {
  const step = (w: Tensor, factor: number) => {
    w.gradient = null; // zeroGrad
    tensor([[factor, factor]])
      .matmul(w)
      .sum()
      .backward();
  };

  it("a gradient that was read is not overwritten after zeroGrad", () => {
    const model = new nn.Linear(2, 1);
    const run = (factor: number) =>
      model
        .forward(tensor([[factor, factor]]))
        .sum()
        .backward();
    run(1);
    const first = model.weight.grad!;
    model.zeroGrad();
    expect(model.weight.grad).toBe(null);
    run(2);
    expect(first.toArray()).toEqual([[1, 1]]);
    expect(model.weight.grad!.toArray()).toEqual([[2, 2]]);
  });

  it("a gradient that was read is the gradient: later ones are added to it, and optimizers use what is written to it", () => {
    const w = new nn.Parameter(tensor([1, 2]));
    const optimizer = new optim.SGD([w], { lr: 1 });
    w.sum().backward();
    const read = w.grad!;
    expect(w.grad).toBe(read);
    w.mul(2).sum().backward();
    expect(read.toArray()).toEqual([3, 3]);
    noGrad(() => read.mul_(10));
    optimizer.step();
    expect(w.toArray()).toEqual([-29, -28]);
  });

  it("a gradient that nobody read is written into the same memory again", () => {
    const w = leaf([[1], [2]]);
    step(w, 1);
    const memory = w.gradient!;
    step(w, 2);
    expect(w.gradient).toBe(memory);
    expect(memory.toArray()).toEqual([[2], [2]]);
  });

  it("writes, and does not add, after zeroGrad, whatever is in the memory", () => {
    const w = leaf([[1], [2]]);
    step(w, 1);
    w.gradient!.data.fill(Number.NaN);
    step(w, 3);
    expect(w.grad!.toArray()).toEqual([[3], [3]]);
  });

  it("an optimizer does not count as a reader", () => {
    const w = new nn.Parameter(tensor([[1], [2]]));
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const loss = () =>
      tensor([[1, 1]])
        .matmul(w)
        .sum();
    loss().backward();
    const memory = w.gradient;
    optimizer.step();
    optimizer.zeroGrad();
    loss().backward();
    expect(w.gradient).toBe(memory);
  });

  it("the cotangent that was passed in is not the gradient's memory", () => {
    const x = leaf([1, 2]);
    const y = x.add(0).retainGrad();
    const cotangent = tensor([1, 1]);
    y.backward(cotangent, { createGraph: true });
    x.sum().backward();
    noGrad(() => y.grad!.add_(5));
    expect(cotangent.toArray()).toEqual([1, 1]);
    expect(x.grad!.toArray()).toEqual([2, 2]);
  });

  it("grad can be set, to a tensor of the same shape and dtype", () => {
    const x = leaf([1, 2]);
    x.grad = tensor([3, 4]);
    x.mul(2).sum().backward();
    expect(x.grad.toArray()).toEqual([5, 6]);
    expect(() => (x.grad = tensor([1]))).toThrow(
      "grad: a gradient has the shape and dtype of its tensor: [1] float32 for [2] float32",
    );
    x.grad = null;
    expect(x.grad).toBe(null);
  });
});

describe("what backward refuses", () => {
  it("a second backward through the same graph", () => {
    const x = leaf([1, 2]);
    const y = x.square().sum();
    y.backward();
    expect(() => y.backward()).toThrowError(code("SECOND_BACKWARD"));
    expect(() => y.backward()).toThrow(/an earlier backward freed the saved tensors.*retainGraph: true/);
    expect(() => y.backward()).toThrow(/square/);
  });

  it("but not through operations that keep nothing for it, as sums and views do", () => {
    const x = leaf([1, 2]);
    const y = x.add(3).sub(x.mul(3)).reshape(2, 1).T.mean().mul(2);
    for (const times of [1, 2, 3]) {
      y.backward();
      expect(x.grad!.toArray()).toEqual([-2 * times, -2 * times]);
    }
  });

  it("but not with retainGraph", () => {
    const x = leaf([1, 2]);
    const y = x.square().sum();
    y.backward(undefined, { retainGraph: true });
    y.backward({ retainGraph: true });
    y.backward();
    expect(x.grad!.toArray()).toEqual([6, 12]);
    expect(() => y.backward()).toThrowError(code("SECOND_BACKWARD"));
  });

  it("a tensor with several elements and no cotangent, and names its shape", () => {
    const y = leaf([1, 2]).mul(2);
    expect(() => y.backward()).toThrowError(code("NOT_SCALAR"));
    expect(() => y.backward()).toThrow(/backward: a tensor that is not a scalar needs a cotangent: \[2\]/);
    expect(() => y.backward(tensor([1, 1, 1]))).toThrow(/\[3\] for \[2\]/);
    expect(() => y.backward(tensor(Float64Array.of(1, 1)))).toThrow(/float64 for float32/);
  });

  it("a tensor that takes no part in a graph", () => {
    expect(() => tensor([1]).backward()).toThrowError(code("NO_GRAD"));
    expect(() => noGrad(() => leaf([1]).mul(2)).backward()).toThrowError(code("NO_GRAD"));
    expect(() => leaf([1]).detach().mul(2).backward()).toThrowError(code("NO_GRAD"));
  });

  it("a graph whose saved tensors were changed in place", () => {
    const x = leaf([1, 2]);
    const w = tensor([3, 4]);
    const y = x.mul(w).sum();
    w.add_(1);
    expect(() => y.backward()).toThrowError(
      expect.objectContaining({
        code: "SAVED_TENSOR_CHANGED",
        message: expect.stringMatching(
          /mul needs a tensor that was changed in place.*\[2\], version 1, expected 0/,
        ),
      }),
    );
    expect(x.grad).toBe(null);
  });

  it.each<[string, (x: Tensor) => void]>([
    ["a view", (x) => void x.slice([0, 1]).zero_()],
    ["detach()", (x) => void x.detach().mul_(2)],
    ["copy_", (x) => void x.copy_(tensor([0, 0]))],
    [
      "an optimizer",
      (x) => {
        x.grad = tensor([1, 1]);
        new optim.SGD([x], { lr: 1 }).step();
      },
    ],
  ])("also when it was changed through %s", (_, change) => {
    const x = leaf([1, 2]);
    const y = x.square().sum();
    noGrad(() => change(x));
    expect(() => y.backward()).toThrowError(code("SAVED_TENSOR_CHANGED"));
  });

  it("but a change of what backward does not read is fine", () => {
    const x = leaf([1, 2]);
    const y = x.add(1).sum();
    noGrad(() => x.zero_());
    y.backward();
    expect(x.grad!.toArray()).toEqual([1, 1]);
  });
});

describe("noGrad and detach", () => {
  it("notes nothing, returns the value and restores the mode", () => {
    const x = leaf([1, 2]);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(noGrad(() => noGrad(() => 1) + (autograd.isGradEnabled() ? 1 : 0))).toBe(1);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it("throws on an async function, with a code, and gradients stay on", async () => {
    expect(() => noGrad(async () => 1)).toThrowError(code("ASYNC_NO_GRAD"));
    expect(() => noGrad(() => Promise.reject(new Error("lost")))).toThrowError(code("ASYNC_NO_GRAD"));
    await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would show here
    expect(autograd.isGradEnabled()).toBe(true);
  });

  it("backward works inside", () => {
    const x = leaf([3]);
    const y = x.square();
    noGrad(() => y.backward());
    expect(x.grad!.toArray()).toEqual([6]);
  });

  it("detach shares memory and leaves the graph", () => {
    const x = leaf([1, 2]);
    const d = x.mul(2).detach();
    expect(d.requiresGrad).toBe(false);
    x.detach().data[0] = 9;
    expect(x.toArray()).toEqual([9, 2]);
  });

  it("requiresGrad is for floats, and only leaves can be switched off", () => {
    const x = leaf([1]);
    expect(() => (x.mul(2).requiresGrad = false)).toThrowError(code("NOT_A_LEAF"));
    expect(() => tensor([1], { dtype: "int32", requiresGrad: true })).toThrow(
      /only float tensors have gradients: int32/,
    );
    expect(x.requiresGrad_(false).mul(2).requiresGrad).toBe(false);
  });
});

it("zeros of nothing have gradients of nothing", () => {
  const x = zeros([0, 3], { requiresGrad: true });
  x.mul(2).sum().backward();
  expect(x.grad!.shape).toEqual([0, 3]);
});
