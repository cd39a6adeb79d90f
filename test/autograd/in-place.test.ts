/** Every method that changes its tensor, in the graph: its gradients are those of the form that makes a new tensor. */
import { describe, expect, it } from "vitest";
import {
  autograd,
  cat,
  gradcheck,
  nn,
  noGrad,
  ones,
  SimdgradError,
  Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { type BinaryRow, binaryRows, compareRows, type UnaryRow, unaryRows } from "../../src/kernels/rows.js";
import { numel } from "../../src/shape.js";
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

/** How to call a method: the shape of x, the shapes of the tensors that have gradients too, the arguments made of these. */
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
const table: Record<string, Call> = {
  ...Object.fromEntries(Object.entries(unaryRows).map(([name, row]) => [name, unary(row)])),
  ...Object.fromEntries(Object.entries(binaryRows).map(([name, row]) => [name, binary(row)])),
  ...Object.fromEntries(Object.keys(compareRows).map((name) => [name, compare])),
  ...Object.fromEntries(
    ["greater", "greaterEqual", "less", "lessEqual", "notEqual", "logicalAnd", "logicalOr", "logicalXor"].map(
      (name) => [name, compare],
    ),
  ),
  ...Object.fromEntries(
    ["absolute", "negative", "fix", "arctan", "arcsinh", "sgn", "logicalNot", "nanToNum", "conjPhysical"].map(
      (name) => [name, {}],
    ),
  ),
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

/** What has no gradient for what was there before: it is 0. */
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
const ofIntegers = ["gcd", "lcm", "bitwiseNot", "bitwiseAnd", "bitwiseOr", "bitwiseXor"].concat([
  "bitwiseLeftShift",
  "bitwiseRightShift",
]);
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

const vector = (values: number[]) => tensor(values, { requiresGrad: true });

describe("what is refused", () => {
  it("a leaf that requires a gradient, and its views", () => {
    const x = vector([1, 2]);
    const early = x.slice([0, 1]);
    for (const change of [
      () => x.add_(1),
      () => x.copy_(tensor([0, 0])),
      () => x.zero_(),
      () => x.uniform_(),
      () => x.exp_(),
      () => early.zero_(),
      () => x.index(0).fill_(3),
    ])
      expect(change).toThrowError(code("IN_PLACE_NEEDS_NO_GRAD"));
    expect(() => early.mul_(2)).toThrow(
      "mul_: a view of a leaf that requires a gradient is changed in place only under noGrad(): [1]",
    );
    expect(x.toArray()).toEqual([1, 2]);
    noGrad(() => x.add_(1));
    expect(x.toArray()).toEqual([2, 3]);
    expect(x.requiresGrad && x.isLeaf).toBe(true);
  });

  it("a view whose base became a leaf with a gradient", () => {
    const base = zeros([2]);
    const view = base.slice([0, 1]);
    base.requiresGrad_();
    expect(() => view.copy_(vector([1]))).toThrowError(code("IN_PLACE_NEEDS_NO_GRAD"));
  });

  it("elements that share memory", () => {
    const y = vector([1]).mul(2);
    expect(() => y.expand(3).add_(1)).toThrowError(code("SHARED_ELEMENTS"));
    expect(() => vector([1, 2, 3]).mul(1).asStrided([2, 2], [1, 1]).add_(1)).toThrowError(
      code("SHARED_ELEMENTS"),
    );
    expect(() => zeros([1]).expand(3).detach().select(0, 0).copy_(y.sum())).toThrowError(
      code("SHARED_ELEMENTS"),
    );
  });

  it("a view that was made under noGrad: changed outside, or used when its base was", () => {
    const y = vector([1, 2]).mul(2);
    const view = noGrad(() => y.slice([0, 1]));
    expect(view.requiresGrad).toBe(false);
    expect(() => view.copy_(vector([1]))).toThrowError(code("VIEW_WITHOUT_GRAD"));
    noGrad(() => view.add_(1));
    expect(y.toArray()).toEqual([3, 4]);
    y.mul_(2);
    expect(() => view.mul(2)).toThrowError(code("VIEW_WITHOUT_GRAD"));
    expect(() => view.unsqueeze(0)).toThrowError(code("VIEW_WITHOUT_GRAD"));
    expect(`${view}`).toBe("tensor([6.], gradFn=<invalid>)");
    expect(noGrad(() => view.mul(2)).toArray()).toEqual([12]);
  });

  it("shapes and dtypes that do not fit: nothing is changed", () => {
    const y = vector([1, 2]).mul(2);
    const node = y.gradFn;
    for (const change of [
      () => y.add_(ones([2, 2])),
      () => y.maximum_(ones([3, 2])),
      () => y.copy_(ones([3])),
      () => int([1, 2]).add_(y),
      () => int([1, 2]).sin_(),
      () => tensor([true, false]).copy_(y),
    ])
      expect(change).toThrow(SimdgradError);
    expect(y.toArray()).toEqual([2, 4]);
    expect(y.gradFn).toBe(node);
    expect(y.storage.version).toBe(0);
  });

  it("a backward that needs what was there before", () => {
    const x = vector([1, 2]);
    const y = x.mul(2);
    const z = y.square();
    y.slice([0, 1]).add_(1);
    expect(() => z.sum().backward()).toThrowError(code("SAVED_TENSOR_CHANGED"));
    const u = x.mul(2);
    const s = u.sigmoid();
    s.mul_(2);
    expect(() => s.sum().backward()).toThrowError(code("SAVED_TENSOR_CHANGED"));
  });

  it("also where only gradients of gradients need it", () => {
    const x = vector([1, 2, 3, 4, 5, 6]);
    const logits = x.reshape(3, 2).mul(1).T;
    const loss = nn.functional.crossEntropy(logits, int([1, 2]));
    const [before] = autograd.grad(loss, [x], { retainGraph: true });
    logits.add_(1);
    expect(() => autograd.grad(loss, [x], { createGraph: true })).toThrowError(code("SAVED_TENSOR_CHANGED"));
    expect(autograd.grad(loss, [x])[0]!.toArray()).toEqual(before!.toArray());
  });
});

describe("the graph after a change", () => {
  it("an integer and a tensor outside stay outside; what a tensor of the graph is written to joins it", () => {
    const w = vector([1, 2]);
    const out = zeros([2, 2]);
    const [row, other] = [out.index(0), out.index(1)];
    row.copy_(w.mul(3));
    expect([out, row, other].map((t) => t.requiresGrad)).toEqual([true, true, true]);
    expect(int([1, 2]).copy_(w).requiresGrad).toBe(false);
    other.copy_(w);
    other.mul_(row);
    out.sum().backward();
    // 3w + w · 3w
    expect(w.grad!.toArray()).toEqual([3 + 6, 3 + 12]);
  });

  it("a sum of losses", () => {
    const w = vector([1, 2]);
    const total = zeros([]);
    for (const factor of [1, 2, 3]) total.add_(w.mul(factor).sum());
    total.backward();
    expect(w.grad!.toArray()).toEqual([6, 6]);
  });

  it("scores masked, as in attention", () => {
    const scores = vector([1, 2, 3]).mul(1);
    scores.maskedFill_(tensor([false, false, true]), Number.NEGATIVE_INFINITY);
    expect(scores.softmax(0).toArray()[2]).toBe(0);
    expect(autograd.grad(scores.softmax(0).select(0, 0), scores)[0]!.toArray()[2]).toBeCloseTo(0);
  });

  it("of a value without the former one the former has a gradient of 0", () => {
    const w = vector([1, 2]);
    for (const change of [(t: Tensor) => t.zero_(), (t: Tensor) => t.fill_(2), (t: Tensor) => t.lt_(3)]) {
      w.grad = null;
      const y = w.mul(2);
      change(y);
      expect(y.requiresGrad).toBe(true);
      y.sum().backward();
      expect(w.grad!.toArray()).toEqual([0, 0]);
    }
  });

  it("operands that are the tensor itself, or look at its memory", () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    const y = x.mul(1);
    y.mul_(y.T);
    expect(y.toArray()).toEqual([
      [1, 6],
      [6, 16],
    ]);
    y.add_(y);
    y.sum().backward();
    // 2 · Σ x_ij x_ji
    expect(x.grad!.toArray()).toEqual([
      [4, 12],
      [8, 16],
    ]);
  });

  it("detach() shares memory and version, and no history", () => {
    const w = vector([1, 2]);
    const y = w.mul(2);
    const d = y.detach();
    d.add_(w);
    expect(d.requiresGrad).toBe(true);
    expect(y.toArray()).toEqual([3, 6]);
    expect(y.storage.version).toBe(1);
    y.sum().backward();
    expect(w.grad!.toArray()).toEqual([2, 2]);
  });

  it("hooks see the gradient of the value that they were registered for; retainGrad is about the tensor", () => {
    const w = vector([1, 2]);
    const y = w.mul(2).retainGrad();
    const seen: unknown[] = [];
    y.registerHook((g) => void seen.push(g.toArray()));
    y.mul_(3);
    y.registerHook((g) => void seen.push(g.toArray()));
    y.sum().backward();
    expect(seen).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(y.grad!.toArray()).toEqual([1, 1]);
    const base = w.mul(2).retainGrad();
    const view = base.slice([0, 1]).retainGrad();
    view.mul_(5);
    view.gradFn;
    base.sum().add(view.sum()).backward();
    expect([base.grad!.toArray(), view.grad!.toArray()]).toEqual([[2, 1], [1]]);
  });

  it("changes under noGrad leave it alone", () => {
    const w = vector([1, 2]);
    const y = w.mul(2);
    const view = y.slice([0, 1]);
    const [node, of] = [y.gradFn, view.gradFn];
    noGrad(() => {
      y.mul_(5);
      view.zero_();
    });
    expect([y.gradFn, view.gradFn]).toEqual([node, of]);
    expect(y.toArray()).toEqual([0, 20]);
  });

  it("views of views, and a base that is itself a part of other memory", () => {
    const w = vector([1, 2, 3]);
    const memory = zeros([4, 3]);
    const base = memory.T.detach();
    base.select(1, 2).add_(w).mul_(w);
    base
      .slice(null, [1, null, 2])
      .index(2)
      .copy_(w.slice([0, 2]));
    expect(memory.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [1, 4, 9],
      [0, 0, 2],
    ]);
    base.mul(base).sum().backward();
    // Σ w⁴ + w0² + w1²
    expect(w.grad!.toArray()).toEqual([4 + 2, 32 + 4, 108]);
    expect(memory.requiresGrad).toBe(false);
  });

  it("a gradient from autograd.grad may be changed, with gradients on", () => {
    const w = vector([1, 2]);
    const [g] = autograd.grad(w.reshape(2, 1).mul(3).sum(), [w]);
    g!.mul_(w);
    expect(g!.requiresGrad).toBe(true);
  });
});
