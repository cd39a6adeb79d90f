/**
 * How far the native kernels may be from the JavaScript core, kernel by kernel. The core computes in double
 * precision and rounds once, so this is the error of the native side (plus half an ULP).
 *
 * - `ulp`: units in the last place of the result
 * - `relative`: times the magnitude of what was summed or combined (`scale` of the case; 1 unless it says
 *   otherwise)
 *
 * Kernels and ops that are not here give the same values to the last bit.
 */
export interface Tolerance {
  ulp?: number;
  relative?: number;
}

/** Half a unit in the last place of 1: the largest relative error of one operation in float32. */
const rounding = 2 ** -24;

/**
 * Largest error of a sum of n float32 numbers of magnitude up to `largest` where each passes through at most
 * `depth` operations: depth · 2^-24 · Σ|x|, to first order (Higham, Accuracy and Stability of Numerical
 * Algorithms, 4.2). One after another, depth is n.
 */
export const sumOf = (n: number, largest: number, depth = n): { tolerance: Tolerance; scale: number } => ({
  tolerance: { relative: (depth + 1) * rounding },
  scale: Math.max(1, n * largest),
});

export const tolerances: Record<string, Tolerance> = {
  // Elementary functions: the bound of each is in native/numerics/ulp.h and is read from the addon.
  // The core's gelu loses its digits far out on the left, where the result is below 1e-15.
  "unary.gelu": { ulp: 1.9, relative: 1e-15 },
  "unary.geluTanh": { ulp: 1.9, relative: 1e-15 },
  "unary.leakyRelu": { ulp: 1 },
  "unary.rsqrt": { ulp: 2 },
  "unary.elu": { ulp: 3 },
  "unary.softplus": { ulp: 3.5 },
  "unaryGrad.rsqrt": { ulp: 4 },
  "unaryGrad.sqrt": { ulp: 2 },
  "unaryGrad.reciprocal": { ulp: 2 },
  "unaryGrad.exp": { ulp: 1 },
  "unaryGrad.expm1": { ulp: 2 },
  "unaryGrad.log": { ulp: 2 },
  "unaryGrad.log1p": { ulp: 2 },
  "unaryGrad.sin": { ulp: 2 },
  "unaryGrad.cos": { ulp: 2 },
  "unaryGrad.tanh": { relative: 2e-7 },
  "unaryGrad.sigmoid": { relative: 2e-7 },
  "unaryGrad.erf": { relative: 1e-6 },
  "unaryGrad.elu": { ulp: 4 },
  "unaryGrad.leakyRelu": { ulp: 1 },
  "unaryGrad.gelu": { relative: 2e-7 },
  "unaryGrad.geluTanh": { relative: 2e-7 },
  "unaryGrad.silu": { relative: 4e-7 },
  "unaryGrad.softplus": { ulp: 4 },
  "unaryGrad.logSigmoid": { ulp: 3 },
  "unaryGrad.square": { ulp: 1 },
  // Sums in single precision over 64 lanes and a tree.
  "reduce.sum": { relative: 1e-6 },
  "reduce.prod": { relative: 3e-5 },
  "softmax.softmax": { ulp: 12 },
  "softmax.logSoftmax": { relative: 4e-7 },
  "softmaxGrad.softmax": { relative: 1e-6 },
  "softmaxGrad.logSoftmax": { relative: 1e-6 },
  // The scale is that of x; for gradients it is the root of the number of terms, which is about as large as
  // the sums. These pass through up to 64 + 6 additions in each block.
  normalize: { relative: 1e-6 },
  normalizeGrad: { relative: 2e-6 },
  crossEntropy: { relative: 1e-6 },
  crossEntropyGrad: { relative: 1e-6 },
  // Products of up to a few hundred terms, then gates whose error is carried from step to step.
  recurrent: { relative: 2e-6 },
  recurrentGrad: { relative: 2e-6 },
  // Sums in single precision, the exponential, and the rounding of the log-sum-exp.
  attention: { relative: 1e-6 },
  attentionGrad: { relative: 2e-6 },
  indexAdd: { relative: 0 },
  sgdStep: { relative: 5e-7 },
  adamStep: { relative: 1e-6 },
};
