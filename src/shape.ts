import { formatShape, ShapeError } from "./errors.js";
import { quoted } from "./quote.js";

export type Shape = readonly number[];
export type Strides = readonly number[];

/** Number of elements; 1 for a scalar (`[]`). */
export function numel(shape: Shape): number {
  let n = 1;
  for (let d = 0; d < shape.length; d++) n *= shape[d];
  return n;
}

/** Strides, in elements, of a dense row-major tensor. */
export function denseStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape[d];
  }
  return strides;
}

/** Whether elements lie in row-major order without gaps. Dims of size 1 may have any stride. */
export function isDense(shape: Shape, strides: Strides): boolean {
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== step) return shape.includes(0);
    step *= shape[d];
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** `dim` counted from the front. Negative dims count from the back. */
export function resolveDim(op: string, dim: number, rank: number): number {
  if (typeof dim !== "number")
    throw new ShapeError(`${op}: dim is a number, and options come after it: ${quoted(dim)}`, "INVALID_DIM");
  const resolved = dim < 0 ? dim + rank : dim;
  if (!Number.isInteger(dim) || resolved < 0 || resolved >= rank)
    throw new ShapeError(`${op}: dim out of range: ${dim} for ${rank} dims`, "DIM_OUT_OF_RANGE");
  return resolved;
}

/** Distinct dims in ascending order; `undefined` and `null` mean all dims. */
export function resolveDims(
  op: string,
  dim: number | readonly number[] | null | undefined,
  rank: number,
): number[] {
  if (dim === undefined || dim === null) return Array.from({ length: rank }, (_, d) => d);
  if (typeof dim !== "number" && !Array.isArray(dim))
    throw new ShapeError(
      `${op}: dim is a number, an array of numbers or undefined, and options come after it: ${quoted(dim)}`,
      "INVALID_DIM",
    );
  if (typeof dim === "number" && rank > 0) return [resolveDim(op, dim, rank)];
  const given: readonly number[] = typeof dim === "number" ? [dim] : dim;
  if (rank === 0 && given.every((d) => d === 0 || d === -1)) return []; // one dim of size 1
  const dims = given.map((d) => resolveDim(op, d, rank));
  if (new Set(dims).size !== dims.length)
    throw new ShapeError(`${op}: a dim appears twice: ${formatShape(dims)}`);
  return dims.sort((a, b) => a - b);
}

/** The shape to which both broadcast under NumPy's rules. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let d = 1; d <= rank; d++) {
    const x = d <= a.length ? a[a.length - d] : 1;
    const y = d <= b.length ? b[b.length - d] : 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new ShapeError(`${op}: shapes do not broadcast: ${formatShape(a)} and ${formatShape(b)}`);
    out[rank - d] = x === 1 ? y : x;
  }
  return out;
}

/** Strides that broadcast a tensor of `shape` to the shape `to`: 0 along the dims in which it is repeated. */
export function broadcastStrides(shape: Shape, strides: Strides, to: Shape): Strides {
  if (sameShape(shape, to)) return strides;
  const lead = to.length - shape.length;
  return to.map((size, d) => (d < lead || (shape[d - lead] === 1 && size !== 1) ? 0 : strides[d - lead]));
}

/**
 * Replaces one `-1` by the size that matches the number of elements. `named`: what errors call the elements.
 */
export function inferShape(op: string, from: Shape, to: Shape, named = formatShape(from)): number[] {
  const count = numel(from);
  const unknown = to.indexOf(-1);
  const rest = to.reduce((n, size) => (size === -1 ? n : n * size), 1);
  const ok = to.every((size) => Number.isInteger(size) && size >= -1) && to.lastIndexOf(-1) === unknown;
  const shape = [...to];
  if (ok && unknown >= 0 && rest > 0) shape[unknown] = count / rest;
  if (!ok || shape.includes(-1) || numel(shape) !== count || !shape.every(Number.isInteger))
    throw new ShapeError(`${op}: ${formatShape(to)} does not hold the ${count} elements of ${named}`);
  return shape;
}

/**
 * Checks sizes given by the user: integers >= 0 whose product is a safe integer. Otherwise it throws an error
 * that names the operation. Strides are products of sizes too, even if another size is 0.
 */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape))
    throw new ShapeError(`${op}: a shape is an array, ${op}([2, 3]): ${quoted(shape)}`, "INVALID_SHAPE");
  for (const size of shape)
    if (!Number.isInteger(size) || size < 0)
      throw new ShapeError(
        `${op}: sizes are integers >= 0: [${shape.map((v) => quoted(v)).join(", ")}]`,
        "INVALID_SHAPE",
      );
  let elements = 1;
  for (const size of shape) if (size > 1) elements *= size;
  if (elements > Number.MAX_SAFE_INTEGER)
    throw new ShapeError(
      `${op}: sizes multiply to at most 2^53 - 1 elements: ${formatShape(shape)}`,
      "INVALID_SHAPE",
    );
}
