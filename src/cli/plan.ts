/** Predicts a training step on several ranks, from the kernels of one and from what the network moves. */

import { backend } from "../index.js";
import { type BackendFlags, chooseBackend } from "./engine.js";
import { UsageError } from "./failure.js";
import { stepTime, type Timeline } from "./overlap.js";
import { measureRankStep } from "./rank-step.js";
import { colors, print, printJson } from "./terminal.js";

export interface PlanFlags extends BackendFlags {
  input: number;
  hidden: number[];
  classes: number;
  batch: number;
  ranks: number[];
  /** Bit per second of the link of a rank, in each direction. */
  bandwidth: number;
  /** Seconds that a message takes besides its bytes. */
  latency: number;
  /** Of measuring, for each number of ranks. */
  seconds: number;
  json?: boolean;
}

interface Planned {
  ranks: number;
  /** Samples of a rank, the most of any. */
  samples: number;
  /** Bytes of each bucket of gradients, in the order of the exchanges. */
  buckets: readonly number[];
  timeline: Timeline;
  /** Milliseconds: of the computation alone, of all exchanges one after the other, and of the step. */
  compute: number;
  exchange: number;
  step: number;
  imagesPerSecond: number;
  /** Against one rank: 1 is as many times faster as there are ranks. */
  efficiency: number;
}

/**
 * Milliseconds in which ranks exchange a bucket of so many bytes: each sends its part of every slice to the
 * owner of the slice, and owners send the sums to all. That is 2(n - 1) messages, which one thread sends one
 * after the other, and 2(n - 1)/n times the bytes in each direction.
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
  const measured = (samples: number, exchanges: boolean) =>
    measureRankStep(sizes, samples, { seconds: flags.seconds, exchanges });
  const one = measured(batch, false);
  const results: Planned[] = [];
  for (const count of ranks) {
    const samples = Math.ceil(batch / count);
    const { timeline, buckets } = count === 1 ? one : measured(samples, true);
    const exchanges = buckets.map((size) => exchangeTime(size, count, bandwidth, latency));
    const step = stepTime(timeline, exchanges);
    const planned = {
      ...{ ranks: count, samples, buckets, timeline, compute: timeline.whole, step },
      exchange: exchanges.reduce((sum, milliseconds) => sum + milliseconds, 0),
      ...{ imagesPerSecond: (1e3 * batch) / step, efficiency: one.timeline.whole / step / count },
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
