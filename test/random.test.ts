import { describe, expect, it } from "vitest";
import { cosTurns, erf, log, sinTurns } from "../src/elementary.js";
import { permutation, random } from "../src/kernels/js/index.js";
import { advance, defaultGenerator, Generator, manualSeed, mulHigh, philox } from "../src/random.js";

const hex = (words: ArrayLike<number>) =>
  Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join(" ");

function draw(
  kind: "uniform" | "normal" | "dropout",
  p: number,
  q: number,
  n: number,
  state: Int32Array,
): number[] {
  const out = new Float64Array(n);
  random(kind, p, q, n, state, 0, out, 0);
  return [...out];
}

/** Pearson's statistic against equal frequencies. */
function chiSquare(counts: number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("Philox4x32-10", () => {
  // The known answers that the authors publish with Random123.
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[-1, -1, -1, -1], [-1, -1], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ])("counter %j under key %j", ([c0, c1, c2, c3], [k0, k1], words) => {
    const out = new Uint32Array(4);
    philox(c0, c1, c2, c3, k0, k1, out);
    expect(hex(out)).toBe(words);
  });

  it("multiplies 32 by 32 bits exactly", () => {
    const values = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xd2511f53, 0xfffeffff, 0xffffffff];
    for (const a of values)
      for (const b of values) expect(mulHigh(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
  });

  it("carries the counter into its high word", () => {
    const state = Int32Array.of(0, 0, 0, 9, -2, 4);
    advance(state, 2, 3);
    expect([...state]).toEqual([0, 0, 0, 9, 1, 5]);
  });
});

describe("streams", () => {
  it("are the same words in one call or in several, across a carry", () => {
    const start = Int32Array.of(5, 6, -2, 7);
    const whole = draw("uniform", 0, 1, 19, start.slice());
    const state = start.slice();
    const parts = [...draw("uniform", 0, 1, 8, state), ...draw("uniform", 0, 1, 4, state)];
    expect([...parts, ...draw("uniform", 0, 1, 7, state)]).toEqual(whole);
    expect([...state]).toEqual([5, 6, 3, 8]);
  });

  it("have the documented words", () => {
    const words = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
    expect(draw("uniform", 0, 1, 4, new Int32Array(4))).toEqual(words.map((word) => (word >>> 8) / 2 ** 24));
    expect(draw("uniform", -2, 4, 2, new Int32Array(4))).toEqual(
      words.slice(0, 2).map((word) => -2 + ((word >>> 8) / 2 ** 24) * 6),
    );
    const radius = Math.sqrt(-2 * Math.log((words[0] + 1) / 2 ** 32));
    const angle = (2 * Math.PI * words[1]) / 2 ** 32;
    const [a, b] = draw("normal", 1, 2, 4, new Int32Array(4));
    expect(a).toBeCloseTo(1 + 2 * radius * Math.cos(angle), 13);
    expect(b).toBeCloseTo(1 + 2 * radius * Math.sin(angle), 13);
  });

  it("write n elements, no more", () => {
    for (const n of [0, 1, 5]) {
      const out = new Float32Array(n + 2).fill(9);
      random("normal", 0, 1, n, new Int32Array(4), 0, out, 1);
      expect([out[0], out[n + 1]]).toEqual([9, 9]);
      expect([...out.subarray(1, n + 1)].includes(9)).toBe(false);
    }
  });

  it("uniform fills its range evenly", () => {
    const counts = new Array<number>(50).fill(0);
    for (const u of draw("uniform", 0, 50, 100_000, new Generator(1).state)) counts[Math.floor(u)]++;
    // 49 degrees of freedom: above 85.4 once in 1000 seeds.
    expect(chiSquare(counts)).toBeLessThan(85.4);
  });

  it("normal has the moments and the tails of a normal distribution", () => {
    const z = draw("normal", 0, 1, 200_000, new Generator(2).state);
    const moment = (power: number) => z.reduce((sum, v) => sum + v ** power, 0) / z.length;
    // Four standard errors: of z^k it is √(E z^2k - (E z^k)²) / √n.
    const error = 4 / Math.sqrt(z.length);
    expect(Math.abs(moment(1))).toBeLessThan(error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96));
    const beyond2 = z.filter((v) => Math.abs(v) > 2).length / z.length;
    expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(error * 0.21);
    const neighbours = z.reduce((sum, v, i) => sum + v * z[i ^ 1], 0) / z.length;
    expect(Math.abs(neighbours)).toBeLessThan(2 * error);
  });

  it("dropout keeps 1 - p and scales by 1 / (1 - p)", () => {
    const kept = draw("dropout", 0.25, 0, 40_000, new Generator(3).state);
    expect(new Set(kept)).toEqual(new Set([0, 1 / 0.75]));
    const share = kept.filter((v) => v > 0).length / kept.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / 40_000));
    expect(draw("dropout", 1, 0, 8, new Int32Array(4))).toEqual(new Array(8).fill(0));
    expect(draw("dropout", 0, 0, 8, new Int32Array(4))).toEqual(new Array(8).fill(1));
    // A place where u is exactly 0: p = 0 keeps that as well.
    expect(draw("uniform", 0, 1, 1, Int32Array.of(0, 0, 14883995, 0))).toEqual([0]);
    expect(draw("dropout", 0, 0, 1, Int32Array.of(0, 0, 14883995, 0))).toEqual([1]);
  });
});

describe("permutation", () => {
  it("has every index once, whatever n", () => {
    for (const n of [0, 1, 2, 5, 1000]) {
      const out = new Int32Array(n + 2).fill(-9);
      permutation(n, new Generator(n).state, 0, out, 1);
      expect([...out.slice(1, n + 1)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      expect([out[0], out[n + 1]]).toEqual([-9, -9]);
    }
  });

  it("is one of the 24 orders of 4 equally often", () => {
    const { state } = new Generator(4);
    const counts = new Map<string, number>();
    const out = new Int32Array(4);
    for (let i = 0; i < 24_000; i++) {
      permutation(4, state, 0, out, 0);
      counts.set(out.join(), (counts.get(out.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: above 49.7 once in 1000 seeds.
    expect(chiSquare([...counts.values()])).toBeLessThan(49.7);
  });

  it("moves the counter by the blocks it used", () => {
    const state = new Int32Array(4);
    permutation(6, state, 0, new Int32Array(6), 0);
    expect([...state]).toEqual([0, 0, 2, 0]); // 5 words
  });

  it("draws again what would favour low indices", () => {
    // A word is refused with probability (2^32 mod bound) / 2^32: some 100 times in a million draws.
    const n = 1_000_000;
    const state = new Int32Array(4);
    permutation(n, state, 0, new Int32Array(n), 0);
    const extra = state[2] * 4 - (n - 1);
    expect(extra).toBeGreaterThan(50);
    expect(extra).toBeLessThan(200);
  });
});

describe("Generator", () => {
  it("repeats a seed, resumes a state", () => {
    const a = new Generator(123);
    const first = draw("normal", 0, 1, 6, a.state);
    const saved = a.getState();
    const next = draw("normal", 0, 1, 6, a.state);
    expect(draw("normal", 0, 1, 6, a.manualSeed(123).state)).toEqual(first);
    expect(draw("normal", 0, 1, 6, new Generator(9).setState(saved).state)).toEqual(next);
    expect(next).not.toEqual(first);
  });

  it("keeps seeds of more than 32 bits apart, and negative ones", () => {
    const states = [1, 1 + 2 ** 32, -1, 2 ** 53 - 1].map((seed) => new Generator(seed).state.join());
    expect(states).toEqual(["1,0,0,0", "1,1,0,0", "-1,-1,0,0", "-1,2097151,0,0"]);
  });

  it("manualSeed seeds the default generator", () => {
    manualSeed(77);
    expect(defaultGenerator.seed).toBe(77);
    expect([...defaultGenerator.state]).toEqual([77, 0, 0, 0]);
  });

  it.each([0.5, Number.NaN, 2 ** 53])("refuses the seed %d", (seed) => {
    expect(() => new Generator(seed)).toThrow(expect.objectContaining({ code: "INVALID_SEED" }));
  });

  it.each([[[1, 2, 3]], [[1, 2, 3, 0.5]], [[1, 2, 3, 2 ** 31]]])("refuses the state %j", (state) => {
    expect(() => new Generator().setState(state)).toThrow(expect.objectContaining({ code: "INVALID_STATE" }));
  });
});

describe("elementary functions", () => {
  const relative = (actual: number, expected: number) => Math.abs(actual - expected) / Math.abs(expected);

  it("log is within 2 ULP", () => {
    for (let i = 1; i < 20_000; i++) {
      const x = i % 2 ? (i / 9999) ** 3 : 2 ** ((i % 2000) - 1000) * (1 + i / 20_000);
      if (x !== 1) expect(relative(log(x), Math.log(x)), `log ${x}`).toBeLessThan(5e-16);
    }
    expect([0, -1, Infinity, Number.NaN, 1].map(log)).toEqual([
      -Infinity,
      Number.NaN,
      Infinity,
      Number.NaN,
      0,
    ]);
    expect(relative(log(5e-324), -744.4400719213812)).toBeLessThan(3e-16);
  });

  it("sine and cosine of turns", () => {
    for (let i = -4000; i <= 4000; i++) {
      const t = i / 1999;
      expect(Math.abs(sinTurns(t) - Math.sin(2 * Math.PI * t))).toBeLessThan(3e-15);
      expect(Math.abs(cosTurns(t) - Math.cos(2 * Math.PI * t))).toBeLessThan(3e-15);
    }
    expect([0, 0.25, 0.5, 0.75, 1].map((t) => sinTurns(t) + 0)).toEqual([0, 1, 0, -1, 0]);
    expect([0, 0.25, 0.5, 0.75, 1].map((t) => cosTurns(t) + 0)).toEqual([1, 0, -1, 0, 1]);
  });

  // 30-digit values rounded to double.
  it.each([
    [1e-300, 1.1283791670955126e-300],
    [0.1, 0.1124629160182849],
    [0.999999, 0.8427003778418023],
    [1.000001, 0.8427012080567972],
    [1.5, 0.9661051464753108],
    [3, 0.9999779095030014],
    [5.5, 0.9999999999999927],
  ])("erf(%d) is %d", (x, y) => {
    expect(relative(erf(x), y)).toBeLessThan(3.4e-16);
    expect(erf(-x)).toBe(-erf(x));
  });

  it("gives the same bits everywhere", () => {
    const bits = (v: number) => hex(new Uint32Array(Float64Array.of(v).buffer));
    expect(draw("normal", 0, 1, 4, new Generator(2024).state).map(bits)).toMatchInlineSnapshot(`
      [
        "9861d61d bfbdee4b",
        "ec8ecc6c 3fefee72",
        "50cfaa08 3fc38313",
        "a601eb2b 3fb69dd2",
      ]
    `);
  });
});
