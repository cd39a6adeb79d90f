/** simdgrad as a contestant; SIMDGRAD_BACKEND selects the core. */
import { backend, compile, data, type nn, noGrad, optim, type Tensor, tensor } from "simdgrad";
import { convolutional } from "./convolutional.js";
import { prepareGeneration } from "./generation.js";
import { prepareElementwise, prepareGemm } from "./kernels.js";
import { prepareNetwork } from "./network-step.js";
import { perceptron, trainingStep } from "./perceptron.js";
import { batchOf, pattern } from "./problem.js";
import type { Case, ConvolutionCase, InferenceCase, StepCase } from "./protocol.js";
import { type Prepared, serve } from "./serve.js";

/** How steps run: eagerly, each as one native call, or many on a native thread (`step.run`). */
const how = (process.argv[2] ?? "eager") as "eager" | "compiled" | "run";

function prepareStep({ sizes, batch, steps }: StepCase): Prepared {
  return prepareTraining(perceptron(sizes), [batch, sizes[0]], sizes[sizes.length - 1], steps);
}

function prepareConvolution({ channels, size, batch, steps }: ConvolutionCase): Prepared {
  return prepareTraining(convolutional(channels, size, 10), [batch, channels[0], size, size], 10, steps);
}

function prepareTraining(model: nn.Module, shape: number[], classes: number, steps: number): Prepared {
  const [batch, ...each] = shape;
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const inputs = each.reduce((n, size) => n * size, 1);
  const { x, labels } = batchOf(inputs, classes, batch);
  const input = tensor(x, { shape });
  const target = tensor(labels);
  let loss: Tensor;
  const check = () => loss.item();
  const step = trainingStep(model, optimizer);
  const call = how === "eager" ? step : compile(step);
  if (how !== "run")
    return {
      run: () => {
        loss = call(input, target);
      },
      check,
    };
  // The same batch in every step, as for the other contestants.
  const batches = { length: batch * steps, batch: (_: Int32Array) => [input, target] };
  const loader = new data.DataLoader(batches, { batchSize: batch });
  const compiled = compile(step);
  return {
    run: async () => {
      loss = (await compiled.run(loader as never)).result!;
    },
    repetitions: steps,
    check,
  };
}

function prepareInference({ sizes, batch }: InferenceCase): Prepared {
  const model = perceptron(sizes);
  const forward = (x: Tensor) => model.forward(x);
  const call = how === "eager" ? forward : compile(forward);
  const input = tensor(pattern(batch * sizes[0], 0, 1), { shape: [batch, sizes[0]] });
  let output: Tensor;
  return {
    run: () => {
      output = noGrad(() => call(input));
    },
    check: () => output.sum().item(),
  };
}

function prepare(given: Case): Prepared {
  if (given.kind === "step") return prepareStep(given);
  if (given.kind === "convolution") return prepareConvolution(given);
  if (given.kind === "network") return prepareNetwork(given, how);
  if (given.kind === "generation") return prepareGeneration(given, how === "compiled");
  if (given.kind === "inference") return prepareInference(given);
  if (given.kind === "elementwise") return prepareElementwise(given);
  if (given.kind === "gemm") return prepareGemm(given);
  throw new Error(`simdgrad does not take part in ${given.kind}`);
}

if (backend.name === "native" && backend.isas.length === 0)
  throw new Error("the native core does not run here");
const core = backend.name === "native" ? `native ${backend.isa}` : "JS core";
const label = { eager: "", compiled: " compiled", run: " run" }[how];
await serve({ name: `simdgrad ${core}${label}`, threads: backend.threads }, prepare);
