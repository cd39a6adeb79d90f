/** simdgrad as a contestant; SIMDGRAD_BACKEND says which core. */
import { createInterface } from "node:readline";
import { backend, nn, optim, type Tensor, tensor } from "simdgrad";
import type { Case, Hello, Request, Response } from "./protocol.js";
import { batchOf } from "./problem.js";

type Step = () => Tensor;

const prepared = new Map<string, Step>();

function prepare(given: Case): Step {
  const { sizes, batch } = given;
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
  return () => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(input), target);
    loss.backward();
    optimizer.step();
    return loss;
  };
}

function run({ case: given, milliseconds }: Request): Response {
  const key = JSON.stringify(given);
  let step = prepared.get(key);
  if (step === undefined) {
    step = prepare(given);
    prepared.set(key, step);
    for (let i = 0; i < 3; i++) step();
  }
  const samples: number[] = [];
  let loss: Tensor;
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    loss = step();
    samples.push((performance.now() - start) * 1000);
  } while (performance.now() < end || samples.length < 3);
  return { samples, check: loss.item() };
}

const isa = backend.name === "native" ? ` ${backend.isa}` : " core";
const hello: Hello = { name: `simdgrad ${backend.name}${isa}` };
console.log(JSON.stringify(hello));
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(run(JSON.parse(line))));
