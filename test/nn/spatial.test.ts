/**
 * Convolution and pooling against PyTorch: values, gradients, and (by difference quotients) gradients of
 * gradients.
 */
import { describe, expect, it } from "vitest";
import { autograd, cat, gradcheck, nn, ones, type Tensor, tensor, zeros } from "../../src/index.js";
import { expectClose, tolerances } from "../close.js";
import { decode, elements, load, type StoredCase, toTensor } from "../fixtures/pytorch/read.js";

const F = nn.functional as unknown as Record<string, (...args: any[]) => any>;
const cases = load<(StoredCase & { arguments: unknown[] })[]>("spatial");

const isConvolution = (op: string) => op.startsWith("conv");

function run(op: string, inputs: Tensor[], given: unknown[], options: object): Tensor {
  if (op === "maxPool2dIndices")
    return F["maxPool2d"](inputs[0], ...given, { ...options, returnIndices: true })[1];
  const operands = isConvolution(op) ? [inputs[0], inputs[1], inputs[2] ?? null] : inputs;
  const hasOptions = Object.keys(options).length > 0;
  return F[op](...operands, ...given, ...(hasOptions ? [options] : []));
}

const ops = [...new Set(cases.map((c) => c.op))];
const describeCase = (c: (typeof cases)[number]) =>
  `${c.op} ${JSON.stringify(c.inputs.map((x) => x[1]))} ${JSON.stringify([c.arguments, c.options])}`;

describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
  it.each(ops)("%s", (op) => {
    for (const c of cases.filter((other) => other.op === op)) {
      const what = describeCase(c);
      const leaves = c.inputs.map((x) => toTensor(x, dtype));
      for (const [j, x] of leaves.entries()) if (c.grads?.[j]) x.requiresGrad = true;
      const y = run(op, leaves, c.arguments, c.options);
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

const layers = nn as unknown as Record<string, new (...args: any[]) => any>;

it.each(ops.filter((op) => op !== "maxPool2dIndices"))("the layer of %s", (op) => {
  const Layer = layers[op[0].toUpperCase() + op.slice(1)];
  for (const c of cases.filter((other) => other.op === op)) {
    const [x, weight, bias] = c.inputs.map((input) => toTensor(input));
    let layer: any;
    if (isConvolution(op)) {
      const groups = c.options["groups"] ?? 1;
      const [a, b] = weight.shape;
      const channels = op.startsWith("convTranspose") ? [a, b * groups] : [b * groups, a];
      layer = new Layer(...channels, weight.shape.slice(2), { ...c.options, bias: bias !== undefined });
      expect(layer.weight.shape).toEqual(weight.shape);
      expect(layer.bias?.shape).toEqual(bias?.shape);
      layer.double();
      layer.loadStateDict(bias === undefined ? { weight } : { weight, bias });
    } else if (/^(adaptive|pixel)/.test(op)) layer = new Layer(...c.arguments);
    else layer = new Layer(...c.arguments, c.options);
    expectClose(elements(layer.forward(x)), decode(c.output[2]), tolerances.float64, describeCase(c));
  }
});

it("padding of layers that is not zeros", () => {
  const x = tensor([[1, 2, 3, 4]], { dtype: "float64" });
  const seen = (paddingMode: string, padding: unknown) => {
    const layer = new nn.Conv1d(1, 1, 4, {
      padding,
      paddingMode,
      bias: false,
    } as nn.ConvLayerOptions).double();
    layer.loadStateDict({ weight: tensor([[[1, 10, 100, 1000]]], { dtype: "float64" }) });
    return elements(layer.forward(x));
  };
  expect(seen("zeros", 2)).toEqual([2100, 3210, 4321, 432, 43]);
  expect(seen("reflect", 2)).toEqual([2123, 3212, 4321, 3432, 2343]);
  expect(seen("replicate", 2)).toEqual([2111, 3211, 4321, 4432, 4443]);
  expect(seen("circular", 2)).toEqual([2143, 3214, 4321, 1432, 2143]);
  expect(seen("circular", "same")).toEqual([3214, 4321, 1432, 2143]);
  expect(() => seen("reflect", 4)).toThrow(
    "Conv1d: reflect padding is at most 3 in dim 1: [4, 4] for x [1, 4]",
  );
});

it("layers start as in PyTorch: uniform on ±1/√fanIn", () => {
  const { weight, bias } = new nn.Conv2d(8, 16, [2, 5], { groups: 4 });
  const bound = 1 / Math.sqrt(2 * 2 * 5);
  for (const p of [weight, bias!]) {
    const largest = p.abs().max().item();
    expect(largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest).toBeGreaterThan(0.8 * bound);
  }
});

describe("mistakes name what was given", () => {
  const x = zeros([2, 4, 5, 5]);
  it.each<[string, () => unknown, string]>([
    [
      "a kernel larger than the image",
      () => F["conv2d"](x, zeros([3, 4, 6, 2])),
      "conv2d: the kernel is not larger than the padded image: weight [3, 4, 6, 2], reaching 6 x 2, for x [2, 4, 5, 5] padded to 5 x 5",
    ],
    [
      "channels of another weight",
      () => F["conv2d"](x, zeros([3, 3, 2, 2])),
      "conv2d: x has groups · 3 channels and the weight a multiple of groups: x [2, 4, 5, 5], weight [3, 3, 2, 2], groups 1",
    ],
    [
      "groups that do not divide outputs",
      () => F["conv2d"](x, zeros([3, 2, 2, 2]), null, { groups: 2 }),
      "weight [3, 2, 2, 2], groups 2",
    ],
    [
      "dims of x",
      () => F["conv2d"](zeros([4, 5]), zeros([3, 4, 2, 2])),
      "conv2d: x has 3 dims, or 4 with a batch: [4, 5]",
    ],
    [
      "dims of the weight",
      () => F["conv2d"](x, zeros([3, 4, 2])),
      "conv2d: the weight has 4 dims: [3, 4, 2] for x [2, 4, 5, 5]",
    ],
    [
      "the bias",
      () => F["conv2d"](x, zeros([3, 4, 2, 2]), zeros([4])),
      "conv2d: the bias has one value per output channel: [4] for weight [3, 4, 2, 2]",
    ],
    [
      "dtypes",
      () => F["conv2d"](x.double(), zeros([3, 4, 2, 2])),
      "conv2d: x, weight and bias are floats of one dtype: float64, float32",
    ],
    [
      "same with a stride",
      () => F["conv2d"](x, zeros([3, 4, 2, 2]), null, { padding: "same", stride: 2 }),
      'conv2d: padding "same" goes with stride 1: [2, 2]',
    ],
    [
      "an option",
      () => F["conv2d"](x, zeros([3, 4, 2, 2]), null, { strides: 2 }),
      "conv2d: unknown option: strides; did you mean stride?",
    ],
    [
      "outputPadding",
      () => F["convTranspose2d"](x, zeros([4, 2, 2, 2]), null, { outputPadding: 1 }),
      "convTranspose2d: outputPadding is less than stride or dilation: [1, 1] for stride [1, 1], dilation [1, 1]",
    ],
    [
      "columns",
      () => F["fold"](zeros([8, 5]), [3, 4], 2),
      "fold: x has a multiple of 4 rows and 6 columns: [8, 5] for images [3, 4]",
    ],
    [
      "a window larger than the image",
      () => F["maxPool2d"](x, [6, 2]),
      "maxPool2d: the window is not larger than the padded image: [6, 2] for x [2, 4, 5, 5], padding [0, 0]",
    ],
    [
      "padding of windows",
      () => F["avgPool2d"](x, 3, { padding: 2 }),
      "avgPool2d: padding is at most half of the kernel: [2, 2] for [3, 3]",
    ],
    [
      "an empty image",
      () => F["maxPool2d"](zeros([2, 4, 0, 5]), 1),
      "maxPool2d: only the batch may be empty: [2, 4, 0, 5]",
    ],
    [
      "groups of a layer",
      () => new nn.Conv2d(4, 6, 3, { groups: 4 }),
      "Conv2d: groups divide the numbers of channels: 4 groups, 4 and 6 channels",
    ],
  ])("%s", (_, fn, message) => {
    expect(fn).toThrow(message);
  });
});

it("gradients of gradients", () => {
  const small = cases.filter(
    (c) => c.grads !== undefined && c.inputs[0][2].every((v) => typeof v === "number"),
  );
  for (const op of ops.filter((name) => name !== "maxPool2dIndices")) {
    const c = small.filter((other) => other.op === op && other.inputs[0][1][0] !== 0).at(1)!;
    const inputs = c.inputs.map((x) => toTensor(x));
    for (const x of inputs) x.requiresGrad = true;
    const gradients = (...xs: Tensor[]) => {
      const y = run(op, xs, c.arguments, c.options).square().sum();
      const grads = autograd.grad(y, xs, { createGraph: true });
      return cat(grads.map((g) => g!.flatten()));
    };
    expect(gradcheck(gradients, inputs), describeCase(c)).toBe(true);
  }
});

describe("a transposed convolution of kernel 1", () => {
  it("has zeros where outputPadding adds places, whatever the dilation", () => {
    const options = { dilation: 2, outputPadding: 1 };
    const y = nn.functional.convTranspose1d(tensor([[[1, 2, 3]]]), ones([1, 2, 1]), null, options);
    // As PyTorch.
    expect(y.toArray()).toEqual([
      [
        [1, 2, 3, 0],
        [1, 2, 3, 0],
      ],
    ]);
  });
});
