import { extname } from "node:path";
import { SimdgradError, ValueError } from "../errors.js";
import { writeFileAtomic } from "../io/atomic.js";
import { checkOptions } from "../options.js";
import { excerpt, quoted, quotedPath } from "../quote.js";
import { ink } from "./palette.js";
import { loadECharts, loadResvg } from "./peers.js";
import { checkKinds, short } from "./values.js";

/** Options of every picture. */
export interface FigureOptions {
  /** Title above the picture. Default: none. */
  title?: string;
  /** Names of the axes, with the unit: `"time (s)"`. The default depends on the kind of picture. */
  xLabel?: string;
  /** See `xLabel`. */
  yLabel?: string;
  /** Size in pixels. Default 960 × 640. */
  width?: number;
  /** See `width`. */
  height?: number;
  /** Pixels of a PNG per pixel of the size. Default 1; use 2 for high-resolution screens. */
  pixelRatio?: number;
}

const known = ["title", "xLabel", "yLabel", "width", "height", "pixelRatio"];
const fontFamily = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
export const text = { color: ink, fontFamily, fontSize: 15 };

/** A picture before it is drawn: its file, its size, and the options of its kind. */
export interface Figure {
  readonly op: string;
  readonly path: string;
  readonly options: FigureOptions;
  readonly width: number;
  readonly height: number;
}

/**
 * Checks everything that can be checked before any computation, including that the plotting packages are
 * installed.
 */
export async function figure(
  op: string,
  path: string,
  options: FigureOptions,
  own: readonly string[],
): Promise<Figure> {
  checkOptions(op, options, [...known, ...own]);
  checkKinds(op, options);
  if (typeof path !== "string" || ![".svg", ".png"].includes(extname(path).toLowerCase()))
    throw new ValueError(`${op}: the name of a file ends in .svg or .png: ${quotedPath(path)}`);
  const { width = 960, height = 640, pixelRatio = 1 } = options;
  for (const [name, size] of Object.entries({ width, height }))
    if (!Number.isInteger(size) || size < 100 || size > 10000)
      throw new ValueError(`${op}: ${name} is a whole number from 100 to 10000: ${size}`);
  if (!(pixelRatio >= 0.1 && pixelRatio <= 8))
    throw new ValueError(`${op}: pixelRatio is between 0.1 and 8: ${pixelRatio}`);
  for (const name of ["title", "xLabel", "yLabel"] as const)
    if (options[name] !== undefined && typeof options[name] !== "string")
      throw new ValueError(`${op}: ${name} is text: ${quoted(options[name])}`);
  await loadECharts(op);
  if (isPng(path)) await loadResvg(op);
  return { op, path, options, width, height };
}

const isPng = (path: string) => extname(path).toLowerCase() === ".png";

/**
 * Checks whether a picture can be written to this file: the extension of its name, and the plotting packages.
 * Call it before long work. `op` is `checkDrawable` by default.
 *
 *     await plot.checkDrawable("loss.png");
 *
 * @throws the errors of drawing: ValueError, SimdgradError `PLOT_UNAVAILABLE`. `op` is the start of the
 * message.
 */
export async function checkDrawable(path: string, op = "checkDrawable"): Promise<void> {
  await figure(op, path, {}, []);
}

/** Draws an ECharts option and writes the file, as a whole or not at all. */
export async function write(figure: Figure, option: object): Promise<void> {
  const { op, path, width, height, options } = figure;
  const echarts = await loadECharts(op);
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  let svg: string;
  try {
    chart.setOption({
      ...{ animation: false, backgroundColor: "#fff", textStyle: text },
      title: heading(options.title),
      ...option,
    });
    svg = still(chart.renderToSVGString());
  } catch (cause) {
    throw new SimdgradError(
      "PLOT_FAILED",
      `${op}: the chart library failed: ${excerpt(String(cause), 200)}`,
      { cause },
    );
  } finally {
    chart.dispose();
  }
  await writeFileAtomic(op, path, [isPng(path) ? await png(figure, svg) : Buffer.from(svg)]);
}

/** Matches everything that XML 1.0 does not allow: control characters, lone surrogates, two noncharacters. */
const notXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/**
 * Makes the SVG static: removes styles for a mouse pointer, and replaces names that count the charts of this
 * process, so that the same picture has the same bytes. Quotes in text are escaped, so quoted text here is
 * always an attribute. Labels may contain characters that XML does not allow even when escaped.
 */
function still(svg: string): string {
  return (
    svg
      .replaceAll(notXml, "\ufffd")
      .replaceAll(/<style ?>.*?<\/style>\n?/gs, "")
      .replaceAll(/ (?:class|ecmeta_\w+)="[^"]*"/g, "")
      .replaceAll(/(id="|url\(#)zr\d+-/g, "$1")
      // Images fill their box, whatever the shape of their pixels
      .replaceAll("<image ", '<image preserveAspectRatio="none" ')
  );
}

async function png({ op, options }: Figure, svg: string): Promise<Uint8Array> {
  const { Resvg } = await loadResvg(op);
  const fitTo = { mode: "zoom", value: options.pixelRatio ?? 1 };
  return new Resvg(svg, { fitTo, font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" } })
    .render()
    .asPng();
}

export function heading(title: string | undefined, more: object = {}): object {
  return {
    ...{ show: title !== undefined, text: title ?? "", left: "center", top: 16 },
    textStyle: { ...text, fontSize: 20, fontWeight: "bold" },
    ...more,
  };
}

/** About the width of a text of this size, in pixels. */
export const textWidth = (line: string, fontSize = 15): number => 0.58 * fontSize * line.length;

/** Pixels between two names of a legend, the height of a name, and the most letters of names side by side. */
const [legendGap, nameHeight, longest] = [28, 15, 24];

/** A name in a legend, or what `lineIn` makes of it. */
export type LegendEntry = string | { readonly name: string };

/** The entries by row: as many side by side as there is room for, or long names below each other. */
function legendRows(
  { width }: Figure,
  entries: readonly LegendEntry[],
  symbolWidth: number,
): LegendEntry[][] {
  const names = entries.map((entry) => (typeof entry === "string" ? entry : entry.name));
  const widths = names.map((name) => textWidth(name) + symbolWidth + 5 + legendGap);
  const all = widths.reduce((sum, item) => sum + item, 0);
  if (all > width - 48 && names.some((name) => name.length > longest)) return entries.map((entry) => [entry]);
  const rows: LegendEntry[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const [i, entry] of entries.entries()) {
    if (used + widths[i] > width - 48) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1].push(entry);
    used += widths[i];
  }
  return rows;
}

/**
 * Names below the title, in as many rows as they need, and the height that they need. Lines are drawn with
 * their dash; `symbols` means that there are only symbols, which are square.
 */
export function legend(
  figure: Figure,
  entries: readonly LegendEntry[],
  symbols = false,
): { option: object; height: number } {
  const itemWidth = symbols ? 16 : 44;
  const rows = legendRows(figure, entries, itemWidth);
  const vertical = rows.length > 1 && rows.length === entries.length;
  const itemGap = vertical ? 9 : legendGap;
  const option = {
    ...{ show: rows.length > 0, top: figure.options.title === undefined ? 16 : 52, textStyle: text },
    ...{ orient: vertical ? "vertical" : "horizontal", left: "center", itemGap },
    ...{ itemWidth, itemHeight: symbols ? 14 : 12 },
    // An empty name ends a row.
    data: rows.flatMap((row, i) => (i === 0 || vertical ? row : ["", ...row])),
  };
  return { option, height: rows.length === 0 ? 0 : 36 + (rows.length - 1) * (nameHeight + itemGap) };
}

/** A line in a legend whose other entries are symbols. */
export const lineIn = (name: string): { name: string; icon: string } => ({
  name,
  icon: "path://M0,6 L16,6 L16,8.5 L0,8.5 Z",
});

interface AxisOptions {
  name?: string;
  gap: number;
  range?: readonly [number, number];
  log?: boolean;
}

/** An axis of numbers with its name in the middle. */
export function axis({ name, gap, range, log = false }: AxisOptions): object {
  // The ends of a given range are seldom round numbers: ECharts would put labels and grid lines there.
  const given = range === undefined ? {} : { customValues: log ? logTicks(range) : ticks(range) };
  return {
    type: log ? "log" : "value",
    ...{ name: name ?? "", nameLocation: "middle", nameGap: gap, nameTextStyle: { ...text, fontSize: 16 } },
    ...(range === undefined ? { scale: true } : { min: range[0], max: range[1] }),
    axisLabel: { ...text, formatter: (value: number) => short(value), hideOverlap: true, ...given },
    axisLine: { show: true, onZero: false, lineStyle: { color: ink } },
    axisTick: { show: true, lineStyle: { color: ink }, ...given },
    splitLine: { show: range === undefined, lineStyle: { color: "#e4e4e4" } },
  };
}

/**
 * About five round numbers in a range. A round number that is outside by less than `slack` of a step belongs
 * to them.
 */
export function ticks([low, high]: readonly [number, number], slack = 1e-9): number[] {
  const unit = 10 ** Math.floor(Math.log10((high - low) / 5));
  const step = unit * [1, 2, 5, 10].find((n) => (high - low) / 5 <= n * unit * 1.3)!;
  const [first, last] = [Math.ceil(low / step - slack), Math.floor(high / step + slack)];
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** About six powers of ten in a range above 0; in a short range also twice and five times as much. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = Math.ceil((last - first) / 6);
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(
    (power) => power % every === 0,
  );
  return powers
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
}

/** The plot area, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Space around the plot for the title, the legend (its height) and the names of the axes; `right` adds space
 * for items on the right.
 */
export function plotBox(
  { width, height, options }: Figure,
  extra: { legend?: number; right?: number; bottom?: number } = {},
): Box {
  const top = (options.title === undefined ? 24 : 60) + (extra.legend ?? 0);
  const [left, right, bottom] = [96, 32 + (extra.right ?? 0), 76 + (extra.bottom ?? 0)];
  return { left, top, width: width - left - right, height: height - top - bottom };
}

/** The largest part of the box, in its middle, in which one unit of x is as long as one unit of y. */
export function equalBox(
  { left, top, width, height }: Box,
  xRange: readonly [number, number],
  yRange: readonly [number, number],
): Box {
  const [wide, high] = [xRange[1] - xRange[0], yRange[1] - yRange[0]];
  const unit = Math.min(width / wide, height / high);
  return {
    left: left + (width - unit * wide) / 2,
    top: top + (height - unit * high) / 2,
    ...{ width: unit * wide, height: unit * high },
  };
}
