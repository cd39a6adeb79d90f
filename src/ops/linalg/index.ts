/** Linear algebra under PyTorch's names: `torch.linalg`. */
import { checkTensors } from "../../arguments.js";
import { checkOptions } from "../../options.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type DiagonalOptions, diagonal as diagonalOf } from "../shape/diagonal.js";
import { cross as crossOf } from "./products.js";

export { type NormOptions, vectorNorm } from "../reduce/norms.js";
export { type CholeskyOptions, cholesky, choleskyEx } from "./cholesky.js";
export { det, slogdet } from "./determinant.js";
export { type EighOptions, eigh, eigvalsh } from "./eigen.js";
export { type LdlOptions, ldlFactor, ldlFactorEx, ldlSolve } from "./ldl.js";
export { type LeastSquares, type LstsqDriver, type LstsqOptions, lstsq } from "./least-squares.js";
export { type LuOptions, type LuSolveOptions, lu, luFactor, luFactorEx, luSolve } from "./lu.js";
export { matmul } from "./matmul.js";
export { cond, type MatrixOrder, matrixNorm, norm } from "./matrix-norms.js";
export { householderProduct, type QrMode, qr } from "./orthogonal.js";
export { matrixExp, matrixPower, multiDot, vander, vecdot } from "./powers.js";
export { matrixRank, pinv, type ToleranceOptions } from "./pseudoinverse.js";
export {
  type CheckErrorsOptions,
  inv,
  invEx,
  type SolveOptions,
  solve,
  solveEx,
  tensorinv,
  tensorsolve,
} from "./solve.js";
export { type SvdOptions, svd, svdvals } from "./svd.js";
export { type SolveTriangularOptions, solveTriangular } from "./triangular.js";

/** `cross` along the last dim by default. PyTorch: `torch.linalg.cross`. */
export function cross(a: Tensor, b: Tensor, dim = -1): Tensor {
  checkTensors("linalg.cross", a, b);
  return crossOf(a, b, dim);
}

/** `diagonal` of the matrices in the last two dims by default. PyTorch: `torch.linalg.diagonal`. */
export function diagonal(a: Tensor, options?: DiagonalOptions): Tensor {
  checkTensors("linalg.diagonal", a);
  checkOptions("linalg.diagonal", options, ["offset", "dim1", "dim2"]);
  const { offset = 0, dim1 = -2, dim2 = -1 } = options ?? {};
  return diagonalOf(a, offset, dim1, dim2);
}
