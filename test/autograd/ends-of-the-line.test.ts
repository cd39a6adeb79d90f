/**
 * Gradients where a function ends: at 0, at infinities and near the largest numbers. The numbers are
 * PyTorch's.
 */
import { describe, expect, it } from "vitest";
import {
  autograd,
  clampMax,
  clampMin,
  cov,
  div,
  nn,
  ones,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";

const F = nn.functional;
const first = (f: (x: Tensor) => Tensor, at: number[]) => {
  const x = tensor(at, { requiresGrad: true });
  return autograd.grad(f(x).sum(), [x])[0]!.toArray();
};
const second = (f: (x: Tensor) => Tensor, at: number[]) => {
  const x = tensor(at, { requiresGrad: true });
  const [g] = autograd.grad(f(x).sum(), [x], { createGraph: true });
  return autograd.grad(g!.sum(), [x])[0]!.toArray();
};
const none = { reduction: "none" } as const;
const far = [Infinity, -Infinity, 3e38, -3e38];

describe("gradients at the ends", () => {
  it.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ["smoothL1Loss", (x) => F.smoothL1Loss(x, zeros([4]), none), far, [1, -1, 1, -1]],
    ["huberLoss", (x) => F.huberLoss(x, zeros([4]), { ...none, delta: 2 }), far, [2, -2, 2, -2]],
    ["div by 0, trunc", (x) => div(x, 0, { roundingMode: "trunc" }), [0, 1, -1], [0, 0, 0]],
    ["div by 0, floor", (x) => div(x, 0, { roundingMode: "floor" }), [0, 1, -1], [0, 0, 0]],
    ["clampMin of NaN", (x) => clampMin(x, NaN), [1, -1], [0, 0]],
    ["clampMax of NaN", (x) => clampMax(x, NaN), [1, -1], [0, 0]],
    ["elu of NaN", (x) => x.elu(), [NaN, 1], [1, 1]],
    ["i1", (x) => x.i1(), [0, 1e-45], [0.5, 0.5]],
    ["i1e", (x) => x.i1e(), [0, 1e-45], [0.5, 0.5]],
  ])("%s, first", (_, f, at, wanted) => {
    expect(first(f, at)).toEqual(wanted);
  });

  it.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ["elu", (x) => x.elu(), [100, 3e38, Infinity, 0], [0, 0, 0, 0]],
    ["selu", (x) => F.selu(x), [100, 3e38, Infinity, 0], [0, 0, 0, 0]],
    ["celu", (x) => F.celu(x), [100], [0]],
    ["i1", (x) => x.i1(), [0, 1e-45], [0, 0]],
    ["i1e", (x) => x.i1e(), [0], [0]],
    ["atan", (x) => x.atan(), [3e38, -3e38], [0, 0]],
    ["acosh", (x) => x.acosh(), [3e38], [0]],
    ["sinc", (x) => x.sinc(), [1e-45], [0]],
  ])("%s, second", (_, f, at, wanted) => {
    expect(second(f, at).map((v: number) => v + 0)).toEqual(wanted.map((v) => v + 0));
  });
});

describe("arguments that became numbers", () => {
  it("initialisers by name", () => {
    expect(nn.init.constant_(zeros([2]), { value: 3 }).toArray()).toEqual([3, 3]);
    expect(
      Math.abs(
        nn.init
          .normal_(zeros([1000]), { std: 0.02 })
          .std()
          .item() - 0.02,
      ),
    ).toBeLessThan(0.005);
    expect(
      nn.init
        .truncNormal_(zeros([100]), { std: 0.02 })
        .abs()
        .max()
        .item(),
    ).toBeLessThan(0.2);
    expect(new nn.Flatten(0).forward(ones([2, 2])).shape).toEqual([4]);
    expect(ones([1, 2]).squeeze({ dim: 0 }).shape).toEqual([2]);
  });

  it.each<[string, () => unknown]>([
    ["constant_: unknown option: val", () => nn.init.constant_(zeros([2]), { val: 1 } as never)],
    ['fill_: value is a number: "a"', () => zeros([2]).fill_("a" as never)],
    [
      "maskedFill: operands are tensors or numbers: undefined",
      () => zeros([2]).maskedFill(ones([2]), undefined as never),
    ],
    [
      "ConstantPad1d: value is a number: { value: 1 }; options come last",
      () => new nn.ConstantPad1d(1, { value: 1 } as never),
    ],
    [
      "Flatten: unknown option: start_dim; did you mean startDim?",
      () => new nn.Flatten({ start_dim: 0 } as never),
    ],
    ["rot90: k is an integer: { k: 1 }; options come last", () => ones([2, 2]).rot90({ k: 1 } as never)],
    ["rot90: k is an integer: 1.5", () => ones([2, 2]).rot90(1.5)],
    ["cov: fweights are >= 0", () => cov(ones([2, 3]), { fweights: tensor([-1, 2, 3], { dtype: "int32" }) })],
  ])("%s", (message, call) => {
    expect(call).toThrow(message);
  });

  it("what a hook before forward returns is the input", () => {
    const layer = new nn.ReLU();
    layer.registerForwardPreHook((_, [x]) => (x as Tensor).neg());
    expect(layer.forward(tensor([-2])).toArray()).toEqual([2]);
  });
});
