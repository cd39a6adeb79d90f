import { expect, test } from "vitest";
import { tensor } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import { drawingFolder, texts } from "./drawn.js";

const { svgOf } = drawingFolder();
const colors = ["rgb(0,114,178)", "rgb(213,94,0)", "rgb(0,158,115)"];
const points = [
  [0, 0],
  [4, 0],
  [0, 1],
  [Number.NaN, 0],
];
/** Where the symbols of a colour are, without that of the legend. */
const symbols = (svg: string, color: string, legend: boolean) =>
  [...svg.matchAll(/<path d="[^"]*" transform="[^"]*?([\d.]+)[ ,]([\d.]+)\)"[^>]*fill="([^"]*)"/g)]
    .filter(([, , , fill]) => fill === color)
    .slice(legend ? 0 : undefined)
    .map(([, x, y]) => [Number(x), Number(y)] as const)
    .filter(([, y]) => y > 60);

test("every class has a colour, whether or not the classes before it have points here", async () => {
  const svg = await svgOf((path) => plot.scatter(path, points.slice(0, 3), tensor([0, 2, 2])));
  expect(texts(svg)).toEqual(expect.arrayContaining(["class 0", "class 2"]));
  expect(texts(svg)).not.toContain("class 1");
  expect(symbols(svg, colors[0]!, true)).toHaveLength(1);
  expect(symbols(svg, colors[2]!, true)).toHaveLength(2);
  expect(symbols(svg, colors[1]!, true)).toHaveLength(0);
});

test("labels -1 and 1 are two classes, with names", async () => {
  const svg = await svgOf((path) =>
    plot.scatter(path, points.slice(0, 3), [-1, 1, 1], { classNames: ["no", "yes"] }),
  );
  expect(texts(svg)).toEqual(expect.arrayContaining(["no", "yes"]));
  expect(symbols(svg, colors[1]!, true)).toHaveLength(2);
});

test("sets by name have a colour each; points that are not finite are left out", async () => {
  const svg = await svgOf((path) => plot.scatter(path, { seen: points, other: [[1, 1]] }));
  expect(texts(svg)).toEqual(expect.arrayContaining(["seen", "other"]));
  expect(symbols(svg, colors[0]!, true)).toHaveLength(3);
  expect(symbols(svg, colors[1]!, true)).toHaveLength(1);
});

test("equalAspect draws a unit of x as long as a unit of y", async () => {
  const steps = async (equalAspect: boolean) => {
    const svg = await svgOf((path) => plot.scatter(path, points, null, { equalAspect }));
    const [origin, right, up] = symbols(svg, colors[0]!, true);
    return [(right![0] - origin![0]) / 4, origin![1] - up![1]] as const;
  };
  const [x, y] = await steps(true);
  expect(Math.abs(x - y)).toBeLessThan(0.2);
  const [wide, high] = await steps(false);
  expect(high).toBeGreaterThan(2 * wide);
});
