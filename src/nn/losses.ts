import { type CrossEntropyOptions, crossEntropy, crossEntropyOptions } from "../ops/crossEntropy.js";
import * as ops from "../ops/losses.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** A loss as a module: `forward(input, target)` with the options given here. */
function loss<Options extends object>(
  className: string,
  known: readonly (keyof Options & string)[],
  compute: (input: Tensor, target: Tensor, options?: Options) => Tensor,
): new (
  options?: Options,
) => Module & { readonly options: Options; forward(input: Tensor, target: Tensor): Tensor } {
  const layer = class extends Module {
    constructor(readonly options: Options = {} as Options) {
      super();
      checkOptions(className, options, known);
    }
    forward(input: Tensor, target: Tensor): Tensor {
      return compute(input, target, this.options);
    }
    override extraRepr(): string {
      return Object.entries(this.options)
        .filter(([, value]) => typeof value !== "object")
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
    }
  };
  Object.defineProperty(layer, "name", { value: className });
  return layer;
}

/** Mean squared error. */
export const MSELoss = loss("MSELoss", ops.lossOptions, ops.mseLoss);
/** Mean absolute error. */
export const L1Loss = loss("L1Loss", ops.lossOptions, ops.l1Loss);
/** Binary cross-entropy of probabilities. */
export const BCELoss = loss("BCELoss", ops.weightedLossOptions, ops.binaryCrossEntropy);
/** Binary cross-entropy of logits: sigmoid and loss in one, accurate for any logit. */
export const BCEWithLogitsLoss = loss(
  "BCEWithLogitsLoss",
  ops.logitsLossOptions,
  ops.binaryCrossEntropyWithLogits,
);
/** Cross-entropy of logits against class indices or probabilities: log-softmax and loss in one. */
export const CrossEntropyLoss = loss<CrossEntropyOptions>(
  "CrossEntropyLoss",
  crossEntropyOptions,
  crossEntropy,
);
/** Negative log-likelihood of log-probabilities. */
export const NLLLoss = loss("NLLLoss", ops.nllLossOptions, ops.nllLoss);
