/**
 * Changes in place inside compiled functions: of parts of tensors, of arguments, and of tensors from outside
 * that join the graph.
 */
import { expect, it } from "vitest";
import { compile, nn, noGrad, type Tensor, tensor, zeros } from "../../src/index.js";

/** What the function gives in three calls, eager and compiled. */
function alike(make: () => (x: Tensor) => Tensor): void {
  const calls = (fn: (x: Tensor) => Tensor) =>
    [1, 2, 3].map((v) =>
      fn(tensor([v, 2, 3]))
        .detach()
        .toArray(),
    );
  expect(calls(compile(make()))).toEqual(calls(make()));
}

it("what is copied into a view is not there for a call before it that reads the base", () => {
  alike(() => {
    const out = zeros([4, 3]);
    return (x) =>
      noGrad(() => {
        const h = x.mul(2);
        const before = out.sum();
        out.select(0, 1).copy_(h);
        return before;
      });
  });
});

it("a tensor from outside is in the graph inside, and in none afterwards", () => {
  const w = tensor([1, 2, 3], { requiresGrad: true });
  const [total, early] = [zeros([3]), zeros([2, 3])];
  const view = early.index(0);
  const step = compile((x: Tensor) => {
    total.copy_(x.mul(w));
    early.mul_(total);
    view.add_(total);
    early.sum().add(total.sum()).backward();
    return total;
  });
  for (const times of [1, 2]) {
    const result = step(tensor([1, 1, 2]));
    expect(w.grad!.toArray()).toEqual(
      [2 * times, 2 * times, 4 * times].map((v, i) => (times === 1 ? v : v + [1, 2, 12][i])),
    );
    expect([total, early, view, result].map((t) => t.requiresGrad)).toEqual([false, false, false, false]);
    expect(total.storage.version).toBe(times);
  }
});

it("a view of an argument is a view of it afterwards", () => {
  const row = compile((x: Tensor) => x.mul_(2).index(1));
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const view = row(x);
  view.copy_(tensor([5, 6], { requiresGrad: true }));
  expect(x.toArray()).toEqual([
    [2, 4],
    [5, 6],
  ]);
  expect(x.requiresGrad).toBe(true);
});

it("an output that is omitted takes the place of nothing: the gradient of an input that needs none", () => {
  alike(() => {
    const norm = new nn.LayerNorm(3);
    return (x) => {
      norm.zeroGrad();
      norm.forward(x).square().sum().backward();
      return norm.weight!.grad!.add(norm.bias!.grad!);
    };
  });
});
