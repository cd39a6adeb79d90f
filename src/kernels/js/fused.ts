/** Kernels that are two others in one go: what the first one gives is taken while it is in cache. Same bits as one after the other. */
import { schema } from "../schema.js";
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

/** Where the arguments of the update begin, behind those of the product, and where C is among these. */
const { flags: update, c: gradient } = schema.gemmSgdStep.at;

function apart<Step>(args: readonly unknown[]): [Gemm, Step] {
  const product = args.slice(0, update) as Gemm;
  const [, m, n] = product;
  const [flags, p, po, ...state] = args.slice(update);
  return [product, [m * n, flags, p, po, args[gradient], args[gradient + 1], ...state] as Step];
}
