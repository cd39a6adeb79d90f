/**
 * Every method that changes its tensor, in the graph: its gradients are those of the form that makes a new
 * tensor.
 */
import { describe, expect, it } from "vitest";
import { autograd, cat, gradcheck, Tensor, tensor } from "../../src/index.js";
import type { BinaryRow, UnaryRow } from "../../src/kernels/row-types.js";
import { binaryRows, compareRows, unaryRows } from "../../src/kernels/rows.js";
import { numel } from "../../src/shape.js";
import { readOperations } from "../../tools/operations/read.js";
import { expectClose } from "../close.js";
import { elements } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";

const code = (value: string) => expect.objectContaining({ code: value });
const leaf = (shape: readonly number[], [low, high]: readonly [number, number], seed: number) =>
  tensor(
    units(numel(shape), seed).map((u) => low + ((u + 1) / 2) * (high - low)),
    { shape, requiresGrad: true },
  );
const int = (values: number[], shape = [values.length]) => tensor(Int32Array.from(values), { shape });

/**
 * How to call a method: the shape of x, the shapes of the tensors that have gradients too, the arguments made
 * of these.
 */
interface Call {
  shape?: readonly number[];
  shapes?: readonly (readonly number[])[];
  args?: (...tensors: Tensor[]) => unknown[];
  domain?: readonly [number, number];
  /** The form that makes a new tensor, where it is not called like the method. */
  form?: (x: Tensor, ...args: any[]) => Tensor;
}

const unary = (row: UnaryRow): Call => ({ domain: row.domain as [number, number] });
const binary = (row: BinaryRow): Call => ({
  domain: row.domain as [number, number],
  ...(row.gradB === null ? { args: () => [tensor(1.25).double()] } : { shapes: [[3]] }),
});
const compare: Call = { args: () => [0.25] };
const ofIntegers = ["gcd", "lcm", "bitwiseNot", "bitwiseAnd", "bitwiseOr", "bitwiseXor"].concat([
  "bitwiseLeftShift",
  "bitwiseRightShift",
]);
/** In-place methods of floats that take no argument, whatever they are. */
const plain = (await readOperations())
  .filter(({ signatures }) => signatures[0].parameters.length === 1)
  .flatMap(({ forms }) => forms.flatMap(({ kind, name }) => (kind === "inPlace" ? [name.slice(0, -1)] : [])))
  .filter((name) => !ofIntegers.includes(name));
const table: Record<string, Call> = {
  ...Object.fromEntries(plain.map((name) => [name, {}])),
  ...Object.fromEntries(Object.entries(unaryRows).map(([name, row]) => [name, unary(row)])),
  ...Object.fromEntries(Object.entries(binaryRows).map(([name, row]) => [name, binary(row)])),
  ...Object.fromEntries(Object.keys(compareRows).map((name) => [name, compare])),
  ...Object.fromEntries(
    ["greater", "greaterEqual", "less", "lessEqual", "notEqual", "logicalAnd", "logicalOr", "logicalXor"].map(
      (name) => [name, compare],
    ),
  ),
  nanToNum: {},
  ...Object.fromEntries(["arcsin", "arccos", "arctanh"].map((name) => [name, { domain: [-0.75, 0.75] }])),
  ...Object.fromEntries(
    ["multiply", "divide", "trueDivide", "arctan2", "ldexp"].map((name) => [
      name,
      { shapes: [[3]], domain: [0.5, 2] },
    ]),
  ),
  arccosh: { domain: [1.5, 3] },
  add: { shapes: [[3]], args: (y) => [y, { alpha: 0.5 }] },
  sub: { shapes: [[2, 1]], args: (y) => [y, { alpha: 0.5 }] },
  subtract: { shapes: [[]], args: (y) => [y, { alpha: 2 }] },
  logit: { domain: [0.25, 0.75] },
  pow: { shapes: [[3]], domain: [0.5, 2] },
  floatPower: { args: () => [3] },
  polygamma: { domain: [0.5, 2], args: () => [2.5], ...binary(binaryRows.polygamma) },
  clamp: { shapes: [[3], []], args: (low, high) => [low.sub(1.5), high.add(1.5)] },
  clip: { args: () => [{ min: -0.5 }] },
  clampMin: { args: () => [0.125] },
  clampMax: { args: () => [0.125] },
  mvlgamma: { domain: [2, 4], args: () => [2] },
  lerp: { shapes: [[3], [2, 1]] },
  addcmul: { shapes: [[3], [2, 1]], args: (a, b) => [a, b, { value: 0.5 }] },
  addcdiv: { shapes: [[3], [3]], domain: [0.5, 2] },
  heaviside: { args: () => [tensor(0.5).double()] },
  round: {},
  cumsum: { args: () => [1] },
  cumprod: { args: () => [0] },
  tril: {},
  triu: { args: () => [1] },
  scatter: { shapes: [[1, 3]], args: (src) => [0, int([1, 0, 1], [1, 3]), src] },
  scatterAdd: { shapes: [[2, 3]], args: (src) => [1, int([0, 0, 1, 2, 2, 2], [2, 3]), src] },
  scatterReduce: { shapes: [[2, 3]], args: (src) => [1, int([0, 0, 1, 2, 2, 2], [2, 3]), src, "prod"] },
  indexAdd: { shapes: [[2, 2]], args: (src) => [1, int([0, 0]), src] },
  indexCopy: { shapes: [[1, 3]], args: (src) => [0, int([1]), src] },
  indexFill: { shapes: [[]], args: (value) => [1, int([2]), value] },
  indexPut: { shapes: [[2]], args: (values) => [[int([0, 1]), int([1, 1])], values] },
  indexReduce: { shapes: [[2, 2]], args: (src) => [1, int([2, 0]), src, "prod"] },
  put: { shapes: [[2]], args: (src) => [int([0, 4]), src, { accumulate: true }] },
  maskedFill: { shapes: [[]], args: (value) => [tensor([true, false, true]), value] },
  maskedScatter: { shapes: [[4]], args: (src) => [tensor([true, false, true]), src] },
  addmm: {
    shapes: [
      [2, 4],
      [4, 3],
    ],
    args: (a, b) => [a, b, { alpha: 0.5, beta: 2 }],
  },
  addmv: { shape: [3], shapes: [[3, 4], [4]] },
  addr: { shapes: [[2], [3]] },
  addbmm: {
    shapes: [
      [2, 2, 4],
      [2, 4, 3],
    ],
  },
  baddbmm: {
    shape: [2, 2, 3],
    shapes: [
      [2, 2, 4],
      [2, 4, 3],
    ],
  },
  renorm: { args: () => [2, 0, 0.5] },
  copy: { shapes: [[3]], form: (x, y) => y.expand(x.shape).add(x.mul(0)) },
  fill: { args: () => [0.5], form: (x, value) => x.mul(0).add(value) },
  zero: { form: (x) => x.mul(0) },
};

/** Methods whose result does not depend on the old value: its gradient is 0. */
const draws: Record<string, unknown[]> = {
  ...{
    uniform: [],
    normal: [],
    bernoulli: [0.5],
    exponential: [],
    geometric: [0.5],
    cauchy: [],
    logNormal: [],
  },
  random: [4],
};
const names = Object.getOwnPropertyNames(Tensor.prototype)
  .filter((name) => name.endsWith("_") && name !== "requiresGrad_")
  .map((name) => name.slice(0, -1));

const call = (x: Tensor, name: string, args: unknown[]): Tensor => (x as any)[name](...args);

it("every method that changes its tensor is in the table", () => {
  const known = [...Object.keys(table), ...Object.keys(draws), ...ofIntegers];
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

/** The gradients of the inputs by a random weighting of the result, and those of the sum of their squares. */
function gradients(out: Tensor, inputs: Tensor[]): (Tensor | null)[] {
  const weights = tensor(units(out.numel, 50), { shape: out.shape });
  const first = autograd.grad(out.mul(weights).sum(), inputs, { createGraph: true, allowUnused: true });
  const squares = first.flatMap((g) => (g?.requiresGrad ? [g.square().sum()] : []));
  if (squares.length === 0) return first;
  return [
    ...first,
    ...autograd.grad(
      squares.reduce((a, b) => a.add(b)),
      inputs,
      { allowUnused: true },
    ),
  ];
}

describe.each(names.filter((name) => Object.hasOwn(table, name)))("%s_", (name) => {
  const { shape = [2, 3], shapes = [], args = (...all) => all, domain = [-2, 2], form } = table[name];
  const inputs = () => [shape, ...shapes].map((s, i) => leaf(s, domain, 60 + i));
  const made = (x: Tensor, ...rest: Tensor[]) =>
    form === undefined ? call(x, name, args(...rest)).to("float64") : form(x, ...args(...rest));
  const changed = (x: Tensor, ...rest: Tensor[]) => call(x, `${name}_`, args(...rest));
  /** As a whole, and as a view of a base: rows of a matrix that is read as a whole. */
  const ways: Record<string, [expected: (...all: Tensor[]) => Tensor, found: (...all: Tensor[]) => Tensor]> =
    {
      whole: [made, (x, ...rest) => changed(x.mul(1), ...rest)],
      view: [
        (x, ...rest) => cat([x, made(x, ...rest)]),
        (x, ...rest) => {
          const base = cat([x, x]);
          const rows = base.slice([x.shape[0], null]);
          expect(changed(rows, ...rest)).toBe(rows);
          return base;
        },
      ],
    };
  it.each(Object.keys(ways))("%s", (way) => {
    const [expected, found] = ways[way];
    const [theirs, ours] = [inputs(), inputs()];
    const [want, got] = [expected(...theirs), found(...ours)];
    expectClose(elements(got.detach()), elements(want.detach()), { rtol: 1e-12, atol: 1e-12 }, "values");
    expect(got.requiresGrad).toBe(true);
    if (Object.hasOwn(unaryRows, name) && (unaryRows as Record<string, UnaryRow>)[name].derivative === null)
      return void expect(() => got.sum().backward()).toThrowError(code("NO_GRADIENT"));
    if (Object.hasOwn(binaryRows, name) && (binaryRows as Record<string, BinaryRow>)[name].gradA === null)
      return void expect(() => got.sum().backward()).toThrowError(code("NO_GRADIENT"));
    const close = { rtol: 1e-9, atol: 1e-9 };
    // A comparison makes booleans, which have no gradient: that of the numbers they are written as is 0.
    const wanted = want.requiresGrad ? gradients(want, theirs) : theirs.map(() => null);
    for (const [i, g] of gradients(got, ours).entries()) {
      const zeros = new Array<number>(ours[i % ours.length].numel).fill(0);
      const values = (t: Tensor | null | undefined) => (t ? elements(t.detach()) : zeros);
      expectClose(values(g), values(wanted[i]), close, `gradient ${i}`);
    }
    gradcheck(found, inputs(), { directions: 1 });
  });
});

it.each(Object.entries(draws))("%s_ has a gradient of 0 for what was there", (name, args) => {
  const x = leaf([2, 3], [1, 2], 1);
  const y = x.mul(2);
  expect(call(y, `${name}_`, args)).toBe(y);
  y.sum().backward();
  expect(x.grad!.toArray()).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

it.each(ofIntegers)("%s_ is for integers: nothing is changed", (name) => {
  const y = leaf([3], [1, 2], 1).mul(1);
  const before = elements(y.detach());
  expect(() => call(y, `${name}_`, name === "bitwiseNot" ? [] : [int([1, 2, 3])])).toThrow();
  expect(elements(y.detach())).toEqual(before);
  expect(y.gradFn!.name).toBe("mul");
});
