/** Workers that loaded the addon and ended leave nothing behind. Idle threads use no CPU time. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { addonPath, built } from "./addon.js";

const workerFile = fileURLToPath(new URL("./worker.mjs", import.meta.url));

/** Runs a script in its own process. The script prints one line of JSON. */
function answerOf(script: string, data: unknown): Record<string, number> {
  const text = `const data = ${JSON.stringify(data)};\n${script}`;
  const child = spawnSync(process.execPath, ["--expose-gc", "-e", text], { encoding: "utf8" });
  expect(child).toMatchObject({ status: 0, signal: null, stderr: "" });
  return JSON.parse(child.stdout);
}

describe.skipIf(!built || !existsSync("/proc/self/task"))("the addon in a process", () => {
  it("comes and goes with 25 Workers and leaves neither memory nor threads behind", () => {
    // Each Worker also starts and stops the pool. The first Workers are not counted, because Node's heaps are
    // still growing. A thread may exist for a short time after its Worker.
    const script = `
      const { readdirSync } = require("node:fs");
      const { Worker } = require("node:worker_threads");
      const tasks = () => readdirSync("/proc/self/task").length;
      const round = () => new Promise((resolve, reject) => {
        const worker = new Worker(data.workerFile, { workerData: data });
        worker.on("message", (sums) => { for (const sum of sums) seen.add(sum); });
        worker.on("error", reject);
        worker.on("exit", resolve);
      });
      const seen = new Set();
      const settle = async (wanted) => {
        for (let i = 0; i < 100 && tasks() !== wanted; i++) await new Promise((resolve) => setTimeout(resolve, 20));
        gc();
        return { tasks: tasks(), memory: process.memoryUsage().rss };
      };
      (async () => {
        for (let i = 0; i < 10; i++) await round();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const before = await settle(tasks());
        for (let i = 0; i < 25; i++) await round();
        const after = await settle(before.tasks);
        const threads = after.tasks - before.tasks;
        console.log(JSON.stringify({ results: seen.size, threads, megabytes: (after.memory - before.memory) / 2 ** 20 }));
      })();`;
    const data = {
      workerFile,
      path: addonPath,
      sizes: [576, 480, 160],
      rounds: 2,
      threads: [3, 1],
      accumulate: true,
    };
    const { results, threads, megabytes } = answerOf(script, data);
    expect(results).toBe(1);
    expect(threads).toBe(0);
    // One product uses 1.3 MB of scratch memory, so a leak of 25 would be 32 MB.
    expect(megabytes).toBeLessThan(16);
  });

  it.skipIf(!existsSync("/proc/self/schedstat"))("uses no CPU 1 ms after its last work", () => {
    const script = `
      const { readdirSync, readFileSync } = require("node:fs");
      const addon = require(data.path);
      const block = addon.init(new Float64Array(new SharedArrayBuffer(4096)));
      const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      addon.setThreads(1);
      const own = new Set(readdirSync("/proc/self/task"));
      addon.setThreads(7);
      const pool = readdirSync("/proc/self/task").filter((task) => !own.has(task));
      const used = () => pool.reduce((sum, task) => sum + Number(readFileSync("/proc/self/task/" + task + "/schedstat", "utf8").split(" ")[0]), 0);
      const x = new Float32Array(1 << 21), y = new Float32Array(1 << 21);
      const work = () => { block.set([0, 0, 0, 1, x.length, 0, 1, 1, 0]); addon.kernels.unary(x, y); };
      const before = addon.workerChunks();
      // On a machine with other work a thread may get its core, and with it the chance to fall asleep, late:
      // then once more.
      let idle = Infinity;
      for (let attempt = 0; attempt < 5 && idle > 1e6; attempt++) {
        for (let i = 0; i < 20; i++) work();
        sleep(1);
        const start = used();
        sleep(200);
        idle = used() - start;
      }
      console.log(JSON.stringify({ pool: pool.length, worked: addon.workerChunks() - before, busy: used(), idle }));`;
    const { pool, worked, busy, idle } = answerOf(script, { path: addonPath });
    expect(pool).toBe(6);
    expect(worked).toBeGreaterThan(0);
    expect(busy).toBeGreaterThan(0);
    // In nanoseconds. Six spinning threads with a core or more would use 200,000,000.
    expect(idle).toBeLessThan(1e6);
  });
});
