/* Written by tools/generate-ops.js (npm run generate) from the operations of src/ops. Do not edit. */

import type { Tensor } from "../../tensor/tensor.js";
import type { Operand } from "../elementwise/elementwise.js";
import * as elementwise from "../elementwise/elementwise.js";

export { mvlgamma as multigammaln } from "../elementwise/numbers.js";
export { logit, polygamma, round } from "../elementwise/pointwise.js";
export { logSoftmax, softmax } from "../layers/softmax.js";
export { logsumexp } from "../reduce/reduce.js";

/**
 * Ai(x), Airy's function of the first kind; it has no gradient. Shape of `x`. PyTorch:
 * `torch.special.airy_ai`.
 */
export const airyAi: (x: Tensor) => Tensor = elementwise.unary.airyAi;

/**
 * J₀(x), the Bessel function of the first kind of order 0. Shape of `x`. PyTorch:
 * `torch.special.bessel_j0`.
 */
export const besselJ0: (x: Tensor) => Tensor = elementwise.unary.besselJ0;

/**
 * J₁(x), the Bessel function of the first kind of order 1. Shape of `x`. PyTorch:
 * `torch.special.bessel_j1`.
 */
export const besselJ1: (x: Tensor) => Tensor = elementwise.unary.besselJ1;

/**
 * Y₀(x), the Bessel function of the second kind of order 0; NaN below 0. Shape of `x`. PyTorch:
 * `torch.special.bessel_y0`.
 */
export const besselY0: (x: Tensor) => Tensor = elementwise.unary.besselY0;

/**
 * Y₁(x), the Bessel function of the second kind of order 1; NaN below 0. Shape of `x`. PyTorch:
 * `torch.special.bessel_y1`.
 */
export const besselY1: (x: Tensor) => Tensor = elementwise.unary.besselY1;

/**
 * Tₙ(a), n = b: Chebyshev's polynomial of the first kind of degree b at a; it has no gradient. Shapes
 * broadcast. PyTorch: `torch.special.chebyshev_polynomial_t`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const chebyshevPolynomialT: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.chebyshevPolynomialT;

/**
 * Uₙ(a), n = b: Chebyshev's polynomial of the second kind of degree b at a; it has no gradient. Shapes
 * broadcast. PyTorch: `torch.special.chebyshev_polynomial_u`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const chebyshevPolynomialU: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.chebyshevPolynomialU;

/**
 * Vₙ(a), n = b: Chebyshev's polynomial of the third kind of degree b at a; it has no gradient. Shapes
 * broadcast. PyTorch: `torch.special.chebyshev_polynomial_v`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const chebyshevPolynomialV: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.chebyshevPolynomialV;

/**
 * Wₙ(a), n = b: Chebyshev's polynomial of the fourth kind of degree b at a; it has no gradient. Shapes
 * broadcast. PyTorch: `torch.special.chebyshev_polynomial_w`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const chebyshevPolynomialW: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.chebyshevPolynomialW;

/**
 * Derivative of ln Γ(x). Shape of `x`. PyTorch: `torch.digamma`, `torch.special.digamma`,
 * `torch.special.psi`.
 */
export const digamma: (x: Tensor) => Tensor = elementwise.unary.digamma;

/** -x ln x, 0 at 0 and -Infinity below. Shape of `x`. PyTorch: `torch.special.entr`. */
export const entr: (x: Tensor) => Tensor = elementwise.unary.entr;

/** Error function, 2/√π ∫₀ˣ e^(-t²) dt. Shape of `x`. PyTorch: `torch.erf`, `torch.special.erf`. */
export const erf: (x: Tensor) => Tensor = elementwise.unary.erf;

/**
 * 1 - erf(x), accurate where that is small. Shape of `x`. PyTorch: `torch.erfc`, `torch.special.erfc`.
 */
export const erfc: (x: Tensor) => Tensor = elementwise.unary.erfc;

/** e^(x²) erfc(x). Shape of `x`. PyTorch: `torch.special.erfcx`. */
export const erfcx: (x: Tensor) => Tensor = elementwise.unary.erfcx;

/**
 * Inverse of erf; ±Infinity at ±1, NaN outside. Shape of `x`. PyTorch: `torch.erfinv`,
 * `torch.special.erfinv`.
 */
export const erfinv: (x: Tensor) => Tensor = elementwise.unary.erfinv;

/** 2ˣ. Shape of `x`. PyTorch: `torch.exp2`, `torch.special.exp2`. */
export const exp2: (x: Tensor) => Tensor = elementwise.unary.exp2;

/** 1 / (1 + e⁻ˣ). Shape of `x`. PyTorch: `torch.sigmoid`, `torch.special.expit`. */
export const expit: (x: Tensor) => Tensor = elementwise.unary.sigmoid;

/** eˣ - 1, accurate near 0. Shape of `x`. PyTorch: `torch.expm1`, `torch.special.expm1`. */
export const expm1: (x: Tensor) => Tensor = elementwise.unary.expm1;

/**
 * Lower incomplete gamma function of a up to b, over Γ(a); the gradient of b only. Shapes broadcast.
 * PyTorch: `torch.igamma`, `torch.special.gammainc`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const gammainc: (a: Operand, b: Operand) => Tensor = elementwise.binary.igamma;

/**
 * Upper incomplete gamma function of a from b on, over Γ(a); the gradient of b only. Shapes broadcast.
 * PyTorch: `torch.igammac`, `torch.special.gammaincc`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const gammaincc: (a: Operand, b: Operand) => Tensor = elementwise.binary.igammac;

/**
 * ln |Γ(x)|; Infinity at 0, -1, -2, … Shape of `x`. PyTorch: `torch.lgamma`, `torch.special.gammaln`.
 */
export const gammaln: (x: Tensor) => Tensor = elementwise.unary.lgamma;

/**
 * Hₙ(a), n = b: The physicists' Hermite polynomial of degree b at a; it has no gradient. Shapes
 * broadcast. PyTorch: `torch.special.hermite_polynomial_h`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const hermitePolynomialH: (a: Operand, b: Operand) => Tensor = elementwise.binary.hermitePolynomialH;

/**
 * Heₙ(a), n = b: The probabilists' Hermite polynomial of degree b at a; it has no gradient. Shapes
 * broadcast. PyTorch: `torch.special.hermite_polynomial_he`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const hermitePolynomialHe: (a: Operand, b: Operand) => Tensor = elementwise.binary.hermitePolynomialHe;

/**
 * I₀(x), the modified Bessel function of the first kind of order 0. Shape of `x`. PyTorch: `torch.i0`,
 * `torch.special.i0`, `torch.special.modified_bessel_i0`.
 */
export const i0: (x: Tensor) => Tensor = elementwise.unary.i0;

/** i0(x) e^(-|x|). Shape of `x`. PyTorch: `torch.special.i0e`. */
export const i0e: (x: Tensor) => Tensor = elementwise.unary.i0e;

/**
 * I₁(x), the modified Bessel function of the first kind of order 1. Shape of `x`. PyTorch:
 * `torch.special.i1`, `torch.special.modified_bessel_i1`.
 */
export const i1: (x: Tensor) => Tensor = elementwise.unary.i1;

/** i1(x) e^(-|x|). Shape of `x`. PyTorch: `torch.special.i1e`. */
export const i1e: (x: Tensor) => Tensor = elementwise.unary.i1e;

/**
 * Lₙ(a), n = b: Laguerre's polynomial of degree b at a; it has no gradient. Shapes broadcast. PyTorch:
 * `torch.special.laguerre_polynomial_l`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const laguerrePolynomialL: (a: Operand, b: Operand) => Tensor = elementwise.binary.laguerrePolynomialL;

/**
 * Pₙ(a), n = b: Legendre's polynomial of degree b at a; it has no gradient. Shapes broadcast. PyTorch:
 * `torch.special.legendre_polynomial_p`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const legendrePolynomialP: (a: Operand, b: Operand) => Tensor = elementwise.binary.legendrePolynomialP;

/** ln(1 + x), accurate near 0. Shape of `x`. PyTorch: `torch.log1p`, `torch.special.log1p`. */
export const log1p: (x: Tensor) => Tensor = elementwise.unary.log1p;

/** ln(ndtr(x)), accurate where ndtr(x) underflows. Shape of `x`. PyTorch: `torch.special.log_ndtr`. */
export const logNdtr: (x: Tensor) => Tensor = elementwise.unary.logNdtr;

/**
 * I₀(x), the modified Bessel function of the first kind of order 0. Shape of `x`. PyTorch: `torch.i0`,
 * `torch.special.i0`, `torch.special.modified_bessel_i0`.
 */
export const modifiedBesselI0: (x: Tensor) => Tensor = elementwise.unary.i0;

/**
 * I₁(x), the modified Bessel function of the first kind of order 1. Shape of `x`. PyTorch:
 * `torch.special.i1`, `torch.special.modified_bessel_i1`.
 */
export const modifiedBesselI1: (x: Tensor) => Tensor = elementwise.unary.i1;

/**
 * K₀(x), the modified Bessel function of the second kind of order 0; NaN below 0. Shape of `x`. PyTorch:
 * `torch.special.modified_bessel_k0`.
 */
export const modifiedBesselK0: (x: Tensor) => Tensor = elementwise.unary.modifiedBesselK0;

/**
 * K₁(x), the modified Bessel function of the second kind of order 1; NaN below 0. Shape of `x`. PyTorch:
 * `torch.special.modified_bessel_k1`.
 */
export const modifiedBesselK1: (x: Tensor) => Tensor = elementwise.unary.modifiedBesselK1;

/**
 * Φ(x), the probability that a normal number is below x. Shape of `x`. PyTorch: `torch.special.ndtr`.
 */
export const ndtr: (x: Tensor) => Tensor = elementwise.unary.ndtr;

/**
 * The y with Φ(y) = x, the inverse of ndtr; NaN outside [0, 1]. Shape of `x`. PyTorch:
 * `torch.special.ndtri`.
 */
export const ndtri: (x: Tensor) => Tensor = elementwise.unary.ndtri;

/**
 * Derivative of ln Γ(x). Shape of `x`. PyTorch: `torch.digamma`, `torch.special.digamma`,
 * `torch.special.psi`.
 */
export const psi: (x: Tensor) => Tensor = elementwise.unary.digamma;

/** eˣ modifiedBesselK0(x). Shape of `x`. PyTorch: `torch.special.scaled_modified_bessel_k0`. */
export const scaledModifiedBesselK0: (x: Tensor) => Tensor = elementwise.unary.scaledModifiedBesselK0;

/** eˣ modifiedBesselK1(x). Shape of `x`. PyTorch: `torch.special.scaled_modified_bessel_k1`. */
export const scaledModifiedBesselK1: (x: Tensor) => Tensor = elementwise.unary.scaledModifiedBesselK1;

/**
 * Tₙ(2a - 1), n = b: Chebyshev's polynomial of the first kind of degree b at 2a - 1; it has no gradient.
 * Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_t`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const shiftedChebyshevPolynomialT: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.shiftedChebyshevPolynomialT;

/**
 * Uₙ(2a - 1), n = b: Chebyshev's polynomial of the second kind of degree b at 2a - 1; it has no
 * gradient. Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_u`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const shiftedChebyshevPolynomialU: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.shiftedChebyshevPolynomialU;

/**
 * Vₙ(2a - 1), n = b: Chebyshev's polynomial of the third kind of degree b at 2a - 1; it has no gradient.
 * Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_v`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const shiftedChebyshevPolynomialV: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.shiftedChebyshevPolynomialV;

/**
 * Wₙ(2a - 1), n = b: Chebyshev's polynomial of the fourth kind of degree b at 2a - 1; it has no
 * gradient. Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_w`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const shiftedChebyshevPolynomialW: (a: Operand, b: Operand) => Tensor =
  elementwise.binary.shiftedChebyshevPolynomialW;

/** sin(πx) / (πx), 1 at 0. Shape of `x`. PyTorch: `torch.sinc`, `torch.special.sinc`. */
export const sinc: (x: Tensor) => Tensor = elementwise.unary.sinc;

/** sin(x) / x, 1 at 0. Shape of `x`. PyTorch: `torch.special.spherical_bessel_j0`. */
export const sphericalBesselJ0: (x: Tensor) => Tensor = elementwise.unary.sphericalBesselJ0;

/**
 * a ln(1 + b), 0 where a is 0 and b no NaN. Shapes broadcast. PyTorch: `torch.special.xlog1py`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const xlog1py: (a: Operand, b: Operand) => Tensor = elementwise.binary.xlog1py;

/**
 * a ln(b), 0 where a is 0 and b no NaN. Shapes broadcast. PyTorch: `torch.xlogy`, `torch.special.xlogy`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const xlogy: (a: Operand, b: Operand) => Tensor = elementwise.binary.xlogy;

/**
 * Hurwitz' zeta function, Σ (b + i)^(-a) over i = 0, 1, …; the gradient of b only. Shapes broadcast.
 * PyTorch: `torch.special.zeta`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const zeta: (a: Operand, b: Operand) => Tensor = elementwise.binary.zeta;
