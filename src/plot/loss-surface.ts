import { checkFunctions } from "../arguments.js";
import { noGrad } from "../autograd/grad-mode.js";
import { ValueError } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";
import { field } from "./contour.js";
import { axis, type FigureOptions, figure, legend, lineIn, plotBox, write } from "./figure.js";
import { sequential, white } from "./palette.js";
import { colorBar, levelLines, logarithmic, pixels, proportional } from "./panels.js";
import { checkRanges, extent, type Rows, rows } from "./values.js";

/** Options of `lossSurface`. */
export interface LossSurfaceOptions extends FigureOptions {
  /** The range of each of the two parameters that is drawn. Default -1 to 1. */
  xRange?: readonly [number, number];
  /** See `xRange`. */
  yRange?: readonly [number, number];
  /** The path of an optimizer, [steps, 2]: a line from a circle to a diamond. Default: none. */
  descent?: Rows;
  /** Number of contour lines. Default 12. */
  levels?: number;
  /**
   * Colours and lines show the logarithm of the loss, for steep surfaces. The losses must not be negative.
   * Default false.
   */
  log?: boolean;
  /** Number of grid points along each axis at which the loss is computed. Default 60. */
  resolution?: number;
}

const own = ["xRange", "yRange", "descent", "levels", "log", "resolution"];

/**
 * A loss over two parameters, as colours and contour lines, with the path of an optimizer. The loss is a
 * number or a scalar.
 *
 *     await plot.lossSurface("loss.svg", (w, b) => lossOf(w, b), { xRange: [-1, 3], yRange: [-2, 2] });
 *
 * @throws ValueError for options out of range, for losses of which none is finite, and with `log` for a
 * negative loss; ShapeError for a path that is not [steps, 2]; SimdgradError `PLOT_FAILED`,
 * `PLOT_UNAVAILABLE`.
 */
export async function lossSurface(
  path: string,
  loss: (x: number, y: number) => number | Tensor,
  options: LossSurfaceOptions = {},
): Promise<void> {
  const op = "plot.lossSurface";
  const drawing = await figure(op, path, options, own);
  const { xRange = [-1, 1], yRange = [-1, 1], levels = 12, log = false, resolution = 60 } = options;
  checkRanges(op, options);
  checkFunctions(op, { loss });
  for (const [name, n] of Object.entries({ levels, resolution }))
    if (!Number.isInteger(n) || n < 2 || n > 1000)
      throw new ValueError(`${op}: ${name} is a whole number from 2 to 1000: ${n}`);
  const descent = options.descent === undefined ? [] : rows(op, "descent", options.descent, 2);
  const at = (x: number, y: number): number => {
    const value = loss(x, y);
    return value instanceof Tensor ? value.item() : value;
  };
  const surface = noGrad(() =>
    field(xRange, yRange, resolution, resolution, (points) => points.map(([x, y]) => at(x, y))),
  );
  const [low, high] = extent(op, "losses", Array.from(surface.heights));
  if (log && low < 0) throw new ValueError(`${op}: log needs losses that are not negative: ${low}`);
  // A loss of 0 has no logarithm: losses more than seven powers of ten below the largest are drawn as the
  // smallest.
  const floor = log ? Math.max(low, high * 1e-7) : low;
  const scale = log && floor < high ? logarithmic(floor, high) : proportional(low, high);
  const partOf = (value: number) =>
    high === floor
      ? 0
      : log
        ? Math.log(Math.max(value, floor) / floor) / Math.log(high / floor)
        : (value - low) / (high - low);
  const colorOf = (value: number) => (Number.isFinite(value) ? sequential(partOf(value)) : white);
  const heights = Array.from({ length: levels }, (_, i) => scale.valueAt((i + 0.5) / levels));
  const way = {
    name: "descent",
    type: "line",
    clip: true,
    z: 5,
    itemStyle: { color: "#fff", borderColor: "#000" },
  };
  const { option, height } = legend(
    drawing,
    descent.length > 0 ? ["start", lineIn("descent"), "end"] : [],
    true,
  );
  const box = plotBox(drawing, { legend: height, right: 100 });
  const end = (name: string, symbol: string, symbolSize: number, point: number[]) => ({
    ...{ name, type: "scatter", symbol, symbolSize, z: 6, data: [point] },
    itemStyle: { color: "#d55e00", borderColor: "#fff", borderWidth: 2, opacity: 1 },
  });
  await write(drawing, {
    legend: option,
    grid: box,
    xAxis: axis({ name: options.xLabel ?? "parameter 1", gap: 36, range: xRange }),
    yAxis: axis({ name: options.yLabel ?? "parameter 2", gap: 60, range: yRange }),
    series: [
      pixels(surface, 0, colorOf),
      levelLines(surface, 0, heights, { lineStyle: { color: "rgba(255,255,255,0.7)", width: 1 } }),
      ...(descent.length === 0
        ? []
        : [
            {
              ...{ ...way, symbol: "circle", symbolSize: 5, showSymbol: descent.length <= 60, data: descent },
              ...{ itemStyle: { color: "#d55e00" }, lineStyle: { color: "#d55e00", width: 2.5 } },
            },
            end("start", "circle", 15, descent[0]),
            end("end", "diamond", 18, descent[descent.length - 1]),
          ]),
    ],
    graphic: colorBar(drawing, box, [floor, high], colorOf, log ? "loss (logarithmic)" : "loss", scale),
  });
}
