/** The definition of products in bfloat16, against exact arithmetic on integers. */
import { describe, expect, it } from "vitest";
import { nearestBfloat16 } from "../../src/kernels/js/bfloat16.js";
import { gemm } from "../../src/kernels/js/index.js";
import fc from "../property.js";

const words = new Uint32Array(1);
const asFloat = new Float32Array(words.buffer);
const floatOf = (bits: number) => {
  words[0] = bits;
  return asFloat[0];
};

/** Any float32 but NaN, with many near the limits. */
const float = fc.oneof(
  fc.nat(0xffffffff).map(floatOf),
  fc.tuple(fc.constantFrom(0, 0x80000000), fc.nat(0x1fffff)).map(([sign, bits]) => floatOf(sign | bits)),
  fc.nat(0x1fffff).map((bits) => floatOf(0x7f7fffff - bits)),
  fc.constantFrom(0, -0, Infinity, -Infinity, 1, -1),
);
const number = float.filter((x) => !Number.isNaN(x));

describe("nearestBfloat16", () => {
  it.each([
    [1, 1],
    [1 + 2 ** -8, 1], // a tie: 1 is even
    [1 + 3 * 2 ** -8, 1 + 2 ** -6],
    [1 + 2 ** -8 + 2 ** -23, 1 + 2 ** -7],
    [-(1 + 2 ** -8 + 2 ** -23), -(1 + 2 ** -7)],
    [Math.PI, 3.140625],
    [Infinity, Infinity],
    [floatOf(0x7f7fffff), Infinity],
    [floatOf(0x7f7f7fff), floatOf(0x7f7f0000)],
    [2 ** -126, 2 ** -126],
    [floatOf(0x007fffff), 0],
    [floatOf(0x807fffff), -0],
    [-0, -0],
    [Number.NaN, Number.NaN],
  ])("of %d is %d", (x, nearest) => expect(nearestBfloat16(x)).toBe(nearest));

  it("has no nearer bfloat16, for any normal float", () => {
    fc.assert(
      fc.property(number, (x) => {
        const nearest = nearestBfloat16(x);
        words[0] = 0;
        asFloat[0] = nearest;
        expect(words[0] & 0xffff).toBe(0);
        if (Math.abs(x) < 2 ** -126 || !Number.isFinite(nearest)) return;
        expect(Math.abs(nearest - x)).toBeLessThanOrEqual(2 ** -8 * 2 ** Math.floor(Math.log2(Math.abs(x))));
      }),
      { numRuns: 2000 },
    );
  });
});

/** A float32 as an integer times 2^-149. */
function scaled(x: number): bigint {
  asFloat[0] = x;
  const exponent = (words[0] >>> 23) & 255;
  const fraction = BigInt(words[0] & 0x7fffff);
  const magnitude = exponent === 0 ? fraction : (fraction | 0x800000n) << BigInt(exponent - 1);
  return words[0] >>> 31 ? -magnitude : magnitude;
}

/** x · y + sum, rounded to 24 bits with an unlimited exponent, then to zero if it is tiny. */
function multiplyAdd(x: number, y: number, sum: number): number {
  if (![x, y, sum].every(Number.isFinite)) return x * y + sum;
  const exact = scaled(x) * scaled(y) + (scaled(sum) << 149n); // times 2^-298
  if (exact === 0n) return x * y + sum;
  const sign = exact < 0n ? -1 : 1;
  const magnitude = exact < 0n ? -exact : exact;
  const drop = magnitude.toString(2).length - 24;
  let kept = drop > 0 ? magnitude >> BigInt(drop) : magnitude << BigInt(-drop);
  const rest = drop > 0 ? magnitude - (kept << BigInt(drop)) : 0n;
  const half = drop > 0 ? 1n << BigInt(drop - 1) : 1n;
  if (rest > half || (rest === half && kept & 1n)) kept++;
  const rounded = Number(kept) * 2 ** (drop - 298);
  const power = drop - 298 + kept.toString(2).length - 1;
  return power < -126 ? sign * 0 : power > 127 ? sign * Infinity : sign * rounded;
}

/** Element (i, j) by the rule that the definition states, for k up to 2^14. */
function element(a: number[], b: number[]): number {
  const [x, y] = [a.map(nearestBfloat16), b.map(nearestBfloat16)];
  let sum = 0;
  for (let l = 0; l < x.length; l += 2) {
    sum = multiplyAdd(x[l + 1] ?? 0, y[l + 1] ?? 0, sum);
    sum = multiplyAdd(x[l], y[l], sum);
  }
  return sum;
}

describe("gemm in bfloat16", () => {
  const tiny = fc.tuple(fc.integer({ min: -255, max: 255 }), fc.integer({ min: -72, max: -62 }));
  const factor = fc.oneof(
    number,
    tiny.map(([x, e]) => x * 2 ** e),
    fc.integer({ min: -8, max: 8 }).map((x) => x / 8),
  );

  it("is the sum that the rule states, to the bit", () => {
    let flushed = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(factor, factor), { maxLength: 9 }), (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const c = Float32Array.of(7);
        const k = pairs.length;
        gemm(1, 1, 1, k, Float32Array.from(a), 0, 0, k, 1, Float32Array.from(b), 0, 0, 1, 1, null, 0, 0, 1, c, 0, 0);
        const expected = element(a, b);
        if (expected === 0 && pairs.some(([x, y]) => x * y !== 0)) flushed++;
        expect(c[0]).toBe(expected);
      }),
      { numRuns: 5000 },
    );
    expect(flushed).toBeGreaterThan(20);
  }); // biome-ignore format: grouped by operand

  /** One product a0·b0 + a1·b1 with the odd step first. */
  const pair = (a: number[], b: number[]) => {
    const c = new Float32Array(1);
    const [x, y] = [Float32Array.from(a), Float32Array.from(b)];
    gemm(1, 1, 1, a.length, x, 0, 0, 0, 1, y, 0, 0, 1, 1, null, 0, 0, 1, c, 0, 0);
    return c[0];
  };

  it("takes the odd step of a pair first, with a rounding after each", () => {
    // Odd first: 2^24 + 1 is 2^24, then 2^24 - 2^24. Even first would be 1.
    expect(pair([1, 2 ** 12, -(2 ** 12), 0], [1, 2 ** 12, 2 ** 12, 0])).toBe(0);
    expect(pair([2 ** 12, 1, -(2 ** 12), 0], [2 ** 12, 1, 2 ** 12, 0])).toBe(0);
    expect(pair([-(2 ** 12), 2 ** 12, 0, 1], [2 ** 12, 2 ** 12, 0, 1])).toBe(1);
  });

  it("decides after rounding whether a result is tiny", () => {
    const without = (steps: number) => pair([-steps * 2 ** -70, 2 ** -63], [2 ** -81, 2 ** -63]);
    expect(without(1)).toBe(2 ** -126); // 2^-126 - 2^-151: a tie, which rounds to even
    expect(without(1.0078125)).toBe(0);
    expect(without(2)).toBe(0); // 2^-126 - 2^-150: a subnormal FMA would round it to 2^-126
    expect(Object.is(pair([2 * 2 ** -70, -(2 ** -63)], [2 ** -81, 2 ** -63]), -0)).toBe(true);
  });

  it("turns a sum of -0 into 0 where zeros complete an odd number of steps", () => {
    const [x, y] = [-(2 ** -70), 2 ** -70];
    expect(pair([0, x], [0, y])).toBe(0); // -0, then -0 + 0
    expect(pair([x, 0], [y, 0])).toBe(-0);
    expect(pair([x, 0, -0], [y, 0, 1])).toBe(0);
  });

  it("ignores the flag for other element types", () => {
    const c = new Float64Array(1);
    gemm(
      1,
      1,
      1,
      1,
      Float64Array.of(0.1),
      0,
      0,
      1,
      1,
      Float64Array.of(1),
      0,
      0,
      1,
      1,
      null,
      0,
      0,
      1,
      c,
      0,
      0,
    );
    expect(c[0]).toBe(0.1);
    const ints = new Int32Array(1);
    gemm(1, 1, 1, 1, Int32Array.of(257), 0, 0, 1, 1, Int32Array.of(1), 0, 0, 1, 1, null, 0, 0, 1, ints, 0, 0);
    expect(ints[0]).toBe(257);
  });
});
