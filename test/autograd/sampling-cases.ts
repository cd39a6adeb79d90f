/**
 * Cases of volumes, images that change their size, what undoes pooling, and losses of sequences; see
 * cases.ts.
 */
import { nn, type Tensor, tensor } from "../../src/index.js";
import { Generator } from "../../src/random.js";
import type { Case, Cases } from "./cases.js";

const F = nn.functional;
const int = (values: number[], shape = [values.length]) => tensor(values, { shape, dtype: "int32" });
/** Places between elements, where an image is smooth. */
const between = [
  [
    ...[0.11, -0.42, -0.68, 0.33, 0.87, -1.21, 1.42, 0.57, -0.14, 0.29, -1.33, -0.87],
    ...[0.44, 1.17, -0.23, 0.61, 0.72, -0.55, -0.95, 1.09, 0.18, -0.77, 0.93, 0.36],
  ],
];
const image = [
  [1.5, -0.5, 2, 0.25, -1, 0.75, -2, 1, 0.5, -1.5, 1.75, -0.25, 0.6, 1.1, -0.9, 0.3, -1.2, 0.8],
  between[0],
];
const [pool, unpool] = [
  (x: Tensor) => F.maxPool3d(x, 2, { stride: 1, returnIndices: true })[0],
  int([3, 0, 4, 7], [1, 2, 2]),
];
const padding = ["zeros", "border", "reflection"] as const;

export const samplingCases: Cases = {
  conv3d: [
    {
      fn: (x, w, b) => F.conv3d(x, w, b, { stride: [1, 2, 1], padding: [1, 0, 1], dilation: [1, 1, 2] }),
      shapes: [[1, 2, 2, 3, 3], [2, 2, 2, 2, 1], [2]],
    },
    {
      fn: (x, w) => F.conv3d(x, w, { groups: 2, padding: "same" }),
      shapes: [
        [2, 2, 2, 2],
        [2, 1, 2, 1, 2],
      ],
    },
  ],
  convTranspose3d: [
    {
      fn: (x, w, b) => F.convTranspose3d(x, w, b, { stride: 2, padding: [0, 1, 0], groups: 2 }),
      shapes: [[1, 2, 2, 2, 1], [2, 1, 3, 2, 2], [2]],
    },
  ],
  maxPool3d: [{ fn: pool, shapes: [[1, 2, 3, 2, 3]] }],
  avgPool3d: [
    {
      fn: (x) => F.avgPool3d(x, 2, { stride: [1, 2, 1], padding: [1, 0, 1], countIncludePad: false }),
      shapes: [[2, 2, 3, 2]],
    },
  ],
  adaptiveAvgPool3d: [{ fn: (x) => F.adaptiveAvgPool3d(x, [2, 1, null]), shapes: [[1, 2, 3, 2, 2]] }],
  adaptiveMaxPool3d: [{ fn: (x: Tensor) => F.adaptiveMaxPool3d(x, 2), shapes: [[2, 3, 2, 3]] }],
  fractionalMaxPool2d: [
    {
      fn: (x) => F.fractionalMaxPool2d(x, 2, { outputRatio: 0.6, generator: new Generator(2) }),
      shapes: [[2, 5, 6]],
    },
  ],
  fractionalMaxPool3d: [
    {
      fn: (x) =>
        F.fractionalMaxPool3d(x, 2, [2, 1, 2], { generator: new Generator(2), returnIndices: true })[0],
      shapes: [[1, 3, 4, 4]],
    },
  ],
  lpPool1d: [{ fn: (x) => F.lpPool1d(x, 3, 2), shapes: [[2, 2, 5]], values: [0.5, 2] }],
  lpPool2d: [{ fn: (x) => F.lpPool2d(x, 2, [2, 1], { stride: 1 }), shapes: [[2, 3, 3]] }],
  lpPool3d: [{ fn: (x) => F.lpPool3d(x, 2, 2, { ceilMode: true }), shapes: [[1, 3, 2, 2]] }],
  maxUnpool1d: [
    {
      fn: (x) => F.maxUnpool1d(x, int([1, 4, 0, 3], [1, 2, 2]), 2, { outputSize: [5] }),
      shapes: [[1, 2, 2]],
    },
  ],
  maxUnpool2d: [{ fn: (x) => F.maxUnpool2d(x, unpool, 2, { stride: 1 }), shapes: [[1, 2, 2]] }],
  maxUnpool3d: [{ fn: (x) => F.maxUnpool3d(x, unpool.unsqueeze(0), 2), shapes: [[1, 1, 2, 2]] }],
  interpolate: [
    { fn: (x) => F.interpolate(x, { scaleFactor: 1.6, mode: "bicubic" }), shapes: [[1, 2, 3, 2]] },
    { fn: (x) => F.interpolate(x, [5, 2], { mode: "bilinear", alignCorners: true }), shapes: [[1, 2, 3, 3]] },
    { fn: (x) => F.interpolate(x, [2, 3], { mode: "bicubic", antialias: true }), shapes: [[1, 1, 5, 4]] },
    { fn: (x) => F.interpolate(x, 3, { mode: "trilinear" }), shapes: [[1, 1, 2, 2, 2]] },
    { fn: (x) => F.interpolate(x, 4), shapes: [[2, 1, 3]] },
    { fn: (x) => F.interpolate(x, 2, { mode: "area" }), shapes: [[1, 2, 3, 3]] },
  ],
  upsample: [{ fn: (x) => F.upsample(x, { scaleFactor: 2, mode: "linear" }), shapes: [[1, 2, 3]] }],
  upsampleNearest: [{ fn: (x) => F.upsampleNearest(x, { scaleFactor: 2 }), shapes: [[1, 2, 2, 2]] }],
  upsampleBilinear: [{ fn: (x) => F.upsampleBilinear(x, 3), shapes: [[1, 2, 2, 2]] }],
  gridSample: [
    ...padding.flatMap((paddingMode) =>
      (["bilinear", "bicubic", "nearest"] as const).map(
        (mode): Case => ({
          fn: (x, grid) => F.gridSample(x, grid, { mode, paddingMode, alignCorners: mode === "bilinear" }),
          shapes: [
            [1, 2, 3, 3],
            [1, 4, 3, 2],
          ],
          values: image,
        }),
      ),
    ),
    {
      fn: (x, grid) => F.gridSample(x, grid, { paddingMode: "reflection" }),
      shapes: [
        [1, 1, 3, 2, 3],
        [1, 2, 2, 2, 3],
      ],
      values: image,
    },
  ],
  affineGrid: [
    { fn: (theta) => F.affineGrid(theta, [2, 1, 2, 3]), shapes: [[2, 2, 3]] },
    { fn: (theta) => F.affineGrid(theta, [1, 1, 2, 1, 2], { alignCorners: true }), shapes: [[1, 3, 4]] },
  ],
  channelShuffle: [{ fn: (x) => F.channelShuffle(x, 2), shapes: [[1, 4, 2]] }],
  pdist: [
    { fn: (x) => F.pdist(x), shapes: [[4, 2]] },
    { fn: (x) => F.pdist(x, { p: 3 }), shapes: [[3, 2]] },
    { fn: (x) => F.pdist(x, 0), shapes: [[3, 2]] },
  ],
  logsigmoid: [{ fn: (x) => F.logsigmoid(x), shapes: [[2, 3]] }],
  ctcLoss: [
    {
      // As for PyTorch, log-probabilities are normalised: the gradient of others is another.
      fn: (x) => F.ctcLoss(F.logSoftmax(x, 2), int([1, 1, 2, 0], [2, 2]), [4, 3], [2, 1]),
      shapes: [[4, 2, 3]],
    },
    {
      fn: (x) => F.ctcLoss(F.logSoftmax(x, 1), int([0, 1]), 3, 2, { blank: 2, reduction: "none" }),
      shapes: [[3, 3]],
    },
  ],
  linearCrossEntropy: [
    {
      fn: (x, w, b) => F.linearCrossEntropy(x, w, int([0, 2]), { linearBias: b, labelSmoothing: 0.1 }),
      shapes: [[2, 3], [3, 3], [3]],
    },
  ],
  gumbelSoftmax: [
    { fn: (x) => F.gumbelSoftmax(x, { tau: 0.7, generator: new Generator(4) }), shapes: [[2, 3]] },
  ],
  Transformer: [
    {
      fn: (src, tgt) => transformer.forward(src, tgt, { tgtIsCausal: false }),
      shapes: [
        [2, 1, 4],
        [3, 1, 4],
      ],
    },
  ],
  AdaptiveLogSoftmaxWithLoss: [
    { fn: (x) => adaptive.forward(x, int([0, 4, 2, 1])).loss, shapes: [[4, 4]] },
    { fn: (x) => adaptive.logProb(x), shapes: [[2, 4]] },
  ],
  LinearCrossEntropyLoss: [{ fn: (x) => linearLoss.forward(x, int([0, 2])), shapes: [[2, 3]] }],
};

const transformer = new nn.Transformer(4, 2, {
  ...{ numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 3, dropout: 0, activation: "gelu" },
}).double();
const adaptive = new nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4], { divValue: 2 }).double();
const linearLoss = new nn.LinearCrossEntropyLoss(3, 3, { bias: true }).double();

const sameName = [
  "Conv3d",
  "ConvTranspose3d",
  "MaxPool3d",
  "AvgPool3d",
  "AdaptiveAvgPool3d",
  "AdaptiveMaxPool3d",
];
sameName.push("FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d");
sameName.push("ChannelShuffle");

/** Layers whose function has its cases above. */
export const samplingLayers: Record<string, string> = {
  ...Object.fromEntries(sameName.map((name) => [name, name[0].toLowerCase() + name.slice(1)])),
  ...{ LPPool1d: "lpPool1d", LPPool2d: "lpPool2d", LPPool3d: "lpPool3d" },
  ...{ Upsample: "interpolate", UpsamplingNearest2d: "interpolate", UpsamplingBilinear2d: "interpolate" },
  ...{ CTCLoss: "ctcLoss", ParameterDict: "Residual" },
};
