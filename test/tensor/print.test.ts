/**
 * What console.log(tensor) shows: NumPy's values, PyTorch's frame. Every expectation here was read by a
 * person.
 */
import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { arange, ones, tensor, zeros } from "../../src/index.js";

const lines = (...text: string[]) => text.join("\n");

describe("print", () => {
  it.each<[string, { toString(): string }, string]>([
    ["a scalar", tensor(3.5), "tensor(3.5)"],
    ["whole numbers", tensor([1, 2, -3]), "tensor([ 1.,  2., -3.])"],
    ["fractions share a width", tensor([1, 2.5, -10]), "tensor([  1. ,   2.5, -10. ])"],
    [
      "a matrix",
      tensor([
        [1, 2.5],
        [3, 4],
      ]),
      lines("tensor([[1. , 2.5],", "        [3. , 4. ]])"),
    ],
    [
      "three dims, a blank line between matrices",
      arange(8).reshape(2, 2, 2),
      lines("tensor([[[0., 1.],", "         [2., 3.]],", "", "        [[4., 5.],", "         [6., 7.]]])"),
    ],
    ["integers", tensor([1, -20], { dtype: "int32" }), "tensor([  1, -20], dtype=int32)"],
    ["bytes", tensor([7], { dtype: "uint8" }), "tensor([7], dtype=uint8)"],
    ["booleans", tensor([true, false]), "tensor([ true, false])"],
    ["float64 says so", tensor(Float64Array.of(0.5)), "tensor([0.5], dtype=float64)"],
    ["NaN and infinities", tensor([Number.NaN, Infinity, -Infinity, 1]), "tensor([ nan,  inf, -inf,   1.])"],
    ["the sign of zero", tensor([-0, 0]), "tensor([-0.,  0.])"],
    ["small numbers in scientific notation", tensor([1e-5, 1]), "tensor([1.e-05, 1.e+00])"],
    ["large numbers in scientific notation", tensor([1e10, 1]), "tensor([1.e+10, 1.e+00])"],
    ["nothing", tensor([]), "tensor([])"],
    ["nothing with a shape", zeros([2, 0]), "tensor([], shape=[2, 0])"],
    ["a leaf with a gradient", tensor([1], { requiresGrad: true }), "tensor([1.], requiresGrad=true)"],
    [
      "the result of an operation",
      tensor([1], { requiresGrad: true }).exp(),
      "tensor([2.7182817], gradFn=<exp>)",
    ],
    ["a view", arange(4).reshape(2, 2).T, lines("tensor([[0., 2.],", "        [1., 3.]])")],
  ])("%s", (_, x, text) => {
    expect(String(x)).toBe(text);
    expect(inspect(x)).toBe(text);
  });

  it("long dims are cut, and the shape is told", () => {
    expect(String(arange(1000, 2000).reshape(1, 1000).add(arange(2).reshape(2, 1)))).toBe(
      lines(
        "tensor([[1000., 1001., 1002., ..., 1997., 1998., 1999.],",
        "        [1001., 1002., 1003., ..., 1998., 1999., 2000.]], shape=[2, 1000])",
      ),
    );
    expect(String(ones([100, 20]))).toBe(
      lines(
        "tensor([[1., 1., 1., ..., 1., 1., 1.],",
        "        [1., 1., 1., ..., 1., 1., 1.],",
        "        [1., 1., 1., ..., 1., 1., 1.],",
        "        ...,",
        "        [1., 1., 1., ..., 1., 1., 1.],",
        "        [1., 1., 1., ..., 1., 1., 1.],",
        "        [1., 1., 1., ..., 1., 1., 1.]], shape=[100, 20])",
      ),
    );
  });

  it("long rows wrap at 75 columns", () => {
    const text = String(arange(30));
    expect(text).toBe(
      lines(
        "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12.,",
        "        13., 14., 15., 16., 17., 18., 19., 20., 21., 22., 23., 24., 25.,",
        "        26., 27., 28., 29.])",
      ),
    );
  });

  it.each([
    ["on the line where they end at column 75", 1000000, 6, " "],
    ["else on a line of their own", 100000000, 5, "\n       "],
  ])("notes are %s", (_, value, count, space) => {
    const x = tensor(new Int32Array(count).fill(value));
    const values = new Array(count).fill(value).join(", ");
    expect(String(x)).toBe(`tensor([${values}],${space}dtype=int32)`);
  });

  it.each<[string, (x: any) => unknown]>([
    ["x * 2", (x) => x * 2],
    ["x + 1", (x) => x + 1],
    ['"" + x', (x) => "" + x],
    ["-x", (x) => -x],
    ["x < 1", (x) => x < 1],
    // biome-ignore lint/suspicious/noDoubleEquals: the operator that converts
    ["x == 1", (x) => x == 1],
    ["Number(x)", Number],
    ["Math.max", (x) => Math.max(x, 0)],
    ["an element of a typed array", (x) => Float32Array.of(x)],
  ])("%s is an error, not NaN", (_, compute) => {
    for (const x of [tensor(1), tensor([1, 2])])
      expect(() => compute(x)).toThrow(expect.objectContaining({ code: "TENSOR_ARITHMETIC" }));
  });

  it.each<[string, (x: any) => string, string]>([
    ["a template", (x) => `${x}`, "tensor([1., 2.])"],
    ["join", (x) => [x, x].join(), "tensor([1., 2.]),tensor([1., 2.])"],
    ["the message of an error", (x) => new Error(x).message, "tensor([1., 2.])"],
    ["JSON", (x) => JSON.stringify({ x }), '{"x":[1,2]}'],
    ["inside an object", (x) => inspect({ x }), "{ x: tensor([1., 2.]) }"],
    [
      "console.log's placeholders",
      (x) => format("%s %o %j", x, x, x),
      "tensor([1., 2.]) tensor([1., 2.]) [1,2]",
    ],
    ["console.log without one", (x) => format("x", x), "x tensor([1., 2.])"],
  ])("text in %s", (_, write, text) => {
    expect(write(tensor([1, 2]))).toBe(text);
  });

  it("a failed expectation tells what it saw", () => {
    expect(() => expect(tensor([1, 2])).toEqual(tensor([1, 3]))).toThrow(/expected .* to deeply equal/);
  });

  it("many dims", () => {
    expect(String(ones([7, 7, 7, 7, 7, 7, 7])).length).toBeGreaterThan(1000);
  });
});
