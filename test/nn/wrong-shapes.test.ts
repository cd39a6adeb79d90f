/**
 * A shape that a layer does not take, somewhere in a model: the error says where, what was given and what is
 * taken.
 */
import { describe, expect, it } from "vitest";
import { nn, ShapeError, type Tensor, zeros } from "../../src/index.js";

const ints = (...shape: number[]) => zeros(shape, { dtype: "int32" });
const encoderLayer = () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 });
const decoderLayer = () => new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 3 });
const small = { numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 3 };
const dims = (axes: number) => `${axes + 1} dims, or ${axes + 2} with a batch`;

/** Where in the layer, if not in itself, and what of the layer is named beside the shape that was given. */
type Row = [layer: nn.Module, shape: number[], ...named: string[]];

/** One input, by layer. */
const ofOne: Record<string, Row[]> = {
  Linear: [[new nn.Linear(4, 2), [2, 3], "weight [2, 4]"]],
  Conv1d: [
    [new nn.Conv1d(2, 3, 3), [1, 4, 8], "weight [3, 2, 3]"],
    [new nn.Conv1d(2, 3, 3), [8], "weight [3, 2, 3]"],
  ],
  Conv2d: [
    [new nn.Conv2d(2, 3, 3), [1, 4, 8, 8], "weight [3, 2, 3, 3]"],
    [new nn.Conv2d(2, 3, 3), [2, 2, 2], "weight [3, 2, 3, 3]"],
    [new nn.Conv2d(2, 3, 3, { padding: 2, paddingMode: "reflect" }), [2, 2, 2], "padding is at most 1"],
  ],
  Conv3d: [
    [new nn.Conv3d(2, 3, 3), [1, 4, 8, 8, 8], "weight [3, 2, 3, 3, 3]"],
    [new nn.Conv3d(2, 3, 3), [8, 8], "weight [3, 2, 3, 3, 3]"],
    [new nn.Conv3d(2, 3, 3), [2, 2, 4, 4], "weight [3, 2, 3, 3, 3]"],
  ],
  ConvTranspose1d: [[new nn.ConvTranspose1d(2, 3, 3), [1, 4, 8], "weight [2, 3, 3]"]],
  ConvTranspose2d: [
    [new nn.ConvTranspose2d(2, 3, 3), [1, 4, 8, 8], "weight [2, 3, 3, 3]"],
    [new nn.ConvTranspose2d(2, 3, 3), [4], "weight [2, 3, 3, 3]"],
  ],
  ConvTranspose3d: [[new nn.ConvTranspose3d(2, 3, 3), [1, 4, 8, 8, 8], "weight [2, 3, 3, 3, 3]"]],
  MaxPool1d: [[new nn.MaxPool1d(4), [2, 3], "[4] for x"]],
  MaxPool2d: [
    [new nn.MaxPool2d(4), [2, 3, 3], "[4, 4] for x"],
    [new nn.MaxPool2d(2), [3, 3], dims(2)],
  ],
  MaxPool3d: [[new nn.MaxPool3d(4), [2, 3, 3, 3], "[4, 4, 4] for x"]],
  AvgPool1d: [[new nn.AvgPool1d(4), [2, 3], "[4] for x"]],
  AvgPool2d: [[new nn.AvgPool2d(4), [2, 3, 3], "[4, 4] for x"]],
  AvgPool3d: [
    [new nn.AvgPool3d(4), [2, 3, 3, 3], "[4, 4, 4] for x"],
    [new nn.AvgPool3d(2), [3, 3, 3], dims(3)],
  ],
  LPPool1d: [[new nn.LPPool1d(2, 4), [2, 3], "lpPool1d", "[4] for x"]],
  LPPool2d: [[new nn.LPPool2d(2, 4), [2, 3, 3], "lpPool2d", "[4, 4] for x"]],
  LPPool3d: [[new nn.LPPool3d(Infinity, 4), [2, 3, 3, 3], "lpPool3d", "[4, 4, 4] for x"]],
  AdaptiveAvgPool1d: [[new nn.AdaptiveAvgPool1d(4), [2], dims(1)]],
  AdaptiveAvgPool2d: [[new nn.AdaptiveAvgPool2d(4), [2, 2], dims(2)]],
  AdaptiveAvgPool3d: [[new nn.AdaptiveAvgPool3d(4), [2, 2, 2], dims(3)]],
  AdaptiveMaxPool1d: [[new nn.AdaptiveMaxPool1d(4), [2], dims(1)]],
  AdaptiveMaxPool2d: [[new nn.AdaptiveMaxPool2d(4), [2, 2], dims(2)]],
  AdaptiveMaxPool3d: [[new nn.AdaptiveMaxPool3d(4), [2, 2, 2], dims(3)]],
  FractionalMaxPool2d: [[new nn.FractionalMaxPool2d(2, { outputSize: 3 }), [2, 3, 3], "[3, 3] of [2, 2]"]],
  FractionalMaxPool3d: [[new nn.FractionalMaxPool3d(2, { outputSize: 2 }), [2, 2, 2, 2], "[2, 2, 2] of"]],
  Unfold: [[new nn.Unfold(4), [2, 3, 3], "[4, 4] for images [3, 3]"]],
  Fold: [[new nn.Fold(4, 2), [2, 3, 3], "images [4, 4]"]],
  Upsample: [[new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }), [2, 3, 3], "4 dims"]],
  UpsamplingNearest2d: [[new nn.UpsamplingNearest2d({ scaleFactor: 2 }), [3, 3], "[N, C, H, W]"]],
  UpsamplingBilinear2d: [[new nn.UpsamplingBilinear2d({ scaleFactor: 2 }), [2, 3, 3], "4 dims"]],
  PixelShuffle: [[new nn.PixelShuffle(2), [3, 3, 3], "a multiple of 4"]],
  PixelUnshuffle: [[new nn.PixelUnshuffle(2), [3, 3, 3], "multiples of 2"]],
  ChannelShuffle: [[new nn.ChannelShuffle(2), [3, 3, 3], "2 groups"]],
  BatchNorm1d: [[new nn.BatchNorm1d(4), [2, 3], "4 channels"]],
  BatchNorm2d: [
    [new nn.BatchNorm2d(4), [2, 3, 2, 2], "4 channels"],
    [new nn.BatchNorm2d(4), [2, 4], "4 dims"],
  ],
  BatchNorm3d: [[new nn.BatchNorm3d(4), [2, 3, 2, 2, 2], "4 channels"]],
  InstanceNorm1d: [[new nn.InstanceNorm1d(4, { affine: true }), [2, 3, 2], "4 channels"]],
  InstanceNorm2d: [[new nn.InstanceNorm2d(4), [2, 3], "3 or 4 dims"]],
  InstanceNorm3d: [[new nn.InstanceNorm3d(4), [2, 3], "4 or 5 dims"]],
  LayerNorm: [[new nn.LayerNorm(4), [2, 3], "x ends in [4]"]],
  RMSNorm: [[new nn.RMSNorm([2, 4]), [2, 3], "x ends in [2, 4]"]],
  GroupNorm: [
    [new nn.GroupNorm(2, 4), [2, 3], "2 for x"],
    [new nn.GroupNorm(2, 4), [2, 6], "[4] for x"],
  ],
  LocalResponseNorm: [[new nn.LocalResponseNorm(2), [2, 3], "at least 3 dims"]],
  RNN: [[new nn.RNN(4, 2), [2, 3], "inputSize, 4"]],
  GRU: [[new nn.GRU(4, 2), [2, 1, 3], "inputSize, 4"]],
  LSTM: [[new nn.LSTM(4, 2), [2], "3 dims, or 2 without a batch"]],
  RNNCell: [[new nn.RNNCell(4, 2), [2, 3], "weight [2, 4]"]],
  GRUCell: [[new nn.GRUCell(4, 2), [3], "weight [6, 4]"]],
  LSTMCell: [[new nn.LSTMCell(4, 2), [2, 2, 3], "[N, inputSize]"]],
  TransformerEncoderLayer: [[encoderLayer(), [2, 1, 3], "4 features"]],
  TransformerEncoder: [[new nn.TransformerEncoder(encoderLayer(), 1), [2, 1, 3], "4 features"]],
  PReLU: [[new nn.PReLU({ numParameters: 4 }), [2, 3], "[4] for"]],
  GLU: [[new nn.GLU(), [2, 3], "dim 1 is even"]],
  Softmax2d: [[new nn.Softmax2d(), [2, 3], "[N, C, H, W]"]],
  Unflatten: [[new nn.Unflatten(1, [2, 2]), [2, 3], "[2, 2] does not hold the 3 elements of dim 1"]],
  Dropout1d: [[new nn.Dropout1d(), [2], "[N, C, L]"]],
  Dropout2d: [[new nn.Dropout2d(), [2], "[N, C, ...]"]],
  Dropout3d: [[new nn.Dropout3d(), [2], "[N, C, ...]"]],
  FeatureAlphaDropout: [[new nn.FeatureAlphaDropout(), [2], "[N, C, ...]"]],
  Residual: [[new nn.Residual(new nn.Linear(3, 2)), [4, 3], "[4, 2]"]],
  Sequential: [[new nn.Sequential(new nn.Linear(3, 2)), [4, 5], "weight [2, 3]"]],
  ConstantPad1d: [[new nn.ConstantPad1d(-2, 0), [2, 3], "more is cut"]],
  ConstantPad2d: [[new nn.ConstantPad2d(1, 0), [3], "more dims than there are: 2"]],
  ConstantPad3d: [[new nn.ConstantPad3d(1, 0), [3, 3], "more dims than there are: 3"]],
  ZeroPad1d: [[new nn.ZeroPad1d(1), [], "more dims than there are: 1"]],
  ZeroPad2d: [[new nn.ZeroPad2d(1), [2], "more dims than there are: 2"]],
  ZeroPad3d: [[new nn.ZeroPad3d(1), [2], "more dims than there are: 3"]],
  ReflectionPad1d: [[new nn.ReflectionPad1d(3), [2, 3], "no more than 2"]],
  ReflectionPad2d: [[new nn.ReflectionPad2d(3), [2, 3], "2 padded of"]],
  ReflectionPad3d: [[new nn.ReflectionPad3d(3), [2, 3, 3, 3], "no more than 2"]],
  ReplicationPad1d: [[new nn.ReplicationPad1d(3), [3], "1 padded of"]],
  ReplicationPad2d: [[new nn.ReplicationPad2d(3), [2, 3], "2 padded of"]],
  ReplicationPad3d: [[new nn.ReplicationPad3d(3), [2, 3], "more dims than there are: 3"]],
  CircularPad1d: [[new nn.CircularPad1d(4), [2, 3], "no more than 3"]],
  CircularPad2d: [[new nn.CircularPad2d(4), [1, 3, 3], "no more than 3"]],
  CircularPad3d: [[new nn.CircularPad3d(4), [2, 3], "more dims than there are: 3"]],
};

/** No such dim: there is no shape to name but the number of dims. */
const ofDims: Record<string, [layer: nn.Module, shape: number[], message: string]> = {
  Softmax: [new nn.Softmax(2), [2, 3], "softmax: dim out of range: 2 for 2 dims"],
  LogSoftmax: [new nn.LogSoftmax(2), [2, 3], "logSoftmax: dim out of range: 2 for 2 dims"],
  Softmin: [new nn.Softmin(2), [2, 3], "softmin: dim out of range: 2 for 2 dims"],
  Flatten: [new nn.Flatten({ startDim: 2 }), [2, 3], "flatten: dim out of range: 2 for 2 dims"],
};

type Several = [layer: nn.Module, inputs: unknown[], ...named: string[]];

const pair = [zeros([3, 2]), zeros([4, 2])];
const both = ["[3, 2]", "[4, 2]"];
const ofPairs = ["MSELoss", "L1Loss", "BCELoss", "BCEWithLogitsLoss", "SmoothL1Loss", "HuberLoss"] as const;
const alsoOfPairs = ["KLDivLoss", "PoissonNLLLoss", "HingeEmbeddingLoss", "SoftMarginLoss"] as const;
const distances = ["PairwiseDistance", "CosineSimilarity", "MultiLabelMarginLoss"] as const;

/** Several inputs, by layer. */
const ofSeveral: Record<string, Several> = {
  ...Object.fromEntries(
    [...ofPairs, ...alsoOfPairs, ...distances].map((name) => {
      const Layer = nn[name] as new () => nn.Module;
      const inputs = name === "MultiLabelMarginLoss" ? [pair[0], ints(4, 2)] : pair;
      return [name, [new Layer(), inputs, ...both] as Several];
    }),
  ),
  MultiLabelSoftMarginLoss: [new nn.MultiLabelSoftMarginLoss(), pair, ...both],
  CrossEntropyLoss: [new nn.CrossEntropyLoss(), [pair[0], ints(4)], "[3, 2]", "[4]"],
  NLLLoss: [new nn.NLLLoss(), [pair[0], ints(4)], "[3, 2]", "[4]"],
  MultiMarginLoss: [new nn.MultiMarginLoss(), [pair[0], ints(4)], "[3, 2]", "[4]"],
  GaussianNLLLoss: [new nn.GaussianNLLLoss(), [...pair.slice(0, 1), pair[0], zeros([5])], "[3, 2]", "[5]"],
  CosineEmbeddingLoss: [new nn.CosineEmbeddingLoss(), [...pair, zeros([3])], ...both],
  MarginRankingLoss: [new nn.MarginRankingLoss(), [...pair, zeros([3])], ...both, "[3]"],
  TripletMarginLoss: [new nn.TripletMarginLoss(), [pair[0], ...pair], ...both],
  TripletMarginWithDistanceLoss: [new nn.TripletMarginWithDistanceLoss(), [pair[0], ...pair], ...both],
  CTCLoss: [new nn.CTCLoss(), [zeros([3, 2, 4]), ints(3, 2), [3, 3], [2, 2]], "[3, 2]", "2 sequences"],
  Bilinear: [new nn.Bilinear(2, 3, 4), [zeros([5, 2]), zeros([5, 4])], "[5, 4]", "[4, 2, 3]"],
  MaxUnpool1d: [new nn.MaxUnpool1d(2), [zeros([2, 3]), ints(2, 2)], "[2, 3]", "[2, 2]"],
  MaxUnpool2d: [new nn.MaxUnpool2d(2), [zeros([2, 3]), ints(2, 2)], "[2, 3]", "[2, 2]"],
  MaxUnpool3d: [
    new nn.MaxUnpool3d(2),
    [zeros([1, 2, 2, 2]), ints(1, 2, 2, 3)],
    "[1, 2, 2, 2]",
    "[1, 2, 2, 3]",
  ],
  Embedding: [new nn.Embedding(4, 2), [zeros([2])], "integers"],
  EmbeddingBag: [new nn.EmbeddingBag(4, 2), [ints(2)], "[2]", "[B, n]"],
  MultiheadAttention: [
    new nn.MultiheadAttention(4, 2),
    [zeros([2, 1, 3]), zeros([2, 1, 3]), zeros([2, 1, 3])],
    ...["[2, 1, 3]", "4 features"],
  ],
  TransformerDecoderLayer: [decoderLayer(), [zeros([2, 1, 4]), zeros([2, 1, 3])], "[2, 1, 3]", "[4, 4]"],
  TransformerDecoder: [
    new nn.TransformerDecoder(decoderLayer(), 1),
    [zeros([2, 1, 4]), zeros([2, 1, 3])],
    ...["[2, 1, 3]", "[4, 4]"],
  ],
  Transformer: [
    new nn.Transformer(4, 2, small),
    [zeros([2, 1, 4]), zeros([2, 2, 4])],
    "[2, 1, 4]",
    "[2, 2, 4]",
  ],
  AdaptiveLogSoftmaxWithLoss: [
    new nn.AdaptiveLogSoftmaxWithLoss(8, 4, [2]),
    [zeros([2, 7]), ints(2)],
    ...["[2, 7]", "weight [3, 8]"],
  ],
  LinearCrossEntropyLoss: [
    new nn.LinearCrossEntropyLoss(8, 4),
    [zeros([3, 7]), ints(3)],
    ...["[3, 7]", "weight [4, 8]"],
  ],
};

/** Element by element, or of anything: there is no wrong shape. */
const anyShape = [
  ...["ReLU", "LeakyReLU", "Sigmoid", "Tanh", "ELU", "SiLU", "Softplus", "LogSigmoid", "GELU", "Identity"],
  ...["Hardtanh", "ReLU6", "Hardsigmoid", "Hardswish", "Hardshrink", "Softshrink", "Tanhshrink", "Softsign"],
  ...["CELU", "SELU", "Mish", "Threshold", "RReLU", "Dropout", "AlphaDropout"],
];
const containers = ["Module", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"];

function failure(call: () => unknown): ShapeError {
  try {
    call();
  } catch (error) {
    return error as ShapeError;
  }
  throw new Error("no error");
}

/** Any module with its layer in a field. */
class Holder extends nn.Module {
  constructor(readonly layer: nn.Module) {
    super();
  }
  forward(...inputs: unknown[]): unknown {
    return this.layer.forward(...inputs);
  }
}

const shown = (shape: readonly number[]) => `[${shape.join(", ")}]`;

describe("in a Sequential", () => {
  const rows = Object.entries(ofOne).flatMap(([name, own]) =>
    own.map(([layer, shape, ...named]) => [name, shown(shape), layer, shape, named] as const),
  );
  it.each(rows)("%s does not take %s", (name, given, layer, shape, named) => {
    const model = new nn.Sequential(new nn.Identity(), new nn.Identity(), layer);
    const error = failure(() => model.forward(zeros(shape)));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.code).toBe("SHAPE_MISMATCH");
    // Of layers in layers the innermost: Sequential[2].self_attn.MultiheadAttention.
    expect(error.message).toMatch(new RegExp(`^Sequential\\[2\\](\\.${name}: |\\S*\\.\\w+: \\w+: )`));
    for (const part of [given, ...named]) expect(error.message).toContain(part);
  });

  it.each(Object.entries(ofDims))("%s has no such dim", (name, [layer, shape, message]) => {
    const model = new nn.Sequential(new nn.Identity(), new nn.Identity(), layer);
    const error = failure(() => model.forward(zeros(shape)));
    expect([error.code, error.message]).toEqual(["DIM_OUT_OF_RANGE", `Sequential[2].${name}: ${message}`]);
  });
});

it.each(Object.entries(ofSeveral))("in a field: %s", (name, [layer, inputs, ...named]) => {
  const { message, code } = failure(() => new Holder(layer).forward(...inputs));
  expect(code).toBe(name === "Embedding" ? "DTYPE_MISMATCH" : "SHAPE_MISMATCH");
  expect(message).toMatch(new RegExp(`^Holder\\.layer(\\.${name}: |\\S*\\.\\w+: \\w+: )`));
  for (const part of named) expect(message).toContain(part);
});

it("no message names the layer or the operation twice", () => {
  const layers = [
    ...Object.values(ofOne).flatMap((rows) => rows.map(([layer]) => layer)),
    ...[...Object.values(ofDims), ...Object.values(ofSeveral)].map(([layer]) => layer),
  ];
  const shapes = [[], [0], [2], [2, 3], [0, 2, 4], [2, 0, 4], [2, 3, 4], [1, 2, 3, 3], [2, 3, 2, 2, 2]];
  const tensors = shapes.flatMap((shape) => [
    zeros(shape),
    ints(...shape),
    zeros(shape, { dtype: "float64" }),
  ]);
  const wrong = [...tensors, undefined, null, "x", 3, [[1, 2]], new Float32Array(2)];
  const messages = new Set<string>();
  const besides = [[], [zeros([2, 4])], [zeros([1, 1, 4]), zeros([2, 4])], ["x"], [zeros([2, 4]), "x", "x"]];
  const said = (model: { forward(...args: any[]): unknown }, ...args: unknown[]) => {
    try {
      model.forward(...args);
    } catch (error) {
      messages.add((error as Error).message);
    }
  };
  // Stack traces are most of the time of 30,000 errors.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (const layer of layers)
    for (const x of wrong) {
      for (const rest of [...besides, [x], [[x, x]], [x, x, "x"]]) said(layer, x, ...rest);
      said(new Holder(layer), x);
    }
  Error.stackTraceLimit = stackTraceLimit;
  expect(messages.size).toBeGreaterThan(500);
  expect([...messages].filter((message) => /(^|[.\s])(\w+): \2: /.test(message))).toEqual([]);
});

it("every layer has a row", () => {
  const layers = Object.entries(nn as unknown as Record<string, new () => unknown>)
    .filter(([, value]) => typeof value === "function" && value.prototype instanceof nn.Module)
    .map(([name]) => name);
  const rows = [ofOne, ofDims, ofSeveral].flatMap((table) => Object.keys(table));
  const known = [...rows, ...anyShape, ...containers];
  expect(layers.length).toBeGreaterThan(100);
  expect(layers.filter((name) => !known.includes(name))).toEqual([]);
  const take = (name: string) =>
    new (nn as unknown as Record<string, new (...a: unknown[]) => nn.Module>)[name](
      ...(name === "Threshold" ? [0, 1] : []),
    );
  for (const name of anyShape)
    for (const shape of [[], [0], [2, 3], [1, 2, 3, 1, 2]])
      expect((take(name).forward(zeros(shape)) as Tensor).shape, name).toEqual(shape);
});
