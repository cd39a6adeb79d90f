/**
 * simdgrad: training neural networks in Node.js. This file is the public API and nothing else.
 * @module simdgrad
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
export {
  type Float32MatmulPrecision,
  getFloat32MatmulPrecision,
  setFloat32MatmulPrecision,
} from "./kernels/matmul-precision.js";
export * as nn from "./nn/index.js";
export * from "./ops/generated/functions.js";
export * as linalg from "./ops/generated/linalg.js";
export * as special from "./ops/generated/special.js";
export * as optim from "./optim/index.js";
export { Generator, manualSeed } from "./random.js";
export { Tensor } from "./tensor/tensor.js";
export type { TransferableTensor } from "./tensor/transferable.js";
export { type FitOptions, type FitProgress, type FitResult, fit } from "./train/fit.js";
export { type GradcheckOptions, gradcheck } from "./train/gradcheck.js";
export * as train from "./train/index.js";
