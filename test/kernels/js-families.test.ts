import { describe, expect, it } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { wholePower } from "../../src/kernels/js/optim.js";
import { expectClose, float64 } from "../close.js";
import fc from "../property.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const number = fc.double({ min: -4, max: 4, noNaN: true });
const numbers = (n: number) =>
  fc.array(number, { minLength: n, maxLength: n }).map((v) => Float64Array.from(v));
const block = fc.record({
  outer: fc.integer({ min: 0, max: 3 }),
  length: fc.integer({ min: 1, max: 5 }),
  inner: fc.integer({ min: 1, max: 3 }),
});
type Block = { outer: number; length: number; inner: number };

/** x[o, :, i] of a dense [outer, length, inner]. */
function line(x: ArrayLike<number>, { length, inner }: Block, o: number, i: number): number[] {
  return Array.from({ length }, (_, l) => x[(o * length + l) * inner + i]);
}

/** A kernel over the middle axis, from a function of one line. */
function lines(
  x: ArrayLike<number>,
  b: Block,
  f: (values: number[], o: number, i: number) => number[],
): number[] {
  const out: number[] = [];
  for (let o = 0; o < b.outer; o++)
    for (let i = 0; i < b.inner; i++)
      f(line(x, b, o, i), o, i).forEach((value, l, all) => {
        out[(o * all.length + l) * b.inner + i] = value;
      });
  return out;
}

describe("reduce", () => {
  const folds = {
    sum: (v: number[]) => v.reduce((a, c) => a + c, 0),
    prod: (v: number[]) => v.reduce((a, c) => a * c, 1),
    max: (v: number[]) => Math.max(...v),
    min: (v: number[]) => Math.min(...v),
  };
  it.each(Object.keys(folds) as (keyof typeof folds)[])("%s over the middle axis", (op) => {
    const cases = block.chain((b) => fc.tuple(fc.constant(b), numbers(b.outer * b.length * b.inner + 1)));
    fc.assert(
      fc.property(cases, ([b, x]) => {
        const n = b.outer * b.inner;
        const out = new Float64Array(n + 2).fill(99);
        js.reduce(op, b.outer, b.length, b.inner, x, 1, out, 1);
        const want = lines(x.subarray(1), b, (v) => [folds[op](v) + 0]);
        expect([...out].map((v) => v + 0)).toEqual([99, ...want, 99]);
      }),
    );
  });

  const one = (op: "sum" | "prod" | "max" | "min", values: number[]) => {
    const out = new Float64Array(1);
    js.reduce(op, 1, values.length, 1, Float64Array.from(values), 0, out, 0);
    return out[0];
  };

  it("of nothing is 0 or 1; NaN is both largest and smallest, first or last", () => {
    expect([one("sum", []), one("prod", [])]).toEqual([0, 1]);
    for (const op of ["max", "min"] as const)
      for (const at of [0, 1, 2]) expect(one(op, [1, 2, 3].with(at, nan))).toBe(nan);
    expect(one("max", [-inf, -inf])).toBe(-inf);
    expect(one("sum", [inf, -inf])).toBe(nan);
  });

  it("sums float32 in double precision, wide arrays too", () => {
    const x = new Float32Array(3000).fill(1);
    x.fill(2 ** 24, 0, 1500);
    const out = new Float32Array(1500);
    js.reduce("sum", 1, 2, 1500, x, 0, out, 0);
    expect(out[1499]).toBe(2 ** 24); // 2^24 + 1, rounded once
    js.reduce("sum", 1, 3000, 1, x, 0, out, 0);
    expect(out[0]).toBe(Math.fround(1500 * 2 ** 24 + 1500));
  });

  it("integer products fit, or are refused", () => {
    const out = new Int32Array(1);
    expect(() => js.reduce("prod", 1, 3, 1, Int32Array.of(123456789, 987654321, 7), 0, out, 0)).toThrow(
      /prod: the result does not fit int32/,
    );
    js.reduce("prod", 1, 3, 1, Int32Array.of(-46341, 46340, 1), 0, out, 0);
    expect(out[0]).toBe(-46341 * 46340);
    js.reduce("sum", 1, 3, 1, Uint8Array.of(200, 200, 200), 0, out, 0);
    expect(out[0]).toBe(600);
  });

  it.each([
    [[1, 3, 3, 2], 1, 0],
    [[2, 1, 1], 0, 1],
    [[1, nan, 5, nan], 1, 1],
    [[nan, 1], 0, 0],
    [[-inf, -inf], 0, 0],
  ])("argmax and argmin of %j are %d and %d", (values, max, min) => {
    const out = new Int32Array(4).fill(-9);
    // Two interleaved copies: inner is 2.
    const x = Float32Array.from(values.flatMap((v) => [v, v]));
    expect(js.argReduce("argmax", 1, values.length, 2, x, 0, out, 0)).toBe(-1);
    js.argReduce("argmin", 1, values.length, 2, x, 0, out, 2);
    expect([...out]).toEqual([max, max, min, min]);
  });
});

describe("softmax", () => {
  const naive = (v: number[]) => {
    const sum = v.reduce((s, x) => s + Math.exp(x), 0);
    return v.map((x) => Math.exp(x) / sum);
  };
  const cases = block.chain((b) => {
    const n = b.outer * b.length * b.inner;
    return fc.tuple(fc.constant(b), numbers(n), numbers(n));
  });

  it("and its logarithm and gradients follow their definitions on every axis", () => {
    fc.assert(
      fc.property(cases, ([b, x, g]) => {
        const y = new Float64Array(x.length);
        const l = new Float64Array(x.length);
        js.softmax("softmax", b.outer, b.length, b.inner, x, 0, y, 0);
        js.softmax("logSoftmax", b.outer, b.length, b.inner, x, 0, l, 0);
        expectClose(y, lines(x, b, naive), float64);
        expectClose(
          l,
          lines(x, b, (v) => naive(v).map(Math.log)),
          float64,
        );
        const gy = new Float64Array(x.length);
        const gl = new Float64Array(x.length);
        js.softmaxGrad("softmax", b.outer, b.length, b.inner, y, 0, g, 0, gy, 0);
        js.softmaxGrad("logSoftmax", b.outer, b.length, b.inner, l, 0, g, 0, gl, 0);
        // The Jacobian, written out: ∂y_c/∂x_d = y_c (δ - y_d) and ∂l_c/∂x_d = δ - y_d.
        const jacobian = (entry: (yc: number, delta: number, yd: number) => number) =>
          lines(x, b, (v, o, i) => {
            const p = naive(v);
            const cotangent = line(g, b, o, i);
            return p.map((yd, d) =>
              p.reduce((s, yc, c) => s + cotangent[c] * entry(yc, Number(c === d), yd), 0),
            );
          });
        expectClose(
          gy,
          jacobian((yc, delta, yd) => yc * (delta - yd)),
          float64,
        );
        expectClose(
          gl,
          jacobian((_, delta, yd) => delta - yd),
          float64,
        );
      }),
    );
  });

  it.each([
    [
      [1000, 1000],
      [0.5, 0.5],
    ],
    [
      [-inf, 0],
      [0, 1],
    ],
    [
      [-inf, -inf],
      [nan, nan],
    ],
    [
      [inf, 0],
      [nan, nan],
    ],
    [
      [nan, 0],
      [nan, nan],
    ],
  ])("of %j is %j, in place", (x, y) => {
    const data = Float32Array.from(x);
    js.softmax("softmax", 1, 2, 1, data, 0, data, 0);
    expect([...data]).toEqual(y);
  });
});

describe("crossEntropy", () => {
  interface Case {
    reduction: number;
    smoothing: number;
    ignoreIndex: number;
    weight: Float64Array | null;
    target: number[];
    x: Float64Array;
  }
  const rows = 4;
  const classes = 3;
  const cases: fc.Arbitrary<Case> = fc.record({
    reduction: fc.constantFrom(0, 1, 2),
    smoothing: fc.constantFrom(0, 0.1, 1),
    ignoreIndex: fc.constantFrom(-100, 1),
    weight: fc.option(fc.constant(Float64Array.of(0.5, 2, 0.25))),
    target: fc.array(fc.constantFrom(0, 1, 2), { minLength: rows, maxLength: rows }),
    x: numbers(rows * classes),
  });

  function loss(c: Case, x: Float64Array, out: Float64Array, stats = new Float64Array(rows + 1)): number {
    const target = Int32Array.from(c.target);
    const options = [c.reduction, rows, classes, c.smoothing, c.ignoreIndex] as const;
    return js.crossEntropy(...options, x, 0, target, 0, c.weight, 0, out, 0, stats, 0);
  }

  /** The definition, row by row. */
  function naive(c: Case): number[] {
    const w = c.weight ?? [1, 1, 1];
    let divisor = 0;
    const each = c.target.map((t, r) => {
      if (t === c.ignoreIndex) return 0;
      const row = [...c.x.subarray(r * classes, (r + 1) * classes)];
      const lse = Math.log(row.reduce((s, v) => s + Math.exp(v), 0));
      divisor += w[t];
      return row.reduce((s, v, k) => {
        const wanted = (t === k ? 1 - c.smoothing : 0) + c.smoothing / classes;
        return s + wanted * w[k] * (lse - v);
      }, 0);
    });
    const sum = each.reduce((a, v) => a + v, 0);
    return c.reduction === 0 ? each : [c.reduction === 1 ? sum / divisor : sum];
  }

  it("follows its definition", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const out = new Float64Array(c.reduction === 0 ? rows : 1);
        expect(loss(c, c.x, out)).toBe(-1);
        expectClose(out, naive(c), float64);
      }),
    );
  });

  it("has the gradient that its differences have", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const size = c.reduction === 0 ? rows : 1;
        const g = Float64Array.from({ length: size }, (_, i) => 1 + i);
        const value = (x: Float64Array) => {
          const out = new Float64Array(size);
          loss(c, x, out);
          return out.reduce((s, v, i) => s + v * g[i], 0);
        };
        const stats = new Float64Array(rows + 1);
        loss(c, c.x, new Float64Array(size), stats);
        const out = new Float64Array(rows * classes).fill(99);
        const options = [c.reduction, rows, classes, c.smoothing, c.ignoreIndex] as const;
        const target = Int32Array.from(c.target);
        js.crossEntropyGrad(...options, c.x, 0, target, 0, c.weight, 0, stats, 0, g, 0, out, 0);
        const h = 1e-5;
        const slopes = Array.from(out, (_, i) => {
          const slope = (value(c.x.with(i, c.x[i] + h)) - value(c.x.with(i, c.x[i] - h))) / (2 * h);
          return Number.isNaN(slope) ? 0 : slope; // all ignored: the mean is NaN, the gradient 0
        });
        expectClose(out, slopes, { rtol: 1e-6, atol: 1e-8 });
      }),
    );
  });

  it("of ignored targets alone is NaN as a mean, 0 as a sum", () => {
    const all = { smoothing: 0, ignoreIndex: 2, weight: null, target: [2, 2, 2, 2], x: new Float64Array(12) };
    const out = new Float64Array(1).fill(5);
    loss({ reduction: 1, ...all }, all.x, out);
    expect(out[0]).toBe(nan);
    loss({ reduction: 2, ...all }, all.x, out);
    expect(out[0]).toBe(0);
  });

  it.each([
    [[0, 1, 3, 5], 2],
    [[-1, 0, 0, 0], 0],
    [[0, 0, 0, -100], -1],
  ])("targets %j: status %d, and a bad one writes nothing", (target, status) => {
    const c = {
      reduction: 0,
      smoothing: 0,
      ignoreIndex: -100,
      weight: null,
      target,
      x: new Float64Array(12),
    };
    const out = new Float64Array(4).fill(7);
    const stats = new Float64Array(5).fill(7);
    expect(loss(c, c.x, out, stats)).toBe(status);
    if (status >= 0) expect([...out, ...stats]).toEqual(new Array(9).fill(7));
    const gx = new Float64Array(12).fill(7);
    const g = new Float64Array(4).fill(1);
    const labels = Int32Array.from(target);
    expect(js.crossEntropyGrad(0, 4, 3, 0, -100, c.x, 0, labels, 0, null, 0, stats, 0, g, 0, gx, 0)).toBe(
      status,
    );
    if (status >= 0) expect([...gx]).toEqual(new Array(12).fill(7));
  });

  it("does not overflow", () => {
    const out = new Float32Array(1);
    const x = Float32Array.of(1e4, 0, -1e4);
    js.crossEntropy(1, 1, 3, 0, -100, x, 0, Uint8Array.of(1), 0, null, 0, out, 0, new Float32Array(2), 0);
    expect(out[0]).toBe(1e4);
  });
});

describe("indexing", () => {
  // x[o, l, i] of [2, 3, 2], numbered in order.
  const x = Float32Array.from({ length: 12 }, (_, i) => i);

  it("selects and adds slices", () => {
    const index = Int32Array.of(99, 2, 0, 2);
    const out = new Float32Array(13).fill(99);
    expect(js.indexSelect(2, 3, 2, 3, x, 0, index, 1, out, 0)).toBe(-1);
    expect([...out]).toEqual([4, 5, 0, 1, 4, 5, 10, 11, 6, 7, 10, 11, 99]);
    const sum = new Float32Array(12).fill(1);
    js.indexAdd(2, 3, 2, 3, index, 1, out, 0, sum, 0);
    expect([...sum]).toEqual([1, 2, 1, 1, 9, 11, 7, 8, 1, 1, 21, 23]);
  });

  it("gathers and scatters elements", () => {
    const index = Int32Array.of(2, 0, 2, 1, 0, 0, 1, 2); // [2, 2, 2]
    const out = new Float32Array(9).fill(99);
    expect(js.gather(2, 3, 2, 2, x, 0, index, 0, out, 0)).toBe(-1);
    expect([...out]).toEqual([4, 1, 4, 3, 6, 7, 8, 11, 99]);
    const sum = new Float32Array(12);
    js.scatterAdd(2, 3, 2, 2, index, 0, out, 0, sum, 0);
    expect([...sum]).toEqual([0, 1, 0, 3, 8, 0, 6, 7, 8, 0, 0, 11]);
  });

  it("takes rows of bytes to floats", () => {
    const out = new Float32Array(5).fill(99);
    expect(
      js.takeRows(2, 3, 2, 0.5, -1, Uint8Array.of(0, 1, 2, 3, 4, 255), 0, Int32Array.of(2, 0), 0, out, 0),
    ).toBe(-1);
    expect([...out]).toEqual([1, 126.5, -1, -0.5, 99]);
    // One rounding of x · scale + shift, with scale and shift themselves in float32.
    js.takeRows(1, 1, 1, 1 / 3, -66.666, Uint8Array.of(200), 0, Int32Array.of(0), 0, out, 0);
    expect(out[0]).toBe(Math.fround(200 * Math.fround(1 / 3) + Math.fround(-66.666)));
  });

  it.each([-1, 3, 2147483647, -2147483648])(
    "finds the index %d out of range, having written nothing",
    (bad) => {
      const index = Int32Array.of(0, 1, bad, 0);
      const g = new Float32Array(16).fill(1);
      const out = new Float32Array(16).fill(7);
      expect(js.indexSelect(2, 3, 2, 4, x, 0, index, 0, out, 0)).toBe(2);
      expect(js.indexAdd(2, 3, 2, 4, index, 0, g, 0, out, 0)).toBe(2);
      expect(js.gather(2, 3, 1, 2, x, 0, index, 0, out, 0)).toBe(2);
      expect(js.scatterAdd(2, 3, 1, 2, index, 0, g, 0, out, 0)).toBe(2);
      expect(js.takeRows(4, 3, 2, 1, 0, new Uint8Array(6), 0, index, 0, out, 0)).toBe(2);
      expect([...out]).toEqual(new Array(16).fill(7));
    },
  );
});

describe("optimizer steps", () => {
  const gradients = [0.5, -0.25, 1];

  /** Three steps on one parameter that starts at 1; neighbours must stay. */
  function walk(step: (p: Float64Array, g: Float64Array, count: Float64Array) => void): number {
    const p = Float64Array.of(9, 1, 9);
    gradients.forEach((g, i) => {
      step(p, Float64Array.of(g), Float64Array.of(0, i + 1));
    });
    expect([p[0], p[2]]).toEqual([9, 9]);
    return p[1];
  }

  function sgd(flags: number, hyper: number[], buffer = true): number {
    const buf = buffer ? new Float64Array(1).fill(nan) : null; // the first step must not read it
    return walk((p, g, t) => js.sgdStep(1, flags, p, 1, g, 0, buf, 0, t, 1, Float64Array.from(hyper), 0));
  }

  it("SGD", () => {
    expect(sgd(0, [0.1, 0, 0, 0], false)).toBeCloseTo(1 - 0.1 * 1.25, 15);
    expect(sgd(2, [0.1, 0, 0, 0], false)).toBeCloseTo(1 + 0.1 * 1.25, 15);
    // buffers 0.5, 0.2, 1.18
    expect(sgd(0, [0.1, 0.9, 0, 0])).toBeCloseTo(1 - 0.1 * (0.5 + 0.2 + 1.18), 15);
    // dampening spares the first: 0.5, 0.45 - 0.125, 0.2925 + 0.5
    expect(sgd(0, [0.1, 0.9, 0.5, 0])).toBeCloseTo(1 - 0.1 * (0.5 + 0.325 + 0.7925), 15);
    // nesterov: g + 0.9 · buffer
    expect(sgd(1, [0.1, 0.9, 0, 0])).toBeCloseTo(1 - 0.1 * (0.95 - 0.07 + 2.062), 15);
    // weight decay 0.5: gradients 1, 0.2, 1.44
    expect(sgd(0, [0.1, 0, 0, 0.5], false)).toBeCloseTo(1 - 0.1 * (1 + 0.2 + 1.44), 15);
  });

  function adam(flags: number, [lr, b1, b2, eps, decay]: number[]): [number, number] {
    const [m, v, vmax] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
    const hyper = Float64Array.of(7, lr, b1, b2, eps, decay);
    const actual = walk((p, g, t) => js.adamStep(1, flags, p, 1, g, 0, m, 0, v, 0, vmax, 0, t, 1, hyper, 1));
    // Moments as weighted sums instead of recurrences.
    let p = 1;
    const seen: number[] = [];
    let largest = 0;
    gradients.forEach((given, i) => {
      seen.push((flags & 4 ? -given : given) + (flags & 1 ? 0 : decay * p));
      const average = (b: number, f: (g: number) => number) =>
        seen.reduce((s, g, j) => s + (1 - b) * b ** (i - j) * f(g), 0);
      const second = average(b2, (g) => g * g);
      largest = Math.max(largest, second);
      const root = Math.sqrt(flags & 2 ? largest : second) / Math.sqrt(1 - b2 ** (i + 1));
      if (flags & 1) p -= lr * decay * p;
      p -= ((lr / (1 - b1 ** (i + 1))) * average(b1, (g) => g)) / (root + eps);
    });
    return [actual, p];
  }

  it.each([0, 1, 2, 3, 4, 7])("Adam with flags %d", (flags) => {
    for (const hyper of [
      [0.1, 0.9, 0.999, 1e-8, 0],
      [0.1, 0.8, 0.5, 1e-2, 0.1],
    ]) {
      const [actual, want] = adam(flags, hyper);
      expect(actual).toBeCloseTo(want, 13);
    }
  });

  it("the first step of Adam moves by the learning rate", () => {
    const p = Float32Array.of(1, 1);
    const zeros = () => new Float32Array(2);
    const hyper = Float64Array.of(0.25, 0.9, 0.999, 1e-12, 0);
    const g = Float32Array.of(3, -1e-3);
    js.adamStep(2, 0, p, 0, g, 0, zeros(), 0, zeros(), 0, null, 0, Float64Array.of(1), 0, hyper, 0);
    expectClose(p, [0.75, 1.25], { rtol: 1e-6, atol: 0 });
  });

  it("whole powers by squaring", () => {
    expect([0, 1, 2, 3, 10].map((n) => wholePower(3, n))).toEqual([1, 3, 9, 27, 59049]);
    expect(wholePower(0.999, 100_000)).toBeCloseTo(0.999 ** 100_000, 50);
  });
});
