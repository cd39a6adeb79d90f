/** Special functions under the names of `torch.special`. */

import { logSoftmax, softmax } from "../layers/softmax.js";
import { logsumexp } from "../reduce/reduce.js";
import { binary, unary } from "./elementwise.js";
import { mvlgamma } from "./numbers.js";
import { logit, polygamma, round } from "./pointwise.js";

export const {
  airyAi,
  besselJ0,
  besselJ1,
  besselY0,
  besselY1,
  digamma,
  entr,
  erf,
  erfc,
  erfcx,
  erfinv,
  exp2,
  expm1,
  i0,
  i0e,
  i1,
  i1e,
  log1p,
  logNdtr,
  modifiedBesselK0,
  modifiedBesselK1,
  ndtr,
  ndtri,
  scaledModifiedBesselK0,
  scaledModifiedBesselK1,
  sinc,
  sphericalBesselJ0,
} = unary;
export const { digamma: psi, i0: modifiedBesselI0, i1: modifiedBesselI1 } = unary;
export const { lgamma: gammaln, sigmoid: expit } = unary;
export const {
  chebyshevPolynomialT,
  chebyshevPolynomialU,
  chebyshevPolynomialV,
  chebyshevPolynomialW,
  hermitePolynomialH,
  hermitePolynomialHe,
  laguerrePolynomialL,
  legendrePolynomialP,
  shiftedChebyshevPolynomialT,
  shiftedChebyshevPolynomialU,
  shiftedChebyshevPolynomialV,
  shiftedChebyshevPolynomialW,
  xlog1py,
  xlogy,
  zeta,
} = binary;
export const { igamma: gammainc, igammac: gammaincc } = binary;
export { logit, logSoftmax, logsumexp, mvlgamma as multigammaln, polygamma, round, softmax };
