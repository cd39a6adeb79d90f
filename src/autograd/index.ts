export { type BackwardOptions, backward, type GradOptions, grad } from "./engine.js";
export { AutogradFunction as Function, FunctionContext } from "./function.js";
export { isGradEnabled, noGrad } from "./grad-mode.js";
