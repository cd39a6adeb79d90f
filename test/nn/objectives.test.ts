/**
 * Losses and distances beyond the first ones, against PyTorch: values and gradients; and what they refuse.
 */
import { describe, expect, it } from "vitest";
import { gradcheck, nn, type Tensor, tensor, zeros } from "../../src/index.js";
import { expectClose, tolerances } from "../close.js";
import { decode, elements, load, type StoredCase, toTensor } from "../fixtures/pytorch/read.js";

const F = nn.functional as unknown as Record<string, (...args: any[]) => Tensor>;
const cases = load<StoredCase[]>("objectives");

/** Options as they are given: a weight is the last input, infinities are words in JSON. */
function argumentsOf(c: StoredCase, inputs: Tensor[]): unknown[] {
  const infinities: Record<string, number> = { inf: Infinity, "-inf": -Infinity };
  const options: Record<string, unknown> = { ...c.options };
  if (typeof options["p"] === "string") options["p"] = infinities[options["p"]];
  if (options["weight"] !== true) return [...inputs, options];
  return [...inputs.slice(0, -1), { ...options, weight: inputs.at(-1) }];
}

describe.each(["float64", "float32"] as const)("%s", (dtype) => {
  it.each([...new Set(cases.map((c) => c.op))])("%s", (op) => {
    for (const [i, c] of cases.entries()) {
      if (c.op !== op) continue;
      const what = `#${i} ${JSON.stringify(c.inputs.map((x) => [x[0], x[1]]))} ${JSON.stringify(c.options)}`;
      const leaves = c.inputs.map((x) => toTensor(x, dtype));
      for (const [j, x] of leaves.entries()) if (c.grads?.[j]) x.requiresGrad = true;
      const y = F[op](...argumentsOf(c, leaves));
      expect(y.shape, what).toEqual(c.output[1]);
      expectClose(elements(y), decode(c.output[2]), tolerances[dtype], what);
      if (c.cotangent === undefined) continue;
      y.backward(toTensor(c.cotangent, dtype));
      for (const [j, g] of c.grads!.entries())
        if (g !== null)
          expectClose(elements(leaves[j].grad!), decode(g[2]), tolerances[dtype], `${what}, gradient ${j}`);
    }
  });
});

/** The module of each function, by the inputs that both take. */
const modules: [string, string, object, number][] = [
  ["SmoothL1Loss", "smoothL1Loss", { beta: 0.5 }, 2],
  ["HuberLoss", "huberLoss", { delta: 0.5, reduction: "sum" }, 2],
  ["KLDivLoss", "klDiv", { reduction: "batchmean", logTarget: true }, 2],
  ["PoissonNLLLoss", "poissonNllLoss", { full: true }, 2],
  ["HingeEmbeddingLoss", "hingeEmbeddingLoss", { margin: 2 }, 2],
  ["SoftMarginLoss", "softMarginLoss", { reduction: "none" }, 2],
  ["MultiLabelSoftMarginLoss", "multilabelSoftMarginLoss", {}, 2],
  ["PairwiseDistance", "pairwiseDistance", { p: 1 }, 2],
  ["CosineSimilarity", "cosineSimilarity", { dim: 0 }, 2],
  ["MarginRankingLoss", "marginRankingLoss", { margin: 1 }, 3],
  ["TripletMarginLoss", "tripletMarginLoss", { swap: true }, 3],
  [
    "TripletMarginWithDistanceLoss",
    "tripletMarginWithDistanceLoss",
    { distanceFunction: F["pairwiseDistance"] },
    3,
  ],
  ["MSELoss", "mseLoss", { half: true }, 2],
];

it.each(modules)("nn.%s is F.%s with %j", (module, op, options, count) => {
  const inputs = [
    [0.5, -1, 2, 0.25],
    [1, -0.5, 1.5, -2],
    [-1, 1, 1, -1],
  ].map((values) => tensor(values, { shape: [2, 2] }));
  const given = inputs.slice(0, count);
  const layer = new (nn as any)[module](options) as nn.Module;
  expect(layer.forward(...given).toArray()).toEqual(F[op](...given, options).toArray());
});

it("modules of losses with a target of classes or a variance", () => {
  const x = tensor([
    [0.5, -1, 2],
    [1, 0, 0.5],
  ]);
  const labels = tensor([2, 0], { dtype: "int32" });
  expect(new nn.MultiMarginLoss({ p: 2 }).forward(x, labels).item()).toBe(
    nn.functional.multiMarginLoss(x, labels, { p: 2 }).item(),
  );
  const several = tensor(
    [
      [2, -1, 0],
      [0, 1, -1],
    ],
    { dtype: "int32" },
  );
  expect(new nn.MultiLabelMarginLoss().forward(x, several).item()).toBe(
    nn.functional.multilabelMarginLoss(x, several).item(),
  );
  expect(new nn.GaussianNLLLoss({ full: true }).forward(x, x, 1).item()).toBeCloseTo(
    0.5 * Math.log(2 * Math.PI),
    6,
  );
  const signs = tensor([1, -1]);
  expect(new nn.CosineEmbeddingLoss().forward(x, x, signs).item()).toBeCloseTo(0.5, 6);
});

it("half of the squared error has input - target for a derivative", () => {
  const x = tensor([3, -1], { requiresGrad: true });
  const loss = nn.functional.mseLoss(x, tensor([1, 1]), { half: true, reduction: "sum" });
  expect(loss.item()).toBe(4);
  loss.backward();
  expect(x.grad!.toArray()).toEqual([2, -2]);
});

it("a margin that overflows an exponential is finite, and so is its gradient", () => {
  const x = tensor([-1000, 1000], { requiresGrad: true });
  const loss = nn.functional.softMarginLoss(x, tensor([1, -1]), { reduction: "sum" });
  expect(loss.item()).toBe(2000);
  loss.backward();
  expect(x.grad!.toArray()).toEqual([-1, 1]);
});

it("distances of equal points have a gradient, and gradients of gradients are right", () => {
  const at = (values: number[]) => tensor(Float64Array.from(values), { shape: [2, 2], requiresGrad: true });
  const [a, b] = [at([0.5, -1, 2, 0.25]), at([1, -0.5, 1.5, -2])];
  gradcheck((x, y) => nn.functional.tripletMarginLoss(x, y, x.mul(2), { swap: true, margin: 9 }), [a, b]);
  gradcheck((x, y) => nn.functional.cosineSimilarity(x, y), [a, b]);
  const same = at([1, 2, 3, 4]);
  nn.functional.pairwiseDistance(same, same.detach(), { eps: 0 }).sum().backward();
  expect(elements(same.grad!)).toEqual([0, 0, 0, 0]);
});

describe("what is refused", () => {
  const f = nn.functional;
  const [x, one] = [zeros([2, 3]), zeros([2])];
  const int = (values: number[]) => tensor(values, { dtype: "int32" });
  it.each<[string, () => unknown, RegExp]>([
    [
      "shapes",
      () => f.smoothL1Loss(x, one),
      /smoothL1Loss: input and target have the same shape: \[2, 3\] and \[2\]/,
    ],
    ["beta", () => f.smoothL1Loss(x, x, { beta: -1 }), /beta is a number >= 0: -1/],
    ["delta", () => f.huberLoss(x, x, { delta: 0 }), /delta is a number > 0: 0/],
    ["weight", () => f.mseLoss(x, x, { weight: one }), /mseLoss: input and weight have the same shape/],
    [
      "reduction",
      () => f.poissonNllLoss(x, x, { reduction: "batchmean" as any }),
      /reduction is none, mean or sum/,
    ],
    ["p", () => f.multiMarginLoss(x, int([0, 1]), { p: 3 as any }), /p is 1 or 2: 3/],
    ["a label", () => f.multiMarginLoss(x, int([0, 3])), /out of range/],
    ["labels", () => f.multiMarginLoss(x, one), /targets are class indices: float32/],
    ["a label", () => f.multilabelMarginLoss(x, int([0, 3, -1, 0, 0, 0]).reshape(2, 3)), /out of range/],
    ["margin", () => f.tripletMarginLoss(x, x, x, { margin: 0 }), /margin is a number > 0: 0/],
    ["dims", () => f.cosineEmbeddingLoss(x, x, tensor(1)), /inputs \[N, D\] and target \[N\]/],
    ["dims", () => f.marginRankingLoss(x, x, one), /as many dims: \[2, 3\], \[2, 3\], \[2\]/],
    ["variance", () => f.gaussianNllLoss(x, x, zeros([3, 2])), /variance has the shape of the input/],
    ["variance", () => f.gaussianNllLoss(x, x, -1), /variances are not negative/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
  });
});
