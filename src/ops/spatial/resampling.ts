/** The elements that each element of a resized axis reads, and their weights: they depend only on sizes. */

/**
 * One source position for each output element of an axis, with weights. Each output element reads the same
 * number of taps.
 */
export interface Tap {
  readonly places: readonly number[];
  /** Missing if the element itself is read, without a weight. */
  readonly weights?: readonly number[];
}

export interface Resampled {
  /** Number of elements before and after resizing. */
  readonly size: number;
  readonly out: number;
  /** The scale factor if the caller gave one; otherwise the two sizes determine it. */
  readonly scale: number | undefined;
  /** Whether the centres of the first and last elements keep their positions, instead of the outer edges. */
  readonly alignCorners: boolean;
}

/** The distance in the source for a distance of one in the output. */
function stepOf({ size, out, scale, alignCorners }: Resampled): number {
  if (alignCorners) return out > 1 ? (size - 1) / (out - 1) : 0;
  return scale === undefined ? size / out : 1 / scale;
}

/** The position in the source of element i of the output; elements have their centres at integers. */
function sourceOf(axis: Resampled, i: number): number {
  return axis.alignCorners ? stepOf(axis) * i : stepOf(axis) * (i + 0.5) - 0.5;
}

const places = (axis: Resampled, place: (i: number) => number) =>
  Array.from({ length: axis.out }, (_, i) => Math.min(Math.max(place(i), 0), axis.size - 1));

/**
 * The element at or before the position; `exact`: the element with the nearest centre. Between two elements,
 * rounding decides, as in PyTorch's loop over rows: positions have the precision of the dtype (`single`:
 * float32), and are rounded to float32 at the end.
 */
export function nearestTaps(axis: Resampled, exact: boolean, single: boolean): Tap[] {
  const rounded = single ? Math.fround : (x: number) => x;
  const step = rounded(stepOf({ ...axis, alignCorners: false }));
  const source = (i: number) => (exact ? Math.max(rounded(step * (i + 0.5) - 0.5), 0) + 0.5 : step * i);
  return [{ places: places(axis, (i) => Math.floor(Math.fround(rounded(source(i))))) }];
}

/** The two neighbouring elements, weighted by their distances. */
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

/** The four neighbouring elements; beyond the ends, the outermost element is repeated. */
export function cubicTaps(axis: Resampled): Tap[] {
  const sources = Array.from({ length: axis.out }, (_, i) => sourceOf(axis, i));
  return [-1, 0, 1, 2].map((offset) => ({
    places: places(axis, (i) => Math.floor(sources[i]) + offset),
    weights: sources.map((source) => cubic(source - Math.floor(source) - offset, -0.75)),
  }));
}

/**
 * All elements under a kernel as wide as the source range of one output element, so that no element is
 * skipped when the axis gets shorter.
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
