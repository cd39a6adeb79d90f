/** Predicts a training step on several ranks, from steps of one and from what the network moves. */

import { DistributedDataParallel } from "../distributed/index.js";
import { backend, compile, manualSeed, nn, optim, randn, type Tensor, tensor } from "../index.js";
import { type BackendFlags, chooseBackend } from "./engine.js";
import { UsageError } from "./failure.js";
import { perceptron } from "./network.js";
import { colors, print, printJson } from "./terminal.js";

export interface PlanFlags extends BackendFlags {
  input: number;
  hidden: number[];
  classes: number;
  batch: number;
  ranks: number[];
  /** Bit per second of the link of a rank, in each direction. */
  bandwidth: number;
  /** Seconds until a message arrives. */
  latency: number;
  /** Of measuring, for each number of ranks. */
  seconds: number;
  json?: boolean;
}

interface Planned {
  ranks: number;
  /** Samples of a rank, the most of any. */
  samples: number;
  /** Milliseconds. */
  compute: number;
  exchange: number;
  step: number;
  imagesPerSecond: number;
  /** Against one rank: 1 is as many times faster as there are ranks. */
  efficiency: number;
}

/**
 * Milliseconds in which ranks exchange gradients of so many bytes: each sends its part of every slice to the
 * owner of the slice, and owners send the sums to all. That is 2(n - 1) messages, and 2(n - 1)/n times the
 * bytes in each direction.
 */
export function exchangeTime(bytes: number, ranks: number, bandwidth: number, latency: number): number {
  const traffic = (2 * bytes * (ranks - 1)) / ranks;
  return 1e3 * ((8 * traffic) / bandwidth + 2 * (ranks - 1) * latency);
}

export function planCommand(flags: PlanFlags): void {
  const { batch, bandwidth, latency, ranks } = flags;
  const most = Math.max(...ranks);
  if (most > batch)
    throw new UsageError(
      `--ranks: each rank needs a sample, and a batch has ${batch}: ${most}; give --batch`,
    );
  chooseBackend(flags);
  const sizes = [flags.input, ...flags.hidden, flags.classes];
  const bytes = 4 * sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i] + 1), 0);
  if (!flags.json) {
    const { name, isa, threads } = backend;
    print(`${sizes.join("-")}, batch ${batch}, Adam; a rank as ${name}, ${isa}, ${threads} threads`);
    print(
      `${(bytes / 1e6).toFixed(1)} MB of gradients over ${bandwidth / 1e9} Gb/s, ${(1e6 * latency).toFixed(0)} µs a message`,
    );
    print(colors.bold(row(["ranks", "samples", "compute", "exchange", "step", "samples/s", "efficiency"])));
  }
  const one = measure(sizes, batch, flags.seconds);
  const results: Planned[] = [];
  for (const count of ranks) {
    const samples = Math.ceil(batch / count);
    const compute = count === 1 ? one : measure(sizes, samples, flags.seconds);
    const exchange = exchangeTime(bytes, count, bandwidth, latency);
    const step = compute + exchange;
    const planned = {
      ...{ ranks: count, samples, compute, exchange, step },
      ...{ imagesPerSecond: (1e3 * batch) / step, efficiency: one / step / count },
    };
    results.push(planned);
    if (!flags.json) print(row(cells(planned)));
  }
  if (flags.json)
    printJson({ command: "plan", network: sizes, batch, bytes, bandwidth, latency, unit: "ms", results });
}

const row = (cells: readonly string[]) => cells.map((cell) => cell.padStart(11)).join("");

const cells = ({ ranks, samples, compute, exchange, step, imagesPerSecond, efficiency }: Planned) => [
  ...[String(ranks), String(samples)],
  ...[compute, exchange, step].map((ms) => `${ms.toPrecision(3)} ms`),
  ...[Math.round(imagesPerSecond).toLocaleString("en-US"), `${(100 * efficiency).toFixed(0)} %`],
];

/** Milliseconds of the fastest compiled step of one rank with one shard. */
function measure(sizes: readonly number[], samples: number, seconds: number): number {
  manualSeed(0);
  const model = perceptron(sizes);
  const parallel = new DistributedDataParallel(model, { shards: 1 });
  const optimizer = new optim.Adam(model.parameters());
  const loss = new nn.CrossEntropyLoss();
  const x = randn([samples, sizes[0]]);
  const y = tensor(Int32Array.from({ length: samples }, (_, i) => i % sizes.at(-1)!));
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const value = parallel.backward([x, y], (x, y) => loss.forward(parallel.forward(x) as Tensor, y));
    optimizer.step();
    return value;
  });
  for (let i = 0; i < 3; i++) step(x, y).item();
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1e3 * seconds;
  do {
    const start = performance.now();
    step(x, y).item();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return best;
}
