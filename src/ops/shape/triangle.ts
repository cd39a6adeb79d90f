import { checkIntegers, checkTensors } from "../../arguments.js";
import type { DType } from "../../dtype.js";
import { formatShape, ShapeError } from "../../errors.js";
import { checkShape } from "../../shape.js";
import { roomFor } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { constant } from "../create/constant.js";
import { arange, tensor } from "../create/create.js";
import { compare, where } from "../elementwise/elementwise.js";
import { reshape } from "./views.js";

/** @internal A mask [rows, columns]: whether an element lies on diagonal number `diagonal` or above it. */
export function upperTriangle(rows: number, columns: number, diagonal = 0): Tensor {
  const row = reshape(arange(diagonal, rows + diagonal, { dtype: "int32" }), [rows, 1]);
  return compare.ge(arange(columns, { dtype: "int32" }), row);
}

function triangle(op: string, x: Tensor, diagonal: number, lower: boolean): Tensor {
  if (x.ndim < 2)
    throw new ShapeError(`${op}: matrices are needed, [..., rows, columns]: ${formatShape(x.shape)}`);
  const [rows, columns] = x.shape.slice(-2);
  checkIntegers(op, { diagonal });
  const mask = upperTriangle(rows, columns, lower ? diagonal + 1 : diagonal);
  const zero = constant(0, x.dtype);
  return lower ? where(mask, zero, x) : where(mask, x, zero);
}

/**
 * The lower triangle of each matrix, with 0 elsewhere. Elements on `diagonal` are kept: 0 is the main one,
 * above it they are positive. Shape [..., rows, columns]. Default 0. PyTorch: `torch.tril`.
 * @example tril(ones([2, 2])) // [[1, 0], [1, 1]]
 * @throws ShapeError for less than 2 dims.
 * @forms tril(), x.tril(), x.tril_()
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  checkTensors("tril", x);
  return triangle("tril", x, diagonal, true);
}

/**
 * The upper triangle of each matrix, with 0 elsewhere: see `tril`. Default 0. PyTorch: `torch.triu`.
 * @example triu(ones([2, 2])) // [[1, 1], [0, 1]]
 * @throws ShapeError for less than 2 dims.
 * @forms triu(), x.triu(), x.triu_()
 */
export function triu(x: Tensor, diagonal = 0): Tensor {
  checkTensors("triu", x);
  return triangle("triu", x, diagonal, false);
}

/** Options of `trilIndices` and `triuIndices`. */
export interface TriangleOptions {
  /** The diagonal at which the triangle ends: 0 is the main one, positive ones lie above it. Default 0. */
  offset?: number;
  /** Default `int32`. */
  dtype?: DType;
}

/** The number of elements in rows `from` … `to` - 1 on diagonal `offset` or below it. */
function below(columns: number, offset: number, from: number, to: number): number {
  const start = Math.max(from, -offset);
  const whole = Math.min(Math.max(start, columns - offset - 1), Math.max(start, to));
  const growing = whole - start;
  return growing * (start + offset + 1) + (growing * (growing - 1)) / 2 + Math.max(0, to - whole) * columns;
}

function triangleIndices(
  op: string,
  rows: number,
  columns: number,
  given: number | TriangleOptions | undefined,
  rest: TriangleOptions | undefined,
  lower: boolean,
): Tensor {
  const named = byPositionOrName(op, [given, rest], ["offset"], ["dtype"]);
  const { offset = 0, dtype = "int32" } = named as TriangleOptions;
  checkShape(op, [rows, columns]);
  // Visits only rows that have elements: there are no more such rows than elements.
  const first = lower ? Math.max(0, -offset) : 0;
  const end = columns === 0 ? first : lower ? rows : Math.min(rows, columns - offset);
  const lowest = Math.max(first, end);
  const total = lower
    ? below(columns, offset, first, lowest)
    : lowest * columns - below(columns, offset - 1, 0, lowest);
  const places = roomFor(op, "float64", 2 * total);
  let at = 0;
  for (let i = first; i < end; i++)
    for (
      let j = lower ? 0 : Math.max(0, i + offset), last = lower ? Math.min(columns, i + offset + 1) : columns;
      j < last;
      j++, at++
    ) {
      places[at] = i;
      places[total + at] = j;
    }
  return tensor(places, { shape: [2, total], dtype: dtype });
}

/**
 * The rows and columns of the elements of the lower triangle of a matrix, row by row: `int32` [2, count].
 * `trilIndices(3, 3)`, `trilIndices(3, 3, -1)` or `trilIndices(3, 3, { offset: -1 })`. The offset is 0 by
 * default. PyTorch: `torch.tril_indices`.
 * @forms trilIndices()
 */
export function trilIndices(
  rows: number,
  columns: number,
  offset?: number | TriangleOptions,
  options?: TriangleOptions,
): Tensor {
  return triangleIndices("trilIndices", rows, columns, offset, options, true);
}

/**
 * The rows and columns of the elements of the upper triangle of a matrix, row by row: `int32` [2, count]. The
 * offset is 0 by default. PyTorch: `torch.triu_indices`.
 * @example triuIndices(2, 2) // [[0, 0, 1], [0, 1, 1]]
 * @forms triuIndices()
 */
export function triuIndices(
  rows: number,
  columns: number,
  offset?: number | TriangleOptions,
  options?: TriangleOptions,
): Tensor {
  return triangleIndices("triuIndices", rows, columns, offset, options, false);
}
