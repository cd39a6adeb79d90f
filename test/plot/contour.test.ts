import { expect, test } from "vitest";
import { contour, field } from "../../src/plot/contour.js";
import fc from "../property.js";

const of = (f: (x: number, y: number) => number, n = 41) =>
  field([-1, 1], [-1, 1], n, n, (points) => points.map(([x, y]) => f(x, y)));

test("the contour of a cone is one ring, closed, at its radius", () => {
  const rings = contour(of(Math.hypot), 0.5);
  expect(rings).toHaveLength(1);
  expect(rings[0]![0]).toEqual(rings[0]!.at(-1));
  for (const [x, y] of rings[0]!) expect(Math.hypot(x, y)).toBeCloseTo(0.5, 2);
});

test("a plane has one straight line, from edge to edge, wherever it lies", () => {
  const slope = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(slope, slope, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (a, b, level) => {
      fc.pre(Math.hypot(a, b) > 0.6);
      const lines = contour(
        of((x, y) => a * x + b * y, 13),
        level,
      );
      expect(lines).toHaveLength(1);
      for (const [x, y] of lines[0]!) expect(a * x + b * y).toBeCloseTo(level, 9);
      for (const [x, y] of [lines[0]![0]!, lines[0]!.at(-1)!])
        expect(Math.max(Math.abs(x), Math.abs(y))).toBeCloseTo(1, 9);
    }),
  );
});

test("the function finds the line between grid points, where its heights do not say", () => {
  const step = (points: [number, number][]) => points.map(([x, y]) => (2 * x - y > 0.1 ? 1 : 0));
  const [line, ...others] = contour(field([-1, 1], [-1, 1], 9, 9, step), 0.5, step);
  expect(others).toEqual([]);
  for (const [x, y] of line!) expect(Math.abs(2 * x - y - 0.1)).toBeLessThan(1e-3);
});

test("a saddle has two lines that do not meet", () => {
  const lines = contour(
    of((x, y) => x * y, 4),
    0.01,
  );
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const quadrants = line.map(([x, y]) => `${Math.sign(x)} ${Math.sign(y)}`);
    expect(["1 1", "-1 -1"]).toContain(quadrants[0]);
    expect(new Set(quadrants).size).toBe(1);
  }
});

test("what is not finite has no line beside it", () => {
  expect(
    contour(
      of(() => Number.NaN),
      0,
    ),
  ).toEqual([]);
  const half = contour(
    of((x, y) => (x < 0 ? Number.NaN : y + 0.01)),
    0,
  );
  expect(Math.min(...half.flat().map(([x]) => x))).toBeGreaterThanOrEqual(0);
});
