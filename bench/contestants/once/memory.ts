/**
 * What the process holds in the course of many compiled steps. Started with --expose-gc: garbage is collected
 * before each look.
 */
import { setImmediate } from "node:timers/promises";
import { compile, data, optim, tensor } from "simdgrad";
import { peakMemory } from "../peak-memory.js";
import { perceptron, trainingStep } from "../perceptron.js";
import { batchOf } from "../problem.js";
import type { StepCase } from "../protocol.js";
import { run } from "./run.js";

export interface MemoryGiven extends StepCase {
  /**
   * Calls of the step, steps of `step.run`, or calls with a new batch size each: with a turn of the event
   * loop after each, or in one turn.
   */
  way: "calls" | "run" | "shapes" | "shapesInOneTurn";
  /** How many steps were made, at each look. The first one is the end of the warm-up. */
  looks: number[];
}

/** Bytes. */
export interface Look {
  steps: number;
  recordings: number;
  rss: number;
  heapTotal: number;
  heapUsed: number;
  external: number;
  arrayBuffers: number;
  peak: number;
}

/** Batches of an epoch. */
const BATCHES = 100;

/**
 * All sizes from 1 to 1000, again and again, in an order in which any hundred that follow each other have
 * much the same mean.
 */
const batchSize = (i: number) => ((i * 387) % 1000) + 1;

await run(async ({ sizes, batch, way, looks }: MemoryGiven): Promise<Look[]> => {
  const classes = sizes[sizes.length - 1];
  const model = perceptron(sizes);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const step = compile(trainingStep(model, optimizer));
  const rows = (count: number) => {
    const { x, labels } = batchOf(sizes[0], classes, count);
    return [tensor(x, { shape: [count, sizes[0]] }), tensor(labels)] as const;
  };

  const [x, y] = rows(batch);
  const set = new data.TensorDataset(...rows(BATCHES * batch));
  const loader = new data.DataLoader(set, { batchSize: batch, shuffle: true, seed: 1 });
  const advance: Record<MemoryGiven["way"], (from: number, to: number) => unknown> = {
    calls: (from, to) => {
      for (let i = from; i < to; i++) step(x, y);
    },
    run: (from, to) => step.run(loader, { steps: to - from }),
    shapes: async (from, to) => {
      for (let i = from; i < to; i++) {
        step(...rows(batchSize(i)));
        await setImmediate();
      }
    },
    shapesInOneTurn: (from, to) => {
      for (let i = from; i < to; i++) step(...rows(batchSize(i)));
    },
  };

  const seen: Look[] = [];
  for (const [i, steps] of looks.entries()) {
    await advance[way](looks[i - 1] ?? 0, steps);
    globalThis.gc?.();
    seen.push({ steps, recordings: step.recordings, ...process.memoryUsage(), peak: peakMemory() });
  }
  return seen;
});
