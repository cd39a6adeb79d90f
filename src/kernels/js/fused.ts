/** Kernels that are two others in one go: what the first one gives is taken while it is in cache. Same bits as one after the other. */
import { gemm } from "./gemm.js";
import { adamStep, sgdStep } from "./optim.js";

type Gemm = Parameters<typeof gemm>;
type Sgd = Parameters<typeof sgdStep>;
type Adam = Parameters<typeof adamStep>;

/** How many arguments `gemm` takes; those of the step follow. */
const gemmArguments = 20;

/** A gradient, which is C of the product and `g` of the step, and the step that is made with it. C may hold anything afterwards. */
export function gemmSgdStep(...args: [...Gemm, ...Sgd]): number {
  gemm(...(args.slice(0, gemmArguments) as Gemm));
  return sgdStep(...(args.slice(gemmArguments) as Sgd));
}

/** The same with a step of Adam. */
export function gemmAdamStep(...args: [...Gemm, ...Adam]): number {
  gemm(...(args.slice(0, gemmArguments) as Gemm));
  return adamStep(...(args.slice(gemmArguments) as Adam));
}
