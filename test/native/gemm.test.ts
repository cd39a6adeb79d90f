/**
 * Compares the native matrix product with a sum in double precision, and with itself on every instruction set
 * and thread count.
 */
import { afterAll, describe, expect, it } from "vitest";
import { backend, k } from "../../src/kernels/backend.js";
import fc from "../property.js";
import { built } from "./addon.js";

interface Problem {
  batch: number;
  m: number;
  n: number;
  k: number;
  /** The layouts of A and B: rows, columns, with gaps, reversed, or one row for all. */
  layouts: [Layout, Layout];
  sharedB: boolean;
  bias: boolean;
  accumulate: boolean;
  gap: number;
  seed: number;
}

const layoutNames = ["rows", "columns", "gaps", "reversed", "repeated"] as const;
type Layout = (typeof layoutNames)[number];

interface Matrix {
  data: Float32Array;
  offset: number;
  batch: number;
  row: number;
  col: number;
}

function randomizer(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.fround((state >> 8) / 2 ** 22);
  };
}

/**
 * An array that ends with the last element accessed, so that the addon's check detects any access beyond it.
 */
function matrix(
  layout: Layout,
  batch: number,
  rows: number,
  cols: number,
  shared: boolean,
  next: () => number,
): Matrix {
  const strides = {
    rows: [cols, 1],
    columns: [1, rows],
    gaps: [2 * cols + 3, 2],
    reversed: [-cols, -1],
    repeated: [0, 1],
  }[layout];
  const [row, col] = strides;
  const reach = (rows - 1) * Math.abs(row) + (cols - 1) * Math.abs(col) + 1;
  const step = shared ? 0 : reach;
  const data = Float32Array.from({ length: 2 + reach + (batch - 1) * step }, next);
  return { data, offset: layout === "reversed" ? 2 + reach - 1 : 2, batch: step, row, col };
}

const guard = 12345;

function setUp(p: Problem) {
  const next = randomizer(p.seed);
  const a = matrix(p.layouts[0], p.batch, p.m, p.k, false, next);
  const b = matrix(p.layouts[1], p.batch, p.k, p.n, p.sharedB, next);
  const bias = p.bias ? Float32Array.from({ length: p.n + 1 }, next) : null;
  const size = p.m * p.n + p.gap;
  const before = new Float32Array(3 + p.batch * size + 70).fill(guard);
  for (let s = 0; s < p.batch; s++)
    for (let i = 0; i < p.m * p.n; i++) before[3 + s * size + i] = p.accumulate ? next() : Number.NaN;
  const run = () => {
    const c = before.slice();
    const status = k.gemm(
      p.batch, p.m, p.n, p.k,
      a.data, a.offset, a.batch, a.row, a.col,
      b.data, b.offset, b.batch, b.row, b.col,
      bias, 1, p.accumulate ? 1 : 0, 0,
      c, 3, size,
    ); // biome-ignore format: grouped by operand
    expect(status).toBe(-1);
    return c;
  };
  return { a, b, bias, size, before, run };
}

const eps = 2 ** -24;

/** Every element is within the bound of k roundings, and everything around C is unchanged. */
function check(p: Problem): void {
  const { a, b, bias, size, before, run } = setUp(p);
  const c = run();
  const expected = before.slice();
  for (let s = 0; s < p.batch; s++)
    for (let i = 0; i < p.m; i++)
      for (let j = 0; j < p.n; j++) {
        let sum = 0;
        let magnitude = 0;
        for (let l = 0; l < p.k; l++) {
          const x = a.data[a.offset + s * a.batch + i * a.row + l * a.col];
          const y = b.data[b.offset + s * b.batch + l * b.row + j * b.col];
          sum += x * y;
          magnitude += Math.abs(x * y);
        }
        if (bias) sum += bias[1 + j];
        if (bias) magnitude += Math.abs(bias[1 + j]);
        const at = 3 + s * size + i * p.n + j;
        if (p.accumulate) sum += before[at];
        if (p.accumulate) magnitude += Math.abs(before[at]);
        const bound = (p.k + 2) * eps * magnitude;
        if (!(Math.abs(c[at] - sum) <= bound)) expect(c[at], `element ${s}, ${i}, ${j}`).toBeCloseTo(sum, 5);
        expected[at] = c[at];
      }
  expect(c).toEqual(expected);
}

const problem: fc.Arbitrary<Problem> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  m: fc.integer({ min: 1, max: 40 }),
  n: fc.integer({ min: 1, max: 70 }),
  k: fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(63, 64, 65, 129),
    fc.integer({ min: 500, max: 530 }),
  ),
  layouts: fc.tuple(fc.constantFrom(...layoutNames), fc.constantFrom(...layoutNames)),
  sharedB: fc.boolean(),
  bias: fc.boolean(),
  accumulate: fc.boolean(),
  gap: fc.integer({ min: 0, max: 3 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const plain = {
  batch: 1,
  layouts: ["rows", "rows"],
  sharedB: false,
  bias: false,
  accumulate: false,
  gap: 0,
  seed: 7,
} as const;

describe.skipIf(!built)("gemm", () => {
  const isa = backend.isa;
  afterAll(() => {
    backend.useIsa(isa);
  });

  it("matches a sum in double precision, for any shape and strides, and writes nothing else", () => {
    for (const name of backend.isas) {
      backend.useIsa(name);
      expect(backend.isa).toBe(name);
      fc.assert(fc.property(problem, check), { numRuns: 60 });
    }
  });

  it("is right at the edges of vectors and tiles", () => {
    const widths = [1, 15, 16, 17, 31, 32, 33, 35];
    for (const name of backend.isas) {
      backend.useIsa(name);
      for (const n of widths)
        for (const m of [1, 2, 5, 6, 7, 11, 12, 13, 27])
          for (const layouts of [
            ["rows", "columns"],
            ["columns", "rows"],
          ] as [Layout, Layout][])
            check({ ...plain, m, n, k: 3 + (n % 5), layouts, bias: true, accumulate: n % 2 === 1 });
    }
  });

  it("without inner elements is the bias, or what C was", () => {
    const c = new Float32Array([1, 2]);
    const none = new Float32Array(0);
    k.gemm(1, 1, 2, 0, none, 0, 0, 0, 1, none, 0, 0, 2, 1, new Float32Array([5, 6]), 0, 1, 0, c, 0, 2);
    expect([...c]).toEqual([6, 8]);
    k.gemm(1, 1, 2, 0, none, 0, 0, 0, 1, none, 0, 0, 2, 1, null, 0, 0, 0, c, 0, 2);
    expect([...c]).toEqual([0, 0]);
    // The same for a C that is not thin.
    const square = new Float32Array(36).fill(3);
    k.gemm(
      1,
      6,
      6,
      0,
      none,
      0,
      0,
      0,
      1,
      none,
      0,
      0,
      6,
      1,
      new Float32Array(6).fill(5),
      0,
      1,
      0,
      square,
      0,
      36,
    );
    expect([...new Set(square)]).toEqual([8]);
  });

  // Large enough to be shared among threads. k is cut into two blocks.
  const large: Problem[] = [
    { ...plain, layouts: ["rows", "columns"], m: 128, n: 512, k: 784, bias: true },
    { ...plain, layouts: ["columns", "rows"], m: 300, n: 257, k: 1000, accumulate: true },
    { ...plain, layouts: ["rows", "rows"], m: 1500, n: 10, k: 300, bias: true, accumulate: true },
    { ...plain, layouts: ["rows", "rows"], m: 1200, n: 70, k: 500, accumulate: true },
    { ...plain, batch: 12, layouts: ["rows", "columns"], m: 70, n: 65, k: 64 },
    // The long side of a narrow C along the vectors, and products with few rows or columns, read along k and
    // across it.
    { ...plain, layouts: ["columns", "rows"], m: 3000, n: 7, k: 300, bias: true },
    { ...plain, layouts: ["rows", "columns"], m: 1, n: 3001, k: 777, bias: true },
    { ...plain, layouts: ["rows", "rows"], m: 3, n: 3001, k: 333, accumulate: true },
    { ...plain, layouts: ["rows", "columns"], m: 3001, n: 2, k: 333, bias: true, accumulate: true },
    { ...plain, layouts: ["columns", "gaps"], m: 3001, n: 4, k: 333 },
    // B in main memory with few rows; a narrow C with columns of B along k; few steps of k.
    { ...plain, layouts: ["columns", "rows"], m: 2, n: 4205, k: 1003, bias: true, accumulate: true },
    { ...plain, layouts: ["columns", "columns"], m: 9, n: 3001, k: 333, bias: true, accumulate: true },
    { ...plain, layouts: ["gaps", "columns"], m: 1600, n: 333, k: 3, bias: true, accumulate: true },
  ];

  it.each(large)("has the same bits on every instruction set and thread count: %o", (p) => {
    const { run } = setUp(p);
    const threads = backend.threads;
    let reference: Float32Array | undefined;
    for (const name of backend.isas) {
      for (const count of [1, 2, 4]) {
        backend.useIsa(name);
        backend.setThreads(count);
        expect([backend.isa, backend.threads]).toEqual([name, count]);
        const before = backend.workerChunks;
        let c = run();
        // A sleeping worker may wake too late for one product, but not for hundreds.
        for (let i = 0; count > 1 && backend.workerChunks === before && i < 2000; i++) c = run();
        if (count > 1) expect(backend.workerChunks).toBeGreaterThan(before);
        else expect(backend.workerChunks).toBe(before);
        reference ??= c;
        expect(Buffer.compare(Buffer.from(c.buffer), Buffer.from(reference.buffer))).toBe(0);
      }
    }
    backend.setThreads(threads);
  });

  it.each([
    [2, 4205, 1003],
    [1, 300_000, 15],
  ])("is right where B comes from memory: m %i, n %i, k %i", (m, n, steps) => {
    // Data that earlier products left in the threads' scratch memory must not affect the result.
    check({ ...plain, layouts: ["columns", "rows"], m: 4, n: 4000, k: 1100 });
    check({ ...plain, layouts: ["columns", "rows"], m, n, k: steps, bias: true, accumulate: true });
  });

  it("has the same bits however A and B lie", () => {
    const turned = ({ data, offset, row, col }: Matrix, rows: number, cols: number): Matrix => {
      const other = new Float32Array(offset + rows * cols);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j++) other[offset + j * rows + i] = data[offset + i * row + j * col];
      return { data: other, offset, batch: 0, row: 1, col: rows };
    };
    const size = fc.integer({ min: 1, max: 50 });
    const product = (m: number, n: number, steps: number, a: Matrix, b: Matrix) => {
      const c = new Float32Array(m * n);
      k.gemm(
        1,
        m,
        n,
        steps,
        a.data,
        a.offset,
        0,
        a.row,
        a.col,
        b.data,
        b.offset,
        0,
        b.row,
        b.col,
        null,
        0,
        0,
        0,
        c,
        0,
        0,
      );
      return Buffer.from(c.buffer);
    };
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 140 }),
        fc.integer({ min: 1 }),
        (m, n, steps, seed) => {
          const next = randomizer(seed);
          const a = matrix("rows", 1, m, steps, true, next);
          const b = matrix("rows", 1, steps, n, true, next);
          const reference = product(m, n, steps, a, b);
          for (const left of [a, turned(a, m, steps)])
            for (const right of [b, turned(b, steps, n)])
              expect(Buffer.compare(product(m, n, steps, left, right), reference)).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives C to an update: the bits of one after the other, on every instruction set and thread count", () => {
    const shapes = [
      [1, 700, 40],
      [300, 3, 40],
      [9, 200, 33],
      [250, 40, 3],
      [40, 33, 0],
      [530, 300, 70],
      [300, 530, 600],
    ];
    const threads = backend.threads;
    const names = ["sgdStep", "adamStep"] as const;
    for (const [m, n, steps] of shapes)
      for (const name of names) {
        const next = randomizer(m + n);
        const draw = (length: number) => Float32Array.from({ length }, next);
        const a = draw(m * steps);
        const b = draw(steps * n);
        const state = [draw(m * n), draw(m * n), draw(m * n).map(Math.abs)];
        const hyper = new Float64Array(
          name === "sgdStep" ? [0.1, 0.9, 0.1, 0.01] : [0.1, 0.9, 0.99, 1e-8, 0.01],
        );
        const run = (fused: boolean) => {
          const c = new Float32Array(m * n);
          const [p, first, second] = state.map((values) => values.slice());
          const gemm = [1, m, n, steps, a, 0, 0, 1, m, b, 0, 0, n, 1, null, 0, 0, 0, c, 0, 0] as const;
          const count = new Float64Array([3]);
          const statuses = [];
          if (name === "sgdStep") {
            const rest = [first, 0, count, 0, hyper, 0] as const;
            if (fused) statuses.push(k.gemmSgdStep(...gemm, 1, p, 0, ...rest));
            else statuses.push(k.gemm(...gemm), k.sgdStep(m * n, 1, p, 0, c, 0, ...rest));
          } else {
            const rest = [first, 0, second, 0, null, 0, count, 0, hyper, 0] as const;
            if (fused) statuses.push(k.gemmAdamStep(...gemm, 0, p, 0, ...rest));
            else statuses.push(k.gemm(...gemm), k.adamStep(m * n, 0, p, 0, c, 0, ...rest));
          }
          expect(new Set(statuses)).toEqual(new Set([-1]));
          return Buffer.concat([p, first, second].map(({ buffer }) => Buffer.from(buffer)));
        };
        for (const isaName of backend.isas)
          for (const count of [1, 3]) {
            backend.useIsa(isaName);
            backend.setThreads(count);
            expect(Buffer.compare(run(true), run(false))).toBe(0);
          }
      }
    backend.setThreads(threads);
  });

  it("adds the rounded product in one rounding when accumulating", () => {
    // The exact product is 1 + 2^-24 + 2^-24, but the chain rounds each step to 1. If the old C were the
    // first element of the chain, the result would differ.
    const a = new Float32Array([1, 2 ** -24, 2 ** -24]);
    const b = new Float32Array([1, 1, 1]);
    const c = new Float32Array([2 ** -24]);
    k.gemm(1, 1, 1, 3, a, 0, 0, 3, 1, b, 0, 0, 1, 1, null, 0, 1, 0, c, 0, 1);
    expect(c[0]).toBe(1);
    // The same for several blocks of k, where partial sums are not stored in C.
    const length = 2000;
    const tiny = new Float32Array(length).fill(2 ** -12);
    const ones = new Float32Array(length).fill(1);
    const old = new Float32Array([2 ** 24]);
    k.gemm(1, 1, 1, length, tiny, 0, 0, length, 1, ones, 0, 0, 1, 1, null, 0, 1, 0, old, 0, 1);
    expect(old[0]).toBe(2 ** 24);
  });
});
