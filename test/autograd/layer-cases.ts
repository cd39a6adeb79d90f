/** Cases of normalisations, activations, embeddings, attention and recurrent layers; see cases.ts. */
import { nn, type Tensor, tensor } from "../../src/index.js";
import { Generator } from "../../src/random.js";
import type { Case, Cases } from "./cases.js";

const F = nn.functional;
const ids = tensor([3, 1, 3, 0], { dtype: "int32" });
const away = [0.75, 2] as const;

/** An activation, between its kinks: on either side of 0, and nowhere near ±1/2, ±1, ±3 and 6. */
const pieces = [[-4, -2.5, -0.8, -0.3, 0.2, 0.7, 2.5, 4, 7]];
const activation = (fn: Case["fn"]): Case[] => [{ fn, shapes: [[3, 3]], values: pieces }];
/** A module whose parameters are among the inputs: `names` are the fields that they go to. */
const withParameters =
  (make: () => nn.Module, names: string[], inputs = 1): Case["fn"] =>
  (...given: Tensor[]) => {
    const module = make();
    Object.assign(module, Object.fromEntries(names.map((name, i) => [name, given[inputs + i]])));
    const result: unknown = module.forward(...given.slice(0, inputs));
    return firstTensor(result);
  };
const firstTensor = (x: unknown): Tensor => (Array.isArray(x) ? firstTensor(x[0]) : (x as Tensor));
const generator = () => new Generator(3);

const functionCases: Cases = {
  batchNorm: [
    { fn: (x, w, b) => F.batchNorm(x, null, null, w, b, { training: true }), shapes: [[3, 2, 2], [2], [2]] },
    {
      fn: (x, m, v, w) => F.batchNorm(x, m, v, { weight: w }),
      shapes: [[3, 2], [2], [2], [2]],
      values: away,
    },
  ],
  instanceNorm: [
    { fn: (x, weight, bias) => F.instanceNorm(x, { weight, bias }), shapes: [[2, 2, 3], [2], [2]] },
  ],
  layerNorm: [
    {
      fn: (x, w, b) => F.layerNorm(x, [2, 3], w, b),
      shapes: [
        [2, 2, 3],
        [2, 3],
        [2, 3],
      ],
    },
    { fn: (x, b) => F.layerNorm(x.T, 4, null, b), shapes: [[4, 2], [4]] },
  ],
  rmsNorm: [{ fn: (x, w) => F.rmsNorm(x, 3, w), shapes: [[2, 3], [3]] }],
  groupNorm: [{ fn: (x, w, b) => F.groupNorm(x, 2, w, b), shapes: [[2, 4, 2], [4], [4]] }],
  localResponseNorm: [{ fn: (x) => F.localResponseNorm(x, 3, { alpha: 0.5 }), shapes: [[2, 4, 2]] }],
  normalize: [
    { fn: (x) => F.normalize(x), shapes: [[2, 3]] },
    { fn: (x) => F.normalize(x, { p: 3, dim: [0, 1] }), shapes: [[2, 3]], values: away },
    { fn: (x) => F.normalize(x, { p: Infinity, eps: 0.1 }), shapes: [[2, 3]], values: away },
  ],
  hardtanh: activation((x) => F.hardtanh(x, { minVal: -2 })),
  relu6: activation((x) => F.relu6(x)),
  hardsigmoid: activation((x) => F.hardsigmoid(x)),
  hardswish: activation((x) => F.hardswish(x)),
  hardshrink: activation((x) => F.hardshrink(x)),
  softshrink: activation((x) => F.softshrink(x)),
  tanhshrink: activation((x) => F.tanhshrink(x)),
  softsign: activation((x) => F.softsign(x)),
  threshold: activation((x) => F.threshold(x, 1, 20)),
  celu: activation((x) => F.celu(x, { alpha: 0.5 })),
  selu: activation((x) => F.selu(x)),
  mish: activation((x) => F.mish(x)),
  gelu: activation((x) => F.gelu(x, { approximate: "tanh" })),
  softmin: [{ fn: (x) => F.softmin(x, 1), shapes: [[2, 3]] }],
  glu: [{ fn: (x) => F.glu(x, 0), shapes: [[4, 3]] }],
  prelu: [
    { fn: (x, w) => F.prelu(x, w), shapes: [[3, 3], [3]] },
    { fn: (x, w) => F.prelu(x, w), shapes: [[4], [1]] },
  ],
  rrelu: [
    { fn: (x) => F.rrelu(x), shapes: [[3, 3]] },
    { fn: (x) => F.rrelu(x, { training: true, generator: generator() }), shapes: [[3, 3]] },
  ],
  dropout1d: [{ fn: (x) => F.dropout1d(x, { generator: generator() }), shapes: [[3, 4]] }],
  dropout2d: [{ fn: (x) => F.dropout2d(x, { generator: generator() }), shapes: [[2, 3, 2, 2]] }],
  dropout3d: [{ fn: (x) => F.dropout3d(x, { generator: generator() }), shapes: [[3, 1, 2, 2]] }],
  alphaDropout: [
    { fn: (x) => F.alphaDropout(x, { p: 0.4, training: true, generator: generator() }), shapes: [[4, 5]] },
  ],
  featureAlphaDropout: [
    { fn: (x) => F.featureAlphaDropout(x, { training: true, generator: generator() }), shapes: [[2, 3, 2]] },
  ],
  embedding: [{ fn: (w) => F.embedding(ids.reshape(2, 2), w), shapes: [[4, 3]] }],
  embeddingBag: (["sum", "mean", "max"] as const).map((mode) => ({
    fn: (w) =>
      F.embeddingBag(ids, w, { mode, offsets: tensor([0, 1, 1], { dtype: "int32" }), paddingIdx: 1 }),
    shapes: [[4, 3]],
  })),
  bilinear: [{ fn: (a, b, w, c) => F.bilinear(a, b, w, c), shapes: [[4, 2], [4, 3], [2, 2, 3], [2]] }],
  scaledDotProductAttention: [
    {
      fn: (q, k, v) => F.scaledDotProductAttention(q, k, v, { isCausal: true }),
      shapes: [
        [2, 3, 2],
        [2, 3, 2],
        [2, 3, 4],
      ],
    },
    {
      fn: (q, k, v, m) => F.scaledDotProductAttention(q, k, v, { attnMask: m }),
      shapes: [
        [3, 2],
        [2, 2],
        [2, 2],
        [3, 2],
      ],
    },
    {
      fn: (q, k, v) =>
        F.scaledDotProductAttention(q, k, v, { enableGqa: true, dropoutP: 0.3, generator: generator() }),
      shapes: [
        [4, 2, 3],
        [2, 3, 3],
        [2, 3, 3],
      ],
    },
  ],
  multiHeadAttentionForward: [
    {
      fn: (q, k, wi, bi, bk, wo) =>
        F.multiHeadAttentionForward(q, k, k, 4, 2, wi, bi, bk, bk, true, 0, wo, null, {
          averageAttnWeights: false,
        })[0],
      shapes: [[2, 2, 4], [3, 2, 4], [12, 4], [12], [1, 1, 4], [4, 4]],
    },
  ],
};

const recurrent = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
const reverse = recurrent.map((name) => `${name}_reverse`);
const cell = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
const cellShapes = (gates: number) => [[gates * 2, 3], [gates * 2, 2], [gates * 2], [gates * 2]];

/** Layers with parameters of their own. */
const moduleCases: Cases = {
  PReLU: [{ fn: withParameters(() => new nn.PReLU(), ["weight"]), shapes: [[2, 3], [1]] }],
  RNN: [
    { fn: withParameters(() => new nn.RNN(3, 2), recurrent), shapes: [[3, 2, 3], ...cellShapes(1)] },
    {
      fn: withParameters(() => new nn.RNN(3, 2, { nonlinearity: "relu" }), recurrent),
      shapes: [[3, 2, 3], ...cellShapes(1)],
    },
  ],
  GRU: [{ fn: withParameters(() => new nn.GRU(3, 2), recurrent), shapes: [[3, 2, 3], ...cellShapes(3)] }],
  LSTM: [
    { fn: withParameters(() => new nn.LSTM(3, 2), recurrent), shapes: [[3, 2, 3], ...cellShapes(4)] },
    {
      fn: withParameters(() => new nn.LSTM(3, 2, { projSize: 1 }), [...recurrent, "weight_hr_l0"]),
      shapes: [[3, 2, 3], [8, 3], [8, 1], [8], [8], [1, 2]],
    },
    {
      fn: withParameters(() => new nn.LSTM(3, 2, { bidirectional: true }), [...recurrent, ...reverse]),
      shapes: [[3, 2, 3], ...cellShapes(4), ...cellShapes(4)],
    },
  ],
  RNNCell: [{ fn: withParameters(() => new nn.RNNCell(3, 2), cell), shapes: [[2, 3], ...cellShapes(1)] }],
  GRUCell: [{ fn: withParameters(() => new nn.GRUCell(3, 2), cell), shapes: [[2, 3], ...cellShapes(3)] }],
  LSTMCell: [{ fn: withParameters(() => new nn.LSTMCell(3, 2), cell), shapes: [[3], ...cellShapes(4)] }],
  TransformerEncoderLayer: [
    {
      fn: withParameters(
        () => constant(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3, dropout: 0 })),
        [],
      ),
      shapes: [[2, 2, 4]],
    },
  ],
  TransformerDecoderLayer: [
    {
      fn: (tgt, memory) =>
        constant(new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 3, dropout: 0 })).forward(
          tgt,
          memory,
        ),
      shapes: [
        [2, 2, 4],
        [3, 2, 4],
      ],
    },
  ],
  Residual: [{ fn: (x) => new nn.Residual(new nn.Sequential(new nn.Tanh())).forward(x), shapes: [[2, 3]] }],
};

/** The module in float64 with weights that do not change from call to call. */
function constant<M extends nn.Module>(module: M): M {
  const fixed = new Generator(5);
  for (const p of module.double().parameters()) nn.init.uniform(p, -0.5, 0.5, { generator: fixed });
  return module;
}

export const layerCases: Cases = { ...functionCases, ...moduleCases };

/** Layers by their function; those that only hold or repeat others by one of these. */
export const functionsOfLayers: Record<string, string> = {
  ...{ BatchNorm1d: "batchNorm", BatchNorm2d: "batchNorm", BatchNorm3d: "batchNorm" },
  ...{ InstanceNorm1d: "instanceNorm", InstanceNorm2d: "instanceNorm", InstanceNorm3d: "instanceNorm" },
  ...{ LayerNorm: "layerNorm", RMSNorm: "rmsNorm", GroupNorm: "groupNorm" },
  LocalResponseNorm: "localResponseNorm",
  ...{ Dropout1d: "dropout1d", Dropout2d: "dropout2d", Dropout3d: "dropout3d" },
  ...{ AlphaDropout: "alphaDropout", FeatureAlphaDropout: "featureAlphaDropout" },
  ...{ Hardtanh: "hardtanh", ReLU6: "relu6", Hardsigmoid: "hardsigmoid", Hardswish: "hardswish" },
  ...{ Hardshrink: "hardshrink", Softshrink: "softshrink", Tanhshrink: "tanhshrink", Softsign: "softsign" },
  ...{ CELU: "celu", SELU: "selu", Mish: "mish", Threshold: "threshold", RReLU: "rrelu" },
  ...{ GLU: "glu", Softmin: "softmin", Softmax2d: "softmax" },
  ...{ Embedding: "embedding", EmbeddingBag: "embeddingBag", Bilinear: "bilinear", Unflatten: "reshape" },
  MultiheadAttention: "multiHeadAttentionForward",
  TransformerEncoder: "TransformerEncoderLayer",
  TransformerDecoder: "TransformerDecoderLayer",
  ...{ ModuleList: "Residual", ModuleDict: "Residual", ParameterList: "Residual" },
};
