import * as activations from "../ops/activations.js";
import { scaledDotProductAttention } from "../ops/attention.js";
import { bilinear } from "../ops/bilinear.js";
import * as channelDropout from "../ops/channelDropout.js";
import * as crossEntropyOps from "../ops/crossEntropy.js";
import { dropout as dropoutOp } from "../ops/dropout.js";
import { unary } from "../ops/elementwise.js";
import { embedding, embeddingBag } from "../ops/embedding.js";
import { oneHot } from "../ops/indexing.js";
import * as losses from "../ops/losses.js";
import * as matmulOps from "../ops/matmul.js";
import { multiHeadAttentionForward } from "../ops/multiHeadAttention.js";
import * as normalization from "../ops/normalization.js";
import * as relativeSize from "../ops/relativeSize.js";
import { selu } from "../ops/selu.js";
import * as softmaxOps from "../ops/softmax.js";
import { checkOptions } from "../options.js";
import type { Generator } from "../random.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkProbability } from "./arguments.js";

export interface DropoutOptions {
  /** Probability of a zero. Default 0.5. */
  p?: number;
  /** Does nothing when false. Default true. */
  training?: boolean;
  generator?: Generator;
}

/** Each element with probability `p` set to 0, the others scaled by 1/(1-p) (PyTorch's `F.dropout`). */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkOptions("dropout", options, ["p", "training", "generator"]);
  const { p = 0.5, training = true } = options;
  checkProbability("dropout", "p", p);
  return training && p > 0 ? dropoutOp(x, p, options.generator) : x;
}

/** Layers and losses as functions (PyTorch's `torch.nn.functional`), and every elementwise function. */
export const functional = {
  ...unary,
  linear: matmulOps.linear,
  softmax: softmaxOps.softmax,
  logSoftmax: softmaxOps.logSoftmax,
  oneHot,
  dropout,
  crossEntropy: crossEntropyOps.crossEntropy,
  mseLoss: losses.mseLoss,
  l1Loss: losses.l1Loss,
  binaryCrossEntropy: losses.binaryCrossEntropy,
  binaryCrossEntropyWithLogits: losses.binaryCrossEntropyWithLogits,
  nllLoss: losses.nllLoss,
  ...normalization,
  ...relativeSize,
  ...activations,
  selu,
  ...channelDropout,
  embedding,
  embeddingBag,
  scaledDotProductAttention,
  multiHeadAttentionForward,
  bilinear,
};
