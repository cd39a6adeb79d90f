/**
 * CTC against all ways to say the labels, Gumbel softmax, adaptive softmax, and the encoder with its decoder.
 */
import { describe, expect, it } from "vitest";
import { manualSeed, nn, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { Generator } from "../../src/random.js";
import { expectClose } from "../close.js";
import { elements } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";
import fc from "../property.js";

const F = nn.functional;
const int = (values: number[], shape = [values.length]) => tensor(values, { shape, dtype: "int32" });
const numbers = (shape: readonly number[], seed = 1) =>
  tensor(
    units(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ).map((u) => 2 * u),
    { shape, dtype: "float64" },
  );

/** What a path says: repeated classes once, and no blanks. */
const said = (path: readonly number[], blank: number) =>
  path.filter((c, t) => c !== blank && (t === 0 || c !== path[t - 1]));

/** -log of the summed probabilities of all paths that say the labels. */
function byAllPaths(logs: number[][], labels: readonly number[], blank: number): number {
  const classes = logs[0].length;
  let total = 0;
  for (let n = 0; n < classes ** logs.length; n++) {
    const path = logs.map((_, t) => Math.floor(n / classes ** t) % classes);
    if (String(said(path, blank)) !== String(labels)) continue;
    total += Math.exp(path.reduce((sum, c, t) => sum + logs[t][c], 0));
  }
  return -Math.log(total);
}

describe("ctcLoss", () => {
  const sequence = fc.tuple(
    ...([
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 3 }),
    ] as const),
    ...([fc.integer({ min: 0, max: 2 }), fc.nat(1000)] as const),
  );

  it("is the probability of all paths that say the labels", () => {
    fc.assert(
      fc.property(sequence, ([steps, drawn, blank, seed]) => {
        // Any two classes that are not the blank.
        const labels = drawn.map((label) => (blank + 1 + label) % 3);
        const logs = F.logSoftmax(numbers([steps, 3], seed), 1);
        const loss = F.ctcLoss(logs, int(labels, [labels.length]), steps, labels.length, {
          blank,
          reduction: "none",
        });
        expect(loss.shape).toEqual([]);
        const expected = byAllPaths(logs.toArray() as number[][], labels, blank);
        if (expected === Infinity) expect(loss.item()).toBe(Infinity);
        else expect(loss.item()).toBeCloseTo(expected, 9);
      }),
      { numRuns: 60 },
    );
  });

  it("takes labels in a row as well as padded ones, whatever the padding is", () => {
    const logs = F.logSoftmax(numbers([6, 3, 4]), 2);
    const padded = F.ctcLoss(logs, int([1, 2, 3, 3, 99, -7, 2, 1, 99], [3, 3]), [6, 5, 6], [3, 1, 2]);
    const row = F.ctcLoss(logs, int([1, 2, 3, 3, 2, 1]), int([6, 5, 6]), int([3, 1, 2]));
    expect(row.item()).toBe(padded.item());
  });

  it("of a sequence that is too short is infinite, or nothing, with no gradient", () => {
    const logits = numbers([2, 1, 3]);
    logits.requiresGrad = true;
    const lossOf = (zeroInfinity: boolean) =>
      F.ctcLoss(F.logSoftmax(logits, 2), int([1, 1], [1, 2]), [2], [2], { zeroInfinity });
    expect(lossOf(false).item()).toBe(Infinity);
    const nothing = lossOf(true);
    nothing.backward();
    expect(nothing.item()).toBe(0);
    expect(elements(logits.grad!)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("of nothing to say is the probability of blanks only", () => {
    const logs = F.logSoftmax(numbers([4, 1, 3]), 2);
    const loss = F.ctcLoss(logs, zeros([1, 0], { dtype: "int32" }), [4], [0]);
    expect(loss.item()).toBeCloseTo(-logs.select(2, 0).sum().item(), 12);
    expect(F.ctcLoss(logs, zeros([1, 0], { dtype: "int32" }), [0], [0]).item()).toBe(0);
  });

  it.each<[string, () => unknown, string, string]>([
    [
      "a blank",
      () => F.ctcLoss(zeros([2, 1, 3]), int([1]), [2], [1], { blank: 3 }),
      "INVALID_VALUE",
      "0 to 2: 3",
    ],
    [
      "steps",
      () => F.ctcLoss(zeros([2, 1, 3]), int([1]), [3], [1]),
      "INVALID_VALUE",
      "inputLengths are integers between 0 and 2: [3]",
    ],
    [
      "labels",
      () => F.ctcLoss(zeros([2, 1, 3]), int([1], [1, 1]), [2], [2]),
      "INVALID_VALUE",
      "between 0 and 1: [2]",
    ],
    [
      "lengths",
      () => F.ctcLoss(zeros([2, 2, 3]), int([1]), [2], [1, 1]),
      "SHAPE_MISMATCH",
      "one length per sequence: 1 for 2",
    ],
    ["a class", () => F.ctcLoss(zeros([2, 1, 3]), int([5]), [2], [1]), "INDEX_OUT_OF_RANGE", "5"],
    [
      "floats",
      () => F.ctcLoss(zeros([2, 1, 3]), zeros([1]), [2], [1]),
      "DTYPE_MISMATCH",
      "class indices: float32",
    ],
  ])("refuses %s", (_, call, code, message) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

describe("gumbelSoftmax", () => {
  it("draws classes by their probabilities", () => {
    const logits = tensor([0.5, 0.25, 0.25]).log().expand([4000, 3]);
    const hard = F.gumbelSoftmax(logits, { hard: true, generator: new Generator(1) });
    expect(elements(hard.sum(1)).every((total) => Math.abs(total - 1) < 1e-6)).toBe(true);
    const share = elements(hard.mean(0));
    for (const [i, p] of [0.5, 0.25, 0.25].entries()) expect(Math.abs(share[i] - p)).toBeLessThan(0.03);
  });

  it("is soft, along any dim, and harder at low temperatures", () => {
    const soft = (tau: number) =>
      F.gumbelSoftmax(numbers([5, 4]), { tau, dim: 0, generator: new Generator(2) });
    for (const total of elements(soft(1).sum(0))) expect(total).toBeCloseTo(1, 12);
    expect(soft(0.05).amax(0).mean().item()).toBeGreaterThan(soft(5).amax(0).mean().item());
  });

  it("hard has the gradient of the soft one", () => {
    const gradient = (hard: boolean) => {
      const x = numbers([2, 3]);
      x.requiresGrad = true;
      F.gumbelSoftmax(x, { hard, generator: new Generator(3) })
        .mul(numbers([2, 3], 4))
        .sum()
        .backward();
      return elements(x.grad!);
    };
    expect(gradient(true)).toEqual(gradient(false));
  });
});

describe("AdaptiveLogSoftmaxWithLoss", () => {
  const layer = new nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 6], { divValue: 2 }).double();
  const x = numbers([12, 8]);

  it("is a distribution over all classes, whose entries forward gives", () => {
    const logs = layer.logProb(x);
    expect(logs.shape).toEqual([12, 12]);
    for (const total of elements(logs.exp().sum(1))) expect(total).toBeCloseTo(1, 12);
    const classes = int(Array.from({ length: 12 }, (_, i) => i));
    const { output, loss } = layer.forward(x, classes);
    expectClose(elements(output), elements(logs.diagonal()), { rtol: 1e-12, atol: 1e-12 }, "");
    expect(loss.item()).toBeCloseTo(-output.mean().item(), 12);
    expect(elements(layer.predict(x))).toEqual(elements(logs.argmax(1)));
  });

  it("learns", () => {
    const parts = layer.forward(x, int([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
    const [output, loss] = parts;
    expect([output, loss]).toEqual([parts.output, parts.loss]);
    loss.backward();
    for (const [name, p] of layer.namedParameters())
      expect(p.grad!.abs().sum().item(), name).toBeGreaterThan(0);
  });

  it.each([[[]], [[0, 3]], [[3, 3]], [[4, 2]], [[12]], [[1.5]]])("refuses the cutoffs %j", (cutoffs) => {
    expect(() => new nn.AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs)).toThrow(
      /cutoffs are rising integers between 1 and 11/,
    );
  });

  it("refuses a class that there is not", () => {
    expect(() => layer.forward(x.slice([0, 2]), int([1, 12]))).toThrowError(
      expect.objectContaining({
        code: "LABEL_OUT_OF_RANGE",
        message: expect.stringContaining("12 at position 1"),
      }),
    );
  });
});

describe("Transformer", () => {
  it("has PyTorch's defaults and names", () => {
    const model = new nn.Transformer(8, 2, { numEncoderLayers: 1, numDecoderLayers: 2, dimFeedforward: 4 });
    const names = [...model.namedParameters()].map(([name]) => name);
    expect(names).toContain("encoder.layers.0.self_attn.in_proj_weight");
    expect(names).toContain("decoder.layers.1.multihead_attn.out_proj.weight");
    expect(names).toContain("decoder.norm.bias");
    const { dModel, nhead, batchFirst } = model;
    expect([dModel, nhead, batchFirst]).toEqual([8, 2, false]);
  });

  it("with a causal mask sees nothing of what comes later", () => {
    manualSeed(1);
    const model = new nn.Transformer(4, 2, {
      ...{ numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 4, batchFirst: true },
    }).eval();
    const [src, tgt] = [randn([1, 3, 4]), randn([1, 4, 4])];
    const options = { tgtMask: nn.Transformer.generateSquareSubsequentMask(4) };
    const later = tgt.clone();
    later.select(1, 3).fill_(9);
    const [a, b] = [tgt, later].map((x) => model.forward(src, x, options) as Tensor);
    expect(elements(a.slice([0, 1], [0, 3]).detach())).toEqual(elements(b.slice([0, 1], [0, 3]).detach()));
    expect(elements(a.select(1, 3).detach())).not.toEqual(elements(b.select(1, 3).detach()));
  });

  it("takes an encoder and a decoder of one's own", () => {
    class Same extends nn.Module {
      calls: unknown[] = [];
      forward(x: Tensor, ...others: unknown[]) {
        this.calls.push(others);
        return x;
      }
    }
    const [customEncoder, customDecoder] = [new Same(), new Same()];
    const model = new nn.Transformer(2, 1, { customEncoder, customDecoder });
    const [src, tgt] = [zeros([3, 1, 2]), zeros([2, 1, 2])];
    expect(model.forward(src, tgt, { tgtIsCausal: true })).toBe(tgt);
    expect(customDecoder.calls).toEqual([[src, { tgtIsCausal: true }]]);
  });
});

it("ParameterDict makes parameters, and names them", () => {
  const dict = new nn.ParameterDict({ left: zeros([2]), right: new nn.Parameter(zeros([3])) });
  expect([...dict.namedParameters()].map(([name]) => name)).toEqual(["left", "right"]);
  expect(dict.get("left")).toBeInstanceOf(nn.Parameter);
  expect([dict.keys(), dict.length, dict.has("top")]).toEqual([["left", "right"], 2, false]);
  const left = dict.pop("left");
  expect(
    dict
      .set("up", left)
      .entries()
      .map(([name]) => name),
  ).toEqual(["right", "up"]);
  expect(dict.values()[1]).toBe(left);
  expect(Object.keys(dict.stateDict())).toEqual(["right", "up"]);
  for (const name of ["forward", "a.b", ""])
    expect(() => dict.set(name, left)).toThrow(/ParameterDict: a name/);
  expect(() => dict.get("none")).toThrow(
    /ParameterDict: no parameter of this name: "none"; there are right, up/,
  );
  expect(() => dict.set("x", 3 as never)).toThrow("ParameterDict: items are tensors: number");
  expect(() => dict.forward()).toThrow(/a container has no forward/);
});

it("layers print what they were given", () => {
  const printed = [
    new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }),
    new nn.UpsamplingNearest2d({ size: [4, 6] }),
    new nn.MaxUnpool2d(2, { stride: 1 }),
    new nn.LPPool2d(2, [3, 2]),
    new nn.ChannelShuffle(3),
    new nn.Conv3d(2, 4, 3, { padding: 1 }),
    new nn.MaxPool3d(2),
    new nn.AdaptiveAvgPool3d([1, null, 2]),
    new nn.CTCLoss({ blank: 2 }),
  ].map(String);
  expect(printed).toEqual([
    "Upsample(scaleFactor=2, mode=bilinear)",
    "UpsamplingNearest2d(size=[4,6])",
    "MaxUnpool2d(kernelSize=2, stride=1)",
    "LPPool2d(normType=2, kernelSize=[3,2])",
    "ChannelShuffle(groups=3)",
    "Conv3d(2, 4, kernelSize=3,3,3, stride=1,1,1, padding=1,1,1)  # 220",
    "MaxPool3d(kernelSize=2)",
    "AdaptiveAvgPool3d(outputSize=[1,null,2])",
    "CTCLoss(blank=2)",
  ]);
});
