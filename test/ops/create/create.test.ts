/** Making tensors, and reading them. */
import { describe, expect, it } from "vitest";
import {
  arange,
  eye,
  full,
  Generator,
  linspace,
  manualSeed,
  ones,
  onesLike,
  rand,
  randn,
  randperm,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../../../src/index.js";

describe("tensor", () => {
  it("from nested arrays: a copy, float32", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([x.shape, x.dtype, x.ndim, x.numel, x.strides]).toEqual([[2, 3], "float32", 2, 6, [3, 1]]);
    expect(x.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(tensor(5).shape).toEqual([]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([[[1]]]).shape).toEqual([1, 1, 1]);
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(tensor([1, 2, 3, 4], { shape: [2, 2] }).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("from a typed array: its memory, its dtype", () => {
    for (const [data, dtype] of [
      [Float32Array.of(1, 2), "float32"],
      [Float64Array.of(1, 2), "float64"],
      [Int32Array.of(1, 2), "int32"],
      [Uint8Array.of(1, 2), "uint8"],
    ] as const) {
      const x = tensor(data);
      expect(x.dtype).toBe(dtype);
      data[0] = 7;
      expect(x.toArray()).toEqual([7, 2]);
    }
    const data = Float32Array.of(1, 2);
    const copy = tensor(data, { dtype: "int32" });
    data[0] = 9;
    expect(copy.toArray()).toEqual([1, 2]);
    const buffer = new Float32Array(10).fill(3);
    expect(
      tensor(buffer.subarray(2, 8), { shape: [2, 3] })
        .sum()
        .item(),
    ).toBe(18);
  });

  it.each<[string, () => Tensor, string]>([
    [
      "too large",
      () => tensor([1, 3e9], { dtype: "int32" }),
      "tensor: int32 .* 2147483647: 3000000000 at position 1",
    ],
    ["too small", () => tensor([[0, -2147483649]], { dtype: "int32" }), "-2147483649 at position 1"],
    ["a fraction", () => tensor(1.5, { dtype: "int32" }), "1.5 at position 0"],
    ["NaN", () => tensor([0, 0, Number.NaN], { dtype: "int32" }), "NaN at position 2"],
    ["infinite", () => tensor([Infinity], { dtype: "uint8" }), "Infinity at position 0"],
    [
      "more than a byte",
      () => tensor([255, 300], { dtype: "uint8" }),
      "uint8 .* 0 to 255: 300 at position 1",
    ],
    ["below a byte", () => tensor([-1], { dtype: "uint8" }), "-1 at position 0"],
    [
      "in a typed array of floats",
      () => tensor(Float32Array.of(1, 0.5), { dtype: "int32" }),
      "0.5 at position 1",
    ],
    ["in one of integers", () => tensor(Int32Array.of(256), { dtype: "uint8" }), "256 at position 0"],
    ["full", () => full([2], 1.5, { dtype: "int32" }), "^full: int32 .*: 1.5"],
    ["arange", () => arange(0, 4e9, 3e9, { dtype: "int32" }), "^arange: .*: 3000000000 at position 1"],
    ["linspace", () => linspace(0, 300, 2, { dtype: "uint8" }), "^linspace: .*: 300 at position 1"],
  ])("a value that integers do not hold is an error: %s", (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: "VALUE_OUT_OF_RANGE", name: "ValueError" }));
    expect(make).toThrow(new RegExp(message));
  });

  it("the ends of the ranges of integers", () => {
    const ends = [-(2 ** 31), -0, 2 ** 31 - 1];
    expect(tensor(ends, { dtype: "int32" }).toArray()).toEqual([-(2 ** 31), 0, 2 ** 31 - 1]);
    expect(tensor(Float64Array.from(ends), { dtype: "int32" }).toArray()).toEqual([
      -(2 ** 31),
      0,
      2 ** 31 - 1,
    ]);
    expect(tensor([0, 255], { dtype: "uint8" }).toArray()).toEqual([0, 255]);
    expect(arange(5, -1, -2, { dtype: "int32" }).toArray()).toEqual([5, 3, 1]);
    expect(full([0], 1.5, { dtype: "int32" }).shape).toEqual([0]);
  });

  it("bool is what is not 0", () => {
    const expected = [false, true, true];
    expect(tensor([0, 2, Number.NaN], { dtype: "bool" }).toArray()).toEqual(expected);
    expect(tensor(Float32Array.of(0, 2, Number.NaN), { dtype: "bool" }).toArray()).toEqual(expected);
    const counted = arange(3, { dtype: "bool" });
    expect(counted.data).toEqual(Uint8Array.of(0, 1, 1));
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      "ragged rows",
      () => tensor([[1, 2], [3]]),
      "SHAPE_MISMATCH",
      /tensor: nested arrays are ragged: 1 items at depth 1, expected 2/,
    ],
    ["a number among rows", () => tensor([[1], 2] as any), "SHAPE_MISMATCH", /ragged: 2 at depth 1/],
    ["rows among numbers", () => tensor([1, [2]] as any), "SHAPE_MISMATCH", /ragged/],
    ["text", () => tensor(["1"] as any), "INVALID_VALUE", /elements are numbers or booleans: "1"/],
    ["undefined", () => tensor([undefined] as any), "INVALID_VALUE", /undefined/],
    [
      "a shape that does not fit",
      () => tensor([1, 2, 3], { shape: [2, 2] }),
      "SHAPE_MISMATCH",
      /3 values do not fill \[2, 2\]/,
    ],
    [
      "a typed array and a shape that do not fit",
      () => tensor(new Float32Array(5), { shape: [2, 3] }),
      "SHAPE_MISMATCH",
      /5 values do not fill \[2, 3\]/,
    ],
    ["a typed array of another kind", () => tensor(new Int16Array(2) as any), "INVALID_VALUE", /Int16Array/],
    ["a negative size", () => zeros([2, -1]), "INVALID_SHAPE", /sizes are integers >= 0: \[2, -1\]/],
    ["half a row", () => randn([1.5]), "INVALID_SHAPE", /randn: .*\[1.5\]/],
    [
      "random integers",
      () => rand([2], { dtype: "int32" }),
      "DTYPE_MISMATCH",
      /rand: random numbers are floats: int32/,
    ],
    ["an endless range", () => arange(0, 1, 0), "INVALID_VALUE", /arange/],
    ["half a seed", () => manualSeed(0.5), "INVALID_SEED", /0.5/],
  ])("refuses %s", (_, run, code, message) => {
    expect(run).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe("filled tensors", () => {
  it.each<[string, { toArray(): unknown; dtype: string }, unknown, string]>([
    [
      "zeros",
      zeros([2, 2]),
      [
        [0, 0],
        [0, 0],
      ],
      "float32",
    ],
    ["ones", ones([2], { dtype: "int32" }), [1, 1], "int32"],
    ["full", full([1, 2], 2.5, { dtype: "float64" }), [[2.5, 2.5]], "float64"],
    ["zerosLike", zerosLike(ones([1], { dtype: "uint8" })), [0], "uint8"],
    ["onesLike", onesLike(zeros([2])), [1, 1], "float32"],
    [
      "eye",
      eye(2),
      [
        [1, 0],
        [0, 1],
      ],
      "float32",
    ],
    ["arange(end)", arange(3), [0, 1, 2], "float32"],
    ["arange(start, end)", arange(2, 5, { dtype: "int32" }), [2, 3, 4], "int32"],
    ["arange(start, end, step)", arange(1, 0, -0.25), [1, 0.75, 0.5, 0.25], "float32"],
    ["an empty arange", arange(3, 3), [], "float32"],
    ["linspace", linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1], "float32"],
    ["linspace of one", linspace(3, 9, 1), [3], "float32"],
  ])("%s", (_, x, values, dtype) => {
    expect(x.toArray()).toEqual(values);
    expect(x.dtype).toBe(dtype);
  });

  it("memory is not shared with neighbours", () => {
    const tensors = Array.from({ length: 100 }, (_, i) => full([i % 7], i));
    for (const [i, x] of tensors.entries()) expect(Array.from(x.data)).toEqual(new Array(i % 7).fill(i));
  });

  it("requiresGrad", () => {
    expect(zeros([1], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(zeros([1]).requiresGrad).toBe(false);
  });
});

describe("random tensors", () => {
  const draw = () => [randn([5]), rand([2, 3]), randperm(7)].map((x) => x.toArray());
  it("one seed, the same numbers; another, others", () => {
    manualSeed(1);
    const first = draw();
    const second = draw();
    manualSeed(1);
    expect(draw()).toEqual(first);
    expect(second).not.toEqual(first);
    manualSeed(2);
    expect(draw()).not.toEqual(first);
  });

  it("a generator of its own leaves the common one alone", () => {
    manualSeed(5);
    const expected = randn([3]).toArray();
    manualSeed(5);
    randn([100], { generator: new Generator(9) });
    expect(randn([3]).toArray()).toEqual(expected);
    const generator = new Generator(9);
    randn([5], { generator });
    const state = generator.getState();
    const next = randn([5], { generator }).toArray();
    expect(randn([5], { generator: new Generator().setState(state) }).toArray()).toEqual(next);
  });

  /** n = 40,000: the standard error of a mean is σ / 200, and six of them are allowed. */
  it("have the moments they should have", () => {
    const generator = new Generator(3);
    const [u, z] = [rand([40_000], { generator }), randn([40_000], { generator })];
    expect(Math.abs(u.mean().item() - 0.5)).toBeLessThan(6 * (Math.sqrt(1 / 12) / 200));
    expect([u.min().item() >= 0, u.max().item() < 1]).toEqual([true, true]);
    expect(Math.abs(z.mean().item())).toBeLessThan(6 / 200);
    expect(Math.abs(z.var().item() - 1)).toBeLessThan((6 * Math.SQRT2) / 200);
    expect(Math.abs(z.pow(3).mean().item())).toBeLessThan((6 * Math.sqrt(15)) / 200);
    expect(Math.abs(z.pow(4).mean().item() - 3)).toBeLessThan((6 * Math.sqrt(96)) / 200);
  });

  it("randperm holds every number once", () => {
    expect((randperm(1000).toArray() as number[]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
  });
});

describe("reading", () => {
  it("item gives the only element", () => {
    expect(tensor([[3]]).item()).toBe(3);
    for (const [x, shape] of [
      [zeros([2]), "[2]"],
      [zeros([0]), "[0]"],
    ] as const)
      expect(() => x.item()).toThrowError(
        expect.objectContaining({
          code: "SHAPE_MISMATCH",
          message: `item: exactly one element is needed: ${shape}`,
        }),
      );
  });

  it("data is exactly the elements, in the tensor's memory", () => {
    const x = arange(6).reshape(2, 3);
    expect(Array.from(x.select(0, 1).data)).toEqual([3, 4, 5]);
    x.data[0] = 9;
    expect(x.toArray()[0][0]).toBe(9);
    expect(zeros([0, 3]).data.length).toBe(0);
    expect(() => x.T.data).toThrowError(
      expect.objectContaining({
        code: "NOT_CONTIGUOUS",
        message: expect.stringMatching(/strides \[1, 3\] for \[3, 2\]; use contiguous\(\)/),
      }),
    );
    expect(Array.from(x.T.contiguous().data)).toEqual([9, 3, 1, 4, 2, 5]);
  });

  it("toArray and JSON", () => {
    expect(tensor(2).toArray()).toBe(2);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(JSON.stringify({ x: tensor([[1, 2]]) })).toBe('{"x":[[1,2]]}');
  });
});

describe("broadcasting and operands", () => {
  it.each<[string, () => unknown, string, RegExp]>([
    [
      "add",
      () => zeros([2, 3]).add(zeros([2])),
      "SHAPE_MISMATCH",
      /add: shapes do not broadcast: \[2, 3\] and \[2\]/,
    ],
    ["gt", () => zeros([2]).gt(zeros([3])), "SHAPE_MISMATCH", /gt: .*\[2\] and \[3\]/],
    [
      "matmul",
      () => zeros([2, 3]).matmul(zeros([4, 5])),
      "SHAPE_MISMATCH",
      /matmul: inner dimensions differ: \[2, 3\] x \[4, 5\]/,
    ],
    ["matmul of scalars", () => zeros([]).matmul(zeros([2])), "SHAPE_MISMATCH", /\[\] x \[2\]/],
    ["batches", () => zeros([2, 1, 1]).matmul(zeros([3, 1, 1])), "SHAPE_MISMATCH", /\[2\] and \[3\]/],
    [
      "add_",
      () => zeros([3]).add_(zeros([2, 3])),
      "SHAPE_MISMATCH",
      /add_: the result does not fit into x: \[2, 3\] into \[3\]/,
    ],
    ["copy_", () => zeros([3]).copy_(zeros([2, 3])), "SHAPE_MISMATCH", /copy_: .*\[2, 3\] into \[3\]/],
    [
      "undefined",
      () => zeros([3]).add(undefined as any),
      "NOT_A_TENSOR",
      /add: operands are tensors or numbers: undefined/,
    ],
    ["text", () => zeros([3]).mul("2" as any), "NOT_A_TENSOR", /^mul: operands are tensors or numbers: "2"/],
    ["max of nothing", () => zeros([0]).max(), "EMPTY_REDUCTION", /max: no elements to reduce: \[0\]/],
    ["argmax of nothing", () => zeros([2, 0]).argmax(1), "EMPTY_REDUCTION", /argmax: .*\[2, 0\] over \[1\]/],
    ["a dim twice", () => zeros([2, 2]).sum([0, -2]), "SHAPE_MISMATCH", /sum: a dim appears twice/],
    [
      "indexSelect",
      () => zeros([3]).indexSelect(0, tensor([0, 3], { dtype: "int32" })),
      "INDEX_OUT_OF_RANGE",
      /indexSelect: index out of range: 3 at position 1/,
    ],
    [
      "gather",
      () => zeros([1, 3]).gather(1, tensor([[-1]], { dtype: "int32" })),
      "INDEX_OUT_OF_RANGE",
      /gather: index out of range: -1 at position 0/,
    ],
    [
      "gather shapes",
      () => zeros([2, 3]).gather(1, zeros([3, 1], { dtype: "int32" })),
      "SHAPE_MISMATCH",
      /gather: .*\[2, 3\] and index \[3, 1\]/,
    ],
  ])("%s is refused with both shapes", (_, run, code, message) => {
    expect(run).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
