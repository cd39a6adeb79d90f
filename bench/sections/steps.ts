/** Training steps of multilayer perceptrons: forward, cross-entropy, backward, SGD with momentum. */

import type { StepCase } from "../contestants/protocol.js";
import { type Context, type starts, withStands } from "../context.js";
import { type Measurement, measure } from "../measure.js";
import { micro, percent, type Section, short, type Table, times } from "../table.js";

type Start = keyof typeof starts;

/**
 * Steps in one call of JAX's scan, of TensorFlow's loop and of our run: 50, or 1000 where 50 steps would end
 * before a thread has started.
 */
const step = (sizes: number[], batch: number, steps = 50): StepCase => ({
  kind: "step",
  sizes,
  batch,
  steps,
});

export const networks: StepCase[] = [
  step([784, 512, 256, 10], 128),
  step([784, 128, 10], 64),
  step([784, 2048, 2048, 10], 256),
  step([2, 20, 20, 20, 2], 32, 1000),
  step([25, 20, 10], 32, 1000),
];

/**
 * Peers whose steps take seconds: they run one round of a large network, and do not run the largest network.
 */
const slow = new Set<Start>(["tfjsCpu", "tfjsWasm", "js"]);
const products = ({ sizes }: StepCase) => sizes.slice(1).reduce((sum, size, i) => sum + sizes[i] * size, 0);
const tooLarge = (name: Start, given: StepCase) => slow.has(name) && products(given) > 2e6;

/** Multiplications and additions that a step needs: all products, but no gradient of the input. */
export function flops(given: StepCase): number {
  return 2 * given.batch * (3 * products(given) - given.sizes[0] * given.sizes[1]);
}

/**
 * Bytes of parameters that an eager step streams: weights are read forward and backward, the gradient is
 * written, and the update reads it and reads and writes momentum and parameter. Eight passes; they count when
 * they do not fit into the caches.
 */
const PASSES = 8;

const parameters = (given: StepCase) =>
  products(given) + given.sizes.slice(1).reduce((sum, size) => sum + size, 0);

export interface StepResult {
  case: StepCase;
  results: Measurement[];
  peak: number;
  /** GB/s of a loop over parameters, momenta and gradients, where these do not stay in a core's caches. */
  bandwidth: number | null;
}

/** Networks that one core computes in microseconds have its peak as their limit. */
const SMALL_FLOPS = 5e6;
/** Whether the parameters are too large to stay in a core's own caches between passes. */
const LARGE = 4e6;

export async function steps({ options, limits, progress }: Context): Promise<Section> {
  const names: Start[] = [
    "native",
    "compiled",
    "run",
    "js",
    "pytorch",
    "jaxJit",
    "jaxScan",
    "tensorflow",
    "tensorflowXla",
    "tfjsWasm",
    "tfjsCpu",
  ];
  if (options.compile) names.splice(5, 0, "pytorchCompiled");
  const all = await withStands(names, async (stands) => {
    const done: StepResult[] = [];
    for (const given of networks) {
      progress(`steps: ${given.sizes.join("-")}`);
      const able = names.filter((name) => stands[name] !== undefined && !tooLarge(name, given));
      const turns = { rounds: options.rounds, milliseconds: 2 * options.milliseconds };
      const results = await measure(
        able.map((name) => [stands[name]!, given] as const),
        turns,
      );
      const threads = flops(given) < SMALL_FLOPS ? 1 : limits.threads;
      const bandwidth =
        parameters(given) > LARGE ? await limits.stream("sgd", parameters(given), limits.threads) : null;
      done.push({ case: given, results, peak: await limits.peak(threads), bandwidth });
    }
    return done;
  });
  return { name: "steps", tables: all.map(table), data: all };
}

function table({ case: given, results, peak, bandwidth }: StepResult): Table {
  const own = results[0];
  const limit = flops(given) / peak / 1e3;
  const rows = results.map(({ name, best, median, rounds }) => [
    name,
    micro(best),
    micro(median),
    `${micro(Math.min(...rounds))} … ${micro(Math.max(...rounds))}`,
    times(best / own.best),
    short(flops(given) / best / 1e3),
    Number.isFinite(limit) ? percent(limit / best) : "",
  ]);
  const notes = [];
  if (Number.isFinite(limit)) {
    notes.push(`FMA limit: ${micro(limit)} µs.`);
    if (bandwidth !== null) {
      const bytes = 4 * parameters(given);
      const us = (PASSES * bytes) / bandwidth / 1e3;
      notes.push(
        `Bytes: ${PASSES} passes over ${short(bytes / 1e6)} MB of parameters, momenta or gradients take ${micro(us)} µs at ` +
          `${short(bandwidth)} GB/s, ${percent(us / own.best)} of our step.`,
      );
    }
  }
  return {
    title: `Step of ${given.sizes.join("-")}, B ${given.batch}: µs`,
    head: ["", "fastest", "median", "rounds", "times ours", "GFLOP/s", "of limit"],
    rows,
    notes,
  };
}
