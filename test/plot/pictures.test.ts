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
  curves: [(path, o) => plot.curves(path, { train: [3, 2, 1], test: [3, 3, 2] }, o), ["train", "test"]],
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

const curve = (n: number) => Array.from({ length: 5 }, (_, i) => n / (i + 1));
const several = (n: number, name: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [name(i), curve(i + 1)]));
/** The places of texts in pixels, by text. */
const places = (svg: string, wanted: RegExp) =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)]
    .filter(([, , text]) => wanted.test(text!))
    .map(([, attributes, text]) => {
      const [, x, y] = /translate\(([\d.]+) ([\d.]+)\)/.exec(attributes!) ?? [];
      const own = (name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(attributes!)?.[1] ?? 0);
      return { text: text!, x: Number(x ?? 0) + own("x"), y: Number(y ?? 0) + own("y") };
    });
/** The upper end of the vertical axis. */
const topOf = (svg: string) =>
  Math.min(...[...svg.matchAll(/M96\.5 \d+(?:\.\d+)?L96\.5 ([\d.]+)/g)].map(([, y]) => Number(y)));

test("curves name no axis by themselves", async () => {
  const said = texts(await svgOf((path) => plot.curves(path, { a: [1, 2] })));
  expect(said.filter((text) => /[a-z]/.test(text))).toEqual([]);
});

test("names of more than six curves stand at their ends, and never on each other", async () => {
  const svg = await svgOf((path) =>
    plot.curves(
      path,
      several(10, (i) => `curve ${i}`),
    ),
  );
  const found = places(svg, /^curve/);
  expect(found.map(({ text }) => text).sort()).toEqual(Object.keys(several(10, (i) => `curve ${i}`)));
  expect(Math.min(...found.map(({ x }) => x))).toBeGreaterThan(800);
  const heights = found.map(({ y }) => y).sort((a, b) => a - b);
  for (const [i, y] of heights.entries()) if (i > 0) expect(y - heights[i - 1]!).toBeGreaterThan(12);
  // Six have a legend, above the plot.
  const six = await svgOf((path) =>
    plot.curves(
      path,
      several(6, (i) => `curve ${i}`),
    ),
  );
  expect(Math.max(...places(six, /^curve/).map(({ y }) => y))).toBeLessThan(topOf(six));
});

test.each([
  [8, "a combination of hyperparameters that takes much room", 1],
  [6, "a rather long name here", 2],
])("a legend of %i long names ends above the plot", async (n, name, least) => {
  const svg = await svgOf((path) =>
    plot.curves(
      path,
      several(n, (i) => `${name} ${i}`),
    ),
  );
  const found = places(svg, new RegExp(`^${name}`));
  expect(found).toHaveLength(n);
  expect(new Set(found.map(({ y }) => y)).size).toBeGreaterThanOrEqual(least);
  expect(Math.max(...found.map(({ y }) => y))).toBeLessThan(topOf(svg));
});

test("points have their symbol in the legend as in the picture, and no line", async () => {
  const svg = await svgOf((path) =>
    plot.curves(path, { line: [1, 2, 3], measured: { x: [0, 1, 2], y: [3, 1, 2], points: true } }),
  );
  const symbols = [...svg.matchAll(/<path d="([^"]*)" transform="([^"]*)" fill="rgb\(213,94,0\)"/g)];
  expect(symbols).toHaveLength(4);
  // A symbol has one scale, or the same along both axes.
  for (const [, d, transform] of symbols) {
    const [, a, b] = /matrix\(([\d.]+),0,0,([\d.]+)/.exec(transform!) ?? [];
    if (a !== undefined) expect(a).toBe(b);
    const xs = [...d!.matchAll(/[ML ](-?[\d.]+) -?[\d.]+/g)].map(([, x]) => Number(x));
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(12);
  }
  expect(svg).not.toMatch(/fill="none"[^>]*stroke="rgb\(213,94,0\)" stroke-width="[^0]/);
});

test("a logarithmic axis of a given range has its powers of ten", async () => {
  const said = texts(
    await svgOf((path) => plot.curves(path, { a: [1e-9, 1e3] }, { logY: true, yRange: [1e-10, 1e4] })),
  );
  for (const power of ["1e-9", "1e-6", "0.001", "1", "1000"]) expect(said).toContain(power);
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

test("every panel has its own points and labels, by the name of its classifier", async () => {
  const labels = { and: [0, 0, 0, 1], xor: [0, 1, 1, 0] };
  const panels = { and: sum, xor: sum };
  const count = (svg: string, color: string) =>
    [...svg.matchAll(/<path d="[^"]*" transform="[^"]*" fill="([^"]*)" stroke="#fff"/g)].filter(
      ([, fill]) => fill === color,
    ).length;
  const svg = await svgOf((path) => plot.decisionBoundary(path, panels, x, labels));
  const same = await svgOf((path) => plot.decisionBoundary(path, panels, x, labels.xor));
  // Blue: 3 + 2 points or 2 + 2, and the legend.
  expect(count(svg, blue) - count(same, blue)).toBe(1);
  expect(count(same, orange) - count(svg, orange)).toBe(1);
  const points = { and: x, xor: [[1, 1]] };
  const fewer = await svgOf((path) => plot.decisionBoundary(path, panels, points, { ...labels, xor: [1] }));
  expect(count(svg, blue) - count(fewer, blue)).toBe(2);
});

test("equalAspect makes square panels of square ranges", async () => {
  const range = { xRange: [-1, 1], yRange: [-1, 1] } as const;
  const shape = async (equalAspect: boolean) => {
    const svg = await svgOf((path) =>
      plot.decisionBoundary(path, sum, null, null, { ...range, equalAspect }),
    );
    const [, width, height] = /<image [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
    return Number(width) / Number(height);
  };
  expect(await shape(true)).toBeCloseTo(1, 2);
  expect(await shape(false)).toBeGreaterThan(1.3);
});

test("the boundary of a step function is the straight line on which it jumps", async () => {
  const step = (points: Tensor) =>
    points
      .matmul(tensor([1, -0.7]))
      .add(0.1)
      .gt(0)
      .float();
  const svg = await svgOf((path) =>
    plot.decisionBoundary(path, step, null, null, { xRange: [-1, 1], yRange: [-1, 1], equalAspect: true }),
  );
  const [, d] = /<path d="(M[^"]*)" fill="none"[^>]*stroke="#000"[^>]*stroke-width="2.5"/.exec(
    [...svg.matchAll(/<path d="M[^"]{200,}" fill="none"[^>]*>/g)].map(([path]) => path).join(),
  )!;
  const points = [...d!.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(
    ([, px, py]) => [Number(px), Number(py)] as const,
  );
  const [[x0, y0], [x1, y1]] = [points[0]!, points.at(-1)!];
  for (const [px, py] of points) {
    const away = Math.abs((px - x0) * (y1 - y0) - (py - y0) * (x1 - x0)) / Math.hypot(x1 - x0, y1 - y0);
    expect(away).toBeLessThan(0.3); // pixels
  }
  expect(Math.abs((x1 - x0) / (y1 - y0))).toBeCloseTo(0.7, 2);
});

test("numbers beside a colour bar are round: what is nearly 0 is 0, and the level is in the middle", async () => {
  const almost = (points: Tensor) => points.select(1, 0).mul(9).sigmoid();
  const svg = await svgOf((path) => plot.decisionBoundary(path, almost, x, y, { xRange: [-1, 1] }));
  const bar = places(svg, /^[\d.e-]+$/)
    .filter(({ x }) => x > 870)
    .map(({ text }) => text);
  expect(bar.sort()).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1"]);
  const wide = await svgOf((path) =>
    plot.decisionBoundary(path, (points) => points.select(1, 0).mul(7), x, y, { level: 0, xRange: [-1, 2] }),
  );
  const numbers = places(wide, /^[\d.-]+$/)
    .filter(({ x }) => x > 870)
    .map(({ text }) => Number(text));
  expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(0);
  expect(Math.max(...numbers)).toBe(10);
});

test("the colour bar of a logarithmic loss has powers of ten", async () => {
  const svg = await svgOf((path) => plot.lossSurface(path, (a) => 10 ** (3 * a), { log: true }));
  const bar = places(svg, /^[\d.e-]+$/)
    .filter(({ x }) => x > 870)
    .map(({ text }) => text);
  expect(bar).toEqual(["0.001", "0.01", "0.1", "1", "10", "100", "1000"]);
});

test("gradients of two models can have one scale", async () => {
  const svg = await svgOf((path) => plot.gradientFlow(path, model, { yRange: [1e-12, 1e3] }));
  expect(texts(svg)).toEqual(expect.arrayContaining(["1e-12", "1e-9", "1e-6", "0.001", "1", "1000"]));
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
  [
    "a logarithm of a range from 0",
    "INVALID_VALUE",
    () => plot.curves(path, { a: [1] }, { logY: true, yRange: [0, 1] }),
  ],
  ["sizes from 0", "INVALID_VALUE", () => plot.gradientFlow(path, model, { yRange: [0, 1] })],
  ["a width of text", "INVALID_VALUE", () => plot.curves(path, { a: [1] }, { width: "9" as never })],
  ["names that are no list", "INVALID_VALUE", () => plot.scatter(path, x, y, { classNames: "ab" as never })],
  ["labels of another panel", "INVALID_VALUE", () => plot.decisionBoundary(path, { a: sum }, x, { b: y })],
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
