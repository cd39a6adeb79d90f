/**
 * Elementwise calls that run together, block by block: the bits are those of the calls one after the other.
 */
import { afterEach, describe, expect, it } from "vitest";
import {
  backend,
  compile,
  noGrad,
  randint,
  randn,
  type Tensor,
  tensor,
  where,
  zeros,
} from "../../src/index.js";
import fc from "../property.js";

const threads = backend.threads;
afterEach(() => {
  backend.setThreads(threads);
});

const bits = (x: Tensor) => Buffer.from(x.contiguous().data.slice().buffer).toString("base64");

/** The chains that explain() lists. */
const chainsOf = (step: { explain(): string }) =>
  [...step.explain().matchAll(/^\d+\s+chain (.*?)\s{2,}/gm)].map(([, ops]) => ops);

const native = backend.isas.length > 0;

/** One operation on tensors made so far, chosen by numbers. */
type Step = readonly [kind: number, i: number, j: number, k: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.nat(15), fc.nat(50), fc.nat(50), fc.nat(50));

const reductions = [
  (x: Tensor, axis: number) => x.sum(axis),
  (x: Tensor, axis: number) => x.amax(axis),
  (x: Tensor, axis: number) => x.amin(axis),
  (x: Tensor, axis: number) => x.prod(axis),
];

/** The same elements with a third axis, so that the reduction of the middle one has many slices. */
function inThree(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  const parts = [4, 3, 2].find((n) => columns % n === 0) ?? 1;
  return x.view([rows, parts, columns / parts]);
}

/** Runs a random program over x [rows, columns] and returns some of what it made. */
function run(steps: readonly Step[], x: Tensor, row: Tensor, state: Tensor): Tensor[] {
  const made = [x, x.mul(row), x.add(1)];
  const sums: Tensor[] = [];
  const of = (i: number) => made[i % made.length];
  return noGrad(() => {
    for (const [kind, i, j, k] of steps) {
      const [a, b, c] = [of(i), of(j), of(k)];
      if (kind === 0) made.push(a.add(b));
      else if (kind === 1) made.push(a.mul(b));
      else if (kind === 2) made.push(a.sub(row));
      else if (kind === 3) made.push(a.tanh());
      else if (kind === 4) made.push(where(a.gt(b), c, a));
      else if (kind === 5) made.push(a.le(b).to("float32").mul(c));
      else if (kind === 6) made.push(a.clone().add_(b));
      else if (kind === 7) made.push(a.add(b.sum(1, { keepdim: true })));
      else if (kind === 8) made.push(a.t().contiguous().view(a.shape).add(b));
      else if (kind === 9) made.push(a.add(b.mean()).neg());
      else if (kind === 10) state.add_(a);
      else if (kind === 11) sums.push(reductions[j % 4](a, k % 2));
      else if (kind === 12) sums.push(a.mul(b).sum());
      else if (kind === 13) sums.push(reductions[j % 4](inThree(a), k % 3));
      else if (kind === 14) sums.push(a.sub(b).sum(0), a.amax(1));
      else made.push(a.mul(state.view(x.shape)));
    }
    return [of(steps.length), of(7), made.at(-1)!, ...sums];
  });
}

describe("chains", () => {
  it("give the bits of the calls one by one, for random programs, sizes and threads", () => {
    // Around the blocks of sums (4096 elements of a row, 128 rows, 64 blocks of rows), and few long rows.
    const size = fc.constantFrom(
      ...[
        [3, 5],
        [1, 1],
        [64, 64],
        [130, 70],
        [9, 2000],
        [3, 5000],
        [2, 8192],
        [1, 20000],
      ],
      ...[
        [300, 24],
        [70, 1030],
        [260, 515],
        [8500, 3],
        [17000, 2],
      ],
    );
    const given = fc.record({
      size,
      steps: fc.array(step, { minLength: 2, maxLength: 24 }),
      threads: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(given, ({ size: [rows, columns], steps, threads }) => {
        backend.setThreads(threads);
        const x = randn([rows, columns]);
        const row = randn([columns]);
        const [eager, compiled] = [zeros([rows * columns]), zeros([rows * columns])];
        const inEager = (given: Tensor) => run(steps, given, row, eager.view([rows, columns]));
        const inStep = compile((given: Tensor) => run(steps, given, row, compiled.view([rows, columns])));
        for (let round = 0; round < 2; round++) {
          expect(inStep(x).map(bits)).toEqual(inEager(x).map(bits));
          expect(bits(compiled)).toEqual(bits(eager));
        }
      }),
      { numRuns: 100 },
    );
  });

  it.runIf(native)("join what a composition makes, and store only what is read later", () => {
    const b = randn([300]);
    const gelu = compile((x: Tensor) => {
      const h = x.add(b);
      return h.mul(h.mul(h).mul(h).mul(0.044715).add(h).mul(0.79788).tanh().add(1).mul(0.5));
    });
    gelu(randn([50, 300]));
    expect(chainsOf(gelu)).toHaveLength(1);
    expect(gelu.explain()).toContain("arena of 0 B");
  });

  it.runIf(native)("pass a matmul that does not depend on them", () => {
    const w = randn([16, 16]);
    const fn = compile((x: Tensor) => {
      const h = x.mul(2);
      const product = x.matmul(w);
      return [h.tanh(), product] as const;
    });
    const x = randn([16, 16]);
    const [h, product] = fn(x);
    expect(chainsOf(fn)).toEqual(["mul tanh"]);
    expect([bits(h), bits(product)]).toEqual([bits(x.mul(2).tanh()), bits(x.matmul(w))]);
  });

  it.runIf(native)("end where a call reads what a link wrote in another order", () => {
    const fn = compile((x: Tensor) => {
      const h = x.mul(2);
      return h.t().contiguous().view(h.shape).add(h);
    });
    const x = randn([40, 40]);
    const h = x.mul(2);
    expect(bits(fn(x))).toEqual(bits(h.t().contiguous().view(h.shape).add(h)));
  });

  it("give the place of a local to one other, even if a call reads the local twice", () => {
    const fn = (x: Tensor) => {
      const h = x.add(1);
      const squared = h.mul(h);
      const [a, b, c] = [squared.add(1), x.mul(3), x.mul(5)];
      return a.div(b).add(c);
    };
    const x = randn([100]);
    expect(bits(compile(fn)(x))).toEqual(bits(fn(x)));
  });

  it("do not compute in place of what a link reads in another order", () => {
    const [x, w] = [randn([200, 200]), randn([200, 200])];
    const fn = (x: Tensor) => {
      const h = x.matmul(w);
      const [a, b] = [x.add(h.t()), h.mul(2)];
      return [a, b.matmul(w)] as const;
    };
    const step = compile(fn);
    if (native) {
      step(x);
      expect(chainsOf(step)).toEqual(["add mul"]);
    }
    expect(step(x).map(bits)).toEqual(fn(x).map(bits));
  });

  it("do not write an argument before a label that is out of range is found", () => {
    const table = randn([3, 4]);
    const fn = compile((count: Tensor, index: Tensor) =>
      noGrad(() => {
        const h = count.mul(1);
        const rows = table.indexSelect(0, index);
        count.copy_(h.add(1));
        return rows;
      }),
    );
    const count = zeros([4]);
    fn(count, tensor([0, 1, 2, 2], { dtype: "int32" }));
    expect(count.toArray()).toEqual([1, 1, 1, 1]);
    expect(() => fn(count, tensor([0, 1, 2, 9], { dtype: "int32" }))).toThrow(/index out of range/);
    expect(count.toArray()).toEqual([1, 1, 1, 1]);
  });

  it("do not write memory of the user before a label that is out of range is found", () => {
    const count = zeros([4]);
    const table = randn([3, 4]);
    const fn = compile((index: Tensor) =>
      noGrad(() => {
        const h = count.mul(1);
        const rows = table.indexSelect(0, index);
        count.copy_(h.add(1));
        return rows;
      }),
    );
    fn(randint(0, 3, [4], { dtype: "int32" }));
    expect(count.toArray()).toEqual([1, 1, 1, 1]);
    expect(() => fn(tensor([0, 1, 2, 9], { dtype: "int32" }))).toThrow(/index out of range at position 3/);
    expect(count.toArray()).toEqual([1, 1, 1, 1]);
  });
});
