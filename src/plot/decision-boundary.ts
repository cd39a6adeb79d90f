import { ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import { answers } from "./answers.js";
import { type Field, field, type Point } from "./contour.js";
import { axis, equalBox, type FigureOptions, figure, heading, legend, lineIn, write } from "./figure.js";
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
  /** Draws one unit of x as long as one unit of y. Default false: the panels fill the picture. */
  equalAspect?: boolean;
  /** The range that is drawn. Default: the range of the points, extended by a tenth on each side. */
  xRange?: readonly [number, number];
  /** See `xRange`. */
  yRange?: readonly [number, number];
  /**
   * Number of grid points along each axis at which the classifier is evaluated. Default 120, and 360 for
   * outputs that are steps, such as classes.
   */
  resolution?: number;
}

const own = ["level", "classNames", "equalAspect", "xRange", "yRange", "resolution"];

/** Points along each axis, for outputs that change smoothly and for those that jump. */
const [usual, fine] = [120, 360];

/** Outputs of fewer different values are steps. */
const steps = 12;

/**
 * Draws the decision regions of a classifier of two features, and the data points. With one output, colours
 * show the output, the same for all panels, and a line shows where it equals `level`. With C outputs, each
 * region has the colour of its largest output. Modules are evaluated in evaluation mode. Several classifiers,
 * given by name, make one panel each; points and labels by these names are those of a panel each.
 *
 *     await plot.decisionBoundary("xor.svg", model, x, y, { level: 0, title: "XOR" });
 *     await plot.decisionBoundary("gates.svg", { and, or }, x, { and: [0, 0, 0, 1], or: [0, 1, 1, 1] });
 *
 * Shapes: `x` [N, 2], `y` N labels (0 or 1, -1 or 1; class indices for C outputs). Both may be null to draw
 * no points; the ranges are then required.
 * @throws ShapeError for points, labels or outputs of another shape; ValueError for labels of no class.
 */
export async function decisionBoundary(
  path: string,
  classifier: Classifier | Readonly<Record<string, Classifier>>,
  x: Rows | null | Readonly<Record<string, Rows>>,
  y: Values | null | Readonly<Record<string, Values>>,
  options: DecisionBoundaryOptions = {},
): Promise<void> {
  const op = "plot.decisionBoundary";
  const drawing = await figure(op, path, options, own);
  checkRanges(op, options);
  const { level = 0.5, resolution, equalAspect = false } = options;
  if (resolution !== undefined && (!Number.isInteger(resolution) || resolution < 2 || resolution > 2000))
    throw new ValueError(`${op}: resolution is a whole number from 2 to 2000: ${resolution}`);
  const single = classifier instanceof Module || typeof classifier === "function";
  if (!single && (typeof classifier !== "object" || classifier === null))
    throw new ValueError(`${op}: a classifier is a module or a function: ${quoted(classifier)}`);
  const panels = Object.entries(single ? { "": classifier as Classifier } : (classifier as object)) as [
    string,
    Classifier,
  ][];
  if (panels.length === 0) throw new ValueError(`${op}: classifiers by name, at least one: {}`);
  const shown = panels.map(([name]) =>
    pointsOf(op, ofPanel(op, "points", x, name), ofPanel(op, "labels", y, name)),
  );
  const points = shown.flatMap((panel) => panel.points);
  const labels = shown.flatMap((panel) => panel.labels);
  const ranges = [options.xRange, options.yRange].map((given, d) => given ?? around(op, points, d as 0 | 1));

  const asked = panels.map(([, model]) => ask(op, model, ranges, resolution));
  const outputs = Math.max(...asked.map(({ outputs }) => outputs));
  const values = [...new Set(labels)].sort((a, b) => a - b);
  const classes = outputs > 1 ? Array.from({ length: outputs }, (_, c) => c) : twoClasses(op, values);
  const stranger = labels.find((label) => !classes.includes(label));
  if (stranger !== undefined)
    throw new ValueError(`${op}: labels are among ${classes.join(", ")}: ${stranger}`);
  const names = classes.map((label, c) => options.classNames?.[c] ?? `class ${label}`);

  const [low, high] = asked
    .map(({ field }) => extent(op, "outputs", Array.from(field.heights)))
    .reduce((a, b) => [Math.min(a[0], b[0]), Math.max(a[1], b[1])]);
  // The same colours on both sides of the level: white is the boundary, in every panel.
  const reach = Math.max(high - level, level - low) || 1;
  const colorOf = (height: number): Color => {
    if (outputs > 1) return mix(white, classColor(height), 0.3);
    if (Number.isNaN(height)) return white;
    const part = Math.min(1, Math.abs(height - level) / reach);
    return mix(white, classColor(height < level ? 0 : 1), part * 0.55);
  };
  const few = Math.max(...shown.map((panel) => panel.points.length)) <= 60;
  const series = asked.flatMap(({ field, f }, i) => [
    pixels(field, i, colorOf),
    levelLines(
      field,
      i,
      outputs > 1 ? [] : [level],
      { name: "boundary", lineStyle: { color: "#000", width: 2.5 }, itemStyle: { color: "#000" } },
      f,
    ),
    ...classes.map((label, c) => ({
      ...{ name: names[c], type: "scatter", xAxisIndex: i, yAxisIndex: i, z: 4, symbol: style(c).symbol },
      ...{ symbolSize: few ? 14 : 9, clip: true },
      itemStyle: { color: style(c).color, borderColor: "#fff", borderWidth: 1, opacity: 1 },
      data: shown[i].points.filter((_, n) => shown[i].labels[n] === label),
    })),
  ]);
  const { option, height } = legend(
    drawing,
    [...(points.length > 0 ? names : []), ...(outputs > 1 ? [] : [lineIn("boundary")])],
    true,
  );
  const boxes = panelBoxes(drawing, panels.length, {
    legend: height,
    right: outputs > 1 ? 0 : 100,
  }).map((box) => (equalAspect ? equalBox(box, ranges[0], ranges[1]) : box));
  const last = boxes[boxes.length - 1];
  const bar = { top: boxes[0].top, height: last.top + last.height - boxes[0].top };
  await write(drawing, {
    title: [
      heading(options.title),
      ...(single ? [] : panels.map(([name], i) => heading(name, nameAbove(boxes[i])))),
    ],
    legend: option,
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
    graphic: outputs > 1 ? [] : colorBar(drawing, bar, [level - reach, level + reach], colorOf, "output"),
  });
}

/** What is given for one panel: the same for all, or by name. */
function ofPanel<T extends Rows | Values>(
  op: string,
  what: string,
  given: T | null | Readonly<Record<string, T>>,
  name: string,
): T | null {
  const plain = given instanceof Tensor || Array.isArray(given) || ArrayBuffer.isView(given);
  if (given === null || plain || typeof given !== "object") return given as T | null;
  if (!Object.hasOwn(given, name))
    throw new ValueError(`${op}: ${what} by name have the names of the classifiers: no ${quoted(name)}`);
  return (given as Readonly<Record<string, T>>)[name];
}

function pointsOf(op: string, x: Rows | null, y: Values | null): { points: number[][]; labels: number[] } {
  const points = x === null ? [] : rows(op, "x", x, 2);
  const labels = y === null ? [] : numbers(op, "labels", y);
  if (points.length !== labels.length)
    throw new ShapeError(`${op}: one label for each point: ${labels.length} labels, ${points.length} points`);
  return { points, labels };
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

/** A classifier on the grid. */
interface Asked {
  readonly field: Field;
  readonly outputs: number;
  /** The output, or with several outputs the index of the largest, at any points. */
  readonly f: (points: Point[]) => number[];
}

function ask(
  op: string,
  classifier: Classifier,
  [xRange, yRange]: readonly (readonly [number, number])[],
  resolution: number | undefined,
): Asked {
  let outputs = 1;
  const f = (points: Point[]): number[] => {
    const out = answers(op, "the classifier makes [N], [N, 1] or [N, C]", classifier, points);
    outputs = out.ndim === 1 ? 1 : out.shape[1];
    return (outputs > 1 ? out.argmax(1) : out.reshape(-1)).toArray().map(Number);
  };
  const asked = (n: number) => field(xRange, yRange, n, n, f);
  const first = asked(resolution ?? usual);
  const jumps = new Set(Array.from(first.heights)).size < steps;
  return { field: resolution === undefined && jumps ? asked(fine) : first, outputs, f };
}
