import type { KernelName } from "./table.js";

/**
 * What each kernel does with its arrays, in their order: `r` reads, `w` writes all that it touches, `u` reads and writes.
 * `compile` plans by it. A gemm that accumulates reads its output too; `u` covers both.
 */
export const roles: { readonly [Name in KernelName]: string } = {
  fill: "w",
  copy: "rw",
  gemm: "rrru",
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
  takeRows: "rrw",
  sgdStep: "ururr",
  adamStep: "uruuurr",
  increment: "u",
  tally: "rrru",
  random: "uw",
  permutation: "uw",
};
