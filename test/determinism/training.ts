/** How a training run of networks.ts is made, in each of the four ways, and the hashes of its bits. */
import { createHash } from "node:crypto";
import { compile, data, fit, manualSeed, type nn, noGrad, type Tensor } from "../../src/index.js";
import type { Network } from "./network.js";

const EPOCHS = 2;

/** One network in training: everything of it follows from the seed. */
function begin(network: Network) {
  manualSeed(7);
  const model = network.model();
  const optimizer = network.optimizer([...model.parameters()]);
  // Two whole batches and a smaller one, so that a compiled step is recorded twice.
  const [x, y] = network.data(2 * network.batch + 3);
  const loader = new data.DataLoader(new data.TensorDataset(x, y), {
    ...{ batchSize: network.batch, shuffle: true, seed: 3 },
  });
  const loss = (output: Tensor, target: Tensor) => network.loss(output, target, model);
  const step = (input: Tensor, target: Tensor) => {
    optimizer.zeroGrad();
    const value = loss(model.forward(input) as Tensor, target);
    value.backward();
    optimizer.step();
    return value;
  };
  return { model, optimizer, loader, loss, step };
}

const hashOf = (arrays: Iterable<NodeJS.TypedArray>) => {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(array);
  return hash.digest("hex").slice(0, 16);
};

/** Of all parameters and buffers. */
const weightsOf = (model: nn.Module) =>
  noGrad(() => hashOf(Object.values(model.stateDict()).map((value) => (value as Tensor).contiguous().data)));

export interface Bits {
  weights: string;
  losses: string;
}

/** The run with one call of `step` for each batch. */
export function called(network: Network, compiled: boolean): Bits & { last: number } {
  const { model, loader, step } = begin(network);
  const call = compiled ? compile(step) : step;
  const losses: number[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++) for (const [x, y] of loader) losses.push(call(x, y).item());
  if (!losses.every(Number.isFinite)) throw new Error(`${network.name}: losses ${losses}`);
  return { weights: weightsOf(model), losses: hashOf([Float64Array.from(losses)]), last: losses.at(-1)! };
}

/** The run by `step.run`, which returns the last loss alone. */
export async function run(network: Network) {
  const { model, loader, step } = begin(network);
  const { result } = await compile(step).run(loader, { epochs: EPOCHS });
  return { weights: weightsOf(model), last: result!.item() };
}

/** The run by `fit`. */
export async function fitted(network: Network) {
  const { model, optimizer, loss, loader } = begin(network);
  await fit(model, loader, { optimizer, loss, epochs: EPOCHS });
  return weightsOf(model);
}
