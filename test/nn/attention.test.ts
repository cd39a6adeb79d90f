/** `scaledDotProductAttention` against the formula in Tensor operations, and what it says to bad input. */
import { describe, expect, it } from "vitest";
import {
  autograd,
  compile,
  Generator,
  nn,
  ones,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { k as table, withKernels } from "../../src/kernels/backend.js";
import type { Kernels } from "../../src/kernels/schema.js";
import fc from "../property.js";

const F = nn.functional;
type Float = "float32" | "float64";

/** softmax(q·kᵀ / √E + mask)·v; 0 for a query whose keys are all hidden. */
function formula(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | null, isCausal: boolean): Tensor {
  const [queries, keys, width] = [q.shape[q.ndim - 2], k.shape[k.ndim - 2], q.shape[q.ndim - 1]];
  let scores = q.matmul(k.transpose(-1, -2)).div(Math.sqrt(width));
  if (isCausal) scores = scores.maskedFill(ones([queries, keys], { dtype: "bool" }).triu(1), -1e30);
  if (mask !== null)
    scores = mask.dtype === "bool" ? scores.maskedFill(mask.logicalNot(), -1e30) : scores.add(mask);
  const blind = scores.detach().amax(-1, { keepdim: true }).le(-1e29);
  return F.softmax(scores, -1).maskedFill(blind, 0).matmul(v);
}

const largest = (x: Tensor) => (x.numel === 0 ? 0 : x.abs().max().item());

/** The output and the gradients of the inputs. */
function allOf(inputs: readonly Tensor[], f: (...inputs: Tensor[]) => Tensor): Tensor[] {
  const leaves = inputs.map((x) => x.detach());
  for (const leaf of leaves) leaf.requiresGrad = true;
  const out = f(...leaves);
  const g = randn(out.shape, { dtype: out.dtype, generator: new Generator(7) });
  return [out, ...autograd.grad(out, leaves, { gradOutputs: [g] }).map((x) => x!)];
}

/** Rows that are dense, parts of joined heads, reversed in order, or not dense at all. */
const layouts = [
  (x: Tensor) => x,
  (x: Tensor) => x.transpose(1, 2).contiguous().transpose(1, 2),
  (x: Tensor) => x.permute(2, 0, 1, 3).contiguous().permute(1, 2, 0, 3),
  (x: Tensor) => x.transpose(2, 3).contiguous().transpose(2, 3),
];

describe("scaledDotProductAttention", () => {
  const size = (most: number) => fc.integer({ min: 1, max: most });
  const problem = fc.record({
    dtype: fc.constantFrom<Float>("float32", "float64"),
    batch: size(3),
    groups: size(3),
    each: size(3),
    queries: size(70),
    keys: size(90),
    width: size(20),
    valueWidth: size(20),
    mask: fc.constantFrom("none", "causal", "bool", "float", "padding"),
    layout: fc.constantFrom(...layouts),
    seed: fc.nat(1000),
  });

  it("and its gradients are those of the formula", () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { dtype, batch, groups, each, queries, keys, width, valueWidth, layout } = p;
        const draw = { dtype, generator: new Generator(p.seed) };
        const heads = groups * each;
        const inputs = [
          randn([batch, heads, queries, width], draw),
          randn([batch, groups, keys, width], draw),
          randn([batch, groups, keys, valueWidth], draw),
        ].map(layout);
        const shape = p.mask === "padding" ? [batch, 1, 1, keys] : [heads, queries, keys];
        const noise = randn(shape, draw);
        const masks: Record<string, Tensor> = { float: noise, bool: noise.gt(0.5), padding: noise.gt(0) };
        const attnMask = masks[p.mask] ?? null;
        const isCausal = p.mask === "causal";
        const options = { attnMask, isCausal, enableGqa: each > 1 };
        const got = allOf(inputs, (q, k, v) => F.scaledDotProductAttention(q, k, v, options));
        const wanted = allOf(inputs, (q, k, v) =>
          formula(q, k.repeatInterleave(each, 1), v.repeatInterleave(each, 1), attnMask, isCausal),
        );
        for (const [i, x] of got.entries()) {
          expect(x.shape).toEqual(wanted[i].shape);
          const bound = (dtype === "float64" ? 1e-12 : 1e-5) * Math.max(1, largest(wanted[i]));
          expect(largest(x.sub(wanted[i]))).toBeLessThan(bound);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("broadcasts leading dims", () => {
    for (const [a, b, c] of [
      [[], [], []],
      [[3], [], [3]],
      [[2, 3], [3], [1, 3]],
      [
        [2, 3],
        [2, 1],
        [2, 1],
      ],
      [[2, 1], [2, 3], [3]],
      [
        [2, 2, 3],
        [2, 1],
        [2, 1, 3],
      ],
    ]) {
      const inputs = [randn([...a, 5, 4]), randn([...b, 6, 4]), randn([...c, 6, 3])];
      const attnMask = randn([...a, 1, 6]);
      const wanted = allOf(inputs, (q, k, v) => formula(q, k, v, attnMask, false));
      const masked = a.length === wanted[0].ndim - 2;
      const options = masked ? { attnMask } : {};
      const plain = masked ? wanted : allOf(inputs, (q, k, v) => formula(q, k, v, null, false));
      const got = allOf(inputs, (q, k, v) => F.scaledDotProductAttention(q, k, v, options));
      for (const [i, x] of got.entries()) {
        expect(x.shape).toEqual(plain[i].shape);
        expect(largest(x.sub(plain[i]))).toBeLessThan(1e-5);
      }
    }
  });

  it.each(["bool", "float"])("a query whose keys are all hidden (%s) gives 0 and gradients of 0", (kind) => {
    for (const [queries, keys] of [
      [2, 3],
      [40, 70],
    ]) {
      const seen = ones([queries, keys], { dtype: "bool" });
      const open = seen.logicalAnd(
        tensor([0, ...new Array<number>(queries - 1).fill(1)])
          .gt(0)
          .unsqueeze(1),
      );
      const hidden = zeros([queries, keys]).maskedFill(open.logicalNot(), -Infinity);
      const inputs = [randn([1, 2, queries, 4]), randn([1, 2, keys, 4]), randn([1, 2, keys, 4])];
      const attnMask = kind === "bool" ? open : hidden;
      const [out, gq, gk, gv] = allOf(inputs, (q, k, v) =>
        F.scaledDotProductAttention(q, k, v, { attnMask }),
      );
      for (const x of [out, gq]) expect(largest(x.select(2, 0))).toBe(0);
      for (const x of [out, gq, gk, gv]) expect(x.isfinite().all().item()).toBe(true);
    }
  });

  it("drops weights with the given probability, and the gradient uses the same ones", () => {
    const draw = () => ({ dropoutP: 0.4, generator: new Generator(5) });
    const [queries, keys] = [50, 403];
    const q = zeros([2, 3, queries, 4]);
    const k = randn([2, 3, keys, 4]);
    // Each weight is 1 / keys, and the values pick one key each.
    const v = zeros([2, 3, keys, keys]).add(tensor(1).expand([keys]).diag());
    const [out, , , gv] = allOf([q, k, v], (...x) =>
      F.scaledDotProductAttention(...(x as [Tensor, Tensor, Tensor]), draw()),
    );
    const kept = out.gt(0);
    expect(
      out
        .mul(keys * 0.6)
        .sub(kept.to("float32"))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-5);
    expect(kept.to("float32").mean().item()).toBeCloseTo(0.6, 1);
    const g = randn(out.shape, { generator: new Generator(7) });
    expect(largest(gv.sub(out.transpose(-1, -2).matmul(g)))).toBeLessThan(1e-5);
    // Under createGraph the weights are computed in Tensor operations.
    const leaf = v.detach();
    leaf.requiresGrad = true;
    const again = F.scaledDotProductAttention(q, k, leaf, draw());
    const [composed] = autograd.grad(again, [leaf], { gradOutputs: [g], createGraph: true });
    expect(largest(composed!.sub(gv))).toBeLessThan(1e-5);
  });

  it("joins heads without a copy where they are parts of one row", () => {
    const [batch, tokens, heads, width] = [2, 5, 3, 4];
    const x = randn([batch, tokens, 3 * heads * width]);
    const [q, k, v] = x.chunk(3, -1).map((part) => part.reshape(batch, tokens, heads, width).transpose(1, 2));
    const out = F.scaledDotProductAttention(q, k, v, { isCausal: true });
    const joined = out.transpose(1, 2).reshape(batch, tokens, heads * width);
    expect(joined.storage).toBe(out.storage);
    expect(F.scaledDotProductAttention(q.contiguous(), k, v).isContiguous).toBe(true);
  });

  it("calls two kernels, and no operand of them grows with both lengths", () => {
    const lengths: number[] = [];
    const names: string[] = [];
    const of = table as unknown as Record<string, (...args: unknown[]) => number>;
    const noting = Object.fromEntries(
      Object.keys(of).map((name) => [
        name,
        (...args: unknown[]) => {
          names.push(name);
          for (const arg of args) if (ArrayBuffer.isView(arg)) lengths.push((arg as Float32Array).length);
          return of[name](...args);
        },
      ]),
    );
    const inputs = [randn([1, 1, 600, 2]), randn([1, 1, 500, 2]), randn([1, 1, 500, 2])];
    for (const x of inputs) x.requiresGrad = true;
    const g = randn([1, 1, 600, 2]);
    withKernels(noting as unknown as Kernels, () => {
      const [q, k, v] = inputs;
      F.scaledDotProductAttention(q, k, v, { isCausal: true, dropoutP: 0.1 }).backward(g);
    });
    expect(names.filter((name) => name.startsWith("attention"))).toEqual(["attention", "attentionGrad"]);
    expect(names.filter((name) => !name.startsWith("attention") && name !== "copy")).toEqual([]);
  });

  it("has the same bits compiled", () => {
    const inputs = () => {
      const draw = { generator: new Generator(3), requiresGrad: true };
      return [randn([2, 2, 40, 8], draw), randn([2, 2, 70, 8], draw), randn([2, 2, 70, 8], draw)];
    };
    const generators = [new Generator(4), new Generator(4)];
    const [eager, compiled] = [inputs(), inputs()];
    const stepOf =
      ([q, k, v]: Tensor[], generator: Generator) =>
      () => {
        const out = F.scaledDotProductAttention(q, k, v, { dropoutP: 0.2, generator });
        out.square().mean().backward();
        return out;
      };
    const [plain, step] = [stepOf(eager, generators[0]), compile(stepOf(compiled, generators[1]))];
    for (let i = 0; i < 3; i++) {
      for (const x of [...eager, ...compiled]) x.grad = null;
      expect(step().contiguous().data).toEqual(plain().contiguous().data);
      for (const [j, x] of eager.entries()) expect(compiled[j].grad!.data).toEqual(x.grad!.data);
    }
  });

  const x = zeros([1, 2, 3, 4]);
  it.each<[string, () => unknown, string]>([
    [
      "a mask of integers",
      () => F.scaledDotProductAttention(x, x, x, zeros([3, 3], { dtype: "int32" })),
      "DTYPE_MISMATCH",
    ],
    [
      "a mask of another float",
      () => F.scaledDotProductAttention(x, x, x, zeros([3, 3], { dtype: "float64" })),
      "DTYPE_MISMATCH",
    ],
    ["a mask of another length", () => F.scaledDotProductAttention(x, x, x, zeros([3, 2])), "SHAPE_MISMATCH"],
    [
      "a mask with more in its batch",
      () => F.scaledDotProductAttention(x, x, x, zeros([5, 2, 3, 3])),
      "SHAPE_MISMATCH",
    ],
    [
      "a mask with more dims",
      () => F.scaledDotProductAttention(x, x, x, zeros([1, 1, 2, 3, 3])),
      "SHAPE_MISMATCH",
    ],
    ["a mask with one dim", () => F.scaledDotProductAttention(x, x, x, zeros([3])), "SHAPE_MISMATCH"],
    [
      "both masks",
      () => F.scaledDotProductAttention(x, x, x, zeros([3, 3]), { attnMask: zeros([3, 3]), isCausal: true }),
      "INVALID_VALUE",
    ],
    ["a probability above 1", () => F.scaledDotProductAttention(x, x, x, { dropoutP: 1.5 }), "INVALID_VALUE"],
    ["a negative probability", () => F.scaledDotProductAttention(x, x, x, { dropoutP: -1 }), "INVALID_VALUE"],
    [
      "a probability that is no number",
      () => F.scaledDotProductAttention(x, x, x, { dropoutP: Number.NaN }),
      "INVALID_VALUE",
    ],
    [
      "heads that do not divide",
      () => F.scaledDotProductAttention(zeros([1, 3, 3, 4]), x, x, { enableGqa: true }),
      "SHAPE_MISMATCH",
    ],
    [
      "other heads without enableGqa",
      () => F.scaledDotProductAttention(zeros([1, 4, 3, 4]), x, x),
      "SHAPE_MISMATCH",
    ],
    [
      "no heads with enableGqa",
      () => F.scaledDotProductAttention(zeros([3, 4]), zeros([3, 4]), zeros([3, 4]), { enableGqa: true }),
      "SHAPE_MISMATCH",
    ],
    ["another width of keys", () => F.scaledDotProductAttention(x, zeros([1, 2, 3, 5]), x), "SHAPE_MISMATCH"],
    [
      "another number of values",
      () => F.scaledDotProductAttention(x, x, zeros([1, 2, 4, 4])),
      "SHAPE_MISMATCH",
    ],
    ["one dim", () => F.scaledDotProductAttention(zeros([4]), x, x), "SHAPE_MISMATCH"],
  ])("refuses: %s", (_, call, code) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });

  it("of nothing gives PyTorch's result", () => {
    const of = (q: number[], k: number[], v = k) => F.scaledDotProductAttention(zeros(q), ones(k), ones(v));
    expect(of([1, 2, 0, 4], [1, 2, 3, 4]).shape).toEqual([1, 2, 0, 4]);
    expect(of([0, 2, 3, 4], [0, 2, 3, 4]).shape).toEqual([0, 2, 3, 4]);
    expect(of([1, 2, 3, 4], [1, 2, 0, 4]).toArray()).toEqual(zeros([1, 2, 3, 4]).toArray());
    expect(of([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 0]).shape).toEqual([1, 2, 3, 0]);
    expect(of([1, 1, 2, 0], [1, 1, 3, 0], [1, 1, 3, 2]).toArray()).toEqual(ones([1, 1, 2, 2]).toArray());
    const empty = zeros([1, 1, 0, 2], { requiresGrad: true });
    const [gq, gk] = autograd.grad(
      F.scaledDotProductAttention(
        empty,
        ones([1, 1, 3, 2], { requiresGrad: true }),
        ones([1, 1, 3, 2]),
      ).sum(),
      [empty],
    );
    expect([gq!.shape, gk]).toEqual([[1, 1, 0, 2], undefined]);
  });
});
