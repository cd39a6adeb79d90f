import { describe, expect, test } from "vitest";
import { nn, type Tensor } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import { halfHeight, viewOf } from "../../src/plot/projection.js";
import fc from "../property.js";
import { drawingFolder, texts } from "./drawn.js";

const { svgOf } = drawingFolder();
const drawn = (f: Parameters<typeof plot.surface>[1], options?: plot.SurfaceOptions) =>
  svgOf((path) => plot.surface(path, f, options));
const bowl = (points: Tensor) => points.square().sum(1);
const ridge = (points: Tensor) => points.select(1, 1).square().neg();

/** The faces in the order in which they are drawn: corners in pixels, and colour. */
const faces = (svg: string) =>
  [...svg.matchAll(/<polygon points="([^"]*)" fill="rgb\((\d+),(\d+),(\d+)\)" stroke="rgb/g)].map(
    ([, points, ...rgb]) => {
      const numbers = points!.split(" ").map(Number);
      const [xs, ys] = [numbers.filter((_, i) => i % 2 === 0), numbers.filter((_, i) => i % 2 === 1)];
      return { xs, ys, middle: ys.reduce((sum, y) => sum + y / 4, 0), light: Number(rgb[0]) };
    },
  );

describe("the view", () => {
  const angle = fc.double({ min: -360, max: 360, noNaN: true });
  const area = { left: 100, top: 50, width: 600, height: 400 };

  test("has the whole box inside its area, and touches two opposite sides of it", () => {
    fc.assert(
      fc.property(angle, fc.double({ min: 5, max: 85, noNaN: true }), (azimuth, elevation) => {
        const view = viewOf(area, azimuth, elevation);
        const corners = [-1, 1].flatMap((x) =>
          [-1, 1].flatMap((y) => [-1, 1].map((z) => view.at([x, y, z * halfHeight]))),
        );
        const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
        expect(Math.min(...xs)).toBeGreaterThanOrEqual(area.left - 1e-6);
        expect(Math.max(...xs)).toBeLessThanOrEqual(area.left + area.width + 1e-6);
        expect(Math.min(...ys)).toBeGreaterThanOrEqual(area.top - 1e-6);
        expect(Math.max(...ys)).toBeLessThanOrEqual(area.top + area.height + 1e-6);
        const [wide, high] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
        expect(Math.max(wide / area.width, high / area.height)).toBeCloseTo(1, 9);
      }),
    );
  });

  test("from the front x goes to the right, y away and up, z up", () => {
    const { at } = viewOf(area, -90, 30);
    const [[x, y], [right], [, far], [, top]] = [
      at([0, 0, 0]),
      at([1, 0, 0]),
      at([0, 1, 0]),
      at([0, 0, 0.5]),
    ];
    expect(right).toBeGreaterThan(x + 100);
    expect(far).toBeLessThan(y - 20);
    expect(top).toBeLessThan(y - 20);
  });

  test("from the x axis y goes to the right, x towards the viewer and down", () => {
    const { at } = viewOf(area, 0, 30);
    const [[x, y], [right], [, near]] = [at([0, 0, 0]), at([0, 1, 0]), at([1, 0, 0])];
    expect(right).toBeGreaterThan(x + 100);
    expect(near).toBeGreaterThan(y + 20);
  });
});

describe("the faces", () => {
  test("are steps × steps, the nearest last, the highest brightest", async () => {
    const svg = await drawn((points) => points.select(1, 1), { steps: 6, azimuth: -90 });
    const found = faces(svg);
    expect(found).toHaveLength(36);
    // A slope that rises away from the viewer: what is farther is higher in the picture, and brighter.
    expect(found[0]!.middle).toBeLessThan(found.at(-1)!.middle - 100);
    expect(found[0]!.light).toBeGreaterThan(found.at(-1)!.light + 100);
    // Seen from the other side the order is the other one.
    const behind = faces(await drawn((points) => points.select(1, 1), { steps: 6, azimuth: 90 }));
    expect(behind[0]!.light).toBeLessThan(behind.at(-1)!.light - 100);
  });

  test("of a grid lie between its points; heights that are not finite are holes", async () => {
    const grid = [
      [0, 1, 2],
      [1, 2, 3],
      [Number.NaN, 3, 4],
      [3, 4, 5],
    ];
    expect(faces(await drawn(grid))).toHaveLength(4);
    // The axes are the indices, up to the last row and column.
    const said = texts(await drawn(grid, { xLabel: "column", yLabel: "row" }));
    expect(said).toEqual(expect.arrayContaining(["column", "row", "0.5", "3"]));
  });

  test("of a module are asked in evaluation mode", async () => {
    const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Dropout(0.5), new nn.Linear(8, 1)).train();
    const draw = () => drawn(model, { steps: 4 });
    expect(await draw()).toBe(await draw()); // dropout would differ
    expect(model.modules().every(({ training }) => training)).toBe(true);
  });

  test("beyond zRange are drawn at its ends", async () => {
    const found = faces(await drawn(bowl, { steps: 8, zRange: [0, 0.5] }));
    const whole = faces(await drawn(bowl, { steps: 8 }));
    const bright = (all: typeof found) => all.filter(({ light }) => light > 150).length;
    expect(bright(found)).toBeGreaterThan(bright(whole) + 8);
  });
});

describe("a path", () => {
  const color = "rgb(213,94,0)";
  const path = (svg: string) =>
    [...svg.matchAll(/<polyline points="([^"]*)"([^>]*)/g)]
      .filter(([, , look]) => look!.includes(`stroke="${color}"`))
      .map(([, points, look]) => ({
        hidden: look!.includes("stroke-dasharray"),
        length: points!.split(" ").length,
      }));

  test("has its name, a circle at its start and a diamond at its end", async () => {
    const svg = await drawn(bowl, {
      steps: 8,
      paths: {
        descent: [
          [0.8, 0.8],
          [0, 0],
        ],
      },
    });
    expect(texts(svg)).toContain("descent");
    expect(svg).toMatch(new RegExp(`<circle [^>]*r="6.5"[^>]*fill="${color.replace(/[()]/g, "\\$&")}"`));
    expect(svg).toMatch(new RegExp(`<polygon [^>]*fill="${color.replace(/[()]/g, "\\$&")}"`));
  });

  test("is pale where the surface hides it", async () => {
    const over = [
      [0, -1],
      [0, 1],
    ];
    // Over the ridge, from the side of the viewer to the other side.
    const crossing = path(await drawn(ridge, { azimuth: -90, elevation: 10, paths: { over } }));
    expect(crossing.map(({ hidden }) => hidden)).toEqual([true, false]);
    // Along the slope that the viewer sees nothing is hidden.
    const before = [
      [-1, -0.5],
      [1, -0.5],
    ];
    const along = path(await drawn(ridge, { azimuth: -90, elevation: 10, paths: { before } }));
    expect(along.map(({ hidden }) => hidden)).toEqual([false]);
  });

  test("ends where it leaves the surface", async () => {
    const leaving = [
      [0, 0],
      [3, 0],
    ];
    const staying = [
      [0, 0],
      [1, 0],
    ];
    const length = async (points: number[][]) =>
      path(await drawn(bowl, { elevation: 80, paths: { points } })).reduce(
        (sum, { length }) => sum + length,
        0,
      );
    expect(await length(leaving)).toBe(await length(staying));
  });
});
