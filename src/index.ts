/**
 * simdgrad: training neural networks in Node.js. This file is the public face and nothing else.
 */
import "./ops/methods.js";

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
export * from "./ops/arranging.js";
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
} from "./ops/create.js";
export { asTensor, empty, emptyLike, fill, fullLike, scalarTensor } from "./ops/create-like.js";
export { bernoulli, multinomial, normal, randint, randintLike, randLike, randnLike } from "./ops/draw.js";
export * from "./ops/elementwise-functions.js";
export * from "./ops/functions.js";
export { cat, stack } from "./ops/join.js";
export * from "./ops/linalg/functions.js";
export * as linalg from "./ops/linalg/index.js";
export { matmul } from "./ops/matmul.js";
export { polygamma } from "./ops/pointwise.js";
export * from "./ops/shaping.js";
export * as special from "./ops/special.js";
export { trilIndices, triuIndices } from "./ops/triangle.js";
export { canCast, isFloatingPoint, promoteTypes, resultType } from "./ops/types.js";
export { where } from "./ops/where.js";
export * as optim from "./optim/index.js";
export { Generator, manualSeed } from "./random.js";
export { Tensor } from "./tensor/tensor.js";
export type { TransferableTensor } from "./tensor/transferable.js";
export { type FitOptions, type FitProgress, type FitResult, fit } from "./train/fit.js";
export { type GradcheckOptions, gradcheck } from "./train/gradcheck.js";
export * as train from "./train/index.js";
