/**
 * Every gradient against difference quotients in float64, and every gradient of a gradient. Rows of
 * kernels/rows.ts are found by themselves; other operations have cases in cases.ts, and one without a case
 * fails here.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { differentiable } from "../../src/autograd/graph.js";
import * as library from "../../src/index.js";
import { autograd, backend, gradcheck, linalg, nn, Tensor, tensor } from "../../src/index.js";
import { integerRows } from "../../src/kernels/binary-math.js";
import type { BinaryRow, UnaryRow } from "../../src/kernels/row-types.js";
import {
  type BinaryName,
  binaryRows,
  compareRows,
  type UnaryName,
  unaryRows,
} from "../../src/kernels/rows.js";
import { numel } from "../../src/shape.js";
import { readOperations } from "../../tools/operations/read.js";
import { expectClose } from "../close.js";
import { elements } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";
import { type Case, cases, layersOf } from "./cases.js";
import { withoutGradientOfNumbers } from "./numeric-cases.js";

// float64 runs on the JavaScript core in any case; this keeps float32 constants and indices there too.
beforeAll(() => backend.use("js"));

/**
 * Values spread over (low, high), at least `gap` away from the kinks, where difference quotients mean
 * nothing.
 */
function samples(
  n: number,
  low: number,
  high: number,
  kinks: readonly number[] = [],
  seed = 0,
): Float64Array {
  const gap = 1e-3;
  return units(n, seed).map((u) => {
    const x = low + ((u + 1) / 2) * (high - low);
    const kink = kinks.find((k) => Math.abs(x - k) < gap);
    return kink === undefined ? x : kink + (x < kink && kink - 2 * gap >= low ? -2 : 2) * gap;
  });
}

const leaf = (data: Float64Array | number[], shape: readonly number[]) =>
  tensor(Float64Array.from(data), { shape, requiresGrad: true });

/**
 * The same check one level up: the gradient, as a function of the inputs and of the cotangent, has a gradient
 * too.
 */
function gradgradcheck(fn: (...inputs: Tensor[]) => Tensor, inputs: Tensor[]): void {
  const out = fn(...inputs);
  const cotangent = leaf(units(out.numel, 77), out.shape);
  const gradients = (...all: Tensor[]) => {
    const xs = all.slice(0, -1);
    const found = autograd.grad(fn(...xs), xs, {
      gradOutputs: [all.at(-1)!],
      createGraph: true,
      allowUnused: true,
    });
    // One scalar of all gradients, with factors that differ.
    return (
      found
        .map((g, i) => (g === null ? null : g.mul(leafless(units(g.numel, 90 + i), g.shape)).sum()))
        .filter((g) => g !== null)
        // A gradient that is constant (floor's is 0) is still a function of them
        .concat(all.map((x) => x.mul(0).sum()))
        .reduce((a, b) => a.add(b))
    );
  };
  gradcheck(gradients, [...inputs, cotangent]);
}

/**
 * `backward` may write gradients straight into leaves; it must give what `autograd.grad` gives, and then
 * twice that.
 */
function backwardcheck(fn: (...inputs: Tensor[]) => Tensor, inputs: Tensor[]): void {
  const cotangent = leafless(units(fn(...inputs).numel, 78), fn(...inputs).shape);
  const gradOutputs = [cotangent];
  const expected = autograd.grad(fn(...inputs), inputs, { gradOutputs, allowUnused: true });
  const close = { rtol: 1e-12, atol: 1e-14 };
  // With createGraph the composed form stands in for fused kernels: the same gradients.
  const composed = autograd.grad(fn(...inputs), inputs, {
    gradOutputs,
    allowUnused: true,
    createGraph: true,
  });
  for (const [i, g] of composed.entries())
    if (g !== null)
      expectClose(elements(g.detach()), elements(expected[i]!), close, `input ${i} with createGraph`);
  for (const times of [1, 2]) {
    fn(...inputs).backward(cotangent);
    for (const [i, x] of inputs.entries())
      if (expected[i] === null) expect(x.grad).toBe(null);
      else expectClose(elements(x.gradient!), elements(expected[i]!.mul(times)), close, `input ${i}`);
  }
}

const leafless = (data: Float64Array, shape: readonly number[]) => tensor(data, { shape });

describe("unary rows", () => {
  for (const [name, given] of Object.entries(unaryRows)) {
    const row: UnaryRow = given;
    if (row.derivative === null) {
      it(`${name} says that it has no gradient`, () => {
        const y = leaf([0.5], [1])[name as UnaryName]();
        for (const createGraph of [false, true])
          expect(() => y.backward(undefined, { createGraph })).toThrow(
            expect.objectContaining({ code: "NO_GRADIENT" }),
          );
      });
      continue;
    }
    const defaults = Object.values(row.params ?? {}) as number[];
    const keys = Object.keys(row.params ?? {});
    for (const values of [defaults, ...(row.samples ?? [])]) {
      const options = Object.fromEntries(keys.map((key, i) => [key, values[i]]));
      const fn = (x: Tensor) => (x[name as UnaryName] as (options?: object) => Tensor)(options);
      const limits = values.filter((v) => Number.isFinite(v) && name === "clamp");
      const [low, high] = row.domain;
      const input = () => leaf(samples(24, low, high, [...(row.kinks ?? []), ...limits], 1), [4, 6]);
      it(`${name} ${JSON.stringify(options)}`, () => {
        gradcheck(fn, [input()]);
        gradcheck((x) => fn(x.transpose(0, 1)), [input()]);
        gradcheck(fn, [leaf([], [0, 2])]);
        gradgradcheck(fn, [input()]);
        backwardcheck(fn, [input()]);
      });
    }
  }
});

describe("binary rows", () => {
  const shapes = [
    [
      [3, 4],
      [3, 4],
    ],
    [[3, 1], [4]],
    [[], [2, 3]],
    [
      [2, 1, 3],
      [4, 1],
    ],
  ];
  for (const [name, given] of Object.entries(binaryRows)) {
    const row: BinaryRow = given;
    const fn = (a: Tensor, b: Tensor) => a[name as BinaryName](b);
    const [low, high] = row.domain;
    if (row.gradA === null) {
      it(`${name} says that its first operand has no gradient`, () => {
        const [a, b] = [3, 4].map((seed) => leaf(samples(4, low, high, [], seed), [4]));
        expect(() => fn(a, b).sum().backward()).toThrow(expect.objectContaining({ code: "NO_GRADIENT" }));
        if (row.gradB === null) return;
        gradcheck((x) => fn(a.detach(), x), [b]);
        gradgradcheck((x) => fn(a.detach(), x), [b]);
        backwardcheck((x) => fn(a.detach(), x), [b]);
      });
      continue;
    }
    it.each(shapes)(`${name} %j %j`, (sa, sb) => {
      const [a, b] = [sa, sb].map((shape, i) => leaf(samples(numel(shape), low, high, [], 5 + i), shape));
      gradcheck(fn, [a, b]);
      gradcheck((x) => fn(x, tensor(0.75).double()), [a]);
      gradcheck((x) => fn(tensor(0.75).double(), x), [b]);
      gradgradcheck(fn, [a, b]);
      backwardcheck(fn, [a, b]);
    });
    if (name === "nextafter") continue; // of equal operands PyTorch gives no gradient to either
    it(`${name} with itself`, () => {
      const x = leaf(samples(6, low, high, [], 9), [2, 3]);
      gradcheck((a) => fn(a, a), [x]);
      gradgradcheck((a) => fn(a, a), [x]);
      backwardcheck((a) => fn(a, a), [x]);
    });
  }
});

/** New inputs of a case. */
function inputsOf({ shapes, values = [-2, 2] }: Case): Tensor[] {
  return shapes.map((shape, i) => {
    const given = values[i];
    const [low, high] = values as readonly [number, number];
    return leaf(Array.isArray(given) ? given : samples(numel(shape), low, high, [], 20 + i), shape);
  });
}

describe.each(Object.entries(cases))("%s", (name, own) => {
  it.each(own.map((c, i) => [i, JSON.stringify(c.shapes), c] as const))("#%i %s", (_, __, c) => {
    // Through float32 the difference quotient loses all but three digits of its step.
    const options = c.noSecondOrder === "float32 between" ? { eps: 1e-2, atol: 1e-2 } : {};
    gradcheck(c.fn, inputsOf(c), options);
    backwardcheck(c.fn, inputsOf(c));
    if (c.noSecondOrder === undefined) gradgradcheck(c.fn, inputsOf(c));
  });
  if (own.length === 0) it(`${name} has nothing to check in float64`, () => {});
});

const operations = await readOperations();

/** Tests of values, logic, bits and random numbers. */
const withoutGradientOfRows = [
  ...Object.keys(integerRows),
  ...withoutGradientOfNumbers,
  ...["isnan", "isinf", "isfinite", "isposinf", "isneginf", "isclose", "signbit", "heaviside", "bitwiseNot"],
  ...["logicalAnd", "logicalOr", "logicalXor", "logicalNot", "sgn", "bernoulli", "multinomial"],
  ...["randLike", "randnLike", "randint", "randintLike", "normal"],
  "geqrf",
];

describe("nothing is left out", () => {
  const rows = new Set([...Object.keys(unaryRows), ...Object.keys(binaryRows)]);
  /** All names of the operation that has this name: a case of one of them is a case of all. */
  const namesOf = new Map(
    operations.flatMap(({ forms }) => {
      const names = forms
        .filter(({ kind }) => kind !== "linalg" && kind !== "inPlace")
        .map(({ name }) => name);
      return names.map((name) => [name, names] as const);
    }),
  );
  const someName = (name: string, fits: (name: string) => boolean) =>
    (namesOf.get(name) ?? [name]).some(fits);
  const known = (name: string) => someName(name, (n) => rows.has(n) || Object.hasOwn(cases, n));

  it("every method of Tensor has a case or no gradient", () => {
    const withoutGradient = new Set([
      ...Object.keys(compareRows),
      ...[
        "constructor",
        "toString",
        "toJSON",
        "toArray",
        "toTransferable",
        "item",
        "data",
        "array",
        "ndim",
        "numel",
        "grad",
        "gradient",
        "gradFn",
        "isBehind",
        "isLeaf",
        "gradFn",
        "isBehind",
        "toTransferable",
      ],
      ...[
        "isContiguous",
        "requiresGrad",
        "requiresGrad_",
        "retainGrad",
        "registerHook",
        "backward",
        "detach",
      ],
      ...["viewOf", "gradientStored", "argmax", "argmin", "all", "any", "int", "bool"],
      ...withoutGradientOfRows,
      ...["nonzeroStatic", "size", "stride", "dim"],
      ...["argsort", "unique", "uniqueConsecutive", "nonzero", "argwhere", "countNonzero", "heaviside"],
      ...["isclose", "allclose", "equal"],
    ]);
    const methods = Object.getOwnPropertyNames(Tensor.prototype).filter((name) => !name.endsWith("_"));
    const silent = (name: string) => someName(name, (n) => withoutGradient.has(n));
    expect(methods.filter((name) => !known(name) && !silent(name))).toEqual([]);
  });

  it("every function of nn.functional has a case", () => {
    const withoutGradient = ["oneHot"];
    const names = Object.keys(nn.functional).filter((name) => !withoutGradient.includes(name));
    expect(names.filter((name) => !known(name))).toEqual([]);
  });

  it("every function of linalg has a case", () => {
    const withoutGradient = ["matrixRank", "ldlFactor", "ldlFactorEx", "ldlSolve"];
    const names = Object.keys(linalg).filter((name) => !withoutGradient.includes(name));
    expect(names.filter((name) => !known(`linalg.${name}`))).toEqual([]);
  });

  it("every layer and loss has a case", () => {
    const abstract = ["Module", "Parameter", "Identity"];
    const classes = Object.entries(nn).filter(([, value]) => typeof value === "function" && value.prototype);
    const modules = classes.filter(([, value]) => (value as any).prototype instanceof nn.Module);
    expect(modules.length).toBeGreaterThan(15);
    expect(
      modules
        .map(([name]) => name)
        .filter((name) => !abstract.includes(name) && !known(layersOf[name] ?? name)),
    ).toEqual([]);
  });

  it("every function of the library that takes tensors has a case", () => {
    const others = [
      ...["arange", "eye", "full", "linspace", "ones", "onesLike", "rand", "randn", "randperm", "tensor"],
      ...["zeros", "zerosLike", "noGrad", "manualSeed", "gradcheck", "fit", "compile", "formatShape"],
      ...["getFloat32MatmulPrecision", "setFloat32MatmulPrecision"],
      ...["broadcastShapes", "unravelIndex", "nonzeroStatic", "detachCopy"],
      ...["all", "any", "argmax", "argmin", "argsort", "unique", "uniqueConsecutive", "nonzero", "argwhere"],
      ...["countNonzero", "heaviside", "isclose", "allclose", "equal", "searchsorted", "bucketize"],
    ];
    const functions = Object.entries(library)
      .filter(([, value]) => typeof value === "function" && !/^[A-Z]/.test(value.name))
      .map(([name]) => name);
    const withoutGradient = [...others, ...Object.keys(compareRows), ...withoutGradientOfRows];
    const silent = (name: string) => someName(name, (n) => withoutGradient.includes(n));
    expect(functions.filter((name) => !known(name) && !silent(name))).toEqual([]);
  });
});

describe("a wrong gradient is found", () => {
  const x = () => leaf(samples(6, 0.5, 2), [2, 3]);
  const square = (factor: (x: Tensor) => Tensor) => (given: Tensor) =>
    differentiable("wrong", [given], given.detach().square(), (g) => [g.mul(factor(given))]);

  it("accepts the right one", () => {
    expect(
      gradcheck(
        square((v) => v.mul(2)),
        [x()],
      ),
    ).toBe(true);
  });
  it.each([
    ["a factor of 1.001", (v: Tensor) => v.mul(2.002)],
    ["a sign", (v: Tensor) => v.mul(-2)],
    [
      "one wrong element",
      (v: Tensor) => v.mul(2).add(tensor(Float64Array.of(0, 0, 0, 0, 0.01, 0), { shape: [2, 3] })),
    ],
    ["no gradient", (v: Tensor) => v.mul(0)],
    ["NaN", (v: Tensor) => v.mul(Number.NaN)],
  ])("rejects %s", (_, factor) => {
    expect(() => gradcheck(square(factor), [x()])).toThrowError(
      expect.objectContaining({
        code: "GRADCHECK_FAILED",
        message: expect.stringMatching(/input 0 \[2, 3\]/),
      }),
    );
  });
  it("rejects a wrong gradient of the second input", () => {
    const fn = (a: Tensor, b: Tensor) =>
      differentiable("wrong", [a, b], a.detach().mul(b.detach()), (g) => [g.mul(b), g.mul(b)]);
    expect(() => gradcheck(fn, [x(), leaf(samples(6, 3, 4), [2, 3])])).toThrow(/gradient of input 1/);
  });
  it("rejects a wrong gradient of a gradient", () => {
    const fn = (a: Tensor) =>
      differentiable("wrong", [a], a.detach().square(), (g) => [g.mul(a.detach().mul(2))]);
    gradcheck(fn, [x()]);
    expect(() => gradgradcheck(fn, [x()])).toThrow(/gradcheck/);
  });
  it("asks for float64 leaves that require a gradient", () => {
    expect(() => gradcheck((a) => a, [tensor([1], { requiresGrad: true })])).toThrow(/float64 leaves/);
    expect(() => gradcheck((a) => a, [tensor(Float64Array.of(1))])).toThrow(/must require a gradient/);
  });
  it("leaves the inputs as they were", () => {
    const a = x();
    const before = a.toArray();
    gradcheck((v) => v.square(), [a]);
    expect(a.toArray()).toEqual(before);
    expect(a.grad).toBe(null);
  });
});
