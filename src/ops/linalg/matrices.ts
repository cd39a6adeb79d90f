/**
 * How linear algebra meets tensors: the last two dims are matrices, those before them a batch. Factorizations
 * are computed in float64, in JavaScript, whatever the dtype. Values are read, so not inside `compile`.
 */
import { differentiable, needsGrad } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, SimdgradError } from "../../errors.js";
import { numel, type Shape } from "../../shape.js";
import { empty, Tensor } from "../../tensor/tensor.js";
import { tensor } from "../create/create.js";
import { div, eq, where } from "../elementwise/elementwise.js";
import { clone, narrow, reshape, to, transpose } from "../shape/views.js";
import { type Matrix, matrix } from "./factorize.js";

function checkTensor(op: string, x: unknown): void {
  if (!(x instanceof Tensor))
    throw new DTypeError(`${op}: matrices are tensors: ${x === null ? "null" : typeof x}`, "NOT_A_TENSOR");
}

export function checkMatrices(op: string, a: Tensor, square = false): void {
  checkTensor(op, a);
  if (!isFloating(a.dtype)) throw new DTypeError(`${op}: matrices are of floats: ${a.dtype}`);
  if (a.ndim < 2) throw new ShapeError(`${op}: a matrix has at least 2 dims: ${formatShape(a.shape)}`);
  if (square && a.shape[a.ndim - 1] !== a.shape[a.ndim - 2])
    throw new ShapeError(`${op}: the matrix is square: ${formatShape(a.shape)}`);
}

export function checkSameDType(op: string, a: Tensor, b: Tensor): void {
  checkTensor(op, b);
  if (b.dtype !== a.dtype) throw new DTypeError(`${op}: dtypes differ: ${a.dtype} and ${b.dtype}`);
}

export const batchOf = (x: Tensor) => x.shape.slice(0, -2);
export const mT = (x: Tensor) => transpose(x, -1, -2);

/** The matrices in the last two dims, one after the other, in float64. */
export function matricesOf(x: Tensor): Matrix[] {
  const [rows, cols] = x.shape.slice(-2);
  const values = clone(to(x.detach(), "float64")).data as Float64Array;
  const size = rows * cols;
  return Array.from({ length: numel(batchOf(x)) }, (_, i) =>
    matrix(rows, cols, values.slice(i * size, (i + 1) * size)),
  );
}

/** The same, of an iteration that would not end on NaN or infinities. @throws SimdgradError `NOT_FINITE`. */
export function finiteMatricesOf(op: string, x: Tensor): Matrix[] {
  const list = matricesOf(x);
  for (const [i, { data }] of list.entries())
    if (!data.every(Number.isFinite))
      throw new SimdgradError(
        "NOT_FINITE",
        `${op}: the matrix is finite: matrix ${i} has NaN or an infinity`,
      );
  return list;
}

/** Matrices of one size as one tensor. */
export function together(
  batch: Shape,
  rows: number,
  cols: number,
  list: readonly Matrix[],
  like: Tensor,
): Tensor {
  const out = empty([...batch, rows, cols], like.dtype);
  for (const [i, { data }] of list.entries()) out.data.set(data, i * rows * cols);
  return out;
}

/** One integer for each matrix, or one vector of them. */
export function integers(
  batch: Shape,
  list: readonly number[] | readonly Int32Array[],
  length?: number,
): Tensor {
  const shape = length === undefined ? batch : [...batch, length];
  const values = list.flatMap((one: number | Int32Array) => (typeof one === "number" ? [one] : [...one]));
  return tensor(Int32Array.from(values), { shape, dtype: "int32" });
}

/**
 * One of the results of a factorization: its shape behind the batch dims, and its numbers for each matrix.
 */
export interface Part {
  readonly shape: Shape;
  readonly list: readonly Float64Array[];
}

/**
 * Several results that one factorization of `a` gives and one rule differentiates: they lie in one tensor, of
 * which each is a window, so that the rule runs once and knows the gradients of all, 0 for those that nobody
 * used.
 */
export function jointly<Names extends string>(
  op: string,
  a: Tensor,
  parts: Readonly<Record<Names, Part>>,
  rule: (g: Record<Names, Tensor>, out: Record<Names, Tensor>) => Tensor,
): Record<Names, Tensor> {
  const batch = batchOf(a);
  const entries = Object.entries(parts) as [Names, Part][];
  const widths = entries.map(([, { shape }]) => numel(shape));
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((x, y) => x + y, 0));
  const total = widths.reduce((x, y) => x + y, 0);
  const windows = (x: Tensor, each = (window: Tensor) => window) =>
    Object.fromEntries(
      entries.map(([name, { shape }], i) => [
        name,
        each(reshape(narrow(x, -1, starts[i], widths[i]), [...batch, ...shape])),
      ]),
    ) as Record<Names, Tensor>;
  const packed = empty([...batch, total], a.dtype);
  for (const [i, [, { list }]] of entries.entries())
    for (const [b, data] of list.entries()) packed.data.set(data, b * total + starts[i]);
  // Without a graph nothing ties the results together, and a window would keep the memory of all of them.
  if (!needsGrad([a])) return windows(packed, clone);
  const out: Tensor = differentiable(op, [a], packed, (g) => [rule(windows(g), windows(out))], {
    saves: [a],
    savesOutput: true,
  });
  return windows(out);
}

/** x / y, and 0 where both are 0: what nobody asked for has no gradient, however near y is to 0. */
export function quotient(x: Tensor, y: Tensor): Tensor {
  return div(x, where(eq(x, 0), where(eq(y, 0), 1, y), y));
}
