import { checkTensors } from "../arguments.js";
import type { DType } from "../dtype.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { checkOptions } from "../options.js";
import { checkShape } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { arange, constant, tensor } from "./create.js";
import { compare, where } from "./elementwise.js";
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
  const mask = upperTriangle(rows, columns, lower ? diagonal + 1 : diagonal);
  const zero = constant(0, x.dtype);
  return lower ? where(mask, zero, x) : where(mask, x, zero);
}

/**
 * The lower triangle of matrices, 0 elsewhere. Elements on `diagonal` are kept: 0 is the main one, above it they are
 * positive. Shape [..., rows, columns]. PyTorch: `torch.tril`.
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  checkTensors("tril", x);
  return triangle("tril", x, diagonal, true);
}

/** The upper triangle of matrices, 0 elsewhere: see `tril`. PyTorch: `torch.triu`. */
export function triu(x: Tensor, diagonal = 0): Tensor {
  checkTensors("triu", x);
  return triangle("triu", x, diagonal, false);
}

export interface TriangleOptions {
  /** The diagonal the triangle ends at: 0 is the main one, above it they are positive. Default 0. */
  offset?: number;
  /** Default `int32`. */
  dtype?: DType;
}

function triangleIndices(
  op: string,
  rows: number,
  columns: number,
  given: number | TriangleOptions | undefined,
  rest: TriangleOptions | undefined,
  from: (row: number, offset: number) => number,
  to: (row: number, offset: number) => number,
): Tensor {
  const options = typeof given === "object" ? given : rest;
  checkOptions(op, options, ["offset", "dtype"]);
  checkShape(op, [rows, columns]);
  const offset = typeof given === "number" ? given : (options?.offset ?? 0);
  if (!Number.isInteger(offset)) throw new ValueError(`${op}: the offset is an integer: ${String(offset)}`);
  const [is, js]: [number[], number[]] = [[], []];
  for (let i = 0; i < rows; i++)
    for (let j = Math.max(0, from(i, offset)); j < Math.min(columns, to(i, offset)); j++) {
      is.push(i);
      js.push(j);
    }
  return tensor([...is, ...js], { shape: [2, is.length], dtype: options?.dtype ?? "int32" });
}

/**
 * Rows and columns of the elements of the lower triangle of a matrix, row by row: `int32` [2, count]. `trilIndices(3, 3)`,
 * `trilIndices(3, 3, -1)` or `trilIndices(3, 3, { offset: -1 })`. PyTorch: `torch.tril_indices`.
 */
export function trilIndices(
  rows: number,
  columns: number,
  offset?: number | TriangleOptions,
  options?: TriangleOptions,
): Tensor {
  const end = (row: number, d: number) => row + d + 1;
  return triangleIndices("trilIndices", rows, columns, offset, options, () => 0, end);
}

/** Rows and columns of the elements of the upper triangle of a matrix: see `trilIndices`. PyTorch: `torch.triu_indices`. */
export function triuIndices(
  rows: number,
  columns: number,
  offset?: number | TriangleOptions,
  options?: TriangleOptions,
): Tensor {
  const start = (row: number, d: number) => row + d;
  return triangleIndices("triuIndices", rows, columns, offset, options, start, () => Infinity);
}
