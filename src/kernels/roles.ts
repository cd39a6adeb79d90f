import type { KernelName } from "./table.js";

/**
 * What each kernel does with its arrays, in their order: `r` reads, `w` writes all that it touches, `u` reads and writes.
 * `compile` plans by it. A gemm that accumulates reads its output too; `u` covers both.
 */
export const roles: { readonly [Name in KernelName]: string } = {
  fill: "w",
  copy: "rw",
  gemm: "rrru",
  gemmSgdStep: "rrruuurr",
  gemmAdamStep: "rrruuuuurr",
  unary: "rw",
  unaryGrad: "rrrw",
  binary: "rrw",
  compare: "rrw",
  where: "rrrw",
  reduce: "rw",
  argReduce: "rw",
  softmax: "rw",
  softmaxGrad: "rrw",
  crossEntropy: "rrrww",
  crossEntropyGrad: "rrrrrw",
  indexSelect: "rrw",
  indexAdd: "rru",
  gather: "rrw",
  scatterAdd: "rru",
  scatterReduce: "rru",
  takeRows: "rrw",
  sgdStep: "ururr",
  adamStep: "uruuurr",
  increment: "u",
  ruleStep: "uruuurr",
  tally: "rrru",
  random: "uw",
  permutation: "uw",
  scan: "rw",
  argScan: "rw",
  argSort: "rw",
  searchSorted: "rrw",
  unfold2d: "rw",
  fold2d: "rw",
  conv2d: "rrrw",
  conv2dGradInput: "rrw",
  conv2dGradWeight: "rru",
  maxPool2d: "rrww",
  maxPool2dGrad: "rrw",
  avgPool2d: "rrrw",
  avgPool2dGrad: "rrrw",
};

/**
 * Kernels over a run of several neighbouring tensors, which begins before some of them: the arrays from an argument on are runs, of so
 * many elements.
 */
export const runs: {
  readonly [Name in KernelName]?: { from: number; length(args: readonly unknown[]): number };
} = {
  sgdStep: { from: 0, length: ([n]) => n as number },
  adamStep: { from: 0, length: ([n]) => n as number },
  increment: { from: 0, length: ([n]) => n as number },
  gemmSgdStep: { from: 20, length: ([, m, n]) => (m as number) * (n as number) },
  gemmAdamStep: { from: 20, length: ([, m, n]) => (m as number) * (n as number) },
  ruleStep: { from: 1, length: ([, n]) => n as number },
};

/** What the arguments of a kernel say of memory: where its tensors begin, or how far its run goes, and what is done there. */
export interface Place<A> {
  readonly array: A;
  readonly offset: number;
  readonly length: number;
  readonly access: "read" | "write";
}

/** `A`: what stands for an array among the arguments. */
export function* placesIn<A extends object>(name: KernelName, args: readonly unknown[]): Generator<Place<A>> {
  let count = 0;
  const run = runs[name];
  for (const [i, arg] of args.entries()) {
    if (typeof arg !== "object" || Array.isArray(arg)) continue;
    const access = roles[name][count++] === "r" ? "read" : "write";
    const length = run !== undefined && i >= run.from ? run.length(args) : 1;
    if (arg !== null) yield { array: arg as A, offset: args[i + 1] as number, length, access };
  }
}
