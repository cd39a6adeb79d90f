/* Written by tools/generate-ops.js (npm run generate) from the operations of src/ops. Do not edit. */

import type { Tensor } from "../../tensor/tensor.js";
import type { Operand } from "../elementwise/elementwise.js";
import * as elementwise from "../elementwise/elementwise.js";

export type { Named } from "../arguments/named.js";
export type { Sizes } from "../arguments/sizes.js";
export {
  arange,
  type Bound,
  eye,
  full,
  type GeneratorOptions,
  type LogspaceOptions,
  linspace,
  logspace,
  ones,
  onesLike,
  type RandomOptions,
  rand,
  randn,
  randperm,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "../create/create.js";
export { asTensor, empty, emptyLike, fill, fullLike, scalarTensor } from "../create/create-like.js";
export {
  bernoulli,
  type MultinomialOptions,
  multinomial,
  normal,
  randint,
  randintLike,
  randLike,
  randnLike,
} from "../create/draw.js";
export { addcdiv, addcmul, heaviside, lerp } from "../elementwise/blend.js";
export { allclose, type CloseOptions, equal, isclose } from "../elementwise/closeness.js";
export {
  cumulativeTrapezoid,
  type DiffOptions,
  diff,
  type TrapezoidOptions,
  trapezoid,
  trapezoid as trapz,
} from "../elementwise/differences.js";
export type { Operand } from "../elementwise/elementwise.js";
export { type GradientOptions, gradient } from "../elementwise/gradient.js";
export {
  angle,
  clampMax,
  clampMin,
  conj,
  conj as conjPhysical,
  conj as resolveConj,
  conj as resolveNeg,
  frexp,
  isreal,
  mvlgamma,
  positive,
  real,
} from "../elementwise/numbers.js";
export {
  add,
  bitwiseNot,
  clamp,
  clamp as clip,
  type DivOptions,
  div,
  div as divide,
  floatPower,
  isfinite,
  isinf,
  isnan,
  isneginf,
  isposinf,
  type Limit,
  type Limits,
  ldexp,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logit,
  type NanToNumOptions,
  nanToNum,
  polygamma,
  pow,
  type RoundOptions,
  round,
  rsub,
  type ScaledOptions,
  signbit,
  sub,
  sub as subtract,
} from "../elementwise/pointwise.js";
export { canCast, isFloatingPoint, promoteTypes, resultType } from "../elementwise/promotion.js";
export { where } from "../elementwise/where.js";
export {
  type BincountOptions,
  bincount,
  type HistcOptions,
  type HistogramddOptions,
  type HistogramOptions,
  histc,
  histogram,
  histogramdd,
} from "../index/histogram.js";
export { type IndexReduction, indexReduce } from "../index/index-reduce.js";
export {
  type AccumulateOptions,
  indexAdd,
  indexCopy,
  indexFill,
  indexPut,
  maskedFill,
  maskedScatter,
  maskedSelect,
  put,
} from "../index/index-writing.js";
export { gather, indexSelect } from "../index/indexing.js";
export { type NonzeroStaticOptions, nonzeroStatic, unravelIndex } from "../index/positions.js";
export {
  type ScatterOptions,
  type ScatterReduceOptions,
  type ScatterReduction,
  scatter,
  scatterAdd,
  scatterReduce,
} from "../index/scatter.js";
export {
  type BucketizeOptions,
  bucketize,
  type IsinOptions,
  isin,
  type SearchsortedOptions,
  searchsorted,
} from "../index/search.js";
export {
  argsort,
  kthvalue,
  msort,
  type SortOptions,
  sort,
  type TopkOptions,
  topk,
  type ValuesAndIndices,
} from "../index/sort.js";
export type { Range, Subscript } from "../index/subscripts.js";
export { take, takeAlongDim } from "../index/take.js";
export {
  argwhere,
  type Nonzero,
  type NonzeroOptions,
  nonzero,
  type Unique,
  type UniqueConsecutiveOptions,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from "../index/unique.js";
export { logSoftmax, type SoftmaxOptions, softmax } from "../layers/softmax.js";
export { type CholeskyOptions, cholesky, choleskyInverse, choleskySolve } from "../linalg/cholesky.js";
export { det, logdet, slogdet } from "../linalg/determinant.js";
export { einsum } from "../linalg/einsum.js";
export {
  type PcaLowrankOptions,
  pcaLowrank,
  type SvdLowrankOptions,
  svdLowrank,
} from "../linalg/low-rank.js";
export {
  type LuOptions,
  type LuUnpackOptions,
  luOf as lu,
  luSolveOf as luSolve,
  luUnpack,
} from "../linalg/lu.js";
export { matmul } from "../linalg/matmul.js";
export { normOf as norm } from "../linalg/matrix-norms.js";
export {
  geqrf,
  householderProduct as orgqr,
  type OrmqrOptions,
  ormqr,
  qrOf as qr,
} from "../linalg/orthogonal.js";
export { chainMatmul, matrixExp, matrixPower, vanderOf as vander } from "../linalg/powers.js";
export {
  type AddProductOptions,
  addbmm,
  addmm,
  addmv,
  addr,
  baddbmm,
  bmm,
  cross,
  dot,
  inner,
  kron,
  mm,
  mv,
  outer as ger,
  outer,
  tensordot,
  vdot,
} from "../linalg/products.js";
export { pinverse } from "../linalg/pseudoinverse.js";
export { inv as inverse } from "../linalg/solve.js";
export { type SvdOfOptions, svdOf as svd } from "../linalg/svd.js";
export { adjoint } from "../linalg/transposes.js";
export { type TriangularSolveOptions, triangularSolve } from "../linalg/triangular.js";
export { type CovOptions, corrcoef, cov } from "../reduce/covariance.js";
export { type CosineSimilarityOptions, cosineSimilarity } from "../reduce/distances.js";
export { type Along, max, min } from "../reduce/extremes.js";
export { median, mode, nanmedian } from "../reduce/median.js";
export {
  cdist,
  dist,
  type NormArguments,
  type NormOptions,
  type OrderArguments,
  renorm,
  vectorNorm,
} from "../reduce/norms.js";
export { nanquantile, type QuantileOptions, quantile } from "../reduce/quantile.js";
export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  type ConvertingReduceOptions,
  type Dims,
  type DimsOr,
  type LineOr,
  logsumexp,
  mean,
  prod,
  type ReduceOptions,
  std,
  sum,
  type VarianceOptions,
  variance as var,
} from "../reduce/reduce.js";
export { cummax, cummin, cumprod, cumsum, logcumsumexp, type ScanOptions } from "../reduce/scan.js";
export { aminmax, countNonzero, nanmean, nansum, stdMean, varMean } from "../reduce/statistics.js";
export {
  type DiagonalOptions,
  diag,
  diagEmbed,
  diagflat,
  diagonal,
  trace,
  type WhichDiagonal,
} from "../shape/diagonal.js";
export { cat, cat as concat, cat as concatenate, stack } from "../shape/join.js";
export { diagonalScatter, selectScatter, sliceScatter } from "../shape/overwrite.js";
export {
  dsplit,
  hsplit,
  type Sections,
  splitWithSizes,
  tensorSplit,
  unbind,
  unsafeChunk,
  unsafeSplit,
  unsafeSplitWithSizes,
  vsplit,
} from "../shape/parts.js";
export {
  flip,
  fliplr,
  flipud,
  movedim as moveaxis,
  movedim,
  ravel,
  roll,
  rot90,
  swapaxes,
  swapaxes as swapdims,
  t,
  unflatten,
} from "../shape/rearrange.js";
export {
  broadcastShapes,
  broadcastTensors,
  broadcastTo,
  type MeshgridOptions,
  meshgrid,
  repeatInterleave,
  tile,
} from "../shape/repeat.js";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  blockDiag,
  type CombinationsOptions,
  cartesianProd,
  columnStack,
  combinations,
  dstack,
  hstack,
  vstack as rowStack,
  vstack,
} from "../shape/stacks.js";
export { asStrided, asStridedScatter } from "../shape/strided.js";
export { type TriangleOptions, tril, trilIndices, triu, triuIndices } from "../shape/triangle.js";
export {
  aliasCopy,
  asStridedCopy,
  detachCopy,
  diagonalCopy,
  expandCopy,
  narrowCopy,
  permuteCopy,
  selectCopy,
  sliceCopy,
  splitCopy,
  splitWithSizesCopy,
  squeezeCopy,
  tCopy,
  transposeCopy,
  unbindCopy,
  unfoldCopy,
  unsqueezeCopy,
  viewCopy,
} from "../shape/view-copies.js";
export {
  chunk,
  clone,
  flatten,
  narrow,
  permute,
  reshape,
  type SliceRange,
  select,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from "../shape/views.js";
export { constantPadNd } from "../spatial/pad.js";

/**
 * |x|; its derivative at 0 is 0. Shape of `x`. PyTorch: `torch.abs`, `torch.absolute`.
 * @throws DTypeError for `bool`.
 */
export const abs: (x: Tensor) => Tensor = elementwise.unary.abs;

/**
 * |x|; its derivative at 0 is 0. Shape of `x`. PyTorch: `torch.abs`, `torch.absolute`.
 * @throws DTypeError for `bool`.
 */
export const absolute: (x: Tensor) => Tensor = elementwise.unary.abs;

/**
 * The y in [0, π] with cos(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.acos`,
 * `torch.arccos`.
 */
export const acos: (x: Tensor) => Tensor = elementwise.unary.acos;

/** The y >= 0 with cosh(y) = x; NaN below 1. Shape of `x`. PyTorch: `torch.acosh`, `torch.arccosh`. */
export const acosh: (x: Tensor) => Tensor = elementwise.unary.acosh;

/**
 * The y in [0, π] with cos(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.acos`,
 * `torch.arccos`.
 */
export const arccos: (x: Tensor) => Tensor = elementwise.unary.acos;

/** The y >= 0 with cosh(y) = x; NaN below 1. Shape of `x`. PyTorch: `torch.acosh`, `torch.arccosh`. */
export const arccosh: (x: Tensor) => Tensor = elementwise.unary.acosh;

/**
 * The y in [-π/2, π/2] with sin(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.asin`,
 * `torch.arcsin`.
 */
export const arcsin: (x: Tensor) => Tensor = elementwise.unary.asin;

/** The y with sinh(y) = x. Shape of `x`. PyTorch: `torch.asinh`, `torch.arcsinh`. */
export const arcsinh: (x: Tensor) => Tensor = elementwise.unary.asinh;

/** The y in (-π/2, π/2) with tan(y) = x. Shape of `x`. PyTorch: `torch.atan`, `torch.arctan`. */
export const arctan: (x: Tensor) => Tensor = elementwise.unary.atan;

/**
 * Angle of the point (b, a), from -π to π. Shapes broadcast. PyTorch: `torch.atan2`, `torch.arctan2`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const arctan2: (a: Operand, b: Operand) => Tensor = elementwise.binary.atan2;

/**
 * The y with tanh(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.atanh`, `torch.arctanh`.
 */
export const arctanh: (x: Tensor) => Tensor = elementwise.unary.atanh;

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
 * Angle of the point (b, a), from -π to π. Shapes broadcast. PyTorch: `torch.atan2`, `torch.arctan2`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const atan2: (a: Operand, b: Operand) => Tensor = elementwise.binary.atan2;

/**
 * The y with tanh(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.atanh`, `torch.arctanh`.
 */
export const atanh: (x: Tensor) => Tensor = elementwise.unary.atanh;

/**
 * a & b: the bits set in both. Shapes broadcast. PyTorch: `torch.bitwise_and`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
 */
export const bitwiseAnd: (a: Operand, b: Operand) => Tensor = elementwise.integer.bitwiseAnd;

/**
 * a · 2ᵇ; 0 where b is not in 0 … 31. Shapes broadcast. PyTorch: `torch.bitwise_left_shift`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
 */
export const bitwiseLeftShift: (a: Operand, b: Operand) => Tensor = elementwise.integer.bitwiseLeftShift;

/**
 * a | b: the bits set in either. Shapes broadcast. PyTorch: `torch.bitwise_or`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
 */
export const bitwiseOr: (a: Operand, b: Operand) => Tensor = elementwise.integer.bitwiseOr;

/**
 * a / 2ᵇ, rounded down. Shapes broadcast. PyTorch: `torch.bitwise_right_shift`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
 */
export const bitwiseRightShift: (a: Operand, b: Operand) => Tensor = elementwise.integer.bitwiseRightShift;

/**
 * a ^ b: the bits set in one of both. Shapes broadcast. PyTorch: `torch.bitwise_xor`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
 */
export const bitwiseXor: (a: Operand, b: Operand) => Tensor = elementwise.integer.bitwiseXor;

/**
 * Smallest integer >= x. Shape of `x`. PyTorch: `torch.ceil`.
 * @throws DTypeError for `bool`.
 */
export const ceil: (x: Tensor) => Tensor = elementwise.unary.ceil;

/**
 * |a| with the sign of b. Shapes broadcast. PyTorch: `torch.copysign`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const copysign: (a: Operand, b: Operand) => Tensor = elementwise.binary.copysign;

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

/**
 * True where a = b. Shapes broadcast. PyTorch: `torch.eq`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const eq: (a: Operand, b: Operand) => Tensor = elementwise.compare.eq;

/** Error function, 2/√π ∫₀ˣ e^(-t²) dt. Shape of `x`. PyTorch: `torch.erf`, `torch.special.erf`. */
export const erf: (x: Tensor) => Tensor = elementwise.unary.erf;

/**
 * 1 - erf(x), accurate where that is small. Shape of `x`. PyTorch: `torch.erfc`, `torch.special.erfc`.
 */
export const erfc: (x: Tensor) => Tensor = elementwise.unary.erfc;

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
 * x without its fraction: ⌊x⌋ where x >= 0, else -⌊-x⌋. Shape of `x`. PyTorch: `torch.trunc`,
 * `torch.fix`.
 * @throws DTypeError for `bool`.
 */
export const fix: (x: Tensor) => Tensor = elementwise.unary.trunc;

/**
 * Largest integer <= x. Shape of `x`. PyTorch: `torch.floor`.
 * @throws DTypeError for `bool`.
 */
export const floor: (x: Tensor) => Tensor = elementwise.unary.floor;

/**
 * Largest integer <= a / b; its gradient is 0. Shapes broadcast. PyTorch: `torch.floor_divide`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
 */
export const floorDivide: (a: Operand, b: Operand) => Tensor = elementwise.binary.floorDivide;

/**
 * max(a, b), or the one that is not NaN; the gradient of equal operands goes to a. Shapes broadcast.
 * PyTorch: `torch.fmax`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const fmax: (a: Operand, b: Operand) => Tensor = elementwise.binary.fmax;

/**
 * min(a, b), or the one that is not NaN; the gradient of equal operands goes to a. Shapes broadcast.
 * PyTorch: `torch.fmin`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const fmin: (a: Operand, b: Operand) => Tensor = elementwise.binary.fmin;

/**
 * a - b · trunc(a / b): the rest of a / b, with the sign of a. Shapes broadcast. PyTorch: `torch.fmod`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
 */
export const fmod: (a: Operand, b: Operand) => Tensor = elementwise.binary.fmod;

/** x - trunc(x): the fraction of x, with its sign. Shape of `x`. PyTorch: `torch.frac`. */
export const frac: (x: Tensor) => Tensor = elementwise.unary.frac;

/**
 * The greatest common divisor of a and b, never negative: gcd(12, 18) = 6. Shapes broadcast. PyTorch:
 * `torch.gcd`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
 */
export const gcd: (a: Operand, b: Operand) => Tensor = elementwise.integer.gcd;

/**
 * a >= b. Shapes broadcast. PyTorch: `torch.ge`, `torch.greater_equal`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const ge: (a: Operand, b: Operand) => Tensor = elementwise.compare.ge;

/**
 * a > b. Shapes broadcast. PyTorch: `torch.gt`, `torch.greater`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const greater: (a: Operand, b: Operand) => Tensor = elementwise.compare.gt;

/**
 * a >= b. Shapes broadcast. PyTorch: `torch.ge`, `torch.greater_equal`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const greaterEqual: (a: Operand, b: Operand) => Tensor = elementwise.compare.ge;

/**
 * a > b. Shapes broadcast. PyTorch: `torch.gt`, `torch.greater`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const gt: (a: Operand, b: Operand) => Tensor = elementwise.compare.gt;

/**
 * √(a² + b²). Shapes broadcast. PyTorch: `torch.hypot`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const hypot: (a: Operand, b: Operand) => Tensor = elementwise.binary.hypot;

/**
 * I₀(x), the modified Bessel function of the first kind of order 0. Shape of `x`. PyTorch: `torch.i0`,
 * `torch.special.i0`, `torch.special.modified_bessel_i0`.
 */
export const i0: (x: Tensor) => Tensor = elementwise.unary.i0;

/**
 * I₁(x), the modified Bessel function of the first kind of order 1. Shape of `x`. PyTorch:
 * `torch.special.i1`, `torch.special.modified_bessel_i1`.
 */
export const i1: (x: Tensor) => Tensor = elementwise.unary.i1;

/**
 * Lower incomplete gamma function of a up to b, over Γ(a); the gradient of b only. Shapes broadcast.
 * PyTorch: `torch.igamma`, `torch.special.gammainc`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const igamma: (a: Operand, b: Operand) => Tensor = elementwise.binary.igamma;

/**
 * Upper incomplete gamma function of a from b on, over Γ(a); the gradient of b only. Shapes broadcast.
 * PyTorch: `torch.igammac`, `torch.special.gammaincc`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const igammac: (a: Operand, b: Operand) => Tensor = elementwise.binary.igammac;

/**
 * The least common multiple of a and b, never negative: lcm(4, 6) = 12. Shapes broadcast. PyTorch:
 * `torch.lcm`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
 */
export const lcm: (a: Operand, b: Operand) => Tensor = elementwise.integer.lcm;

/**
 * a <= b. Shapes broadcast. PyTorch: `torch.le`, `torch.less_equal`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const le: (a: Operand, b: Operand) => Tensor = elementwise.compare.le;

/**
 * a < b. Shapes broadcast. PyTorch: `torch.lt`, `torch.less`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const less: (a: Operand, b: Operand) => Tensor = elementwise.compare.lt;

/**
 * a <= b. Shapes broadcast. PyTorch: `torch.le`, `torch.less_equal`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const lessEqual: (a: Operand, b: Operand) => Tensor = elementwise.compare.le;

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

/**
 * ln(eᵃ + eᵇ), without overflow. Shapes broadcast. PyTorch: `torch.logaddexp`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const logaddexp: (a: Operand, b: Operand) => Tensor = elementwise.binary.logaddexp;

/**
 * log2(2ᵃ + 2ᵇ), without overflow. Shapes broadcast. PyTorch: `torch.logaddexp2`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const logaddexp2: (a: Operand, b: Operand) => Tensor = elementwise.binary.logaddexp2;

/**
 * a < b. Shapes broadcast. PyTorch: `torch.lt`, `torch.less`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const lt: (a: Operand, b: Operand) => Tensor = elementwise.compare.lt;

/**
 * max(a, b), NaN if either is; equal operands share the gradient. Shapes broadcast. PyTorch:
 * `torch.maximum`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const maximum: (a: Operand, b: Operand) => Tensor = elementwise.binary.maximum;

/**
 * min(a, b), NaN if either is; equal operands share the gradient. Shapes broadcast. PyTorch:
 * `torch.minimum`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const minimum: (a: Operand, b: Operand) => Tensor = elementwise.binary.minimum;

/**
 * a · b. Shapes broadcast. PyTorch: `torch.mul`, `torch.multiply`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const mul: (a: Operand, b: Operand) => Tensor = elementwise.binary.mul;

/**
 * a · b. Shapes broadcast. PyTorch: `torch.mul`, `torch.multiply`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const multiply: (a: Operand, b: Operand) => Tensor = elementwise.binary.mul;

/**
 * True where a ≠ b; NaN differs from all. Shapes broadcast. PyTorch: `torch.ne`, `torch.not_equal`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const ne: (a: Operand, b: Operand) => Tensor = elementwise.compare.ne;

/**
 * -x. Shape of `x`. PyTorch: `torch.neg`, `torch.negative`.
 * @throws DTypeError for `bool`.
 */
export const neg: (x: Tensor) => Tensor = elementwise.unary.neg;

/**
 * -x. Shape of `x`. PyTorch: `torch.neg`, `torch.negative`.
 * @throws DTypeError for `bool`.
 */
export const negative: (x: Tensor) => Tensor = elementwise.unary.neg;

/**
 * The number next to a on the way to b; a where a = b. Shapes broadcast. PyTorch: `torch.nextafter`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
 */
export const nextafter: (a: Operand, b: Operand) => Tensor = elementwise.binary.nextafter;

/**
 * True where a ≠ b; NaN differs from all. Shapes broadcast. PyTorch: `torch.ne`, `torch.not_equal`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const notEqual: (a: Operand, b: Operand) => Tensor = elementwise.compare.ne;

/** x · 180 / π: radians in degrees. Shape of `x`. PyTorch: `torch.rad2deg`. */
export const rad2deg: (x: Tensor) => Tensor = elementwise.unary.rad2deg;

/** 1 / x. Shape of `x`. PyTorch: `torch.reciprocal`. */
export const reciprocal: (x: Tensor) => Tensor = elementwise.unary.reciprocal;

/**
 * a - b · ⌊a / b⌋: the rest of a / b, with the sign of b, as Python's `%`. Shapes broadcast. PyTorch:
 * `torch.remainder`.
 * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
 */
export const remainder: (a: Operand, b: Operand) => Tensor = elementwise.binary.remainder;

/** 1 / √x. Shape of `x`. PyTorch: `torch.rsqrt`. */
export const rsqrt: (x: Tensor) => Tensor = elementwise.unary.rsqrt;

/**
 * -1 where x < 0, 1 where x > 0, else 0, also for NaN. Shape of `x`. PyTorch: `torch.sign`, `torch.sgn`.
 */
export const sgn: (x: Tensor) => Tensor = elementwise.unary.sign;

/** 1 / (1 + e⁻ˣ). Shape of `x`. PyTorch: `torch.sigmoid`, `torch.special.expit`. */
export const sigmoid: (x: Tensor) => Tensor = elementwise.unary.sigmoid;

/**
 * -1 where x < 0, 1 where x > 0, else 0, also for NaN. Shape of `x`. PyTorch: `torch.sign`, `torch.sgn`.
 */
export const sign: (x: Tensor) => Tensor = elementwise.unary.sign;

/** sin x, x in radians. Shape of `x`. PyTorch: `torch.sin`. */
export const sin: (x: Tensor) => Tensor = elementwise.unary.sin;

/** sin(πx) / (πx), 1 at 0. Shape of `x`. PyTorch: `torch.sinc`, `torch.special.sinc`. */
export const sinc: (x: Tensor) => Tensor = elementwise.unary.sinc;

/** (eˣ - e⁻ˣ) / 2. Shape of `x`. PyTorch: `torch.sinh`. */
export const sinh: (x: Tensor) => Tensor = elementwise.unary.sinh;

/** √x; NaN below 0. Shape of `x`. PyTorch: `torch.sqrt`. */
export const sqrt: (x: Tensor) => Tensor = elementwise.unary.sqrt;

/** x². Shape of `x`. PyTorch: `torch.square`. */
export const square: (x: Tensor) => Tensor = elementwise.unary.square;

/** tan x, x in radians. Shape of `x`. PyTorch: `torch.tan`. */
export const tan: (x: Tensor) => Tensor = elementwise.unary.tan;

/** tanh(x), the hyperbolic tangent. Shape of `x`. PyTorch: `torch.tanh`. */
export const tanh: (x: Tensor) => Tensor = elementwise.unary.tanh;

/**
 * a / b; on integers the quotient without its fraction. Shapes broadcast. PyTorch: `torch.div`,
 * `torch.true_divide`.
 * @throws ShapeError for shapes that do not broadcast.
 */
export const trueDivide: (a: Operand, b: Operand) => Tensor = elementwise.binary.div;

/**
 * x without its fraction: ⌊x⌋ where x >= 0, else -⌊-x⌋. Shape of `x`. PyTorch: `torch.trunc`,
 * `torch.fix`.
 * @throws DTypeError for `bool`.
 */
export const trunc: (x: Tensor) => Tensor = elementwise.unary.trunc;

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
