/** A drawing becomes an image as those of MNIST were made. */
import { describe, expect, test } from "vitest";
import { nearestRows } from "../../playground/src/digits/alike.js";
import { fieldSide, inkOf } from "../../playground/src/digits/ink.js";
import { reduce } from "../../playground/src/digits/reduce.js";
import { imageOf, strokesOf } from "./figures.js";

/** The box around all pixels that are not 0, and the centre of mass, in pixels. */
function measure(image: Uint8Array) {
  const at = [...image].flatMap((ink, i) => (ink > 0 ? [{ x: i % 28, y: Math.floor(i / 28), ink }] : []));
  const mass = at.reduce((sum, { ink }) => sum + ink, 0);
  const side = (axis: "x" | "y") => {
    const values = at.map((p) => p[axis]);
    return Math.max(...values) - Math.min(...values) + 1;
  };
  const centre = (axis: "x" | "y") => at.reduce((sum, p) => sum + p.ink * (p[axis] + 0.5), 0) / mass;
  return { width: side("x"), height: side("y"), x: centre("x"), y: centre("y") };
}

/** A rectangle of full ink. */
function rectangle(left: number, top: number, width: number, height: number): Float32Array {
  return Float32Array.from({ length: fieldSide ** 2 }, (_, i) => {
    const [x, y] = [i % fieldSide, Math.floor(i / fieldSide)];
    return x >= left && x < left + width && y >= top && y < top + height ? 1 : 0;
  });
}

describe("28 x 28", () => {
  test("a field without ink has no image", () => {
    expect(reduce(inkOf([]), fieldSide)).toBeUndefined();
  });

  const places: [string, number, number, number, number][] = [
    ["tall", 20, 30, 50, 200],
    ["wide, in a corner", 0, 240, 160, 40],
    ["small", 130, 100, 20, 40],
    ["the whole field", 0, 0, 280, 280],
  ];
  test.each(places)("%s: the longer side is 20, the centre of mass in the middle", (_, x, y, w, h) => {
    const image = reduce(rectangle(x, y, w, h), fieldSide)!;
    const { width, height, ...centre } = measure(image);
    expect(Math.max(width, height)).toBe(20);
    // The shorter side keeps its proportion, but for the pixels that are covered in part.
    const shorter = (20 * Math.min(w, h)) / Math.max(w, h);
    expect(Math.abs(Math.min(width, height) - shorter)).toBeLessThanOrEqual(1);
    // The box is moved by whole pixels.
    expect(Math.abs(centre.x - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(centre.y - 14)).toBeLessThanOrEqual(0.5);
    // Ink is kept: the mean of the field over each pixel, so the sum is the area of the box.
    expect([...image].reduce((a, b) => a + b) / 255).toBeCloseTo(20 * shorter, 0);
  });

  test("edges are smooth: a slanted line has grey pixels", () => {
    const image = imageOf([[{ x: 60, y: 60 }, { x: 130, y: 220 }]]); // biome-ignore format: two points
    expect([...image].filter((ink) => ink > 20 && ink < 235).length).toBeGreaterThan(20);
  });

  test("the digit is not cut where its ink lies far on one side", () => {
    const field = rectangle(20, 40, 60, 200);
    for (let x = 80; x < 220; x++) field[140 * fieldSide + x] = 1;
    const { width, height, x } = measure(reduce(field, fieldSide)!);
    expect([width, height]).toEqual([20, 20]);
    expect(x).toBeLessThan(13);
  });

  test("an image of MNIST's form, ten times as large, is itself again", () => {
    const once = imageOf(strokesOf(5, 3));
    const enlarged = Float32Array.from({ length: fieldSide ** 2 }, (_, i) => {
      const [x, y] = [Math.floor((i % fieldSide) / 10), Math.floor(i / fieldSide / 10)];
      return once[y * 28 + x]! / 255;
    });
    // Bytes differ by the rounding of float32.
    const twice = reduce(enlarged, fieldSide)!;
    for (const [i, ink] of twice.entries()) expect(Math.abs(ink - once[i]!)).toBeLessThanOrEqual(1);
  });
});

test("nearest rows: those of a full sort, earlier rows first where distances are equal", () => {
  const [rows, columns] = [200, 37];
  const value = (i: number) => ((i * 2_654_435_761) % 1000) / 1000;
  const table = Float32Array.from({ length: rows * columns }, (_, i) => value(i));
  table.copyWithin(50 * columns, 20 * columns, 21 * columns);
  const row = table.slice(20 * columns, 21 * columns);
  const distance = (r: number) => Math.hypot(...row.map((v, c) => table[r * columns + c]! - v));
  const sorted = Array.from({ length: rows }, (_, r) => r).sort((a, b) => distance(a) - distance(b));
  const found = nearestRows(table, row, 8);
  expect(found.map(({ index }) => index)).toEqual(sorted.slice(0, 8));
  expect(found.slice(0, 2)).toEqual([
    { index: 20, distance: 0 },
    { index: 50, distance: 0 },
  ]);
  for (const { index, distance: given } of found) expect(given).toBeCloseTo(distance(index), 5);
});
