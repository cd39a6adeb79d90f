/**
 * One pool serves the whole process: several Workers at once, Workers that start and end, any number of
 * threads at any time.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { addon, addonPath, built } from "./addon.js";

const workerFile = fileURLToPath(new URL("./worker.mjs", import.meta.url));
const sizes = [128, 256, 300];

function runWorker(rounds: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, { workerData: { path: addonPath, sizes, rounds } });
    let sums: number[] = [];
    worker.on("message", (message) => {
      sums = message;
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve(sums));
  });
}

describe.skipIf(!built)("the thread pool", () => {
  it("gives eight Workers at once the same result as one", async () => {
    const before = addon.threads();
    addon.setThreads(4);
    const [alone] = await runWorker(1);
    const chunks = addon.workerChunks();
    const all = await Promise.all(Array.from({ length: 8 }, () => runWorker(40)));
    for (const sums of all) {
      expect(sums).toHaveLength(40);
      expect(new Set(sums)).toEqual(new Set([alone]));
    }
    expect(addon.workerChunks()).toBeGreaterThan(chunks);
    addon.setThreads(before);
  });

  it("can be resized while Workers use it", async () => {
    const before = addon.threads();
    const [alone] = await runWorker(1);
    const running = [runWorker(100), runWorker(100), runWorker(100)];
    let finished = false;
    const all = Promise.all(running).finally(() => {
      finished = true;
    });
    for (let i = 1; !finished; i = (i % 6) + 1) {
      expect(addon.setThreads(i)).toBe(i);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const sums of await all) expect(new Set(sums)).toEqual(new Set([alone]));
    addon.setThreads(before);
  });

  it.each([
    [0, 1],
    [-3, 1],
    [1e9, 256],
    [2.7, 2],
  ])("takes setThreads(%d) as %d", (wanted, got) => {
    const before = addon.threads();
    expect(addon.setThreads(wanted)).toBe(got);
    addon.setThreads(before);
    for (const bad of [Number.NaN, undefined, "3", null])
      expect(addon.setThreads(bad as number)).toBe(before);
  });

  it("stays mapped when the last Worker that loaded it exits", () => {
    // The main thread never loads the addon. The addon's pool threads outlive each Worker.
    const script = `
      const { Worker } = require("node:worker_threads");
      const data = ${JSON.stringify({ path: addonPath, sizes, rounds: 20 })};
      const next = (left, seen) => {
        if (left === 0) { console.log([...seen].length); return; }
        const worker = new Worker(${JSON.stringify(workerFile)}, { workerData: data });
        worker.on("message", (sums) => sums.forEach((sum) => seen.add(sum)));
        worker.on("error", (error) => { throw error; });
        worker.on("exit", () => setTimeout(next, 30, left - 1, seen));
      };
      next(4, new Set());`;
    const child = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(child).toMatchObject({ status: 0, signal: null, stdout: "1\n", stderr: "" });
  });

  it("ends with the process, also in the middle of its work", () => {
    const script = `
      const { Worker } = require("node:worker_threads");
      const data = ${JSON.stringify({ path: addonPath, sizes, rounds: 1e9 })};
      for (let i = 0; i < 3; i++) new Worker(${JSON.stringify(workerFile)}, { workerData: data });
      setTimeout(() => process.exit(7), 300);`;
    const child = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(child).toMatchObject({ status: 7, signal: null });
  });

  it("knows how many cores it may use", () => {
    expect(addon.affinity()).toBeGreaterThanOrEqual(1);
    expect(addon.quota()).toBeGreaterThanOrEqual(0);
    const child = spawnSync(
      "taskset",
      ["-c", "0", process.execPath, "-p", `require(${JSON.stringify(addonPath)}).threads()`],
      {
        encoding: "utf8",
      },
    );
    // Not every system has taskset.
    if (child.status === 0) expect(child.stdout.trim()).toBe("1");
  });
});
