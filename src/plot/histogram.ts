import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import { axis, type FigureOptions, figure, legend, plotBox, write } from "./figure.js";
import { style } from "./palette.js";
import { checkRanges, extent, numbers, type Values } from "./values.js";

/** Options of `histogram`. */
export interface HistogramOptions extends FigureOptions {
  /** Number of intervals of equal width. Default 30. */
  bins?: number;
  /** Lower and upper end; values outside are not counted. Default: from the smallest value to the largest. */
  range?: readonly [number, number];
}

/**
 * How often values occur: bars for one set of values, outlines for several. An interval includes its left end
 * (the last interval both ends), as in NumPy; NaN and infinities are not counted.
 *
 *     await plot.histogram("weights.svg", { before, after }, { xLabel: "weight" });
 *
 * @throws ValueError without numbers, and for options out of range; SimdgradError `PLOT_FAILED`,
 * `PLOT_UNAVAILABLE`.
 */
export async function histogram(
  path: string,
  values: Values | Readonly<Record<string, Values>>,
  options: HistogramOptions = {},
): Promise<void> {
  const op = "plot.histogram";
  const drawing = await figure(op, path, options, ["bins", "range"]);
  checkRanges(op, options);
  const { bins = 30 } = options;
  if (!Number.isInteger(bins) || bins < 1 || bins > 10000)
    throw new ValueError(`${op}: bins is a whole number from 1 to 10000: ${bins}`);
  const plain = values instanceof Tensor || ArrayBuffer.isView(values) || Array.isArray(values);
  if (typeof values !== "object" || values === null)
    throw new ValueError(`${op}: values, or values by name: ${quoted(values)}`);
  const sets = Object.entries(plain ? { values: values as Values } : (values as Record<string, Values>)).map(
    ([name, set]) => ({ name, set: numbers(op, `values of ${quoted(name)}`, set) }),
  );
  if (sets.length === 0) throw new ValueError(`${op}: values by name, at least one set: {}`);
  const range = options.range ?? padded(extents(op, sets));
  const [low, high] = range;
  const width = (high - low) / bins;
  const series = sets.map(({ name, set }, i) => {
    const counts = count(set, low, high, bins);
    const { color, dash } = style(i);
    const outline = [...counts.map((n, b) => [low + b * width, n]), [high, counts[bins - 1]]];
    return {
      ...{ name, type: "line", step: "end", symbol: "none", clip: true },
      ...{ itemStyle: { color }, lineStyle: { color, width: 2, type: dash } },
      areaStyle: { color, opacity: sets.length === 1 ? 0.5 : 0.12 },
      data: [[low, 0], ...outline, [high, 0]],
    };
  });
  const { option, height } = legend(drawing, sets.length > 1 ? sets.map(({ name }) => name) : []);
  await write(drawing, {
    legend: option,
    grid: plotBox(drawing, { legend: height }),
    xAxis: axis({ name: options.xLabel ?? "value", gap: 36, range }),
    yAxis: { ...axis({ name: options.yLabel ?? "count", gap: 60 }), min: 0 },
    series,
  });
}

function extents(op: string, sets: readonly { name: string; set: number[] }[]): [number, number] {
  const ends = sets.flatMap(({ name, set }) => extent(op, `values of ${quoted(name)}`, set));
  return [Math.min(...ends), Math.max(...ends)];
}

/** The range of a single value has no width, so it is widened. */
const padded = ([low, high]: [number, number]): [number, number] =>
  low < high ? [low, high] : [low - 0.5, high + 0.5];

function count(values: readonly number[], low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values)
    if (value >= low && value <= high)
      counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]++;
  return counts;
}
