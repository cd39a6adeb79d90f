/** What of linear algebra PyTorch has at the top as well: `torch.det`, `torch.cov`. */
export { type CovOptions, corrcoef, cov } from "../reduce/covariance.js";
export { renorm } from "../reduce/norms.js";
export { cholesky, choleskyInverse, choleskySolve } from "./cholesky.js";
export { det, logdet, slogdet } from "./determinant.js";
export { type PcaLowrankOptions, pcaLowrank, type SvdLowrankOptions, svdLowrank } from "./low-rank.js";
export { type LuUnpackOptions, luOf as lu, luSolveOf as luSolve, luUnpack } from "./lu.js";
export { normOf as norm } from "./matrix-norms.js";
export { geqrf, householderProduct as orgqr, type OrmqrOptions, ormqr, qrOf as qr } from "./orthogonal.js";
export { chainMatmul, matrixExp, matrixPower, vanderOf as vander } from "./powers.js";
export { vdot } from "./products.js";
export { pinverse } from "./pseudoinverse.js";
export { inv as inverse } from "./solve.js";
export { type SvdOfOptions, svdOf as svd } from "./svd.js";
export { type TriangularSolveOptions, triangularSolve } from "./triangular.js";
