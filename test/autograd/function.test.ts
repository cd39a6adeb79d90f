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

class Circle extends autograd.Function {
  static forward(ctx: Context, x: Tensor): [Tensor, Tensor] {
    const outputs: [Tensor, Tensor] = [x.sin(), x.cos()];
    ctx.saveForBackward(...outputs);
    return outputs;
  }
  static backward(ctx: Context, gSine: Tensor, gCosine: Tensor) {
    const [sine, cosine] = ctx.savedTensors;
    return gSine.mul(cosine).sub(gCosine.mul(sine));
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

  it("has several outputs, which share one call of backward", () => {
    let calls = 0;
    class SumAndProduct extends autograd.Function {
      static forward(ctx: Context, a: Tensor, b: Tensor): [Tensor, Tensor] {
        ctx.saveForBackward(a, b);
        return [a.add(b), a.mul(b)];
      }
      static backward(ctx: Context, gSum: Tensor, gProduct: Tensor) {
        calls++;
        const [a, b] = ctx.savedTensors;
        return [gSum.add(gProduct.mul(b)), gSum.add(gProduct.mul(a))];
      }
    }
    const [a, b] = [leaf([0.5, -1, 2]), leaf([1.5, 0.25, -0.75])];
    const both = (x: Tensor, y: Tensor) => {
      const [sum, product] = SumAndProduct.apply(x, y);
      return sum.exp().mul(product.tanh());
    };
    both(a, b).sum().backward();
    expect(calls).toBe(1);
    gradcheck(both, [a, b]);
    gradcheck((x, y) => SumAndProduct.apply(x, y)[0].square(), [a, b]);
    gradcheck((x, y) => SumAndProduct.apply(x, y)[1].square(), [a, b]);
    gradcheck((x, y) => autograd.grad(both(x, y).sum(), x, { createGraph: true })[0]!, [a, b]);
  });

  it("passes gradients of gradients through a saved output, where there are several", () => {
    class ExpAndSquare extends autograd.Function {
      static forward(ctx: Context, x: Tensor): [Tensor, Tensor] {
        const [exp, square] = [x.exp(), x.square()];
        ctx.saveForBackward(x, exp);
        return [exp, square];
      }
      static backward(ctx: Context, gExp: Tensor, gSquare: Tensor) {
        const [x, exp] = ctx.savedTensors;
        return gExp.mul(exp).add(gSquare.mul(x).mul(2));
      }
    }
    const both = (x: Tensor) => {
      const [exp, square] = ExpAndSquare.apply(x);
      return exp.mul(square);
    };
    const first = (x: Tensor) => autograd.grad(both(x).sum(), x, { createGraph: true })[0]!;
    const x = leaf([0.5, -1, 2]);
    gradcheck(first, [x]);
    gradcheck((y) => autograd.grad(first(y).sum(), y, { createGraph: true })[0]!, [x]);
  });

  /** Two outputs, of which the second may be marked; keeps what backward gets. */
  const recorder = (prepare: (ctx: Context, marked: Tensor) => void) => {
    const got: unknown[] = [];
    class Recorder extends autograd.Function {
      static forward(ctx: Context, x: Tensor): [Tensor, Tensor, Tensor] {
        const second = x.mul(2);
        prepare(ctx, second);
        return [x.mul(3), second, x.argmax(0)];
      }
      static backward(_: Context, ...gs: (Tensor | null)[]) {
        got.push(gs.map((g) => g && [g.dtype, g.toArray()]));
        return gs[0]!.mul(3);
      }
    }
    return { Recorder, got };
  };

  it("gives zeros, or null when told so, for the outputs that the loss does not depend on", () => {
    const zeros = recorder(() => {});
    zeros.Recorder.apply(leaf([1, 2]))[0]
      .sum()
      .backward();
    expect(zeros.got).toEqual([
      [
        ["float64", [1, 1]],
        ["float64", [0, 0]],
        ["int32", 0],
      ],
    ]);
    const nulls = recorder((ctx) => ctx.setMaterializeGrads(false));
    nulls.Recorder.apply(leaf([1, 2]))[0]
      .sum()
      .backward();
    expect(nulls.got).toEqual([[["float64", [1, 1]], null, null]]);
  });

  it("leaves outputs out of the graph that are marked or not floats", () => {
    const { Recorder } = recorder((ctx, second) => ctx.markNonDifferentiable(second));
    const x = leaf([1, 2]);
    const outs = Recorder.apply(x);
    expect(outs.map((y) => y.requiresGrad)).toEqual([true, false, false]);
    outs[0].sum().backward();
    expect(x.grad!.toArray()).toEqual([3, 3]);
    class Largest extends autograd.Function {
      static forward(_: Context, y: Tensor) {
        return y.argmax(0);
      }
      static backward(_: Context, __: Tensor) {
        return null;
      }
    }
    expect(Largest.apply(x).requiresGrad).toBe(false);
  });

  it("has outputs with hooks, gradients and in-place changes of their own", () => {
    class Twice extends autograd.Function {
      static forward(_: Context, x: Tensor): [Tensor, Tensor] {
        return [x.mul(2), x.mul(5)];
      }
      static backward(_: Context, g: Tensor, h: Tensor) {
        return g.mul(2).add(h.mul(5));
      }
    }
    const x = leaf([1, 2]);
    const [a, b] = Twice.apply(x);
    a.retainGrad();
    b.registerHook((g) => g.mul(10));
    b.mul_(3);
    a.add(b).sum().backward();
    expect(a.grad!.toArray()).toEqual([1, 1]);
    expect(x.grad!.toArray()).toEqual([2 + 150, 2 + 150]);
    expect(autograd.grad(a.sum(), a)[0]!.toArray()).toEqual([1, 1]);
  });

  it("throws when it is gone through twice, and when what it saved was changed", () => {
    class Saving extends autograd.Function {
      static forward(ctx: Context, x: Tensor): [Tensor, Tensor] {
        const y = x.exp();
        ctx.saveForBackward(y);
        return [y, x.mul(2)];
      }
      static backward(ctx: Context, g: Tensor, h: Tensor) {
        return g.mul(ctx.savedTensors[0]).add(h.mul(2));
      }
    }
    const [y, z] = Saving.apply(leaf([1, 2]));
    y.sum().backward();
    expect(() => z.sum().backward()).toThrowError(expect.objectContaining({ code: "SECOND_BACKWARD" }));
    const [changed] = Saving.apply(leaf([1, 2]));
    changed.mul_(2);
    expect(() => changed.sum().backward()).toThrowError(
      expect.objectContaining({ code: "SAVED_TENSOR_CHANGED" }),
    );
  });

  it("types the fields of its context", () => {
    class Scale extends autograd.Function {
      static forward(ctx: autograd.FunctionContext<{ factor: number }>, x: Tensor, factor: number) {
        ctx.factor = factor;
        // @ts-expect-error a field that is not in the type
        ctx.offset = 1;
        return x.mul(ctx.factor);
      }
      static backward(ctx: autograd.FunctionContext<{ factor: number }>, g: Tensor) {
        // @ts-expect-error a number is no tensor
        const wrong: Tensor = ctx.factor;
        return [g.mul(wrong as unknown as number), null];
      }
    }
    const x = leaf([1, 2]);
    const y: Tensor = Scale.apply(x, 3);
    y.sum().backward();
    expect(x.grad!.toArray()).toEqual([3, 3]);
    // @ts-expect-error the factor is a number
    expect(() => Scale.apply(x, "3")).toThrow();
  });

  it("compiles to the bits of eager", () => {
    const [a, b] = [leaf([0.5, -1, 2], "float32"), leaf([0.5, -1, 2], "float32")];
    const step = (p: Tensor) => (x: Tensor) => {
      p.grad = null;
      const [sine, cosine] = Circle.apply(Exp.apply(ScaledProduct.apply(p, x, 2)));
      const loss = sine.mul(3).sub(cosine.square()).sum();
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

  type Methods = { forward?: (ctx: Context, x: Tensor) => any; backward?: (...args: any[]) => unknown };
  const wrong = ({ forward = (_, x) => x.mul(2), backward = (_, g) => g }: Methods) =>
    class Wrong extends autograd.Function {
      static forward = forward;
      static backward = backward;
    };
  const forward = (result: (ctx: Context, x: Tensor) => unknown) => () =>
    wrong({ forward: result }).apply(leaf([1, 2]));
  const backward = (result: (ctx: Context, g: Tensor) => unknown) => () =>
    wrong({ backward: result })
      .apply(leaf([1, 2]))
      .sum()
      .backward();
  it.each<[string, () => unknown, string, string]>([
    [
      "too many gradients",
      backward((_, g) => [g, g]),
      "WRONG_GRADIENTS",
      "Wrong: backward returns a gradient, or null, for each argument of forward: 2 for 1",
    ],
    [
      "too few gradients",
      backward(() => []),
      "WRONG_GRADIENTS",
      "Wrong: backward returns a gradient, or null, for each argument of forward: 0 for 1",
    ],
    [
      "a gradient of another shape",
      backward((_, g) => g.sum()),
      "SHAPE_MISMATCH",
      "Wrong: a gradient has the shape and dtype of its input: gradient 0 is [] float64 for [2] float64",
    ],
    [
      "a gradient of another dtype",
      backward((_, g) => g.to("float32")),
      "SHAPE_MISMATCH",
      "Wrong: a gradient has the shape and dtype of its input: gradient 0 is [2] float32 for [2] float64",
    ],
    [
      "a number for a gradient",
      backward(() => 1),
      "INVALID_FUNCTION",
      "Wrong: backward returns tensors and null: gradient 0 is 1",
    ],
    [
      "a gradient for a number",
      () => {
        class Scale extends autograd.Function {
          static forward = (_: Context, x: Tensor, factor: number) => x.mul(factor);
          static backward = (_: Context, g: Tensor) => [g, g];
        }
        Scale.apply(leaf([1, 2]), 3)
          .sum()
          .backward();
      },
      "WRONG_GRADIENTS",
      "Scale: backward returns null for an argument that is not a tensor: gradient 1 is a tensor [2]",
    ],
    [
      "an input that forward changes",
      () => wrong({ forward: (_, x) => x.mul_(2) }).apply(tensor([1, 2])),
      "INPUT_CHANGED",
      "Wrong: forward does not change its inputs in place: tensor 0 [2]; use clone()",
    ],
    [
      "an output that is no tensor",
      forward((_, x) => [x.mul(2), 7]),
      "INVALID_FUNCTION",
      "Wrong: forward returns a tensor or an array of tensors: 7",
    ],
    [
      "no outputs",
      forward(() => []),
      "INVALID_FUNCTION",
      "Wrong: forward returns a tensor or an array of tensors: []",
    ],
    [
      "a mark on a tensor that is no output",
      forward((ctx, x) => {
        ctx.markNonDifferentiable(x);
        return x.mul(2);
      }),
      "INVALID_FUNCTION",
      "Wrong: markNonDifferentiable takes outputs of forward: a tensor [2] is not an output",
    ],
    [
      "a mark on something else",
      forward((ctx) => ctx.markNonDifferentiable(3 as unknown as Tensor)),
      "NOT_A_TENSOR",
      "markNonDifferentiable: ",
    ],
    [
      "a setting that is no boolean",
      forward((ctx) => ctx.setMaterializeGrads(0 as unknown as boolean)),
      "INVALID_VALUE",
      "setMaterializeGrads: ",
    ],
    [
      "no forward",
      () => (autograd.Function.apply as () => unknown).call(class Empty extends autograd.Function {}),
      "INVALID_FUNCTION",
      "Empty: forward is a static method: undefined",
    ],
  ])("refuses %s", (_, run, code, message) => {
    expect(run).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it("takes nulls after the last gradient, as in PyTorch", () => {
    const x = leaf([1, 2]);
    wrong({ backward: (_, g) => [g.mul(2), null, null] })
      .apply(x)
      .sum()
      .backward();
    expect(x.grad!.toArray()).toEqual([2, 2]);
  });
});
