/**
 * Products in bfloat16 have the bits of the definition (src/kernels/js/bfloat16.ts) on every instruction set
 * and with any number of threads.
 */
import { afterAll, describe, expect, it } from "vitest";
import { backend, k } from "../../src/kernels/backend.js";
import { gemm as definition } from "../../src/kernels/js/index.js";
import fc from "../property.js";
import { built } from "./addon.js";

const words = new Int32Array(1);
const asFloat = new Float32Array(words.buffer);

/** Kinds of numbers: ordinary ones, exact ones that cancel, and each of the limits of the rule. */
const kinds = {
  plain: (bits: number) => bits / 2 ** 31,
  cancelling: (bits: number) => ((bits >> 8) % 9) - 4,
  underflowing: (bits: number) => (((bits >> 8) % 255) - 127) * 2 ** (-63 - ((bits >> 20) & 7)),
  subnormal: (bits: number) => floatOf(bits & (0x80ffffff | 0)),
  overflowing: (bits: number) => floatOf((bits & (0x80ffffff | 0)) | 0x5f000000),
  any: floatOf,
} as const;
type Kind = keyof typeof kinds;

function floatOf(bits: number): number {
  words[0] = bits;
  return asFloat[0];
}

function draw(length: number, kind: Kind, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return kinds[kind](state ^ (state >>> 15));
  });
}

interface Problem {
  batch: number;
  m: number;
  n: number;
  k: number;
  kinds: readonly [Kind, Kind];
  /** Strides of A and B: along k, across it, or with gaps. */
  layouts: readonly [number, number];
  shared: boolean;
  bias: boolean;
  accumulate: boolean;
  seed: number;
}

function setUp(p: Problem) {
  const strides = (rows: number, cols: number, layout: number) =>
    [
      [cols, 1],
      [1, rows],
      [2 * cols + 3, 2],
    ][layout];
  const [aRow, aCol] = strides(p.m, p.k, p.layouts[0]);
  const [bRow, bCol] = strides(p.k, p.n, p.layouts[1]);
  const sizeOf = (rows: number, cols: number, row: number, col: number) =>
    rows && cols ? (rows - 1) * row + (cols - 1) * col + 1 : 0;
  const [aSize, bSize] = [sizeOf(p.m, p.k, aRow, aCol), sizeOf(p.k, p.n, bRow, bCol)];
  const a = draw(aSize * p.batch, p.kinds[0], p.seed);
  const b = draw(bSize * (p.shared ? 1 : p.batch), p.kinds[1], p.seed + 1);
  const bias = p.bias ? draw(p.n, "plain", p.seed + 2) : null;
  const before = draw(p.batch * p.m * p.n, "plain", p.seed + 3);
  const run = (gemm: typeof definition) => {
    const c = before.slice();
    const left = [a, 0, aSize, aRow, aCol] as const;
    const right = [b, 0, p.shared ? 0 : bSize, bRow, bCol] as const;
    const rest = [bias, 0, p.accumulate ? 1 : 0, 1, c, 0, p.m * p.n] as const;
    expect(gemm(p.batch, p.m, p.n, p.k, ...left, ...right, ...rest)).toBe(-1);
    return c.map((x) => (Number.isNaN(x) ? Number.NaN : x)); // payloads of NaN are not part of the rule
  };
  return { run, expected: run(definition) };
}

/** Runs on every instruction set with each number of threads. */
function check(p: Problem, threads: readonly number[]): void {
  const { run, expected } = setUp(p);
  for (const isa of backend.isas)
    for (const count of threads) {
      backend.useIsa(isa);
      backend.setThreads(count);
      const c = run(k.gemm);
      if (Buffer.compare(Buffer.from(c.buffer), Buffer.from(expected.buffer)) === 0) continue;
      const at = c.findIndex((x, i) => !Object.is(x, expected[i]));
      expect(c[at], `${isa}, ${count} threads, element ${at}`).toBe(expected[at]);
    }
}

const kind = fc.constantFrom(...(Object.keys(kinds) as Kind[]));
const problem: fc.Arbitrary<Problem> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  m: fc.integer({ min: 1, max: 30 }),
  n: fc.integer({ min: 1, max: 70 }),
  k: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(1023, 1024, 1025, 2049)),
  kinds: fc.tuple(kind, kind),
  layouts: fc.tuple(fc.nat(2), fc.nat(2)),
  shared: fc.boolean(),
  bias: fc.boolean(),
  accumulate: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const plain: Omit<Problem, "m" | "n" | "k"> = {
  ...{ batch: 1, kinds: ["plain", "plain"], layouts: [0, 0], seed: 5 },
  ...{ shared: false, bias: false, accumulate: false },
};

describe.skipIf(!built)("gemm in bfloat16", () => {
  const { isa, threads } = backend;
  afterAll(() => {
    backend.useIsa(isa);
    backend.setThreads(threads);
  });

  it("has the bits of the definition for any shape, strides and values", () => {
    fc.assert(
      fc.property(problem, (p) => check(p, [1])),
      { numRuns: 300 },
    );
  });

  it("has them at the edges of vectors and tiles", () => {
    for (const n of [1, 15, 16, 17, 31, 32, 33, 65])
      for (const m of [1, 2, 5, 6, 7, 11, 12, 13, 27])
        check(
          { ...plain, m, n, k: 3 + (n % 5), bias: true, accumulate: n % 2 === 1, layouts: [0, m % 2] },
          [1],
        );
  });

  // More than one block in each direction, and pieces of k.
  const large: Problem[] = [
    { ...plain, m: 128, n: 130, k: 785, layouts: [0, 1], bias: true },
    { ...plain, m: 300, n: 257, k: 1101, layouts: [1, 0], accumulate: true },
    { ...plain, m: 500, n: 10, k: 300, bias: true, accumulate: true },
    { ...plain, m: 1, n: 1501, k: 777, layouts: [0, 1], bias: true },
    { ...plain, m: 700, n: 300, k: 3, layouts: [2, 1], bias: true, accumulate: true },
    { ...plain, batch: 12, m: 40, n: 65, k: 64, layouts: [0, 1] },
    { ...plain, batch: 9, m: 33, n: 65, k: 65, shared: true, kinds: ["underflowing", "underflowing"] },
    { ...plain, m: 13, n: 35, k: 40_001 },
    { ...plain, m: 5, n: 20, k: 20_001, kinds: ["plain", "underflowing"] },
  ];

  it.each(large)("has them with 1 to 7 threads: %o", (p) => check(p, [1, 2, 3, 4, 5, 6, 7]));

  it("decides after rounding whether a result is tiny", () => {
    // Row i is 2^-126 - i · 2^-158: the limit is 2^-126 - 2^-151, at i = 128.
    const [m, n] = [256, 20];
    const a = Float32Array.from({ length: 2 * m }, (_, i) => (i % 2 ? 2 ** -63 : -(i / 2) * 2 ** -77));
    const b = Float32Array.from({ length: 2 * n }, (_, i) => (i < n ? 2 ** -81 : 2 ** -63));
    const expected = Float32Array.from({ length: m * n }, (_, i) => (i < 129 * n ? 2 ** -126 : 0));
    for (const name of backend.isas) {
      backend.useIsa(name);
      const c = new Float32Array(m * n);
      k.gemm(1, m, n, 2, a, 0, 0, 2, 1, b, 0, 0, n, 1, null, 0, 0, 1, c, 0, 0);
      expect(c, name).toEqual(expected);
    }
  });

  it("gives an update the gradient that it would store", () => {
    for (const [m, n, steps] of [
      [130, 270, 129],
      [260, 300, 1025],
      [40, 50, 20_001],
      [3, 70, 9],
    ]) {
      const [a, b, p, buffer] = [steps * m, steps * n, m * n, m * n].map((size, i) =>
        draw(size, "plain", i + 1),
      );
      const hyper = Float64Array.of(0.1, 0.9, 0.1, 0.01);
      const run = (fused: boolean) => {
        const [c, q, state] = [new Float32Array(m * n), p.slice(), buffer.slice()];
        const product = [1, m, n, steps, a, 0, 0, 1, m, b, 0, 0, n, 1, null, 0, 0, 1, c, 0, 0] as const;
        const rest = [state, 0, Float64Array.of(3), 0, hyper, 0] as const;
        if (fused) expect(k.gemmSgdStep(...product, 1, q, 0, ...rest)).toBe(-1);
        else expect([k.gemm(...product), k.sgdStep(m * n, 1, q, 0, c, 0, ...rest)]).toEqual([-1, -1]);
        return Buffer.concat([Buffer.from(q.buffer), Buffer.from(state.buffer)]);
      };
      for (const name of backend.isas)
        for (const count of [1, 3]) {
          backend.useIsa(name);
          backend.setThreads(count);
          expect(Buffer.compare(run(true), run(false)), `${name}, ${m} x ${n} x ${steps}`).toBe(0);
        }
    }
  });

  it("leaves the mode of the processor as it was", () => {
    const tiny = Float32Array.of(2 ** -140);
    for (const name of backend.isas) {
      backend.useIsa(name);
      setUp({ ...plain, m: 20, n: 40, k: 9 }).run(k.gemm);
      const out = new Float32Array(1);
      k.binary("add", [1], tiny, 0, [1], tiny, 0, [1], out, 0);
      expect(out[0]).toBe(2 ** -139);
      // The bias and the old C are added outside the mode: subnormal results are kept there.
      const zero = new Float32Array(1);
      k.gemm(1, 1, 1, 1, zero, 0, 0, 1, 1, zero, 0, 0, 1, 1, tiny, 0, 1, 1, out, 0, 1);
      expect(out[0]).toBe(2 ** -139 + 2 ** -140);
    }
  });

  it("is within its stated bound of a product in double precision", () => {
    // Each operand is off by 2^-8 of its size at most, and each of k FMAs by 2^-24 of the sum of sizes.
    const [m, n, steps] = [20, 30, 501];
    const [a, b] = [draw(m * steps, "plain", 1), draw(steps * n, "plain", 2)];
    const c = new Float32Array(m * n);
    k.gemm(1, m, n, steps, a, 0, 0, steps, 1, b, 0, 0, n, 1, null, 0, 0, 1, c, 0, 0);
    let worst = 0;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let [sum, size] = [0, 0];
        for (let l = 0; l < steps; l++) {
          sum += a[i * steps + l] * b[l * n + j];
          size += Math.abs(a[i * steps + l] * b[l * n + j]);
        }
        worst = Math.max(worst, Math.abs(c[i * n + j] - sum) / size);
      }
    const bound = (k: number) => 2 ** -7 + 2 ** -16 + k * 2 ** -24 * (1 + 2 ** -6);
    expect(worst).toBeLessThanOrEqual(bound(steps));
    expect(worst).toBeGreaterThan(2 ** -14); // it did round the operands
    // The worst operand is a tie just above a power of two.
    const tie = Float32Array.of(1 + 2 ** -8);
    k.gemm(1, 1, 1, 1, tie, 0, 0, 1, 1, tie, 0, 0, 1, 1, null, 0, 0, 1, c, 0, 0);
    expect(tie[0] ** 2 - c[0]).toBeLessThanOrEqual(bound(1) * tie[0] ** 2);
    expect(tie[0] ** 2 - c[0]).toBeGreaterThan(0.98 * bound(1));
  });
});
