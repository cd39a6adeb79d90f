/** Losses, layers and a whole network against PyTorch: values and gradients. */
import { describe, expect, it } from "vitest";
import { nn, type Tensor, tensor } from "../../src/index.js";
import { layersOf } from "../autograd/cases.js";
import { objectiveCases } from "../autograd/objectives.js";
import { expectClose, tolerances } from "../close.js";
import { loadModules } from "../fixtures/pytorch/modules.js";
import {
  decode,
  elements,
  load,
  type StoredCase,
  type StoredTensor,
  toTensor,
} from "../fixtures/pytorch/read.js";

const F = nn.functional;
type Run = (inputs: Tensor[], options: Record<string, any>) => Tensor;

const losses: Record<string, Run> = {
  crossEntropy: ([x, t, weight], options) => F.crossEntropy(x, t, { ...options, weight }),
  nllLoss: ([x, t, weight], options) => F.nllLoss(x, t, { ...options, weight }),
  mseLoss: ([x, t], options) => F.mseLoss(x, t, options),
  l1Loss: ([x, t], options) => F.l1Loss(x, t, options),
  binaryCrossEntropy: ([x, t, weight], options) => F.binaryCrossEntropy(x, t, { ...options, weight }),
  binaryCrossEntropyWithLogits: ([x, t, w], { posWeight, ...options }) =>
    F.binaryCrossEntropyWithLogits(
      x,
      t,
      posWeight ? { ...options, posWeight: w } : { ...options, weight: w },
    ),
};

/** A layer of each name; PyTorch's positional arguments are our options, dims stay positional. */
const layers: Record<string, Run> = Object.fromEntries(
  Object.entries(nn)
    .filter(([, value]) => typeof value === "function" && value.prototype instanceof nn.Module)
    .map(([name, value]) => {
      const Layer = value as unknown as new (options: any) => nn.Module & { forward(...x: Tensor[]): Tensor };
      const positional = name === "Softmax" || name === "LogSoftmax";
      return [
        name,
        (inputs, options) => new Layer(positional ? options["dim"] : options).eval().forward(...inputs),
      ];
    }),
);

function check(c: StoredCase, run: Run, dtype: "float32" | "float64", what: string): void {
  const leaves = c.inputs.map((x) => toTensor(x, dtype));
  for (const [j, x] of leaves.entries()) if (c.grads?.[j]) x.requiresGrad = true;
  const y = run(leaves, c.options);
  expect(y.shape, what).toEqual(c.output[1]);
  expectClose(elements(y), decode(c.output[2]), tolerances[dtype], what);
  if (c.cotangent === undefined) return;
  // PyTorch's limit of 1e-12 below p (1 - p) is a float32 constant, also for float64.
  const { rtol, atol } = tolerances[dtype];
  const tolerance = { rtol: c.op === "binaryCrossEntropy" ? Math.max(rtol, 1e-8) : rtol, atol };
  y.backward(toTensor(c.cotangent, dtype));
  for (const [j, g] of c.grads!.entries())
    if (g !== null) expectClose(elements(leaves[j].grad!), decode(g[2]), tolerance, `${what}, gradient ${j}`);
}

const describeCase = (c: StoredCase, i: number) =>
  `${c.op} #${i} ${JSON.stringify(c.inputs.map((x) => [x[0], x[1]]))} ${JSON.stringify(c.options)}`;

describe.each(["float64", "float32"] as const)("losses in %s", (dtype) => {
  const cases = load<StoredCase[]>("losses");
  it.each(Object.keys(losses))("%s", (op) => {
    const own = cases.filter((c) => c.op === op);
    expect(own.length).toBeGreaterThan(0);
    for (const [i, c] of own.entries()) check(c, losses[op], dtype, describeCase(c, i));
  });

  it("crossEntropy with labels in uint8", () => {
    for (const [i, c] of cases.entries())
      if (c.op === "crossEntropy" && c.inputs[1][0] === "int32" && !c.inputs[1][2].includes(-100))
        check(
          { ...c, inputs: c.inputs.map((x, j) => (j === 1 ? (["uint8", x[1], x[2]] as StoredTensor) : x)) },
          losses["crossEntropy"],
          dtype,
          describeCase(c, i),
        );
  });
});

const stored = load<{
  layers: StoredCase[];
  gains: Record<string, number>;
  network: {
    state: Record<string, StoredTensor>;
    grads: Record<string, StoredTensor>;
    input: StoredTensor;
    inputGrad: StoredTensor;
    target: number[];
    loss: number;
  };
}>("layers");

describe.each(["float64", "float32"] as const)("layers in %s", (dtype) => {
  it.each(stored.layers.map((c, i) => [describeCase(c, i), c] as const))("%s", (what, c) => {
    expect(Object.keys(layers)).toContain(c.op);
    check(c, layers[c.op], dtype, what);
  });
});

it("every layer and loss has a fixture", () => {
  const known = new Set(stored.layers.map((c) => c.op));
  for (const name of ["normalization", "activations", "embeddings", "attention", "recurrent", "sampling"])
    for (const c of loadModules(name).modules ?? []) known.add(c.op);
  // In spatial.test.ts.
  for (const { op } of load<StoredCase[]>("spatial")) known.add(op[0].toUpperCase() + op.slice(1));
  const withParameters = ["Linear", "Sequential", "Module"]; // in the network below
  // compute nothing of their own
  withParameters.push("ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "Residual");
  withParameters.push("TransformerEncoder", "TransformerDecoder"); // layers in a row
  withParameters.push("FractionalMaxPool2d", "FractionalMaxPool3d"); // random: their functions have fixtures
  // nn.functional.pad in other words: test/ops/write/writing.test.ts.
  const padded = Object.keys(layers).filter((name) => /Pad[123]d$/.test(name));
  withParameters.push(...padded);
  const others = new Set(
    Object.keys(layersOf).filter((name) => objectiveCases[layersOf[name]] !== undefined),
  );
  expect(
    Object.keys(layers).filter(
      (name) => !known.has(name) && !withParameters.includes(name) && !others.has(name),
    ),
  ).toEqual([]);
});

it("gains of nonlinearities", () => {
  for (const [name, gain] of Object.entries(stored.gains))
    expect(nn.init.calculateGain(name as nn.init.Nonlinearity, 0.25)).toBeCloseTo(gain, 14);
});

it("a network loads PyTorch's state dict and has its loss and gradients", () => {
  const { state, grads, input, inputGrad, target, loss } = stored.network;
  const model = new nn.Sequential(
    new nn.Linear(4, 5),
    new nn.Tanh(),
    new nn.Sequential(new nn.Linear(5, 3, { bias: false }), new nn.ReLU()),
    new nn.Linear(3, 2),
  );
  expect(Object.keys(model.stateDict())).toEqual(Object.keys(state));
  model.loadStateDict(Object.fromEntries(Object.entries(state).map(([k, v]) => [k, toTensor(v, "float32")])));
  const x = toTensor(input, "float32");
  x.requiresGrad = true;
  const y = F.crossEntropy(model.forward(x), tensor(target, { dtype: "int32" }));
  expectClose([y.item()], [loss], tolerances.float32, "loss");
  y.backward();
  expectClose(elements(x.grad!), decode(inputGrad[2]), tolerances.float32, "gradient of the input");
  expect([...model.namedParameters()].map(([name]) => name)).toEqual(Object.keys(grads));
  for (const [name, p] of model.namedParameters())
    expectClose(elements(p.grad!), decode(grads[name][2]), tolerances.float32, `gradient of ${name}`);
});
