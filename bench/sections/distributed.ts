/**
 * Training with several ranks on this machine: each of one thread, against one process with as many threads.
 * Under each MPI library whose launcher is installed; its MPI_Allreduce where its compiler is, too.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { asRoot, type Launcher, launchers } from "../../tools/mpi.js";
import type { ExchangeGiven, ExchangeTimes } from "../contestants/once/exchange.js";
import type { RanksGiven, RanksTimes } from "../contestants/once/ranks.js";
import type { Context } from "../context.js";
import { type Run, runOurs, runRanks } from "../once.js";
import { bench, root } from "../places.js";
import { micro, type Section, short, type Table, times } from "../table.js";

type Network = Pick<RanksGiven, "network" | "batch" | "steps"> & { title: string };

const networks: readonly Network[] = [
  { title: "784-2048-2048-10, B 256", network: [784, 2048, 2048, 10], batch: 256, steps: 10 },
  { title: "784-512-256-10, B 128", network: [784, 512, 256, 10], batch: 128, steps: 100 },
  { title: "ResNet-20, B 64", network: "resnet", batch: 64, steps: 4 },
];

/** A step so short that the cost of a world of one shows. */
const smallest: Network = { title: "64-32-10, B 8", network: [64, 32, 10], batch: 8, steps: 5000 };

const sizes = [1 << 16, 1 << 20, 1 << 24];
const late = 2;

/** Microseconds of MPI_Allreduce for each size; null without the library's compiler. */
function allReduce({ command, compiler, options }: Launcher, repetitions: number): number[] | null {
  const program = join(root, `build/bench/allreduce-${command}`);
  mkdirSync(join(root, "build/bench"), { recursive: true });
  const source = join(bench, "native/allreduce.cc");
  if (spawnSync(compiler, ["-O2", "-o", program, source]).status !== 0) return null;
  const words = [...options, "-n", "2", program, String(repetitions), ...sizes.map(String)];
  const { status, stdout } = spawnSync(command, words, {
    encoding: "utf8",
    env: { ...process.env, ...asRoot },
  });
  return status === 0 ? stdout.trim().split(/\s+/).map(Number) : null;
}

export async function distributed({ options, progress }: Context): Promise<Section> {
  const there = launchers.filter(({ command }) => spawnSync(command, ["--version"]).status === 0);
  const data: Record<string, unknown> = {};
  const steps: string[][] = [];
  const rounds = 2 * options.rounds;
  for (const network of networks) {
    const { title, ...given } = network;
    // One process and two ranks alternate, so that a disturbance meets all of them.
    const plain: Run<RanksTimes>[] = [];
    const others = new Map<string, Run<RanksTimes>[]>();
    for (let turn = 0; turn < options.rounds; turn++) {
      progress(`distributed: ${title}`);
      const one = await runOurs<RanksTimes>("ranks", { ...given, shards: 0, init: false, rounds: 2 });
      if (one) plain.push(one);
      for (const launcher of there) {
        const two = await runRanks<RanksTimes>(launcher, 2, "ranks", {
          ...{ ...given, shards: 2, init: true, rounds: 2 },
        });
        if (two) others.set(launcher.name, [...(others.get(launcher.name) ?? []), two]);
      }
    }
    if (plain.length === 0) break;
    const best = (runs: Run<RanksTimes>[]) => Math.min(...runs.map(({ result }) => result.best));
    data[title] = { plain, ...Object.fromEntries(others) };
    const alone = best(plain);
    steps.push([title, `one process, ${plain[0].result.threads} threads`, short(alone), "1.00"]);
    for (const [name, runs] of others)
      steps.push([title, `2 ranks of ${name}`, short(best(runs)), (alone / best(runs)).toFixed(2)]);
  }
  const world = await worldOfOne(options.rounds, progress);
  data[smallest.title] = world;
  const exchanges: string[][] = [];
  const waits: string[] = [];
  for (const launcher of there) {
    progress(`distributed: exchange, ${launcher.name}`);
    const given: ExchangeGiven = { bytes: sizes, repetitions: 10 * rounds, late };
    const ours = await runRanks<ExchangeTimes>(launcher, 2, "exchange", given);
    const theirs = allReduce(launcher, 10 * rounds);
    if (!ours) continue;
    data[`exchange, ${launcher.name}`] = { ours, theirs };
    for (const [i, size] of sizes.entries()) {
      const [mine, other] = [ours.result.best[i], theirs?.[i]];
      exchanges.push([
        `${size / 1024} KB, ${launcher.name}`,
        micro(mine),
        other === undefined ? "" : micro(other),
        other === undefined ? "" : times(mine / other),
      ]);
    }
    waits.push(`${launcher.name}: ${(100 * ours.result.waiting).toFixed(1)} % of a core`);
  }
  const tables: Table[] = [
    {
      title: "Training steps, compiled, with SGD and momentum: ms",
      head: ["", "", "fastest", "speed"],
      rows: steps,
      notes: ["Each rank has one thread and half of the batch."],
    },
    {
      title: `World of one, ${smallest.title}: µs a step`,
      head: ["", "fastest"],
      rows: Object.entries(world).map(([name, best]) => [name, (1e3 * best).toFixed(2)]),
    },
    {
      title: "Exchange of gradients between two ranks, and MPI_Allreduce: µs",
      head: ["", "exchange", "MPI_Allreduce", "times"],
      rows: exchanges,
      notes: [`MPI's thread while the other rank is ${late} s late: ${waits.join("; ")}.`],
    },
  ];
  return { name: "distributed", tables, data };
}

/** Milliseconds a step without and with `distributed`, in turn. */
async function worldOfOne(turns: number, progress: Context["progress"]): Promise<Record<string, number>> {
  const { title, ...given } = smallest;
  const ways = {
    "a plain loop": { shards: 0, init: false },
    "after distributed.init()": { shards: 0, init: true },
    "DistributedDataParallel, 1 shard": { shards: 1, init: true },
  };
  const best = Object.fromEntries(Object.keys(ways).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let turn = 0; turn < turns; turn++)
    for (const [name, way] of Object.entries(ways)) {
      progress(`distributed: ${title}, ${name}`);
      const run = await runOurs<RanksTimes>("ranks", { ...given, ...way, rounds: 4 });
      if (run) best[name] = Math.min(best[name], run.result.best);
    }
  return best;
}
