/** Normalisations beyond PyTorch's numbers: how many kernel calls, and what the kernels do not take. */
import { beforeEach, describe, expect, test } from "vitest";
import { compile, manualSeed, nn, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { elements } from "../fixtures/pytorch/read.js";

const F = nn.functional;
const values = (x: Tensor) => elements(x.detach());
const close = (a: Tensor, b: Tensor) => {
  expect(a.shape).toEqual(b.shape);
  const wanted = values(b);
  values(a).forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i] as number, 5);
  });
};

beforeEach(() => manualSeed(4));

interface Layer {
  forward(x: Tensor): Tensor;
}
const layers: [name: string, make: () => Layer, shape: number[], kernels: string[]][] = [
  ["LayerNorm", () => new nn.LayerNorm(6), [4, 6], ["normalize", "normalizeGrad"]],
  ["RMSNorm", () => new nn.RMSNorm(6), [4, 6], ["normalize", "normalizeGrad"]],
  ["GroupNorm", () => new nn.GroupNorm(2, 4), [3, 4, 5], ["normalize", "normalizeGrad"]],
  [
    "InstanceNorm1d",
    () => new nn.InstanceNorm1d(4, { affine: true }),
    [3, 4, 5],
    ["normalize", "normalizeGrad"],
  ],
  ["BatchNorm1d", () => new nn.BatchNorm1d(4), [3, 4], ["batchNorm", "batchNormGrad"]],
  [
    "BatchNorm1d with averages",
    () => new nn.BatchNorm1d(4, { momentum: null }),
    [3, 4, 2],
    ["batchNorm", "batchNormGrad"],
  ],
  [
    "BatchNorm2d in eval",
    () => new nn.BatchNorm2d(4).eval() as nn.BatchNorm2d,
    [3, 4, 2, 2],
    ["batchNormEval", "batchNormGrad"],
  ],
];

test.each(layers)("%s is one kernel call forward and one backward", (_, make, shape, kernels) => {
  const layer = make();
  const step = compile((x: Tensor) => {
    const y = layer.forward(x);
    y.sum().backward();
    return y;
  });
  step(randn(shape));
  const calls = [...step.explain().matchAll(/^ *\d+ +(\S+)/gm)].map(([, kernel]) => kernel);
  expect(calls).toEqual([kernels[0], "fill", "copy", kernels[1]]);
});

test("a second backward adds to the gradients of weight and bias", () => {
  for (const [, make, shape] of layers) {
    const layer = make() as Layer & { weight: Tensor; bias?: Tensor | null };
    const x = randn(shape);
    const g = randn(shape);
    layer.forward(x).backward(g);
    const once = [layer.weight, layer.bias].map((p) => p?.grad?.clone());
    layer.forward(x).backward(g);
    for (const [i, p] of [layer.weight, layer.bias].entries()) if (p) close(p.grad!, once[i]!.mul(2));
  }
});

describe("what the kernels do not take gives the same", () => {
  const x = () => randn([5, 3, 2]);
  const statistics = () => ({ runningMean: zeros([3]), runningVar: zeros([3]) });

  test("a momentum that is a tensor, and running statistics that are views or of another dtype", () => {
    const given = x();
    const plain = statistics();
    const y = F.batchNorm(given, { ...plain, training: true, momentum: 0.25 });
    const double = { runningMean: zeros([3], { dtype: "float64" }), runningVar: zeros([3]) };
    const views = zeros([3, 2]);
    for (const moved of [
      { ...statistics(), momentum: tensor(0.25) },
      { ...double, momentum: 0.25 },
      { runningMean: views.select(1, 0), runningVar: views.select(1, 1), momentum: 0.25 },
    ]) {
      close(F.batchNorm(given, { ...moved, training: true }), y);
      close(moved.runningMean, plain.runningMean);
      close(moved.runningVar, plain.runningVar);
    }
  });

  test("weights of another dtype than x: the result has the larger one", () => {
    const given = x();
    const [w, b] = [randn([3]), randn([3])];
    const [w64, b64] = [w.to("float64"), b.to("float64")];
    const cases: [Tensor, Tensor][] = [
      [
        F.batchNorm(given, null, null, w64, b64, { training: true }),
        F.batchNorm(given, null, null, w, b, { training: true }),
      ],
      [F.instanceNorm(given, null, null, w64, b64), F.instanceNorm(given, null, null, w, b)],
      [F.groupNorm(given, 3, w64, b64), F.groupNorm(given, 3, w, b)],
      [F.layerNorm(given.transpose(1, 2), 3, w64, b64), F.layerNorm(given.transpose(1, 2), 3, w, b)],
    ];
    for (const [mixed, plain] of cases) {
      expect(mixed.dtype).toBe("float64");
      close(mixed, plain);
    }
  });

  test("an empty batch is counted and leaves the statistics; its weights have gradients of 0", () => {
    const layer = new nn.BatchNorm1d(3);
    layer
      .forward(zeros([0, 3, 2]))
      .sum()
      .backward();
    expect(layer.buffers().map(values)).toEqual([[0, 0, 0], [1, 1, 1], [1]]);
    for (const p of [layer.weight!, layer.bias!]) expect(values(p.grad!)).toEqual([0, 0, 0]);
  });
});

test("running statistics move as in PyTorch: the variance is unbiased, null averages over all batches", () => {
  // torch: m = nn.BatchNorm1d(1, momentum=None); m([[1], [5]]); m([[2], [4]]) -> mean 3, var (8 + 2) / 2
  const layer = new nn.BatchNorm1d(1, { momentum: null });
  layer.forward(tensor([[1], [5]]));
  expect(layer.buffers().map(values)).toEqual([[3], [8], [1]]);
  layer.forward(tensor([[2], [4]]));
  expect(layer.buffers().map(values)).toEqual([[3], [5], [2]]);
  const decaying = new nn.BatchNorm1d(1, { momentum: 0.5 });
  decaying.forward(tensor([[1], [5]]));
  expect(decaying.buffers().map(values)).toEqual([[1.5], [4.5], [1]]);
});

test("backward in eval goes around the statistics, which may not be changed in between", () => {
  const layer = new nn.BatchNorm1d(2).eval() as nn.BatchNorm1d;
  const x = randn([3, 2], { requiresGrad: true });
  layer.runningVar!.fill_(3);
  const y = layer.forward(x);
  y.backward(zeros([3, 2]).add(2));
  for (const v of values(x.grad!)) expect(v).toBeCloseTo(2 / Math.sqrt(3 + 1e-5), 5);
  const later = layer.forward(x);
  layer.runningVar!.fill_(1);
  expect(() => later.sum().backward()).toThrow(/changed in place/);
});
