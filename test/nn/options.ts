/** Layers and their functions that take options; see options.test.ts. */
import { nn, tensor, zeros } from "../../src/index.js";

type Call = (options: any) => unknown;

const F = nn.functional;
const x = zeros([2, 2, 2]);
const matrix = zeros([2, 2]);
const index = tensor([0, 1], { dtype: "int32" }).reshape(1, 2);

const activations = ["hardtanh", "hardshrink", "softshrink", "celu", "gelu", "rrelu"] as const;
const dropouts = ["dropout1d", "dropout2d", "dropout3d", "alphaDropout", "featureAlphaDropout"] as const;
const plain = [
  "Hardtanh",
  "ReLU6",
  "Hardshrink",
  "CELU",
  "SELU",
  "PReLU",
  "RReLU",
  "Dropout2d",
  "AlphaDropout",
] as const;
const sized = ["BatchNorm1d", "InstanceNorm2d", "LayerNorm", "RMSNorm", "LocalResponseNorm"] as const;
const pairs = [
  "GroupNorm",
  "Embedding",
  "EmbeddingBag",
  "RNN",
  "GRU",
  "LSTM",
  "RNNCell",
  "GRUCell",
  "LSTMCell",
] as const;
const transformers = ["MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"] as const;
const encoder = () => new nn.TransformerEncoderLayer(2, 1, { dimFeedforward: 1 });
const decoder = () => new nn.TransformerDecoderLayer(2, 1, { dimFeedforward: 1 });

export const optionsOfLayers: [op: string, call: Call][] = [
  ...activations.map((name): [string, Call] => [name, (o) => F[name](x, o)]),
  ...dropouts.map((name): [string, Call] => [name, (o) => F[name](x, o)]),
  ["batchNorm", (o) => F.batchNorm(x, null, null, null, null, o)],
  ["instanceNorm", (o) => F.instanceNorm(x, null, null, null, null, o)],
  ["layerNorm", (o) => F.layerNorm(x, 2, null, null, o)],
  ["rmsNorm", (o) => F.rmsNorm(x, 2, null, o)],
  ["groupNorm", (o) => F.groupNorm(x, 1, null, null, o)],
  ["localResponseNorm", (o) => F.localResponseNorm(x, 1, o)],
  ["normalize", (o) => F.normalize(x, o)],
  ["embedding", (o) => F.embedding(index, matrix, o)],
  ["embeddingBag", (o) => F.embeddingBag(index, matrix, o)],
  ["scaledDotProductAttention", (o) => F.scaledDotProductAttention(x, x, x, o)],
  [
    "multiHeadAttentionForward",
    (o) =>
      F.multiHeadAttentionForward(x, x, x, 2, 1, zeros([6, 2]), null, null, null, false, 0, matrix, null, o),
  ],
  ...[...plain].map((name): [string, Call] => [name, (o) => new nn[name](o)]),
  ...[...sized].map((name): [string, Call] => [name, (o) => new nn[name](2, o)]),
  ...[...pairs, ...transformers].map((name): [string, Call] => [name, (o) => new nn[name](2, 2, o)]),
  ["Bilinear", (o) => new nn.Bilinear(1, 1, 1, o)],
  ["TransformerEncoder", (o) => new nn.TransformerEncoder(encoder(), 1, o)],
  ["TransformerDecoder", (o) => new nn.TransformerDecoder(decoder(), 1, o)],
  ["registerBuffer", (o) => new nn.Identity().registerBuffer("kept", x, o)],
];
