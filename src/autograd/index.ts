export { type BackwardOptions, backward, type GradOptions, grad } from "./engine.js";
export { isGradEnabled, noGrad } from "./grad-mode.js";
