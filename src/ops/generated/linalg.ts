/* Written by tools/generate-ops.js (npm run generate) from the operations of src/ops. Do not edit. */

export type { Named } from "../arguments/named.js";
export { type CholeskyOptions, cholesky, choleskyEx } from "../linalg/cholesky.js";
export { det, slogdet } from "../linalg/determinant.js";
export { type EighOptions, eigh, eigvalsh } from "../linalg/eigen.js";
export { cross, diagonal } from "../linalg/last-dims.js";
export { type LdlOptions, ldlFactor, ldlFactorEx, ldlSolve } from "../linalg/ldl.js";
export { type LeastSquares, type LstsqDriver, type LstsqOptions, lstsq } from "../linalg/least-squares.js";
export { type LuOptions, type LuSolveOptions, lu, luFactor, luFactorEx, luSolve } from "../linalg/lu.js";
export { matmul } from "../linalg/matmul.js";
export { cond, type MatrixOrder, matrixNorm, norm } from "../linalg/matrix-norms.js";
export { householderProduct, type QrMode, qr } from "../linalg/orthogonal.js";
export { matrixExp, matrixPower, multiDot, vander, vecdot } from "../linalg/powers.js";
export { matrixRank, pinv, type ToleranceOptions } from "../linalg/pseudoinverse.js";
export {
  type CheckErrorsOptions,
  inv,
  invEx,
  type SolveOptions,
  solve,
  solveEx,
  tensorinv,
  tensorsolve,
} from "../linalg/solve.js";
export { type SvdOptions, svd, svdvals } from "../linalg/svd.js";
export { type SolveTriangularOptions, solveTriangular } from "../linalg/triangular.js";
export { type NormArguments, type NormOptions, vectorNorm } from "../reduce/norms.js";
export type { DiagonalOptions } from "../shape/diagonal.js";
