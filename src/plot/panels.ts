/** Grids of numbers as coloured panels side by side: their boxes, their pixels, and the colour bar. */
import { contour, type Field, type Point } from "./contour.js";
import { type Box, type Figure, plotBox, text, ticks } from "./figure.js";
import { type Color, css } from "./palette.js";
import { rasterUrl } from "./raster.js";
import { short } from "./values.js";

/**
 * Boxes of `count` panels. The number of columns is chosen to keep the shape of a panel close to that of the
 * figure.
 */
export function panelBoxes(figure: Figure, count: number, extra: { legend?: number; right?: number }): Box[] {
  const all = plotBox(figure, extra);
  const across = Math.ceil(Math.sqrt(count));
  const down = Math.ceil(count / across);
  // Each panel but the first has its own tick labels, and a name above it.
  const [gapX, gapY, above] = [56, 64, count > 1 ? 24 : 0];
  const width = (all.width - (across - 1) * gapX) / across;
  const height = (all.height - (down - 1) * gapY) / down - above;
  return Array.from({ length: count }, (_, i) => ({
    left: all.left + (i % across) * (width + gapX),
    top: all.top + above + Math.floor(i / across) * (height + above + gapY),
    ...{ width, height },
  }));
}

/** Which panels are at the left edge and at the bottom: only these have axis names. */
export function edges(count: number, i: number): { left: boolean; bottom: boolean } {
  const across = Math.ceil(Math.sqrt(count));
  return { left: i % across === 0, bottom: i + across >= count };
}

/** The field as one image below everything else, one pixel per grid point. */
export function pixels(
  { xs, ys, heights }: Field,
  panel: number,
  colorOf: (height: number) => Color,
): object {
  const columns = xs.length;
  const image = rasterUrl(columns, ys.length, (x, y) => colorOf(heights[(ys.length - 1 - y) * columns + x]));
  // Pixels are centred on grid points, so the image is half a pixel larger on each side; the axes clip it.
  const [dx, dy] = [(xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2];
  return {
    ...{
      type: "custom",
      xAxisIndex: panel,
      yAxisIndex: panel,
      silent: true,
      clip: true,
      z: 0,
      data: [[0, 0]],
    },
    renderItem: (_: unknown, api: { coord(point: Point): Point }) => {
      const [x0, y0] = api.coord([xs[0] - dx, ys[ys.length - 1] + dy]);
      const [x1, y1] = api.coord([xs[columns - 1] + dx, ys[0] - dy]);
      return { type: "image", style: { image, x: x0, y: y0, width: x1 - x0, height: y1 - y0 } };
    },
  };
}

/**
 * Contour lines of the field at these levels, as one series: a gap ends each line. `f`, if given, makes them
 * exact between the points of the grid.
 */
export function levelLines(
  field: Field,
  panel: number,
  levels: readonly number[],
  look: object,
  f?: (points: Point[]) => ArrayLike<number>,
): object {
  const data = levels.flatMap((level) => contour(field, level, f).flatMap((line) => [...line, ["-", "-"]]));
  return {
    ...{ type: "line", xAxisIndex: panel, yAxisIndex: panel, symbol: "none", silent: true, clip: true },
    ...{ connectNulls: false, z: 3, data, ...look },
  };
}

/**
 * A colour bar with round numbers beside it, at the right edge. `partOf` is the place of a value between the
 * lower end, 0, and the upper end, 1; its inverse is `valueAt`. The default is proportional.
 */
export function colorBar(
  { width }: Figure,
  { top, height }: { top: number; height: number },
  [low, high]: readonly [number, number],
  colorOf: (value: number) => Color,
  name: string,
  { valueAt, numbers }: Scale = proportional(low, high),
): object[] {
  const left = width - 100;
  const stops = Array.from({ length: 21 }, (_, i) => i / 20);
  const label = ([value, part]: readonly [number, number]) => ({
    type: "text",
    style: {
      ...{ text: short(value, 3), x: left + 24, y: top + height * (1 - part), textVerticalAlign: "middle" },
      ...{ fill: text.color, fontSize: 14, fontFamily: text.fontFamily },
    },
  });
  return [
    {
      type: "rect",
      shape: { x: left, y: top, width: 16, height },
      style: {
        stroke: "#666",
        fill: {
          ...{ type: "linear", x: 0, y: 1, x2: 0, y2: 0 },
          colorStops: stops.map((t) => ({ offset: t, color: css(colorOf(valueAt(t))) })),
        },
      },
    },
    ...numbers.map(label),
    {
      ...{ type: "text", x: left + 84, y: top + height / 2, rotation: Math.PI / 2 },
      style: {
        ...{ text: name, textAlign: "center", textVerticalAlign: "middle" },
        ...{ fill: text.color, fontSize: 15, fontFamily: text.fontFamily },
      },
    },
  ];
}

/** What a colour bar shows: the value at each part of it, and the numbers beside it with their parts. */
export interface Scale {
  readonly valueAt: (part: number) => number;
  readonly numbers: readonly (readonly [value: number, part: number])[];
}

/** Numbers at equal distances. An end that is nearly a round number, such as 1e-27, is written as it. */
export function proportional(low: number, high: number): Scale {
  const within = (part: number) => Math.min(1, Math.max(0, part));
  return {
    valueAt: (part) => low + (high - low) * part,
    numbers:
      low < high
        ? ticks([low, high], 0.02).map((value) => [value, within((value - low) / (high - low))])
        : [[low, 0.5]],
  };
}

/** Powers of ten at equal distances; where there are fewer than two of them, five other numbers. */
export function logarithmic(low: number, high: number): Scale {
  const valueAt = (part: number) => low * (high / low) ** part;
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first) / 8));
  const powers = Array.from({ length: Math.max(0, Math.floor((last - first) / every) + 1) }, (_, i) => {
    const value = 10 ** (first + i * every);
    return [value, Math.log(value / low) / Math.log(high / low)] as const;
  });
  const parts = [0, 0.25, 0.5, 0.75, 1];
  return { valueAt, numbers: powers.length >= 2 ? powers : parts.map((part) => [valueAt(part), part]) };
}
