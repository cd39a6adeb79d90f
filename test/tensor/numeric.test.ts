/** Numbers taken apart, tensors made and statistics against PyTorch: values, shapes, dtypes and gradients. */
import { describe, expect, it } from "vitest";
import { arange, full, linspace, logspace, normal, scalarTensor, tensor } from "../../src/index.js";
import { loadCalls, replay } from "../fixtures/pytorch/calls.js";

describe.each(["numeric"])("%s", (file) => {
  const calls = loadCalls(file);
  const ops = [...new Set(calls.map((call) => call.op))];

  describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
    it.each(ops)("%s", (op) => {
      // What overflows or underflows in float32 is asked in float64 only.
      const wide = (call: (typeof calls)[number]) => /e\+?300|e-3/.test(JSON.stringify(call.inputs));
      for (const call of calls.filter((c) => c.op === op))
        if (dtype === "float64" || !wide(call)) replay(call, dtype);
    });
  });
});

describe("mistakes", () => {
  const x = tensor([1, 2]);
  const cases: [string, () => unknown, string][] = [
    ["a boolean alpha of floats", () => x.add(x, { alpha: true }), "INVALID_OPTION"],
    ["a fraction as alpha of integers", () => x.int().add(x.int(), { alpha: 0.5 }), "INVALID_OPTION"],
    ["shifts of booleans", () => x.bool().bitwiseLeftShift(x.bool()), "DTYPE_MISMATCH"],
    ["frexp of integers", () => x.int().frexp(), "DTYPE_MISMATCH"],
    ["positive of booleans", () => x.bool().positive(), "DTYPE_MISMATCH"],
    ["a matrix as value of fill", () => x.fill(tensor([1])), "SHAPE_MISMATCH"],
    ["options in the place of a value", () => full([2], { value: 1 } as any), "INVALID_VALUE"],
    ["a vector as bound", () => linspace(x, 3, 4), "SHAPE_MISMATCH"],
    ["an infinite bound", () => logspace(0, Infinity, 4), "INVALID_VALUE"],
    ["a step that is 0 among integers", () => arange(0, 2, 0.5, { dtype: "int32" }), "INVALID_VALUE"],
    ["300 in a byte", () => scalarTensor(300, { dtype: "uint8" }), "VALUE_OUT_OF_RANGE"],
    ["options in the place of a deviation", () => normal(x, { std: 1 } as any), "NOT_A_TENSOR"],
  ];
  it.each(cases)("%s", (_, wrong, code) => {
    expect(wrong).toThrow(expect.objectContaining({ code }));
  });
});
