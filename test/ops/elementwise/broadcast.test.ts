/** Broadcasting, joins and indexing against naive models. */
import { describe, expect, it } from "vitest";
import { cat, stack, type Tensor, tensor, where } from "../../../src/index.js";
import { numel } from "../../../src/shape.js";
import { elements } from "../../fixtures/pytorch/read.js";
import { units } from "../../hash.js";
import fc from "../../property.js";

/** Two or three shapes that broadcast: a common one, with dims dropped from the front and others set to 1. */
const shapes = (count: number) =>
  fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(4), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })), {
        minLength: count,
        maxLength: count,
      }),
    )
    .map(([common, cuts]) =>
      cuts.map(([drop, ones]) =>
        common.slice(Math.min(drop, common.length)).map((s, d) => (ones[d] ? 1 : s)),
      ),
    );

const make = (shape: number[], seed: number, requiresGrad = false): Tensor =>
  tensor(units(numel(shape), seed), { shape, requiresGrad });

/** NumPy's rule, spelled out over nested indices. */
function naive(
  operands: Tensor[],
  f: (...values: number[]) => number,
): { shape: number[]; values: number[]; from: number[][] } {
  const rank = Math.max(...operands.map((x) => x.ndim));
  const shape = Array.from({ length: rank }, (_, d) => {
    const sizes = operands.map((x) => x.shape[d - rank + x.ndim] ?? 1);
    return sizes.find((s) => s !== 1) ?? 1;
  });
  const data = operands.map((x) => elements(x.detach()));
  const values: number[] = [];
  const from: number[][] = [];
  const walk = (index: number[]): void => {
    if (index.length < rank) {
      for (let i = 0; i < shape[index.length]; i++) walk([...index, i]);
      return;
    }
    const at = operands.map((x) =>
      x.shape.reduce((flat, size, d) => flat * size + (size === 1 ? 0 : index[d + rank - x.ndim]), 0),
    );
    from.push(at);
    values.push(f(...at.map((i, o) => data[o][i])));
  };
  walk([]);
  return { shape, values, from };
}

describe("broadcasting", () => {
  it.each<[string, (a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number]>([
    ["add", (a, b) => a.add(b), (a, b) => a + b],
    ["mul", (a, b) => a.mul(b), (a, b) => a * b],
    ["maximum", (a, b) => a.maximum(b), Math.max],
    ["lt", (a, b) => a.lt(b), (a, b) => Number(a < b)],
  ])("%s of any two shapes", (_, run, f) => {
    fc.assert(
      fc.property(shapes(2), ([sa, sb]) => {
        const [a, b] = [make(sa, 1), make(sb, 2)];
        const expected = naive([a, b], f);
        const y = run(a, b);
        expect(y.shape).toEqual(expected.shape);
        expect(elements(y)).toEqual(expected.values);
      }),
    );
  });

  it("where of any three shapes", () => {
    fc.assert(
      fc.property(shapes(3), ([sc, sa, sb]) => {
        const [c, a, b] = [make(sc, 3).gt(0), make(sa, 1), make(sb, 2)];
        const expected = naive([c, a, b], (condition, x, y) => (condition !== 0 ? x : y));
        const y = where(c, a, b);
        expect(y.shape).toEqual(expected.shape);
        expect(elements(y)).toEqual(expected.values);
      }),
    );
  });

  it("gradients are summed back over what was repeated", () => {
    fc.assert(
      fc.property(shapes(2), ([sa, sb]) => {
        const [a, b] = [make(sa, 1, true), make(sb, 2, true)];
        const { values, from, shape } = naive([a, b], () => 0);
        const g = Float64Array.from(values, (_, i) => i + 1);
        a.sub(b).backward(tensor(g, { shape }));
        for (const [o, x] of [a, b].entries()) {
          const sums = new Array<number>(x.numel).fill(0);
          for (const [i, at] of from.entries()) sums[at[o]] += o === 0 ? g[i] : -g[i];
          expect(x.grad!.shape).toEqual(x.shape);
          expect(elements(x.grad!).map((v) => v + 0)).toEqual(sums.map((v) => v + 0)); // + 0: no -0
        }
      }),
    );
  });

  it("refuses shapes that do not fit, and names both", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
        fc.nat(2),
        (shape, at) => {
          const d = at % shape.length;
          const other = shape.map((size, i) => (i === d ? size + 2 : size));
          if (shape[d] === 1) return;
          expect(() => make(shape, 1).add(make(other, 2))).toThrow(
            `add: shapes do not broadcast: [${shape.join(", ")}] and [${other.join(", ")}]`,
          );
        },
      ),
    );
  });
});

describe("joins and parts", () => {
  const cut = fc.record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    dim: fc.nat(2),
    sizes: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
  });

  it("split undoes cat, whatever the sizes", () => {
    fc.assert(
      fc.property(cut, ({ shape, dim, sizes }) => {
        const d = dim % shape.length;
        const parts = sizes.map((n, i) =>
          make(
            shape.map((s, e) => (e === d ? n : s)),
            i,
          ),
        );
        const back = cat(parts, d).split(sizes, d - shape.length);
        expect(back.map((x) => x.toArray())).toEqual(parts.map((x) => x.toArray()));
      }),
    );
  });

  it("unbind undoes stack", () => {
    fc.assert(
      fc.property(cut, ({ shape, dim, sizes }) => {
        const d = dim % (shape.length + 1);
        const parts = sizes.map((_, i) => make(shape, i));
        expect(
          stack(parts, d)
            .unbind(d)
            .map((x) => x.toArray()),
        ).toEqual(parts.map((x) => x.toArray()));
      }),
    );
  });

  it("chunk and split give views that cover the dim", () => {
    const x = make([7, 2], 1);
    expect(x.chunk(3).map((c) => c.shape[0])).toEqual([3, 3, 1]);
    expect(x.split(4).map((c) => c.shape[0])).toEqual([4, 3]);
    expect(x.chunk(3)[1].storage).toBe(x.storage);
    expect(cat(x.chunk(3)).toArray()).toEqual(x.toArray());
  });

  it("refuses parts that do not fit", () => {
    expect(() => cat([])).toThrow(/cat: at least one tensor/);
    expect(() => cat([make([2, 3], 1), make([2, 4], 1)])).toThrow(
      "cat: shapes differ outside dim 0: [2, 3] and [2, 4]",
    );
    expect(() => stack([make([2], 1), make([3], 1)])).toThrow("stack: shapes differ: [2] and [3]");
  });
});

describe("reductions over any dims", () => {
  const given = fc.record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    mask: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    keepdim: fc.boolean(),
    flip: fc.boolean(),
  });
  it("sum and max of any layout agree with the naive model", () => {
    fc.assert(
      fc.property(given, ({ shape, mask, keepdim, flip }) => {
        const base = make(shape, 4);
        const x = flip ? base.permute(...shape.map((_, d) => shape.length - 1 - d)) : base;
        const dims = x.shape.flatMap((_, d) => (mask[d] ? [d] : []));
        if (dims.length === 0) return;
        const out = x.shape.flatMap((size, d) => (mask[d] ? (keepdim ? [1] : []) : [size]));
        const groups = new Map<string, number[]>();
        const values = elements(x);
        let i = 0;
        const walk = (index: number[]): void => {
          if (index.length < x.ndim) for (let j = 0; j < x.shape[index.length]; j++) walk([...index, j]);
          else {
            const key = index.filter((_, d) => !mask[d]).join();
            groups.set(key, [...(groups.get(key) ?? []), values[i++]]);
          }
        };
        walk([]);
        const sums = [...groups.values()].map((v) => v.reduce((a, b) => a + b, 0));
        const sum = x.sum(dims, { keepdim });
        expect(sum.shape).toEqual(out);
        for (const [j, v] of elements(sum).entries()) expect(Math.abs(v - sums[j])).toBeLessThan(1e-12);
        expect(elements(x.amax(dims, { keepdim }))).toEqual([...groups.values()].map((v) => Math.max(...v)));
      }),
    );
  });
});
