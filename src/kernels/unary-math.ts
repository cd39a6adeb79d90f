/**
 * Rows with one operand that have no C++: trigonometry, hyperbolic functions, logarithms to other bases,
 * special functions.
 */
import type { UnaryRow } from "./row-types.js";
import { digamma, erfc, erfinv, i0, i1, lgamma, sinc } from "./special.js";

export const unaryMathRows = {
  tan: {
    f: (x) => Math.tan(x),
    derivative: ({ y }) => y.square().add(1),
    domain: [-1.3, 1.3],
    doc: "tan x, x in radians. PyTorch: `torch.tan`.",
  },
  asin: {
    f: (x) => Math.asin(x),
    derivative: ({ x }) => x.square().neg().add(1).rsqrt(),
    domain: [-0.9, 0.9],
    doc: "The y in [-π/2, π/2] with sin(y) = x; NaN outside [-1, 1]. PyTorch: `torch.asin`, `torch.arcsin`.",
  },
  acos: {
    f: (x) => Math.acos(x),
    derivative: ({ x }) => x.square().neg().add(1).rsqrt().neg(),
    domain: [-0.9, 0.9],
    doc: "The y in [0, π] with cos(y) = x; NaN outside [-1, 1]. PyTorch: `torch.acos`, `torch.arccos`.",
  },
  atan: {
    f: (x) => Math.atan(x),
    derivative: ({ x }) => x.square().add(1).reciprocal(),
    domain: [-4, 4],
    doc: "The y in (-π/2, π/2) with tan(y) = x. PyTorch: `torch.atan`, `torch.arctan`.",
  },
  sinh: {
    f: (x) => Math.sinh(x),
    derivative: ({ x }) => x.cosh(),
    domain: [-3, 3],
    doc: "(eˣ - e⁻ˣ) / 2. PyTorch: `torch.sinh`.",
  },
  cosh: {
    f: (x) => Math.cosh(x),
    derivative: ({ x }) => x.sinh(),
    domain: [-3, 3],
    doc: "(eˣ + e⁻ˣ) / 2. PyTorch: `torch.cosh`.",
  },
  asinh: {
    f: (x) => Math.asinh(x),
    derivative: ({ x }) => x.square().add(1).rsqrt(),
    domain: [-4, 4],
    doc: "The y with sinh(y) = x. PyTorch: `torch.asinh`, `torch.arcsinh`.",
  },
  acosh: {
    f: (x) => Math.acosh(x),
    derivative: ({ x }) => x.square().sub(1).rsqrt(),
    domain: [1.2, 4],
    doc: "The y >= 0 with cosh(y) = x; NaN below 1. PyTorch: `torch.acosh`, `torch.arccosh`.",
  },
  atanh: {
    f: (x) => Math.atanh(x),
    derivative: ({ x }) => x.square().neg().add(1).reciprocal(),
    domain: [-0.9, 0.9],
    doc: "The y with tanh(y) = x; NaN outside [-1, 1]. PyTorch: `torch.atanh`, `torch.arctanh`.",
  },
  log2: {
    f: (x) => Math.log2(x),
    derivative: ({ x }) => x.mul(Math.LN2).reciprocal(),
    domain: [0.1, 4],
    doc: "log₂(x), the logarithm to base 2. PyTorch: `torch.log2`.",
  },
  log10: {
    f: (x) => Math.log10(x),
    derivative: ({ x }) => x.mul(Math.LN10).reciprocal(),
    domain: [0.1, 4],
    doc: "log₁₀(x), the logarithm to base 10. PyTorch: `torch.log10`.",
  },
  exp2: {
    f: (x) => 2 ** x,
    derivative: ({ y }) => y.mul(Math.LN2),
    domain: [-4, 4],
    doc: "2ˣ. PyTorch: `torch.exp2`, `torch.special.exp2`.",
  },
  frac: {
    f: (x) => x - Math.trunc(x),
    derivative: () => 1,
    domain: [-2.4, 2.4],
    kinks: [-2, -1, 1, 2],
    doc: "x - trunc(x): the fraction of x, with its sign. PyTorch: `torch.frac`.",
  },
  deg2rad: {
    f: (x) => (x * Math.PI) / 180,
    derivative: () => Math.PI / 180,
    domain: [-180, 180],
    doc: "x · π / 180: degrees in radians. PyTorch: `torch.deg2rad`.",
  },
  rad2deg: {
    f: (x) => (x * 180) / Math.PI,
    derivative: () => 180 / Math.PI,
    domain: [-3, 3],
    doc: "x · 180 / π: radians in degrees. PyTorch: `torch.rad2deg`.",
  },
  sinc: {
    f: sinc,
    // Does not use y: in float32, y has lost the digits that the difference needs near 0.
    derivative: ({ x, where }) => {
      const near = x.abs().lt(1e-18); // x² would be 0 in float32
      const some = where(near, 1, x);
      const angle = some.mul(Math.PI);
      return where(near, 0, angle.cos().mul(angle).sub(angle.sin()).div(angle.mul(some)));
    },
    domain: [0.05, 4],
    doc: "sin(πx) / (πx), 1 at 0. PyTorch: `torch.sinc`, `torch.special.sinc`.",
  },
  logit: {
    f: (x) => Math.log(x / (1 - x)),
    derivative: ({ x, where }) =>
      where(x.ge(0), where(x.le(1), x.mul(x.neg().add(1)).reciprocal(), Number.NaN), Number.NaN),
    domain: [0.02, 0.98],
    doc: "ln(x / (1 - x)), the inverse of sigmoid; NaN outside [0, 1]. PyTorch: `torch.logit`.",
  },
  erfc: {
    f: erfc,
    derivative: ({ x }) => x.square().neg().exp().mul(-1.1283791670955126), // -2 / √π
    domain: [-3, 3],
    doc: "1 - erf(x), accurate where that is small. PyTorch: `torch.erfc`, `torch.special.erfc`.",
  },
  erfinv: {
    f: erfinv,
    derivative: ({ y }) => y.square().exp().mul(0.886226925452758), // √π / 2
    domain: [-0.9, 0.9],
    doc: "Inverse of erf; ±Infinity at ±1, NaN outside. PyTorch: `torch.erfinv`, `torch.special.erfinv`.",
  },
  lgamma: {
    f: lgamma,
    derivative: ({ x }) => x.digamma(),
    domain: [0.3, 5],
    doc: "ln |Γ(x)|; Infinity at 0, -1, -2, … PyTorch: `torch.lgamma`, `torch.special.gammaln`.",
  },
  digamma: {
    f: digamma,
    derivative: ({ x }) => x.polygamma(1),
    domain: [0.4, 5],
    doc: "Derivative of ln Γ(x). PyTorch: `torch.digamma`, `torch.special.digamma`, `torch.special.psi`.",
  },
  i0: {
    f: i0,
    derivative: ({ x }) => x.i1(),
    domain: [-4, 4],
    doc: "I₀(x), the modified Bessel function of the first kind of order 0. PyTorch: `torch.i0`, `torch.special.i0`, `torch.special.modified_bessel_i0`.",
  },
  i1: {
    f: i1,
    // 0.5 + O(x²) near 0. This branch avoids the division by x, also in the derivative of this derivative.
    derivative: ({ x, where }) => {
      const near = x.abs().lt(1e-7);
      return where(near, 0.5, x.i0().sub(x.i1().div(where(near, 1, x))));
    },
    domain: [0.1, 4],
    doc: "I₁(x), the modified Bessel function of the first kind of order 1. PyTorch: `torch.special.i1`, `torch.special.modified_bessel_i1`.",
    forms: "i1()",
  },
} as const satisfies Record<string, UnaryRow>;
