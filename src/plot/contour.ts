/** Contour lines of a grid of numbers: marching squares, with the segments joined into long lines. */

export type Point = [x: number, y: number];

/** Heights at the points of a regular grid: `heights[row * xs.length + column]`. */
export interface Field {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly heights: ArrayLike<number>;
}

/** `f` at `columns` × `rows` grid points that span the two ranges. One call of `f` gets all points. */
export function field(
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  columns: number,
  rows: number,
  f: (points: Point[]) => ArrayLike<number>,
): Field {
  const xs = Array.from({ length: columns }, (_, i) => x0 + ((x1 - x0) * i) / (columns - 1));
  const ys = Array.from({ length: rows }, (_, i) => y0 + ((y1 - y0) * i) / (rows - 1));
  return { xs, ys, heights: f(ys.flatMap((y) => xs.map((x): Point => [x, y]))) };
}

/** How often the part of an edge in which a line crosses it is halved: to a thousandth of the edge. */
const halvings = 10;

/**
 * The lines along which the field equals `level`. Cells with a corner that is not finite have no lines.
 * Between grid points the field is taken to be linear; `f`, which made the field, finds where it crosses the
 * level in fact. The line of a step function, such as a threshold unit, is straight only with it.
 */
export function contour(
  { xs, ys, heights }: Field,
  level: number,
  f?: (points: Point[]) => ArrayLike<number>,
): Point[][] {
  const columns = xs.length;
  // A crossing lies on an edge of the grid and belongs to the one or two cells next to that edge. Lines are
  // followed from edge to edge.
  const points = new Map<string, Point>();
  const neighbours = new Map<string, string[]>();
  const ends = new Map<string, Edge>();
  const crossing = (c: number, r: number, dc: number, dr: number): string => {
    const key = `${c},${r},${dc}`;
    if (points.has(key)) return key;
    const a = heights[r * columns + c];
    const b = heights[(r + dr) * columns + c + dc];
    const t = (level - a) / (b - a);
    ends.set(key, [[xs[c], ys[r]], [xs[c + dc], ys[r + dr]], a >= level]);
    points.set(key, [xs[c] + (xs[c + dc] - xs[c]) * t, ys[r] + (ys[r + dr] - ys[r]) * t]);
    neighbours.set(key, []);
    return key;
  };
  const join = (a: string, b: string): void => {
    neighbours.get(a)!.push(b);
    neighbours.get(b)!.push(a);
  };
  for (let r = 0; r + 1 < ys.length; r++)
    for (let c = 0; c + 1 < columns; c++) {
      const at = r * columns + c;
      const corners = [heights[at], heights[at + 1], heights[at + columns + 1], heights[at + columns]];
      if (!corners.every(Number.isFinite)) continue;
      const above = corners.map((height) => height >= level);
      const edges = [
        () => crossing(c, r, 1, 0),
        () => crossing(c + 1, r, 0, 1),
        () => crossing(c, r + 1, 1, 0),
        () => crossing(c, r, 0, 1),
      ].filter((_, side) => above[side] !== above[(side + 1) % 4]);
      const found = edges.map((edge) => edge());
      if (found.length === 2) join(found[0], found[1]);
      if (found.length === 4) {
        // A saddle: the value in the middle of the cell decides which crossings are joined.
        const middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 >= level;
        const turn = middle === above[0] ? 1 : 3;
        join(found[0], found[turn]);
        join(found[2], found[(turn + 2) % 4]);
      }
    }
  if (f !== undefined && points.size > 0) {
    const exact = crossings([...ends.values()], level, f);
    [...ends.keys()].forEach((key, i) => {
      points.set(key, exact[i]);
    });
  }
  return walk(points, neighbours);
}

/** An edge of the grid from one point to another, and whether `f` is at least the level at the first. */
type Edge = readonly [from: Point, to: Point, above: boolean];

/** Where `f` crosses the level on each edge, by bisection of all edges at once. */
function crossings(
  edges: readonly Edge[],
  level: number,
  f: (points: Point[]) => ArrayLike<number>,
): Point[] {
  const between = ([[x0, y0], [x1, y1]]: Edge, t: number): Point => [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t];
  const [low, high] = [edges.map(() => 0), edges.map(() => 1)];
  const middle = (i: number) => (low[i] + high[i]) / 2;
  for (let halving = 0; halving < halvings; halving++) {
    const found = f(edges.map((edge, i) => between(edge, middle(i))));
    edges.forEach(([, , above], i) => {
      if (found[i] >= level === above) low[i] = middle(i);
      else high[i] = middle(i);
    });
  }
  return edges.map((edge, i) => between(edge, middle(i)));
}

/** Open lines first, from their ends; the remaining lines are closed. */
function walk(points: Map<string, Point>, neighbours: Map<string, string[]>): Point[][] {
  const lines: Point[][] = [];
  const seen = new Set<string>();
  const follow = (start: string): void => {
    const line: Point[] = [];
    for (let at: string | undefined = start; at !== undefined; ) {
      seen.add(at);
      line.push(points.get(at)!);
      at = neighbours.get(at)!.find((next) => !seen.has(next));
    }
    const last = line.length > 2 && neighbours.get(start)!.length === 2;
    if (last) line.push(points.get(start)!);
    lines.push(line);
  };
  for (const [key, next] of neighbours) if (next.length === 1 && !seen.has(key)) follow(key);
  for (const key of neighbours.keys()) if (!seen.has(key)) follow(key);
  return lines;
}
