/** A large network: a training step, or a forward pass without gradients; its time and its memory. */
import { compile, manualSeed, noGrad, type Tensor } from "simdgrad";
import { peakMemory } from "../peak-memory.js";
import type { Sizes } from "../zoo/network.js";
import { networks } from "../zoo/networks.js";
import { run } from "./run.js";

export interface LargestGiven {
  network: string;
  sizes: Sizes;
  task: "step" | "forward";
  compiled: boolean;
  /** Calls after the first. */
  calls: number;
}

export interface Largest {
  parameters: number;
  /** Milliseconds of the first call, and of the fastest later one. */
  first: number;
  best: number;
  /** Bytes of resident memory at their highest. */
  peak: number;
  /** The loss of the first step, or the mean square of the outputs. */
  value: number;
}

await run(({ network, sizes, task, compiled, calls }: LargestGiven): Largest => {
  manualSeed(0);
  const { model: make, batch: draw, train } = networks[network];
  const [model, batch] = [make(sizes), draw(sizes)];
  model.train(task === "step");
  const work = task === "step" ? train(model) : (x: Tensor) => model.forward(x) as Tensor;
  const call = compiled ? compile(work) : work;
  const given = task === "step" ? batch : [batch[0]];
  const once = () => (task === "step" ? call(...given) : noGrad(() => call(...given)));
  const timed = () => {
    const start = performance.now();
    const result = once();
    return { milliseconds: performance.now() - start, result };
  };
  const { milliseconds: first, result } = timed();
  const value = (task === "step" ? result : result.square().mean()).item();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < calls; i++) best = Math.min(best, timed().milliseconds);
  const parameters = model.parameters().reduce((sum, p) => sum + p.numel, 0);
  return { parameters, first, best, peak: peakMemory(), value };
});
