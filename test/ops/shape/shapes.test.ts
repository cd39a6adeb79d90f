/**
 * Shapes, parts, joins, windows and subscripts: against PyTorch, for any shape, inside `compile`, and what
 * they refuse.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as sg from "../../../src/index.js";
import { compile, type Subscript, type Tensor, tensor } from "../../../src/index.js";
import { loadCalls, replay } from "../../fixtures/pytorch/calls.js";
import fc from "../../property.js";

describe("as in PyTorch", () => {
  const calls = loadCalls("shapes");
  const ops = [...new Set(calls.map((call) => call.op))];

  describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
    it.each(ops)("%s", (op) => {
      for (const call of calls)
        if (call.op === op && (dtype === "float64" || !JSON.stringify(call.args).includes("float64")))
          replay(call, dtype);
    });
  });

  it("has cases", () => expect(ops.length).toBeGreaterThan(50));
});

const numbered = (shape: readonly number[]) =>
  sg
    .arange(
      shape.reduce((n, size) => n * size, 1),
      { dtype: "int32" },
    )
    .reshape([...shape]);
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 });

/** A subscript of one dim, and the positions it stands for; a number stands for one without a dim. */
interface Chosen {
  subscript: Subscript;
  positions: number[] | number;
}

function chosenIn(size: number): fc.Arbitrary<Chosen> {
  const everything = Array.from({ length: size }, (_, i) => i);
  const position = fc.integer({ min: -size, max: Math.max(0, size - 1) });
  const range = fc
    .tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 }), fc.integer({ min: 1, max: 3 }))
    .map(([start, stop, step]): Chosen => {
      const from = everything.slice(start);
      const kept = everything.slice(start, stop).filter((i) => (i - from[0]) % step === 0);
      return { subscript: { start, stop, step }, positions: kept };
    });
  const ways: fc.Arbitrary<Chosen>[] = [
    range,
    fc.constant({ subscript: ":" as const, positions: everything }),
  ];
  if (size > 0) ways.push(position.map((i) => ({ subscript: i, positions: (i + size) % size })));
  return fc.oneof(...ways);
}

describe("for any shape", () => {
  it("a subscript for each dim chooses what its positions say, and indexPut writes there and nowhere else", () => {
    const given = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(chosenIn))));
    fc.assert(
      fc.property(given, ([shape, chosen]) => {
        const x = numbered(shape);
        const read = (d: number, at: number): unknown => {
          if (d === shape.length) return at;
          const { positions } = chosen[d];
          const next = (i: number) => read(d + 1, at * shape[d] + i);
          return typeof positions === "number" ? next(positions) : positions.map(next);
        };
        const subscripts = chosen.map(({ subscript }) => subscript);
        const found = x.index(...subscripts);
        expect(found.toArray()).toEqual(read(0, 0));
        expect(found.storage).toBe(x.storage);
        const written = x.indexPut(subscripts, -1);
        expect(
          written
            .index(...subscripts)
            .eq(-1)
            .all()
            .item(),
        ).toBe(true);
        expect(written.eq(-1).sum().item()).toBe(found.numel);
      }),
    );
  });

  it("a tensor of positions is indexSelect, wherever it stands, and a mask is maskedSelect", () => {
    const given = shapes.chain((shape) => {
      const dim = fc.integer({ min: 0, max: shape.length - 1 });
      return fc.tuple(fc.constant(shape), dim, fc.array(fc.nat(), { maxLength: 4 }));
    });
    fc.assert(
      fc.property(given, ([shape, dim, some]) => {
        const x = numbered(shape);
        const size = shape[dim];
        const at = tensor(Int32Array.from(size === 0 ? [] : some.map((i) => i % size)));
        const before = new Array<Subscript>(dim).fill(":");
        expect(x.index(...before, at).toArray()).toEqual(x.indexSelect(dim, at).toArray());
        expect(x.index(...before, at.sub(size)).toArray()).toEqual(x.indexSelect(dim, at).toArray());
        const mask = x.remainder(3).eq(0);
        expect(x.index(mask).toArray()).toEqual(x.maskedSelect(mask).toArray());
      }),
    );
  });

  it("parts put together are the tensor again", () => {
    const given = shapes.chain((shape) => {
      const cuts = fc.array(fc.integer({ min: 0, max: shape[0] }), { maxLength: 3 });
      return fc.tuple(fc.constant(shape), cuts, fc.integer({ min: 1, max: 5 }));
    });
    fc.assert(
      fc.property(given, ([shape, cuts, n]) => {
        const x = numbered(shape);
        const ascending = tensor(Int32Array.from(cuts.sort((a, b) => a - b)));
        for (const parts of [x.tensorSplit(n), x.tensorSplit(ascending), x.unsafeChunk(n)])
          expect(sg.cat(parts).toArray()).toEqual(x.toArray());
        const lengths = x.tensorSplit(n).map((part) => part.shape[0]);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("what is written to a part is there, and the rest stays", () => {
    const position = fc.integer({ min: -5, max: 5 });
    const range = fc.tuple(position, position, fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(shapes, range, ([...shape], [start, end, step]) => {
        const x = numbered(shape);
        const part = (t: Tensor) => t.slice([start, end, step]);
        const src = part(x).neg().sub(1);
        const out = x.sliceScatter(src, 0, start, end, step);
        expect(part(out).toArray()).toEqual(src.toArray());
        expect(out.lt(0).sum().item()).toBe(src.numel);
        expect(sg.where(out.lt(0), out.neg().sub(1), out).toArray()).toEqual(x.toArray());
      }),
    );
  });

  it("a window with the strides of the tensor is the tensor, and unravelIndex undoes flattening", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const x = numbered(shape);
        expect(x.asStrided([...x.shape], [...x.strides]).toArray()).toEqual(x.toArray());
        if (x.numel === 0) return;
        const places = sg.unravelIndex(x, shape);
        expect(x.index(...places).toArray()).toEqual(x.toArray());
        const found = x.gt(0).nonzeroStatic({ size: x.numel });
        expect(found.slice([0, x.numel - 1]).toArray()).toEqual(x.gt(0).nonzero().toArray());
        expect(found.slice([x.numel - 1, null]).toArray()).toEqual([shape.map(() => -1)]);
      }),
    );
  });

  it("max and min are where they say", () => {
    const given = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(
        given,
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 16, maxLength: 16 }),
        (shape, v) => {
          const x = tensor(Int32Array.from(v.slice(0, shape[0] * shape[1])), { shape });
          for (const dim of [0, 1]) {
            const { values, indices } = x.max(dim, { keepdim: true });
            expect(x.gather(dim, indices).toArray()).toEqual(values.toArray());
            expect(values.squeeze(dim).toArray()).toEqual(x.amax(dim).toArray());
            expect(indices.squeeze(dim).toArray()).toEqual(x.argmax(dim).toArray());
            expect(x.min(dim).values.toArray()).toEqual(x.amin(dim).toArray());
          }
        },
      ),
    );
  });
});

const x = tensor([
  [3, 1, 2],
  [6, 5, 4],
]);
const vector = tensor([1, 2]);
const int = (...values: number[]) => tensor(Int32Array.from(values));
const any = (value: unknown): any => value;

it("size, stride and dim say what shape, strides and ndim are", () => {
  const y = x.T;
  expect([y.size(), y.size(-1), y.stride(), y.stride(0), y.dim()]).toEqual([[3, 2], 2, [1, 3], 1, 2]);
  expect(() => y.size(2)).toThrow("size: dim out of range: 2 for 2 dims");
});

it("docs/indexing.md gives shapes that are right", () => {
  const page = readFileSync(new URL("../../../docs/indexing.md", import.meta.url), "utf8");
  const lines = [...page.matchAll(/^\| `[^|]*\| (`x\.[^|]*`) \| \[(.*)\] \|$/gm)];
  expect(lines.length).toBeGreaterThan(10);
  for (const [, calls, shape] of lines)
    for (const [, call] of calls.matchAll(/`(.*?)`/g)) {
      const given = [numbered([4, 5, 6]), int(0, 2, 2), numbered([4, 5]).remainder(3).eq(0)] as const;
      const found = new Function("x", "rows", "mask", `return ${call}`)(...given) as Tensor;
      const n = call.includes("index(1, mask") ? given[2].select(0, 1).sum().item() : given[2].sum().item();
      expect(`${found.shape}`, call).toBe(shape.replace("n", `${n}`).replaceAll(" ", ""));
    }
});

describe("inside compile", () => {
  const captured: Record<string, (a: Tensor) => Tensor> = {
    max: (a) => a.max(1).values.add(a.min(0).values.sum()),
    argmax: (a) => a.max(0).indices,
    index: (a) => a.index(":", int(-1, 0), null),
    maskedScatter: (a) => a.maskedScatter(a.gt(1), a.neg()),
    "indexPut of a mask": (a) =>
      a.indexPut([a.gt(1)], 0).indexPut([a.select(1, 0).gt(1)], a.select(0, 1), { accumulate: true }),
    indexPut: (a) => a.indexPut([{ step: 2 }, int(0, 2)], a.sum()),
    sliceScatter: (a) => a.sliceScatter(a.index({ start: 1 }), 0, 0, 1),
    asStrided: (a) => a.mul(2).asStrided([2, 2], [1, 2]),
    blockDiag: (a) => sg.blockDiag(a, a),
    hstack: (a) => sg.hstack([a, a.mul(2)]),
    tensorSplit: (a) => sg.cat(a.tensorSplit(2, 1), 1),
    nonzeroStatic: (a) => a.gt(2).nonzeroStatic({ size: 4 }),
    indexReduce: (a) => a.indexReduce(1, int(0, 0, 2), a, "mean"),
    combinations: (a) => sg.combinations(a.reshape(6)),
  };

  it.each(Object.keys(captured))("%s is replayed on other values", (name) => {
    const fn = compile((a: Tensor) => captured[name](a));
    for (const factor of [1, -2, 0.5]) {
      const given = x.mul(factor);
      expect(fn(given).toArray()).toEqual(captured[name](given).toArray());
    }
  });

  it.each([
    ["a mask", (a: Tensor) => a.index(a.gt(2))],
    ["sections that are values", (a: Tensor) => sg.cat(a.tensorSplit(a.index(0).int()))],
    ["a start that is a value", (a: Tensor) => a.narrow(1, a.index(0, 1).int(), 1)],
  ])("%s is refused", (_, f) => {
    const fn = compile((a: Tensor) => f(a.mul(1)));
    expect(() => [fn(x), fn(x), fn(x)]).toThrowError(expect.objectContaining({ code: "NOT_CAPTURABLE" }));
  });
});

describe("mistakes", () => {
  const mistakes: [message: RegExp, code: string, call: () => unknown][] = [
    [
      /^indexPut: a mask has the shape of the dims it covers: \[2\] for \[3\]/,
      "SHAPE_MISMATCH",
      () => x.indexPut([int(0), tensor([true, false])], 1),
    ],
    [
      /^expand: only dims of size 1/,
      "SHAPE_MISMATCH",
      () => sg.ones([2, 1]).indexPut([tensor([true, false])], sg.ones([3])),
    ],
    [/^max: no elements along dim 0: \[0, 2\]/, "EMPTY_REDUCTION", () => sg.zeros([0, 2]).max(0)],
    [/^max: dim is a number, and options come after it: \[0, 1\]/, "INVALID_DIM", () => x.max(any([0, 1]))],
    [
      /^min: unknown option: keepdim/,
      "UNKNOWN_OPTION",
      () => sg.min(x, any(undefined), any({ keepdim: true })),
    ],
    [
      /^var: correction or unbiased, not both: 0 and true/,
      "INVALID_OPTION",
      () => x.var({ correction: 0, unbiased: true }),
    ],
    [/^hstack: at least one tensor is needed/, "SHAPE_MISMATCH", () => sg.hstack([])],
    [
      /^vstack: shapes differ outside dim 0: \[2, 3\] and \[1, 2\]/,
      "SHAPE_MISMATCH",
      () => sg.vstack([x, vector]),
    ],
    [/^cat: dim out of range: 2 for 2 dims/, "DIM_OUT_OF_RANGE", () => sg.cat([sg.zeros([0]), x], 2)],
    [/^blockDiag: at most 2 dims: \[1, 2, 3\]/, "SHAPE_MISMATCH", () => sg.blockDiag(sg.zeros([1, 2, 3]))],
    [/^cartesianProd: vectors are needed: \[2, 3\]/, "SHAPE_MISMATCH", () => sg.cartesianProd(x)],
    [/^combinations: r is an integer >= 0: -1/, "INVALID_VALUE", () => sg.combinations(vector, -1)],
    [/^hsplit: the parts are equal: 2 parts of dim 1 of \[2, 3\]/, "SHAPE_MISMATCH", () => x.hsplit(2)],
    [/^dsplit: at least 3 dims are needed: \[2, 3\]/, "SHAPE_MISMATCH", () => x.dsplit(1)],
    [/^tensorSplit: positions are integers: float32/, "DTYPE_MISMATCH", () => x.tensorSplit(vector)],
    [/^split: a size, or an array of sizes: \{\}/, "INVALID_VALUE", () => x.split(any({}))],
    [/^slice: a range is \[start, end, step\] or null: 0 in dim 0/, "INVALID_VALUE", () => x.slice(any(0))],
    [
      /^selectScatter: src has the shape of the part: \[2\], expected \[3\]/,
      "SHAPE_MISMATCH",
      () => x.selectScatter(vector, 0, 0),
    ],
    [
      /^asStrided: outside the memory of 6 elements: shape \[2, 2\], strides \[5, 2\] from 0/,
      "INDEX_OUT_OF_RANGE",
      () => x.asStrided([2, 2], [5, 2]),
    ],
    [/^asStrided: a stride >= 0 for each of the sizes \[2\]/, "SHAPE_MISMATCH", () => x.asStrided([2], [-1])],
    [
      /^asStridedScatter: elements of the window share memory/,
      "SHARED_ELEMENTS",
      () => x.asStridedScatter(vector, [2], [0]),
    ],
    [
      /^indexReduce: reduce is "prod", "mean", "amax" or "amin": sum/,
      "INVALID_OPTION",
      () => x.indexReduce(0, int(0), x, any("sum")),
    ],
    [
      /^indexReduce: the source has one row for each index/,
      "SHAPE_MISMATCH",
      () => x.indexReduce(0, int(0), x, "mean"),
    ],
    [
      /^sumToSize: the shape broadcasts to that of x: \[2, 2\] for \[2, 3\]/,
      "SHAPE_MISMATCH",
      () => x.sumToSize(2, 2),
    ],
    [
      /^broadcastShapes: shapes do not broadcast: \[2\] and \[3\]/,
      "SHAPE_MISMATCH",
      () => sg.broadcastShapes(2, [3]),
    ],
    [
      /^nonzeroStatic: the size is an integer >= 0: undefined/,
      "INVALID_VALUE",
      () => x.nonzeroStatic(any({})),
    ],
    [/^H: a matrix is needed: \[2\]/, "SHAPE_MISMATCH", () => vector.H],
    [/^index: subscripts for 3 dims: \[2, 3\]/, "SHAPE_MISMATCH", () => x.index(0, 0, 0)],
    [/^index: "\.\.\." stands once at most/, "INVALID_VALUE", () => x.index("...", "...")],
    [
      /^index: unknown option: end; known are start, stop, step/,
      "UNKNOWN_OPTION",
      () => x.index(any({ end: 1 })),
    ],
    [/^index: no subscript: undefined/, "INVALID_VALUE", () => x.index(any(undefined))],
    [
      /^index: a mask has the shape of the dims it covers: \[2\] for \[3\]/,
      "SHAPE_MISMATCH",
      () => x.index(0, [true, false]),
    ],
    [/^index: an array of positions or of booleans: \[0.5\]/, "DTYPE_MISMATCH", () => x.index([0.5])],
    [
      /^maskedScatter: source: index out of range: 4 at position 3, sizes up to 4/,
      "INDEX_OUT_OF_RANGE",
      () => x.maskedScatter(x.gt(0), tensor([1, 2, 3])),
    ],
    [/^take: index out of range: 6/, "INDEX_OUT_OF_RANGE", () => x.take(int(6))],
    [/^index: bytes are a mask or positions/, "DTYPE_MISMATCH", () => x.index(int(0, 1).to("uint8"))],
    [/^index: indices are integers: float32/, "DTYPE_MISMATCH", () => x.index(vector)],
    [/^index: index out of range: 3/, "INDEX_OUT_OF_RANGE", () => x.index(0, [3])],
  ];

  it.each(mistakes)("%s", (message, code, call) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
