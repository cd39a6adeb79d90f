/** Operations of users with gradients of their own. */
import { describe, expect, it } from "vitest";
import { autograd, compile, gradcheck, type Tensor, tensor } from "../../src/index.js";

type Context = autograd.FunctionContext;

class Exp extends autograd.Function {
  static forward(ctx: Context, x: Tensor) {
    const y = x.exp();
    ctx.saveForBackward(y);
    return y;
  }
  static backward(ctx: Context, g: Tensor) {
    const [y] = ctx.savedTensors;
    return g.mul(y);
  }
}

class ScaledProduct extends autograd.Function {
  static forward(ctx: Context, a: Tensor, b: Tensor, scale: number) {
    ctx.saveForBackward(a, b);
    ctx["scale"] = scale;
    return a.mul(b).mul(scale);
  }
  static backward(ctx: Context, g: Tensor) {
    const [a, b] = ctx.savedTensors;
    const scaled = g.mul(ctx["scale"] as number);
    const [needsA, needsB] = ctx.needsInputGrad;
    return [needsA ? scaled.mul(b) : null, needsB ? scaled.mul(a) : null, null];
  }
}

const leaf = (values: number[], dtype: "float32" | "float64" = "float64") =>
  tensor(values, { dtype }).requiresGrad_();

describe("autograd.Function", () => {
  it("has right gradients, and gradients of gradients", () => {
    const [a, b] = [leaf([0.5, -1, 2]), leaf([1.5, 0.25, -0.75])];
    gradcheck((x) => Exp.apply(x), [a]);
    gradcheck((x, y) => ScaledProduct.apply(x, y, 3), [a, b]);
    gradcheck((x) => autograd.grad(Exp.apply(x).sum(), x, { createGraph: true })[0]!, [a]);
    gradcheck(
      (x, y) => autograd.grad(ScaledProduct.apply(x, y, 3).square().sum(), x, { createGraph: true })[0]!,
      [a, b],
    );
  });

  it("asks only for what is needed, and notes nothing where nothing is", () => {
    const a = leaf([1, 2]);
    const b = tensor([3, 4], { dtype: "float64" });
    ScaledProduct.apply(a, b, 2).sum().backward();
    expect(a.grad!.toArray()).toEqual([6, 8]);
    expect(Exp.apply(b).requiresGrad).toBe(false);
  });

  it("compiles to the bits of eager", () => {
    const [a, b] = [leaf([0.5, -1, 2], "float32"), leaf([0.5, -1, 2], "float32")];
    const step = (p: Tensor) => (x: Tensor) => {
      p.grad = null;
      const loss = Exp.apply(ScaledProduct.apply(p, x, 2)).sum();
      loss.backward();
      return [loss, p.grad!] as [Tensor, Tensor];
    };
    const compiled = compile(step(a));
    const eager = step(b);
    for (const values of [
      [1, 2, 3],
      [0.1, 0.2, 0.3],
    ])
      expect(compiled(tensor(values)).map((x) => x.toArray())).toEqual(
        eager(tensor(values)).map((x) => x.toArray()),
      );
  });

  const wrong = (backward: (ctx: Context, g: Tensor) => unknown, change = false) =>
    class Wrong extends autograd.Function {
      static forward(_: Context, x: Tensor) {
        return change ? x.mul_(2) : x.mul(2);
      }
      static backward = backward;
    };
  it.each<[string, () => unknown, string]>([
    [
      "too many gradients",
      () =>
        wrong((_, g) => [g, g])
          .apply(leaf([1, 2]))
          .sum()
          .backward(),
      "Wrong: backward returns a gradient, or null, for each argument of forward: 2 for 1",
    ],
    [
      "a gradient of another shape",
      () =>
        wrong((_, g) => g.sum())
          .apply(leaf([1, 2]))
          .sum()
          .backward(),
      "Wrong: a gradient has the shape and dtype of its input: gradient 0 is [] float64 for [2] float64",
    ],
    [
      "a number for a gradient",
      () =>
        wrong(() => 1)
          .apply(leaf([1, 2]))
          .sum()
          .backward(),
      "Wrong: backward returns tensors and null: gradient 0 is 1",
    ],
    [
      "an input that forward changes",
      () => wrong((_, g) => g, true).apply(tensor([1, 2])),
      "Wrong: forward does not change its inputs in place: tensor 0 [2]; use clone()",
    ],
    [
      "no forward",
      () => (autograd.Function.apply as () => unknown).call(class Empty extends autograd.Function {}),
      "Empty: forward is a static method: undefined",
    ],
  ])("refuses %s", (_, run, message) => {
    expect(run).toThrowError(message);
  });
});
