/**
 * Writing by index and mask, and padding, against PyTorch; the in-place forms against their functions; what
 * is refused.
 */
import { describe, expect, it } from "vitest";
import { compile, nn, ones, type Tensor, tensor, where, zeros } from "../../../src/index.js";
import { compareCase } from "../../fixtures/pytorch/compare.js";
import { load, type StoredCase } from "../../fixtures/pytorch/read.js";

const int = (values: any) => tensor(values, { dtype: "int32" });

describe.each(["float64", "float32"] as const)("values and gradients in %s", (dtype) => {
  const functions: Record<string, (x: Tensor, ...rest: any[]) => Tensor> = {
    pad: nn.functional.pad,
    where: (a, c, b) => where(c, a, b),
  };
  const cases = load<StoredCase[]>("writing");
  it.each([...new Set(cases.map((c) => c.op))])("%s", (op) => {
    for (const c of cases.filter((c) => c.op === op))
      compareCase(c, dtype, functions[op] ?? ((x, ...rest) => (x as any)[op](...rest)));
  });
});

describe("in place", () => {
  const x = () =>
    tensor([
      [0.25, -0.5, 0.75],
      [1.5, -2.5, 0],
    ]);
  const mask = tensor([true, false, true]);
  const at = int([[1, 0, 1]]);
  const forms: [name: string, args: any[]][] = [
    ...["exp", "sin", "neg", "floor", "relu", "round", "sgn", "nanToNum", "logicalNot"].map(
      (n): [string, any[]] => [n, []],
    ),
    ...["pow", "fmod", "remainder", "maximum", "atan2", "lt", "eq", "floorDivide"].map(
      (n): [string, any[]] => [n, [2]],
    ),
    ["add", [x(), { alpha: 3 }]],
    ["sub", [1, { alpha: 3 }]],
    ["clamp", [-1, 1]],
    ["clamp", [{ max: 0.5 }]],
    ["lerp", [ones([3]), 0.25]],
    ["addcmul", [x(), x(), { value: 2 }]],
    ["scatter", [0, at, 5]],
    ["scatterAdd", [0, at, x()]],
    ["scatterReduce", [0, at, x(), "amax"]],
    ["indexAdd", [1, int([0, 0]), ones([2, 2])]],
    ["indexCopy", [0, int([1]), ones([1, 3])]],
    ["indexFill", [1, int([2]), 9]],
    ["indexPut", [[int([0, 1]), int([1, 1])], tensor([8, 9])]],
    ["maskedFill", [mask, 7]],
    ["maskedScatter", [mask, x()]],
    ["indexPut", [[{ start: 1 }, [0, 2]], -4]],
    ["indexReduce", [1, int([2, 0]), ones([2, 2]), "prod"]],
    ["cumsum", [1]],
    ["cumprod", [0]],
    ["tril", []],
    ["triu", [1]],
  ];
  it.each(forms)("%s_ %j", (name, args) => {
    const target = x();
    const expected = (x() as any)[name](...args).to("float32");
    const version = target.storage.version;
    expect((target as any)[`${name}_`](...args)).toBe(target);
    expect(target.toArray()).toEqual(expected.toArray());
    expect(target.storage.version).toBe(version + 1);
  });

  it("refuses results that do not fit, and leaves of a graph", () => {
    expect(() => ones([3]).maximum_(ones([2, 3]))).toThrow(
      "maximum_: the result does not fit into x: [2, 3] into [3]",
    );
    expect(() => int([1, 2]).exp_()).toThrow(
      "exp_: the result does not fit the dtype of x: float32 into int32",
    );
    const leaf = tensor([1], { requiresGrad: true });
    expect(() => leaf.exp_()).toThrow(
      /exp_: a leaf that requires a gradient is changed in place only under noGrad/,
    );
  });
});

describe("mistakes", () => {
  const x = zeros([3, 4]);
  it.each<[string, () => unknown, string]>([
    ["index past the end", () => x.scatter(0, int([[3, 0, 0, 0]]), 1), "INDEX_OUT_OF_RANGE"],
    ["index below 0", () => x.indexCopy(0, int([-1]), ones([1, 4])), "INDEX_OUT_OF_RANGE"],
    [
      "indexPut past the end of its own dim",
      () => x.indexPut([int([0]), int([4])], tensor([1])),
      "INDEX_OUT_OF_RANGE",
    ],
    ["an index larger than src", () => x.scatterAdd(0, int([[0, 1, 2, 0]]), ones([1, 3])), "SHAPE_MISMATCH"],
    ["an index larger than x", () => x.scatter(0, int([[0, 1, 2, 0, 0]]), 1), "SHAPE_MISMATCH"],
    ["another dtype", () => x.scatter(0, int([[0]]), int([[1]])), "DTYPE_MISMATCH"],
    [
      "an unknown reduction",
      () => x.scatterReduce(0, int([[0]]), ones([1, 1]), "max" as any),
      "INVALID_OPTION",
    ],
    ["a source of the wrong size", () => x.indexAdd(0, int([0]), ones([2, 4])), "SHAPE_MISMATCH"],
    ["a mask of numbers", () => x.maskedSelect(ones([3, 4])), "DTYPE_MISMATCH"],
    ["a source that is too short", () => x.maskedScatter(tensor([true]), ones([3])), "INDEX_OUT_OF_RANGE"],
    ["mirroring more than there is", () => nn.functional.pad(x, [4, 0], "reflect"), "SHAPE_MISMATCH"],
    ["cutting more than there is", () => nn.functional.pad(x, [-5, 0]), "SHAPE_MISMATCH"],
    ["half a pair", () => nn.functional.pad(x, [1]), "INVALID_PADDING"],
    ["bits of floats", () => x.bitwiseAnd(1), "DTYPE_MISMATCH"],
  ])("%s", (_, call, code) => {
    expect(call).toThrowError(expect.objectContaining({ code }));
  });
});

it("padding layers are functional.pad", () => {
  const x = tensor(
    Float32Array.from({ length: 24 }, (_, i) => i),
    { shape: [1, 2, 3, 4] },
  );
  expect(new nn.ReflectionPad2d(1).forward(x).toArray()).toEqual(
    nn.functional.pad(x, [1, 1, 1, 1], "reflect").toArray(),
  );
  expect(new nn.ConstantPad2d([0, 1, 2, 0], 3).forward(x).toArray()).toEqual(
    nn.functional.pad(x, [0, 1, 2, 0], "constant", 3).toArray(),
  );
  expect(`${new nn.ConstantPad1d(2, 0.5)}`).toContain("padding=[2, 2], value=0.5");
  expect(() => new nn.ZeroPad2d([1, 2])).toThrow("ZeroPad2d: padding is an integer or 4 of them: [1, 2]");
});

it("is replayed by compile", () => {
  const index = int([[1, 0, 2]]);
  const fn = (x: Tensor) =>
    nn.functional
      .pad(x.scatterReduce(0, index, x, "prod"), [1, 1], "circular")
      .indexFill(1, int([0]), 4)
      .exp2();
  const replayed = compile(fn);
  for (const scale of [1, 2, 3]) {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]).mul(scale * 0.25);
    expect(replayed(x).toArray()).toEqual(fn(x).toArray());
  }
});

describe.each(["float32", "int32"] as const)("an index out of range, %s", (dtype) => {
  const x = zeros([2, 2], { dtype });
  const at = int([7]);
  it.each<[string, () => unknown]>([
    ["indexAdd", () => x.indexAdd(0, at, zeros([1, 2], { dtype }))],
    ["scatter", () => x.scatter(0, int([[7]]), zeros([1, 1], { dtype }), { reduce: "add" })],
    ["scatterAdd", () => x.scatterAdd(0, int([[7]]), zeros([1, 1], { dtype }))],
    ["scatterReduce", () => x.scatterReduce(0, int([[7]]), zeros([1, 1], { dtype }), "sum")],
  ])("is refused by %s, in its own name", (name, call) => {
    expect(call).toThrow(new RegExp(`^${name}: index out of range: 7 `));
  });
});
