import { describe, expect, it } from "vitest";
import { playground } from "../../src/data/index.js";
import { manualSeed } from "../../src/index.js";

const { gaussian, circle, xor, spiral, plane, multiGaussian } = playground;
type Row = [x: number, y: number, answer: number];
const rows = ({ x, y }: playground.PlaygroundData): Row[] =>
  (x.toArray() as number[][]).map(([a, b], i) => [a, b, y.data[i]]);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const all = { gaussian, circle, xor, spiral, plane, multiGaussian };

describe.each(Object.entries(all))("%s", (name, make) => {
  it("has the form of its task, and the same points for the same seed", () => {
    const { x, y } = make({ n: 31, seed: 1 });
    const regression = name === "plane" || name === "multiGaussian";
    expect([x.shape, x.dtype]).toEqual([[31, 2], "float32"]);
    expect([y.shape, y.dtype]).toEqual(regression ? [[31, 1], "float32"] : [[31], "int32"]);
    expect(rows(make({ n: 31, seed: 1 }))).toEqual(rows({ x, y }));
    expect(rows(make({ n: 31, seed: 2 }))).not.toEqual(rows({ x, y }));
    manualSeed(1);
    expect(rows(make({ n: 31 }))).toEqual(rows({ x, y }));
    expect(make().x.shape).toEqual([500, 2]);
    expect(make({ n: 1 }).x.shape).toEqual([1, 2]);
  });

  it.each([{ n: 0 }, { n: 1.5 }, { noise: -0.1 }, { noise: Number.NaN }, { noise: 2 }])(
    "rejects %o",
    (options) => {
      expect(() => make(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    },
  );
});

describe("without noise", () => {
  it("circle: class 1 within 2.5, class 0 from 3.5 to 5", () => {
    const points = rows(circle({ n: 400, seed: 3 }));
    expect(points.filter(([, , label]) => label === 1)).toHaveLength(200);
    for (const [x, y, label] of points) {
      const [low, high] = label === 1 ? [0, 2.5] : [3.5, 5];
      expect(Math.hypot(x, y)).toBeGreaterThanOrEqual(low - 1e-6);
      expect(Math.hypot(x, y)).toBeLessThanOrEqual(high + 1e-6);
    }
  });

  it("xor: the sign of the product, no point within 0.3 of an axis", () => {
    for (const [x, y, label] of rows(xor({ n: 400, seed: 3 }))) {
      expect(label).toBe(Number(x * y >= 0));
      expect(Math.min(Math.abs(x), Math.abs(y))).toBeGreaterThanOrEqual(0.3 - 1e-6);
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(5.3 + 1e-6);
    }
  });

  it("spiral: the point at radius r of class 1 is at angle 1.75 · 2π · r / 5, of class 0 opposite", () => {
    const points = rows(spiral({ n: 401, seed: 3 }));
    expect(points.filter(([, , label]) => label === 1)).toHaveLength(201);
    for (const [x, y, label] of points) {
      const r = Math.hypot(x, y);
      const t = (1.75 * 2 * Math.PI * r) / 5 + (label === 1 ? 0 : Math.PI);
      expect(x).toBeCloseTo(r * Math.sin(t), 4);
      expect(y).toBeCloseTo(r * Math.cos(t), 4);
    }
  });

  it("plane: a tenth of the sum", () => {
    const points = rows(plane({ n: 300, seed: 3 }));
    for (const [x, y, value] of points) expect(value).toBeCloseTo((x + y) / 10, 5);
    expect(Math.max(...points.map(([x]) => Math.abs(x)))).toBeGreaterThan(5.5);
    expect(Math.max(...points.map(([x]) => Math.abs(x)))).toBeLessThanOrEqual(6);
  });

  it("multiGaussian: cones of signs that alternate", () => {
    for (const [x, y, value] of rows(multiGaussian({ n: 500, seed: 3 }))) {
      // No two cones meet above 0: the centre that is nearest decides.
      const cx = [-4, 0, 4].reduce((a, b) => (Math.abs(x - b) < Math.abs(x - a) ? b : a));
      const cy = y >= 0 ? 2.5 : -2.5;
      const sign = (cx === 0 ? -1 : 1) * Math.sign(cy);
      expect(value).toBeCloseTo(sign * Math.max(0, 1 - Math.hypot(x - cx, y - cy) / 2), 5);
    }
  });
});

describe("noise", () => {
  it.each([
    [0, 0.5],
    [0.5, 4],
  ])("gaussian: at %d the variance is %d around ±2", (noise, variance) => {
    const points = rows(gaussian({ n: 20_000, noise, seed: 1 }));
    for (const label of [0, 1]) {
      const xs = points.filter((point) => point[2] === label).map(([x]) => x);
      const center = mean(xs);
      // Six standard errors of the mean and of the variance of 10,000 numbers.
      expect(Math.abs(center - (label === 1 ? 2 : -2))).toBeLessThan(6 * Math.sqrt(variance / 10_000));
      const found = mean(xs.map((x) => (x - center) ** 2));
      expect(Math.abs(found - variance)).toBeLessThan(6 * variance * Math.sqrt(2 / 10_000));
    }
  });

  it("moves the points of the spiral by up to itself, and the classes of the others", () => {
    const wrong = (points: Row[], right: (x: number, y: number) => number) =>
      points.filter(([x, y, label]) => right(x, y) !== label).length;
    const inCircle = (x: number, y: number) => Number(Math.hypot(x, y) < 2.5);
    expect(wrong(rows(circle({ seed: 1 })), inCircle)).toBe(0);
    expect(wrong(rows(circle({ noise: 0.3, seed: 1 })), inCircle)).toBeGreaterThan(20);
    expect(wrong(rows(xor({ noise: 0.3, seed: 1 })), (x, y) => Number(x * y >= 0))).toBeGreaterThan(20);
    const [plain, noisy] = [0, 0.2].map((noise) => rows(spiral({ n: 200, noise, seed: 5 })));
    const moved = plain.map(([x, y], i) => Math.max(Math.abs(x - noisy[i][0]), Math.abs(y - noisy[i][1])));
    expect(Math.max(...moved)).toBeLessThanOrEqual(0.2 + 1e-5);
    expect(Math.max(...moved)).toBeGreaterThan(0.15);
    const errors = rows(plane({ noise: 0.1, seed: 1 })).map(([x, y, value]) =>
      Math.abs(value - (x + y) / 10),
    );
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.12 + 1e-5);
    expect(Math.max(...errors)).toBeGreaterThan(0.05);
  });
});
