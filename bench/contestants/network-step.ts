/** A training step of a network of the zoo. */
import { compile, io, type nn, type Tensor } from "simdgrad";
import { peakMemory } from "./peak-memory.js";
import type { NetworkCase } from "./protocol.js";
import type { Prepared } from "./serve.js";
import type { Sizes } from "./zoo/network.js";
import { networks } from "./zoo/networks.js";

/** The model with the weights of the file, and the batch. */
export function problemOf(
  network: string,
  sizes: Sizes,
  file: string,
): { model: nn.Module; batch: Tensor[] } {
  const tensors = io.loadSafetensorsSync(file);
  const model = networks[network].model(sizes);
  const weights = Object.entries(tensors).filter(([name]) => name.startsWith("model."));
  model.loadStateDict(Object.fromEntries(weights.map(([name, x]) => [name.slice("model.".length), x])));
  const count = Object.keys(tensors).length - weights.length;
  return { model, batch: Array.from({ length: count }, (_, i) => tensors[`batch.${i}`]) };
}

export function prepareNetwork(given: NetworkCase, how: "eager" | "compiled" | "run"): Prepared {
  if (how === "run") throw new Error("the zoo has no steps on a native thread");
  const { model, batch } = problemOf(given.network, given.sizes, given.file);
  const step = networks[given.network].train(model);
  const compiled = compile(step);
  const call = how === "compiled" ? compiled : step;

  model.train(!given.random);
  const start = performance.now();
  let loss = call(...batch);
  const first = performance.now() - start;
  const losses = [loss.item()];
  while (losses.length < given.compared) losses.push(call(...batch).item());
  model.train();
  call(...batch);

  const peak = peakMemory();
  const parameters = model.parameters().reduce((sum, p) => sum + p.numel, 0);
  const rows = how === "compiled" ? compiled.profile(...batch).rows : null;
  const flops = rows?.reduce((sum, row) => sum + row.flops, 0);
  return {
    run: () => {
      loss = call(...batch);
    },
    check: () => loss.item(),
    firstSteps: { losses, first, peak, parameters, flops },
  };
}
