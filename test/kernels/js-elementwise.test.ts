import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Term } from "../../src/kernels/algebra.js";
import {
  compileDerivative,
  compileTerm,
  derivativeSource,
  scalarFunction,
  traceDerivative,
  unarySaves,
} from "../../src/kernels/derivatives.js";
import * as js from "../../src/kernels/js/index.js";
import type { UnaryRow } from "../../src/kernels/row-types.js";
import { binaryRows, compareRows, type UnaryName, unaryRows } from "../../src/kernels/rows.js";
import { numel } from "../../src/shape.js";
import fc from "../property.js";
import { address, positions, shapes, type View, view } from "./views.js";

const unaryNames = Object.keys(unaryRows) as UnaryName[];
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Distinct values, so that a wrong address shows. */
function counting(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (i % 2 === 0 ? 1 : -1) * (0.25 + i * 0.125));
}

function apply(op: UnaryName, values: number[], p = 0, q = 0): number[] {
  const out = new Float64Array(values.length);
  js.unary(op, p, q, [values.length], Float64Array.from(values), 0, [1], out, 0);
  return [...out];
}

describe("unary rows", () => {
  const cases: [UnaryName, number[], number[], number?, number?][] = [
    ["sign", [-2, -0, 0, 3, nan], [-1, 0, 0, 1, 0]],
    ["relu", [-2, 0, 3, nan, -inf, inf], [0, 0, 3, nan, 0, inf]],
    ["leakyRelu", [-2, 3, nan], [-0.5, 3, nan], 0.25],
    ["elu", [-inf, 2, -Math.LN2], [-3, 2, -1.5], 3],
    [
      "round",
      [0, -0, 0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2 ** 52 + 1, -(2 ** 53), inf, nan],
      [0, -0, 0, 2, 2, -0, -2, 0, 2 ** 52 + 1, -(2 ** 53), inf, nan],
    ],
    ["clamp", [-2, 0, 3, nan], [-1, 0, 1, nan], -1, 1],
    ["clamp", [5], [1], 2, 1],
    ["softplus", [0, 21, 1000], [Math.LN2, 21, 1000], 1, 20],
    ["logSigmoid", [0, -1000, inf], [-Math.LN2, -1000, 0]],
    ["sigmoid", [0, -inf, inf, nan], [0.5, 0, 1, nan]],
    ["sqrt", [4, -1, 0], [2, nan, 0]],
    ["log", [1, 0, -1], [0, -inf, nan]],
    [
      "erf",
      [0, 0.5, 1, 2, 6, -1, inf, nan],
      [0, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 1, -0.8427007929497149, 1, nan],
    ],
    ["gelu", [0, 1, -1, inf], [0, 0.8413447460685429, -0.15865525393145707, inf]],
    ["expm1", [1e-20, -inf], [1e-20, -1]],
  ];
  it.each(cases)("%s of %j is %j", (op, x, y, p = 0, q = 0) => {
    const actual = apply(op, x, p, q);
    y.forEach((value, i) => {
      if (Number.isFinite(value) && value !== 0)
        expect(Math.abs(actual[i] / value - 1), `${op}(${x[i]})`).toBeLessThan(4e-16);
      else expect(actual[i], `${op}(${x[i]})`).toBe(value);
    });
  });

  const smooth = unaryNames.filter((name) => (unaryRows[name] as UnaryRow).derivative !== null);
  it.each(smooth)("the derivative of %s is the slope of its function", (name) => {
    const row: UnaryRow = unaryRows[name];
    const f = scalarFunction(name);
    const compiled = compileDerivative(name);
    const interpreted = compileDerivative(name, false);
    const defaults = Object.values(row.params ?? {});
    const h = 2 ** -17;
    for (const [p, q] of [[defaults[0] ?? 0, defaults[1] ?? 0], ...(row.samples ?? [])]) {
      for (let i = 0; i < 100; i++) {
        const x = row.domain[0] + ((row.domain[1] - row.domain[0]) * (i + 0.5)) / 100;
        if (row.kinks?.some((kink) => Math.abs(kink - x) < 2 * h)) continue;
        const slope = (f(x + h, p, q) - f(x - h, p, q)) / (2 * h);
        const { x: readsX, y: readsY } = unarySaves(name);
        // What it is said not to read must not matter.
        const value = compiled(readsX ? x : nan, readsY ? f(x, p, q) : nan, p, q);
        expect(Math.abs(value - slope), `${name}'(${x})`).toBeLessThan(1e-7 * (1 + Math.abs(slope)));
        expect(interpreted(x, f(x, p, q), p, q)).toBe(value);
      }
    }
  });

  it("terms mean the same compiled and interpreted", () => {
    const { x, y, p, q } = Term.variables("x", "y", "p", "q");
    const terms = [
      x.sub(y),
      x.sub(-2),
      x.div(y),
      x.pow(p),
      x.neg().add(y).mul(q),
      x.erf().square(),
      y.mul(-0).add(x),
    ];
    const conditions = [x.eq(y), x.gt(y), x.ge(y), x.lt(y), x.le(y)].map((c) => Term.where(c, 1, 0));
    for (const generate of [true, false]) {
      const at = (list: Term[], ...args: [number, number, number, number]) =>
        list.map((term) => compileTerm(term, generate)(...args));
      expect(at(terms, 5, 1.25, 4, 2)).toEqual([
        3.75,
        7,
        4,
        625,
        -7.5,
        scalarFunction("erf")(5, 0, 0) ** 2,
        5,
      ]);
      expect(at(conditions, 1, 1, 0, 0)).toEqual([1, 0, 1, 0, 1]);
      expect(at(conditions, 2, 1, 0, 0)).toEqual([0, 1, 1, 0, 0]);
      expect(at(conditions, 1, 2, 0, 0)).toEqual([0, 0, 0, 1, 1]);
    }
  });

  it("computes a shared part of a derivative once", () => {
    const { body } = derivativeSource(traceDerivative("silu"));
    expect(body.match(/sigmoid/g)).toHaveLength(1);
  });

  it("multiplies the incoming gradient, in place too", () => {
    const y = Float32Array.of(9, 0.5, 0.25, 9);
    const g = Float32Array.of(7, 2, 4, 7);
    js.unaryGrad("sigmoid", 0, 0, 2, null, 0, y, 1, g, 1, g, 1);
    expect([...g]).toEqual([7, 0.5, 0.75, 7]);
  });
});

describe("any shape and strides", () => {
  const inputs = (count: number) =>
    shapes.chain((shape) =>
      fc.tuple(fc.constant(shape), ...Array.from({ length: count }, () => view(shape))),
    );
  const expected = (shape: number[], value: (at: number[]) => number) =>
    Float32Array.from(positions(shape), value);

  it("unary", () => {
    fc.assert(
      fc.property(inputs(1), ([shape, v]) => {
        const x = counting(v.length);
        const out = new Float32Array(numel(shape) + 2).fill(99);
        js.unary("square", 0, 0, shape, x, v.offset, v.strides, out, 1);
        const want = expected(shape, (at) => x[address(v, at)] ** 2);
        expect([...out]).toEqual([99, ...want, 99]);
      }),
    );
  });

  it("binary and compare", () => {
    fc.assert(
      fc.property(inputs(2), ([shape, v, w]) => {
        const a = counting(v.length);
        const b = counting(w.length);
        const out = new Float32Array(numel(shape) + 2).fill(99);
        js.binary("sub", shape, a, v.offset, v.strides, b, w.offset, w.strides, out, 1);
        expect([...out]).toEqual([99, ...expected(shape, (at) => a[address(v, at)] - b[address(w, at)]), 99]);
        const mask = new Uint8Array(numel(shape) + 2).fill(99);
        js.compare("lt", shape, a, v.offset, v.strides, b, w.offset, w.strides, mask, 1);
        expect([...mask]).toEqual([
          99,
          ...expected(shape, (at) => +(a[address(v, at)] < b[address(w, at)])),
          99,
        ]);
      }),
    );
  });

  it("where", () => {
    fc.assert(
      fc.property(inputs(3), ([shape, u, v, w]) => {
        const c = Uint8Array.from({ length: u.length }, (_, i) => (i % 3) % 2);
        const a = counting(v.length);
        const b = counting(w.length).map((value) => value + 100);
        const out = new Float32Array(numel(shape) + 1).fill(99);
        js.where(shape, c, u.offset, u.strides, a, v.offset, v.strides, b, w.offset, w.strides, out, 0);
        const want = expected(shape, (at) => (c[address(u, at)] ? a[address(v, at)] : b[address(w, at)]));
        expect([...out]).toEqual([...want, 99]);
      }),
    );
  });

  it("copy, with strides on both sides", () => {
    const both = shapes.chain((shape) => fc.tuple(fc.constant(shape), view(shape), view(shape, true)));
    fc.assert(
      fc.property(both, ([shape, v, w]: [number[], View, View]) => {
        const x = counting(v.length);
        const out = new Float64Array(w.length).fill(99);
        const want = Float64Array.from(out);
        for (const at of positions(shape)) want[address(w, at)] = x[address(v, at)];
        js.copy(shape, x, v.offset, v.strides, out, w.offset, w.strides);
        expect([...out]).toEqual([...want]);
      }),
    );
  });

  it("in place", () => {
    const x = counting(40);
    const want = x.map((v) => v + v);
    js.binary("add", [8, 5], x, 0, [5, 1], x, 0, [5, 1], x, 0);
    expect([...x]).toEqual([...want]);
  });
});

describe("dtypes", () => {
  it("copies convert: fractions drop, integers wrap, doubles round", () => {
    const convert = <T extends Float32Array | Int32Array | Uint8Array>(
      values: number[],
      out: T,
    ): number[] => {
      js.copy([values.length], Float64Array.from(values), 0, [1], out, 0, [1]);
      return [...out];
    };
    expect(convert([1.9, -1.9, 2 ** 31, nan], new Int32Array(4))).toEqual([1, -1, -(2 ** 31), 0]);
    expect(convert([1.9, 257, -1, inf], new Uint8Array(4))).toEqual([1, 1, 255, 0]);
    expect(convert([0.1, 1e300], new Float32Array(2))).toEqual([Math.fround(0.1), inf]);
  });

  it("copies of one type are the same bits, long or short", () => {
    for (const n of [0, 1, 32, 33, 100]) {
      const out = new Float32Array(n + 2).fill(7);
      js.copy([n], counting(n + 3), 3, [1], out, 1, [1]);
      expect([...out]).toEqual([7, ...counting(n + 3).subarray(3), 7]);
    }
  });

  it("integer arithmetic wraps and is exact", () => {
    const run = (op: "add" | "mul" | "div", a: number, b: number) => {
      const out = new Int32Array(1);
      js.binary(op, [], Int32Array.of(a), 0, [], Int32Array.of(b), 0, [], out, 0);
      return out[0];
    };
    expect(run("add", 2147483647, 1)).toBe(-2147483648);
    // 123456789 · 987654321 has 57 bits: past a double.
    expect(run("mul", 123456789, 987654321)).toBe(-67153019);
    expect(run("div", -7, 2)).toBe(-3);
    const bytes = new Uint8Array(1);
    js.unary("neg", 0, 0, [1], Uint8Array.of(1), 0, [1], bytes, 0);
    expect(bytes[0]).toBe(255);
  });

  it("fill writes only its range", () => {
    const out = new Int32Array(5).fill(9);
    expect(js.fill(-3.7, 2, out, 2)).toBe(-1);
    expect([...out]).toEqual([9, 9, -3, -3, 9]);
  });
});

describe("binary and compare rows", () => {
  it.each([
    ["pow", 1, nan, 1],
    ["pow", -1, inf, 1],
    ["pow", nan, 0, 1],
    ["pow", -8, 1 / 3, nan],
    ["maximum", nan, 1, nan],
    ["minimum", 1, nan, nan],
    ["minimum", -inf, 1, -inf],
    ["div", 1, 0, inf],
  ] as const)("%s(%d, %d) is %d", (op, a, b, y) => {
    expect(binaryRows[op].f(a, b)).toBe(y);
  });

  it("NaN equals nothing", () => {
    const row = (a: number, b: number) => Object.values(compareRows).map((r) => r.f(a, b));
    expect(row(nan, nan)).toEqual([0, 1, 0, 0, 0, 0]);
    expect(row(1, 2)).toEqual([0, 1, 1, 1, 0, 0]);
    expect(row(2, 2)).toEqual([1, 0, 0, 1, 0, 1]);
  });
});

it("works, with the same values, where code generation from strings is forbidden", () => {
  const script = `
    const js = await import(process.argv[1]);
    const x = Float32Array.of(-1, 0.5, 2), g = Float32Array.of(1, 2, 3), out = new Float32Array(6);
    js.unary("silu", 0, 0, [3], x, 0, [1], out, 0);
    js.unaryGrad("gelu", 0, 0, 3, x, 0, null, 0, g, 0, out, 3);
    console.log(JSON.stringify([...out]));`;
  const core = new URL("../../dist/kernels/js/index.js", import.meta.url).href;
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [...flags, "--input-type=module", "-e", script, core], { encoding: "utf8" });
  const strict = run("--disallow-code-generation-from-strings");
  expect(strict.stderr).toBe("");
  expect(strict.stdout).toBe(run().stdout);
  expect(JSON.parse(strict.stdout)).toHaveLength(6);
});
