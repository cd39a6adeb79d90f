/**
 * Optimizers and schedules of the learning rate. `import * as optim from "simdgrad/optim"`, or `optim` of
 * `simdgrad`.
 * @module simdgrad/optim
 */
export { Adam, type AdamOptions, AdamW } from "./adam.js";
export * from "./adaptive.js";
export type { GroupTensors } from "./group-tensors.js";
export { Optimizer, type OptimizerState, type ParamGroup, type ParamGroupOptions } from "./optimizer.js";
export * as lrScheduler from "./schedulers.js";
export { SGD, type SGDOptions } from "./sgd.js";
export type { ParameterState } from "./state-tensors.js";
