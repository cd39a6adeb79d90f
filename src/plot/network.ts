import { ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { quoted } from "../quote.js";
import { type FigureOptions, figure, plotBox, text, write } from "./figure.js";
import { type Column, columnsOf } from "./network-columns.js";
import { classColor, css, ink } from "./palette.js";
import { short } from "./values.js";

/** Options of `network`. */
export interface NetworkOptions extends FigureOptions {
  /**
   * The shape of one sample, without the batch: `[784]`, `[1, 28, 28]`. The model then runs once on zeros,
   * which shows the shapes of all outputs and the order in which `forward` calls the layers. Default: the
   * layers in the order of the fields, without these shapes.
   */
  inputShape?: readonly number[];
  /** The largest number of units that a column shows; of wider layers it shows the ends. Default 12. */
  maxUnits?: number;
}

const lineHeight = 18;
const boxWidth = 128;
const above = css(classColor(0));
const below = css(classColor(1));

/**
 * A diagram of a model, from the input to the output. A column of circles shows the units of a `Linear`
 * layer. Lines show its weights: blue above 0, orange below, the wider the larger. Activations, dropout and
 * normalisation are named above the layer that they follow; other layers, such as convolutions, are boxes.
 * Functions that `forward` calls, such as `x.relu()`, are not layers and are not shown.
 *
 *     await plot.network("network.svg", model, { inputShape: [2], title: "Before training" });
 *
 * @throws ValueError for a model without layers, for weights that are not finite, or when the picture is too
 * narrow for the layers; the errors of `forward` for an `inputShape` that does not fit.
 * @throws ShapeError for an `inputShape` that is not a shape.
 */
export async function network(path: string, model: Module, options: NetworkOptions = {}): Promise<void> {
  const op = "plot.network";
  const drawing = await figure(op, path, options, ["inputShape", "maxUnits"]);
  const { inputShape, maxUnits = 12 } = options;
  if (!(model instanceof Module)) throw new ValueError(`${op}: a model is a Module: ${quoted(model)}`);
  if (!Number.isInteger(maxUnits) || maxUnits < 3 || maxUnits > 200)
    throw new ValueError(`${op}: maxUnits is a whole number from 3 to 200: ${quoted(maxUnits)}`);
  const isShape =
    inputShape === undefined ||
    (Array.isArray(inputShape) && inputShape.every((size) => Number.isInteger(size) && size > 0));
  if (!isShape)
    throw new ShapeError(
      `${op}: inputShape is the shape of one sample, [2] or [1, 28, 28]: ${quoted(inputShape)}`,
    );
  const columns = columnsOf(op, model, inputShape);
  const area = plotBox(drawing);
  const widths = columns.map(({ units }) => (units === undefined ? boxWidth + 24 : 84));
  const needed = widths.reduce((sum, width) => sum + width, 0);
  const room = drawing.width - 32;
  if (needed > room)
    throw new ValueError(`${op}: ${columns.length} columns need a width of ${needed + 32}: ${drawing.width}`);
  const spare = (room - needed) / columns.length;
  const centres = widths.map(
    (width, i) => 16 + widths.slice(0, i).reduce((sum, w) => sum + w + spare, 0) + (width + spare) / 2,
  );

  const headings = Math.max(
    0,
    ...columns.map(({ units, names }) => (units === undefined ? 0 : names.length)),
  );
  const top = area.top + headings * lineHeight + 12;
  const hasWeights = columns.some(({ weights }) => weights !== undefined);
  const bottom = drawing.height - (hasWeights ? 76 : 44);
  const middle = (top + bottom) / 2;
  const most = Math.max(...columns.map(({ units }) => Math.min(units ?? 1, maxUnits + 1)));
  const pitch = Math.min(46, (bottom - top) / most);
  const placed = columns.map((column, i) => unitsOf(column, centres[i], middle, pitch, maxUnits));
  // Of the weights that are drawn.
  const largest = columns.reduce((most, { weights }, i) => {
    if (weights === undefined) return most;
    const shown = placed[i].flatMap((unit) => placed[i - 1].map((input) => weights[unit.index][input.index]));
    return shown.reduce((a, weight) => Math.max(a, Math.abs(weight)), most);
  }, 0);
  const radius = Math.min(11, pitch * 0.38);
  await write(drawing, {
    graphic: [
      ...columns.flatMap((column, i) =>
        i === 0
          ? []
          : between(columns[i - 1], column, placed[i - 1], placed[i], largest, [
              centres[i - 1],
              centres[i],
              middle,
            ]),
      ),
      ...columns.flatMap((column, i) =>
        column.units === undefined
          ? boxOf(column, centres[i], middle)
          : circles(column, placed[i], centres[i], top, radius, pitch),
      ),
      ...(hasWeights ? key(drawing.width / 2, drawing.height - 26, largest) : []),
    ],
  });
}

/** A unit that is drawn, by its index in the layer. */
interface Unit {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** The units that are drawn: all, or the first and the last ones with a gap of one place between them. */
function unitsOf({ units = 0 }: Column, x: number, middle: number, pitch: number, most: number): Unit[] {
  const whole = units <= most;
  const places = whole ? units : most + 1;
  const first = Math.ceil(most / 2);
  return Array.from({ length: whole ? units : most }, (_, i) => {
    const gone = !whole && i >= first;
    const place = gone ? i + 1 : i;
    return { index: gone ? units - most + i : i, x, y: middle + (place - (places - 1) / 2) * pitch };
  });
}

/** The weights between two columns of units, the largest on top; otherwise an arrow. */
function between(
  before: Column,
  { weights, units }: Column,
  from: readonly Unit[],
  to: readonly Unit[],
  largest: number,
  [x1, x2, y]: readonly [number, number, number],
): object[] {
  if (weights === undefined) {
    const start = x1 + (before.units === undefined ? boxWidth / 2 : 16) + 2;
    const end = x2 - (units === undefined ? boxWidth / 2 : 16) - 3;
    const head = [
      [end, y],
      [end - 9, y - 5],
      [end - 9, y + 5],
    ];
    return [
      lineTo(start, y, end - 8, y, { stroke: "#888", lineWidth: 1.5 }),
      { type: "polygon", silent: true, shape: { points: head }, style: { fill: "#888" } },
    ];
  }
  const lines = to.flatMap((unit) =>
    from.map((input) => ({ unit, input, weight: weights[unit.index][input.index] })),
  );
  lines.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight));
  return lines.map(({ unit, input, weight }) =>
    lineTo(input.x, input.y, unit.x, unit.y, look(weight, largest)),
  );
}

const lineTo = (x1: number, y1: number, x2: number, y2: number, style: object): object => ({
  ...{ type: "line", silent: true, shape: { x1, y1, x2, y2 }, style },
});

/** Small weights are thin and pale, but seen. */
function look(weight: number, largest: number): object {
  const part = largest === 0 ? 0 : Math.abs(weight) / largest;
  return {
    stroke: weight === 0 ? "#bbb" : weight > 0 ? above : below,
    lineWidth: Number((0.4 + 5 * part).toFixed(2)),
    opacity: Number((0.25 + 0.7 * Math.sqrt(part)).toFixed(2)),
  };
}

const words = (lines: string, x: number, y: number, style: object = {}): object => ({
  ...{ type: "text", silent: true },
  style: {
    ...{ text: lines, x, y, textAlign: "center", textVerticalAlign: "middle" },
    ...{ fill: ink, fontSize: 14, fontFamily: text.fontFamily, ...style },
  },
});

/** The units of a layer, dots for those that are left out, its names above and its size below. */
function circles(
  { names, units }: Column,
  drawn: readonly Unit[],
  x: number,
  top: number,
  r: number,
  pitch: number,
): object[] {
  const first = Math.ceil(drawn.length / 2);
  const gap =
    units === drawn.length
      ? []
      : [-1, 0, 1].map((d) => (drawn[first - 1].y + drawn[first].y) / 2 + d * Math.max(5, pitch / 5));
  return [
    ...drawn.map(({ y }) => ({
      ...{ type: "circle", silent: true, shape: { cx: x, cy: y, r } },
      style: { fill: "#fff", stroke: ink, lineWidth: 1.3 },
    })),
    ...gap.map((y) => ({
      type: "circle",
      silent: true,
      shape: { cx: x, cy: y, r: 2 },
      style: { fill: ink },
    })),
    ...names.map((name, i) =>
      words(name, x, top - 12 - (names.length - 1 - i) * lineHeight, i === 0 ? { fontWeight: "bold" } : {}),
    ),
    words(String(units), x, drawn[drawn.length - 1].y + r + 14),
  ];
}

/** The most lines of options that a box shows. */
const mostDetails = 6;

/** A layer without units: its name, its options, what follows it, and below it the shape of its output. */
function boxOf({ names, details, shape }: Column, x: number, middle: number): object[] {
  const fit = (line: string) => (line.length > 20 ? `${line.slice(0, 19)}…` : line);
  const shown = details.length > mostDetails ? [...details.slice(0, mostDetails - 1), "…"] : details;
  const height = (names.length + shown.length) * lineHeight + 20;
  const at = (line: number) => middle - height / 2 + 10 + (line + 0.5) * lineHeight;
  return [
    {
      ...{ type: "rect", silent: true },
      shape: { x: x - boxWidth / 2, y: middle - height / 2, width: boxWidth, height, r: 6 },
      style: { fill: "#eef3f8", stroke: "#5b7690", lineWidth: 1.3 },
    },
    words(fit(names[0]), x, at(0), { fontWeight: "bold" }),
    ...shown.map((line, i) => words(fit(line), x, at(1 + i), { fontSize: 11, fill: "#444" })),
    ...names.slice(1).map((name, i) => words(fit(name), x, at(1 + shown.length + i))),
    ...(shape === undefined ? [] : [words(shape.join(" × "), x, middle + height / 2 + 14)]),
  ];
}

/** What colours and widths of the lines mean. */
function key(x: number, y: number, largest: number): object[] {
  const sample = (left: number, weight: number) => lineTo(left, y, left + 36, y, look(weight, largest || 1));
  const label = (line: string, left: number) => words(line, left, y, { textAlign: "left" });
  return [
    sample(x - 290, largest || 1),
    label("weight above 0", x - 246),
    sample(x - 110, -(largest || 1)),
    label("below 0", x - 66),
    label(`the widest line: ${short(largest, 3)}`, x + 40),
  ];
}
