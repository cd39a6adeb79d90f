import { formatShape, ShapeError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { arange, constant } from "./create.js";
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
  return triangle("tril", x, diagonal, true);
}

/** The upper triangle of matrices, 0 elsewhere: see `tril`. PyTorch: `torch.triu`. */
export function triu(x: Tensor, diagonal = 0): Tensor {
  return triangle("triu", x, diagonal, false);
}
