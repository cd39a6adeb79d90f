import { describe, expect, test } from "vitest";
import { nn, noGrad, type Tensor, tensor } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import { drawingFolder, texts } from "./drawn.js";

const { svgOf } = drawingFolder();
const [blue, orange] = ["rgb(0,114,178)", "rgb(213,94,0)"];
const drawn = (model: nn.Module, options?: plot.NetworkOptions) =>
  svgOf((path) => plot.network(path, model, options));

/** The lines between units: their ends, colour and width. */
const weightsIn = (svg: string) =>
  [
    ...svg.matchAll(
      /<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke="([^"]+)"(?: stroke-width="([\d.]+)")?/g,
    ),
  ]
    .map(([, x1, y1, x2, y2, color, width]) => ({
      from: [Number(x1), Number(y1)],
      to: [Number(x2), Number(y2)],
      color,
      width: Number(width ?? 1),
    }))
    // The key below has two more.
    .filter(({ from, to }) => to[0]! - from[0]! > 40);
const circles = (svg: string) => [...svg.matchAll(/<circle [^>]*r="[^2]/g)].length;

describe("the lines of a layer", () => {
  const layer = new nn.Linear(2, 2);
  noGrad(() =>
    layer.weight.copy_(
      tensor([
        [2, -1],
        [0, 0.5],
      ]),
    ),
  );

  test("are blue above 0, orange below, and the wider the larger", async () => {
    const found = weightsIn(await drawn(new nn.Sequential(layer)));
    expect(found).toHaveLength(4);
    const [left, right] = [Math.min, Math.max].map((end) =>
      end(...found.flatMap((l) => [l.from[0]!, l.to[0]!])),
    );
    const ys = [...new Set(found.map(({ from }) => from[1]!))].sort((a, b) => a - b);
    const line = (input: number, output: number) =>
      found.find(({ from, to }) => from[1] === ys[input] && to[1] === ys[output])!;
    expect(found.every(({ from, to }) => from[0] === left && to[0] === right)).toBe(true);
    expect([line(0, 0).color, line(1, 0).color, line(1, 1).color]).toEqual([blue, orange, blue]);
    expect(line(0, 1).color).not.toMatch(/rgb/);
    const widths = [line(0, 0), line(1, 0), line(1, 1), line(0, 1)].map(({ width }) => width);
    expect(widths).toEqual([5.4, 2.9, 1.65, 0.4]);
    expect(texts(await drawn(layer))).toContain("the widest line: 2");
  });

  test("are not drawn between units that are left out, which dots and the size stand for", async () => {
    const svg = await drawn(new nn.Linear(784, 5), { maxUnits: 4 });
    expect(weightsIn(svg)).toHaveLength(16);
    expect(circles(svg)).toBe(8);
    expect([...svg.matchAll(/<circle [^>]*r="2"/g)]).toHaveLength(6);
    expect(texts(svg)).toEqual(expect.arrayContaining(["784", "5"]));
  });

  test("of a wide layer are those of its first and its last units", async () => {
    const wide = new nn.Linear(6, 1);
    noGrad(() => wide.weight.copy_(tensor([[1, -1, 9, 9, 9, 3]])));
    const found = weightsIn(await drawn(wide, { maxUnits: 3 })).sort((a, b) => a.from[1]! - b.from[1]!);
    expect(found.map(({ color }) => color)).toEqual([blue, orange, blue]);
    expect(found.map(({ width }) => width)).toEqual([2.07, 2.07, 5.4]); // 9 is not drawn
  });

  test("must have finite weights", async () => {
    const broken = new nn.Linear(1, 1);
    noGrad(() => broken.weight.fill_(Number.NaN));
    await expect(drawn(broken)).rejects.toMatchObject({ code: "INVALID_VALUE" });
  });
});

describe("layers without units", () => {
  const convolutional = () =>
    new nn.Sequential(
      ...[new nn.Conv2d(1, 4, 3), new nn.BatchNorm2d(4), new nn.ReLU(), new nn.MaxPool2d(2)],
      ...[new nn.Flatten(), new nn.Linear(36, 3)],
    );

  test("are boxes; with an input the shapes of all outputs are known", async () => {
    const said = texts(await drawn(convolutional(), { inputShape: [1, 8, 8] }));
    for (const each of ["input", "1 × 8 × 8", "Conv2d", "1 → 4", "kernelSize=3,3", "BatchNorm2d", "ReLU"])
      expect(said).toContain(each);
    for (const each of ["4 × 6 × 6", "MaxPool2d", "4 × 3 × 3", "Flatten", "36", "3"])
      expect(said).toContain(each);
    expect(texts(await drawn(convolutional())).join()).not.toContain("×");
  });

  test("a model runs in evaluation mode, and keeps its modes and running statistics", async () => {
    const model = convolutional();
    const before = model.stateDict()["1.running_mean"]!.clone();
    await drawn(model, { inputShape: [1, 8, 8] });
    expect(model.modules().every(({ training }) => training)).toBe(true);
    expect(model.stateDict()["1.running_mean"]!.toArray()).toEqual(before.toArray());
    await expect(drawn(model, { inputShape: [2, 8, 8] })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    expect(model.modules().every(({ training }) => training)).toBe(true);
  });

  test("that the library composes are one box; modules of the program are opened", async () => {
    class Net extends nn.Module {
      last = new nn.Linear(3, 1);
      body = new nn.Residual(new nn.Sequential(new nn.Linear(3, 3), new nn.Tanh()));
      drop = new nn.Dropout(0.5);
      forward(x: Tensor): Tensor {
        const once = this.drop.forward(this.body.forward(x));
        return this.last.forward(this.drop.forward(once));
      }
    }
    const said = texts(await drawn(new Net(), { inputShape: [3] }));
    // In the order of the calls, with each call of a layer that is called twice.
    expect(said.filter((text) => /^[A-Z]/.test(text))).toEqual(
      expect.arrayContaining(["Residual", "Linear", "Tanh", "Dropout"]),
    );
    expect(said.filter((text) => text === "Dropout")).toHaveLength(2);
    expect(said.indexOf("Residual")).toBeLessThan(said.lastIndexOf("Linear"));
  });
});
