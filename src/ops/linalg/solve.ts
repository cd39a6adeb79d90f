import { checkIntegerList, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError, SimdgradError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, numel, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { type Named, named } from "../arguments/named.js";
import { eye } from "../create/create.js";
import { neg } from "../elementwise/elementwise.js";
import { movedim } from "../shape/rearrange.js";
import { expand, reshape, squeeze, unsqueeze } from "../shape/views.js";
import { eliminate, solveEliminated } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, checkSameDType, integers, matricesOf, mT, together } from "./matrices.js";

/** A result, and for each matrix 0 or the number (from 1) of its first pivot that is 0. */
export interface Checked<T> {
  readonly result: T;
  readonly info: Tensor;
}

/** @internal @throws SimdgradError `SINGULAR_MATRIX` for the first singular matrix. */
export function checkSingular<T>(op: string, { result, info }: Checked<T>): T {
  const i = info.data.findIndex((pivot) => pivot > 0);
  if (i >= 0)
    throw new SimdgradError(
      "SINGULAR_MATRIX",
      `${op}: the matrix is singular: pivot ${info.data[i] - 1} of matrix ${i} is 0; lstsq finds the nearest solution`,
    );
  return result;
}

/** A⁻¹ B, both with the same batch dims. */
function solveMatrices(op: string, a: Tensor, b: Tensor): Checked<Tensor> {
  const rights = matricesOf(b);
  const parts = matricesOf(a).map((one) => eliminate(one));
  const solutions = parts.map((one, i) => solveEliminated(one, rights[i]));
  const [rows, cols] = b.shape.slice(-2);
  const out: Tensor = differentiable(
    op,
    [a, b],
    together(batchOf(b), rows, cols, solutions, b),
    (g) => {
      const gb = solveMatrices(op, mT(a), g).result;
      return [neg(matmul(gb, mT(out))), gb];
    },
    { saves: [a, b], savesOutput: true },
  );
  const info = integers(
    batchOf(b),
    parts.map(({ singular }) => singular + 1),
  );
  return { result: out, info };
}

/** @internal Whether B contains a vector per matrix of A instead of a matrix (PyTorch's rule). */
export const isVector = (a: Tensor, b: Tensor) => b.ndim === 1 || sameShape(b.shape, a.shape.slice(0, -1));

/** Options of `linalg.solve` and `linalg.solveEx`. */
export interface SolveOptions {
  /** Solves A X = B; false solves X A = B. Default true. */
  left?: boolean;
}

/** The option of factorizations that can report instead of throwing. */
export interface CheckErrorsOptions {
  /** Whether a singular matrix is still an error. Default false. */
  checkErrors?: boolean;
}

function solveChecked(op: string, a: Tensor, b: Tensor, left: boolean): Checked<Tensor> {
  checkMatrices(op, a, true);
  checkSameDType(op, a, b);
  const vector = isVector(a, b);
  if (vector && !left) throw new ShapeError(`${op}: X A = B needs a matrix B: ${formatShape(b.shape)}`);
  const columns = vector ? unsqueeze(b, -1) : left ? b : mT(b);
  const n = a.shape[a.ndim - 1];
  if (columns.ndim < 2 || columns.shape[columns.ndim - 2] !== n)
    throw new ShapeError(`${op}: A and B do not fit: ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  const batch = broadcastShapes(op, batchOf(a), batchOf(columns));
  const matrices = expand(left ? a : mT(a), [...batch, n, n]);
  const { result, info } = solveMatrices(
    "solve",
    matrices,
    expand(columns, [...batch, n, columns.shape[columns.ndim - 1]]),
  );
  return { result: vector ? squeeze(result, -1) : left ? result : mT(result), info };
}

/**
 * The solution X of A X = B, or of X A = B with `left: false`. Shapes: A [..., n, n], B [..., n, k] or [...,
 * n]; batch dims broadcast. PyTorch: `torch.linalg.solve`.
 * @throws SimdgradError `SINGULAR_MATRIX`.
 * @throws ShapeError for A and B that do not fit.
 * @forms linalg.solve()
 */
export function solve(a: Tensor, b: Tensor, options?: SolveOptions): Tensor {
  checkTensors("linalg.solve", a, b);
  checkOptions("linalg.solve", options, ["left"]);
  return checkSingular("linalg.solve", solveChecked("linalg.solve", a, b, options?.left ?? true));
}

/**
 * `result` and `info` of `solve` without throwing: `info` is 0 for each matrix, or the number of its first
 * pivot that is 0; its result is then meaningless. PyTorch: `torch.linalg.solve_ex`.
 * @example linalg.solveEx(tensor([[2, 0], [0, 4]]), tensor([2, 4])).result // [1, 1]
 * @throws ShapeError for A and B that do not fit; SimdgradError `SINGULAR_MATRIX` with `checkErrors`.
 * @forms linalg.solveEx()
 */
export function solveEx(
  a: Tensor,
  b: Tensor,
  options?: SolveOptions & CheckErrorsOptions,
): Named<"result" | "info", Tensor> {
  checkTensors("linalg.solveEx", a, b);
  checkOptions("linalg.solveEx", options, ["left", "checkErrors"]);
  const found = solveChecked("linalg.solveEx", a, b, options?.left ?? true);
  if (options?.checkErrors) checkSingular("linalg.solveEx", found);
  return named({ result: found.result, info: found.info });
}

/** @internal */
export function invChecked(op: string, a: Tensor): Checked<Tensor> {
  checkMatrices(op, a, true);
  const n = a.shape[a.ndim - 1];
  const identity = matricesOf(eye(n))[0];
  const parts = matricesOf(a).map((one) => eliminate(one));
  const inverses = parts.map((one) => solveEliminated(one, identity));
  const out: Tensor = differentiable(
    "inv",
    [a],
    together(batchOf(a), n, n, inverses, a),
    (g) => [neg(matmul(mT(out), matmul(g, mT(out))))],
    { savesOutput: true },
  );
  const info = integers(
    batchOf(a),
    parts.map(({ singular }) => singular + 1),
  );
  return { result: out, info };
}

/**
 * The inverse of each matrix. Solve systems with `solve` instead: faster and nearer. PyTorch:
 * `torch.linalg.inv`, `torch.inverse`.
 * @example inverse(tensor([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 * @throws SimdgradError `SINGULAR_MATRIX`.
 * @forms inverse(), x.inverse(), linalg.inv()
 */
export function inv(a: Tensor): Tensor {
  checkTensors("linalg.inv", a);
  return checkSingular("linalg.inv", invChecked("linalg.inv", a));
}

/**
 * `inverse` and `info` of `inv` without throwing: see `solveEx`.
 * Shapes: [..., n, n] → inverse [..., n, n], info [...]. PyTorch: `torch.linalg.inv_ex`.
 * @example linalg.invEx(tensor([[2, 0], [0, 4]])).inverse // [[0.5, 0], [0, 0.25]]
 * @throws SimdgradError `SINGULAR_MATRIX` with `checkErrors`.
 * @forms linalg.invEx()
 */
export function invEx(a: Tensor, options?: CheckErrorsOptions): Named<"inverse" | "info", Tensor> {
  checkTensors("linalg.invEx", a);
  checkOptions("linalg.invEx", options, ["checkErrors"]);
  const found = invChecked("linalg.invEx", a);
  if (options?.checkErrors) checkSingular("linalg.invEx", found);
  return named({ inverse: found.result, info: found.info });
}

/**
 * The inverse of `a` as a linear map of tensors: `tensordot(tensorinv(a), b, b.ndim)` undoes
 * `tensordot(a, x, x.ndim)`. The first `ind` dims, default 2, have as many elements as the others. Shape:
 * [...first, ...rest] → [...rest, ...first]. PyTorch: `torch.linalg.tensorinv`.
 * @throws ShapeError unless the first `ind` dims have as many elements as the others.
 * @forms linalg.tensorinv()
 */
export function tensorinv(a: Tensor, ...args: [ind?: number] | [options: { ind?: number }]): Tensor {
  checkTensors("linalg.tensorinv", a);
  const ind = (byPositionOrName("linalg.tensorinv", args, ["ind"]).ind ?? 2) as number;
  if (!Number.isInteger(ind) || ind < 1)
    throw new ShapeError(`linalg.tensorinv: ind is a positive integer: ${quoted(ind)}`);
  const [first, rest] = [a.shape.slice(0, ind), a.shape.slice(ind)];
  if (numel(first) !== numel(rest))
    throw new ShapeError(
      `linalg.tensorinv: the first ${quoted(ind)} dims have as many elements as the others: ${formatShape(a.shape)}`,
    );
  return reshape(inv(reshape(a, [numel(first), numel(rest)])), [...rest, ...first]);
}

/**
 * The solution X of `tensordot(a, X, X.ndim)` = `b`; the dims of `a` in `dims` are first moved behind the
 * others. Shapes: a [...b.shape, ...x], b → [...x]. PyTorch: `torch.linalg.tensorsolve`.
 * @throws ShapeError unless A has as many elements in the dims of B as in the others.
 * @forms linalg.tensorsolve()
 */
export function tensorsolve(
  a: Tensor,
  b: Tensor,
  ...args: [dims?: readonly number[] | null] | [options: { dims?: readonly number[] | null }]
): Tensor {
  checkTensors("linalg.tensorsolve", a, b);
  const dims = (byPositionOrName("linalg.tensorsolve", args, ["dims"]).dims ?? []) as readonly number[];
  checkIntegerList("linalg.tensorsolve", "dims", dims);
  const from = movedim(
    a,
    [...dims],
    dims.map((_, i) => a.ndim - dims.length + i),
  );
  const shape = from.shape.slice(b.ndim);
  if (numel(shape) !== b.numel || numel(from.shape) !== b.numel ** 2)
    throw new ShapeError(
      `linalg.tensorsolve: a has the elements of b times those of the solution, equally many: ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  return reshape(solve(reshape(from, [b.numel, b.numel]), reshape(b, [b.numel])), shape);
}
