/**
 * simdgrad: training neural networks in Node.js. This file is the public face and nothing else.
 */
import "./ops/methods/methods.js";

export { noGrad } from "./autograd/grad-mode.js";
export * as autograd from "./autograd/index.js";
export {
  type Compiled,
  type CompileOptions,
  compile,
  type Profile,
  type ProfileRow,
} from "./compile/index.js";
export * as data from "./data/index.js";
export type { DType } from "./dtype.js";
export * from "./errors.js";
export * as io from "./io/index.js";
export { backend } from "./kernels/backend.js";
export * as nn from "./nn/index.js";
export {
  arange,
  eye,
  full,
  linspace,
  logspace,
  ones,
  onesLike,
  rand,
  randn,
  randperm,
  tensor,
  zeros,
  zerosLike,
} from "./ops/create/create.js";
export { asTensor, empty, emptyLike, fill, fullLike, scalarTensor } from "./ops/create/create-like.js";
export {
  bernoulli,
  multinomial,
  normal,
  randint,
  randintLike,
  randLike,
  randnLike,
} from "./ops/create/draw.js";
export { polygamma } from "./ops/elementwise/pointwise.js";
export * as special from "./ops/elementwise/special.js";
export { where } from "./ops/elementwise/where.js";
export * from "./ops/linalg/functions.js";
export * as linalg from "./ops/linalg/index.js";
export { matmul } from "./ops/linalg/matmul.js";
export * from "./ops/methods/arranging.js";
export * from "./ops/methods/elementwise-functions.js";
export * from "./ops/methods/functions.js";
export * from "./ops/methods/shaping.js";
export { canCast, isFloatingPoint, promoteTypes, resultType } from "./ops/methods/types.js";
export { cat, stack } from "./ops/shape/join.js";
export { trilIndices, triuIndices } from "./ops/shape/triangle.js";
export * as optim from "./optim/index.js";
export { Generator, manualSeed } from "./random.js";
export { Tensor } from "./tensor/tensor.js";
export type { TransferableTensor } from "./tensor/transferable.js";
export { type FitOptions, type FitProgress, type FitResult, fit } from "./train/fit.js";
export { type GradcheckOptions, gradcheck } from "./train/gradcheck.js";
export * as train from "./train/index.js";
