/** Whatever takes options refuses those it does not know: a misspelt one would be ignored in silence. */
import { describe, expect, it } from "vitest";
import * as simdgrad from "../src/index.js";
import { autograd, data, gradcheck, io, nn, optim, train } from "../src/index.js";
import { unaryRows } from "../src/kernels/rows.js";
import { readOperations } from "../tools/operations/read.js";
import { optionsOfLayers } from "./nn/options.js";
import { optionsOfSampling } from "./nn/sampling-options.js";

const operations = await readOperations();
const { tensor, ones } = simdgrad;
const F = nn.functional as Record<string, (...args: any[]) => any>;
const x = tensor([[0.25, 0.75]]);
const leaf = () => tensor([0.5], { dtype: "float64", requiresGrad: true });
const optimizer = () => new optim.SGD([leaf()]);
const set = () => new data.TensorDataset(ones([2, 2]), ones([2, 1]));

type Call = (options: any) => unknown;
const rows = (wanted: boolean) =>
  Object.entries(unaryRows)
    .filter(([, row]) => "params" in row === wanted)
    .map(([name]): [string, Call] => [name, (o) => F[name](x, o)]);
const withOptions: [op: string, call: Call][] = [
  ...rows(true),
  ...["sum", "mean", "prod", "max", "min", "argmax", "argmin", "var", "std", "logsumexp", "all", "any"].map(
    (name): [string, Call] => [name, (o) => (x as any)[name](0, o)],
  ),
  ["clamp_", (o) => ones([2]).clamp_(o)],
  ["uniform_", (o) => ones([2]).uniform_(0, 1, o)],
  ["normal_", (o) => ones([2]).normal_(0, 1, o)],
  ["dropout", (o) => F.dropout(x, o)],
  ...optionsOfLayers,
  ...optionsOfSampling,
  ["crossEntropy", (o) => F.crossEntropy(x, tensor([1], { dtype: "int32" }), o)],
  ["nllLoss", (o) => F.nllLoss(x, tensor([1], { dtype: "int32" }), o)],
  ...["mseLoss", "l1Loss", "binaryCrossEntropy", "binaryCrossEntropyWithLogits"].map(
    (name): [string, Call] => [name, (o) => F[name](x, x, o)],
  ),
  ...["smoothL1Loss", "huberLoss", "klDiv", "poissonNllLoss", "hingeEmbeddingLoss", "softMarginLoss"].map(
    (name): [string, Call] => [name, (o) => F[name](x, x, o)],
  ),
  ...["multiMarginLoss", "multilabelMarginLoss", "multilabelSoftMarginLoss"].map((name): [string, Call] => [
    name,
    (o) => F[name](x, x, o),
  ]),
  ...["pairwiseDistance", "cosineSimilarity"].map((name): [string, Call] => [name, (o) => F[name](x, x, o)]),
  ...["gaussianNllLoss", "marginRankingLoss", "cosineEmbeddingLoss", "tripletMarginLoss"].map(
    (name): [string, Call] => [name, (o) => F[name](x, x, x, o)],
  ),
  ["tripletMarginWithDistanceLoss", (o) => F["tripletMarginWithDistanceLoss"](x, x, x, o)],
  ...["conv1d", "convTranspose1d"].map((name): [string, Call] => [
    name,
    (o) => F[name](ones([1, 1, 3]), ones([1, 1, 2]), null, o),
  ]),
  ...["conv2d", "convTranspose2d"].map((name): [string, Call] => [
    name,
    (o) => F[name](ones([1, 1, 3, 3]), ones([1, 1, 2, 2]), null, o),
  ]),
  ...["maxPool1d", "avgPool1d", "adaptiveMaxPool1d"].map((name): [string, Call] => [
    name,
    (o) => F[name](ones([1, 1, 3]), 2, o),
  ]),
  ...["maxPool2d", "avgPool2d", "adaptiveMaxPool2d", "unfold"].map((name): [string, Call] => [
    name,
    (o) => F[name](ones([1, 1, 3, 3]), 2, o),
  ]),
  ["fold", (o) => F["fold"](ones([1, 4, 4]), 3, 2, o)],
  ["tensor", (o) => tensor([1], o)],
  ["tensor", (o) => tensor(Float32Array.of(1), o)],
  ...["zeros", "ones", "rand", "randn"].map((name): [string, Call] => [
    name,
    (o) => (simdgrad as any)[name]([2], o),
  ]),
  ["full", (o) => simdgrad.full([2], 1, o)],
  ["eye", (o) => simdgrad.eye(2, o)],
  ["linspace", (o) => simdgrad.linspace(0, 1, 2, o)],
  ["randperm", (o) => simdgrad.randperm(2, o)],
  ["Parameter", (o) => new nn.Parameter(x, o)],
  ...[
    "GELU",
    "Dropout",
    "MSELoss",
    "L1Loss",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "NLLLoss",
    "ELU",
  ].map((name): [string, Call] => [name, (o) => new (nn as any)[name](o)]),
  ["Linear", (o) => new nn.Linear(1, 1, o)],
  ["loadStateDict", (o) => new nn.ReLU().loadStateDict({}, o)],
  ...["xavierUniform", "xavierNormal", "kaimingUniform", "kaimingNormal"].map((name): [string, Call] => [
    name,
    (o) => (nn.init as any)[name](ones([2, 2]), o),
  ]),
  ["uniform_", (o) => nn.init.uniform(ones([2]), 0, 1, o)],
  ["backward", (o) => leaf().backward(undefined, o)],
  ["grad", (o) => autograd.grad(leaf().exp(), [], o)],
  ["gradcheck", (o) => gradcheck((a) => a.exp(), [leaf()], o)],
  ["SGD", (o) => new optim.SGD([leaf()], o)],
  ["Adam", (o) => new optim.Adam([leaf()], o)],
  ["AdamW", (o) => new optim.AdamW([leaf()], o)],
  ["DataLoader", (o) => new data.DataLoader(set(), o)],
  ["saveSafetensors", (o) => io.saveSafetensors("/nowhere/at all", {}, o)],
  ["saveSafetensorsSync", (o) => io.saveSafetensorsSync("/nowhere/at all", {}, o)],
  ["evaluate", (o) => train.evaluate(new nn.Linear(2, 1), set(), o)],
];
/** Those that tell options from other arguments by their being an object. */
const optionsByType: typeof withOptions = [
  ...rows(false),
  ["zerosLike", (o) => simdgrad.zerosLike(x, o)],
  ["onesLike", (o) => simdgrad.onesLike(x, o)],
  ["arange", (o) => simdgrad.arange(2, o)],
  ["TensorDataset", (o) => new data.TensorDataset(ones([2]), o)],
  ["StepLR", (o) => new optim.lrScheduler.StepLR(optimizer(), { stepSize: 1, ...o })],
  ["CosineAnnealingLR", (o) => new optim.lrScheduler.CosineAnnealingLR(optimizer(), { tMax: 1, ...o })],
];

async function failure(call: () => unknown): Promise<{ code?: string; message?: string }> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  return {};
}

describe("options", () => {
  it.each([...withOptions, ...optionsByType])("%s refuses one that it does not know", async (op, call) => {
    const { code, message } = await failure(() => call({ misspelt: 1 }));
    expect([code, message]).toEqual([
      "UNKNOWN_OPTION",
      expect.stringMatching(new RegExp(`^${op}: unknown option: misspelt; `)),
    ]);
  });

  it.each(withOptions)("%s refuses what is no object", async (op, call) => {
    const { code, message } = await failure(() => call(true));
    expect([code, message]).toEqual([
      "INVALID_OPTIONS",
      expect.stringMatching(new RegExp(`^${op}: options are an object`)),
    ]);
  });

  it("the table has every function of nn.functional that takes options", () => {
    const covered = new Set([...withOptions, ...optionsByType].map(([op]) => op));
    const taking = operations
      .filter(({ signatures }) => signatures.some((s) => s.parameters.some(({ name }) => name === "options")))
      .flatMap(({ forms }) => forms.flatMap(({ kind, name }) => (kind === "functional" ? [name] : [])));
    expect(taking.length).toBeGreaterThan(40);
    expect(taking.filter((name) => !covered.has(name))).toEqual([]);
  });

  it("options in the place of the dim", () => {
    expect(x.sum({ keepdim: true }).shape).toEqual([1, 1]);
    expect(x.sum({ dim: 1, keepdim: true }).shape).toEqual([1, 1]);
    expect(x.sum({ dim: [1] }).shape).toEqual([1]);
    expect(x.argmax({ dim: 1 }).toArray()).toEqual(x.argmax(1).toArray());
    expect(x.max({ dim: 1 }).indices.toArray()).toEqual(x.max(1).indices.toArray());
    expect(x.softmax({ dim: 1 }).toArray()).toEqual(x.softmax(1).toArray());
    expect(F["softmin"](x, { dim: 1, dtype: "float64" }).dtype).toBe("float64");
    expect(x.sort({ dim: -1, descending: true }).values.toArray()).toEqual([[0.75, 0.25]]);
    expect(x.flatten({ startDim: 1 }).shape).toEqual([1, 2]);
    expect(x.diagonal({ offset: 1 }).toArray()).toEqual(x.diagonal(1).toArray());
    expect(x.diagEmbed({ dim1: 0, dim2: 2 }).shape).toEqual([2, 1, 2]);
    expect(() => (x as any).flatten({ start: 1 })).toThrow(
      "flatten: unknown option: start; known are startDim, endDim",
    );
    expect(x.sort({ descending: true }).values.toArray()).toEqual([[0.75, 0.25]]);
    expect(() => (x as any).sum({ keepDim: true })).toThrow(
      "sum: unknown option: keepDim; did you mean keepdim?",
    );
    expect(() => (x as any).sum("0")).toThrow(
      'sum: dim is a number, an array of numbers or undefined, and options come after it: "0"',
    );
    expect(() => (x as any).transpose({ dim: 0 }, 1)).toThrow(
      "transpose: dim is a number, and options come after it",
    );
  });

  it("a tensor in the place of the options", () => {
    expect(() => F["hardtanh"](x, x)).toThrowError(
      expect.objectContaining({
        code: "INVALID_OPTIONS",
        message: "hardtanh: options are an object { minVal, maxVal }: a tensor [1, 2] float32",
      }),
    );
  });

  it("a function without options may be mapped over an array", () => {
    expect([tensor([-1]), tensor([2])].map(F.relu).map((y) => y.item())).toEqual([0, 2]);
  });
});
