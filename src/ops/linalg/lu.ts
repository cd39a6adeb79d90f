import { checkBooleans, checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { broadcastShapes, numel } from "../../shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { byPositionOrName } from "../arguments/arguments.js";
import { type Named, named } from "../arguments/named.js";
import { eye } from "../create/create.js";
import { add, sub } from "../elementwise/elementwise.js";
import { cat } from "../shape/join.js";
import { tril, triu } from "../shape/triangle.js";
import { dense, expand, narrow } from "../shape/views.js";
import { eliminate, matrix } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, checkSameDType, integers, matricesOf, mT, together } from "./matrices.js";
import { type CheckErrorsOptions, checkSingular } from "./solve.js";
import { solveTriangular } from "./triangular.js";

/** Options of `linalg.lu`, `linalg.luFactor`, `linalg.luFactorEx` and `lu`. */
export interface LuOptions {
  /** Whether rows are exchanged to get the largest pivots. Default true. */
  pivot?: boolean;
}

interface Factored {
  readonly LU: Tensor;
  readonly pivots: Tensor;
  readonly info: Tensor;
}

function factored(op: string, a: Tensor, pivot = true): Factored {
  checkMatrices(op, a);
  const [m, n] = a.shape.slice(-2);
  const parts = matricesOf(a).map((one) => eliminate(one, pivot));
  const pivots = integers(
    batchOf(a),
    parts.map(({ swaps }) => swaps.map((row) => row + 1)),
    Math.min(m, n),
  );
  const info = integers(
    batchOf(a),
    parts.map(({ singular }) => singular + 1),
  );
  const LU: Tensor = differentiable(
    "luFactor",
    [a],
    together(
      batchOf(a),
      m,
      n,
      parts.map(({ packed }) => packed),
      a,
    ),
    (g) => [matmul(permutations(pivots, m, a), luGradient(LU, g))],
    { saves: [a], savesOutput: true },
  );
  return { LU, pivots, info };
}

/**
 * The gradient of P A. The leading square block is L U; the rest of a taller or wider matrix is computed from
 * it by solving.
 */
function luGradient(LU: Tensor, g: Tensor): Tensor {
  const [m, n] = LU.shape.slice(-2);
  const k = Math.min(m, n);
  const block = (x: Tensor) => narrow(narrow(x, -2, 0, k), -1, 0, k);
  const [F, G] = [block(LU), block(g)];
  const lower = matmul(mT(unitLower(F)), tril(G, -1));
  const upper = matmul(triu(G), mT(triu(F)));
  const behindU = (x: Tensor) => solveTriangular(mT(F), x, { upper: false, left: false });
  const beforeL = (x: Tensor) => solveTriangular(mT(F), x, { upper: true, unitriangular: true });
  const front = (l: Tensor, u: Tensor) => behindU(beforeL(add(tril(l, -1), triu(u))));
  if (m > n) {
    const [below, gBelow] = [LU, g].map((x) => narrow(x, -2, k, m - k));
    return cat([front(lower, sub(upper, matmul(mT(below), gBelow))), behindU(gBelow)], -2);
  }
  if (m < n) {
    const [right, gRight] = [LU, g].map((x) => narrow(x, -1, k, n - k));
    return cat([front(sub(lower, matmul(gRight, mT(right))), upper), beforeL(gRight)], -1);
  }
  return front(lower, upper);
}

/** The lower triangle with ones on the diagonal. */
function unitLower(x: Tensor): Tensor {
  const [rows, cols] = x.shape.slice(-2);
  const side = Math.max(rows, cols);
  const identity = narrow(narrow(eye(side, { dtype: x.dtype }), 0, 0, rows), 1, 0, cols);
  return add(tril(x, -1), identity);
}

/** P with A = P L U, from LAPACK's row exchanges, which count from 1. */
function permutations(pivots: Tensor, rows: number, like: Tensor): Tensor {
  const count = pivots.shape[pivots.ndim - 1];
  const batch = pivots.shape.slice(0, -1);
  const swaps = dense(pivots).data;
  const list = Array.from({ length: numel(batch) }, (_, b) => {
    const order = Array.from({ length: rows }, (_, i) => i);
    for (let s = 0; s < count; s++) {
      const other = swaps[b * count + s] - 1;
      if (!(other >= 0 && other < rows))
        throw new ValueError(`lu: pivots are rows from 1 to ${rows}: ${other + 1}`);
      [order[s], order[other]] = [order[other], order[s]];
    }
    const p = matrix(rows, rows);
    for (const [i, row] of order.entries()) p.data[row * rows + i] = 1;
    return p;
  });
  return together(batch, rows, rows, list, like);
}

/**
 * L and U with A = P L U in one matrix (without the ones of L), and the row exchanges (counted from 1) that
 * make P. Shapes: A [..., m, n] → LU [..., m, n], pivots [..., min(m, n)] `int32`. PyTorch:
 * `torch.linalg.lu_factor`.
 * @throws SimdgradError `SINGULAR_MATRIX`.
 * @forms linalg.luFactor()
 */
export function luFactor(a: Tensor, options?: LuOptions): Named<"LU" | "pivots", Tensor> {
  checkTensors("linalg.luFactor", a);
  checkOptions("linalg.luFactor", options, ["pivot"]);
  const { LU, pivots, info } = factored("linalg.luFactor", a, options?.pivot);
  return checkSingular("linalg.luFactor", { result: named({ LU, pivots }), info });
}

/**
 * The factorization of `luFactor` without throwing: see `solveEx`. Shapes as there. PyTorch:
 * `torch.linalg.lu_factor_ex`.
 * @example linalg.luFactorEx(tensor([[4, 2], [2, 5]])).info // 0
 * @throws SimdgradError `SINGULAR_MATRIX` with `checkErrors`.
 * @forms linalg.luFactorEx()
 */
export function luFactorEx(
  a: Tensor,
  options?: LuOptions & CheckErrorsOptions,
): Named<"LU" | "pivots" | "info", Tensor> {
  checkTensors("linalg.luFactorEx", a);
  checkOptions("linalg.luFactorEx", options, ["pivot", "checkErrors"]);
  const found = factored("linalg.luFactorEx", a, options?.pivot);
  const result = named({ LU: found.LU, pivots: found.pivots, info: found.info });
  return options?.checkErrors ? checkSingular("linalg.luFactorEx", { result, info: found.info }) : result;
}

/**
 * P, L and U with A = P L U: a permutation, a lower triangle with ones on its diagonal, and an upper
 * triangle. Shapes, with k = min(m, n): A [..., m, n] → P [..., m, m], L [..., m, k], U [..., k, n]. With
 * `pivot: false`, P is empty. PyTorch: `torch.linalg.lu`.
 * @forms linalg.lu()
 */
export function lu(a: Tensor, options?: LuOptions): Named<"P" | "L" | "U", Tensor> {
  checkTensors("linalg.lu", a);
  checkOptions("linalg.lu", options, ["pivot"]);
  const pivot = options?.pivot ?? true;
  const { LU, pivots } = factored("linalg.lu", a, pivot);
  return luUnpack(LU, pivots, { unpackPivots: pivot });
}

/** Options of `luUnpack`. */
export interface LuUnpackOptions {
  /** Whether to compute L and U; otherwise they are empty. Default true. */
  unpackData?: boolean;
  /** Whether to compute P; otherwise it is empty. Default true. */
  unpackPivots?: boolean;
}

/**
 * P, L and U (see `linalg.lu`), given what `linalg.luFactor` returns.
 * Shapes: LU [..., m, n] → P [..., m, m], L [..., m, k], U [..., k, n], with k = min(m, n). PyTorch:
 * `torch.lu_unpack`.
 * @example const f = linalg.luFactor(eye(2)); luUnpack(f.LU, f.pivots)[1] // [[1, 0], [0, 1]]
 * @throws DTypeError for integers; ShapeError for less than 2 dims; ValueError for pivots that are no rows.
 * @forms luUnpack()
 */
export function luUnpack(
  LU: Tensor,
  pivots: Tensor,
  options?: LuUnpackOptions,
): Named<"P" | "L" | "U", Tensor> {
  checkTensors("luUnpack", LU, pivots);
  checkOptions("luUnpack", options, ["unpackData", "unpackPivots"]);
  checkMatrices("luUnpack", LU);
  const { unpackData = true, unpackPivots = true } = options ?? {};
  const [m, n] = LU.shape.slice(-2);
  const k = Math.min(m, n);
  const none = () => empty([0], LU.dtype);
  return named({
    P: unpackPivots ? permutations(pivots, m, LU) : none(),
    L: unpackData ? unitLower(narrow(LU, -1, 0, k)) : none(),
    U: unpackData ? triu(narrow(LU, -2, 0, k)) : none(),
  });
}

/** Options of `linalg.luSolve`. */
export interface LuSolveOptions {
  /** Solves A X = B; false solves X A = B. Default true. */
  left?: boolean;
  /** Uses Aᵀ instead of A. Default false. */
  adjoint?: boolean;
}

/**
 * The solution X of A X = B, given LU and pivots of `luFactor(A)`. Shapes: [..., n, n], [..., n], [..., n,
 * k]; batch dims broadcast. PyTorch: `torch.linalg.lu_solve`.
 * @throws ShapeError for A and B that do not fit; ValueError for pivots that are no rows; DTypeError for
 * integers and for different dtypes.
 * @forms linalg.luSolve()
 */
export function luSolve(LU: Tensor, pivots: Tensor, b: Tensor, options?: LuSolveOptions): Tensor {
  checkTensors("linalg.luSolve", LU, pivots, b);
  const op = "linalg.luSolve";
  checkOptions(op, options, ["left", "adjoint"]);
  checkMatrices(op, LU, true);
  checkSameDType(op, LU, b);
  const { left = true, adjoint = false } = options ?? {};
  const n = LU.shape[LU.ndim - 1];
  if (b.ndim < 2 || b.shape[b.ndim - (left ? 2 : 1)] !== n)
    throw new ShapeError(`${op}: A and B do not fit: ${formatShape(LU.shape)} and ${formatShape(b.shape)}`);
  if (!left) return mT(luSolve(LU, pivots, mT(b), { adjoint: !adjoint }));
  const batch = broadcastShapes(op, batchOf(LU), batchOf(b));
  const right = expand(b, [...batch, n, b.shape[b.ndim - 1]]);
  const p = permutations(pivots, n, LU);
  if (adjoint) {
    const inner = solveTriangular(mT(LU), right, { upper: false });
    return matmul(p, solveTriangular(mT(LU), inner, { upper: true, unitriangular: true }));
  }
  const inner = solveTriangular(LU, matmul(mT(p), right), { upper: false, unitriangular: true });
  return solveTriangular(LU, inner, { upper: true });
}

/**
 * LU and pivots of `linalg.luFactor`, and with `getInfos` also `info`: `lu(a, true, true)` or
 * `lu(a, { getInfos: true })`.
 * Shapes: A [..., m, n] → LU [..., m, n], pivots [..., min(m, n)]. PyTorch: `torch.lu`.
 * @forms lu(), x.lu()
 */
export function luOf(
  a: Tensor,
  ...args: [pivot?: boolean, getInfos?: boolean] | [options: LuOptions & { getInfos?: boolean }]
): Named<"LU" | "pivots", Tensor> | Named<"LU" | "pivots" | "info", Tensor> {
  const { pivot, getInfos } = byPositionOrName("lu", args, ["pivot", "getInfos"]);
  checkBooleans("lu", { pivot: pivot ?? true, getInfos: getInfos ?? false });
  const { LU, pivots, info } = factored("lu", a, pivot as boolean | undefined);
  return getInfos ? named({ LU, pivots, info }) : named({ LU, pivots });
}

/**
 * The solution X of A X = B as `linalg.luSolve` computes it, with B as the first argument.
 * Shapes: B [..., n, k], LU [..., n, n] → [..., n, k]. PyTorch: `torch.lu_solve`.
 * @throws ShapeError, ValueError and DTypeError as `linalg.luSolve`.
 * @forms luSolve(), x.luSolve()
 */
export function luSolveOf(b: Tensor, LU: Tensor, pivots: Tensor): Tensor {
  return luSolve(LU, pivots, b);
}
