// node workers.mjs <addon>: Workers load the addon, compute with threads, and end, one after another and two
// at once. The main thread loads it last, when the Workers have gone. Prints "workers: good".
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

const path = process.argv[2];
const workerData = { path, sizes: [96, 80, 64], rounds: 2, threads: [3, 2], accumulate: false };

const run = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../native/worker.mjs", import.meta.url), { workerData });
    let sums;
    worker.on("message", (message) => {
      sums = message;
    });
    worker.on("error", reject);
    worker.on("exit", (code) =>
      code === 0 ? resolve(String(sums)) : reject(new Error(`exit code ${code}`)),
    );
  });

const sums = new Set([await run(), await run(), ...(await Promise.all([run(), run()]))]);
const addon = createRequire(import.meta.url)(path);
addon.setThreads(3);
addon.setThreads(1);
console.log(sums.size === 1 && addon.threads() === 1 ? "workers: good" : `workers: ${[...sums].join("; ")}`);
