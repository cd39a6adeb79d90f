import { checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { broadcastShapes, numel, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Named, named } from "../arguments/named.js";
import { dense, expand } from "../shape/views.js";
import { type Blocks, blockFactor, solveBlocks } from "./bunch-kaufman.js";
import { batchOf, checkMatrices, checkSameDType, integers, matricesOf, together } from "./matrices.js";
import { type CheckErrorsOptions, checkSingular } from "./solve.js";

/** Options of `linalg.ldlFactor`, `linalg.ldlFactorEx` and `linalg.ldlSolve`. */
export interface LdlOptions {
  /**
   * For complex matrices, which are not supported: real matrices are both symmetric and Hermitian. Default
   * false.
   */
  hermitian?: boolean;
}

function factored(op: string, a: Tensor): Named<"LD" | "pivots" | "info", Tensor> {
  checkMatrices(op, a, true);
  const n = a.shape[a.ndim - 1];
  const parts = matricesOf(a).map(blockFactor);
  const part = <T>(get: (blocks: Blocks) => T) => parts.map(get);
  return named({
    LD: together(
      batchOf(a),
      n,
      n,
      part(({ packed }) => packed),
      a,
    ),
    pivots: integers(
      batchOf(a),
      part(({ pivots }) => pivots),
      n,
    ),
    info: integers(
      batchOf(a),
      part(({ singular }) => singular + 1),
    ),
  });
}

/**
 * The factorization P L D Lᵀ Pᵀ of a symmetric matrix, of which the lower triangle is read: L and D in one
 * matrix, and LAPACK's pivots. No gradient. Shapes: [..., n, n] → LD [..., n, n], pivots [..., n] `int32`.
 * PyTorch: `torch.linalg.ldl_factor`.
 * @throws SimdgradError `SINGULAR_MATRIX`.
 * @forms linalg.ldlFactor()
 */
export function ldlFactor(a: Tensor, options?: LdlOptions): Named<"LD" | "pivots", Tensor> {
  checkTensors("linalg.ldlFactor", a);
  checkOptions("linalg.ldlFactor", options, ["hermitian"]);
  const { LD, pivots, info } = factored("linalg.ldlFactor", a);
  return checkSingular("linalg.ldlFactor", { result: named({ LD, pivots }), info });
}

/**
 * The factorization of `ldlFactor` without throwing: see `solveEx`. Shapes as there. PyTorch:
 * `torch.linalg.ldl_factor_ex`.
 * @example linalg.ldlFactorEx(tensor([[4, 2], [2, 5]])).info // 0
 * @throws SimdgradError `SINGULAR_MATRIX` with `checkErrors`.
 * @forms linalg.ldlFactorEx()
 */
export function ldlFactorEx(
  a: Tensor,
  options?: LdlOptions & CheckErrorsOptions,
): Named<"LD" | "pivots" | "info", Tensor> {
  checkTensors("linalg.ldlFactorEx", a);
  checkOptions("linalg.ldlFactorEx", options, ["hermitian", "checkErrors"]);
  const result = factored("linalg.ldlFactorEx", a);
  if (options?.checkErrors) checkSingular("linalg.ldlFactorEx", { result, info: result.info });
  return result;
}

/**
 * The solution X of A X = B, given what `ldlFactor(A)` returns. No gradient. Shapes: [..., n, n], [..., n], B
 * [..., n, k]; batch dims broadcast. PyTorch: `torch.linalg.ldl_solve`.
 * @throws ShapeError for LD, pivots and B that do not fit; ValueError for pivots that are no rows; DTypeError
 * for integers and for different dtypes.
 * @forms linalg.ldlSolve()
 */
export function ldlSolve(LD: Tensor, pivots: Tensor, b: Tensor, options?: LdlOptions): Tensor {
  checkTensors("linalg.ldlSolve", LD, pivots, b);
  const op = "linalg.ldlSolve";
  checkOptions(op, options, ["hermitian"]);
  checkMatrices(op, LD, true);
  checkSameDType(op, LD, b);
  const n = LD.shape[LD.ndim - 1];
  if (!sameShape(pivots.shape, LD.shape.slice(0, -1)) || b.ndim < 2 || b.shape[b.ndim - 2] !== n)
    throw new ShapeError(
      `${op}: LD, pivots and B do not fit: ${formatShape(LD.shape)}, ${formatShape(pivots.shape)} and ${formatShape(b.shape)}`,
    );
  const batch = broadcastShapes(op, batchOf(LD), batchOf(b));
  const k = b.shape[b.ndim - 1];
  const factors = matricesOf(expand(LD, [...batch, n, n]));
  const rights = matricesOf(expand(b, [...batch, n, k]));
  const swaps = Int32Array.from(dense(expand(pivots, [...batch, n])).data);
  const wrong = swaps.find((row) => row === 0 || Math.abs(row) > n);
  if (wrong !== undefined && numel(batch) > 0)
    throw new ValueError(`${op}: pivots are rows from 1 to ${quoted(n)}, or negative: ${wrong}`);
  const solutions = factors.map((packed, i) =>
    solveBlocks({ packed, pivots: swaps.subarray(i * n, (i + 1) * n) }, rights[i]),
  );
  return together(batch, n, k, solutions, b);
}
