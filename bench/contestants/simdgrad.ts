/** simdgrad as a contestant; SIMDGRAD_BACKEND says which core. */
import { backend, nn, optim, type Tensor, tensor } from "simdgrad";
import { prepareElementwise, prepareGemm } from "./kernels.js";
import { batchOf } from "./problem.js";
import type { Case, StepCase } from "./protocol.js";
import { type Prepared, serve } from "./serve.js";

function prepareStep({ sizes, batch }: StepCase): Prepared {
  const layers: nn.Module[] = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    if (i > 0) layers.push(new nn.ReLU());
    layers.push(new nn.Linear(sizes[i], sizes[i + 1]));
  }
  const model = new nn.Sequential(...layers);
  const lossFn = new nn.CrossEntropyLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const { x, labels } = batchOf(sizes[0], sizes[sizes.length - 1], batch);
  const input = tensor(x, { shape: [batch, sizes[0]] });
  const target = tensor(labels);
  let loss: Tensor;
  return {
    run: () => {
      optimizer.zeroGrad();
      loss = lossFn.forward(model.forward(input), target);
      loss.backward();
      optimizer.step();
    },
    check: () => loss.item(),
  };
}

function prepare(given: Case): Prepared {
  if (given.kind === "step") return prepareStep(given);
  if (given.kind === "elementwise") return prepareElementwise(given);
  if (given.kind === "gemm") return prepareGemm(given);
  throw new Error(`simdgrad does not take part in ${given.kind}`);
}

const core = backend.name === "native" ? `native ${backend.isa}` : "JS core";
await serve({ name: `simdgrad ${core}`, threads: backend.threads }, prepare);
