/* Written by `npm run generate` from the files of this folder. A test fails when it is out of date. */
/** The JavaScript core: it defines every kernel, with plain loops, for every dtype. */
export { attention, attentionGrad } from "./attention.js";
export { batchNorm, batchNormEval, batchNormGrad } from "./batch-norm.js";
export { conv2d, conv2dGradInput, conv2dGradWeight } from "./conv.js";
export { copy, fill } from "./copy.js";
export { binary, compare, unary, unaryGrad, where } from "./elementwise.js";
export { exchange, exchangeStart, exchangeWait } from "./exchange.js";
export { gemmAdamStep, gemmSgdStep } from "./fused.js";
export { gemm } from "./gemm.js";
export { gather, indexAdd, indexSelect, scatterAdd, scatterReduce, takeRows } from "./indexing.js";
export { crossEntropy, crossEntropyGrad } from "./loss.js";
export { normalize, normalizeGrad } from "./normalize.js";
export { adamStep, increment, sgdStep } from "./optim.js";
export { argSort, searchSorted } from "./order.js";
export { fold2d, unfold2d } from "./patches.js";
export { avgPool2d, avgPool2dGrad, maxPool2d, maxPool2dGrad } from "./pool.js";
export { permutation, random } from "./random.js";
export { recurrent, recurrentGrad } from "./recurrent.js";
export { argReduce, reduce } from "./reduce.js";
export { ruleStep } from "./rules.js";
export { argScan, scan } from "./scan.js";
export { softmax, softmaxGrad } from "./softmax.js";
export { tally } from "./tally.js";
