import { ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { quoted } from "../quote.js";
import type { Tensor } from "../tensor/tensor.js";
import { answers } from "./answers.js";
import { type Field, field, type Point } from "./contour.js";
import { axis, type FigureOptions, figure, heading, legend, lineIn, write } from "./figure.js";
import { type Color, classColor, mix, style, white } from "./palette.js";
import { colorBar, edges, levelLines, panelBoxes, pixels } from "./panels.js";
import { around, checkRanges, extent, numbers, type Rows, rows, type Values } from "./values.js";

/** Maps points [N, 2] to one number per point, [N] or [N, 1], or to one number per class, [N, C]. */
export type Classifier = Module | ((x: Tensor) => Tensor);

/** Options of `decisionBoundary`. */
export interface DecisionBoundaryOptions extends FigureOptions {
  /**
   * For a classifier with one output: the output at which the two classes meet. Default 0.5, for
   * probabilities; 0 for logits.
   */
  level?: number;
  /** Names of the classes, in the order of their labels. Default: `class 0`, `class 1`, … */
  classNames?: readonly string[];
  /** The range that is drawn. Default: the range of the points, extended by a tenth on each side. */
  xRange?: readonly [number, number];
  /** See `xRange`. */
  yRange?: readonly [number, number];
  /** Number of grid points along each axis at which the classifier is evaluated. Default 120. */
  resolution?: number;
}

const own = ["level", "classNames", "xRange", "yRange", "resolution"];

/**
 * Draws the decision regions of a classifier of two features, and the data points. With one output, colours
 * show the output, and a line shows where it equals `level`. With C outputs, each region has the colour of
 * its largest output. Modules are evaluated in evaluation mode. Several classifiers, given by name, make one
 * panel each.
 *
 *     await plot.decisionBoundary("xor.svg", model, x, y, { level: 0, title: "XOR" });
 *
 * Shapes: `x` [N, 2], `y` N labels (0 or 1, -1 or 1; class indices for C outputs). Both may be null to draw
 * no points; the ranges are then required.
 */
export async function decisionBoundary(
  path: string,
  classifier: Classifier | Readonly<Record<string, Classifier>>,
  x: Rows | null,
  y: Values | null,
  options: DecisionBoundaryOptions = {},
): Promise<void> {
  const op = "plot.decisionBoundary";
  const drawing = await figure(op, path, options, own);
  checkRanges(op, options);
  const { level = 0.5, resolution = 120 } = options;
  if (!Number.isInteger(resolution) || resolution < 2 || resolution > 2000)
    throw new ValueError(`${op}: resolution is a whole number from 2 to 2000: ${resolution}`);
  const single = classifier instanceof Module || typeof classifier === "function";
  if (!single && (typeof classifier !== "object" || classifier === null))
    throw new ValueError(`${op}: a classifier is a module or a function: ${quoted(classifier)}`);
  const panels = Object.entries(single ? { "": classifier as Classifier } : (classifier as object)) as [
    string,
    Classifier,
  ][];
  if (panels.length === 0) throw new ValueError(`${op}: classifiers by name, at least one: {}`);
  const points = x === null ? [] : rows(op, "x", x, 2);
  const labels = y === null ? [] : numbers(op, "labels", y);
  if (points.length !== labels.length)
    throw new ShapeError(`${op}: one label for each point: ${labels.length} labels, ${points.length} points`);
  const ranges = [options.xRange, options.yRange].map((given, d) => given ?? around(op, points, d as 0 | 1));

  const asked = panels.map(([, model]) => ask(op, model, ranges, resolution));
  const outputs = Math.max(...asked.map(({ outputs }) => outputs));
  const values = [...new Set(labels)].sort((a, b) => a - b);
  const classes = outputs > 1 ? Array.from({ length: outputs }, (_, c) => c) : twoClasses(op, values);
  const stranger = labels.find((label) => !classes.includes(label));
  if (stranger !== undefined)
    throw new ValueError(`${op}: labels are among ${classes.join(", ")}: ${stranger}`);
  const names = classes.map((label, c) => options.classNames?.[c] ?? `class ${label}`);

  const heights = asked.flatMap(({ field }) => Array.from(field.heights));
  const [low, high] = extent(op, "outputs", heights);
  const reach = Math.max(high - level, level - low) || 1;
  const colorOf = (height: number): Color =>
    outputs > 1
      ? mix(white, classColor(height), 0.3)
      : Number.isNaN(height)
        ? white
        : mix(
            white,
            classColor(height < level ? 0 : 1),
            Math.min(1, Math.abs(height - level) / reach) * 0.55,
          );
  const series = asked.flatMap(({ field }, i) => [
    pixels(field, i, colorOf),
    levelLines(field, i, outputs > 1 ? [] : [level], {
      ...{ name: "boundary", lineStyle: { color: "#000", width: 2.5 }, itemStyle: { color: "#000" } },
    }),
    ...classes.map((label, c) => ({
      ...{ name: names[c], type: "scatter", xAxisIndex: i, yAxisIndex: i, z: 4, symbol: style(c).symbol },
      ...{ symbolSize: points.length > 60 ? 9 : 14, clip: true },
      itemStyle: { color: style(c).color, borderColor: "#fff", borderWidth: 1, opacity: 1 },
      data: points.filter((_, n) => labels[n] === label),
    })),
  ]);
  const shown = [...(points.length > 0 ? names : []), ...(outputs > 1 ? [] : [lineIn("boundary")])];
  const boxes = panelBoxes(drawing, panels.length, { legend: true, right: outputs > 1 ? 0 : 100 });
  const last = boxes[boxes.length - 1];
  const bar = { top: boxes[0].top, height: last.top + last.height - boxes[0].top };
  await write(drawing, {
    title: [
      heading(options.title),
      ...(single ? [] : panels.map(([name], i) => heading(name, nameAbove(boxes[i])))),
    ],
    legend: legend(drawing, shown, true),
    grid: boxes,
    xAxis: boxes.map((_, gridIndex) => ({
      ...axis({
        name: edges(boxes.length, gridIndex).bottom ? (options.xLabel ?? "x₁") : "",
        gap: 36,
        range: ranges[0],
      }),
      gridIndex,
    })),
    yAxis: boxes.map((_, gridIndex) => ({
      ...axis({
        name: edges(boxes.length, gridIndex).left ? (options.yLabel ?? "x₂") : "",
        gap: 52,
        range: ranges[1],
      }),
      gridIndex,
    })),
    series,
    graphic: outputs > 1 ? [] : colorBar(drawing, bar, [low, high], colorOf, "output"),
  });
}

const nameAbove = (box: { left: number; top: number; width: number }) => ({
  ...{ left: box.left + box.width / 2, top: box.top - 30, textAlign: "center" },
  textStyle: { fontSize: 15, fontWeight: "normal", color: "#222" },
});

function twoClasses(op: string, values: number[]): number[] {
  if (values.length > 2)
    throw new ValueError(`${op}: one output divides two classes: labels ${values.slice(0, 5).join(", ")}`);
  return values.includes(-1) ? [-1, 1] : [0, 1];
}

/** Outputs of the classifier on the grid; with several outputs, the index of the largest. */
function ask(
  op: string,
  classifier: Classifier,
  ranges: readonly (readonly [number, number])[],
  resolution: number,
): { field: Field; outputs: number } {
  let outputs = 1;
  const answer = (points: Point[]): number[] => {
    const out = answers(op, "the classifier makes [N], [N, 1] or [N, C]", classifier, points);
    outputs = out.ndim === 1 ? 1 : out.shape[1];
    return (outputs > 1 ? out.argmax(1) : out.reshape(-1)).toArray().map(Number);
  };
  return { field: field(ranges[0], ranges[1], resolution, resolution, answer), outputs };
}
