/**
 * The connection between linear algebra and tensors: the last two dims are matrices, the dims before them a
 * batch. Factorizations are computed in float64, in JavaScript, for every dtype. They read values, so they
 * cannot run inside `compile`.
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

/**
 * The same for an iteration that would not end with NaN or infinities. @throws SimdgradError `NOT_FINITE`.
 */
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

/** Combines matrices of the same size into one tensor. */
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

/** One integer per matrix, or one vector of integers per matrix. */
export function integers(
  batch: Shape,
  list: readonly number[] | readonly Int32Array[],
  length?: number,
): Tensor {
  const shape = length === undefined ? batch : [...batch, length];
  const values = list.flatMap((one: number | Int32Array) => (typeof one === "number" ? [one] : [...one]));
  return tensor(Int32Array.from(values), { shape, dtype: "int32" });
}

/** One result of a factorization: its shape after the batch dims, and its numbers for each matrix. */
export interface Part {
  readonly shape: Shape;
  readonly list: readonly Float64Array[];
}

/**
 * Several results of one factorization of `a`, with one gradient rule for all of them. The results lie in one
 * tensor, and each result is a view of it. So the rule runs once and gets the gradients of all results, which
 * are 0 for unused results.
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
  // Without a graph the results are independent, and a view would keep the memory of all of them alive.
  if (!needsGrad([a])) return windows(packed, clone);
  const out: Tensor = differentiable(op, [a], packed, (g) => [rule(windows(g), windows(out))], {
    saves: [a],
    savesOutput: true,
  });
  return windows(out);
}

/** x / y, and 0 where both are 0: an unused result has no gradient, however close y is to 0. */
export function quotient(x: Tensor, y: Tensor): Tensor {
  return div(x, where(eq(x, 0), where(eq(y, 0), 1, y), y));
}
