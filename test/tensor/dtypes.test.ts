/** The dtypes of results, and operations on bools and integers. */
import { describe, expect, it } from "vitest";
import { type DType, ones, tensor, zeros } from "../../src/index.js";
import { load } from "../fixtures/pytorch/read.js";

describe("promotion is PyTorch's", () => {
  interface Row {
    name: string;
    a: DType;
    b: DType | number;
    result: DType;
  }
  const table = load<Row[]>("dtypes");
  const operand = (dims: string, dtype: DType | number) =>
    typeof dtype === "number" ? dtype : ones(dims === "tensor" ? [2] : [], { dtype });

  it.each(table)("$name $a $b", ({ name, a, b, result }) => {
    const [left, right] = name.split("-");
    const x = operand(left, a) as ReturnType<typeof ones>;
    const y = operand(right, b);
    expect(x.mul(y).dtype).toBe(result);
    expect(x.maximum(y).dtype).toBe(result);
    expect(x.eq(y).dtype).toBe("bool");
    // Division of integers gives float32.
    expect(x.div(y).dtype).toBe(result.startsWith("float") ? result : "float32");
  });

  it("covers all pairs", () => expect(table.length).toBe(5 * 5 * 4 + 5 * 2 * 2));
});

describe("bool", () => {
  const t = tensor([true, true, false, false]);
  const u = tensor([true, false, true, false]);
  it("adds as or, multiplies as and, stores nothing but 0 and 1", () => {
    expect(Array.from(t.add(u).data)).toEqual([1, 1, 1, 0]);
    expect(Array.from(t.mul(u).data)).toEqual([1, 0, 0, 0]);
    expect(Array.from(t.maximum(u).data)).toEqual([1, 1, 1, 0]);
    expect(t.add(u).dtype).toBe("bool");
  });
  it("does not subtract, as in NumPy and PyTorch", () => {
    expect(() => t.sub(u)).toThrowError(
      expect.objectContaining({ code: "DTYPE_MISMATCH", message: expect.stringMatching(/^sub: .*bool/) }),
    );
    expect(() => t.neg()).toThrow(/neg: not defined for bool/);
  });
  it("sums to a count, also of more than 255", () => {
    const many = ones([300], { dtype: "bool" }).sum();
    expect([many.item(), many.dtype]).toEqual([300, "int32"]);
    expect(ones([300], { dtype: "uint8" }).sum().item()).toBe(300);
  });
  it("is != 0, wherever it comes from", () => {
    const bits = (x: { data: ArrayLike<number> }) => Array.from(x.data);
    expect(bits(tensor([0, 2, -1, 0.5, Number.NaN], { dtype: "bool" }))).toEqual([0, 1, 1, 1, 1]);
    expect(bits(tensor(Float32Array.of(0, 2, 0.5), { dtype: "bool" }))).toEqual([0, 1, 1]);
    expect(bits(tensor(Uint8Array.of(0, 2, 255), { dtype: "bool" }))).toEqual([0, 1, 1]);
    expect(bits(tensor([0, 0.25]).to("bool"))).toEqual([0, 1]);
    expect(bits(zeros([2], { dtype: "bool" }).fill_(7))).toEqual([1, 1]);
    expect(bits(tensor([true, false]).maskedFill(tensor([false, true]), 5))).toEqual([1, 1]);
    expect(tensor([true, false]).toArray()).toEqual([true, false]);
    expect(tensor([[true]]).item()).toBe(true);
  });
  it("takes only bool in place", () => {
    expect(() => zeros([2], { dtype: "bool" }).copy_(tensor([1, 2]))).toThrow(
      /only bool goes into bool: float32/,
    );
  });
});

describe("integers", () => {
  it("int32 wraps around, products are exact", () => {
    const x = tensor([2 ** 31 - 1, -(2 ** 31)], { dtype: "int32" });
    expect(x.add(1).toArray()).toEqual([-(2 ** 31), -(2 ** 31) + 1]);
    expect(tensor([123456789], { dtype: "int32" }).mul(987654321).item()).toBe(
      Math.imul(123456789, 987654321),
    );
  });
  it("uint8 wraps around", () => {
    expect(tensor([250], { dtype: "uint8" }).add(10).toArray()).toEqual([4]);
  });
  it("conversion cuts the fraction", () => {
    expect(tensor([1.9, -1.9, 0.5]).to("int32").toArray()).toEqual([1, -1, 0]);
    expect(tensor([1.9, 300]).to("uint8").toArray()).toEqual([1, 44]);
  });
  it("functions of reals give float32", () => {
    expect(tensor([4], { dtype: "int32" }).sqrt().dtype).toBe("float32");
    expect(tensor([4], { dtype: "int32" }).abs().dtype).toBe("int32");
    expect(tensor([1, 2], { dtype: "int32" }).div(2).toArray()).toEqual([0.5, 1]);
  });
  it.each<[string, () => unknown]>([
    ["mean", () => tensor([1], { dtype: "int32" }).mean()],
    ["var", () => tensor([1], { dtype: "int32" }).var()],
    ["softmax", () => tensor([1], { dtype: "int32" }).softmax(0)],
    ["matmul", () => tensor([1], { dtype: "int32" }).matmul(tensor([1]))],
    ["indexSelect", () => tensor([1]).indexSelect(0, tensor([0]))],
  ])("%s wants the right kind", (op, run) => {
    expect(run).toThrowError(
      expect.objectContaining({
        code: "DTYPE_MISMATCH",
        message: expect.stringMatching(new RegExp(`^${op}: .*(int32|float32)`)),
      }),
    );
  });
  it("in place the result must fit the dtype", () => {
    const x = tensor([1, 2], { dtype: "int32" });
    expect(() => x.add_(0.5)).toThrow(/add_: the result does not fit the dtype of x: float32 into int32/);
    expect(() => x.div_(2)).toThrow(/div_/);
    expect(x.toArray()).toEqual([1, 2]);
    expect(tensor([1, 2]).add_(tensor(Float64Array.of(1, 1))).dtype).toBe("float32");
  });
});

it("item, toArray and JSON of bool are true and false, as in PyTorch", () => {
  for (const x of [tensor([true]), tensor([true]).all(), tensor([true, false]).any(), tensor([1]).eq(1)]) {
    expect([x.dtype, x.item()]).toEqual(["bool", true]);
    expect([x.toArray()].flat()).toEqual([true]);
    expect([JSON.parse(JSON.stringify(x))].flat()).toEqual([true]);
  }
  expect(tensor([2], { dtype: "uint8" }).all().item()).toBe(1);
  expect(tensor([false]).item() + 1).toBe(1);
});
