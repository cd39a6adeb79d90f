/** Functions and layers of volumes, sizes and sequences that take options; see options.test.ts. */
import { nn, tensor, zeros } from "../../src/index.js";

type Call = (options: any) => unknown;

const F = nn.functional as unknown as Record<string, (...args: any[]) => unknown>;
const layers = nn as unknown as Record<string, new (...args: any[]) => unknown>;
const volume = zeros([1, 2, 3, 3, 3]);
const image = zeros([1, 2, 3, 3]);
const row = zeros([1, 2, 3]);
const index = tensor([0], { dtype: "int32" });
const at = tensor([0, 1], { dtype: "int32" });

const functions = (names: string[], ...args: unknown[]) =>
  names.map((name): [string, Call] => [name, (o) => F[name](...args, o)]);
const made = (names: string[], ...args: unknown[]) =>
  names.map((name): [string, Call] => [name, (o) => new layers[name](...args, o)]);

export const optionsOfSampling: [op: string, call: Call][] = [
  ...functions(["conv3d", "convTranspose3d"], volume, zeros([2, 2, 2, 2, 2]), null),
  ...functions(["maxPool3d", "avgPool3d", "adaptiveMaxPool3d", "fractionalMaxPool3d"], volume, 2),
  ...functions(["fractionalMaxPool2d"], image, 2),
  ...functions(["fractionalMaxPool2d"], image, 2, 2),
  ...functions(["lpPool1d"], row, 2, 2),
  ...functions(["lpPool2d"], image, 2, 2),
  ...functions(["lpPool3d"], volume, 2, 2),
  ...functions(["maxUnpool1d"], row, row, 2),
  ...functions(["maxUnpool2d"], image, image, 2),
  ...functions(["maxUnpool3d"], volume, volume, 2),
  ...functions(["interpolate", "upsample", "upsampleNearest", "upsampleBilinear"], image),
  ...functions(["interpolate", "upsample", "upsampleNearest", "upsampleBilinear"], image, 2),
  ...functions(["gridSample"], image, zeros([1, 2, 2, 2])),
  ...functions(["affineGrid"], zeros([1, 2, 3]), [1, 1, 2, 2]),
  ...functions(["pdist"], zeros([2, 2])),
  ...functions(["ctcLoss"], zeros([2, 1, 2]), index, [2], [1]),
  ...functions(["linearCrossEntropy"], zeros([2, 3]), zeros([2, 3]), at),
  ...functions(["gumbelSoftmax"], row),
  ...functions(["softmax", "logSoftmax", "softmin"], row, 0),
  ...functions(["pad"], row, [1, 1]),
  ...made(["Conv3d", "ConvTranspose3d"], 2, 2, 2),
  ...made(["MaxPool3d", "AvgPool3d", "FractionalMaxPool2d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"], 2),
  ...made(["LPPool1d", "LPPool2d", "LPPool3d", "LinearCrossEntropyLoss", "Transformer"], 2, 2),
  ...made(["AdaptiveMaxPool3d"], 2),
  ...made(["AdaptiveLogSoftmaxWithLoss"], 8, 4, [2]),
  ...made(["Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d", "CTCLoss"]),
];
