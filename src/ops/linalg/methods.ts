import { type MethodOf, methodsOf } from "../methods/install.js";
import * as functions from "./functions.js";

/*
 * Linear algebra as methods of Tensor: `x.det()` is `det(x)`.
 */

const { cholesky, choleskyInverse, choleskySolve, corrcoef, cov, det, geqrf, inverse, logdet } = functions;
const { lu, luSolve, matrixExp, matrixPower, norm, orgqr, ormqr, pinverse, qr, renorm } = functions;
const { slogdet, svd, triangularSolve, vdot } = functions;

const methods = {
  ...{ cholesky, choleskyInverse, choleskySolve, corrcoef, cov, det, geqrf, inverse, logdet },
  ...{ lu, luSolve, matrixExp, matrixPower, norm, orgqr, ormqr, pinverse, qr, renorm },
  ...{ slogdet, svd, triangularSolve, vdot },
};

type LinearMethods = { [Name in keyof typeof methods]: MethodOf<(typeof methods)[Name]> };

declare module "../../tensor/tensor.js" {
  interface Tensor extends LinearMethods {}
}

methodsOf(methods);
