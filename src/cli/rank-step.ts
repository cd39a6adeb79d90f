/** Measures what one of several ranks computes in a training step, as if the exchanges took no time. */

import { DistributedDataParallel } from "../distributed/index.js";
import { type Compiled, compile, manualSeed, nn, optim, randn, type Tensor, tensor } from "../index.js";
import { perceptron } from "./network.js";
import type { Timeline } from "./overlap.js";

type Step = Compiled<[Tensor, Tensor], Tensor>;

export interface RankStep {
  readonly timeline: Timeline;
  /** Bytes of each bucket of gradients. */
  readonly buckets: readonly number[];
}

/**
 * Measures compiled steps of one shard of so many samples, with Adam, for so long. `exchanges`: whether the
 * program is that of one of several ranks; a rank that is alone fuses its updates with backward.
 */
export function measureRankStep(
  sizes: readonly number[],
  samples: number,
  { seconds, exchanges }: { seconds: number; exchanges: boolean },
): RankStep {
  manualSeed(0);
  const model = perceptron(sizes);
  const parallel = new DistributedDataParallel(model, { shards: 1 });
  const buckets = exchanges ? parallel.showExchanges() : [];
  const optimizer = new optim.Adam(model.parameters());
  const lossFn = new nn.CrossEntropyLoss();
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = parallel.backward([x, y], (x, y) => lossFn.forward(parallel.forward(x), y));
    optimizer.step();
    return loss;
  });
  const x = randn([samples, sizes[0]]);
  const y = tensor(Int32Array.from({ length: samples }, (_, i) => i % sizes.at(-1)!));
  for (let i = 0; i < 3; i++) step(x, y).item();
  const fastest = fastestOf(() => step(x, y).item(), seconds / 2);
  return { timeline: timelineOf(step, [x, y], { seconds: seconds / 2, whole: fastest }), buckets };
}

/** Milliseconds of the fastest call. */
function fastestOf(make: () => unknown, seconds: number): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1e3 * seconds;
  do {
    const start = performance.now();
    make();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return best;
}

/**
 * When the kernels of a step begin, from the fastest time of each. These are scaled to a whole of so many
 * milliseconds, because timing each kernel takes time too.
 */
function timelineOf(
  step: Step,
  args: [Tensor, Tensor],
  { seconds, whole }: { seconds: number; whole: number },
): Timeline {
  const { rows } = step.profile(...args);
  const times = rows.map(({ milliseconds }) => milliseconds);
  fastestOf(() => {
    for (const [i, { milliseconds }] of step.profile(...args).rows.entries())
      times[i] = Math.min(times[i], milliseconds);
  }, seconds);
  const sum = (until: number) => times.slice(0, until).reduce((a, b) => a + b, 0);
  const scale = whole / sum(times.length);
  const begins = (kernel: string) =>
    rows.flatMap((row, i) => (row.kernel === kernel ? [scale * sum(i)] : []));
  return { final: begins("exchangeStart"), waits: begins("exchangeWait")[0] ?? whole, whole };
}
