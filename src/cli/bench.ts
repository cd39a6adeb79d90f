import { backend, manualSeed, nn, optim, randn, tensor } from "../index.js";
import { type BackendFlags, chooseBackend } from "./engine.js";
import { perceptron } from "./network.js";
import { colors, print, printJson } from "./terminal.js";

export interface BenchFlags extends BackendFlags {
  seconds: number;
  json?: boolean;
}

interface Measured {
  backend: string;
  isa: string;
  threads: number;
  /** The time of the fastest step, which other programs disturbed least. */
  best: number;
  median: number;
  steps: number;
  gflops: number;
}

const sizes = [784, 512, 256, 10];
const BATCH = 128;

/** Multiply-adds count twice; the gradient of the first layer's input is not needed. */
const flops = 2 * BATCH * (3 * (784 * 512 + 512 * 256 + 256 * 10) - 784 * 512);

/**
 * A training step of the default network on each available backend. `npm run bench` in the repository reports
 * much more.
 */
export function benchCommand(flags: BenchFlags): void {
  const names = flags.backend === undefined ? (["native", "js"] as const) : [flags.backend];
  const results: Measured[] = [];
  if (!flags.json) print(`one training step, ${sizes.join("-")}, batch ${BATCH}, SGD with momentum`);
  for (const name of names) {
    // Without an addon there is only one backend to measure, unless native was requested.
    if (flags.backend === undefined && name === "native" && backend.isas.length === 0) continue;
    chooseBackend({ ...flags, backend: name });
    const measured = measure(flags.seconds);
    results.push(measured);
    if (!flags.json) print(line(measured));
  }
  const [first, last] = [results[0], results[results.length - 1]];
  if (flags.json) printJson({ command: "bench", network: sizes, batch: BATCH, unit: "ms", results });
  else if (results.length > 1)
    print(`native takes ${colors.bold(`1/${(last.best / first.best).toFixed(1)}`)} of the time`);
}

function line({ backend, isa, threads, best, median, gflops }: Measured): string {
  const what = backend === "js" ? "js core" : `${backend}, ${isa}, ${threads} threads`;
  return `${what.padEnd(28)}  best ${best.toFixed(2)} ms  median ${median.toFixed(2)} ms  ${gflops.toFixed(1)} GFLOP/s`;
}

function measure(seconds: number): Measured {
  manualSeed(0);
  const model = perceptron(sizes);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const loss = new nn.CrossEntropyLoss();
  const x = randn([BATCH, sizes[0]]);
  const y = tensor(Int32Array.from({ length: BATCH }, (_, i) => i % 10));
  const step = () => {
    optimizer.zeroGrad();
    loss.forward(model.forward(x), y).backward();
    optimizer.step();
  };
  for (let i = 0; i < 3; i++) step();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || times.length < 5) {
    const start = performance.now();
    step();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const { name, isa, threads } = backend;
  const [best, median] = [times[0], times[times.length >> 1]];
  return { backend: name, isa, threads, best, median, steps: times.length, gflops: flops / best / 1e6 };
}
