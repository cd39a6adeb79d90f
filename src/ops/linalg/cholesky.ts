import { checkTensors } from "../../arguments.js";
import { differentiable } from "../../autograd/graph.js";
import { formatShape, ShapeError, SimdgradError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { broadcastShapes } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { eye } from "../create/create.js";
import { add, mul, neg } from "../elementwise/elementwise.js";
import { tril } from "../shape/triangle.js";
import { expand } from "../shape/views.js";
import { choleskyFactor, transposed } from "./factorize.js";
import { matmul } from "./matmul.js";
import { batchOf, checkMatrices, checkSameDType, integers, matricesOf, mT, together } from "./matrices.js";
import type { CheckErrorsOptions } from "./solve.js";
import { solveTriangular } from "./triangular.js";

/** Options of `linalg.cholesky`, `linalg.choleskyEx`, `cholesky`, `choleskyInverse` and `choleskySolve`. */
export interface CholeskyOptions {
  /** Whether to read and return the upper triangle, A = Uᵀ U. Default false: the lower one, A = L Lᵀ. */
  upper?: boolean;
}

function factored(op: string, a: Tensor, upper = false): { L: Tensor; info: Tensor } {
  checkMatrices(op, a, true);
  const n = a.shape[a.ndim - 1];
  const found = matricesOf(a).map((one) => choleskyFactor(upper ? transposed(one) : one));
  const factors = found.map(({ factor }) => factor);
  const L: Tensor = differentiable(
    "cholesky",
    [a],
    together(batchOf(a), n, n, factors, a),
    (g) => [choleskyGradient(L, g)],
    { savesOutput: true },
  );
  const info = integers(
    batchOf(a),
    found.map(({ failed }) => failed + 1),
  );
  return { L: upper ? mT(L) : L, info };
}

/**
 * Half of L⁻ᵀ (S + Sᵀ) L⁻¹, where S is the lower triangle of Lᵀ g with half its diagonal. The result is
 * symmetric, like the matrix.
 */
function choleskyGradient(L: Tensor, g: Tensor): Tensor {
  const product = tril(matmul(mT(L), tril(g)));
  const both = mul(add(product, mT(tril(product, -1))), 0.5);
  const right = solveTriangular(L, both, { upper: false, left: false });
  return solveTriangular(mT(L), right, { upper: true });
}

function checkPositive<T>(op: string, result: T, info: Tensor): T {
  const i = info.data.findIndex((order) => order > 0);
  if (i >= 0)
    throw new SimdgradError(
      "NOT_POSITIVE_DEFINITE",
      `${op}: the matrix is positive definite: the leading minor of order ${info.data[i]} of matrix ${i} is not`,
    );
  return result;
}

/**
 * The lower triangular L with A = L Lᵀ, for a symmetric positive definite matrix, of which one triangle is
 * read; `upper: true` gives Lᵀ. The gradient is symmetric.
 * Shape: [..., n, n]. PyTorch: `torch.linalg.cholesky`, `torch.cholesky`.
 * @throws SimdgradError `NOT_POSITIVE_DEFINITE`.
 * @forms cholesky(), x.cholesky(), linalg.cholesky()
 */
export function cholesky(a: Tensor, options?: CholeskyOptions): Tensor {
  checkTensors("linalg.cholesky", a);
  checkOptions("linalg.cholesky", options, ["upper"]);
  const { L, info } = factored("linalg.cholesky", a, options?.upper);
  return checkPositive("linalg.cholesky", L, info);
}

/**
 * `L` and `info` of `cholesky` without throwing: `info` is 0 for each matrix, or the order of its first
 * leading minor that is not positive; its L is then meaningless. PyTorch: `torch.linalg.cholesky_ex`.
 * @example linalg.choleskyEx(tensor([[4, 2], [2, 5]])) // [[[2, 0], [1, 2]], 0]
 * @throws SimdgradError `NOT_POSITIVE_DEFINITE` with `checkErrors`.
 * @forms linalg.choleskyEx()
 */
export function choleskyEx(
  a: Tensor,
  options?: CholeskyOptions & CheckErrorsOptions,
): Named<"L" | "info", Tensor> {
  checkTensors("linalg.choleskyEx", a);
  checkOptions("linalg.choleskyEx", options, ["upper", "checkErrors"]);
  const { L, info } = factored("linalg.choleskyEx", a, options?.upper);
  if (options?.checkErrors) checkPositive("linalg.choleskyEx", L, info);
  return named({ L, info });
}

/**
 * The solution X of A X = B, where A = L Lᵀ, or Lᵀ L with `upper: true`. The other triangle is not read, but
 * has the gradient of a full L, as in PyTorch.
 * Shapes: B [..., n, k], L [..., n, n]; batch dims broadcast. PyTorch: `torch.cholesky_solve`.
 * @throws ShapeError for matrices that do not fit; DTypeError for integers and for different dtypes.
 * @forms choleskySolve(), x.choleskySolve()
 */
export function choleskySolve(b: Tensor, L: Tensor, options?: CholeskyOptions): Tensor {
  checkTensors("choleskySolve", b, L);
  checkOptions("choleskySolve", options, ["upper"]);
  checkMatrices("choleskySolve", L, true);
  checkSameDType("choleskySolve", L, b);
  const n = L.shape[L.ndim - 1];
  if (b.ndim < 2 || b.shape[b.ndim - 2] !== n)
    throw new ShapeError(
      `choleskySolve: B and L do not fit: ${formatShape(b.shape)} and ${formatShape(L.shape)}`,
    );
  const batch = broadcastShapes("choleskySolve", batchOf(b), batchOf(L));
  const columns = expand(b, [...batch, n, b.shape[b.ndim - 1]]);
  return solved(columns, expand(options?.upper ? mT(L) : L, [...batch, n, n]));
}

function solved(b: Tensor, L: Tensor): Tensor {
  const inner = solveTriangular(L.detach(), b.detach(), { upper: false });
  const out: Tensor = differentiable(
    "choleskySolve",
    [b, L],
    solveTriangular(mT(L.detach()), inner, { upper: true }),
    (g) => {
      const gb = solved(g, L);
      const outer = matmul(gb, mT(out));
      return [gb, neg(matmul(add(outer, mT(outer)), tril(L)))];
    },
    { saves: [b, L], savesOutput: true },
  );
  return out;
}

/**
 * The inverse of A, where A = L Lᵀ, or Lᵀ L with `upper: true`. Shape: [..., n, n]. PyTorch:
 * `torch.cholesky_inverse`.
 * @throws DTypeError for integers; ShapeError for a matrix that is not square.
 * @forms choleskyInverse(), x.choleskyInverse()
 */
export function choleskyInverse(L: Tensor, options?: CholeskyOptions): Tensor {
  checkTensors("choleskyInverse", L);
  checkOptions("choleskyInverse", options, ["upper"]);
  checkMatrices("choleskyInverse", L, true);
  return choleskySolve(eye(L.shape[L.ndim - 1], { dtype: L.dtype }), L, options);
}
