/* Written by tools/generate-ops.js (npm run generate) from the operations of src/ops. Do not edit. */

import type { Tensor } from "../../tensor/tensor.js";
import * as elementwise from "../elementwise/elementwise.js";

export { oneHot } from "../index/indexing.js";
export {
  celu,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  mish,
  prelu,
  relu6,
  rrelu,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from "../layers/activations.js";
export { scaledDotProductAttention } from "../layers/attention.js";
export { batchNorm, instanceNorm } from "../layers/batch-norm.js";
export { bilinear } from "../layers/bilinear.js";
export {
  alphaDropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from "../layers/channel-dropout.js";
export { dropout } from "../layers/dropout.js";
export { embedding, embeddingBag } from "../layers/embedding.js";
export { gumbelSoftmax } from "../layers/gumbel-softmax.js";
export { multiHeadAttentionForward } from "../layers/multi-head-attention.js";
export { groupNorm, layerNorm, rmsNorm } from "../layers/normalization.js";
export { localResponseNorm, normalize } from "../layers/relative-size.js";
export { selu } from "../layers/selu.js";
export { logSoftmax, softmax, softmin } from "../layers/softmax.js";
export { linear } from "../linalg/matmul.js";
export { crossEntropy } from "../losses/cross-entropy.js";
export { ctcLoss } from "../losses/ctc-loss.js";
export { linearCrossEntropy } from "../losses/linear-cross-entropy.js";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  l1Loss,
  mseLoss,
  nllLoss,
} from "../losses/losses.js";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
} from "../losses/margin-losses.js";
export {
  gaussianNllLoss,
  huberLoss,
  klDiv,
  poissonNllLoss,
  smoothL1Loss,
} from "../losses/regression-losses.js";
export { tripletMarginLoss, tripletMarginWithDistanceLoss } from "../losses/triplet-losses.js";
export { cosineSimilarity, pairwiseDistance, pdist } from "../reduce/distances.js";
export { conv1d, conv2d, conv3d } from "../spatial/conv.js";
export { convTranspose1d, convTranspose2d, convTranspose3d } from "../spatial/conv-transpose.js";
export { fractionalMaxPool2d, fractionalMaxPool3d } from "../spatial/fractional-pool.js";
export { affineGrid, gridSample } from "../spatial/grid-sample.js";
export { interpolate, upsample, upsampleBilinear, upsampleNearest } from "../spatial/interpolate.js";
export { lpPool1d, lpPool2d, lpPool3d } from "../spatial/lp-pool.js";
export { pad } from "../spatial/pad.js";
export { fold, unfold } from "../spatial/patches.js";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "../spatial/pixel-shuffle.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from "../spatial/pool.js";
export { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../spatial/unpool.js";

/**
 * |x|; its derivative at 0 is 0. Shape of `x`. PyTorch: `torch.abs`, `torch.absolute`.
 * @throws DTypeError for `bool`.
 */
export const abs: (x: Tensor) => Tensor = elementwise.unary.abs;

/**
 * The y in [0, π] with cos(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.acos`,
 * `torch.arccos`.
 */
export const acos: (x: Tensor) => Tensor = elementwise.unary.acos;

/** The y >= 0 with cosh(y) = x; NaN below 1. Shape of `x`. PyTorch: `torch.acosh`, `torch.arccosh`. */
export const acosh: (x: Tensor) => Tensor = elementwise.unary.acosh;

/**
 * Ai(x), Airy's function of the first kind; it has no gradient. Shape of `x`. PyTorch:
 * `torch.special.airy_ai`.
 */
export const airyAi: (x: Tensor) => Tensor = elementwise.unary.airyAi;

/**
 * The y in [-π/2, π/2] with sin(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.asin`,
 * `torch.arcsin`.
 */
export const asin: (x: Tensor) => Tensor = elementwise.unary.asin;

/** The y with sinh(y) = x. Shape of `x`. PyTorch: `torch.asinh`, `torch.arcsinh`. */
export const asinh: (x: Tensor) => Tensor = elementwise.unary.asinh;

/** The y in (-π/2, π/2) with tan(y) = x. Shape of `x`. PyTorch: `torch.atan`, `torch.arctan`. */
export const atan: (x: Tensor) => Tensor = elementwise.unary.atan;

/**
 * The y with tanh(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.atanh`, `torch.arctanh`.
 */
export const atanh: (x: Tensor) => Tensor = elementwise.unary.atanh;

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
 * Smallest integer >= x. Shape of `x`. PyTorch: `torch.ceil`.
 * @throws DTypeError for `bool`.
 */
export const ceil: (x: Tensor) => Tensor = elementwise.unary.ceil;

/**
 * min(max(x, min), max): max wins over min. Default: min -Infinity, max Infinity. Shape of `x`. PyTorch:
 * `torch.clamp`.
 */
export const clamp: (x: Tensor, options?: { min?: number; max?: number }) => Tensor = elementwise.unary.clamp;

/** cos x, x in radians. Shape of `x`. PyTorch: `torch.cos`. */
export const cos: (x: Tensor) => Tensor = elementwise.unary.cos;

/** (eˣ + e⁻ˣ) / 2. Shape of `x`. PyTorch: `torch.cosh`. */
export const cosh: (x: Tensor) => Tensor = elementwise.unary.cosh;

/** x · π / 180: degrees in radians. Shape of `x`. PyTorch: `torch.deg2rad`. */
export const deg2rad: (x: Tensor) => Tensor = elementwise.unary.deg2rad;

/**
 * Derivative of ln Γ(x). Shape of `x`. PyTorch: `torch.digamma`, `torch.special.digamma`,
 * `torch.special.psi`.
 */
export const digamma: (x: Tensor) => Tensor = elementwise.unary.digamma;

/** x if x > 0, else alpha · (eˣ - 1). Default: alpha 1. Shape of `x`. PyTorch: `F.elu`. */
export const elu: (x: Tensor, options?: { alpha?: number }) => Tensor = elementwise.unary.elu;

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

/** eˣ. Shape of `x`. PyTorch: `torch.exp`. */
export const exp: (x: Tensor) => Tensor = elementwise.unary.exp;

/** 2ˣ. Shape of `x`. PyTorch: `torch.exp2`, `torch.special.exp2`. */
export const exp2: (x: Tensor) => Tensor = elementwise.unary.exp2;

/** eˣ - 1, accurate near 0. Shape of `x`. PyTorch: `torch.expm1`, `torch.special.expm1`. */
export const expm1: (x: Tensor) => Tensor = elementwise.unary.expm1;

/**
 * Largest integer <= x. Shape of `x`. PyTorch: `torch.floor`.
 * @throws DTypeError for `bool`.
 */
export const floor: (x: Tensor) => Tensor = elementwise.unary.floor;

/** x - trunc(x): the fraction of x, with its sign. Shape of `x`. PyTorch: `torch.frac`. */
export const frac: (x: Tensor) => Tensor = elementwise.unary.frac;

/** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). Shape of `x`. PyTorch: `F.gelu(approximate='tanh')`. */
export const geluTanh: (x: Tensor) => Tensor = elementwise.unary.geluTanh;

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
 * x if x > 0, else negativeSlope · x. Default: negativeSlope 0.01. Shape of `x`. PyTorch:
 * `F.leaky_relu`.
 */
export const leakyRelu: (x: Tensor, options?: { negativeSlope?: number }) => Tensor =
  elementwise.unary.leakyRelu;

/**
 * ln |Γ(x)|; Infinity at 0, -1, -2, … Shape of `x`. PyTorch: `torch.lgamma`, `torch.special.gammaln`.
 */
export const lgamma: (x: Tensor) => Tensor = elementwise.unary.lgamma;

/** ln(x), the natural logarithm; -Infinity at 0, NaN below. Shape of `x`. PyTorch: `torch.log`. */
export const log: (x: Tensor) => Tensor = elementwise.unary.log;

/** log₁₀(x), the logarithm to base 10. Shape of `x`. PyTorch: `torch.log10`. */
export const log10: (x: Tensor) => Tensor = elementwise.unary.log10;

/** ln(1 + x), accurate near 0. Shape of `x`. PyTorch: `torch.log1p`, `torch.special.log1p`. */
export const log1p: (x: Tensor) => Tensor = elementwise.unary.log1p;

/** log₂(x), the logarithm to base 2. Shape of `x`. PyTorch: `torch.log2`. */
export const log2: (x: Tensor) => Tensor = elementwise.unary.log2;

/** ln(ndtr(x)), accurate where ndtr(x) underflows. Shape of `x`. PyTorch: `torch.special.log_ndtr`. */
export const logNdtr: (x: Tensor) => Tensor = elementwise.unary.logNdtr;

/** ln(sigmoid(x)), accurate where sigmoid(x) underflows. Shape of `x`. PyTorch: `F.logsigmoid`. */
export const logSigmoid: (x: Tensor) => Tensor = elementwise.unary.logSigmoid;

/**
 * ln(x / (1 - x)), the inverse of sigmoid; NaN outside [0, 1]. Shape of `x`. PyTorch: `torch.logit`.
 */
export const logit: (x: Tensor) => Tensor = elementwise.unary.logit;

/** ln(sigmoid(x)), accurate where sigmoid(x) underflows. Shape of `x`. PyTorch: `F.logsigmoid`. */
export const logsigmoid: (x: Tensor) => Tensor = elementwise.unary.logSigmoid;

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
 * -x. Shape of `x`. PyTorch: `torch.neg`, `torch.negative`.
 * @throws DTypeError for `bool`.
 */
export const neg: (x: Tensor) => Tensor = elementwise.unary.neg;

/** x · 180 / π: radians in degrees. Shape of `x`. PyTorch: `torch.rad2deg`. */
export const rad2deg: (x: Tensor) => Tensor = elementwise.unary.rad2deg;

/** 1 / x. Shape of `x`. PyTorch: `torch.reciprocal`. */
export const reciprocal: (x: Tensor) => Tensor = elementwise.unary.reciprocal;

/**
 * max(x, 0); NaN stays NaN, the derivative at 0 is 0. Shape of `x`. PyTorch: `F.relu`.
 * @throws DTypeError for `bool`.
 */
export const relu: (x: Tensor) => Tensor = elementwise.unary.relu;

/**
 * Nearest integer, halves to even: round(2.5) = 2. Shape of `x`. PyTorch: `torch.round`.
 * @throws DTypeError for `bool`.
 */
export const round: (x: Tensor) => Tensor = elementwise.unary.round;

/** 1 / √x. Shape of `x`. PyTorch: `torch.rsqrt`. */
export const rsqrt: (x: Tensor) => Tensor = elementwise.unary.rsqrt;

/** eˣ modifiedBesselK0(x). Shape of `x`. PyTorch: `torch.special.scaled_modified_bessel_k0`. */
export const scaledModifiedBesselK0: (x: Tensor) => Tensor = elementwise.unary.scaledModifiedBesselK0;

/** eˣ modifiedBesselK1(x). Shape of `x`. PyTorch: `torch.special.scaled_modified_bessel_k1`. */
export const scaledModifiedBesselK1: (x: Tensor) => Tensor = elementwise.unary.scaledModifiedBesselK1;

/** 1 / (1 + e⁻ˣ). Shape of `x`. PyTorch: `torch.sigmoid`, `torch.special.expit`. */
export const sigmoid: (x: Tensor) => Tensor = elementwise.unary.sigmoid;

/**
 * -1 where x < 0, 1 where x > 0, else 0, also for NaN. Shape of `x`. PyTorch: `torch.sign`, `torch.sgn`.
 */
export const sign: (x: Tensor) => Tensor = elementwise.unary.sign;

/** x · sigmoid(x). Shape of `x`. PyTorch: `F.silu`. */
export const silu: (x: Tensor) => Tensor = elementwise.unary.silu;

/** sin x, x in radians. Shape of `x`. PyTorch: `torch.sin`. */
export const sin: (x: Tensor) => Tensor = elementwise.unary.sin;

/** sin(πx) / (πx), 1 at 0. Shape of `x`. PyTorch: `torch.sinc`, `torch.special.sinc`. */
export const sinc: (x: Tensor) => Tensor = elementwise.unary.sinc;

/** (eˣ - e⁻ˣ) / 2. Shape of `x`. PyTorch: `torch.sinh`. */
export const sinh: (x: Tensor) => Tensor = elementwise.unary.sinh;

/**
 * ln(1 + e^(beta x)) / beta; x itself where beta x > threshold. Default: beta 1, threshold 20. Shape of
 * `x`. PyTorch: `F.softplus`.
 */
export const softplus: (x: Tensor, options?: { beta?: number; threshold?: number }) => Tensor =
  elementwise.unary.softplus;

/** sin(x) / x, 1 at 0. Shape of `x`. PyTorch: `torch.special.spherical_bessel_j0`. */
export const sphericalBesselJ0: (x: Tensor) => Tensor = elementwise.unary.sphericalBesselJ0;

/** √x; NaN below 0. Shape of `x`. PyTorch: `torch.sqrt`. */
export const sqrt: (x: Tensor) => Tensor = elementwise.unary.sqrt;

/** x². Shape of `x`. PyTorch: `torch.square`. */
export const square: (x: Tensor) => Tensor = elementwise.unary.square;

/** tan x, x in radians. Shape of `x`. PyTorch: `torch.tan`. */
export const tan: (x: Tensor) => Tensor = elementwise.unary.tan;

/** tanh(x), the hyperbolic tangent. Shape of `x`. PyTorch: `torch.tanh`. */
export const tanh: (x: Tensor) => Tensor = elementwise.unary.tanh;

/**
 * x without its fraction: ⌊x⌋ where x >= 0, else -⌊-x⌋. Shape of `x`. PyTorch: `torch.trunc`,
 * `torch.fix`.
 * @throws DTypeError for `bool`.
 */
export const trunc: (x: Tensor) => Tensor = elementwise.unary.trunc;
