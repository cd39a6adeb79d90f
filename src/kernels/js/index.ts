/** The JavaScript core: the definition of every kernel, in plain loops, for every dtype. */
export { copy, fill } from "./copy.js";
export { binary, compare, unary, unaryGrad, where } from "./elementwise.js";
export { gemmAdamStep, gemmSgdStep } from "./fused.js";
export { gemm } from "./gemm.js";
export { gather, indexAdd, indexSelect, scatterAdd, takeRows } from "./indexing.js";
export { crossEntropy, crossEntropyGrad } from "./loss.js";
export { adamStep, increment, sgdStep } from "./optim.js";
export { argSort, searchSorted } from "./order.js";
export { permutation, random } from "./random.js";
export { argReduce, reduce } from "./reduce.js";
export { argScan, scan } from "./scan.js";
export { softmax, softmaxGrad } from "./softmax.js";
export { tally } from "./tally.js";
