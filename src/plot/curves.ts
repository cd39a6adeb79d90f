import { ShapeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import { axis, type FigureOptions, figure, legend, plotBox, text, textWidth, write } from "./figure.js";
import { style } from "./palette.js";
import { checkRanges, numbers, type Values } from "./values.js";

/** More points than a picture has pixels. */
const many = 2000;

/** One curve: its heights at x = 0, 1, 2, …, or points with their own x. */
export type Curve =
  | Values
  | {
      x: Values;
      y: Values;
      /** Draws points without joining them: measurements beside a fit. Default false. */
      points?: boolean;
    };

/** Options of `curves`. */
export interface CurvesOptions extends FigureOptions {
  /** Logarithmic axes. Numbers that are not positive are left out. Default false. */
  logX?: boolean;
  /** See `logX`. */
  logY?: boolean;
  /** The first x of curves without their own x. Default 0. */
  start?: number;
  /** The range that is drawn. Default: all points, extended to round numbers. */
  xRange?: readonly [number, number];
  /** See `xRange`. */
  yRange?: readonly [number, number];
}

/**
 * Curves over one axis, for example losses over steps. Each curve has its own name, colour, dash and symbol;
 * NaN and infinities are gaps. Names are in a legend; those of more than six curves stand at their ends. The
 * axes have the names that `xLabel` and `yLabel` give them, and no others.
 *
 *     await plot.curves("loss.svg", { train: losses, test: testLosses }, { xLabel: "step", yLabel: "loss" });
 *
 * @throws ValueError for curves without numbers; ShapeError when x and y differ in length.
 */
export async function curves(
  path: string,
  series: Readonly<Record<string, Curve>>,
  options: CurvesOptions = {},
): Promise<void> {
  const op = "plot.curves";
  const drawing = await figure(op, path, options, ["logX", "logY", "start", "xRange", "yRange"]);
  const { logX = false, logY = false, start = 0 } = options;
  checkRanges(op, options);
  for (const [axis, log] of Object.entries({ xRange: logX, yRange: logY }) as [
    "xRange" | "yRange",
    boolean,
  ][])
    if (log && options[axis] !== undefined && !(options[axis][0] > 0))
      throw new ValueError(`${op}: ${axis} of a logarithmic axis is above 0: ${quoted(options[axis])}`);
  if (typeof series !== "object" || series === null)
    throw new ValueError(`${op}: curves by name: ${quoted(series)}`);
  const names = Object.keys(series);
  if (names.length === 0) throw new ValueError(`${op}: curves by name, at least one: {}`);
  const shown = (v: number, log: boolean) => (Number.isFinite(v) && (!log || v > 0) ? v : "-");
  // More than six names in a legend are hard to match with curves; at the ends of the curves they are not.
  const widest = Math.max(...names.map((name) => textWidth(name)));
  const named = names.length > 6 && widest < 0.3 * drawing.width;
  const lines = names.map((name, i) => {
    const { x, y, points } = pointsOf(op, name, series[name], start);
    const { color, dash, symbol } = style(i);
    // About twelve symbols on a long line, at other positions than on the neighbouring lines.
    const every = Math.ceil(y.length / 12);
    const marked = (_: unknown, { dataIndex }: { dataIndex: number }) =>
      (dataIndex + Math.round((i * every) / names.length)) % every === 0 ? 9 : 0;
    return {
      ...{ name, type: "line", symbol, clip: true },
      ...{ showSymbol: points || y.length <= many, symbolSize: points || y.length <= 30 ? 9 : marked },
      // Points are a line without width, so that a legend shows their symbol as it is in the picture.
      ...{ itemStyle: { color, opacity: 1 }, lineStyle: { color, width: points ? 0 : 2.5, type: dash } },
      // Invisible points enlarge the file and do not improve the picture.
      ...(points || y.length <= many ? {} : { sampling: "lttb" }),
      ...(named
        ? {
            endLabel: { ...text, show: true, formatter: () => name, color, distance: 8 },
            labelLayout: { moveOverlap: "shiftY" },
          }
        : {}),
      data: x.map((at, j) => [shown(at, logX), shown(y[j], logY)]),
    };
  });
  const { option, height } = legend(drawing, names.length > 1 && !named ? names : []);
  await write(drawing, {
    legend: option,
    grid: plotBox(drawing, { legend: height, right: named ? widest : 0 }),
    xAxis: axis({ name: options.xLabel, gap: 36, range: options.xRange, log: logX }),
    yAxis: axis({ name: options.yLabel, gap: 60, range: options.yRange, log: logY }),
    series: lines,
  });
}

function pointsOf(op: string, name: string, curve: Curve, start: number) {
  if (curve instanceof Tensor || ArrayBuffer.isView(curve) || Array.isArray(curve)) {
    const y = numbers(op, `values of ${quoted(name)}`, curve as Values);
    return { x: y.map((_, i) => start + i), y, points: false };
  }
  if (typeof curve !== "object" || curve === null)
    throw new ValueError(`${op}: ${quoted(name)} is numbers, or { x, y }: ${quoted(curve)}`);
  const { x, y, points = false } = curve as Exclude<Curve, Values>;
  const [xs, ys] = [numbers(op, `x of ${quoted(name)}`, x), numbers(op, `y of ${quoted(name)}`, y)];
  if (xs.length !== ys.length)
    throw new ShapeError(`${op}: as many x as y: ${xs.length} and ${ys.length} of ${quoted(name)}`);
  return { x: xs, y: ys, points };
}
