/** Numbers taken apart, tensors made and statistics against PyTorch: values, shapes, dtypes and gradients. */

import { describe, expect, it } from "vitest";
import * as sg from "../../../src/index.js";
import {
  arange,
  bincount,
  frexp,
  full,
  gradient,
  histc,
  histogram,
  isin,
  linspace,
  logspace,
  normal,
  quantile,
  scalarTensor,
  tensor,
  where,
} from "../../../src/index.js";
import { loadCalls, replay } from "../../fixtures/pytorch/calls.js";
import fc from "../../property.js";

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

const vector = (least: number) =>
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength: least, maxLength: 30 });

it("where: positions, and values", () => {
  const condition = tensor([
    [true, false],
    [true, true],
  ]);
  expect(where(condition).map((x) => x.toArray())).toEqual([
    [0, 1, 1],
    [0, 0, 1],
  ]);
  const x = tensor([1, 2]);
  const y = where(condition, x, 0.5);
  expect([y.dtype, y.toArray()]).toEqual([
    "float32",
    [
      [1, 0.5],
      [1, 2],
    ],
  ]);
  expect(where(condition, true, false).dtype).toBe("bool");
});

describe("properties", () => {
  it("a quantile has its share of the elements on both sides", () => {
    fc.assert(
      fc.property(vector(1), fc.integer({ min: 0, max: 64 }), (values, sixtyFourths) => {
        const q = sixtyFourths / 64;
        const found = quantile(tensor(values, { dtype: "float64" }), q, { interpolation: "lower" }).item();
        const below = values.filter((v) => v < found).length;
        const upTo = values.filter((v) => v <= found).length;
        const rank = Math.floor(q * (values.length - 1));
        expect(below <= rank && rank < upTo).toBe(true);
      }),
    );
  });

  it("every element is in one bin, and it is the one between whose edges it is", () => {
    fc.assert(
      fc.property(vector(1), fc.integer({ min: 1, max: 7 }), (values, bins) => {
        const { hist, binEdges } = histogram(tensor(values, { dtype: "float64" }), bins);
        const edges = binEdges.toArray() as number[];
        const expected = new Array(bins).fill(0);
        for (const v of values)
          expected[edges.findIndex((e, i) => v >= e && (v < edges[i + 1] || i === bins - 1))]++;
        expect(hist.toArray()).toEqual(expected);
        expect(
          histc(tensor(values, { dtype: "float64" }), bins)
            .sum()
            .item(),
        ).toBe(values.length);
      }),
    );
  });

  it("isin is a search, bincount a count", () => {
    fc.assert(
      fc.property(vector(0), vector(0), (a, b) => {
        const whole = (v: number[]) => tensor(v, { dtype: "int32" });
        expect(isin(whole(a), whole(b)).toArray()).toEqual(a.map((v) => b.includes(v)));
        const counts = bincount(whole(a.map(Math.abs))).toArray() as number[];
        expect(counts).toEqual(counts.map((_, i) => a.filter((v) => Math.abs(v) === i).length));
        expect(counts.length).toBe(Math.max(0, ...a.map((v) => Math.abs(v) + 1)));
      }),
    );
  });

  it("frexp takes apart and ldexp puts together", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (v) => {
        const { mantissa, exponent } = frexp(tensor(Float64Array.of(v)));
        const m = Math.abs(mantissa.item());
        expect(v === 0 ? m === 0 : m >= 0.5 && m < 1).toBe(true);
        const half = Math.trunc(exponent.item() / 2);
        expect(mantissa.item() * 2 ** half * 2 ** (exponent.item() - half)).toBe(v);
      }),
    );
  });
});

describe("mistakes", () => {
  const x = tensor([1, 2]);
  const cases: [string, () => unknown, string][] = [
    ["a boolean alpha of floats", () => x.add(x, { alpha: true }), "INVALID_OPTION"],
    ["a fraction as alpha of integers", () => x.int().add(x.int(), { alpha: 0.5 }), "INVALID_OPTION"],
    ["shifts of booleans", () => x.bool().bitwiseLeftShift(x.bool()), "DTYPE_MISMATCH"],
    ["a power of booleans", () => x.bool().pow(x.bool()), "DTYPE_MISMATCH"],
    ["a limit in words", () => x.clamp("1" as any, 2), "INVALID_OPTIONS"],
    ["an upper limit in words", () => x.clamp(0, "1" as any), "NOT_A_TENSOR"],
    ["the limits of a number", () => sg.clampMin(2 as any, x), "NOT_A_TENSOR"],
    ["frexp of integers", () => x.int().frexp(), "DTYPE_MISMATCH"],
    ["positive of booleans", () => x.bool().positive(), "DTYPE_MISMATCH"],
    ["a matrix as value of fill", () => x.fill(tensor([1])), "SHAPE_MISMATCH"],
    ["options in the place of a value", () => full([2], { value: 1 } as any), "INVALID_VALUE"],
    ["a vector as bound", () => linspace(x, 3, 4), "SHAPE_MISMATCH"],
    ["an infinite bound", () => logspace(0, Infinity, 4), "INVALID_VALUE"],
    ["a step that is 0 among integers", () => arange(0, 2, 0.5, { dtype: "int32" }), "INVALID_VALUE"],
    ["a step away from the end", () => arange(0, 3, -1), "INVALID_VALUE"],
    ["a negative power of integers", () => x.int().pow(-1), "INVALID_VALUE"],
    ["300 in a byte", () => scalarTensor(300, { dtype: "uint8" }), "VALUE_OUT_OF_RANGE"],
    ["a quantile above 1", () => quantile(x, 1.5), "INVALID_VALUE"],
    ["one in a tensor", () => quantile(x, tensor([0.5, -0.25])), "INVALID_VALUE"],
    ["a quantile of nothing", () => quantile(tensor([]), 0.5), "EMPTY_REDUCTION"],
    ["an interpolation", () => quantile(x, 0.5, 0, { interpolation: "cubic" as any }), "INVALID_OPTION"],
    ["quantiles of integers", () => quantile(x.int(), 0.5), "DTYPE_MISMATCH"],
    ["half a bin", () => histc(x, 0.5), "INVALID_VALUE"],
    ["a range the wrong way round", () => histogram(x, 2, { range: [1, 0] }), "INVALID_VALUE"],
    ["edges and a range", () => histogram(x, x, { range: [0, 1] }), "INVALID_VALUE"],
    ["a weight too few", () => histogram(x, 2, { weight: tensor([1]) }), "SHAPE_MISMATCH"],
    ["counts of negative numbers", () => bincount(tensor([-1], { dtype: "int32" })), "INVALID_VALUE"],
    ["counts of floats", () => bincount(x), "DTYPE_MISMATCH"],
    ["a gradient of two elements with parabolas", () => gradient(x, { edgeOrder: 2 }), "SHAPE_MISMATCH"],
    ["a spacing too few", () => gradient(x, { spacing: [] }), "SHAPE_MISMATCH"],
    ["options in the place of a deviation", () => normal(x, { std: 1 } as any), "NOT_A_TENSOR"],
  ];
  it.each(cases)("%s", (_, wrong, code) => {
    expect(wrong).toThrow(expect.objectContaining({ code }));
  });
});
