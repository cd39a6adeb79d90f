/** The box around a surface: floor, back walls with grid lines, ticks, and the names of the three axes. */
import type { Point } from "./contour.js";
import { text, ticks } from "./figure.js";
import { ink } from "./palette.js";
import { halfHeight, type Point3, type View } from "./projection.js";
import { short } from "./values.js";

/** An axis of the box: its name, and the range that it spans. */
export interface BoxAxis {
  readonly name: string;
  readonly range: readonly [number, number];
}

const half: Point3 = [1, 1, halfHeight];

/** A point of the box from its three coordinates in any order. */
const placed = (...coordinates: readonly (readonly [axis: number, value: number])[]): Point3 => {
  const point = [0, 0, 0];
  for (const [axis, value] of coordinates) point[axis] = value;
  return point as unknown as Point3;
};

const line = (view: View, a: Point3, b: Point3, style: object): object => {
  const [[x1, y1], [x2, y2]] = [view.at(a), view.at(b)];
  return { type: "line", silent: true, shape: { x1, y1, x2, y2 }, style };
};

/** Everything behind the surface. */
export function surfaceBox(view: View, axes: readonly BoxAxis[]): object[] {
  // A wall is behind the surface on the side away from the viewer; the floor is always below.
  const behind = [view.towards[0] > 0 ? -1 : 1, view.towards[1] > 0 ? -1 : 1, -halfHeight];
  const marks = axes.map(({ range }, axis) =>
    ticks(range).map((value) => ({
      value,
      at: half[axis] * ((2 * (value - range[0])) / (range[1] - range[0]) - 1),
    })),
  );
  const walls = [0, 1, 2].flatMap((wall) => {
    const [p, q] = [0, 1, 2].filter((axis) => axis !== wall);
    const corner = (a: number, b: number) => placed([wall, behind[wall]], [p, a * half[p]], [q, b * half[q]]);
    const outline = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
    const face = {
      ...{ type: "polygon", silent: true, shape: { points: outline.map(view.at) } },
      style: { fill: "#f7f7f7", stroke: "#c8c8c8", lineWidth: 1 },
    };
    const grid = [p, q].flatMap((along) => {
      const across = along === p ? q : p;
      return marks[along].map(({ at }) => {
        const end = (side: number) =>
          placed([wall, behind[wall]], [along, at], [across, side * half[across]]);
        return line(view, end(-1), end(1), { stroke: "#dcdcdc", lineWidth: 1 });
      });
    });
    return [face, ...grid];
  });
  return [...walls, ...axes.flatMap(({ name }, axis) => labels(view, name, axis, marks[axis], behind))];
}

/** The line of one axis, with its numbers and its name outside the box. */
function labels(
  view: View,
  name: string,
  axis: number,
  marks: readonly { value: number; at: number }[],
  behind: readonly number[],
): object[] {
  // x and y run along the near edges of the floor, z along the left silhouette.
  const silhouettes = [placed([0, behind[0]], [1, -behind[1]]), placed([0, -behind[0]], [1, behind[1]])];
  const left = view.at(silhouettes[0])[0] < view.at(silhouettes[1])[0] ? silhouettes[0] : silhouettes[1];
  const edge = (at: number): Point3 =>
    axis === 2 ? [left[0], left[1], at] : placed([axis, at], [1 - axis, -behind[1 - axis]], [2, -halfHeight]);
  const [middle, [cx, cy]] = [view.at(edge(0)), view.at([0, 0, -halfHeight])];
  const away = axis === 2 ? [-1, 0] : [middle[0] - cx, middle[1] - cy];
  const length = Math.hypot(...away) || 1;
  const [dx, dy] = [away[0] / length, away[1] / length];
  const beside = ([x, y]: Point, distance: number): Point => [x + dx * distance, y + dy * distance];
  const textAlign = dx > 0.35 ? "left" : dx < -0.35 ? "right" : "center";
  const font = { fill: text.color, fontFamily: text.fontFamily, textVerticalAlign: "middle" };
  // An axis that is seen nearly from its end has room for a few numbers only.
  const apart = (a: number, b: number) => {
    const [[x1, y1], [x2, y2]] = [view.at(edge(a)), view.at(edge(b))];
    return Math.hypot(x2 - x1, y2 - y1);
  };
  const every = marks.length < 2 ? 1 : Math.ceil(18 / Math.max(0.1, apart(marks[0].at, marks[1].at)));
  const numbers = marks
    .filter((_, i) => i % every === 0)
    .map(({ value, at }) => {
      const [nx, ny] = beside(view.at(edge(at)), axis === 2 ? 12 : 18);
      // At the lowest corner a number of z stands beside one of x: the two keep apart.
      const [x, y] = [nx, axis === 2 ? ny - 5 : ny];
      return {
        type: "text",
        silent: true,
        style: { ...font, text: short(value), x, y, textAlign, fontSize: 14 },
      };
    });
  const widest = 8 * Math.max(0, ...marks.map(({ value }) => short(value).length));
  const [x, y] = beside(middle, 32 + Math.abs(dx) * widest + Math.abs(dy) * 8);
  const [from, to] = [view.at(edge(-half[axis])), view.at(edge(half[axis]))];
  // Text along the edge, read from the left; a vertical edge is read upwards.
  const slope = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const turned =
    slope > Math.PI / 2 - 1e-9 ? slope - Math.PI : slope < -Math.PI / 2 - 1e-9 ? slope + Math.PI : slope;
  return [
    line(view, edge(-half[axis]), edge(half[axis]), { stroke: ink, lineWidth: 1.2 }),
    ...numbers,
    {
      ...{ type: "text", silent: true, x, y, rotation: -turned },
      style: { ...font, text: name, textAlign: "center", fontSize: 16 },
    },
  ];
}
