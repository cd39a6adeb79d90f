// A program that is started as several ranks. `node rank.mjs what`: see the cases.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";
import * as distributed from "../../dist/distributed/index.js";
import { nn, tensor } from "../../dist/index.js";

const what = process.argv[2];
const say = (text) => process.stdout.write(`${text}\n`);
const last = () => distributed.rank === distributed.worldSize - 1;
/** Prints the code of an error, as a program that nobody catches errors of. */
const failing = async (fn) => {
  try {
    await fn();
  } catch (error) {
    process.stderr.write(`rank ${distributed.rank}: ${error.code}: ${error.message}\n`);
    process.exit(3);
  }
};

await failing(() => distributed.init({ timeout: { timeout: 1, link: 1 }[what] ?? 60 }));
const { rank, worldSize } = distributed;
const sum = async (value = rank + 1) => (await distributed.allReduce(tensor([value]), "sum")).item();

const cases = {
  async collectives() {
    const x = tensor([rank + 1, -rank, 0.1 * (rank + 1)]);
    const results = [];
    for (const how of ["sum", "mean", "max", "min"])
      results.push((await distributed.allReduce(x, how)).toArray());
    const whole = tensor(Int32Array.of(2 ** 30 + rank, rank));
    results.push((await distributed.allReduce(whole, "max")).toArray());
    results.push((await distributed.broadcast(x, worldSize - 1)).toArray());
    results.push((await distributed.allGather(tensor(Uint8Array.of(rank, 7)))).map((t) => t.toArray()));
    await distributed.barrier();
    const required = createRequire(import.meta.url)("../../dist/distributed/index.cjs");
    const names = [distributed.localRank, required.rank, required.worldSize, distributed.library.slice(0, 3)];
    const all = await distributed.allGather(tensor(Uint8Array.from(Buffer.from(JSON.stringify(results)))));
    const same = all.every((other) => other.equal(all[0]));
    // Its name is gone: every rank has mapped it.
    const shares = /\/dev\/shm\/simdgrad-\w+ \(deleted\)/.test(readFileSync("/proc/self/maps", "utf8"));
    if (rank === 0) say(JSON.stringify({ results, names, same, shares }));
  },
  // Started without a launcher, or as a child that ignores it.
  async alone() {
    const maps = readFileSync("/proc/self/maps", "utf8");
    say(JSON.stringify([rank, worldSize, distributed.library, await sum(), /libmpi|libmpich/.test(maps)]));
  },
  async differ() {
    await failing(() => distributed.allReduce(tensor(Array(rank + 1).fill(1)), "sum"));
  },
  async models() {
    await failing(() => new distributed.DistributedDataParallel(new nn.Linear(3, 2 + rank)));
  },
  async killed() {
    await sum();
    if (last()) process.kill(process.pid, "SIGKILL");
    await failing(() => sum());
  },
  async throws() {
    await sum();
    if (last()) throw new Error("this rank is broken");
    await failing(() => sum());
  },
  async exits() {
    await sum();
    if (last()) process.exit(0);
    await failing(() => sum());
  },
  // Without the events of Node's normal end.
  async vanishes() {
    await sum();
    if (last()) process.reallyExit(0);
    await failing(() => sum());
  },
  async timeout() {
    await sum();
    if (last()) await setTimeout(60_000);
    await failing(() => sum());
  },
  // Works until something happens to a rank.
  async link() {
    await sum();
    if (rank === 0) say("all are there");
    await failing(async () => {
      for (;;) await sum();
    });
  },
  // A rank that has finished waits for one that still works.
  async late() {
    await sum();
    if (rank === 0) await setTimeout(1500);
    if (rank === 0) say("rank 0 has finished too");
  },
  async afterwards() {
    await sum();
    // MPICH takes this signal, with which Node opens its inspector. The inspector says so on stderr.
    if (rank === 0) process.kill(process.pid, "SIGUSR1");
    const child = (what, env) =>
      spawnSync(process.execPath, [import.meta.filename, what], {
        encoding: "utf8",
        env: { ...process.env, ...env },
      });
    const echo = spawnSync("echo", ["a child"], { encoding: "utf8" }).stdout;
    const refused = child("alone").stderr.slice(0, 18);
    const alone = child("alone", { SIMDGRAD_MPI: "none" }).stdout;
    await distributed.barrier();
    if (rank === 0) say(JSON.stringify({ echo, refused, alone }));
  },
};
await cases[what]();
