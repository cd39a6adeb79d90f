/** A line on a surface: what the surface hides is pale. */
import type { Field, Point } from "./contour.js";
import { halfHeight, type Point3, type View } from "./projection.js";

/** More points than this have no symbols of their own. */
const many = 60;

/**
 * The elements that draw the line through these points of the plane on the surface, with a circle at its
 * start and a diamond at its end. The line ends where it leaves the grid or meets a hole. The surface is a
 * field in the coordinates of the box.
 */
export function surfacePath(view: View, grid: Field, line: readonly Point[], color: string): object[] {
  const height = heightIn(grid);
  const cell = Math.min(grid.xs[1] - grid.xs[0], grid.ys[1] - grid.ys[0]);
  const on = ([x, y]: Point): Point3 => [x, y, height(x, y)];
  const samples = line.flatMap((point, i): Point3[] => {
    if (i === 0) return [on(point)];
    const [x, y] = line[i - 1];
    const pieces = Math.min(
      400,
      Math.max(1, Math.ceil((2 * Math.max(Math.abs(point[0] - x), Math.abs(point[1] - y))) / cell)),
    );
    return Array.from({ length: Number.isFinite(pieces) ? pieces : 1 }, (_, k) => {
      const t = (k + 1) / pieces;
      return on([x + (point[0] - x) * t, y + (point[1] - y) * t]);
    });
  });
  const seen = samples.map((sample) => isSeen(view, height, cell, sample));
  const runs = (wanted: boolean): Point[][] => {
    const found: Point[][] = [];
    for (let i = 1; i < samples.length; i++) {
      const [a, b] = [samples[i - 1], samples[i]];
      // A piece is seen if both its ends are.
      if (![a, b].every(([, , z]) => Number.isFinite(z)) || (seen[i - 1] && seen[i]) !== wanted) continue;
      const last = found[found.length - 1];
      const [from, to] = [view.at(a), view.at(b)];
      const end = last?.[last.length - 1];
      if (end !== undefined && end[0] === from[0] && end[1] === from[1]) last.push(to);
      else found.push([from, to]);
    }
    return found;
  };
  const polyline = (points: Point[], style: object) => ({
    ...{ type: "polyline", silent: true, shape: { points } },
    style: { fill: "none", lineJoin: "round", lineCap: "round", ...style },
  });
  const visible = runs(true);
  const marks = line
    .map(on)
    .filter((sample) => Number.isFinite(sample[2]) && isSeen(view, height, cell, sample));
  const dot = (at: Point, r: number, opacity = 1) => ({
    ...{ type: "circle", silent: true, shape: { cx: at[0], cy: at[1], r } },
    style: { fill: color, stroke: "#fff", lineWidth: r > 4 ? 1.5 : 0.8, opacity },
  });
  const [start, end] = [on(line[0]), on(line[line.length - 1])];
  const shown = (sample: Point3) => Number.isFinite(sample[2]);
  const strength = (sample: Point3) => (isSeen(view, height, cell, sample) ? 1 : 0.6);
  return [
    ...runs(false).map((points) =>
      polyline(points, { stroke: color, lineWidth: 1.8, opacity: 0.8, lineDash: [3, 4] }),
    ),
    ...visible.map((points) => polyline(points, { stroke: "#fff", lineWidth: 5.5 })),
    ...visible.map((points) => polyline(points, { stroke: color, lineWidth: 3 })),
    ...(line.length <= many ? marks.map((sample) => dot(view.at(sample), 3.2)) : []),
    ...(shown(start) ? [dot(view.at(start), 6.5, strength(start))] : []),
    ...(shown(end) && line.length > 1 ? [diamond(view.at(end), 8.5, color, strength(end))] : []),
  ];
}

const diamond = ([x, y]: Point, r: number, color: string, opacity: number): object => ({
  ...{ type: "polygon", silent: true },
  shape: {
    points: [
      [x, y - r],
      [x + r, y],
      [x, y + r],
      [x - r, y],
    ],
  },
  style: { fill: color, stroke: "#fff", lineWidth: 1.5, opacity },
});

/** The height between grid points; NaN outside the grid. */
function heightIn({ xs, ys, heights }: Field): (x: number, y: number) => number {
  const [columns, rows] = [xs.length, ys.length];
  const place = (at: number, n: number): [cell: number, part: number] => {
    const scaled = ((at + 1) / 2) * (n - 1);
    const cell = Math.min(n - 2, Math.floor(scaled));
    return [cell, scaled - cell];
  };
  return (x, y) => {
    if (!(Math.abs(x) <= 1 + 1e-9 && Math.abs(y) <= 1 + 1e-9)) return Number.NaN;
    const [[c, u], [r, v]] = [place(Math.max(-1, x), columns), place(Math.max(-1, y), rows)];
    const at = (dr: number, dc: number) => heights[(r + dr) * columns + c + dc];
    return (at(0, 0) * (1 - u) + at(0, 1) * u) * (1 - v) + (at(1, 0) * (1 - u) + at(1, 1) * u) * v;
  };
}

/** Whether nothing of the surface is between this point of it and the viewer. */
function isSeen(
  { towards }: View,
  height: (x: number, y: number) => number,
  cell: number,
  [x, y, z]: Point3,
): boolean {
  const speed = Math.max(Math.abs(towards[0]), Math.abs(towards[1]));
  // A face is flat where the surface is bent: near the point the two differ a little.
  const tolerance = 0.02 * halfHeight;
  for (let t = cell / 2 / speed; ; t += cell / 2 / speed) {
    const [px, py, pz] = [x + t * towards[0], y + t * towards[1], z + t * towards[2]];
    if (Math.abs(px) > 1 || Math.abs(py) > 1 || pz > halfHeight || t > 10) return true;
    if (height(px, py) > pz + tolerance) return false;
  }
}
