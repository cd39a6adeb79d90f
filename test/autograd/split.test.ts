/** The parts that `split` and `chunk` return have one gradient together. */
import { describe, expect, it } from "vitest";
import { arange, autograd, type Tensor } from "../../src/index.js";
import { k as table, withKernels } from "../../src/kernels/backend.js";
import type { Kernels } from "../../src/kernels/schema.js";

const leaf = (): Tensor => {
  const x = arange(12, { dtype: "float32" }).reshape(2, 6).clone();
  x.requiresGrad = true;
  return x;
};

/** The names of the kernels that `run` calls. */
function kernelsOf(run: () => void): string[] {
  const names: string[] = [];
  const of = table as unknown as Record<string, (...args: unknown[]) => number>;
  const noting = Object.entries(of).map(([name, kernel]) => [
    name,
    (...args: unknown[]) => {
      names.push(name);
      return kernel(...args);
    },
  ]);
  withKernels(Object.fromEntries(noting) as unknown as Kernels, run);
  return names;
}

describe("split", () => {
  it("copies each gradient once into that of the whole", () => {
    const x = leaf();
    const parts = x.mul(2).chunk(3, 1);
    const out = parts.map((part, i) => part.mul(i + 1).sum()).reduce((a, b) => a.add(b));
    const names = kernelsOf(() => out.backward());
    expect(x.grad!.toArray()).toEqual([
      [2, 2, 4, 4, 6, 6],
      [2, 2, 4, 4, 6, 6],
    ]);
    // The gradient of the loss itself is filled, and nothing else.
    expect(names.filter((name) => name === "fill")).toEqual(["fill"]);
  });

  it("gives zeros to parts that are not used", () => {
    const x = leaf();
    const [, b] = x.split([1, 2, 3], 1);
    b.square().sum().backward();
    expect(x.grad!.toArray()).toEqual([
      [0, 2, 4, 0, 0, 0],
      [0, 14, 16, 0, 0, 0],
    ]);
  });

  it("has gradients of gradients, hooks and kept gradients", () => {
    const x = leaf();
    const [a, b] = x.split(3, 1);
    a.retainGrad();
    b.registerHook((g) => g.mul(10));
    const [g] = autograd.grad(a.mul(b).sum(), [x], { createGraph: true });
    expect(g!.toArray()[0]).toEqual([3, 4, 5, 0, 10, 20]);
    const [gg] = autograd.grad(g!.square().sum(), [x]);
    expect(gg!.toArray()[0]).toEqual([0, 200, 400, 60, 80, 100]);
    a.mul(b).sum().backward();
    expect(a.grad!.toArray()[0]).toEqual([3, 4, 5]);
  });

  it("follows a part that is changed in place", () => {
    const x = leaf();
    const y = x.mul(1);
    const [a, b] = y.split(3, 1);
    a.mul_(5);
    a.sum().add(b.sum()).add(y.sum()).backward();
    expect(x.grad!.toArray()[0]).toEqual([10, 10, 10, 2, 2, 2]);
  });
});
