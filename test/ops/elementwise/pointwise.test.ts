/**
 * Elementwise operations without C++ against PyTorch: the rows at special values, and the forms that are made
 * of rows.
 */
import { describe, expect, it } from "vitest";
import { type Tensor, tensor } from "../../../src/index.js";
import { binaryMathRows } from "../../../src/kernels/binary-math.js";
import { unaryMathRows } from "../../../src/kernels/unary-math.js";
import { expectClose } from "../../close.js";
import { compareCase } from "../../fixtures/pytorch/compare.js";
import { decode, load, type Stored, type StoredCase } from "../../fixtures/pytorch/read.js";

const fixtures = load<{
  x: Stored[];
  unary: { op: keyof typeof unaryMathRows; dtype: "float32" | "float64"; output: Stored[]; grad: Stored[] }[];
  operands: Stored[];
  pairs: {
    op: keyof typeof binaryMathRows;
    output: Stored[];
    gradA?: Stored[];
    gradB?: Stored[];
    n?: number;
    x?: Stored[];
  }[];
}>("pointwise-rows");

describe("rows without C++", () => {
  it("all have fixtures", () => {
    const known = new Set<string>([...fixtures.unary, ...fixtures.pairs].map(({ op }) => op));
    const names = [...Object.keys(unaryMathRows), ...Object.keys(binaryMathRows)];
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  /** Where we are nearer to the truth than PyTorch is: poles of trigamma, infinities. */
  const differs = (what: string, x: number, b = 0): boolean =>
    (/^i[01]/.test(what) && !(Math.abs(x) < 100)) ||
    (what === "digamma'" && x <= 0 && Number.isInteger(x)) ||
    (what === "polygamma" && (Math.abs(x) === Infinity || (b === 1 && x <= 0 && Number.isInteger(x)))) ||
    (what === "d/db remainder" && (Math.abs(x) === Infinity || Math.abs(b) === Infinity));
  /**
   * PyTorch's trigamma is good to 9 digits, in float32 to 4; its sinc' in float32 to 3 where the cosine is
   * near 0.
   */
  const rough = (what: string, n?: number, dtype?: string): number | undefined =>
    what === "digamma'" || (what === "polygamma" && n === 1)
      ? dtype === "float32"
        ? 5e-5
        : 1e-8
      : what === "sinc'" && dtype === "float32"
        ? 1e-3
        : undefined;

  /** Both sides are a few ULP from the truth, and cancel where ln Γ has its zeros. */
  const near = { float64: { rtol: 4e-14, atol: 5e-15 }, float32: { rtol: 1e-6, atol: 3e-7 } };

  it.each(fixtures.unary)("$op in $dtype", ({ op, dtype, output, grad }) => {
    const values = decode(fixtures.x);
    const x = tensor(values, { dtype, requiresGrad: true });
    const y = (x[op] as () => Tensor)();
    const one = (actual: ArrayLike<number>, stored: Stored[], what: string) =>
      decode(stored).forEach((v, i) => {
        if (differs(what, values[i])) return;
        const rtol = rough(what, undefined, dtype) ?? near[dtype].rtol;
        const tolerance = { rtol, atol: near[dtype].atol };
        expectClose([actual[i]], [v], tolerance, `${what}(${values[i]})`);
      });
    one(y.data, output, op);
    y.backward(tensor(y.data.slice().fill(1)));
    one(x.grad!.data, grad, `${op}'`);
  });

  it.each(fixtures.pairs)("$op over all pairs", ({ op, output, gradA, gradB, n, x }) => {
    const values = decode(fixtures.operands);
    const pairs =
      n === undefined ? values.flatMap((a) => values.map((b) => [a, b])) : decode(x!).map((a) => [a, n]);
    const [a, b] = [0, 1].map((i) =>
      tensor(
        pairs.map((p) => p[i]),
        { dtype: "float64", requiresGrad: true },
      ),
    );
    const y = (a[op] as (b: Tensor) => Tensor)(b);
    const all = (actual: ArrayLike<number>, stored: Stored[], what: string) =>
      decode(stored).forEach((v, i) => {
        if (differs(what, pairs[i][0], pairs[i][1])) return;
        const tolerance = { rtol: rough(what, n) ?? 1e-13, atol: 1e-15 };
        expectClose([actual[i]], [v], tolerance, `${what}(${pairs[i]})`);
      });
    all(y.data, output, op);
    if (gradA === undefined) return;
    y.backward(tensor(y.data.slice().fill(1)));
    all(a.grad!.data, gradA, `d/da ${op}`);
    all(b.grad!.data, gradB!, `d/db ${op}`);
  });
});

describe.each(["float64", "float32"] as const)("forms in %s", (dtype) => {
  const cases = load<StoredCase[]>("pointwise");
  it.each([...new Set(cases.map((c) => c.op))])("%s", (op) => {
    for (const c of cases.filter((c) => c.op === op))
      compareCase(c, dtype, (x, ...rest) => (x as any)[op](...rest));
  });
});
