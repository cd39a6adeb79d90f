export * from "./activations.js";
export { type AdaptiveLogSoftmaxOptions, AdaptiveLogSoftmaxWithLoss } from "./adaptiveSoftmax.js";
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  type NormOptions,
} from "./batchNorm.js";
export { Bilinear } from "./bilinear.js";
export { modulePath } from "./call.js";
export * from "./channelDropout.js";
export { type ClipGradNormOptions, clipGradNorm_, clipGradValue_ } from "./clip.js";
export { ModuleDict, ModuleList, ParameterDict, ParameterList, Residual } from "./containers.js";
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
} from "./convTranspose.js";
export { Dropout } from "./dropout.js";
export { Embedding, EmbeddingBag } from "./embedding.js";
export { Transformer, type TransformerCallOptions, type TransformerOptions } from "./encoderDecoder.js";
export { Flatten } from "./flatten.js";
export { functional } from "./functional.js";
export * as init from "./init.js";
export {
  GroupNorm,
  type GroupNormOptions,
  LayerNorm,
  type LayerNormOptions,
  LocalResponseNorm,
  RMSNorm,
  type RMSNormOptions,
} from "./layerNorm.js";
export { Linear, type LinearOptions } from "./linear.js";
export { LinearCrossEntropyLoss, type LinearCrossEntropyLossOptions } from "./linearCrossEntropy.js";
export * from "./losses.js";
export * from "./lpPool.js";
export { type ForwardHook, type ForwardPreHook, type LoadResult, Module, type StateDict } from "./module.js";
export { MultiheadAttention, type MultiheadAttentionOptions } from "./multiheadAttention.js";
export * from "./padding.js";
export { Parameter } from "./parameter.js";
export * from "./piecewise.js";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./pixelShuffle.js";
export * from "./pool.js";
export { GRU, GRUCell, LSTM, LSTMCell, type RecurrentOptions, RNN, RNNCell } from "./recurrent.js";
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
