import { checkTensors } from "../arguments.js";
import { called } from "../autograd/caller.js";
import { unary } from "../ops/elementwise/elementwise.js";
import { oneHot } from "../ops/index/indexing.js";
import * as activations from "../ops/layers/activations.js";
import { scaledDotProductAttention } from "../ops/layers/attention.js";
import { bilinear } from "../ops/layers/bilinear.js";
import * as channelDropout from "../ops/layers/channel-dropout.js";
import { dropout as dropoutOp } from "../ops/layers/dropout.js";
import { embedding, embeddingBag } from "../ops/layers/embedding.js";
import { gumbelSoftmax } from "../ops/layers/gumbel-softmax.js";
import { multiHeadAttentionForward } from "../ops/layers/multi-head-attention.js";
import * as normalization from "../ops/layers/normalization.js";
import * as relativeSize from "../ops/layers/relative-size.js";
import { selu } from "../ops/layers/selu.js";
import * as softmaxOps from "../ops/layers/softmax.js";
import * as matmulOps from "../ops/linalg/matmul.js";
import * as crossEntropyOps from "../ops/losses/cross-entropy.js";
import { ctcLoss } from "../ops/losses/ctc-loss.js";
import { linearCrossEntropy } from "../ops/losses/linear-cross-entropy.js";
import * as losses from "../ops/losses/losses.js";
import * as marginLosses from "../ops/losses/margin-losses.js";
import * as regressionLosses from "../ops/losses/regression-losses.js";
import * as tripletLosses from "../ops/losses/triplet-losses.js";
import * as distances from "../ops/reduce/distances.js";
import { conv1d, conv2d, conv3d } from "../ops/spatial/conv.js";
import { convTranspose1d, convTranspose2d, convTranspose3d } from "../ops/spatial/conv-transpose.js";
import { fractionalMaxPool2d, fractionalMaxPool3d } from "../ops/spatial/fractional-pool.js";
import { affineGrid, gridSample } from "../ops/spatial/grid-sample.js";
import { interpolate, upsample, upsampleBilinear, upsampleNearest } from "../ops/spatial/interpolate.js";
import { lpPool1d, lpPool2d, lpPool3d } from "../ops/spatial/lp-pool.js";
import { pad } from "../ops/spatial/pad.js";
import { fold, unfold } from "../ops/spatial/patches.js";
import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../ops/spatial/pixel-shuffle.js";
import * as pooling from "../ops/spatial/pool.js";
import { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../ops/spatial/unpool.js";
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

/** Sets each element to 0 with probability `p` and scales the others by 1/(1-p) (PyTorch's `F.dropout`). */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkTensors("dropout", x);
  checkOptions("dropout", options, ["p", "training", "generator"]);
  const { p = 0.5, training = true } = options;
  checkProbability("dropout", "p", p);
  return training && p > 0 ? dropoutOp(x, p, options.generator) : x;
}

/** Layers and losses as functions (PyTorch's `torch.nn.functional`), and every elementwise function. */
export const functional = called({
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
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  unfold,
  fold,
  pixelShuffle,
  pixelUnshuffle,
  maxPool1d: pooling.maxPool1d,
  maxPool2d: pooling.maxPool2d,
  avgPool1d: pooling.avgPool1d,
  avgPool2d: pooling.avgPool2d,
  adaptiveAvgPool1d: pooling.adaptiveAvgPool1d,
  adaptiveAvgPool2d: pooling.adaptiveAvgPool2d,
  adaptiveMaxPool1d: pooling.adaptiveMaxPool1d,
  adaptiveMaxPool2d: pooling.adaptiveMaxPool2d,
  ...normalization,
  ...relativeSize,
  ...activations,
  selu,
  ...channelDropout,
  smoothL1Loss: regressionLosses.smoothL1Loss,
  huberLoss: regressionLosses.huberLoss,
  klDiv: regressionLosses.klDiv,
  poissonNllLoss: regressionLosses.poissonNllLoss,
  gaussianNllLoss: regressionLosses.gaussianNllLoss,
  hingeEmbeddingLoss: marginLosses.hingeEmbeddingLoss,
  marginRankingLoss: marginLosses.marginRankingLoss,
  cosineEmbeddingLoss: marginLosses.cosineEmbeddingLoss,
  softMarginLoss: marginLosses.softMarginLoss,
  multiMarginLoss: marginLosses.multiMarginLoss,
  multilabelMarginLoss: marginLosses.multilabelMarginLoss,
  multilabelSoftMarginLoss: marginLosses.multilabelSoftMarginLoss,
  tripletMarginLoss: tripletLosses.tripletMarginLoss,
  tripletMarginWithDistanceLoss: tripletLosses.tripletMarginWithDistanceLoss,
  pairwiseDistance: distances.pairwiseDistance,
  cosineSimilarity: distances.cosineSimilarity,
  pad,
  embedding,
  embeddingBag,
  scaledDotProductAttention,
  multiHeadAttentionForward,
  bilinear,
  conv3d,
  convTranspose3d,
  maxPool3d: pooling.maxPool3d,
  avgPool3d: pooling.avgPool3d,
  adaptiveAvgPool3d: pooling.adaptiveAvgPool3d,
  adaptiveMaxPool3d: pooling.adaptiveMaxPool3d,
  interpolate,
  upsample,
  upsampleNearest,
  upsampleBilinear,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  gridSample,
  affineGrid,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  channelShuffle,
  ctcLoss,
  linearCrossEntropy,
  gumbelSoftmax,
  pdist: distances.pdist,
  logsigmoid: unary.logSigmoid,
});
