/** Kernels that are two others in one go: what the first one gives is taken while it is in cache. Same bits as one after the other. */
import { gemm } from "./gemm.js";
import { adamStep, sgdStep } from "./optim.js";

type Gemm = Parameters<typeof gemm>;
type Sgd = Parameters<typeof sgdStep>;
type Adam = Parameters<typeof adamStep>;

/** The arguments of a step but for its length and its gradient, which those of the product say. */
type Rest<Step extends unknown[]> = Step extends [
  infer _n,
  infer Flags,
  infer P,
  infer Po,
  infer _g,
  infer _go,
  ...infer State,
]
  ? [Flags, P, Po, ...State]
  : never;

/** How many arguments `gemm` takes. */
const gemmArguments = 20;

/** A gradient, C of one product that nothing is added to, and the step of SGD that is made with it. C may hold anything afterwards. */
export function gemmSgdStep(...args: [...Gemm, ...Rest<Sgd>]): number {
  const [product, step] = apart<Sgd>(args);
  gemm(...product);
  return sgdStep(...step);
}

/** The same with a step of Adam. */
export function gemmAdamStep(...args: [...Gemm, ...Rest<Adam>]): number {
  const [product, step] = apart<Adam>(args);
  gemm(...product);
  return adamStep(...step);
}

function apart<Step>(args: readonly unknown[]): [Gemm, Step] {
  const product = args.slice(0, gemmArguments) as Gemm;
  const [, m, n] = product;
  const [c, co] = product.slice(17);
  const [flags, p, po, ...state] = args.slice(gemmArguments);
  return [product, [m * n, flags, p, po, c, co, ...state] as Step];
}
