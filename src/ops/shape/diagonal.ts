import { checkTensors } from "../../arguments.js";
import { differentiable, differentiableView } from "../../autograd/graph.js";
import { formatShape, ShapeError } from "../../errors.js";
import { run, strided } from "../../kernels/run.js";
import { quoted } from "../../quote.js";
import { resolveDim, type Shape, type Strides } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { zeros } from "../create/create.js";
import { sum } from "../reduce/reduce.js";
import { ravel } from "./rearrange.js";

/** Options of `linalg.diagonal` and `diagflat`. */
export interface DiagonalOptions {
  /** Number of the diagonal: 0 is the main one, positive ones lie above it. Default 0. */
  offset?: number;
  /** The dim of the rows. Default -2; of `diagonal`, 0. */
  dim1?: number;
  /** The dim of the columns. Default -1; of `diagonal`, 1. */
  dim2?: number;
}

/** Arguments by position or by name. */
export type WhichDiagonal = [offset?: number, dim1?: number, dim2?: number] | [DiagonalOptions];

const which = (op: string, args: WhichDiagonal) =>
  byPositionOrName(op, args, ["offset", "dim1", "dim2"]) as DiagonalOptions;

/** Selects a diagonal of matrices: `diagonal` 0 is the main one, positive ones lie above it. */
interface Place {
  diagonal: number;
  rows: number;
  columns: number;
}

function placeOf(op: string, diagonal: number, dim1: number, dim2: number, rank: number): Place {
  const [rows, columns] = [dim1, dim2].map((d) => resolveDim(op, d, rank));
  if (rows === columns) throw new ShapeError(`${op}: two different dims are needed: ${dim1} and ${dim2}`);
  if (!Number.isInteger(diagonal))
    throw new ShapeError(`${op}: the diagonal is an integer: ${quoted(diagonal)}`);
  return { diagonal, rows, columns };
}

/** The diagonal as a view: its dims are the other dims and, last, the diagonal. */
function windowOf(shape: Shape, strides: Strides, offset: number, { diagonal, rows, columns }: Place) {
  const [up, down] = [Math.max(0, diagonal), Math.max(0, -diagonal)];
  const length = Math.max(0, Math.min(shape[rows] - down, shape[columns] - up));
  const rest = <T>(values: readonly T[]) => values.filter((_, d) => d !== rows && d !== columns);
  const start = down * strides[rows] + up * strides[columns];
  return {
    shape: [...rest(shape), length],
    strides: [...rest(strides), strides[rows] + strides[columns]],
    // The offset of an empty diagonal is not advanced: it could point past the end of the memory.
    offset: length === 0 ? offset : offset + start,
  };
}

function take(x: Tensor, place: Place): Tensor {
  const { shape, strides, offset } = windowOf(x.shape, x.strides, x.offset, place);
  const from = x.shape;
  return differentiableView("diagonal", x, x.viewOf(offset, shape, strides), (g) => put(g, from, place));
}

/** The adjoint of `take`: zeros of `shape` with `values` on the diagonal. */
function put(values: Tensor, shape: Shape, place: Place): Tensor {
  const out = zeros(shape, { dtype: values.dtype });
  const into = windowOf(shape, out.strides, out.offset, place);
  run.copy(values.shape, values, strided(out, into.strides, into.offset));
  return differentiable("diagEmbed", [values], out, (g) => [take(g, place)]);
}

/**
 * Diagonal number `offset` of the matrices in dims `dim1` and `dim2`, as the last dim. A view. PyTorch:
 * `torch.diagonal`.
 * @example diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]
 * @throws ShapeError for two equal dims, and a diagonal that is not an integer.
 * @forms diagonal(), x.diagonal()
 */
export function diagonal(x: Tensor, ...args: WhichDiagonal): Tensor {
  checkTensors("diagonal", x);
  const { offset = 0, dim1 = 0, dim2 = 1 } = which("diagonal", args);
  return take(x, placeOf("diagonal", offset, dim1, dim2, x.ndim));
}

/**
 * Matrices in dims `dim1` and `dim2` whose diagonal number `offset` holds the vectors in the last dim of `x`,
 * and which are 0 elsewhere. Shapes: [..., n] → [..., n + |offset|, n + |offset|]. PyTorch:
 * `torch.diag_embed`.
 * @throws ShapeError for a scalar, for two equal dims, and a diagonal that is not an integer.
 * @forms diagEmbed(), x.diagEmbed()
 */
export function diagEmbed(x: Tensor, ...args: WhichDiagonal): Tensor {
  checkTensors("diagEmbed", x);
  const { offset = 0, dim1 = -2, dim2 = -1 } = which("diagEmbed", args);
  if (x.ndim === 0) throw new ShapeError("diagEmbed: at least 1 dim is needed: []");
  const place = placeOf("diagEmbed", offset, dim1, dim2, x.ndim + 1);
  const side = x.shape[x.ndim - 1] + Math.abs(offset);
  const others = [...x.shape.slice(0, -1)];
  const shape = Array.from({ length: x.ndim + 1 }, (_, d) =>
    d === place.rows || d === place.columns ? side : others.shift()!,
  );
  return put(x, shape, place);
}

/**
 * Diagonal number `diagonal` of a matrix, or for a vector the matrix with that diagonal. The main diagonal,
 * 0, is the default. PyTorch: `torch.diag`.
 * @example diag(tensor([1, 2])) // [[1, 0], [0, 2]]
 * @throws ShapeError for more than 2 dims, and for a scalar.
 * @forms diag(), x.diag()
 */
export function diag(x: Tensor, diagonal = 0): Tensor {
  checkTensors("diag", x);
  if (x.ndim !== 1 && x.ndim !== 2)
    throw new ShapeError(`diag: a vector or a matrix is needed: ${formatShape(x.shape)}`);
  return x.ndim === 1 ? diagEmbed(x, diagonal) : take(x, placeOf("diag", diagonal, 0, 1, 2));
}

/**
 * A matrix with the elements of `x` on diagonal number `offset`. PyTorch: `torch.diagflat`.
 * @example diagflat(tensor([1, 2])) // [[1, 0], [0, 2]]
 * @forms diagflat(), x.diagflat()
 */
export function diagflat(x: Tensor, ...args: [offset?: number] | [{ offset?: number }]): Tensor {
  checkTensors("diagflat", x);
  const { offset } = byPositionOrName("diagflat", args, ["offset"]) as DiagonalOptions;
  return diagEmbed(ravel(x), offset);
}

/**
 * The sum of the main diagonal of a matrix; integers are summed in int32. PyTorch: `torch.trace`.
 * @example trace(tensor([[1, 2], [3, 4]])) // 5
 * @throws ShapeError unless there are 2 dims.
 * @forms trace(), x.trace()
 */
export function trace(x: Tensor): Tensor {
  checkTensors("trace", x);
  if (x.ndim !== 2) throw new ShapeError(`trace: a matrix is needed: ${formatShape(x.shape)}`);
  return sum(diagonal(x));
}
