import { ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";
import { answers, type PlaneFunction } from "./answers.js";
import { type Field, field, type Point } from "./contour.js";
import { type FigureOptions, figure, legend, lineIn, plotBox, write } from "./figure.js";
import { type Color, css, mix, sequential, style, white } from "./palette.js";
import { colorBar } from "./panels.js";
import { dot, halfHeight, normal, type Point3, unit, type View, viewOf } from "./projection.js";
import { surfaceBox } from "./surface-box.js";
import { surfacePath } from "./surface-path.js";
import { checkRanges, extent, type Rows, rows } from "./values.js";

/** Options of `surface`. */
export interface SurfaceOptions extends FigureOptions {
  /** The range of x. Default -1 to 1 for a function, 0 to columns - 1 for a grid. */
  xRange?: readonly [number, number];
  /** The range of y. Default -1 to 1 for a function, 0 to rows - 1 for a grid. */
  yRange?: readonly [number, number];
  /** The range of z: what is outside is drawn at its ends. Default: all finite values. */
  zRange?: readonly [number, number];
  /** Number of faces along each axis; a function is computed at `steps + 1` points along it. Default 32. */
  steps?: number;
  /** Name of the vertical axis. Default `z`. */
  zLabel?: string;
  /**
   * Lines on the surface by name, such as the paths of optimizers: points [steps, 2] from a circle to a
   * diamond. What lies behind the surface is pale. Default: none.
   */
  paths?: Readonly<Record<string, Rows>>;
  /**
   * Where the viewer stands: degrees around the vertical axis, from the x axis towards the y axis. Default
   * -60.
   */
  azimuth?: number;
  /** Degrees of the viewer above the horizon, from 5 to 85. Default 30. */
  elevation?: number;
}

const own = ["xRange", "yRange", "zRange", "steps", "zLabel", "paths", "azimuth", "elevation"];

/**
 * A surface z = f(x, y) in space, seen from a corner in parallel projection: shaded faces whose colour is the
 * height. `f` is a function of points [N, 2] or a module, with one number per point, [N] or [N, 1]; or a grid
 * of heights [rows, columns], row 0 at the smallest y. Heights that are not finite are holes.
 *
 *     const bowl = (points: Tensor) => points.square().sum(1);
 *     const paths = { descent: [[0.9, 0.8], [0.5, 0.4], [0.1, 0.1]] };
 *     await plot.surface("bowl.svg", bowl, { zLabel: "loss", paths });
 *
 * @throws ShapeError for values of another shape; ValueError when no height is finite.
 */
export async function surface(
  path: string,
  f: PlaneFunction | Rows,
  options: SurfaceOptions = {},
): Promise<void> {
  const op = "plot.surface";
  const drawing = await figure(op, path, options, own);
  checkRanges(op, options);
  const { steps = 32, azimuth = -60, elevation = 30, zLabel = "z" } = options;
  if (!Number.isInteger(steps) || steps < 2 || steps > 400)
    throw new ValueError(`${op}: steps is a whole number from 2 to 400: ${quoted(steps)}`);
  if (!Number.isFinite(azimuth)) throw new ValueError(`${op}: azimuth is in degrees: ${quoted(azimuth)}`);
  if (!(elevation >= 5 && elevation <= 85))
    throw new ValueError(`${op}: elevation is from 5 to 85 degrees: ${quoted(elevation)}`);
  const paths = Object.entries(pathsOf(op, options.paths));
  const grid = heightsOf(op, f, steps, options);
  const [low, high] = options.zRange ?? extent(op, "heights", Array.from(grid.heights));
  const part = (height: number) =>
    high === low ? 0.5 : Math.min(1, Math.max(0, (height - low) / (high - low)));
  const names = legend(
    drawing,
    paths.map(([name]) => lineIn(name)),
    true,
  );
  const box = plotBox(drawing, { legend: names.height, right: 100 });
  // The numbers and the names of the axes are outside the box in space, and inside that of the picture.
  const inner = { left: box.left - 4, top: box.top + 4, width: box.width - 52, height: box.height + 12 };
  const view = viewOf(inner, azimuth, elevation);
  const [xs, ys] = [grid.xs, grid.ys];
  const ends = { x: [xs[0], xs[xs.length - 1]], y: [ys[0], ys[ys.length - 1]] } as const;
  const inBox = {
    xs: xs.map((x) => (2 * (x - ends.x[0])) / (ends.x[1] - ends.x[0]) - 1),
    ys: ys.map((y) => (2 * (y - ends.y[0])) / (ends.y[1] - ends.y[0]) - 1),
    heights: Array.from(grid.heights, (height) =>
      Number.isFinite(height) ? halfHeight * (2 * part(height) - 1) : Number.NaN,
    ),
  };
  const colorOf = (height: number) => sequential(part(height));
  const drawn = paths.map(([, points], i) => {
    const line = points.map(
      ([x, y]): Point => [
        (2 * (x - ends.x[0])) / (ends.x[1] - ends.x[0]) - 1,
        (2 * (y - ends.y[0])) / (ends.y[1] - ends.y[0]) - 1,
      ],
    );
    return surfacePath(view, inBox, line, pathColor(i));
  });
  await write(drawing, {
    legend: names.option,
    // A legend names series: these have no points, since the paths are drawn below.
    ...{ grid: { show: false, ...box }, xAxis: { show: false }, yAxis: { show: false } },
    series: paths.map(([name], i) => ({
      ...{ name, type: "line", data: [], itemStyle: { color: pathColor(i) } },
    })),
    graphic: [
      ...surfaceBox(view, [
        { name: options.xLabel ?? "x", range: ends.x },
        { name: options.yLabel ?? "y", range: ends.y },
        { name: zLabel, range: low < high ? [low, high] : [low - 0.5, high + 0.5] },
      ]),
      ...faces(view, inBox, (height) => sequential((height / halfHeight + 1) / 2)),
      ...drawn.flat(),
      ...colorBar(drawing, box, [low, high], colorOf, zLabel),
    ],
  });
}

/** Colours that stand out on the surface's blue, grey and yellow come first. */
const pathColor = (i: number): string => style([1, 6, 3, 2, 0, 5, 4][i % 7]).color;

function pathsOf(op: string, paths: SurfaceOptions["paths"] = {}): Record<string, number[][]> {
  if (typeof paths !== "object" || paths === null || Array.isArray(paths) || paths instanceof Tensor)
    throw new ValueError(`${op}: paths are points [steps, 2] by name: ${quoted(paths)}`);
  return Object.fromEntries(
    Object.entries(paths).map(([name, points]) => [name, rows(op, `the path ${quoted(name)}`, points, 2)]),
  );
}

function heightsOf(op: string, f: PlaneFunction | Rows, steps: number, options: SurfaceOptions): Field {
  if (f instanceof Module || typeof f === "function") {
    const { xRange = [-1, 1], yRange = [-1, 1] } = options;
    return field(xRange, yRange, steps + 1, steps + 1, (points) => {
      const out = answers(op, "the function makes [N] or [N, 1]", f, points);
      if (out.numel !== points.length)
        throw new ShapeError(`${op}: the function makes [N] or [N, 1] of points [N, 2]: ${quoted(out)}`);
      return out.reshape(-1).toArray().map(Number);
    });
  }
  const heights = rows(op, "the grid", f);
  const [down, across] = [heights.length, heights[0].length];
  if (down < 2 || across < 2)
    throw new ShapeError(`${op}: a grid has two rows and columns or more: [${down}, ${across}]`);
  const { xRange = [0, across - 1], yRange = [0, down - 1] } = options;
  return field(xRange, yRange, across, down, () => heights.flat());
}

/** The faces from the farthest to the nearest, so that nearer ones hide farther ones. */
function faces(view: View, { xs, ys, heights }: Field, colorOf: (height: number) => Color): object[] {
  const outward = (n: number, nearIsLast: boolean) =>
    Array.from({ length: n - 1 }, (_, i) => (nearIsLast ? i : n - 2 - i));
  // The light comes from above, from the left of the viewer.
  const light = unit(
    [0, 1, 2].map(
      (d) => 0.5 * view.towards[d] + (d === 2 ? 1 : 0) - 0.7 * view.right[d],
    ) as unknown as Point3,
  );
  return outward(ys.length, view.towards[1] > 0).flatMap((r) =>
    outward(xs.length, view.towards[0] > 0).flatMap((c) => {
      const corner = (dr: number, dc: number): Point3 =>
        [...[xs[c + dc], ys[r + dr], heights[(r + dr) * xs.length + c + dc]]] as unknown as Point3;
      const corners = [corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0)];
      if (!corners.every(([, , z]) => Number.isFinite(z))) return [];
      const across = (a: Point3, b: Point3): Point3 => [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
      const upward = normal(across(corners[0], corners[2]), across(corners[1], corners[3]));
      const bright = Math.max(0, dot(upward, light));
      const base = colorOf(corners.reduce((sum, [, , z]) => sum + z / 4, 0));
      const fill = mix([0, 0, 0], mix(base, white, 0.12), 0.62 + 0.38 * bright);
      return {
        ...{ type: "polygon", silent: true, shape: { points: corners.map(view.at) } },
        style: {
          fill: css(fill),
          stroke: css(mix(fill, [0, 0, 0], 0.18)),
          lineWidth: 0.6,
          lineJoin: "round",
        },
      };
    }),
  );
}
