import { ShapeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import { axis, equalBox, type FigureOptions, figure, legend, plotBox, write } from "./figure.js";
import { style } from "./palette.js";
import { around, checkRanges, numbers, type Rows, rows, type Values } from "./values.js";

/** Options of `scatter`. */
export interface ScatterOptions extends FigureOptions {
  /** Names of the classes, in the order of their labels. Default: `class 0`, `class 1`, … */
  classNames?: readonly string[];
  /** Draws one unit of x as long as one unit of y. Default false: the points fill the picture. */
  equalAspect?: boolean;
  /** Diameter of a point, in pixels. Default 9, or 14 for at most 60 points. */
  size?: number;
  /** The range that is drawn. Default: the range of the points, extended by a tenth on each side. */
  xRange?: readonly [number, number];
  /** See `xRange`. */
  yRange?: readonly [number, number];
}

const own = ["classNames", "equalAspect", "size", "xRange", "yRange"];

/** Points with one colour and symbol: the `look`-th of the palette. */
interface Group {
  readonly name: string;
  readonly look: number;
  readonly points: readonly (readonly number[])[];
}

/**
 * Points of the plane. Labels give each class its own colour and symbol; without labels all points have the
 * same. Sets of points by name have a colour each, and no labels. A point with NaN or an infinity is left
 * out.
 *
 *     await plot.scatter("flowers.svg", petals, y, { classNames: ["setosa", "versicolor", "virginica"] });
 *     await plot.scatter("moons.svg", { training: x, test: xTest }, null, { equalAspect: true });
 *
 * Shapes: `points` [N, 2], `labels` N whole numbers, such as class indices.
 * @throws ShapeError for points of another shape, or when the numbers of points, labels and names differ.
 * @throws ValueError for labels that are not whole numbers, and for options out of range; SimdgradError
 * `PLOT_FAILED`, `PLOT_UNAVAILABLE`.
 */
export async function scatter(
  path: string,
  points: Rows | Readonly<Record<string, Rows>>,
  labels: Values | null = null,
  options: ScatterOptions = {},
): Promise<void> {
  const op = "plot.scatter";
  const drawing = await figure(op, path, options, own);
  checkRanges(op, options);
  const groups = groupsOf(op, points, labels, options.classNames);
  const all = groups.flatMap((group) => group.points);
  const { size = all.length > 60 ? 9 : 14, equalAspect = false } = options;
  if (!(size > 0 && size <= 200)) throw new ValueError(`${op}: size is a number up to 200: ${quoted(size)}`);
  const xRange = options.xRange ?? around(op, all, 0);
  const yRange = options.yRange ?? around(op, all, 1);
  const names = groups.length > 1 || groups[0].name !== "" ? groups.map(({ name }) => name) : [];
  const { option, height } = legend(drawing, names, true);
  const box = plotBox(drawing, { legend: height });
  await write(drawing, {
    legend: option,
    grid: equalAspect ? equalBox(box, xRange, yRange) : box,
    xAxis: axis({ name: options.xLabel ?? "x₁", gap: 36, range: xRange }),
    yAxis: axis({ name: options.yLabel ?? "x₂", gap: 52, range: yRange }),
    series: groups.map(({ name, look, points }) => ({
      ...{ name, type: "scatter", symbol: style(look).symbol, symbolSize: size, clip: true },
      itemStyle: { color: style(look).color, borderColor: "#fff", borderWidth: 1, opacity: 1 },
      data: points.filter((point) => point.every(Number.isFinite)),
    })),
  });
}

function groupsOf(
  op: string,
  points: Rows | Readonly<Record<string, Rows>>,
  labels: Values | null,
  classNames: readonly string[] | undefined,
): Group[] {
  const plain = points instanceof Tensor || Array.isArray(points);
  if (!plain && (typeof points !== "object" || points === null))
    throw new ValueError(`${op}: points are [N, 2], or such points by name: ${quoted(points)}`);
  if (!plain) {
    const sets = Object.entries(points as Record<string, Rows>);
    if (sets.length === 0) throw new ValueError(`${op}: points by name, at least one set: {}`);
    if (labels !== null) throw new ValueError(`${op}: points by name have no labels: ${quoted(labels)}`);
    return sets.map(([name, set], look) => ({ name, look, points: rows(op, quoted(name), set, 2) }));
  }
  const all = rows(op, "points", points as Rows, 2);
  if (labels === null) return [{ name: "", look: 0, points: all }];
  const given = numbers(op, "labels", labels);
  if (given.length !== all.length)
    throw new ShapeError(`${op}: one label for each point: ${given.length} labels, ${all.length} points`);
  const odd = given.find((label) => !Number.isInteger(label));
  if (odd !== undefined) throw new ValueError(`${op}: labels are whole numbers: ${odd}`);
  const present = [...new Set(given)].sort((a, b) => a - b);
  // Class indices keep their colours when a class has no point here.
  const indices = present[0] >= 0 && present[present.length - 1] < 100;
  return present.map((label, i) => {
    const look = indices ? label : i;
    return {
      name: nameOf(op, look, label, classNames),
      look,
      points: all.filter((_, n) => given[n] === label),
    };
  });
}

function nameOf(op: string, look: number, label: number, names: readonly string[] | undefined): string {
  if (names === undefined) return `class ${label}`;
  if (look >= names.length)
    throw new ShapeError(`${op}: a name for each class: ${names.length} names, the label ${label}`);
  return names[look];
}
