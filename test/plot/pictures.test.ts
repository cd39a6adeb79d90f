import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { manualSeed, nn, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import { drawingFolder, lines, texts } from "./drawn.js";

const { file, folder, svgOf } = drawingFolder();
const blue = "rgb(0,114,178)";
const orange = "rgb(213,94,0)";
const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([0, 1, 1, 0]);
const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh(), new nn.Dropout(0.5), new nn.Linear(3, 1));
model.forward(x).sum().backward();
const sum = (points: Tensor) => points.sum(1);

test("characters that no XML may hold are replaced, whatever text they stand in", async () => {
  const odd = "a\0b\x1b[2Jc\ud800d\uffffe é 😀";
  const svg = await svgOf((path) =>
    plot.curves(path, { [odd]: [1, 2] }, { title: odd, xLabel: odd, yLabel: odd }),
  );
  expect(svg).not.toMatch(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
  expect(texts(svg).filter((text) => text === "a\ufffdb\ufffd[2Jc\ufffdd\ufffde é 😀")).toHaveLength(3);
});

type Options = plot.FigureOptions;
/** Each kind of picture, and what it says by itself. */
const kinds: Record<string, [(path: string, options?: Options) => Promise<void>, string[]]> = {
  curves: [
    (path, o) => plot.curves(path, { train: [3, 2, 1], test: [3, 3, 2] }, o),
    ["train", "test", "step", "loss"],
  ],
  histogram: [(path, o) => plot.histogram(path, randn([100]), o), ["value", "count"]],
  confusionMatrix: [
    (path, o) =>
      plot.confusionMatrix(
        path,
        [
          [51, 2],
          [3, 47],
        ],
        o,
      ),
    ["51", "2", "3", "47", "predicted class", "true class"],
  ],
  decisionBoundary: [
    (path, o) => plot.decisionBoundary(path, sum, x, y, o),
    ["class 0", "class 1", "boundary", "x₁", "x₂"],
  ],
  lossSurface: [
    (path, o) =>
      plot.lossSurface(path, (a, b) => a * a + b * b, {
        descent: [
          [1, 1],
          [0, 0],
        ],
        ...o,
      }),
    ["start", "descent", "end", "parameter 1", "parameter 2", "loss"],
  ],
  gradientFlow: [
    (path, o) => plot.gradientFlow(path, model, o),
    ["0.weight", "3.bias", "largest |gradient|", "size"],
  ],
  scatter: [(path, o) => plot.scatter(path, x, y, o), ["class 0", "class 1", "x₁", "x₂"]],
  surface: [
    (path, o) => plot.surface(path, sum, { steps: 4, zLabel: "height", ...o } as plot.SurfaceOptions),
    ["x", "y", "height"],
  ],
  network: [
    (path, o) => plot.network(path, model, o),
    ["input", "Linear", "Tanh", "Dropout", "2", "3", "1", "weight above 0", "below 0"],
  ],
  images: [
    (path, o) => plot.images(path, randn([2, 5, 4]), { captions: ["one", 2], ...o } as plot.ImagesOptions),
    ["one", "2"],
  ],
};

describe.each(Object.entries(kinds))("%s", (name, [draw, says]) => {
  test("says what it shows", async () => {
    expect(texts(await svgOf(draw))).toEqual(expect.arrayContaining(says));
  });

  test("is 960 × 640, or as large as asked", async () => {
    expect(await svgOf(draw)).toMatch(/^<svg width="960" height="640"/);
    expect(await svgOf((path) => draw(path, { width: 500, height: 300 }))).toMatch(
      /^<svg width="500" height="300"/,
    );
  });

  test("has a title, names of axes where there are axes, and no hole that text could break", async () => {
    const title = `<b>"5 < 6" & 'x'</b>`;
    const labels = ["images", "network"].includes(name) ? {} : { xLabel: "t <s>", yLabel: "a & b" };
    const svg = await svgOf((path) => draw(path, { title, ...labels }));
    expect(svg).not.toContain("<b>");
    expect(texts(svg)).toEqual(expect.arrayContaining([title, ...Object.values(labels)]));
  });

  test("is the same bytes each time, and has nothing for a pointer", async () => {
    manualSeed(0);
    const first = await svgOf(draw);
    manualSeed(0);
    expect(await svgOf(draw)).toBe(first);
    expect(first).not.toMatch(/<style|class=|ecmeta|\[object/);
  });

  test("is the same PNG, by the ending of its name", async () => {
    await draw(file("picture.png"), { width: 300, height: 200, pixelRatio: 2 });
    const png = readFileSync(file("picture.png"));
    expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([600, 400]);
  });

  test("refuses unknown options, other endings and folders that are not there; leaves nothing behind", async () => {
    const before = readdirSync(folder).sort();
    await expect(draw(file("a.svg"), { titel: "" } as Options)).rejects.toMatchObject({
      code: "UNKNOWN_OPTION",
      message: expect.stringContaining(`plot.${name}: unknown option: titel; did you mean title?`),
    });
    await expect(draw(file("a.jpg"))).rejects.toMatchObject({ code: "INVALID_VALUE" });
    await expect(draw(file("a.svg"), { width: 0 })).rejects.toMatchObject({ code: "INVALID_VALUE" });
    await expect(draw(file("none/a.svg"))).rejects.toMatchObject({ code: "DIRECTORY_NOT_FOUND" });
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

test("a curve has a point for each number, gaps for those that are not finite, and a dash of its own", async () => {
  const svg = await svgOf((path) =>
    plot.curves(path, {
      a: [1, 2, 3, 4, 5],
      b: new Float64Array([1, 2, NaN, 4, 5, Infinity, 6, 7]),
      c: tensor([1, 2]),
    }),
  );
  expect(lines(svg, blue)).toContain(5);
  // Two gaps: one path that starts anew after each.
  expect(svg).toMatch(
    /<path d="M[^"M]*(?:M[^"M]*){2}"[^>]*stroke="rgb\(213,94,0\)"[^>]*stroke-dasharray="9,4"/,
  );
  expect(lines(svg, orange)).toContain(6);
});

test("a histogram counts every value once, the largest one too", async () => {
  const svg = await svgOf((path) =>
    plot.histogram(path, { a: [0, 0, 1, 2, 2, 2], b: [0, NaN] }, { bins: 2 }),
  );
  // From 0 up to 2 (zeros), up to 4 (one and the twos), and back.
  const [, d] = /<path d="([^"]*)" fill="none"[^>]*stroke="rgb\(0,114,178\)"/.exec(svg)!;
  const heights = [...d!.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, , h]) => Number(h));
  const [ground, top] = [Math.max(...heights), Math.min(...heights)];
  expect(new Set(heights.map((h) => Math.round(((ground - h) / (ground - top)) * 4)))).toEqual(
    new Set([0, 2, 4]),
  );
});

test("a decision boundary asks modules in evaluation mode, and leaves their modes as they were", async () => {
  model.train();
  const draw = () => svgOf((path) => plot.decisionBoundary(path, model, x, y, { level: 0 }));
  expect(await draw()).toBe(await draw()); // dropout would differ
  expect(model.training).toBe(true);
});

test("several classifiers make a panel each; several outputs make regions without a line", async () => {
  const panels = await svgOf((path) => plot.decisionBoundary(path, { first: sum, second: sum }, x, y));
  expect(panels.match(/<image /g)).toHaveLength(2);
  expect(texts(panels)).toEqual(expect.arrayContaining(["first", "second"]));
  const regions = await svgOf((path) => plot.decisionBoundary(path, new nn.Linear(2, 3), x, [0, 1, 2, 1]));
  expect(texts(regions)).toContain("class 2");
  expect(texts(regions)).not.toContain("boundary");
});

test("gradients that are nothing but zeros are named", async () => {
  const [a, b] = [zeros([2], { requiresGrad: true }), zeros([2], { requiresGrad: true })];
  a.mul(0).add(b).sum().backward();
  expect(
    texts(
      await svgOf((path) =>
        plot.gradientFlow(path, [
          ["a", a],
          ["b", b],
        ]),
      ),
    ),
  ).toContain("zero");
});

const path = file("never.svg");
test.each<[string, string, () => Promise<void>]>([
  ["no curves", "INVALID_VALUE", () => plot.curves(path, {})],
  ["an empty curve", "INVALID_VALUE", () => plot.curves(path, { a: [] })],
  ["x and y of two lengths", "SHAPE_MISMATCH", () => plot.curves(path, { a: { x: [1], y: [1, 2] } })],
  ["a range that goes down", "INVALID_VALUE", () => plot.curves(path, { a: [1] }, { yRange: [1, 0] })],
  ["no bins", "INVALID_VALUE", () => plot.histogram(path, [1], { bins: 0 })],
  ["nothing to count", "INVALID_VALUE", () => plot.histogram(path, [NaN])],
  ["a matrix that is not square", "SHAPE_MISMATCH", () => plot.confusionMatrix(path, [[1, 2]])],
  ["a ragged matrix", "SHAPE_MISMATCH", () => plot.confusionMatrix(path, [[1, 2], [1]])],
  ["a negative count", "INVALID_VALUE", () => plot.confusionMatrix(path, [[-1]])],
  ["too few class names", "SHAPE_MISMATCH", () => plot.confusionMatrix(path, [[1]], { classNames: [] })],
  ["images of two channels", "SHAPE_MISMATCH", () => plot.images(path, zeros([1, 2, 3, 3]))],
  ["too few captions", "SHAPE_MISMATCH", () => plot.images(path, zeros([2, 3, 3]), { captions: ["a"] })],
  ["points of three features", "SHAPE_MISMATCH", () => plot.decisionBoundary(path, sum, zeros([4, 3]), y)],
  ["labels that are not as many", "SHAPE_MISMATCH", () => plot.decisionBoundary(path, sum, x, [1])],
  ["three classes for one output", "INVALID_VALUE", () => plot.decisionBoundary(path, sum, x, [0, 1, 2, 0])],
  ["no points and no range", "INVALID_VALUE", () => plot.decisionBoundary(path, sum, null, null)],
  ["a classifier of nothing", "SHAPE_MISMATCH", () => plot.decisionBoundary(path, () => zeros([]), x, y)],
  [
    "the logarithm of a negative loss",
    "INVALID_VALUE",
    () => plot.lossSurface(path, () => -1, { log: true }),
  ],
  ["points that are not pairs", "SHAPE_MISMATCH", () => plot.scatter(path, zeros([4, 3]))],
  ["labels of fewer points", "SHAPE_MISMATCH", () => plot.scatter(path, x, [1, 0])],
  ["labels between classes", "INVALID_VALUE", () => plot.scatter(path, x, [0.5, 0, 1, 1])],
  ["labels of points by name", "INVALID_VALUE", () => plot.scatter(path, { x }, y)],
  ["a class without a name", "SHAPE_MISMATCH", () => plot.scatter(path, x, y, { classNames: ["a"] })],
  ["points of no size", "INVALID_VALUE", () => plot.scatter(path, x, y, { size: 0 })],
  ["two heights per point", "SHAPE_MISMATCH", () => plot.surface(path, () => zeros([1089, 2]))],
  ["a grid of one row", "SHAPE_MISMATCH", () => plot.surface(path, [[1, 2]])],
  ["heights that are not finite", "INVALID_VALUE", () => plot.surface(path, zeros([2, 2]).div(0))],
  ["a view from below", "INVALID_VALUE", () => plot.surface(path, sum, { elevation: -10 })],
  ["a path of triples", "SHAPE_MISMATCH", () => plot.surface(path, sum, { paths: { a: zeros([2, 3]) } })],
  ["a path without a name", "INVALID_VALUE", () => plot.surface(path, sum, { paths: x as never })],
  ["a model without layers", "INVALID_VALUE", () => plot.network(path, new nn.Sequential())],
  ["what is no model", "INVALID_VALUE", () => plot.network(path, {} as never)],
  ["a shape with a batch of none", "SHAPE_MISMATCH", () => plot.network(path, model, { inputShape: [0] })],
  ["two units of a layer", "INVALID_VALUE", () => plot.network(path, model, { maxUnits: 2 })],
  ["too many layers for the width", "INVALID_VALUE", () => plot.network(path, model, { width: 150 })],
  ["no frames", "INVALID_VALUE", () => plot.animation(path, [], async () => {})],
  ["frames in no time", "INVALID_VALUE", () => plot.animation(path, [1], async () => {}, { duration: 0 })],
  ["a frame that is not drawn", "INVALID_VALUE", () => plot.animation(path, [1], async () => {})],
  ["no gradients", "NO_GRAD", () => plot.gradientFlow(path, new nn.Linear(1, 1))],
])("%s is refused", async (_, code, draw) => {
  await expect(draw()).rejects.toMatchObject({ code, message: expect.stringMatching(/^plot\.\w+: /) });
  expect(readdirSync(folder)).not.toContain("never.svg");
});
