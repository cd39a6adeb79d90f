/**
 * Values, gradients, shapes and dtypes of operations against PyTorch: ordinary ones, ties, NaN, infinities,
 * nothing at all.
 */
import { describe, expect, it } from "vitest";
import { isFloating } from "../../src/dtype.js";
import { cat, matmul, stack, type Tensor, tensor, where } from "../../src/index.js";
import { binaryMathRows } from "../../src/kernels/binary-math.js";
import { binaryRows, compareRows, unaryRows } from "../../src/kernels/rows.js";
import { specialBinaryRows, specialUnaryRows } from "../../src/kernels/special-rows.js";
import { unaryMathRows } from "../../src/kernels/unary-math.js";
import { oneHot } from "../../src/ops/index/indexing.js";
import { linear } from "../../src/ops/linalg/matmul.js";
import { expectClose, float32, float64, type Tolerance, tolerances } from "../close.js";
import { decode, elements, load, type Stored, type StoredCase, toTensor } from "../fixtures/pytorch/read.js";

type Run = (inputs: Tensor[], options: Record<string, any>) => Tensor;

const reduce =
  (
    name: "sum" | "mean" | "prod" | "amax" | "amin" | "var" | "std" | "logsumexp" | "argmax" | "argmin",
  ): Run =>
  ([x], { dim, ...rest }) =>
    (x[name] as (dim?: any, options?: any) => Tensor)(dim, rest);

const ops: Record<string, Run> = {
  ...Object.fromEntries(
    (["sum", "mean", "prod", "amax", "amin", "var", "std", "logsumexp", "argmax", "argmin"] as const).map(
      (name) => [name, reduce(name)],
    ),
  ),
  all: ([x], { dim }) => x.all(dim),
  any: ([x], { dim }) => x.any(dim),
  matmul: ([a, b]) => matmul(a, b),
  linear: ([x, w, b]) => linear(x, w, b ?? null),
  softmax: ([x], { dim }) => x.softmax(dim),
  logSoftmax: ([x], { dim }) => x.logSoftmax(dim),
  where: ([c, a, b]) => where(c, a, b),
  indexSelect: ([x, index], { dim }) => x.indexSelect(dim, index),
  gather: ([x, index], { dim }) => x.gather(dim, index),
  oneHot: ([index], { classes }) => oneHot(index, classes),
  cat: (inputs, { dim }) => cat(inputs, dim),
  stack: (inputs, { dim }) => stack(inputs, dim),
};

const cases = load<StoredCase[]>("ops");

describe.each(["float64", "float32"] as const)("operations in %s", (dtype) => {
  it.each(Object.keys(ops))("%s", (op) => {
    const own = cases.filter((c) => c.op === op);
    expect(own.length).toBeGreaterThan(0);
    for (const [i, c] of own.entries()) {
      const what = `${op} #${i} ${JSON.stringify(c.inputs.map((x) => x[1]))} ${JSON.stringify(c.options)}`;
      const leaves = c.inputs.map((x) => toTensor(x, dtype));
      for (const [j, x] of leaves.entries()) if (c.grads?.[j]) x.requiresGrad = true;
      const y = ops[op](leaves, c.options);
      expect(y.shape, what).toEqual(c.output[1]);
      expect(y.dtype, what).toBe(isFloating(c.output[0]) ? dtype : c.output[0]);
      expectClose(elements(y), decode(c.output[2]), tolerances[dtype], what);
      if (c.cotangent === undefined) continue;
      y.backward(toTensor(c.cotangent, dtype));
      for (const [j, g] of c.grads!.entries())
        if (g !== null)
          expectClose(elements(leaves[j].grad!), decode(g[2]), tolerances[dtype], `${what}, gradient ${j}`);
    }
  });

  it("covers every operation of the fixtures", () => {
    expect([...new Set(cases.map((c) => c.op))].sort()).toEqual(Object.keys(ops).sort());
  });
});

describe("unary rows", () => {
  interface UnaryCase {
    op: keyof typeof unaryRows;
    options: Record<string, number>;
    dtype: "float32" | "float64";
    output: Stored[];
    grad: Stored[];
  }
  const fixtures = load<{ x: Stored[]; cases: UnaryCase[] }>("unary");

  it("all have fixtures", () => {
    const known = new Set(fixtures.cases.map((c) => c.op));
    // Pointwise.test.ts, special.test.ts
    const others = [...Object.keys(unaryMathRows), ...Object.keys(specialUnaryRows)];
    const names = Object.keys(unaryRows).filter((name) => !others.includes(name));
    expect(names.filter((name) => !known.has(name as keyof typeof unaryRows))).toEqual([]);
  });

  /**
   * 0, ±0.5, … ±1000, infinities, NaN. Both sides round functions within 2 ULP of the result and compose a
   * few roundings of numbers below 1 in gradients (1 - y² for tanh), hence the absolute part.
   */
  const near: Record<string, Tolerance> = {
    float64: { rtol: 1e-14, atol: 1e-15 },
    float32: { rtol: 1e-6, atol: 3e-7 },
  };

  /** Where we differ on purpose: what, the value of x, and our value. */
  const deviations: Record<string, [x: number, expected: number | undefined, why: string][]> = {
    "gelu float32 output": [
      [Infinity, Infinity, "PyTorch's vectorized float32 code gives NaN; its float64 code Infinity"],
    ],
  };
  const truth = (what: string, stored: Stored[], actual: ArrayLike<number>) => {
    const expected = decode(stored);
    for (const [x, value] of deviations[what] ?? []) {
      const i = decode(fixtures.x).findIndex((v) => Object.is(v, x));
      expected[i] = value ?? actual[i];
    }
    return expected;
  };

  it.each(fixtures.cases)("$op $options in $dtype", ({ op, options, dtype, output, grad }) => {
    const x = tensor(decode(fixtures.x), { dtype, requiresGrad: true });
    const y = (x[op] as (options?: object) => Tensor)(options);
    expectClose(
      y.data,
      truth(`${op} ${dtype} output`, output, y.data),
      near[dtype],
      `${op} of [${fixtures.x}]`,
    );
    y.backward(tensor(y.data.slice().fill(1)));
    const slopes = x.grad!.data;
    const expected = truth(`${op} ${dtype} gradient`, grad, slopes);
    expectClose(slopes, expected, near[dtype], `gradient of ${op} at [${fixtures.x}]`);
  });
});

describe("binary rows and comparisons", () => {
  const { operands, cases } = load<{
    operands: Stored[];
    cases: { op: string; output: Stored[]; gradA?: Stored[]; gradB?: Stored[] }[];
  }>("binary");
  const values = decode(operands);
  const pairs = values.flatMap((a) => values.map((b) => [a, b]));

  it("all have fixtures", () => {
    const known = [
      ...cases.map((c) => c.op),
      ...Object.keys(binaryMathRows),
      ...Object.keys(specialBinaryRows),
    ]; // pointwise.test.ts, special.test.ts
    for (const name of [...Object.keys(binaryRows), ...Object.keys(compareRows)])
      expect(known).toContain(name);
  });

  describe.each(["float64", "float32"] as const)("%s", (dtype) => {
    const tolerance = dtype === "float64" ? { ...float64, atol: 0 } : { ...float32, atol: 0 };
    it.each(cases)("$op over all pairs of special values", ({ op, output, gradA, gradB }) => {
      const [a, b] = [0, 1].map((i) =>
        tensor(
          pairs.map((p) => p[i]),
          { dtype },
        ),
      );
      if (gradA !== undefined) a.requiresGrad = b.requiresGrad = true;
      const y = (a[op as "add"] as (b: Tensor) => Tensor)(b);
      const check = (actual: ArrayLike<number>, expected: Stored[], what: string) => {
        const truth = decode(expected);
        for (let i = 0; i < truth.length; i++)
          expectClose([actual[i]], [truth[i]], tolerance, `${what}(${pairs[i][0]}, ${pairs[i][1]})`);
      };
      check(y.data, output, op);
      if (gradA === undefined) return;
      y.backward(tensor(y.data.slice().fill(1)));
      check(a.grad!.data, gradA, `d/da ${op}`);
      check(b.grad!.data, gradB!, `d/db ${op}`);
    });
  });
});
