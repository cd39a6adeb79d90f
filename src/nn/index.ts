/**
 * Layers, losses, initialisation and containers, with PyTorch's names. `import * as nn from "simdgrad/nn"`,
 * or `nn` of `simdgrad`.
 * @module simdgrad/nn
 */
export * from "./activations.js";
export { type AdaptiveLogSoftmaxOptions, AdaptiveLogSoftmaxWithLoss } from "./adaptive-softmax.js";
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  type NormOptions,
} from "./batch-norm.js";
export { Bilinear } from "./bilinear.js";
export { modulePath } from "./call.js";
export * from "./channel-dropout.js";
export { type ClipGradNormOptions, clipGradNorm_, clipGradValue_ } from "./clip.js";
export { ModuleDict, ModuleList, ParameterDict, ParameterList, Residual } from "./containers.js";
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
} from "./conv-transpose.js";
export { Dropout } from "./dropout.js";
export { Embedding, EmbeddingBag } from "./embedding.js";
export { Transformer, type TransformerCallOptions, type TransformerOptions } from "./encoder-decoder.js";
export { Flatten } from "./flatten.js";
export { functional } from "./functional.js";
export * as init from "./init.js";
export { KeyValueCache, type KeyValueCacheOptions } from "./key-value-cache.js";
export {
  GroupNorm,
  type GroupNormOptions,
  LayerNorm,
  type LayerNormOptions,
  LocalResponseNorm,
  RMSNorm,
  type RMSNormOptions,
} from "./layer-norm.js";
export { Linear, type LinearOptions } from "./linear.js";
export { LinearCrossEntropyLoss, type LinearCrossEntropyLossOptions } from "./linear-cross-entropy.js";
export * from "./losses.js";
export * from "./lp-pool.js";
export { type ForwardHook, type ForwardPreHook, type LoadResult, Module, type StateDict } from "./module.js";
export { MultiheadAttention, type MultiheadAttentionOptions } from "./multihead-attention.js";
export * from "./padding.js";
export { Parameter } from "./parameter.js";
export * from "./piecewise.js";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./pixel-shuffle.js";
export * from "./pool.js";
export { GRU, LSTM, type RecurrentOptions, RNN } from "./recurrent.js";
export { GRUCell, LSTMCell, RNNCell } from "./recurrent-cells.js";
export { Sequential } from "./sequential.js";
export {
  generateSquareSubsequentMask,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from "./transformer.js";
export { Unflatten } from "./unflatten.js";
export * from "./unpool.js";
export * from "./upsample.js";
export * as utils from "./utils-namespace.js";
