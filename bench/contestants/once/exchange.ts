/** The exchange of gradients between two ranks, and what a rank spends while it waits for a late one. */
import { readdirSync, readFileSync } from "node:fs";
import { backend, zeros } from "simdgrad";
import * as distributed from "simdgrad/distributed";
import { internal } from "../../places.js";

export interface ExchangeGiven {
  bytes: readonly number[];
  repetitions: number;
  /** Seconds for which rank 1 is late. */
  late: number;
}

export interface ExchangeTimes {
  /** Microseconds of the fastest exchange, for each size. */
  best: number[];
  /** Share of a core that MPI's thread used while rank 0 waited. */
  waiting: number;
}

type Backend = typeof import("../../../src/kernels/backend.js");

/** The table of kernels in use. The built module keeps the variables that change in one object. */
const { changing: table } = (await import(internal("kernels/backend.js"))) as {
  changing: Pick<Backend, "k">;
};

/** Two ranks with one node each, and one fold: of node 1 into node 0. */
const schedule = zeros([6], { dtype: "int32" }).data as Int32Array;
schedule.set([2, 1, 1, 1, 0, 1]);

/** Seconds of processor time of MPI's thread; clock ticks are hundredths. */
function secondsOfThread(): number {
  for (const task of readdirSync("/proc/self/task")) {
    const stat = readFileSync(`/proc/self/task/${task}/stat`, "utf8");
    if (!stat.includes("(simdgrad-mpi)")) continue;
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
  throw new Error("there is no thread of MPI");
}

const { bytes, repetitions, late } = JSON.parse(process.argv[2]) as ExchangeGiven;
await distributed.init();
const exchange = (x: Float32Array) => {
  const status = table.k.exchange(x.length, 1, schedule.length, 0, schedule, 0, x, 0);
  if (status !== -1) throw new Error(`exchange: status ${status}`);
};
const best: number[] = [];
for (const size of bytes) {
  const x = zeros([size / 4]).data as Float32Array;
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repetitions; i++) {
    await distributed.barrier();
    const start = performance.now();
    exchange(x);
    fastest = Math.min(fastest, 1e3 * (performance.now() - start));
  }
  best.push(fastest);
}
const x = zeros([1]).data as Float32Array;
await distributed.barrier();
if (distributed.rank === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e3 * late);
const before = secondsOfThread();
const start = performance.now();
exchange(x);
const waiting = (secondsOfThread() - before) / ((performance.now() - start) / 1e3);
if (distributed.rank === 0) {
  console.log(JSON.stringify({ name: `simdgrad ${backend.name}, ${distributed.library}` }));
  console.log(JSON.stringify({ best, waiting } satisfies ExchangeTimes));
}
