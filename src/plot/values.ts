import type { Data } from "../dtype.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";

/** A list of numbers: a Tensor of any shape, a typed array, or an array. */
export type Values = Tensor | Data | readonly number[];
/** Rows and columns of numbers: a Tensor [rows, columns] or nested arrays. */
export type Rows = Tensor | readonly (readonly number[])[];

/** @throws ValueError when there are no values, or when a value is not a number. */
export function numbers(op: string, what: string, values: Values): number[] {
  const flat =
    values instanceof Tensor
      ? [values.toArray()].flat(Number.POSITIVE_INFINITY).map(Number)
      : Array.from(values ?? []);
  if (flat.length === 0) throw new ValueError(`${op}: ${what} are numbers, at least one: none`);
  const odd = flat.find((value) => typeof value !== "number");
  if (odd !== undefined) throw new ValueError(`${op}: ${what} are numbers: ${quoted(odd)}`);
  return flat;
}

/**
 * @throws ShapeError unless there is at least one row and all rows have the same length (`columns`, if
 * given).
 */
export function rows(op: string, what: string, values: Rows, columns?: number): number[][] {
  const nested: unknown = values instanceof Tensor ? values.toArray() : values;
  const width = columns ?? (Array.isArray(nested) ? (nested[0]?.length ?? 0) : 0);
  const right = (row: unknown) =>
    Array.isArray(row) && row.length === width && row.every((value) => typeof value === "number");
  if (!Array.isArray(nested) || nested.length === 0 || width === 0 || !nested.every(right)) {
    const given = values instanceof Tensor ? formatShape(values.shape) : quoted(values);
    throw new ShapeError(`${op}: ${what} is a matrix [rows, ${columns ?? "columns"}]: ${given}`);
  }
  return nested as number[][];
}

/** The smallest and the largest finite number. @throws ValueError when there is none. */
export function extent(op: string, what: string, values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values)
    if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) throw new ValueError(`${op}: ${what} have a finite number among them: none`);
  return [low, high];
}

/** @throws ValueError unless each given range goes from a number to a larger one. */
export function checkRanges(
  op: string,
  ranges: {
    xRange?: readonly [number, number];
    yRange?: readonly [number, number];
    zRange?: readonly [number, number];
    range?: readonly [number, number];
  },
): void {
  for (const name of ["xRange", "yRange", "zRange", "range"] as const) {
    const given = ranges[name];
    if (given === undefined) continue;
    const right =
      Array.isArray(given) && given.length === 2 && given.every(Number.isFinite) && given[0] < given[1];
    if (!right) throw new ValueError(`${op}: ${name} is from a number to a larger one: ${quoted(given)}`);
  }
}

const numeric = `width height pixelRatio bins columns duration azimuth elevation hold level levels maxUnits
  resolution size start steps`.split(/\s+/);

/** Checks the kinds of options: numbers, and names in a list. @throws ValueError for other kinds. */
export function checkKinds(op: string, options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (numeric.includes(name) && typeof value !== "number")
      throw new ValueError(`${op}: ${name} is a number: ${quoted(value)}`);
    if (["classNames", "captions"].includes(name) && !Array.isArray(value))
      throw new ValueError(`${op}: ${name} is an array: ${quoted(value)}`);
  }
}

/** The range of one coordinate of points, extended by a tenth on each side. */
export function around(
  op: string,
  points: readonly (readonly number[])[],
  coordinate: 0 | 1,
): [number, number] {
  const name = coordinate === 0 ? "xRange" : "yRange";
  if (points.length === 0) throw new ValueError(`${op}: ${name} is needed where there are no points`);
  const [low, high] = extent(
    op,
    "points",
    points.map((point) => point[coordinate]),
  );
  const more = (high - low) / 10 || 1;
  return [low - more, high + more];
}

/** A few digits: `0.25`, `1200`, `1e-7`. */
export function short(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}
