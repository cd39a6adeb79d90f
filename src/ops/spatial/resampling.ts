/**
 * Where an axis that is made longer or shorter reads its elements, and how much each of them counts: depends
 * on sizes alone.
 */

/** What one output element reads: as many places, with weights, for each element of the axis. */
export interface Tap {
  readonly places: readonly number[];
  /** Without weights: the element itself. */
  readonly weights?: readonly number[];
}

export interface Resampled {
  /** Number of elements before and after. */
  readonly size: number;
  readonly out: number;
  /** Given by the caller: how much longer; otherwise the two sizes decide. */
  readonly scale: number | undefined;
  /** Whether the centres of the first and last elements stay where they are, instead of the outer edges. */
  readonly alignCorners: boolean;
}

/** How far the source moves when the output moves by one. */
function stepOf({ size, out, scale, alignCorners }: Resampled): number {
  if (alignCorners) return out > 1 ? (size - 1) / (out - 1) : 0;
  return scale === undefined ? size / out : 1 / scale;
}

/** Where element i of the output lies in the source; elements have their centres at integers. */
function sourceOf(axis: Resampled, i: number): number {
  return axis.alignCorners ? stepOf(axis) * i : stepOf(axis) * (i + 0.5) - 0.5;
}

const places = (axis: Resampled, place: (i: number) => number) =>
  Array.from({ length: axis.out }, (_, i) => Math.min(Math.max(place(i), 0), axis.size - 1));

/**
 * The element at or before; `exact`: the one whose centre is nearest. Which one it is where there are two is
 * decided by rounding, as in PyTorch's loop over rows: positions have the precision of the dtype (`single`:
 * float32), and are rounded to float32 at the end.
 */
export function nearestTaps(axis: Resampled, exact: boolean, single: boolean): Tap[] {
  const rounded = single ? Math.fround : (x: number) => x;
  const step = rounded(stepOf({ ...axis, alignCorners: false }));
  const source = (i: number) => (exact ? Math.max(rounded(step * (i + 0.5) - 0.5), 0) + 0.5 : step * i);
  return [{ places: places(axis, (i) => Math.floor(Math.fround(rounded(source(i))))) }];
}

/** The two elements around, by their distances. */
export function linearTaps(axis: Resampled): Tap[] {
  const sources = Array.from({ length: axis.out }, (_, i) => Math.max(sourceOf(axis, i), 0));
  const share = sources.map((source) => source - Math.floor(source));
  return [
    { places: places(axis, (i) => Math.floor(sources[i])), weights: share.map((right) => 1 - right) },
    { places: places(axis, (i) => Math.floor(sources[i]) + 1), weights: share },
  ];
}

/** Keys' cubic kernel (1981): `a` is its slope at distance 1. */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** The four elements around; beyond the ends the outermost again. */
export function cubicTaps(axis: Resampled): Tap[] {
  const sources = Array.from({ length: axis.out }, (_, i) => sourceOf(axis, i));
  return [-1, 0, 1, 2].map((offset) => ({
    places: places(axis, (i) => Math.floor(sources[i]) + offset),
    weights: sources.map((source) => cubic(source - Math.floor(source) - offset, -0.75)),
  }));
}

/**
 * All elements under a kernel that is as wide as what an output element stands for, so that nothing is
 * skipped where the axis gets shorter.
 */
export function smoothTaps(axis: Resampled, mode: "linear" | "cubic"): Tap[] {
  const step = stepOf(axis);
  const reach = (mode === "linear" ? 1 : 2) * Math.max(step, 1);
  const kernel = (d: number) => (mode === "linear" ? Math.max(0, 1 - Math.abs(d)) : cubic(d, -0.5));
  const rows = Array.from({ length: axis.out }, (_, i) => {
    const centre = step * (i + 0.5);
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach + 0.5), axis.size);
    const raw = Array.from({ length: Math.max(end - first, 0) }, (_, j) =>
      kernel((j + first - centre + 0.5) / Math.max(step, 1)),
    );
    const total = raw.reduce((a, b) => a + b, 0);
    return { first, weights: raw.map((w) => (total === 0 ? w : w / total)) };
  });
  const most = Math.max(...rows.map((row) => row.weights.length));
  return Array.from({ length: most }, (_, j) => ({
    places: places(axis, (i) => (j < rows[i].weights.length ? rows[i].first + j : rows[i].first)),
    weights: rows.map((row) => row.weights[j] ?? 0),
  }));
}
