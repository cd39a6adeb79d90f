/** Views against a naive model: a list of (position in the source) in row-major order. Any chain of them. */
import { describe, expect, it } from "vitest";
import { arange, noGrad, type Tensor, tensor, zeros } from "../../../src/index.js";
import { numel } from "../../../src/shape.js";
import { elements } from "../../fixtures/pytorch/read.js";
import fc from "../../property.js";

/** Where each element of a view lies in the source, row-major. */
interface Model {
  shape: number[];
  at: number[];
}

const source = (shape: number[]): Model => ({ shape, at: Array.from({ length: numel(shape) }, (_, i) => i) });

/** The model whose element at `index` is the old one at `from(index)`. */
function gathered(old: Model, shape: number[], from: (index: number[]) => number[]): Model {
  const at: number[] = [];
  const walk = (index: number[]): void => {
    if (index.length === shape.length) {
      let flat = 0;
      for (const [d, i] of from(index).entries()) flat = flat * old.shape[d] + i;
      at.push(old.at[flat]);
      return;
    }
    for (let i = 0; i < shape[index.length]; i++) walk([...index, i]);
  };
  walk([]);
  return { shape, at };
}

/** One step: what it does to the tensor, to the model, and its text. */
interface Step {
  text: string;
  tensor: (x: Tensor) => Tensor;
  model: Model;
}

/** Draws steps from a stream of numbers, each valid for the shape at hand. */
function nextStep(old: Model, pick: (n: number) => number): Step {
  const { shape } = old;
  const rank = shape.length;
  const kinds = ["reshape", "unsqueeze", "squeeze", "expand"];
  if (rank > 0) kinds.push("transpose", "permute", "slice", "narrow");
  if (shape.some((size) => size > 0)) kinds.push("select");
  const kind = kinds[pick(kinds.length)];
  switch (kind) {
    case "reshape": {
      // Two neighbouring dims become one, or one is cut in two.
      let to = [...shape];
      if (rank >= 2 && pick(2) === 0) {
        const d = pick(rank - 1);
        to.splice(d, 2, shape[d] * shape[d + 1]);
      } else if (rank > 0) {
        const d = pick(rank);
        const divisors = Array.from({ length: shape[d] }, (_, i) => i + 1).filter((n) => shape[d] % n === 0);
        const part = divisors.length > 0 ? divisors[pick(divisors.length)] : 1;
        to.splice(d, 1, part, shape[d] / part);
      } else to = [1];
      const given = numel(shape) > 0 && pick(2) === 0 ? to.map((size, d) => (d === 0 ? -1 : size)) : to;
      return { text: `reshape(${given})`, tensor: (x) => x.reshape(given), model: { shape: to, at: old.at } };
    }
    case "unsqueeze": {
      const d = pick(rank + 1);
      const to = [...shape.slice(0, d), 1, ...shape.slice(d)];
      return { text: `unsqueeze(${d})`, tensor: (x) => x.unsqueeze(d), model: { shape: to, at: old.at } };
    }
    case "squeeze": {
      if (rank === 0 || pick(2) === 0)
        return {
          text: "squeeze()",
          tensor: (x) => x.squeeze(),
          model: { shape: shape.filter((s) => s !== 1), at: old.at },
        };
      const d = pick(rank);
      const to = shape.filter((s, i) => i !== d || s !== 1);
      return {
        text: `squeeze(${d - rank})`,
        tensor: (x) => x.squeeze(d - rank),
        model: { shape: to, at: old.at },
      };
    }
    case "expand": {
      const lead = Array.from({ length: pick(2) }, () => 1 + pick(2));
      const to = [...lead, ...shape.map((size) => (size === 1 ? 1 + pick(3) : size))];
      return {
        text: `expand(${to})`,
        tensor: (x) => x.expand(to),
        model: gathered(old, to, (index) => index.slice(lead.length).map((i, d) => (shape[d] === 1 ? 0 : i))),
      };
    }
    case "transpose": {
      const [a, b] = [pick(rank), pick(rank)];
      const swap = <T>(values: readonly T[]) => {
        const out = [...values];
        [out[a], out[b]] = [out[b], out[a]];
        return out;
      };
      return {
        text: `transpose(${a}, ${b})`,
        tensor: (x) => x.transpose(a, b - rank),
        model: gathered(old, swap(shape), swap),
      };
    }
    case "permute": {
      const order = shape.map((_, d) => d);
      for (let d = rank - 1; d > 0; d--) {
        const other = pick(d + 1);
        [order[d], order[other]] = [order[other], order[d]];
      }
      const to = order.map((d) => shape[d]);
      return {
        text: `permute(${order})`,
        tensor: (x) => x.permute(...order),
        model: gathered(old, to, (index) => order.map((_, d) => index[order.indexOf(d)])),
      };
    }
    case "slice": {
      const ranges = shape.map((size) => {
        const start = pick(size + 2) - (pick(2) === 0 ? size : 0);
        const end = pick(size + 2) - (pick(2) === 0 ? size : 0);
        return pick(3) === 0 ? null : ([start, pick(3) === 0 ? null : end, 1 + pick(3)] as const);
      });
      // Python's slices, spelled out: positions that are there.
      const kept = shape.map((size, d) => {
        const range = ranges[d];
        if (range === null) return Array.from({ length: size }, (_, i) => i);
        const [start, end, step] = range;
        const first = start < 0 ? Math.max(0, start + size) : start;
        const last = end === null ? size : end < 0 ? end + size : Math.min(end, size);
        const positions: number[] = [];
        for (let i = first; i < last; i += step) positions.push(i);
        return positions;
      });
      return {
        text: `slice(${JSON.stringify(ranges)})`,
        tensor: (x) => x.slice(...ranges),
        model: gathered(
          old,
          kept.map((k) => k.length),
          (index) => index.map((i, d) => kept[d][i]),
        ),
      };
    }
    case "narrow": {
      const d = pick(rank);
      const start = pick(shape[d] + 1);
      const length = pick(shape[d] - start + 1);
      const to = shape.map((size, i) => (i === d ? length : size));
      return {
        text: `narrow(${d}, ${start}, ${length})`,
        tensor: (x) => x.narrow(d, start, length),
        model: gathered(old, to, (index) => index.map((v, i) => (i === d ? v + start : v))),
      };
    }
    default: {
      const choices = shape.flatMap((size, d) => (size > 0 ? [d] : []));
      const d = choices[pick(choices.length)];
      const i = pick(shape[d]);
      return {
        text: `select(${d}, ${i})`,
        tensor: (x) => x.select(d, pick(2) === 0 ? i : i - shape[d]),
        model: gathered(old, [...shape.slice(0, d), ...shape.slice(d + 1)], (index) => [
          ...index.slice(0, d),
          i,
          ...index.slice(d),
        ]),
      };
    }
  }
}

const chains = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  choices: fc.array(fc.nat(2 ** 20), { minLength: 30, maxLength: 60 }),
  length: fc.integer({ min: 1, max: 6 }),
});

function chain({ shape, choices, length }: { shape: number[]; choices: number[]; length: number }): Step[] {
  let next = 0;
  const pick = (n: number) => choices[next++ % choices.length] % n;
  const steps: Step[] = [];
  let model = source(shape);
  for (let i = 0; i < length && model.at.length < 500; i++) {
    const step = nextStep(model, pick);
    steps.push(step);
    model = step.model;
  }
  return steps;
}

it("a part without elements lies inside the memory, wherever that ends", () => {
  for (let i = 0; i < 3000; i++) {
    const x = zeros([0, 40], { requiresGrad: true });
    const part = x.slice(null, [30]);
    expect(part.add(1).shape).toEqual([0, 10]);
    part.sum().backward();
    expect(x.grad!.shape).toEqual([0, 40]);
  }
});

describe("any chain of views", () => {
  it("has the shape, the values and the gradient of the naive model", () => {
    fc.assert(
      fc.property(chains, (given) => {
        const n = numel(given.shape);
        const x = tensor(
          Float64Array.from({ length: n }, (_, i) => i + 0.5),
          { shape: given.shape, requiresGrad: true },
        );
        let view: Tensor = x;
        const text: string[] = [JSON.stringify(given.shape)];
        let model = source(given.shape);
        for (const step of chain(given)) {
          text.push(step.text);
          view = step.tensor(view);
          model = step.model;
          expect(view.shape, text.join(".")).toEqual(model.shape);
          expect(elements(view.detach()), text.join(".")).toEqual(model.at.map((at) => at + 0.5));
        }
        expect(view.toArray(), text.join(".")).toEqual(nested(model));
        const g = Float64Array.from({ length: model.at.length }, (_, i) => 1 + i);
        view.backward(tensor(g, { shape: model.shape }));
        const expected = new Array<number>(n).fill(0);
        for (const [i, at] of model.at.entries()) expected[at] += g[i];
        expect(elements(x.grad!), `gradient of ${text.join(".")}`).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it("feeds kernels as well as its dense copy does", () => {
    fc.assert(
      fc.property(chains, (given) => {
        let view: Tensor = arange(numel(given.shape)).reshape(given.shape);
        for (const step of chain(given)) view = step.tensor(view);
        const dense = tensor(Float32Array.from(elements(view)), { shape: view.shape });
        expect(elements(view.mul(2).add(view))).toEqual(elements(dense.mul(3)));
        expect(elements(view.exp())).toEqual(elements(dense.exp()));
        expect(view.sum().item()).toBe(dense.sum().item());
        if (view.ndim > 0) expect(elements(view.sum(0))).toEqual(elements(dense.sum(0)));
        expect(elements(view.gt(3))).toEqual(elements(dense.gt(3)));
        expect(elements(view.int().add(1))).toEqual(elements(dense.int().add(1)));
      }),
      { numRuns: 150 },
    );
  });
});

function nested({ shape, at }: Model): unknown {
  let next = 0;
  const read = (dim: number): unknown =>
    dim === shape.length ? at[next++] + 0.5 : Array.from({ length: shape[dim] }, () => read(dim + 1));
  return read(0);
}

describe("views share memory", () => {
  const x = () => arange(12).reshape(3, 4);
  it.each<[string, (x: Tensor) => Tensor]>([
    ["reshape", (v) => v.reshape(2, 6)],
    ["permute", (v) => v.permute(1, 0)],
    ["transpose", (v) => v.transpose(0, 1)],
    ["slice", (v) => v.slice([1, 3], [0, null, 2])],
    ["expand", (v) => v.unsqueeze(0).expand(2, 3, 4)],
    ["squeeze", (v) => v.unsqueeze(1).squeeze(1)],
    ["select", (v) => v.select(0, 1)],
    ["split", (v) => v.split(2)[0]],
    ["reshape of a view whose dims lie together", (v) => v.slice([1, 3]).reshape(8)],
    ["reshape that cuts a dim of a transposed view", (v) => v.T.reshape(2, 2, 3)],
    ["flatten of an expanded scalar", (v) => v.select(0, 0).select(0, 0).expand(3, 4).flatten()],
  ])("%s", (_, make) => {
    const base = x();
    const view = make(base);
    expect(view.storage).toBe(base.storage);
    noGrad(() => base.mul_(10));
    expect(elements(view)).toEqual(elements(make(x().mul(10))));
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ["clone", (v) => v.clone()],
    ["contiguous of a transposed view", (v) => v.T.contiguous()],
    ["reshape that takes a copy", (v) => v.T.reshape(12)],
    ["to another dtype", (v) => v.to("float64")],
  ])("%s does not", (_, make) => {
    const base = x();
    expect(make(base).storage).not.toBe(base.storage);
  });

  it("strides say how elements lie", () => {
    const base = x();
    expect(base.strides).toEqual([4, 1]);
    expect(base.T.strides).toEqual([1, 4]);
    expect(base.slice(null, [1, null, 2]).strides).toEqual([4, 2]);
    expect(base.slice([1], [1, null, 2]).offset - base.offset).toBe(5);
    expect(base.unsqueeze(0).expand(5, 3, 4).strides).toEqual([0, 4, 1]);
    expect([base, base.T, base.slice([0, 2]), base.slice(null, [0, 2])].map((v) => v.isContiguous)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(base.contiguous()).toBe(base);
  });

  it("a change through a view is seen by all", () => {
    const base = zeros([2, 3]);
    base.T.select(0, 1).fill_(7);
    base.slice([1], [2]).add_(1);
    expect(base.toArray()).toEqual([
      [0, 7, 0],
      [0, 7, 1],
    ]);
  });

  it("copy_ between overlapping views copies the old values", () => {
    const base = arange(5);
    base.slice([1, 5]).copy_(base.slice([0, 4]));
    expect(base.toArray()).toEqual([0, 0, 1, 2, 3]);
    const square = arange(4).reshape(2, 2);
    square.copy_(square.T);
    expect(square.toArray()).toEqual([
      [0, 2],
      [1, 3],
    ]);
    square.add_(square.T);
    expect(square.toArray()).toEqual([
      [0, 3],
      [3, 6],
    ]);
  });

  it("an expanded view cannot be written: its elements are one", () => {
    const x = zeros([1]).expand(3);
    for (const write of [() => x.add_(1), () => x.fill_(1), () => x.copy_(arange(3)), () => x.normal_()])
      expect(write).toThrow(/share memory.*\[3\]/);
  });
});

describe("errors name the shapes", () => {
  const x = zeros([2, 3]);
  it.each<[string, () => unknown, string, RegExp]>([
    [
      "reshape",
      () => x.reshape(4),
      "SHAPE_MISMATCH",
      /reshape: \[4\] does not hold the 6 elements of \[2, 3\]/,
    ],
    ["reshape with two unknowns", () => x.reshape(-1, -1), "SHAPE_MISMATCH", /reshape: \[-1, -1\]/],
    ["reshape to a rest", () => x.reshape(4, -1), "SHAPE_MISMATCH", /reshape: \[4, -1\]/],
    [
      "reshape of nothing with an unknown",
      () => zeros([0]).reshape(0, -1),
      "SHAPE_MISMATCH",
      /reshape: \[0, -1\]/,
    ],
    ["permute", () => x.permute(0, 0), "SHAPE_MISMATCH", /permute: every dim once: \[0, 0\] for \[2, 3\]/],
    ["transpose", () => x.transpose(0, 2), "DIM_OUT_OF_RANGE", /transpose: dim out of range: 2 for 2 dims/],
    ["expand", () => x.expand(4, 3), "SHAPE_MISMATCH", /expand: .*\[2, 3\] to \[4, 3\]/],
    ["expand to fewer dims", () => x.expand(3), "SHAPE_MISMATCH", /expand: .*\[2, 3\] to \[3\]/],
    [
      "select",
      () => x.select(1, 3),
      "INDEX_OUT_OF_RANGE",
      /select: index out of range: 3 in dim 1 of \[2, 3\]/,
    ],
    ["select from the end", () => x.select(1, -4), "INDEX_OUT_OF_RANGE", /-4/],
    [
      "narrow",
      () => x.narrow(1, 2, 2),
      "INDEX_OUT_OF_RANGE",
      /narrow: outside dim 1 of \[2, 3\]: 2 elements from 2/,
    ],
    [
      "slice with too many ranges",
      () => x.slice(null, null, null),
      "SHAPE_MISMATCH",
      /slice: 3 ranges for 2 dims/,
    ],
    [
      "slice with a step of 0",
      () => x.slice([0, 2, 0]),
      "INVALID_VALUE",
      /slice: the step is an integer >= 1: 0/,
    ],
    ["slice at a fraction", () => x.slice([0.5]), "INVALID_VALUE", /positions are integers: 0.5/],
    ["split", () => x.split([1, 1], 1), "SHAPE_MISMATCH", /split: sizes add up to the dim: \[1, 1\] for 3/],
    ["flatten", () => x.flatten(1, 0), "SHAPE_MISMATCH", /flatten: startDim comes first/],
    ["squeeze", () => x.squeeze(5), "DIM_OUT_OF_RANGE", /squeeze: dim out of range: 5/],
    ["a dim that is no integer", () => x.transpose(0, 0.5), "DIM_OUT_OF_RANGE", /0.5/],
  ])("%s", (_, run, code, message) => {
    expect(run).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
