/** Rows of `torch.special` that have no C++. */
import {
  airyAi,
  besselJ0,
  besselJ1,
  besselK0,
  besselK1,
  besselY0,
  besselY1,
  scaledBesselK0,
  scaledBesselK1,
  sphericalBesselJ0,
} from "./bessel.js";
import { logNdtr, ndtr, ndtri } from "./gaussian.js";
import { igamma, igammac } from "./incomplete-gamma.js";
import {
  chebyshevT,
  chebyshevU,
  chebyshevV,
  chebyshevW,
  hermiteH,
  hermiteHe,
  laguerre,
  legendre,
} from "./polynomials.js";
import type { BinaryRow, UnaryRow } from "./row-types.js";
import { erfcx, i0e, i1e, zeta } from "./special.js";

export const specialUnaryRows = {
  i0e: {
    f: i0e,
    derivative: ({ x, y }) => x.i1e().sub(x.sign().mul(y)),
    domain: [-4, 4],
    kinks: [0],
    doc: "i0(x) e^(-|x|). PyTorch: `torch.special.i0e`.",
  },
  i1e: {
    f: i1e,
    // 0.5 - |x| + O(x²) near 0; this branch avoids the division by x.
    derivative: ({ x, y, where }) => {
      const near = x.abs().lt(1e-7);
      const inverse = where(near, 1, x).reciprocal();
      return where(near, x.abs().neg().add(0.5), x.i0e().sub(y.mul(x.sign().add(inverse))));
    },
    domain: [0.1, 4],
    doc: "i1(x) e^(-|x|). PyTorch: `torch.special.i1e`.",
  },
  entr: {
    f: (x) => (x > 0 ? -x * Math.log(x) : x === 0 ? 0 : x < 0 ? -Infinity : x),
    derivative: ({ x }) => x.log().add(1).neg(),
    domain: [0.1, 4],
    doc: "-x ln x, 0 at 0 and -Infinity below. PyTorch: `torch.special.entr`.",
  },
  erfcx: {
    f: erfcx,
    derivative: ({ x, y }) => x.mul(y).mul(2).sub(1.1283791670955126), // 2 / √π
    domain: [-2, 4],
    doc: "e^(x²) erfc(x). PyTorch: `torch.special.erfcx`.",
  },
  ndtr: {
    f: ndtr,
    derivative: ({ x }) => x.square().mul(-0.5).exp().mul(0.3989422804014327), // 1 / √(2π)
    domain: [-3, 3],
    doc: "Φ(x), the probability that a normal number is below x. PyTorch: `torch.special.ndtr`.",
  },
  ndtri: {
    f: ndtri,
    derivative: ({ y }) => y.square().mul(0.5).exp().mul(2.5066282746310002), // √(2π)
    domain: [0.05, 0.95],
    doc: "The y with Φ(y) = x, the inverse of ndtr; NaN outside [0, 1]. PyTorch: `torch.special.ndtri`.",
  },
  logNdtr: {
    f: logNdtr,
    derivative: ({ x }) => x.mul(-Math.SQRT1_2).erfcx().reciprocal().mul(0.7978845608028654), // √(2/π)
    domain: [-4, 4],
    doc: "ln(ndtr(x)), accurate where ndtr(x) underflows. PyTorch: `torch.special.log_ndtr`.",
  },
  besselJ0: {
    f: besselJ0,
    derivative: ({ x }) => x.besselJ1().neg(),
    domain: [-9, 9],
    doc: "J₀(x), the Bessel function of the first kind of order 0. PyTorch: `torch.special.bessel_j0`.",
  },
  besselJ1: {
    f: besselJ1,
    derivative: ({ x, y, where }) => {
      const near = x.abs().lt(1e-7);
      return where(near, 0.5, x.besselJ0().sub(y.div(where(near, 1, x))));
    },
    domain: [0.1, 9],
    doc: "J₁(x), the Bessel function of the first kind of order 1. PyTorch: `torch.special.bessel_j1`.",
  },
  besselY0: {
    f: besselY0,
    derivative: ({ x }) => x.besselY1().neg(),
    domain: [0.3, 9],
    doc: "Y₀(x), the Bessel function of the second kind of order 0; NaN below 0. PyTorch: `torch.special.bessel_y0`.",
  },
  besselY1: {
    f: besselY1,
    derivative: ({ x, y }) => x.besselY0().sub(y.div(x)),
    domain: [0.3, 9],
    doc: "Y₁(x), the Bessel function of the second kind of order 1; NaN below 0. PyTorch: `torch.special.bessel_y1`.",
  },
  modifiedBesselK0: {
    f: besselK0,
    derivative: ({ x }) => x.modifiedBesselK1().neg(),
    domain: [0.2, 4],
    doc: "K₀(x), the modified Bessel function of the second kind of order 0; NaN below 0. PyTorch: `torch.special.modified_bessel_k0`.",
  },
  modifiedBesselK1: {
    f: besselK1,
    derivative: ({ x, y }) => x.modifiedBesselK0().add(y.div(x)).neg(),
    domain: [0.2, 4],
    doc: "K₁(x), the modified Bessel function of the second kind of order 1; NaN below 0. PyTorch: `torch.special.modified_bessel_k1`.",
  },
  scaledModifiedBesselK0: {
    f: scaledBesselK0,
    derivative: ({ x, y }) => y.sub(x.scaledModifiedBesselK1()),
    domain: [0.2, 4],
    doc: "eˣ modifiedBesselK0(x). PyTorch: `torch.special.scaled_modified_bessel_k0`.",
  },
  scaledModifiedBesselK1: {
    f: scaledBesselK1,
    derivative: ({ x, y }) => y.sub(x.scaledModifiedBesselK0()).sub(y.div(x)),
    domain: [0.2, 4],
    doc: "eˣ modifiedBesselK1(x). PyTorch: `torch.special.scaled_modified_bessel_k1`.",
  },
  sphericalBesselJ0: {
    f: sphericalBesselJ0,
    derivative: ({ x, y, where }) => where(x.eq(0), 0, x.cos().sub(y).div(x)),
    domain: [0.2, 9],
    doc: "sin(x) / x, 1 at 0. PyTorch: `torch.special.spherical_bessel_j0`.",
  },
  airyAi: {
    f: airyAi,
    derivative: null,
    domain: [-9, 4],
    doc: "Ai(x), Airy's function of the first kind; it has no gradient. PyTorch: `torch.special.airy_ai`.",
  },
} as const satisfies Record<string, UnaryRow>;

/** Tₙ of `chebyshev_polynomial_t`, Heₙ of `hermite_polynomial_he`. */
const symbolOf = (name: string) =>
  name.replace(/.*_(.)(.*)/, (_, first, rest) => first.toUpperCase() + rest + "ₙ");

/** Rows without gradients, as in PyTorch. `n` may be a tensor. */
const polynomialRow = (f: BinaryRow["f"], what: string, name: string, at = "a") =>
  ({
    f,
    gradA: null,
    gradB: null,
    domain: [0.3, 3],
    floats: true,
    doc: `${symbolOf(name)}(${at}), n = b: ${what} of degree b at ${at}; it has no gradient. PyTorch: \`torch.special.${name}\`.`,
  }) as const;

const shifted = (f: BinaryRow["f"]) => (x: number, n: number) => f(2 * x - 1, n);

export const specialBinaryRows = {
  zeta: {
    f: zeta,
    gradA: null,
    gradB: ({ a, b, g }) => g.mul(a.neg().mul(a.add(1).zeta(b))),
    domain: [1.5, 4],
    floats: true,
    doc: "Hurwitz' zeta function, Σ (b + i)^(-a) over i = 0, 1, …; the gradient of b only. PyTorch: `torch.special.zeta`.",
  },
  igamma: {
    f: igamma,
    gradA: null,
    gradB: ({ a, b, g }) => g.mul(b.log().mul(a.sub(1)).sub(b).sub(a.lgamma()).exp()),
    domain: [0.3, 3],
    floats: true,
    doc: "Lower incomplete gamma function of a up to b, over Γ(a); the gradient of b only. PyTorch: `torch.igamma`, `torch.special.gammainc`.",
  },
  igammac: {
    f: igammac,
    gradA: null,
    gradB: ({ a, b, g }) => g.mul(b.log().mul(a.sub(1)).sub(b).sub(a.lgamma()).exp()).neg(),
    domain: [0.3, 3],
    floats: true,
    doc: "Upper incomplete gamma function of a from b on, over Γ(a); the gradient of b only. PyTorch: `torch.igammac`, `torch.special.gammaincc`.",
  },
  chebyshevPolynomialT: polynomialRow(
    chebyshevT,
    "Chebyshev's polynomial of the first kind",
    "chebyshev_polynomial_t",
  ),
  chebyshevPolynomialU: polynomialRow(
    chebyshevU,
    "Chebyshev's polynomial of the second kind",
    "chebyshev_polynomial_u",
  ),
  chebyshevPolynomialV: polynomialRow(
    chebyshevV,
    "Chebyshev's polynomial of the third kind",
    "chebyshev_polynomial_v",
  ),
  chebyshevPolynomialW: polynomialRow(
    chebyshevW,
    "Chebyshev's polynomial of the fourth kind",
    "chebyshev_polynomial_w",
  ),
  shiftedChebyshevPolynomialT: polynomialRow(
    shifted(chebyshevT),
    "Chebyshev's polynomial of the first kind",
    "shifted_chebyshev_polynomial_t",
    "2a - 1",
  ),
  shiftedChebyshevPolynomialU: polynomialRow(
    shifted(chebyshevU),
    "Chebyshev's polynomial of the second kind",
    "shifted_chebyshev_polynomial_u",
    "2a - 1",
  ),
  shiftedChebyshevPolynomialV: polynomialRow(
    shifted(chebyshevV),
    "Chebyshev's polynomial of the third kind",
    "shifted_chebyshev_polynomial_v",
    "2a - 1",
  ),
  shiftedChebyshevPolynomialW: polynomialRow(
    shifted(chebyshevW),
    "Chebyshev's polynomial of the fourth kind",
    "shifted_chebyshev_polynomial_w",
    "2a - 1",
  ),
  hermitePolynomialH: polynomialRow(hermiteH, "The physicists' Hermite polynomial", "hermite_polynomial_h"),
  hermitePolynomialHe: polynomialRow(
    hermiteHe,
    "The probabilists' Hermite polynomial",
    "hermite_polynomial_he",
  ),
  laguerrePolynomialL: polynomialRow(laguerre, "Laguerre's polynomial", "laguerre_polynomial_l"),
  legendrePolynomialP: polynomialRow(legendre, "Legendre's polynomial", "legendre_polynomial_p"),
} as const satisfies Record<string, BinaryRow>;
