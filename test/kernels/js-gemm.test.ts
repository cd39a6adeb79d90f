import { describe, expect, it } from "vitest";
import { gemm } from "../../src/kernels/js/index.js";
import fc from "../property.js";

/** Half integers: sums of products are exact in float32, so every order of summation gives the same bits. */
function halves(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (((i * 7919 + seed * 104729) % 17) - 8) / 2);
}

interface Problem {
  batch: number;
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  shareA: boolean;
  bias: boolean;
  accumulate: boolean;
}

function run(p: Problem, Type: Float32ArrayConstructor | Float64ArrayConstructor): [number[], number[]] {
  const { batch, m, n, k } = p;
  const a = Type.from(halves(3 + batch * m * k, 1));
  const b = Type.from(halves(1 + batch * k * n, 2));
  const bias = Type.from(halves(n + 2, 3));
  const gap = 2;
  const c = Type.from(halves(1 + batch * (m * n + gap), 4));
  const [aRow, aCol] = p.transposeA ? [1, m] : [k, 1];
  const [bRow, bCol] = p.transposeB ? [1, k] : [n, 1];
  const aBatch = p.shareA ? 0 : m * k;
  const want = [...c];
  for (let s = 0; s < batch; s++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = p.bias ? bias[2 + j] : 0;
        for (let l = 0; l < k; l++)
          sum += a[3 + s * aBatch + i * aRow + l * aCol] * b[1 + s * k * n + l * bRow + j * bCol];
        const at = 1 + s * (m * n + gap) + i * n + j;
        want[at] = p.accumulate ? want[at] + sum : sum;
      }
  const operands = [a, 3, aBatch, aRow, aCol, b, 1, k * n, bRow, bCol] as const;
  const rest = [p.bias ? bias : null, 2, Number(p.accumulate), 0, c, 1, m * n + gap] as const;
  expect(gemm(batch, m, n, k, ...operands, ...rest)).toBe(-1);
  return [[...c], want];
}

describe("gemm", () => {
  const size = fc.integer({ min: 0, max: 9 });
  const flag = fc.boolean();
  const problems = fc.record({
    batch: fc.integer({ min: 0, max: 3 }),
    ...{ m: size, n: size, k: size },
    ...{ transposeA: flag, transposeB: flag, shareA: flag, bias: flag, accumulate: flag },
  });

  it("is the sum of products, for any small problem, and leaves the gaps alone", () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(Float32Array, Float64Array), (problem, Type) => {
        const [actual, want] = run(problem, Type as Float32ArrayConstructor);
        expect(actual).toEqual(want);
      }),
      { numRuns: 300 },
    );
  });

  // The panel arrays hold 65536 elements: 24 rows and 16 columns at k = 8192. Past that, sums are carried on.
  it.each([
    [128, 64, 100],
    [31, 33, 8192],
    [31, 33, 8193],
    [25, 17, 20_000],
    [4, 150_000, 1],
    [3, 2, 40_000],
    [200, 140, 1000],
  ])("blocks of a large problem meet: %d x %d x %d", (m, n, k) => {
    for (const transposed of [false, true]) {
      const flags = {
        transposeA: transposed,
        transposeB: !transposed,
        shareA: false,
        bias: true,
        accumulate: true,
      };
      const [actual, want] = run({ batch: 1, m, n, k, ...flags }, Float64Array);
      // Not toEqual: it takes seconds on a million numbers.
      expect(actual.findIndex((value, i) => value !== want[i])).toBe(-1);
    }
  });

  it("sums in double precision and rounds once", () => {
    const a = Float32Array.of(1, 2 ** -24, 2 ** -24, 1, 1, 1, 1, 1, 1);
    const b = new Float32Array(6).fill(1);
    const c = new Float32Array(6);
    gemm(1, 3, 2, 3, a, 0, 0, 3, 1, b, 0, 0, 2, 1, null, 0, 0, 0, c, 0, 0);
    // In float32, 1 + 2^-24 is 1 and the second addition is lost as well.
    expect(c[0]).toBe(1 + 2 ** -23);
  });

  it.each([
    ["packed", 3],
    ["thin", 1],
  ])("float64 keeps all its digits (%s)", (_, m) => {
    const a = Float64Array.from({ length: m * 2 }, (_, i) => 0.1 * (i + 1));
    const c = new Float64Array(m * 2);
    gemm(1, m, 2, 2, a, 0, 0, 2, 1, Float64Array.of(0.3, 0.7, 0.7, 0.3), 0, 0, 2, 1, null, 0, 0, 0, c, 0, 0);
    for (let i = 0; i < m; i++)
      expect([c[2 * i], c[2 * i + 1]]).toEqual([
        a[2 * i] * 0.3 + a[2 * i + 1] * 0.7,
        a[2 * i] * 0.7 + a[2 * i + 1] * 0.3,
      ]);
  });

  it.each([
    ["packed", 3],
    ["thin", 1],
  ])("accumulates the rounded product (%s)", (_, m) => {
    // The product 1 + 2^-24 rounds to 1; unrounded it would tip the sum 2^24 + … to the next even number.
    const a = new Float32Array(m * 2).map((_, i) => (i % 2 ? 2 ** -24 : 1));
    const b = Float32Array.of(1, 1, 1, 1);
    const c = new Float32Array(m * 2).fill(2 ** 24);
    gemm(1, m, 2, 2, a, 0, 0, 2, 1, b, 0, 0, 2, 1, null, 0, 1, 0, c, 0, 0);
    expect([...c]).toEqual(new Array(m * 2).fill(2 ** 24));
  });

  it("keeps NaN and Infinity to the rows and columns they are in", () => {
    const a = new Float32Array(16).fill(1);
    const b = new Float32Array(16).fill(1);
    a[5] = Number.NaN;
    b[3] = Infinity;
    const c = new Float32Array(16);
    gemm(1, 4, 4, 4, a, 0, 0, 4, 1, b, 0, 0, 4, 1, null, 0, 0, 0, c, 0, 0);
    for (let i = 0; i < 16; i++) expect(c[i]).toBe(i >> 2 === 1 ? Number.NaN : i % 4 === 3 ? Infinity : 4);
  });

  it("takes reversed and repeated operands", () => {
    const a = Float32Array.from({ length: 12 }, (_, i) => i);
    const c = new Float32Array(12);
    // A read backwards, B a single number everywhere.
    gemm(1, 4, 3, 3, a, 11, 0, -3, -1, Float32Array.of(2), 0, 0, 0, 0, null, 0, 0, 0, c, 0, 0);
    expect([...c]).toEqual([60, 60, 60, 42, 42, 42, 24, 24, 24, 6, 6, 6]);
  });
});
