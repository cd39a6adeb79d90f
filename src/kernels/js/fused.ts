/**
 * Fused kernels: each does the work of two others, and uses the result of the first while it is in cache. The
 * bits are the same as if both ran one after the other.
 */
import { schema } from "../schema.js";
import { gemm } from "./gemm.js";
import { adamStep, sgdStep } from "./optim.js";

type Gemm = Parameters<typeof gemm>;
type Sgd = Parameters<typeof sgdStep>;
type Adam = Parameters<typeof adamStep>;

/**
 * The arguments of an update except its length and its gradient, which the arguments of the product
 * determine.
 */
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

/**
 * Computes a gradient as the C of one product without accumulation, and then the SGD step with it. C may hold
 * anything afterwards.
 */
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

/** The index at which the update's arguments begin, after those of the product, and the index of C. */
const { flags: update, c: gradient } = schema.gemmSgdStep.at;

function apart<Step>(args: readonly unknown[]): [Gemm, Step] {
  const product = args.slice(0, update) as Gemm;
  const [, m, n] = product;
  const [flags, p, po, ...state] = args.slice(update);
  return [product, [m * n, flags, p, po, args[gradient], args[gradient + 1], ...state] as Step];
}
