/** What arranging and combining operations refuse, and what they do inside `compile`. */
import { describe, expect, it } from "vitest";
import * as sg from "../../../src/index.js";
import { compile, type Tensor, tensor } from "../../../src/index.js";
import fc from "../../property.js";

const any = (value: unknown): any => value;
const x = tensor([
  [3, 1, 2],
  [6, 5, 4],
]);
const vector = tensor([1, 2]);

const mistakes: [message: RegExp, code: string, call: () => unknown][] = [
  [/^topk: k is an integer from 0 to 3, the size of dim 1: 4/, "INVALID_VALUE", () => x.topk(4)],
  [/^kthvalue: k is an integer from 1 to 3/, "INVALID_VALUE", () => x.kthvalue(0)],
  [/^cumsum: dim out of range: 2 for 2 dims/, "DIM_OUT_OF_RANGE", () => x.cumsum(2)],
  [/^cumsum: unknown option: axis/, "UNKNOWN_OPTION", () => x.cumsum(0, any({ axis: 1 }))],
  [/^sort: options are an object/, "INVALID_OPTIONS", () => x.sort(0, any(true))],
  [/^roll: as many shifts as dims: \[1, 2\] and \[0\]/, "SHAPE_MISMATCH", () => x.roll([1, 2], [0])],
  [/^flip: a dim appears twice/, "SHAPE_MISMATCH", () => x.flip(0, 0)],
  [/^view: takes a copy/, "VIEW_NEEDS_COPY", () => x.T.view(6)],
  [/^repeat: a number for each dim: \[2\] for \[2, 3\]/, "SHAPE_MISMATCH", () => x.repeat(2)],
  [/^tril: matrices are needed.*: \[2\]/, "SHAPE_MISMATCH", () => vector.tril()],
  [/^mm: the second matrix has 2 dims: \[2\]/, "SHAPE_MISMATCH", () => x.mm(vector)],
  [/^mm: inner dimensions differ: \[2, 3\] x \[2, 3\]/, "SHAPE_MISMATCH", () => x.mm(x)],
  [
    /^addmm: the first argument broadcasts to the product/,
    "SHAPE_MISMATCH",
    () => x.addmm(vector.outer(vector), x.slice(null, [0, 2]).T.T),
  ],
  [/^einsum: a label for each dim: i for \[2, 3\] in i->i/, "SHAPE_MISMATCH", () => sg.einsum("i->i", x)],
  [
    /^einsum: sizes differ under label i of ij,i: 2 and 3/,
    "SHAPE_MISMATCH",
    () => sg.einsum("ij,i", x, x.select(0, 0)),
  ],
  [/^einsum: as many operands as terms, 2: 1 for i,i/, "INVALID_EQUATION", () => sg.einsum("i,i", vector)],
  [/^einsum: the output has each label once/, "INVALID_EQUATION", () => sg.einsum("i->ii", vector)],
  [/^norm: p is a number, "fro" or "nuc": "max"/, "INVALID_OPTION", () => x.norm(any("max"))],
  [
    /^vectorNorm: no elements to reduce with order Infinity/,
    "EMPTY_REDUCTION",
    () => sg.vectorNorm(sg.zeros([0]), Infinity),
  ],
  [/^take: indices are integers: float32/, "DTYPE_MISMATCH", () => x.take(vector)],
  [/^unfold: the size is an integer from 0 to 3/, "INVALID_VALUE", () => x.unfold(1, 4, 1)],
  [/^isclose: dtypes differ: float32 and int32/, "DTYPE_MISMATCH", () => x.isclose(x.int())],
  [/^searchsorted: one vector, or a row for each row/, "SHAPE_MISMATCH", () => sg.searchsorted(x, vector)],
];

describe("mistakes", () => {
  it.each(mistakes)("%s", (message, code, call) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

const captured: Record<string, (x: Tensor) => Tensor> = {
  cumsum: (a) => a.cumsum(1),
  cumprod: (a) => a.cumprod(1),
  logcumsumexp: (a) => a.logcumsumexp(0),
  cummax: (a) => a.cummax(1).values,
  sort: (a) => a.sort(1, { descending: true }).values,
  median: (a) => a.median(1).values,
  medianOfAll: (a) => a.median(),
  mode: (a) => a.mode(1).values,
  topk: (a) => a.topk(2).values,
  tril: (a) => a.tril(),
  roll: (a) => a.roll(1, 0),
  flip: (a) => a.flip(1),
  repeatInterleave: (a) => a.repeatInterleave(2, 1),
  einsum: (a) => sg.einsum("ij,kj->ik", a, a),
  norm: (a) => a.norm(3, 0),
  searchsorted: (a) => sg.searchsorted(tensor([1, 2, 3]), a),
};

describe("inside compile", () => {
  it.each(Object.keys(captured))("%s is replayed on other values", (name) => {
    const fn = compile((a: Tensor) => captured[name](a));
    for (const factor of [1, -2, 0.5]) {
      const given = x.mul(factor);
      expect(fn(given).toArray()).toEqual(captured[name](given).toArray());
    }
  });

  it.each([
    ["unique", (a: Tensor) => a.unique()],
    ["nonzero", (a: Tensor) => a.nonzero()],
    ["equal", (a: Tensor) => tensor(Number(a.equal(a)))],
  ])("%s, whose result depends on values, is refused", (_, f) => {
    const fn = compile((a: Tensor) => f(a.mul(2)));
    expect(() => [fn(x), fn(x), fn(x)]).toThrowError(expect.objectContaining({ code: "NOT_CAPTURABLE" }));
  });
});

describe("for every shape", () => {
  const given = fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 })
    .chain((shape) => {
      const n = shape.reduce((a, b) => a * b, 1);
      const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n, maxLength: n });
      return fc.tuple(values, fc.integer({ min: 0, max: shape.length - 1 }), fc.constant(shape));
    })
    .map(([values, dim, shape]) => ({ x: tensor(values, { shape, dtype: "float64" }), dim, shape }));
  const same = (a: Tensor, b: Tensor) => {
    expect(a.shape).toEqual(b.shape);
    expect(a.toArray()).toEqual(b.toArray());
  };

  it("sorting gives what gathering by argsort gives, ascending; backwards it descends", () => {
    fc.assert(
      fc.property(given, ({ x: a, dim }) => {
        const { values, indices } = a.sort(dim);
        same(values, a.takeAlongDim(indices, dim));
        if (a.shape[dim] > 0) same(values, values.cummax(dim).values);
        same(values.flip(dim), a.sort(dim, { descending: true }).values);
      }),
    );
  });

  it("rearrangements undo each other, and differences undo sums", () => {
    fc.assert(
      fc.property(given, fc.integer({ min: -5, max: 5 }), ({ x: a, dim, shape }, by) => {
        same(a.flip(dim).flip(dim), a);
        same(a.roll(by, dim).roll(-by, dim), a);
        same(sg.cat(a.tensorSplit(3, dim), dim), a);
        const begin = sg.zeros(
          shape.map((size, d) => (d === dim ? 1 : size)),
          { dtype: "float64" },
        );
        same(a.cumsum(dim).diff(1, dim, { prepend: begin }), a);
      }),
    );
  });
});
