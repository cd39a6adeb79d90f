/** The rows of `special` against PyTorch, and the namespace. */
import { describe, expect, it } from "vitest";
import { special, type Tensor, tensor } from "../../../src/index.js";
import { specialBinaryRows, specialUnaryRows } from "../../../src/kernels/special-rows.js";
import { expectClose, type Tolerance } from "../../close.js";
import { decode, load, type Stored } from "../../fixtures/pytorch/read.js";

const fixtures = load<{
  unary: {
    op: keyof typeof specialUnaryRows;
    dtype: "float32" | "float64";
    x: Stored[];
    output: Stored[];
    grad: Stored[] | null;
  }[];
  pairs: {
    op: keyof typeof specialBinaryRows;
    a: Stored[];
    b: Stored[];
    output: Stored[];
    gradB: Stored[] | null;
  }[];
}>("special-rows");

describe("special", () => {
  it("has fixtures for every row", () => {
    const known = new Set<string>([...fixtures.unary, ...fixtures.pairs].map(({ op }) => op));
    const names = [...Object.keys(specialUnaryRows), ...Object.keys(specialBinaryRows)];
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  /** Where we are nearer to the truth: limits at infinity, NaN that stays, digits that PyTorch loses. */
  const differs = (what: string, a: number, b = 0): boolean =>
    (/^(bessel|airy)/.test(what) && Math.abs(a) === Infinity) ||
    (what === "i1e'" && Number.isNaN(a)) ||
    (what === "logNdtr'" && (a === -Infinity || a < -20)) ||
    (/^igammac?$/.test(what) && (Number.isNaN(a) || Number.isNaN(b) || (a === 40 && b === 40))) ||
    (/zeta$/.test(what) && (Number.isNaN(a) || b === Infinity || (a === 60 && b === -1.5)));
  /**
   * A rounding of y is y² roundings of e^(y²/2); between -7 and -4 the series of Ai cancels; cosines of
   * angles are not exact.
   */
  const rough: Record<string, Partial<Tolerance>> = {
    "ndtri'": { rtol: 1e-5 },
    airyAi: { atol: 1e-11 },
    chebyshevPolynomialT: { atol: 1e-14 },
    chebyshevPolynomialU: { atol: 1e-14 },
    shiftedChebyshevPolynomialT: { atol: 1e-14 },
  };

  it.each(fixtures.unary)("$op in $dtype", ({ op, dtype, x, output, grad }) => {
    const values = decode(x);
    const given = tensor(values, { dtype, requiresGrad: grad !== null });
    const y = special[op](given);
    const near: Tolerance = dtype === "float32" ? { rtol: 2e-6, atol: 5e-7 } : { rtol: 2e-13, atol: 1e-15 };
    const all = (actual: ArrayLike<number>, stored: Stored[], what: string) =>
      decode(stored).forEach((v, i) => {
        const tolerance = { ...near, ...(dtype === "float32" || what === "airyAi" ? rough[what] : {}) };
        if (!differs(what, values[i])) expectClose([actual[i]], [v], tolerance, `${what}(${values[i]})`);
      });
    all(y.data, output, op);
    if (grad === null) return;
    y.backward(tensor(y.data.slice().fill(1)));
    all(given.grad!.data, grad, `${op}'`);
  });

  it("ends for arguments of any size, and is right where series would be long", () => {
    const sizes = [0, 5e-324, 1e-40, -0.5, 1, 25, 108, 1e5 + 1, 1e16, 3e38, -3e38, 1e308, Infinity];
    const pairs = sizes.flatMap((a) => sizes.map((b) => [a, b] as const));
    const float64 = (values: number[]) => tensor(values, { dtype: "float64" });
    const [a, b] = [0, 1].map((i) => float64(pairs.map((pair) => pair[i]!)));
    const rows = { ...special, igamma: special.gammainc, igammac: special.gammaincc };
    for (const name of Object.keys(specialUnaryRows) as (keyof typeof specialUnaryRows)[])
      expect(special[name](float64(sizes)).numel, name).toBe(sizes.length);
    for (const name of Object.keys(specialBinaryRows) as (keyof typeof specialBinaryRows)[])
      expect((rows[name] as (a: Tensor, b: Tensor) => Tensor)(a, b).numel, name).toBe(pairs.length);
    // SciPy's.
    const large = special.gammainc(float64([1e6, 2e5, 1e10]), float64([1e6 + 500, 2e5 - 300, 1e10 + 1e5]));
    expectClose(large.data, [0.6915504757, 0.2512980243, 0.841344746], { rtol: 1e-9, atol: 0 });
  });

  it.each(fixtures.pairs)("$op over all pairs", ({ op, a, b, output, gradB }) => {
    const functions = { ...special, igamma: special.gammainc, igammac: special.gammaincc };
    const points = [a, b].map((v) => decode(v));
    const [first, second] = points.map((v) => tensor(v, { dtype: "float64" }));
    second.requiresGrad = gradB !== null;
    const y = (functions[op] as (a: Tensor, b: Tensor) => Tensor)(first, second);
    const near: Tolerance = { rtol: 1e-13, atol: 1e-15 };
    const all = (actual: ArrayLike<number>, stored: Stored[], what: string) =>
      decode(stored).forEach((v, i) => {
        const [p, q] = [points[0][i], points[1][i]];
        if (!differs(what, p, q))
          expectClose([actual[i]], [v], { ...near, ...rough[what] }, `${what}(${p}, ${q})`);
      });
    all(y.data, output, op);
    if (gradB === null) return;
    y.backward(tensor(y.data.slice().fill(1)));
    all(second.grad!.data, gradB, `d/db ${op}`);
  });
});
