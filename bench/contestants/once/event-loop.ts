/** How late timers are while a step trains on its native thread, and while nothing runs. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { compile, data, optim, tensor } from "simdgrad";
import { perceptron, trainingStep } from "../perceptron.js";
import { batchOf } from "../problem.js";
import type { StepCase } from "../protocol.js";
import { run } from "./run.js";

export interface EventLoopGiven extends StepCase {
  rounds: number;
  /** Length of each run, about. */
  milliseconds: number;
}

/** Milliseconds between two ticks of a timer of one millisecond. */
export interface Delay {
  p50: number;
  p99: number;
  max: number;
}

export interface EventLoopRound {
  idle: Delay;
  training: Delay;
  steps: number;
  millisecondsPerStep: number;
}

/** Batches of an epoch. */
const BATCHES = 20;

async function delayDuring(work: () => Promise<unknown>): Promise<Delay & { took: number }> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  histogram.enable();
  await work();
  histogram.disable();
  const took = performance.now() - start;
  const [p50, p99] = [50, 99].map((part) => histogram.percentile(part) / 1e6);
  return { p50, p99, max: histogram.max / 1e6, took };
}

await run(async ({ sizes, batch, rounds, milliseconds }: EventLoopGiven): Promise<EventLoopRound[]> => {
  const model = perceptron(sizes);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const step = compile(trainingStep(model, optimizer));
  const samples = batchOf(sizes[0], sizes[sizes.length - 1], BATCHES * batch);
  const images = tensor(samples.x, { shape: [BATCHES * batch, sizes[0]] });
  const set = new data.TensorDataset(images, tensor(samples.labels));
  const loader = new data.DataLoader(set, { batchSize: batch, shuffle: true, seed: 1 });

  await step.run(loader, { steps: 3 });
  const start = performance.now();
  await step.run(loader, { steps: 5 });
  const steps = Math.ceil((5 * milliseconds) / (performance.now() - start));

  const done: EventLoopRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const { took, ...training } = await delayDuring(() => step.run(loader, { steps }));
    const { took: _, ...idle } = await delayDuring(() => setTimeout(took));
    done.push({ idle, training, steps, millisecondsPerStep: took / steps });
  }
  return done;
});
