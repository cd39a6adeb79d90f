import { describe, expect, test } from "vitest";
import { compile, nn, ones, optim, type Tensor, tensor } from "../../src/index.js";

/** Parameters with these gradients. */
function parameters(...gradients: (number[] | null)[]): Tensor[] {
  return gradients.map((gradient) => {
    const p = ones([gradient?.length ?? 1], { requiresGrad: true });
    p.grad = gradient === null ? null : tensor(gradient);
    return p;
  });
}

const gradients = (params: Tensor[]) => params.map((p) => p.grad?.toArray() ?? null);

describe("clipGradNorm_", () => {
  test("scales all gradients as one vector", () => {
    const params = parameters([3, 0], null, [0, -4]);
    expect(nn.clipGradNorm_(params, 1).item()).toBe(5);
    const scale = Math.fround(1 / Math.fround(5 + 1e-6));
    expect(gradients(params)).toEqual([[Math.fround(3 * scale), 0], null, [0, Math.fround(-4 * scale)]]);
  });

  test("leaves short ones alone", () => {
    const params = parameters([0.3], [0.4]);
    expect(nn.clipGradNorm_(params, 1).item()).toBeCloseTo(0.5);
    expect(gradients(params)).toEqual([[Math.fround(0.3)], [Math.fround(0.4)]]);
  });

  test.each([
    [1, 10],
    [3, Math.cbrt(27 + 64 + 27)],
    [Infinity, 4],
  ])("in the norm %d", (normType, expected) => {
    const params = parameters([3, -4], [3]);
    expect(nn.clipGradNorm_(params, 2, { normType }).item()).toBeCloseTo(expected, 5);
    expect(params[0].grad!.data[1]).toBeCloseTo((-4 * 2) / expected, 5);
  });

  test("takes one tensor, no gradients and float64", () => {
    const [p] = parameters([3, 4]);
    expect(nn.clipGradNorm_(p, 10).item()).toBe(5);
    expect(nn.clipGradNorm_(parameters(null, null), 1).item()).toBe(0);
    const double = ones([1], { dtype: "float64", requiresGrad: true });
    double.grad = tensor([4], { dtype: "float64" });
    const norm = nn.clipGradNorm_([...parameters([3]), double], 1);
    expect([norm.dtype, norm.item()]).toEqual(["float64", 5]);
    expect(double.grad.item()).toBe(4 / (5 + 1e-6));
  });

  test("says when the norm is not finite, if it is asked to", () => {
    expect(() => nn.clipGradNorm_(parameters([NaN]), 1, { errorIfNonfinite: true })).toThrow(
      expect.objectContaining({ code: "NONFINITE_NORM" }),
    );
    const params = parameters([Infinity, 1]);
    expect(nn.clipGradNorm_(params, 1).item()).toBe(Infinity);
    expect(gradients(params)).toEqual([[NaN, 0]]);
  });

  test("is given numbers that make sense", () => {
    expect(() => nn.clipGradNorm_([], -1)).toThrow("clipGradNorm_: maxNorm is a number >= 0: -1");
    expect(() => nn.clipGradNorm_([], 1, { normType: 0 })).toThrow(
      "clipGradNorm_: normType is a number > 0: 0",
    );
    expect(() => nn.clipGradNorm_([], 1, { norm: 1 } as never)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_OPTION" }),
    );
    expect(() => nn.clipGradNorm_([3] as never, 1)).toThrow(
      "clipGradNorm_: parameters are tensors: 3; clipGradNorm_(model.parameters(), …)",
    );
  });
});

describe("clipGradValue_", () => {
  test("limits every element", () => {
    const params = parameters([3, -0.5], null, [-4, NaN]);
    nn.clipGradValue_(params, 1);
    expect(gradients(params)).toEqual([[1, -0.5], null, [-1, NaN]]);
    expect(() => nn.clipGradValue_([], NaN)).toThrow("clipGradValue_: clipValue is a number >= 0: NaN");
  });
});

test.each(["clipGradNorm_", "clipGradValue_"] as const)("%s is the same inside compile", (name) => {
  const [eager, compiled] = [0, 1].map(() => {
    const w = tensor(
      [
        [1, -2],
        [0.5, 3],
      ],
      { requiresGrad: true },
    );
    const optimizer = new optim.SGD([w], { lr: 0.1, momentum: 0.9 });
    const step = (x: Tensor) => {
      optimizer.zeroGrad();
      const loss = x.matmul(w).square().sum();
      loss.backward();
      const norm = nn[name]([w], 0.5);
      optimizer.step();
      return norm === undefined ? [loss] : [loss, norm];
    };
    return { w, step };
  });
  const fn = compile(compiled.step);
  for (let i = 0; i < 4; i++) {
    const x = tensor([
      [1, i],
      [-i, 0.5],
    ]);
    expect(fn(x).map((t) => t.item())).toEqual(eager.step(x).map((t) => t.item()));
    expect(compiled.w.toArray()).toEqual(eager.w.toArray());
    expect(compiled.w.gradient!.toArray()).toEqual(eager.w.gradient!.toArray());
  }
  expect(fn.recordings).toBe(1);
});
