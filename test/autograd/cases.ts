/**
 * One row per differentiable operation that is not a row of kernels/rows.ts: how to call it, on inputs of
 * which shapes.
 */

import { cat, matmul, nn, stack, type Tensor, tensor, where } from "../../src/index.js";
import { Generator } from "../../src/random.js";
import { arrangingCases } from "./arranging-cases.js";
import { layerCases as casesOfLayers, functionsOfLayers } from "./layer-cases.js";
import { linearCases } from "./linear-cases.js";
import { numericCases } from "./numeric-cases.js";
import { objectiveCases } from "./objectives.js";
import { samplingCases, samplingLayers } from "./sampling-cases.js";
import { shapingCases } from "./shaping-cases.js";
import { spatialCases, spatialLayers } from "./spatial-cases.js";
import { writingCases } from "./writing-cases.js";

export interface Case {
  fn: (...inputs: Tensor[]) => Tensor;
  /** Shapes of the inputs. */
  shapes: number[][];
  /** Interval of the values, default [-2, 2]; or the values themselves, one array per input. */
  values?: readonly [low: number, high: number] | number[][];
  /** Why no gradient of the gradient is checked. */
  noSecondOrder?: string;
}

/** Names are those of the Tensor method, of `nn.functional`, of a layer or of a function of the library. */
export type Cases = Record<string, Case[]>;

const int = (values: number[]) => tensor(values, { dtype: "int32" });
const mask = tensor([true, false, true]);
const F = nn.functional;

/** Over all dims, one, several, with and without keepdim; a dim of size 1. */
function reductions(
  name: "sum" | "mean" | "prod" | "amax" | "amin" | "var" | "std" | "logsumexp",
  values?: Case["values"],
): Case[] {
  const reduce = (x: Tensor, dim?: number | number[], options?: { keepdim: boolean }) =>
    (x[name] as (dim?: any, options?: any) => Tensor)(dim, options);
  const row = (fn: Case["fn"], shape = [2, 3, 2]): Case => ({ fn, shapes: [shape], values });
  return [
    row((x) => reduce(x)),
    row((x) => reduce(x, 1)),
    row((x) => reduce(x, [0, 2])),
    row((x) => reduce(x, -1, { keepdim: true })),
    row((x) => reduce(x.transpose(0, 2), [0, 1])),
  ];
}

const reductionCases: Cases = {
  sum: [...reductions("sum"), { fn: (x) => x.sum(), shapes: [[]] }],
  mean: reductions("mean"),
  prod: [
    ...reductions("prod"),
    { fn: (x) => x.prod(1), shapes: [[3, 3]], values: [[0, 2, 3, 0, 0, 4, 1, 2, 3]] },
  ],
  amax: reductions("amax"),
  amin: reductions("amin"),
  var: [...reductions("var"), { fn: (x) => x.var(0, { correction: 0 }), shapes: [[3, 2]] }],
  std: [...reductions("std"), { fn: (x) => x.std(0, { correction: 0 }), shapes: [[3, 2]] }],
  logsumexp: reductions("logsumexp"),
};

const viewCases: Cases = {
  reshape: [
    { fn: (x) => x.reshape(3, -1), shapes: [[2, 6]] },
    { fn: (x) => x.transpose(0, 1).reshape(4, 3), shapes: [[2, 6]] },
  ],
  permute: [{ fn: (x) => x.permute(2, 0, 1), shapes: [[2, 3, 4]] }],
  transpose: [{ fn: (x) => x.transpose(0, -1), shapes: [[2, 3, 4]] }],
  T: [{ fn: (x) => x.T, shapes: [[2, 3]] }],
  expand: [
    { fn: (x) => x.expand(2, 3, 4), shapes: [[3, 1]] },
    { fn: (x) => x.expand(-1, 4).mul(x), shapes: [[3, 1]] },
  ],
  squeeze: [
    { fn: (x) => x.squeeze(), shapes: [[1, 3, 1]] },
    { fn: (x) => x.squeeze([0, 1]), shapes: [[1, 3, 1]] },
  ],
  unsqueeze: [{ fn: (x) => x.unsqueeze(-1), shapes: [[2, 3]] }],
  flatten: [{ fn: (x) => x.flatten(1), shapes: [[2, 3, 2]] }],
  slice: [
    { fn: (x) => x.slice([1, 3], [null, -1, 2]), shapes: [[4, 6]] },
    { fn: (x) => x.T.slice(null, [1, null]), shapes: [[3, 2]] },
  ],
  narrow: [{ fn: (x) => x.narrow(1, 1, 2), shapes: [[2, 4]] }],
  select: [{ fn: (x) => x.select(1, -1), shapes: [[2, 4]] }],
  split: [{ fn: (x) => x.split([1, 3], 1)[1].mul(x.split(2, 1)[0].sum()), shapes: [[2, 4]] }],
  chunk: [{ fn: (x) => x.chunk(2)[1], shapes: [[3, 2]] }],
  unbind: [{ fn: (x) => x.unbind(1)[2], shapes: [[2, 3]] }],
  clone: [{ fn: (x) => x.T.clone(), shapes: [[2, 3]] }],
  contiguous: [{ fn: (x) => x.T.contiguous(), shapes: [[2, 3]] }],
};

const mixedCases: Cases = {
  matmul: [
    [[3], [3]],
    [[2, 3], [3]],
    [[3], [3, 4]],
    [
      [2, 3],
      [3, 4],
    ],
    [
      [2, 2, 3],
      [3, 2],
    ],
    [[2, 2, 3], [3]],
    [[3], [2, 3, 2]],
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
    [
      [2, 3],
      [2, 3, 2],
    ],
    [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
    [
      [0, 3],
      [3, 2],
    ],
  ].map((shapes) => ({ fn: (a, b) => matmul(a, b), shapes })),
  mm: [
    { fn: (a) => a.mm(a).mm(a.T), shapes: [[3, 3]] },
    {
      fn: (a, b) => a.T.mm(b.T),
      shapes: [
        [3, 2],
        [4, 3],
      ],
    },
  ],
  where: [
    { fn: (a, b) => where(mask, a, b), shapes: [[2, 3], [3]] },
    { fn: (a) => where(mask, a, 0.5), shapes: [[2, 1]] },
    { fn: (a, b) => a.where(mask, b), shapes: [[2, 3], [3]] },
  ],
  maskedFill: [{ fn: (x) => x.maskedFill(mask, 4), shapes: [[2, 3]] }],
  indexSelect: [{ fn: (x) => x.indexSelect(1, int([2, 0, 2])), shapes: [[2, 3, 2]] }],
  gather: [
    { fn: (x) => x.gather(1, int([0, 2, 2, 1]).reshape(2, 2)), shapes: [[2, 3]] },
    { fn: (x) => x.T.gather(0, int([0, 2, 2, 1]).reshape(2, 2)), shapes: [[2, 3]] },
  ],
  cat: [
    {
      fn: (a, b) => cat([a, b, a], 1),
      shapes: [
        [2, 1],
        [2, 3],
      ],
    },
    {
      fn: (a, b) => cat([a, b.T]),
      shapes: [
        [2, 3],
        [3, 1],
      ],
    },
  ],
  stack: [
    {
      fn: (a, b) => stack([a, b, a], -1),
      shapes: [
        [2, 3],
        [2, 3],
      ],
    },
  ],
  softmax: [
    { fn: (x) => x.softmax(1), shapes: [[2, 3, 2]] },
    { fn: (x) => x.T.softmax(0), shapes: [[2, 3]] },
  ],
  logSoftmax: [
    { fn: (x) => x.logSoftmax(0), shapes: [[3, 2]] },
    { fn: (x) => x.T.logSoftmax(-1), shapes: [[2, 3]] },
  ],
  to: [{ fn: (x) => x.mul(x).to("float32").to("float64"), shapes: [[3]], noSecondOrder: "float32 between" }],
  float: [],
  double: [{ fn: (x) => x.double().mul(x), shapes: [[3]] }],
  linear: [
    { fn: (x, w, b) => F.linear(x, w, b), shapes: [[4, 3], [2, 3], [2]] },
    { fn: (x, w, b) => F.linear(x, w, b), shapes: [[2, 2, 3], [2, 3], [2]] },
    { fn: (x, w, b) => F.linear(x.T, w.T, b), shapes: [[3, 4], [3, 2], [2]] },
    { fn: (x, w) => F.linear(x, w), shapes: [[3], [2, 3]] },
  ],
  dropout: [
    { fn: (x) => F.dropout(x, { p: 0.4, generator: new Generator(3) }), shapes: [[4, 5]] },
    { fn: (x) => F.dropout(x.T, { p: 0.4, generator: new Generator(3) }), shapes: [[4, 5]] },
  ],
};

const labels = int([0, 2, 1]);
const probability = [0.05, 0.95] as const;
const weight = tensor(new Float64Array([0.5, 2, 1.5]));
const targets = tensor(new Float64Array([0, 1, 0.25, 0.5, 1, 0]), { shape: [3, 2] });
const reductionsOfLosses = ["mean", "sum", "none"] as const;
const each = (make: (reduction: "mean" | "sum" | "none") => Case): Case[] => reductionsOfLosses.map(make);

const lossCases: Cases = {
  crossEntropy: [
    ...each((reduction) => ({ fn: (x) => F.crossEntropy(x, labels, { reduction }), shapes: [[3, 3]] })),
    ...each((reduction) => ({
      fn: (x) => F.crossEntropy(x.T, labels, { reduction, weight, labelSmoothing: 0.2, ignoreIndex: 2 }),
      shapes: [[3, 3]],
    })),
    ...each((reduction) => ({
      fn: (x) => F.crossEntropy(x, int([0, 2, 1, 1]).reshape(2, 2), { reduction, weight }),
      shapes: [[2, 3, 2]],
    })),
    ...each((reduction) => ({
      fn: (x, t) => F.crossEntropy(x, t, { reduction, weight, labelSmoothing: 0.2 }),
      shapes: [
        [2, 3],
        [2, 3],
      ],
    })),
    { fn: (x) => F.crossEntropy(x, tensor(1).int()), shapes: [[3]] },
  ],
  nllLoss: [
    ...each((reduction) => ({
      fn: (x) => F.nllLoss(x, labels, { reduction, weight, ignoreIndex: 2 }),
      shapes: [[3, 3]],
    })),
    { fn: (x) => F.nllLoss(x, int([0, 2, 1, 1]).reshape(2, 2)), shapes: [[2, 3, 2]] },
  ],
  mseLoss: each((reduction) => ({
    fn: (x, t) => F.mseLoss(x, t, { reduction }),
    shapes: [
      [3, 2],
      [3, 2],
    ],
  })),
  l1Loss: each((reduction) => ({
    fn: (x, t) => F.l1Loss(x, t, { reduction }),
    shapes: [
      [3, 2],
      [3, 2],
    ],
  })),
  binaryCrossEntropy: [
    ...each((reduction) => ({
      fn: (x) => F.binaryCrossEntropy(x, targets, { reduction, weight: weight.slice([0, 2]) }),
      shapes: [[3, 2]],
      values: probability,
    })),
    { fn: (x, t) => F.binaryCrossEntropy(x, t), shapes: [[3], [3]], values: probability },
  ],
  binaryCrossEntropyWithLogits: [
    ...each((reduction) => ({
      fn: (x) => F.binaryCrossEntropyWithLogits(x, targets, { reduction, posWeight: weight.slice([0, 2]) }),
      shapes: [[3, 2]],
    })),
    { fn: (x, t) => F.binaryCrossEntropyWithLogits(x, t), shapes: [[3], [3]] },
  ],
};

/** Layers with parameters of their own. Those without are a function that has its cases above, or a row. */
const layerCases: Cases = {
  Linear: [
    {
      fn: (x, w, b) => {
        const layer = new nn.Linear(3, 2);
        return Object.assign(layer, { weight: w, bias: b }).forward(x);
      },
      shapes: [[4, 3], [2, 3], [2]],
    },
  ],
  Sequential: [
    {
      fn: (x) => new nn.Sequential(new nn.Tanh(), new nn.Flatten(), new nn.Softmax()).forward(x),
      shapes: [[2, 2, 2]],
    },
  ],
};

/** A layer without parameters, by its function: `ReLU` is the row `relu`. */
export const layersOf: Record<string, string> = {
  ReLU: "relu",
  LeakyReLU: "leakyRelu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  ELU: "elu",
  SiLU: "silu",
  Softplus: "softplus",
  LogSigmoid: "logSigmoid",
  GELU: "gelu",
  Softmax: "softmax",
  LogSoftmax: "logSoftmax",
  Flatten: "flatten",
  Dropout: "dropout",
  MSELoss: "mseLoss",
  L1Loss: "l1Loss",
  BCELoss: "binaryCrossEntropy",
  BCEWithLogitsLoss: "binaryCrossEntropyWithLogits",
  CrossEntropyLoss: "crossEntropy",
  NLLLoss: "nllLoss",
  ...Object.fromEntries(
    ["ConstantPad", "ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"].flatMap((name) =>
      [1, 2, 3].map((dims) => [`${name}${dims}d`, "pad"]),
    ),
  ),
  SmoothL1Loss: "smoothL1Loss",
  HuberLoss: "huberLoss",
  KLDivLoss: "klDiv",
  PoissonNLLLoss: "poissonNllLoss",
  GaussianNLLLoss: "gaussianNllLoss",
  HingeEmbeddingLoss: "hingeEmbeddingLoss",
  MultiMarginLoss: "multiMarginLoss",
  MultiLabelMarginLoss: "multilabelMarginLoss",
  MultiLabelSoftMarginLoss: "multilabelSoftMarginLoss",
  SoftMarginLoss: "softMarginLoss",
  CosineEmbeddingLoss: "cosineEmbeddingLoss",
  MarginRankingLoss: "marginRankingLoss",
  TripletMarginLoss: "tripletMarginLoss",
  TripletMarginWithDistanceLoss: "tripletMarginWithDistanceLoss",
  PairwiseDistance: "pairwiseDistance",
  CosineSimilarity: "cosineSimilarity",
  ...spatialLayers,
  ...functionsOfLayers,
  ...samplingLayers,
};

export const cases: Cases = {
  ...reductionCases,
  ...viewCases,
  ...mixedCases,
  ...lossCases,
  ...objectiveCases,
  ...layerCases,
  ...writingCases,
  ...numericCases,
  ...arrangingCases,
  ...linearCases,
  ...spatialCases,
  ...shapingCases,
  ...samplingCases,
  ...casesOfLayers,
};
